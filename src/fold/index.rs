//! Which slot each key was first found for, in nine bytes for each key: the keys themselves stand in the findings.

use std::hash::BuildHasher;

use foldhash::quality::RandomState;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

use crate::model::Key;

/// Slots by keys. Whoever asks says whether a slot's finding bears the key, since nothing here does.
#[derive(Debug, Default)]
pub(super) struct Index {
    places: HashTable<Place>,
    hasher: RandomState,
}

/// One key: a part of its hash, which differs from run to run of the program, and its slot.
#[derive(Debug)]
struct Place {
    hash: u32,
    slot: u32,
}

impl Place {
    /// The hash by which the table keeps it. An odd factor keeps different hashes different.
    fn spread(&self) -> u64 {
        spread(self.hash)
    }

    fn slot(&self) -> usize {
        self.slot as usize
    }
}

fn spread(hash: u32) -> u64 {
    u64::from(hash).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

impl Index {
    /// The slot that the key was first found for.
    pub(super) fn get(&self, key: &Key, bears: impl Fn(usize) -> bool) -> Option<usize> {
        let hash = self.hash(key);
        let is_it = |place: &Place| place.hash == hash && bears(place.slot());
        self.places.find(spread(hash), is_it).map(Place::slot)
    }

    /// Gives the key to the slot, unless it was found before: then for that slot.
    pub(super) fn claim(
        &mut self,
        key: &Key,
        slot: usize,
        bears: impl Fn(usize) -> bool,
    ) -> Option<usize> {
        let hash = self.hash(key);
        let is_it = |place: &Place| place.hash == hash && bears(place.slot());
        match (self.places).entry(spread(hash), is_it, Place::spread) {
            Entry::Occupied(known) => Some(known.get().slot()),
            Entry::Vacant(free) => {
                #[expect(clippy::expect_used, reason = "so many findings take terabytes")]
                let slot = u32::try_from(slot).expect("fewer than 4 billion slots");
                free.insert(Place { hash, slot });
                None
            }
        }
    }

    fn hash(&self, key: &Key) -> u32 {
        (self.hasher.hash_one(key) >> 32) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_leads_to_the_slot_that_bears_it_however_many_there_are() {
        let keys: Vec<Key> = (0..20_000)
            .map(|key| Key::ticket(&key.to_string()))
            .collect();
        let mut index = Index::default();
        for (slot, key) in keys.iter().enumerate() {
            let bears = |known: usize| known < slot && keys[known] == *key;
            assert_eq!(index.claim(key, slot, bears), None);
            assert_eq!(
                index.claim(key, slot + 1, |known| known == slot),
                Some(slot)
            );
        }
        for (slot, key) in keys.iter().enumerate() {
            assert_eq!(index.get(key, |known| keys[known] == *key), Some(slot));
        }
        let other = Key::ticket("other");
        assert_eq!(index.get(&other, |known| keys[known] == other), None);
    }

    #[test]
    fn equal_hashes_of_two_keys_are_told_apart_by_who_bears_them() {
        let (one, other) = (Key::ticket("1"), Key::ticket("2"));
        let mut index = Index::default();
        let hash = index.hash(&other);
        let places = &mut index.places;
        places.insert_unique(spread(hash), Place { hash, slot: 7 }, Place::spread);
        let bears = |slot: usize| slot == 7;
        assert_eq!(index.claim(&other, 8, |slot| !bears(slot)), None);
        assert_eq!(index.get(&other, bears), Some(7));
        assert_eq!(index.get(&other, |slot| !bears(slot)), Some(8));
        assert_eq!(index.get(&one, |_| false), None);
    }
}
