//! A bounded table that workers share.

use std::hash::{BuildHasher, Hash};
use std::sync::{Mutex, MutexGuard, PoisonError};

use foldhash::fast::RandomState;

/// How many parts a table has, so that workers seldom meet in one.
const PARTS: usize = 64;

#[expect(
    clippy::disallowed_types,
    reason = "looked up only; its order is never seen"
)]
type Map<K, V> = std::collections::HashMap<K, V, RandomState>;

/// Values by their keys. When one part is full, what is in it is forgotten: whoever asks finds out anew.
#[derive(Debug)]
pub(super) struct Table<K, V> {
    parts: Vec<Mutex<Map<K, V>>>,
    hasher: RandomState,
    /// How many values one part has at most.
    most: usize,
}

impl<K: Eq + Hash, V: Clone> Table<K, V> {
    /// With so many values at most.
    pub(super) fn within(values: usize) -> Self {
        Self {
            parts: (0..PARTS).map(|_| Mutex::default()).collect(),
            hasher: RandomState::default(),
            most: values / PARTS,
        }
    }

    /// No part is left half-way: a panic ends the program.
    fn part(&self, key: &K) -> Option<MutexGuard<'_, Map<K, V>>> {
        let hash = self.hasher.hash_one(key);
        let part = self.parts.get(usize::try_from(hash >> 58).ok()?)?;
        Some(part.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn get(&self, key: &K) -> Option<V> {
        self.part(key)?.get(key).cloned()
    }

    /// Keeps a value, unless another worker was first; says which one is kept.
    pub(super) fn put(&self, key: K, value: V) -> V {
        let Some(mut part) = self.part(&key).filter(|_| self.most > 0) else {
            return value;
        };
        if part.len() >= self.most && !part.contains_key(&key) {
            part.clear();
        }
        part.entry(key).or_insert(value).clone()
    }

    /// The value of that key; a new one is made while no part is held.
    pub(super) fn get_or_put(&self, key: K, new: impl FnOnce() -> V) -> V {
        match self.get(&key) {
            Some(known) => known,
            None => self.put(key, new()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_value_of_a_key_stays_and_the_table_does_not_grow() {
        let table: Table<u32, u32> = Table::within(640);
        assert_eq!(table.put(1, 10), 10);
        assert_eq!(table.put(1, 11), 10);
        assert_eq!(table.get_or_put(1, || panic!("it is known")), 10);
        for key in 0..10_000 {
            assert_eq!(table.get_or_put(key, || key * 10), key * 10);
        }
        let kept: usize = (table.parts.iter())
            .map(|part| part.lock().unwrap().len())
            .sum();
        assert!((64..=640).contains(&kept), "{kept}");
    }

    #[test]
    fn a_table_without_room_keeps_nothing() {
        let table: Table<u32, u32> = Table::within(63);
        assert_eq!(table.put(1, 10), 10);
        assert_eq!(table.get(&1), None);
    }
}
