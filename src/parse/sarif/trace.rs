//! What a single result is recognized by, before anything of its run is known.

use std::hash::{BuildHasher, Hasher};
use std::sync::LazyLock;

use foldhash::quality::RandomState;

use super::dependency::{self, Named};
use super::memory::Indices;
use super::run::{self, Run};
use super::walk::Part;
use super::wire::{Face, Place, Record};
use crate::model::Text;

/// How many fingerprints of one result are looked at.
const MOST_FINGERPRINTS: usize = 8;
/// The shortest value that can be a fingerprint.
const SHORTEST_FINGERPRINT: usize = 8;
/// Schemes whose values are no identity, and whose they are: a column (CodeQL), the rule and where in the bytes of a file
/// (cargo-deny), and who committed what when (gitleaks).
const NO_IDENTITY: &[&str] = &[
    "primaryLocationStartColumnFingerprint",
    "cargo-deny/id",
    "cargo-deny/loc",
    "commitSha",
    "commitMessage",
    "author",
    "email",
    "date",
];

/// What a code, secret or configuration finding is pinned by when its tool gives no fingerprint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Pin {
    /// The snippet, with white space normalized.
    Snippet(String),
    /// A logical location by its name.
    Logical(Text),
    /// A logical location by its index in the run, and the package that the message names.
    LogicalIndex(usize, Option<Text>),
    /// Nothing but the place among others.
    Position,
}

impl Pin {
    /// The best pin that the result has: of its first location, and of the package that it names. Packages with one
    /// advisory may stand in one file, and none of them is another.
    pub(super) fn of(face: Face<'_, '_>) -> Self {
        let pin = Self::of_place(face.place);
        let Some(Named { name, image }) = dependency::named(face) else {
            return pin;
        };
        let name = Text::some_line(name);
        match (pin, image) {
            // `harbor/board:7@sha256:0123…:/lib/x`: the tag and the layer are others after each build.
            (Self::Logical(place), Some(image))
                if (place.untrusted().strip_prefix(image))
                    .is_some_and(|rest| rest.starts_with('@')) =>
            {
                Self::Logical(Text::line(untagged(image))).of_package(name)
            }
            (pin, _) => pin.of_package(name),
        }
    }

    fn of_place(place: Option<&Place<'_>>) -> Self {
        let Some(place) = place else {
            return Self::Position;
        };
        let snippet = &place.physical_location.0.region.0.snippet.0;
        if let Some(words) = snippet.text.get() {
            // Credentials are taken out before anything is hashed.
            let safe = Text::prose(words);
            let words: Vec<&str> = safe.untrusted().split_whitespace().collect();
            if !words.is_empty() {
                return Self::Snippet(words.join(" "));
            }
        }
        for logical in &place.logical_locations.0 {
            if let Some(name) = run::own_name(&logical.0) {
                return Self::Logical(name);
            }
            if let Some(index) = logical.0.index.index() {
                return Self::LogicalIndex(index, None);
            }
        }
        Self::Position
    }

    fn of_package(self, package: Option<Text>) -> Self {
        let Some(name) = package else {
            return self;
        };
        // Ahead of the place, which may be long enough to be cut.
        let with = |place: &str| format!("{} {place}", name.untrusted());
        match self {
            Self::Snippet(words) => Self::Snippet(with(&words)),
            Self::Logical(place) => Self::Logical(Text::line(&with(place.untrusted()))),
            Self::LogicalIndex(index, _) => Self::LogicalIndex(index, Some(name)),
            Self::Position => Self::Logical(name),
        }
    }

    /// With the name that the run has for an index. Two ways to name one thing are one pin, or the ordinals of both would
    /// count from the same start and make one finding of two.
    pub(super) fn resolved(self, run: Option<&Run>) -> Self {
        match self {
            Self::LogicalIndex(index, package) => {
                let name = run.and_then(|run| run.logicals.get(index)?.clone());
                name.map_or(Self::Position, Self::Logical)
                    .of_package(package)
            }
            other => other,
        }
    }

    /// A number for it, once an index has become a name.
    pub(super) fn digest(&self) -> u64 {
        match self {
            Self::Snippet(words) => digest(&[b"snippet", words.as_bytes()]),
            Self::Logical(name) => digest(&[b"logical", name.untrusted().as_bytes()]),
            Self::LogicalIndex(index, package) => {
                let package = package.as_ref().map_or("", Text::untrusted);
                digest(&[b"index", &index.to_le_bytes(), package.as_bytes()])
            }
            Self::Position => digest(&[b"position"]),
        }
    }
}

