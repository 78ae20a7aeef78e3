//! Small sorted sets, and sets that keep only so many.

use thin_vec::ThinVec;

use super::Join;

/// A sorted set in one word and one allocation: most sets of a finding hold none, one or two members.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Set<T>(ThinVec<T>);

impl<T: Ord> Set<T> {
    /// The empty set.
    pub const fn new() -> Self {
        Self(ThinVec::new())
    }

    /// Adds a member; says whether it is new.
    pub fn insert(&mut self, member: T) -> bool {
        match self.0.binary_search(&member) {
            Ok(_) => false,
            Err(place) => {
                if self.0.len() == self.0.capacity() {
                    self.0.reserve_exact(1 + self.0.len() / 2);
                }
                self.0.insert(place, member);
                true
            }
        }
    }

    /// Whether `member` is in the set.
    pub fn contains(&self, member: &T) -> bool {
        self.0.binary_search(member).is_ok()
    }

    /// The members in order.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.0.iter()
    }

    /// The members in order.
    pub fn as_slice(&self) -> &[T] {
        &self.0
    }

    /// The smallest member.
    pub fn first(&self) -> Option<&T> {
        self.0.first()
    }

    /// How many members there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no member.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Keeps the members for which `keep` holds.
    pub fn retain(&mut self, keep: impl FnMut(&T) -> bool) {
        self.0.retain(keep);
    }
}

impl<T: Ord> Default for Set<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Ord> FromIterator<T> for Set<T> {
    fn from_iter<I: IntoIterator<Item = T>>(members: I) -> Self {
        let mut members: ThinVec<T> = members.into_iter().collect();
        members.sort_unstable();
        members.dedup();
        members.shrink_to_fit();
        Self(members)
    }
}

impl<T: Ord> Extend<T> for Set<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, members: I) {
        for member in members {
            self.insert(member);
        }
    }
}

impl<'a, T> IntoIterator for &'a Set<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<T> IntoIterator for Set<T> {
    type Item = T;
    type IntoIter = thin_vec::IntoIter<T>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<T: Ord> Join for Set<T> {
    fn join(&mut self, mut other: Self) {
        if self.is_empty() {
            *self = other;
            return;
        }
        other.retain(|member| !self.contains(member));
        if other.len() < 8 {
            self.extend(other);
        } else {
            // Two sorted runs, which a stable sort merges in linear time; single inserts would move the rest each time.
            self.0.extend(other.0);
            self.0.sort();
        }
    }
}

/// A set that is looked at only when it is complete: cheap to add to, and never much larger than what is distinct in it.
#[derive(Clone, Debug)]
pub struct Gathered<T> {
    members: Vec<T>,
    /// How many there may be until equal ones are dropped.
    room: usize,
}

impl<T: Ord> Gathered<T> {
    /// How many members are kept before equal ones are looked for.
    const ROOM: usize = 4096;

    /// The empty set.
    pub const fn new() -> Self {
        Self {
            members: Vec::new(),
            room: Self::ROOM,
        }
    }

    /// Adds a member, which may be there already.
    pub fn add(&mut self, member: T) {
        if self.members.len() >= self.room {
            self.members.sort_unstable();
            self.members.dedup();
            // Sorting costs little beside what was added since the last time.
            self.room = (2 * self.members.len()).max(Self::ROOM);
        }
        self.members.push(member);
    }

    /// Each member once, in no order that means anything.
    pub fn into_members(mut self) -> Vec<T> {
        self.members.sort_unstable();
        self.members.dedup();
        self.members
    }
}

impl<T: Ord> Default for Gathered<T> {
    fn default() -> Self {
        Self::new()
    }
}

/// A set that keeps its `K` smallest members and remembers that there were more.
///
/// "The smallest of a union" is a join, a counter is not: the bound holds whatever the order and grouping of merges.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Capped<T, const K: usize> {
    members: Set<T>,
    more: bool,
}

impl<T: Ord, const K: usize> Capped<T, K> {
    /// The empty set.
    pub const fn new() -> Self {
        Self {
            members: Set::new(),
            more: false,
        }
    }

    /// Puts a set together as it was kept before. More than `K` members are cut again.
    pub fn of(members: impl IntoIterator<Item = T>, more: bool) -> Self {
        let mut set = Self {
            members: members.into_iter().collect(),
            more,
        };
        set.cut();
        set
    }

    /// Adds a member; the largest leaves when there are more than `K`.
    pub fn insert(&mut self, member: T) {
        if self.members.len() == K
            && self
                .members
                .as_slice()
                .last()
                .is_some_and(|last| *last < member)
        {
            self.more = true;
            return;
        }
        self.members.insert(member);
        self.cut();
    }

    fn cut(&mut self) {
        if self.members.len() > K {
            self.members.0.truncate(K);
            self.more = true;
        }
    }

    /// Whether a member was left out.
    pub fn more(&self) -> bool {
        self.more
    }

    /// The kept members in order.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.members.iter()
    }

    /// The kept members in order.
    pub fn as_slice(&self) -> &[T] {
        self.members.as_slice()
    }

    /// The smallest member.
    pub fn first(&self) -> Option<&T> {
        self.members.first()
    }

    /// Whether nothing is kept.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// How many are kept.
    pub fn len(&self) -> usize {
        self.members.len()
    }
}

impl<T: Ord, const K: usize> Default for Capped<T, K> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Ord, const K: usize> Extend<T> for Capped<T, K> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, members: I) {
        for member in members {
            self.insert(member);
        }
    }
}

impl<T: Ord, const K: usize> FromIterator<T> for Capped<T, K> {
    fn from_iter<I: IntoIterator<Item = T>>(members: I) -> Self {
        Self::of(members, false)
    }
}

impl<'a, T, const K: usize> IntoIterator for &'a Capped<T, K> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;
    fn into_iter(self) -> Self::IntoIter {
        self.members.0.iter()
    }
}

impl<T: Ord, const K: usize> Join for Capped<T, K> {
    fn join(&mut self, other: Self) {
        self.more |= other.more;
        self.extend(other.members);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_gathered_again_and_again_takes_no_more_room() {
        let mut gathered = Gathered::new();
        for member in 0..1_000_000_u32 {
            gathered.add(member % 5000);
        }
        assert!(
            gathered.members.len() <= 10_000,
            "{}",
            gathered.members.len()
        );
        assert!(gathered.into_members().into_iter().eq(0..5000));
    }

    #[test]
    fn large_sets_that_interleave_are_joined_in_order() {
        let odd = |member: u128| 2 * member + 1;
        let mut joined: Set<u128> = (0..200_000).map(odd).collect();
        let other: Set<u128> = (0..200_000).map(|member| 2 * member).collect();
        joined.join(other.clone());
        joined.join(other);
        assert!(joined.iter().copied().eq(0..400_000));
    }
}
