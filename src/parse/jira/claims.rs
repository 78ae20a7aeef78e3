//! How bad a ticket says that it is, in every field that tells it.

use std::cmp::Reverse;

use cvss::Cvss;

use super::Issue;
use super::fields::{Field, FieldNames};
use crate::model::{Claim, Claims, Place, Score, Severity, Text, Trust, lost_prefix};

/// All that the ticket says of how bad it is. What cannot be read is unknown and may mean anything, so that no milder
/// priority stands in its place.
pub(super) fn of(issue: &Issue, names: &FieldNames, scanner: &Text, place: &Place) -> Claims {
    let values = |field| issue.custom.of(names.wanted(field));
    let scores: Vec<&str> = values(Field::Score).collect();
    let mut vectors: Vec<&str> = values(Field::Vector)
        .chain(scores.iter().copied())
        .chain(issue.custom.values().filter(|words| starts_vector(words)))
        .flat_map(vectors)
        .collect();
    vectors.sort_unstable();
    vectors.dedup();
    // Of several the first that can be read stands beside the word.
    vectors.sort_by_key(|vector| !is_readable(vector));
    let (read, mut unread): (Vec<&str>, Vec<&str>) =
        scores.iter().partition(|words| score(words).is_some());
    unread.extend(values(Field::Vector));
    unread.retain(|words| self::vectors(words).next().is_none());

    let word = |words: &str| Claim::word(scanner, words, place);
    let silent = || Claim::silent(scanner, place);
    // The strictest of the words and of the scores stand in one claim, each of the others in one of its own.
    let is_known = |claim: &Claim| claim.severity != Some(Severity::Unknown);
    let mut words: Vec<Claim> = values(Field::Severity).map(word).collect();
    words.sort_by_key(|claim| Reverse((is_known(claim), claim.severity)));
    let mut scores: Vec<Score> = read.into_iter().filter_map(score).collect();
    scores.sort_unstable_by_key(|score| Reverse(*score));
    let mut vectors = vectors.into_iter();
    let (mut words, mut scores) = (words.into_iter(), scores.into_iter());
    let (vector, first, score) = (vectors.next(), words.next(), scores.next());

    let mut claims = Claims::default();
    if first.is_some() || score.is_some() || vector.is_some() {
        let claim = match (first, vector) {
            (Some(first), _) => first,
            (None, Some(vector)) if score.is_none() => of_vector(vector, scanner, place),
            (None, _) => silent(),
        };
        claims.insert(Claim {
            score,
            vector: vector.and_then(Text::some_line),
            ..claim
        });
    }
    let of_score = |score| Claim {
        score: Some(score),
        ..silent()
    };
    let others = words
        .chain(scores.map(of_score))
        .chain(vectors.map(|vector| of_vector(vector, scanner, place)))
        .chain(unread.into_iter().map(word));
    for claim in others {
        claims.insert(claim);
    }
    if !issue.priority.trim().is_empty() {
        claims.insert(priority(&issue.priority, scanner, place));
    }
    claims
}

/// What a priority claims. It plans the work: one that puts it last calls nothing harmless.
fn priority(words: &str, scanner: &Text, place: &Place) -> Claim {
    let claim = Claim {
        trust: Trust::Priority,
        ..Claim::word(scanner, words, place)
    };
    if claim.severity != Some(Severity::Info) {
        return claim;
    }
    Claim {
        severity: Some(Severity::Low),
        word: Text::some_line(words),
        ..claim
    }
}

/// What a vector claims. One that cannot be read is an unknown word too: a silent claim would give way to any priority.
fn of_vector(vector: &str, scanner: &Text, place: &Place) -> Claim {
    let claim = if is_readable(vector) {
        Claim::silent(scanner, place)
    } else {
        Claim::word(scanner, vector, place)
    };
    Claim {
        vector: Text::some_line(vector),
        ..claim
    }
}

fn starts_vector(words: &str) -> bool {
    words
        .get(..5)
        .is_some_and(|start| start.eq_ignore_ascii_case("CVSS:"))
}

/// The vectors in the words of a field, which may stand in the addresses of calculators.
fn vectors(words: &str) -> impl Iterator<Item = &str> {
    let is_between =
        |character: char| character.is_whitespace() || matches!(character, ',' | ';' | '|');
    let words = words.split(is_between);
    let words = words.filter(|word| word.contains('/') && word.contains(':'));
    let vectors = words.map(|word| {
        let start = word.find("CVSS:").and_then(|at| word.get(at..));
        start.unwrap_or(word)
    });
    // `CVSS:9.8/10` is a score.
    vectors.filter(|word| score(word).is_none())
}