/// The name of an image without its digest and its tag.
fn untagged(image: &str) -> &str {
    let (name, _) = image.split_once('@').unwrap_or((image, ""));
    let start = name.rfind('/').map_or(0, |slash| slash + 1);
    let tag = name.get(start..).and_then(|last| last.rfind(':'));
    tag.and_then(|tag| name.get(..start + tag)).unwrap_or(name)
}

/// The numbers by which a result is known, whatever log it stands in.
#[derive(Clone, Debug)]
pub(super) struct Sketch {
    /// How it calls its rule, but for the rule's place in the log.
    pub(super) call: u64,
    /// How it names its place.
    pub(super) place: u64,
    pub(super) pin: u64,
    /// Whether the pin is an index, which means something in its part of a log only.
    pub(super) is_pinned_by_index: bool,
    pub(super) line: u32,
    pub(super) column: u32,
    /// Of the whole region, the message and what stands for a region: equal only for exact duplicates.
    pub(super) content: u64,
    /// The fingerprints of the tool, in their order.
    pub(super) marks: Box<[u64]>,
}

impl Sketch {
    /// Of a result and its pin.
    pub(super) fn of(face: Face<'_, '_>, pin: &Pin) -> Self {
        let place = face.place;
        let rule = face.rule;
        let component = &rule.tool_component.0;
        let physical = place.map(|place| &place.physical_location.0);
        let artifact = physical.map(|physical| &physical.artifact_location.0);
        let region = physical.map(|physical| &physical.region.0);
        let index = |index: Option<usize>| index.map_or(u64::MAX, |index| index as u64);
        Self {
            call: digest(&[
                bytes(face.rule_id.get()),
                bytes(rule.id.get()),
                bytes(rule.guid.get()),
                &index(component.index.index()).to_le_bytes(),
                bytes(component.name.get()),
                bytes(component.guid.get()),
            ]),
            place: digest(&[
                bytes(artifact.and_then(|artifact| artifact.uri.get())),
                bytes(artifact.and_then(|artifact| artifact.uri_base_id.get())),
                &index(artifact.and_then(|artifact| artifact.index.index())).to_le_bytes(),
            ]),
            pin: pin.digest(),
            is_pinned_by_index: matches!(pin, Pin::LogicalIndex(..)),
            line: region
                .and_then(|region| region.start_line.line())
                .unwrap_or(0),
            column: region
                .and_then(|region| region.start_column.line())
                .unwrap_or(0),
            content: content(face),
            marks: (fingerprints(face).iter())
                .map(|(scheme, value)| mark(scheme, value))
                .collect(),
        }
    }

    /// Of this result in a part of a log, where it calls its rule by `indices`.
    pub(super) fn trace(&self, part: Part, indices: Indices) -> Trace {
        let number = part.number();
        let index = |index: Option<usize>| index.map_or(u64::MAX, |index| index as u64);
        let words = |words: u64| digest(&[&number, &words.to_le_bytes()]);
        Trace {
            rule: digest(&[
                &number,
                &self.call.to_le_bytes(),
                &index(indices.own).to_le_bytes(),
                &index(indices.reference).to_le_bytes(),
            ]),
            path: words(self.place),
            pin: if self.is_pinned_by_index {
                words(self.pin)
            } else {
                self.pin
            },
        }
    }
}

/// The numbers by which a result is found again in the second pass.
#[derive(Clone, Copy, Debug)]
pub(super) struct Trace {
    pub(super) rule: u64,
    pub(super) path: u64,
    pub(super) pin: u64,
}

