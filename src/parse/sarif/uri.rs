//! From artifact locations (section 3.4) to paths that are the same for every tool and checkout.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;

use super::memory::Digest;
use crate::model::redact;

/// The longest chain of base ids that is followed.
const LONGEST_CHAIN: usize = 16;
/// How many directories of one sort are looked at: real runs name a handful.
const MOST_BASES: usize = 256;

/// An artifact location as it stands in the log.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Raw {
    pub(super) uri: String,
    pub(super) base: Option<String>,
}

/// Where an artifact is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// A path with `/`, relative to the checkout where that is known.
    Path(String),
    /// An address on the web.
    Web(String),
}

impl Target {
    /// The words of either.
    pub(super) fn words(&self) -> &str {
        match self {
            Self::Path(words) | Self::Web(words) => words,
        }
    }
}

/// What a run tells about the places that its paths are relative to.
#[derive(Debug, Default)]
pub(super) struct Bases {
    /// `originalUriBaseIds` (section 3.14.14).
    pub(super) by_id: BTreeMap<String, Raw>,
    /// Where repositories were checked out (`versionControlProvenance`, section 3.23.8).
    pub(super) checkouts: Vec<Raw>,
    /// Where the tool was started (section 3.20.19).
    pub(super) directories: Vec<Raw>,
    /// Whether the tool percent-encodes.
    pub(super) encoded: bool,
    /// The absolute directories of the three above in turn. Filled by [`Bases::settle`].
    pub(super) roots: [Vec<String>; 3],
    /// Of all the above: bases with the same one lead to the same places. Filled by [`Bases::settle`].
    pub(super) digest: Digest,
}

impl Bases {
    /// Works out the absolute directories, once all that the run tells is there. The root of the file system is none.
    pub(super) fn settle(&mut self) {
        let roots = |raws: &mut dyn Iterator<Item = &Raw>| {
            let mut roots: Vec<String> = (raws.take(MOST_BASES))
                .filter_map(|raw| self.absolute(raw))
                .filter(|root| root != "/")
                .collect();
            roots.sort_unstable();
            roots.dedup();
            roots
        };
        self.roots = [
            roots(&mut self.checkouts.iter()),
            roots(&mut self.by_id.values()),
            roots(&mut self.directories.iter()),
        ];
        let told = (
            &self.by_id,
            &self.checkouts,
            &self.directories,
            self.encoded,
        );
        self.digest = Digest::of_value(&(told, &self.roots));
    }

    /// The normalized place of an artifact.
    pub(super) fn target(&self, raw: &Raw) -> Target {
        let uri = raw.uri.trim();
        let is_web = |scheme: &str| {
            scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https")
        };
        if uri
            .split_once("://")
            .is_some_and(|(scheme, _)| is_web(scheme))
        {
            return Target::Web(uri.to_owned());
        }
        let path = self.path(uri);
        if is_absolute(&path) {
            return Target::Path(self.strip(&path, None));
        }
        let (base, prefix) = self.base(raw.base.as_deref());
        let relative = normalize(&format!("{prefix}{path}"));
        Target::Path(match base {
            Some(base) => self.strip(&join(&base, &relative), Some(&relative)),
            None => relative,
        })
    }

    /// The absolute directory at the root of a chain of base ids, if it is told, and the relative directories on the way.
    fn base(&self, id: Option<&str>) -> (Option<String>, String) {
        let mut prefix = String::new();
        let mut next = id;
        for _ in 0..LONGEST_CHAIN {
            let Some(base) = next.and_then(|id| self.by_id.get(id)) else {
                break;
            };
            let path = directory(self.path(base.uri.trim()));
            if is_absolute(&path) {
                return (Some(path), prefix);
            }
            prefix.insert_str(0, &path);
            next = base.base.as_deref();
        }
        (None, prefix)
    }

