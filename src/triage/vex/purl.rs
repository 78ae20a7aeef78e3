//! Package URLs as other tools write them, taken apart (purl-spec, "How to parse a purl string in its components").

use percent_encoding::percent_decode_str;

use crate::model::{self, Text};

/// Types whose names purl-spec compares without regard to case. Old packages of npm differ by it, so npm is none of them.
const CASELESS: [&str; 11] = [
    "alpm",
    "apk",
    "bitbucket",
    "composer",
    "deb",
    "github",
    "golang",
    "hex",
    "oci",
    "pub",
    "pypi",
];

/// A package URL. Qualifiers and the subpath are left out: they tell builds of one package apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Purl {
    /// Without version, in canonical form.
    pub(super) package: Text,
    /// The name alone, without its namespace.
    pub(super) name: Text,
    /// The version, if it is named.
    pub(super) version: Option<Text>,
}

impl Purl {
    /// Takes a package URL apart; `None` of other words.
    pub(super) fn read(words: &str) -> Option<Self> {
        let words = words.trim();
        let is_purl = |scheme: &&str| scheme.eq_ignore_ascii_case("pkg:");
        words.get(..4).filter(is_purl)?;
        let rest = words.get(4..)?.split(['?', '#']).next()?.trim_matches('/');
        let (kind, path) = rest.split_once('/')?;
        let kind = kind.to_ascii_lowercase();
        // The `@` of an npm scope is often left as it is, so that only one behind the last slash can lead to a version.
        let last = path.rfind('/').map_or(0, |slash| slash + 1);
        let (path, version) = match path.rfind('@').filter(|at| *at > last) {
            Some(at) => (path.get(..at)?, path.get(at + 1..)),
            None => (path, None),
        };
        let mut segments: Vec<String> = path
            .split('/')
            .map(decoded)
            .filter(|segment| !segment.is_empty())
            .collect();
        if CASELESS.contains(&kind.as_str()) {
            for segment in &mut segments {
                *segment = segment.to_lowercase();
            }
        }
        if kind == "pypi" {
            segments = segments
                .iter()
                .map(|segment| model::python_name(segment))
                .collect();
        }
        let name = Text::some_line(segments.last()?)?;
        let is_kind = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'+' | b'-');
        (!kind.is_empty() && kind.bytes().all(is_kind)).then(|| Self {
            package: model::purl(&kind, &segments.join("/")),
            name,
            version: version.and_then(|version| Text::some_line(&decoded(version))),
        })
    }
}

/// Words without their percent signs.
pub(super) fn decoded(words: &str) -> String {
    percent_decode_str(words).decode_utf8_lossy().into_owned()
}
