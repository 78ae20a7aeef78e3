//! How bad a ticket says that it is, in every field that tells it.

use cvss::Cvss;

use super::Issue;
use super::fields::{Field, FieldNames};
use crate::model::{Claim, Claims, Place, Score, Text, Trust};

/// All that the ticket says of how bad it is. What cannot be read is unknown and may mean anything, so that no milder
/// priority stands in its place.
pub(super) fn of(issue: &Issue, names: &FieldNames, scanner: &Text, place: &Place) -> Claims {
    let values = |field| issue.custom.of(names.wanted(field));
    let scores: Vec<&str> = values(Field::Score).collect();
    let score = scores.iter().find_map(|words| score(words));
    let mut vectors: Vec<&str> = values(Field::Vector)
        .chain(scores.iter().copied())
        .chain(issue.custom.values().filter(|words| starts_vector(words)))
        .filter_map(vector)
        .collect();
    vectors.sort_unstable();
    vectors.dedup();
    // Of several the first that can be read stands beside the word.
    vectors.sort_by_key(|vector| !is_readable(vector));
    let mut unread: Vec<&str> = scores;
    unread.retain(|words| self::score(words).is_none());
    unread.extend(values(Field::Vector));
    unread.retain(|words| vector(words).is_none());

    let mut claims = Claims::default();
    let mut vectors = vectors.into_iter();
    let vector = vectors.next();
    let word = issue.custom.first(names.wanted(Field::Severity));
    if word.is_some() || score.is_some() || vector.is_some() {
        let claim = match (word, vector) {
            (Some(word), _) => Claim::word(scanner, word, place),
            (None, Some(vector)) if score.is_none() => of_vector(vector, scanner, place),
            (None, _) => Claim::silent(scanner, place),
        };
        claims.insert(Claim {
            score,
            vector: vector.and_then(Text::some_line),
            ..claim
        });
    }
    for vector in vectors {
        claims.insert(of_vector(vector, scanner, place));
    }
    for words in unread {
        claims.insert(Claim::word(scanner, words, place));
    }
    if !issue.priority.trim().is_empty() {
        claims.insert(Claim {
            trust: Trust::Priority,
            ..Claim::word(scanner, &issue.priority, place)
        });
    }
    claims
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

/// The vector in the words of a field, which may stand in the address of a calculator.
fn vector(words: &str) -> Option<&str> {
    let word = words
        .split_whitespace()
        .find(|word| word.contains('/') && word.contains(':'))?;
    let word = word
        .find("CVSS:")
        .and_then(|at| word.get(at..))
        .unwrap_or(word);
    // `CVSS:9.8/10` is a score.
    score(word).is_none().then_some(word)
}

/// Whether a vector can be read: as far as its base metrics go, which are all that count.
fn is_readable(vector: &str) -> bool {
    const BASE_V3: [&str; 8] = ["AV", "AC", "PR", "UI", "S", "C", "I", "A"];
    let vector = vector.trim_matches(['(', ')']).to_ascii_uppercase();
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
            assert_eq!(vector(&words), Some(whole), "{words}");
        }
        assert!(is_readable(whole));
        assert!(is_readable(&format!("{whole}/E:P/RL:O")));
        assert!(is_readable("AV:N/AC:L/Au:N/C:P/I:P/A:P"));
        assert!(is_readable(
            "cvss:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"
        ));
        assert!(!is_readable("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:X"));
        assert!(!is_readable("CVSS:3.1/nothing"));
        for words in ["", "AV:N", "8.8/10", "CVSS:8.8/10", "see the report"] {
            assert_eq!(vector(words), None, "{words}");
        }
    }
}
