//! What many findings say alike stands in the page once, and is called by its number.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

/// Different members in the order in which they were first named.
#[derive(Debug)]
pub(super) struct Pool<T> {
    numbers: BTreeMap<T, usize>,
    members: Vec<T>,
}

impl<T: Ord + Clone> Pool<T> {
    /// The number of a member, which is new or known.
    pub(super) fn number(&mut self, member: T) -> usize {
        if let Some(number) = self.numbers.get(&member) {
            return *number;
        }
        let number = self.members.len();
        self.numbers.insert(member.clone(), number);
        self.members.push(member);
        number
    }

    /// The members; each stands at its number.
    pub(super) fn members(&self) -> &[T] {
        &self.members
    }
}

impl<T> Default for Pool<T> {
    fn default() -> Self {
        Self {
            numbers: BTreeMap::new(),
            members: Vec::new(),
        }
    }
}

impl<T: Serialize> Serialize for Pool<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.members.serialize(serializer)
    }
}
