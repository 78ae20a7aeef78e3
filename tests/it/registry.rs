//! The tables of parsers and writers, walked from end to end.

use std::collections::BTreeSet;
use std::fs;

use scanfold::parse::{Head, PARSERS};
use scanfold::report::WRITERS;
use scanfold::source::Input;

use crate::{project, samples};

fn is_kebab_case(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

#[test]
fn names_are_unique_and_kebab_case() {
    for names in [
        PARSERS
            .iter()
            .map(|parser| parser.name())
            .collect::<Vec<_>>(),
        WRITERS.iter().map(|writer| writer.name()).collect(),
        WRITERS
            .iter()
            .flat_map(|writer| writer.extensions())
            .copied()
            .collect(),
    ] {
        assert_eq!(
            names.iter().collect::<BTreeSet<_>>().len(),
            names.len(),
            "{names:?}"
        );
        assert!(names.iter().all(|name| is_kebab_case(name)), "{names:?}");
    }
}

#[test]
fn each_parser_has_a_good_and_a_bad_sample() {
    for parser in PARSERS {
        for case in ["basic", "rejects"] {
            let found = samples().into_iter().any(|(format, path)| {
                format == parser.name()
                    && path
                        .file_stem()
                        .is_some_and(|stem| stem.to_string_lossy() == case)
            });
            assert!(found, "samples/{}/{case}.* is missing", parser.name());
        }
    }
}

#[test]
fn each_sample_is_claimed_by_its_parser_and_no_other() {
    let samples = samples();
    assert!(samples.len() > 24);
    for (format, path) in samples {
        let head = Input::file(&path, true).head().unwrap();
        let head = Head::new(&head);
        let claims: Vec<_> = PARSERS
            .iter()
            .filter(|parser| parser.sniff(&head))
            .map(|parser| parser.name())
            .collect();
        assert_eq!(claims, [format], "{}", path.display());
    }
}

#[test]
fn nobody_claims_what_is_no_report() {
    for words in [
        "",
        " ",
        "{}",
        "[]",
        "null",
        "hello, world\n",
        "a,b,c\n1,2,3\n",
        "<html></html>",
        "\u{0}\u{1}",
        "{\"a\":",
    ] {
        let head = Head::new(words.as_bytes());
        let claims: Vec<_> = PARSERS
            .iter()
            .filter(|parser| parser.sniff(&head))
            .map(|parser| parser.name())
            .collect();
        assert!(claims.is_empty(), "{words:?} is claimed by {claims:?}");
    }
}

#[test]
fn the_readme_names_every_format() {
    let readme = fs::read_to_string(project("README.md")).unwrap();
    for name in PARSERS
        .iter()
        .map(|parser| parser.name())
        .chain(WRITERS.iter().map(|writer| writer.name()))
    {
        assert!(
            readme.contains(&format!("`{name}`")),
            "README.md does not name `{name}`"
        );
    }
}