/// Whether a vector can be read: as far as its base metrics go, which are all that count.
fn is_readable(vector: &str) -> bool {
    const BASE_V3: [&str; 8] = ["AV", "AC", "PR", "UI", "S", "C", "I", "A"];
    let vector = vector.trim_matches(['(', ')']).to_ascii_uppercase();
    let vector = match lost_prefix(&vector) {
        Some(prefix) => format!("{prefix}/{vector}"),
        None => vector,
    };
    let is_v3 = vector.starts_with("CVSS:3");
    let base: Vec<&str> = vector
        .split('/')
        .filter(|metric| {
            let name = metric.split(':').next().unwrap_or_default();
            !is_v3 || name == "CVSS" || BASE_V3.contains(&name)
        })
        .collect();
    // Only version 2 counts authentications.
    base.iter().any(|metric| metric.starts_with("AU:")) || base.join("/").parse::<Cvss>().is_ok()
}

/// A score, of which a locale may write the point as a comma: `8.8`, `8,8 High`, `8.8/10`, `CVSS 9.8`, `~9.8`.
fn score(words: &str) -> Option<Score> {
    let words = words.trim();
    let named = match words.get(..4) {
        Some(start) if start.eq_ignore_ascii_case("CVSS") => words.get(4..)?,
        _ => words,
    };
    let bare = named.trim_start_matches([' ', '\u{a0}', ':', '=', '~', '≈']);
    let end = bare
        .find(|character: char| !(character.is_ascii_digit() || matches!(character, '.' | ',')))
        .unwrap_or(bare.len());
    let (number, rest) = bare.split_at(end);
    let rest = rest.trim_start();
    // Behind a name, the first of two numbers may be the version.
    let is_alone = rest.is_empty() || matches!(rest, "/10" | "/ 10" | "/10.0");
    let is_first = named.len() == words.len() && bare.get(end..)?.starts_with(char::is_whitespace);
    let number = number.replace(',', ".").parse().ok()?;
    Score::from_number(number).filter(|_| is_alone || is_first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_are_read_as_people_write_them() {
        for words in [
            "9.8",
            "9,8",
            " 9.8 ",
            "9.8/10",
            "9.8 / 10",
            "9.8/10.0",
            "CVSS 9.8",
            "CVSS: 9.8",
            "cvss:9.8/10",
            "~9.8",
            "≈ 9.8",
            "9.8 Critical",
            "9.8 (CVSS v3.1)",
            "9.8 out of 10",
        ] {
            assert_eq!(score(words).map(Score::tenths), Some(98), "{words}");
        }
        for words in [
            "",
            "high",
            "98",
            "9.8.1",
            "-9.8",
            "9.8/5",
            "CVSS 3.1 9.8",
            "CVSS v3.1: 9.8",
            ">9.0",
            "CVSS:3.1/AV:N",
            "9.8-10",
            "CVSS",
        ] {
            assert_eq!(score(words), None, "{words}");
        }
    }

    #[test]
    fn a_vector_is_found_in_the_words_around_it() {
        let whole = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";
        for words in [
            whole.to_owned(),
            format!("Vector: {whole}"),
            format!("https://calculator.example/3.1#{whole}"),
        ] {
            assert_eq!(vectors(&words).collect::<Vec<_>>(), [whole], "{words}");
        }
        let mild = "AV:N/AC:L/Au:N/C:P/I:P/A:P";
        for between in [" ", "\n", "; ", ", ", ",", " | "] {
            let both = format!("{mild}{between}{whole}");
            assert_eq!(vectors(&both).collect::<Vec<_>>(), [mild, whole]);
        }
        assert!(is_readable(whole));
        assert!(is_readable(whole.trim_start_matches("CVSS:3.1/")));
        assert!(is_readable(&format!("{whole}/E:P/RL:O")));
        assert!(is_readable("AV:N/AC:L/Au:N/C:P/I:P/A:P"));
        assert!(is_readable(
            "cvss:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"
        ));
        assert!(!is_readable("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:X"));
        assert!(!is_readable("CVSS:3.1/nothing"));
        for words in ["", "AV:N", "8.8/10", "CVSS:8.8/10", "see the report"] {
            assert_eq!(vectors(words).next(), None, "{words}");
        }
    }
}
