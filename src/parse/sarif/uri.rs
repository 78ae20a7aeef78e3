//! From artifact locations (section 3.4) to paths that are the same for every tool and checkout.

use std::collections::{BTreeMap, BTreeSet};

use percent_encoding::percent_decode_str;

use super::artifact::Entry;
use super::memory::Digest;
use super::trunk::{self, Root, Trunk};
use crate::model::{Text, redact};

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

impl Default for Target {
    fn default() -> Self {
        Self::Path(String::new())
    }
}

/// Where an artifact is, and from where.
#[derive(Clone, Debug, Default)]
pub(super) struct Spot {
    pub(super) target: Target,
    /// The name of the base that its path is relative to, where that is not the trunk.
    pub(super) base: Option<String>,
}

impl Spot {
    fn plain(target: Target) -> Self {
        Self { target, base: None }
    }
}

/// Where a repository was checked out (section 3.23).
#[derive(Clone, Debug, Default, Hash)]
pub(super) struct Checkout {
    pub(super) repository: Option<String>,
    pub(super) mapped: Raw,
}

/// What a run tells about the places that its paths are relative to.
#[derive(Debug, Default)]
pub(super) struct Bases {
    /// `originalUriBaseIds` (section 3.14.14).
    pub(super) by_id: BTreeMap<String, Raw>,
    /// `versionControlProvenance`
    pub(super) checkouts: Vec<Checkout>,
    /// Where the tool was started (section 3.20.19).
    pub(super) directories: Vec<Raw>,
    /// Whether the tool percent-encodes.
    pub(super) encoded: bool,
    /// The ids that results name.
    pub(super) used: BTreeSet<String>,
    /// The bases with their directories. Filled by [`Bases::settle`].
    pub(super) roots: Vec<Root>,
    /// The absolute directories in which the tool was started. Filled by [`Bases::settle`].
    pub(super) started: Vec<String>,
    pub(super) trunk: Trunk,
    /// Of all the above: bases with the same one lead to the same places. Filled by [`Bases::settle`].
    pub(super) digest: Digest,
}

/// Where a base id leads: a chain of relative directories, and what stands at its end.
struct Chain<'b> {
    /// The absolute directory, if it is told.
    directory: Option<String>,
    /// The relative directories on the way.
    prefix: String,
    /// The id at its end, if that has one.
    id: Option<&'b str>,
}

impl Bases {
    /// The bases that the run names, once all that it tells is there.
    pub(super) fn roots(&self) -> Vec<Root> {
        let checkouts = self.checkouts.iter().take(MOST_BASES);
        let checkouts = checkouts.filter_map(|checkout| {
            let Checkout { repository, mapped } = checkout;
            let directory = self.absolute(mapped).filter(|directory| directory != "/");
            let line = |words: &str| Text::line(words).untrusted().to_owned();
            let name = match (mapped.base.as_deref(), mapped.uri.trim()) {
                (Some(id), "") => trunk::name(self.chain(Some(id)).id.unwrap_or(id)),
                (Some(id), path) => line(&format!("{id}/{path}")),
                // Nobody says where it is.
                (None, _) if directory.is_none() => return None,
                (None, _) => line(repository.as_deref().unwrap_or_default()),
            };
            Some(Root {
                directory,
                name,
                is_checkout: true,
            })
        });
        let known = (self.by_id.keys().take(MOST_BASES)).filter(|id| {
            let base = self.by_id.get(id.as_str());
            base.is_some_and(|base| is_absolute(&self.path(base.uri.trim())))
        });
        let bases = known.chain(self.used.iter().take(MOST_BASES));
        let bases = bases.filter_map(|id| {
            let chain = self.chain(Some(id));
            Some(Root {
                name: trunk::name(chain.id?),
                directory: chain.directory,
                is_checkout: false,
            })
        });
        let all: BTreeSet<Root> = checkouts.chain(bases).collect();
        all.into_iter().collect()
    }

    /// Takes in what the runs of its tool make of their bases. `nested` are the run's artifacts, if any lies in another.
    pub(super) fn settle(&mut self, trunk: &Trunk, nested: Option<&[Entry]>) {
        self.roots = self.roots();
        self.trunk = trunk.seen_from(&self.roots);
        let mut started: Vec<String> = (self.directories.iter().take(MOST_BASES))
            .filter_map(|raw| self.absolute(raw))
            .filter(|root| root != "/")
            .collect();
        started.sort_unstable();
        started.dedup();
        self.started = started;
        let told = (&self.by_id, &self.checkouts, &self.directories);
        let settled = (&self.roots, &self.trunk, self.encoded, nested);
        self.digest = Digest::of_value(&(told, settled));
    }

