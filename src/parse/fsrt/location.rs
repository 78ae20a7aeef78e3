//! Where FSRT says that a problem is: a quoted path in the description, and a call stack in the proof.

use std::collections::BTreeSet;

/// What stands before the entry function or the key of the manifest in a description.
const OPENINGS: &[&str] = &[
    "Authorization bypass detected through ",
    "Insufficient Authentication through webhook ",
    "Hardcoded secret found within codebase ",
];

/// A place without anything of the checkout's folder, the count of calls, or the day.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Site {
    /// From the last folder called `src`, else as it is when it is relative, else the name of the file: what FSRT's own
    /// number is made of.
    pub(super) path: Option<String>,
    /// The entry function, or the key of the manifest.
    pub(super) subject: Option<String>,
    /// Call stacks, with the address that is called where there is one.
    pub(super) calls: BTreeSet<String>,
    /// Where the quoted path stands in the description, with its quotes.
    quoted: Option<(usize, usize)>,
}

impl Site {
    pub(super) fn of(description: &str, proof: &str) -> Self {
        let mut site = Self {
            calls: calls(proof),
            ..Self::default()
        };
        // A quote within the path is escaped, so it cannot stand behind a space and a word.
        let opening = ["in \"", "file \""]
            .into_iter()
            .filter_map(|opening| Some(description.rfind(opening)? + opening.len()))
            .max();
        if let Some(start) = opening
            && let Some((path, length)) = unquote(&description[start..])
        {
            site.path = Some(normal(&path));
            site.subject = subject(&description[..start - 1]);
            site.quoted = Some((start - 1, start + length));
        } else if let Some((_, manifest)) = proof.split_once("found in manifest.yml")
            && manifest.starts_with(':')
        {
            // The list behind it is what changes when a permission is removed.
            site.path = Some("manifest.yml".to_owned());
            site.calls.clear();
        }
        site
    }

    /// Whether nothing is known of the place.
    pub(super) fn is_nowhere(&self) -> bool {
        self.path.is_none() && self.calls.is_empty()
    }

    /// The place in words for a key.
    pub(super) fn words(&self) -> String {
        let calls: Vec<_> = self.calls.iter().map(String::as_str).collect();
        let path = self.path.as_deref().unwrap_or_default();
        let subject = self.subject.as_deref().unwrap_or_default();
        format!("path {path}\nentry {subject}\ncalls {}", calls.join("\n"))
    }

    /// The description with the normalized path, so that it is the same from every checkout.
    pub(super) fn description(&self, description: &str) -> String {
        match (self.quoted, &self.path) {
            // Both are places of ASCII quotes in this description.
            (Some((start, end)), Some(path)) => {
                format!("{}\"{path}\"{}", &description[..start], &description[end..])
            }
            _ => description.to_owned(),
        }
    }

    /// The addresses that are called.
    pub(super) fn urls(&self) -> impl Iterator<Item = &str> {
        self.calls.iter().filter_map(|call| {
            let (url, _) = call.strip_prefix("fetch call to ")?.split_once(" via ")?;
            Some(url)
        })
    }
}

/// The calls of a proof: entries are joined by `; `, and each has its stack behind some words. What the analyzer calls its
/// own parts (`IR body`, `IR location`) and its list of sources is not the app's and changes with it.
fn calls(proof: &str) -> BTreeSet<String> {
    let own = ["IR body:", "IR location:", "Secret source:"];
    proof
        .split("; ")
        .map(str::trim)
        .filter(|entry| !own.iter().any(|own| entry.starts_with(own)))
        .map(|entry| {
            let behind = |mark| entry.split_once(mark).map(|(_, rest): (_, &str)| rest);
            behind("found via ").or(behind("found: ")).unwrap_or(entry)
        })
        .filter(|call| !call.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The entry function or manifest key that stands before the path.
fn subject(before: &str) -> Option<String> {
    if let Some(before) = before.strip_suffix("(entry file ") {
        let (_, function) = before.rsplit_once(" in ")?;
        return Some(function.trim().to_owned()).filter(|function| !function.is_empty());
    }
    let before = before.strip_suffix("in ")?.trim_end();
    let opening = OPENINGS
        .iter()
        .find_map(|opening| before.strip_prefix(opening));
    let subject = opening.or_else(|| before.rsplit(' ').next())?.trim();
    Some(subject.to_owned()).filter(|subject| !subject.is_empty())
}

/// Reads Rust's debug form of a string from behind its opening quote; its value, and its length with the closing quote.
fn unquote(words: &str) -> Option<(String, usize)> {
    let mut value = String::new();
    let mut characters = words.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((value, at + 1)),
            '\\' => match characters.next()?.1 {
                'n' => value.push('\n'),
                't' => value.push('\t'),
                'r' => value.push('\r'),
                '0' => value.push('\0'),
                'u' => {
                    let (code, _) = words.get(at + 3..)?.split_once('}')?;
                    value.push(char::from_u32(u32::from_str_radix(code, 16).ok()?)?);
                    characters.find(|&(_, character)| character == '}')?;
                }
                escaped => value.push(escaped),
            },
            _ => value.push(character),
        }
    }
    None
}

fn normal(path: &str) -> String {
    let path = path.replace('\\', "/");
    let parts: Vec<&str> = path
        .split('/')
        .filter(|part| !part.is_empty() && *part != ".")
        .collect();
    let is_absolute = path.starts_with('/') || path.get(1..3) == Some(":/");
    let from = match parts.iter().rposition(|part| *part == "src") {
        Some(source) => source,
        None if is_absolute => parts.len().saturating_sub(1),
        None => 0,
    };
    parts.get(from..).unwrap_or_default().join("/")
}
