//! Names of packages and vulnerabilities in canonical form.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::Text;

/// What a purl leaves as it is: unreserved characters (RFC 3986 section 2.3) and `:` (purl-spec, character encoding).
const PURL: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b':');

/// The package URL without version, `pkg:type/namespace/name`; slashes in `name` separate namespaces. A credential is not
/// seen behind percent signs, so it is taken out before.
pub fn purl(kind: &str, name: &str) -> Text {
    let name = Text::line(name);
    let segments = name
        .untrusted()
        .split('/')
        .map(|segment| utf8_percent_encode(segment, PURL).to_string());
    Text::line(&format!(
        "pkg:{kind}/{}",
        segments.collect::<Vec<_>>().join("/")
    ))
}

/// The one name of all that a Python package may be called (PEP 503): small letters, and one dash for each run of dashes,
/// underscores and dots.
pub fn python_name(name: &str) -> String {
    let mut canonical = String::with_capacity(name.len());
    for character in name.chars() {
        if !matches!(character, '-' | '_' | '.') {
            canonical.extend(character.to_lowercase());
        } else if !canonical.ends_with('-') {
            canonical.push('-');
        }
    }
    canonical
}

/// Whether a character is a hyphen, or a dash or minus that word processors put in its place.
pub fn is_hyphen(character: char) -> bool {
    matches!(
        character,
        '-' | '\u{2010}'..='\u{2013}' | '\u{2212}' | '\u{fe63}' | '\u{ff0d}'
    )
}

/// The canonical form of a public vulnerability id: `CVE-2021-23337`, `GHSA-35jh-r3h4-6jhm`, `RUSTSEC-2021-0001`,
/// whatever hyphens it is written with. `None` for other words.
pub fn vulnerability_id(word: &str) -> Option<Text> {
    let word = word.trim();
    let plain;
    let word = if word.is_ascii() {
        word
    } else {
        plain = word.replace(is_hyphen, "-");
        plain.as_str()
    };
    let (scheme, rest) = word.split_once('-')?;
    let mut schemes = ["CVE", "GHSA", "RUSTSEC"].into_iter();
    let scheme = schemes.find(|known| known.eq_ignore_ascii_case(scheme))?;
    let digits = |part: &str, least: usize, most: usize| {
        (least..=most).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    let parts: Vec<&str> = rest.split('-').collect();
    match (scheme, parts.as_slice()) {
        ("CVE", [year, number]) if digits(year, 4, 4) && digits(number, 4, 19) => {
            Some(Text::line(&format!("{scheme}-{year}-{number}")))
        }
        ("RUSTSEC", [year, number]) if digits(year, 4, 4) && digits(number, 4, 4) => {
            Some(Text::line(&format!("{scheme}-{year}-{number}")))
        }
        ("GHSA", groups @ [_, _, _]) if groups.iter().all(|group| is_ghsa_group(group)) => {
            Some(Text::line(&format!("GHSA-{}", rest.to_ascii_lowercase())))
        }
        _ => None,
    }
}

fn is_ghsa_group(group: &str) -> bool {
    group.len() == 4 && group.bytes().all(|byte| byte.is_ascii_alphanumeric())
}