    /// The normalized place of an artifact.
    pub(super) fn spot(&self, raw: &Raw) -> Spot {
        let uri = raw.uri.trim();
        let is_web = |scheme: &str| {
            scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https")
        };
        if uri
            .split_once("://")
            .is_some_and(|(scheme, _)| is_web(scheme))
        {
            return Spot::plain(Target::Web(uri.to_owned()));
        }
        let path = self.path(uri);
        if is_absolute(&path) {
            return self
                .strip(&path)
                .unwrap_or_else(|| Spot::plain(Target::Path(path)));
        }
        let chain = self.chain(raw.base.as_deref());
        let relative = normalize(&format!("{}{path}", chain.prefix));
        if let Some(directory) = &chain.directory {
            let path = join(directory, &relative);
            let found = self.in_trunk(&path).or_else(|| self.in_checkout(&path));
            if let Some(spot) = found {
                return spot;
            }
        }
        let name = chain.id.map(trunk::name);
        Spot {
            target: Target::Path(relative),
            base: name.filter(|name| !self.trunk.names.contains(name)),
        }
    }

    /// The normalized path of a part of another artifact, such as the member of an archive.
    pub(super) fn member(&self, raw: &Raw) -> String {
        let path = self.path(raw.uri.trim());
        path.trim_start_matches('/').to_owned()
    }

    fn chain<'b>(&'b self, id: Option<&'b str>) -> Chain<'b> {
        let mut chain = Chain {
            directory: None,
            prefix: String::new(),
            id,
        };
        for _ in 0..LONGEST_CHAIN {
            let Some(base) = chain.id.and_then(|id| self.by_id.get(id)) else {
                break;
            };
            let path = directory(self.path(base.uri.trim()));
            if is_absolute(&path) {
                chain.directory = Some(path);
                break;
            }
            chain.prefix.insert_str(0, &path);
            chain.id = match base.base.as_deref() {
                // What it is relative to has no name.
                None if !path.is_empty() => None,
                None => break,
                next => next,
            };
        }
        chain
    }

    /// Where an absolute path is, relative to the trunk, else to the checkout, else to the innermost base, else to the
    /// directory of the tool that it lies in.
    fn strip(&self, path: &str) -> Option<Spot> {
        let in_base = || {
            let bases = self.roots.iter().filter(|root| !root.is_checkout);
            let below =
                bases.filter_map(|root| Some((root, below(path, root.directory.as_deref()?)?)));
            let (root, rest) = below.min_by_key(|(_, rest)| rest.len())?;
            Some(self.off_trunk(root, rest))
        };
        let in_directory = || {
            let below = self.started.iter().filter_map(|root| below(path, root));
            let rest = below.min_by_key(|rest| rest.len())?;
            Some(Spot::plain(Target::Path(rest.to_owned())))
        };
        (self.in_trunk(path))
            .or_else(|| self.in_checkout(path))
            .or_else(in_base)
            .or_else(in_directory)
    }

    fn in_trunk(&self, path: &str) -> Option<Spot> {
        let below = (self.trunk.directories.iter()).filter_map(|root| below(path, root));
        let rest = below.min_by_key(|rest| rest.len())?;
        Some(Spot::plain(Target::Path(rest.to_owned())))
    }

    fn in_checkout(&self, path: &str) -> Option<Spot> {
        let checkouts = self.roots.iter().filter(|root| root.is_checkout);
        let below =
            checkouts.filter_map(|root| Some((root, below(path, root.directory.as_deref()?)?)));
        // A part of a repository may be a checkout of its own.
        let (root, rest) = below.max_by_key(|(_, rest)| rest.len())?;
        Some(self.off_trunk(root, rest))
    }

    fn off_trunk(&self, root: &Root, rest: &str) -> Spot {
        Spot {
            target: Target::Path(rest.to_owned()),
            base: Some(root.name.clone()).filter(|name| !self.trunk.names.contains(name)),
        }
    }

    /// The absolute directory that `raw` stands for, with `/` at its end.
    fn absolute(&self, raw: &Raw) -> Option<String> {
        let path = self.path(raw.uri.trim());
        if is_absolute(&path) {
            return Some(directory(path));
        }
        let chain = self.chain(raw.base.as_deref());
        let relative = normalize(&format!("{}{path}", chain.prefix));
        Some(directory(join(&chain.directory?, &relative)))
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

/// What of a path lies in a directory that is not the root of the file system.
fn below<'p>(path: &'p str, root: &str) -> Option<&'p str> {
    let rest = path.strip_prefix(root).filter(|_| root != "/");
    rest.filter(|rest| !rest.is_empty())
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