fn content(face: Face<'_, '_>) -> u64 {
    let physical = face.place.map(|place| &place.physical_location.0);
    let region = physical.map(|physical| &physical.region.0);
    let numbers = region.map(|region| {
        [
            region.start_line,
            region.start_column,
            region.end_line,
            region.end_column,
            region.char_offset,
            region.char_length,
            region.byte_offset,
            region.byte_length,
        ]
        .map(|number| number.0.unwrap_or(u64::MAX).to_le_bytes())
    });
    let numbers = numbers.unwrap_or_default();
    let address = physical.map(|physical| &physical.address.0);
    let absolute = address.and_then(|address| address.number.0);
    let absolute = absolute.unwrap_or(u64::MAX).to_le_bytes();
    let message = face.message;
    let mut words: Vec<&[u8]> = vec![
        numbers.as_flattened(),
        bytes(message.text.raw().or(message.markdown.raw())),
        bytes(message.id.raw()),
        // Of results without a region: what was asked, and where in memory.
        bytes(face.web_request.target.raw()),
        bytes(address.and_then(|address| address.fully_qualified_name.raw())),
        &absolute,
    ];
    words.extend(message.arguments.0.iter().map(|word| bytes(word.raw())));
    fixed_digest(&words)
}

/// The first location of a result.
pub(super) fn primary<'r, 'a>(record: &'r Record<'a>) -> Option<&'r Place<'a>> {
    record.locations.0.first().map(|place| &place.0)
}

/// The tool's own fingerprints of a result that can be an identity at all, each once: scheme and value.
///
/// The version in a scheme (`lineHash/v2`) is part of it. Two results are to be compared by the greatest version that
/// both have (section 3.27.16); each version is a name of its own, so that a tool that begins to write a new one beside
/// the old one, and later leaves the old one out, restarts no clock. To the letter it could be no join: what has the old
/// version alone would be the same as two that differ in the new one, and the order would decide.
///
/// Of a package that is named there is none: tools make it of the installed version (grype, cargo-deny), which is no
/// identity.
pub(super) fn fingerprints(face: Face<'_, '_>) -> Vec<(Text, Text)> {
    let rule = face.rule_id.get();
    let mut all = (face.fingerprints.0.iter())
        .chain(&face.partial_fingerprints.0)
        .peekable();
    if all.peek().is_none() || dependency::named(face).is_some() {
        return Vec::new();
    }
    let fit = all.filter_map(|(scheme, value)| {
        let (name, version) = scheme.rsplit_once('/').unwrap_or((scheme, ""));
        let is_version = version.strip_prefix('v').is_some_and(|number| {
            !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
        });
        let name = if is_version { name } else { &**scheme };
        if NO_IDENTITY.contains(&name) {
            return None;
        }
        let value = Text::line(&value.0);
        let words = value.untrusted();
        // A placeholder (`requires login`, `[line-hash]`) has blanks or no digit; hardly any hash has no digit.
        let is_fit = words.len() >= SHORTEST_FINGERPRINT
            && words.bytes().any(|byte| byte.is_ascii_digit())
            && !words.contains(char::is_whitespace)
            && !words.contains("[redacted ")
            && Some(words) != rule;
        is_fit.then(|| (Text::line(scheme), value))
    });
    let mut kept: Vec<(Text, Text)> = fit.collect();
    // Whatever the order in which the report has them.
    kept.sort_unstable();
    kept.dedup();
    kept.truncate(MOST_FINGERPRINTS);
    kept
}

fn bytes(words: Option<&str>) -> &[u8] {
    words.unwrap_or_default().as_bytes()
}

fn mark(scheme: &Text, value: &Text) -> u64 {
    digest(&[
        b"mark",
        scheme.untrusted().as_bytes(),
        value.untrusted().as_bytes(),
    ])
}

/// 64 bits for length-prefixed parts, to find equal ones by. They differ from run to run of the program, so that no log can
/// be made up in which two of them collide, and none may reach a result, nor their order.
pub(super) fn digest(parts: &[&[u8]]) -> u64 {
    static SEED: LazyLock<RandomState> = LazyLock::new(RandomState::default);
    let mut hasher = SEED.build_hasher();
    for part in parts {
        hasher.write_usize(part.len());
        hasher.write(part);
    }
    hasher.finish()
}

/// 64 bits for length-prefixed parts, the same in every run of the program: equal results are counted in their order.
pub(super) fn fixed_digest(parts: &[&[u8]]) -> u64 {
    // Hashed in one go: pieces of a few bytes cost more than their bytes.
    let length: usize = parts.iter().map(|part| 8 + part.len()).sum();
    let mut bytes = Vec::with_capacity(length);
    for part in parts {
        bytes.extend((part.len() as u64).to_le_bytes());
        bytes.extend_from_slice(part);
    }
    let hash = blake3::hash(&bytes);
    let (first, _) = hash.as_bytes().as_chunks::<8>();
    first.first().copied().map_or(0, u64::from_le_bytes)
}
