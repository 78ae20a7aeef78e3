//! What conditions may call a finding by: the names of its package, and the checks that fired.
//!
//! Rules of policies, triage files, gates and filters all ask here, so that a word that one of them understands means the
//! same in each.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use super::{Finding, Kind};
use crate::model::Text;

impl Finding {
    /// What its package may be called: its package URL, as it is or readable, and its name with its namespace.
    pub fn package_names(&self) -> impl Iterator<Item = Cow<'_, str>> {
        let purl = self.package.iter().map(|package| package.purl.untrusted());
        purl.flat_map(|purl| {
            let readable = percent_decode_str(purl).decode_utf8_lossy();
            let name = match &readable {
                Cow::Borrowed(readable) => name(readable).map(Cow::Borrowed),
                Cow::Owned(readable) => name(readable).map(|name| Cow::Owned(name.to_owned())),
            };
            let written = Some(Cow::Borrowed(purl)).filter(|purl| *purl != readable);
            name.into_iter().chain(written).chain([readable])
        })
    }

    /// The check that fired. Of a dependency that is any of its ids, since which of them a report happens to name is not
    /// fixed; without any id, what the tool calls it (`yanked`).
    pub fn checks(&self) -> impl Iterator<Item = &Text> {
        let is_by_id = self.kind == Kind::Dependency && !self.ids.is_empty();
        let own = self.rule.id.iter().filter(move |_| !is_by_id);
        own.chain(self.ids.iter().filter(move |_| is_by_id))
    }
}

/// What stands behind the type of a package URL.
fn name(purl: &str) -> Option<&str> {
    let (_, name) = purl.strip_prefix("pkg:")?.split_once('/')?;
    Some(name)
}
