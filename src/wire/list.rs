//! Lists of a report, read no further than scanfold writes them: a record of a few bytes for each member could else take
//! many times its own size in memory.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::phrase::Phrase;

/// More than any list has of which a finding keeps the smallest members only.
pub(super) const FEW: usize = 64;
/// More than any other list of a finding has.
pub(super) const MANY: usize = 100_000;
/// More than any input has scopes, of which the largest logs have one for each of their runs.
pub(super) const MOST: usize = 1_000_000;

/// A list or a table of at most so many members.
pub(super) struct AtMost<C, const N: usize>(C);

/// What members are gathered in.
struct Gather<C, const N: usize>(PhantomData<C>);

impl<'de, T: Deserialize<'de>, const N: usize> Deserialize<'de> for AtMost<Vec<T>, N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let list = deserializer.deserialize_seq(Gather::<Vec<T>, N>(PhantomData));
        list.map(Self)
    }
}

impl<'de, T: Deserialize<'de>, const N: usize> Visitor<'de> for Gather<Vec<T>, N> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a sequence")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut list = Vec::new();
        while let Some(member) = members.next_element()? {
            list.push(room::<_, A::Error>(list.len(), N, member)?);
        }
        Ok(list)
    }
}

impl<'de, K, V, const N: usize> Deserialize<'de> for AtMost<BTreeMap<K, V>, N>
where
    K: Deserialize<'de> + Ord,
    V: Deserialize<'de>,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let table = deserializer.deserialize_map(Gather::<BTreeMap<K, V>, N>(PhantomData));
        table.map(Self)
    }
}

impl<'de, K, V, const N: usize> Visitor<'de> for Gather<BTreeMap<K, V>, N>
where
    K: Deserialize<'de> + Ord,
    V: Deserialize<'de>,
{
    type Value = BTreeMap<K, V>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut table = BTreeMap::new();
        while let Some((key, value)) = members.next_entry()? {
            let key = room::<_, A::Error>(table.len(), N, key)?;
            table.insert(key, value);
        }
        Ok(table)
    }
}

/// The member, if there is room for it.
fn room<T, E: Error>(taken: usize, most: usize, member: T) -> Result<T, E> {
    if taken < most {
        return Ok(member);
    }
    Err(E::custom(format_args!(
        "a list has more than {most} members, and scanfold writes none so long"
    )))
}

/// At most `N` members.
pub(super) fn at_most<'de, D, C, const N: usize>(deserializer: D) -> Result<C, D::Error>
where
    D: Deserializer<'de>,
    AtMost<C, N>: Deserialize<'de>,
{
    AtMost::<C, N>::deserialize(deserializer).map(|AtMost(members)| members)
}

/// The same of what may be missing.
pub(super) fn some_at_most<'de, D, C, const N: usize>(
    deserializer: D,
) -> Result<Option<C>, D::Error>
where
    D: Deserializer<'de>,
    AtMost<C, N>: Deserialize<'de>,
{
    let members = Option::<AtMost<C, N>>::deserialize(deserializer)?;
    Ok(members.map(|AtMost(members)| members))
}

/// The same of what may be put into words once.
pub(super) fn phrase_at_most<'de, D, C, const N: usize>(
    deserializer: D,
) -> Result<Phrase<C>, D::Error>
where
    D: Deserializer<'de>,
    AtMost<C, N>: Deserialize<'de>,
{
    at_most::<D, C, N>(deserializer).map(Phrase::Value)
}

#[cfg(test)]
mod tests {
    use serde_json::Deserializer;

    use super::*;

    #[test]
    fn a_list_is_read_as_far_as_it_is_written() {
        let read = |words: &str| -> Result<Vec<u8>, String> {
            let list = at_most::<_, _, 3>(&mut Deserializer::from_str(words));
            list.map_err(|error| error.to_string())
        };
        assert_eq!(read("[]"), Ok(vec![]));
        assert_eq!(read("[1, 2, 3]"), Ok(vec![1, 2, 3]));
        // What comes behind is not even looked at.
        let error = read("[1, 2, 3, 4, what").unwrap_err();
        let told = "a list has more than 3 members, and scanfold writes none so long";
        assert!(error.starts_with(told), "{error}");
        assert!(read("1").unwrap_err().contains("expected a sequence"));
    }

    #[test]
    fn a_table_is_read_as_far_as_it_is_written() {
        let read = |words: &str| -> Result<usize, String> {
            let table = at_most::<_, BTreeMap<String, u8>, 2>(&mut Deserializer::from_str(words));
            let table = table.map_err(|error| error.to_string())?;
            Ok(table.len())
        };
        assert_eq!(read(r#"{"a": 1, "b": 2}"#), Ok(2));
        assert!(read(r#"{"a": 1, "b": 2, "c": 3}"#).is_err());
    }
}