    /// Takes away the checkout that `path` lies in; without one what its own base id stands for; without one the longest
    /// base or directory that the run names.
    fn strip(&self, path: &str, own: Option<&str>) -> String {
        let below = |roots: &[String]| {
            (roots.iter())
                .filter_map(|root| path.strip_prefix(root).filter(|rest| !rest.is_empty()))
                .min_by_key(|rest| rest.len())
                .map(str::to_owned)
        };
        let [checkouts, bases, directories] = &self.roots;
        below(checkouts)
            .or_else(|| own.map(str::to_owned))
            .or_else(|| below(bases))
            .or_else(|| below(directories))
            .unwrap_or_else(|| path.to_owned())
    }

    /// The absolute directory that `raw` stands for, with `/` at its end.
    fn absolute(&self, raw: &Raw) -> Option<String> {
        let path = self.path(raw.uri.trim());
        if is_absolute(&path) {
            return Some(directory(path));
        }
        let (base, prefix) = self.base(raw.base.as_deref());
        let relative = normalize(&format!("{prefix}{path}"));
        Some(directory(join(&base?, &relative)))
    }

    /// The decoded and normalized path of a URI, absolute or not. What is normalized no longer shows that it was an address
    /// with a password, so that credentials are taken out before.
    fn path(&self, uri: &str) -> String {
        let uri = redact(uri);
        let uri = uri.as_ref();
        let file = uri
            .get(..5)
            .filter(|scheme| scheme.eq_ignore_ascii_case("file:"))
            .and_then(|_| uri.get(5..));
        let decoded = self.decode(file.unwrap_or(uri)).replace('\\', "/");
        let decoded = redact(&decoded);
        match file {
            Some(_) => {
                let rest = decoded.trim_start_matches('/');
                match decoded.strip_prefix("//localhost/") {
                    Some(path) => normalize(&format!("/{path}")),
                    // `file:///a`, `file:/a` and `file:////a` are `/a`; `file://host/share/a` keeps its host.
                    None if is_drive(rest) || matches!(decoded.len() - rest.len(), 0 | 2) => {
                        normalize(rest)
                    }
                    None => normalize(&format!("/{rest}")),
                }
            }
            None if is_drive(decoded.trim_start_matches('/')) => {
                normalize(decoded.trim_start_matches('/'))
            }
            None => normalize(&decoded),
        }
    }

    /// Percent-decodes what an encoding tool wrote. A character that no encoded URI may hold proves that this one is raw.
    fn decode(&self, uri: &str) -> String {
        let raw = |character: char| {
            !character.is_ascii()
                || matches!(
                    character,
                    ' ' | '"' | '<' | '>' | '^' | '`' | '{' | '}' | '|' | '#'
                )
        };
        if !self.encoded || !uri.contains('%') || uri.contains(raw) {
            return uri.to_owned();
        }
        match percent_decode_str(uri).decode_utf8() {
            Ok(decoded) => decoded.into_owned(),
            Err(_) => uri.to_owned(),
        }
    }
}

fn is_absolute(path: &str) -> bool {
    path.starts_with('/') || is_drive(path)
}

/// `C:` or `C:/…`
fn is_drive(path: &str) -> bool {
    let mut bytes = path.bytes();
    bytes
        .next()
        .is_some_and(|letter| letter.is_ascii_alphabetic())
        && bytes.next() == Some(b':')
        && matches!(bytes.next(), None | Some(b'/'))
}

fn directory(mut path: String) -> String {
    if !path.is_empty() && !path.ends_with('/') {
        path.push('/');
    }
    path
}

fn join(base: &str, relative: &str) -> String {
    normalize(&format!("{base}{relative}"))
}

/// Drops empty and `.` segments, and `..` with the segment before it. A slash at either end stays.
fn normalize(path: &str) -> String {
    let mut segments: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." if segments.last().is_some_and(|last| *last != "..") => drop(segments.pop()),
            // Nothing is above the root.
            ".." if path.starts_with('/') => {}
            _ => segments.push(segment),
        }
    }
    let start = if path.starts_with('/') { "/" } else { "" };
    let end = if path.ends_with('/') && !segments.is_empty() {
        "/"
    } else {
        ""
    };
    format!("{start}{}{end}", segments.join("/"))
}
