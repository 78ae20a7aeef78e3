//! What a rule of a policy tags a finding with.

use super::Text;

/// A tag that a rule of a policy gives a finding. It is none of the tags that sources tell.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PolicyTag {
    /// The tag.
    pub tag: Text,
    /// The policy.
    pub policy: Text,
    /// Its rule: `rule payment`.
    pub rule: Text,
    /// Where that is written: `ours.toml:14`.
    pub at: Text,
}
