//! The proof of CSRT: items joined by commas without escaping, most of them with an address.

use std::collections::BTreeSet;

/// What an item of the proof may begin with.
const OPENINGS: &[&str] = &["https://", "http://", "Lifecycle endpoint: ", "App Name ("];

/// The items. Header values hold commas too (`no-cache, no-store`), so only a comma before an opening separates.
pub(super) fn items(proof: &str) -> Vec<&str> {
    let mut items = Vec::new();
    let mut start = 0;
    for (at, _) in proof.match_indices(',') {
        let behind = &proof[at + 1..];
        if OPENINGS.iter().any(|opening| behind.starts_with(opening)) {
            items.push(&proof[start..at]);
            start = at + 1;
        }
    }
    items.push(&proof[start..]);
    items
        .into_iter()
        .map(str::trim)
        .filter(|item| !item.is_empty())
        .collect()
}

/// The address of each item that has one, without query and fragment: they may hold tokens of this run.
pub(super) fn urls<'a>(items: &'a [&'a str]) -> impl Iterator<Item = &'a str> + 'a {
    items.iter().filter_map(|item| {
        let item = item.strip_prefix("Lifecycle endpoint: ").unwrap_or(item);
        let is_address = item.starts_with("https://") || item.starts_with("http://");
        let address = item.split([' ', '|', ',']).next().filter(|_| is_address)?;
        address.split(['?', '#']).next()
    })
}

/// What the addresses are called in keys: hosts of checks of hosts, paths of all others, since hosts of test systems come
/// and go.
pub(super) fn places(items: &[&str], of_hosts: bool) -> BTreeSet<String> {
    urls(items)
        .filter_map(|url| {
            let (scheme, rest) = url.split_once("://")?;
            let (authority, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
            Some(if of_hosts {
                let host = authority.rsplit('@').next().unwrap_or(authority);
                // The port that a scheme has anyway makes no other host (RFC 3986 section 6.2.3).
                let own_port = if scheme == "https" { ":443" } else { ":80" };
                let host = host.strip_suffix(own_port).unwrap_or(host);
                format!("host {}", host.to_ascii_lowercase())
            } else {
                format!("path /{}", path.trim_matches('/'))
            })
        })
        .collect()
}
