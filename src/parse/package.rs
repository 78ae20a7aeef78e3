//! Names of packages and vulnerabilities in canonical form.

pub use crate::model::vulnerability_id;
use crate::model::{Text, is_hyphen, purl};

/// The purl of an npm package without version. Names are case-sensitive for old packages, so case is left alone.
pub fn npm(name: &str) -> Text {
    purl("npm", name.trim())
}

/// The purl of a crate without version.
pub fn cargo(name: &str) -> Text {
    purl("cargo", name.trim())
}

/// The vulnerability ids that stand anywhere in `words`, in order, each as often as it stands there.
pub fn vulnerability_ids(words: &str) -> impl Iterator<Item = Text> + '_ {
    let boundary = |character: char| !(character.is_ascii_alphanumeric() || is_hyphen(character));
    words.split(boundary).flat_map(|word| {
        let whole = vulnerability_id(word.trim_matches(is_hyphen));
        // A dash may be the hyphen within an id, or stand between two.
        let dashed = (whole.is_none() && !word.is_ascii()).then_some(word);
        let parts = dashed.into_iter().flat_map(|word| {
            word.split(|character: char| !character.is_ascii())
                .filter_map(|part| vulnerability_id(part.trim_matches('-')))
        });
        whole.into_iter().chain(parts)
    })
}

/// The weakness ids (`CWE-79`) that `words` name: `CWE-79`, `cwe-079`, `["CWE-346","CWE-453"]`, `CWE-400, CWE-1333`.
pub fn weaknesses(words: &str) -> impl Iterator<Item = Text> + '_ {
    let lower = |part: &str| {
        part.get(..4)
            .is_some_and(|start| start.eq_ignore_ascii_case("cwe-"))
    };
    words
        .split(|character: char| !(character.is_ascii_alphanumeric() || character == '-'))
        .filter(move |part| lower(part))
        .filter_map(|part| weakness(part.get(4..)?))
}

/// `CWE-79` for its number.
pub fn weakness(number: &str) -> Option<Text> {
    let number: u32 = number.parse().ok().filter(|number| *number > 0)?;
    Some(Text::line(&format!("CWE-{number}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn purls_are_canonical() {
        assert_eq!(npm("@scope/na me").untrusted(), "pkg:npm/%40scope/na%20me");
        assert_eq!(cargo("serde_json").untrusted(), "pkg:cargo/serde_json");
    }

    #[test]
    fn a_credential_in_a_name_is_taken_out_before_it_is_encoded() {
        let name = ["git+https://user:", "pa55 word@harborapps.example/a"].concat();
        let name = npm(&name.replace(' ', ""));
        assert!(!name.untrusted().contains("pa55"), "{name:?}");
    }

    #[test]
    fn ids_are_found_whatever_their_case() {
        let found: Vec<_> = vulnerability_ids(
            "see cve-2021-23337, (https://github.com/advisories/GHSA-35JH-r3h4-6jhm).",
        )
        .collect();
        assert_eq!(
            found,
            [
                Text::line("CVE-2021-23337"),
                Text::line("GHSA-35jh-r3h4-6jhm")
            ]
        );
        assert_eq!(vulnerability_id("RUSTSEC-2021-0001x"), None);
    }

    #[test]
    fn ids_are_found_whatever_hyphens_they_are_written_with() {
        let found = |words: &str| {
            let ids = vulnerability_ids(words).map(|id| id.untrusted().to_owned());
            ids.collect::<Vec<_>>().join(" ")
        };
        for hyphen in ["-", "\u{2010}", "\u{2011}", "\u{2013}", "\u{2212}"] {
            let words = format!("Log4Shell (CVE{hyphen}2021{hyphen}44228) \u{2013} urgent");
            assert_eq!(found(&words), "CVE-2021-44228", "{hyphen}");
            let advisory = ["GHSA", "35jh", "R3H4", "6jhm"].join(hyphen);
            assert_eq!(found(&advisory), "GHSA-35jh-r3h4-6jhm");
        }
        let two = "CVE-2021-44228 CVE-2021-45046";
        assert_eq!(found("CVE-2021-44228\u{2013}CVE-2021-45046"), two);
        assert_eq!(found("CVE-2021-44228\u{2014}CVE-2021-45046"), two);
        assert_eq!(found("CVE-2021-44228\u{2013}fixed"), "CVE-2021-44228");
    }

    #[test]
    fn weaknesses_have_many_forms() {
        let all = |words: &str| {
            weaknesses(words)
                .map(|id| id.untrusted().to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(all(r#"["CWE-346","CWE-453"]"#), ["CWE-346", "CWE-453"]);
        assert_eq!(all("external/cwe/cwe-079"), ["CWE-79"]);
        assert_eq!(all("CWE-400, CWE-1333"), ["CWE-400", "CWE-1333"]);
        assert!(all("CWE-").is_empty());
    }
}
