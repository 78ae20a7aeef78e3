//! What it takes for one rule to hold whenever another does, or never beside it.

use crate::glob::{Globs, Match};
use crate::model::{Kind, Severity};
use crate::policy::condition::When;
use crate::policy::{Edition, LEVELS};

/// The severities at which terms are looked for, each with the level whose terms it takes.
pub(super) fn dated(edition: &Edition) -> impl Iterator<Item = (Severity, Severity)> {
    let unrated = (Severity::Unknown, edition.level(Severity::Unknown));
    LEVELS
        .into_iter()
        .map(|level| (level, level))
        .chain([unrated])
}

/// The severities at which a rule can change one.
pub(super) fn rated(when: &When) -> impl Iterator<Item = Severity> {
    let levels = Severity::ALL.into_iter();
    levels.filter(|&level| when.holds_at(level, level))
}

/// Whether it is sure that the first holds wherever the second does, whatever they ask of the severity.
pub(super) fn covers(broad: &When, narrow: &When) -> bool {
    // A new kind of condition must be compared too.
    let When {
        severity: _,
        severity_at_least: _,
        score_at_least,
        kind,
        source,
        fix_available,
        kev,
        ransomware,
        epss_at_least,
        epss_below,
        exposure,
        automatable,
        technical_impact,
        likely_exploitable,
        ids,
        scanner,
        rule,
        app,
        app_tag,
        path,
        package,
        tag,
    } = broad;
    score_at_least.is_none_or(|least| narrow.score_at_least >= Some(least))
        && among(kind.as_ref(), narrow.kind.as_ref())
        && among(source.as_ref(), narrow.source.as_ref())
        && fix_available.is_none_or(|wanted| narrow.fix_available == Some(wanted))
        && among(kev.as_ref(), narrow.kev.as_ref())
        && among(ransomware.as_ref(), narrow.ransomware.as_ref())
        && epss_at_least.is_none_or(|least| narrow.epss_at_least >= Some(least))
        && epss_below.is_none_or(|bound| narrow.epss_below.is_some_and(|below| below <= bound))
        && among(exposure.as_ref(), narrow.exposure.as_ref())
        && among(automatable.as_ref(), narrow.automatable.as_ref())
        && among(technical_impact.as_ref(), narrow.technical_impact.as_ref())
        && among(
            likely_exploitable.as_ref(),
            narrow.likely_exploitable.as_ref(),
        )
        && matches(ids.as_ref(), narrow.ids.as_ref(), Match::Word)
        && matches(scanner.as_ref(), narrow.scanner.as_ref(), Match::Word)
        && matches(rule.as_ref(), narrow.rule.as_ref(), Match::Exact)
        && matches(app.as_ref(), narrow.app.as_ref(), Match::Exact)
        && matches(app_tag.as_ref(), narrow.app_tag.as_ref(), Match::Word)
        && matches(path.as_ref(), narrow.path.as_ref(), Match::Path)
        && matches(package.as_ref(), narrow.package.as_ref(), Match::Package)
        && matches(tag.as_ref(), narrow.tag.as_ref(), Match::Word)
}

fn among<T: PartialEq>(broad: Option<&Vec<T>>, narrow: Option<&Vec<T>>) -> bool {
    broad.is_none_or(|broad| {
        narrow.is_some_and(|narrow| narrow.iter().all(|wanted| broad.contains(wanted)))
    })
}

fn matches(broad: Option<&Globs>, narrow: Option<&Globs>, how: Match) -> bool {
    broad.is_none_or(|broad| narrow.is_some_and(|narrow| broad.covers(narrow, how)))
}

/// Whether it is sure that no finding fulfils both, whatever they ask of the severity: a fact of which there is one only
/// would have to be two things.
pub(super) fn excludes(one: &When, other: &When) -> bool {
    let below = |bounded: &When, other: &When| {
        let (bound, least) = (bounded.epss_below, other.epss_at_least);
        bound.is_some_and(|bound| least.is_some_and(|least| least >= bound))
    };
    let other_words = |one: &Option<Globs>, other: &Option<Globs>| {
        let both = one.as_ref().zip(other.as_ref());
        both.is_some_and(|(one, other)| one.excludes(other))
    };
    apart(one.kind.as_ref(), other.kind.as_ref())
        || one
            .fix_available
            .is_some_and(|wanted| other.fix_available == Some(!wanted))
        || apart(one.kev.as_ref(), other.kev.as_ref())
        || apart(one.ransomware.as_ref(), other.ransomware.as_ref())
        || apart(one.exposure.as_ref(), other.exposure.as_ref())
        || apart(one.automatable.as_ref(), other.automatable.as_ref())
        || apart(
            one.technical_impact.as_ref(),
            other.technical_impact.as_ref(),
        )
        || apart(
            one.likely_exploitable.as_ref(),
            other.likely_exploitable.as_ref(),
        )
        || below(one, other)
        || below(other, one)
        || other_words(&one.app, &other.app)
        || (is_of_one_sort(one, other) && other_words(&one.package, &other.package))
        // A dependency has several ids.
        || (is_no_dependency(one, other) && other_words(&one.rule, &other.rule))
}

/// Whether packages are called in one way in both: a name and a package URL may be those of one package.
fn is_of_one_sort(one: &When, other: &When) -> bool {
    let words = |when: &'_ When| {
        let written = when.package.iter().flat_map(Globs::written);
        written.cloned().collect::<Vec<_>>()
    };
    let words = [words(one), words(other)].concat();
    let is_url = |word: &String| word.starts_with("pkg:");
    // `%40` and `@` are one letter.
    let is_readable = words.iter().all(|word| !word.contains('%'));
    is_readable && (words.iter().all(is_url) || !words.iter().any(is_url))
}

fn is_no_dependency(one: &When, other: &When) -> bool {
    let is_other = |when: &When| {
        let kinds = when.kind.as_ref();
        kinds.is_some_and(|kinds| !kinds.contains(&Kind::Dependency))
    };
    is_other(one) || is_other(other)
}

fn apart<T: PartialEq>(one: Option<&Vec<T>>, other: Option<&Vec<T>>) -> bool {
    one.zip(other)
        .is_some_and(|(one, other)| one.iter().all(|wanted| !other.contains(wanted)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Policy;

    #[test]
    fn two_words_for_one_package_or_one_check_do_not_keep_rules_apart() {
        for (one, other, are_apart) in [
            ("package = \"a\"", "package = \"b\"", true),
            ("package = \"pkg:npm/a\"", "package = \"pkg:npm/b\"", true),
            ("package = \"a\"", "package = \"pkg:npm/a\"", false),
            (
                "package = \"pkg:npm/%40a/b\"",
                "package = \"pkg:npm/@a/b\"",
                false,
            ),
            ("rule = \"CVE-2026-1\"", "rule = \"GHSA-1\"", false),
            ("kind = \"code\", rule = \"a\"", "rule = \"b\"", true),
        ] {
            let rule = |name: &str, when: &str| {
                format!(
                    "[[rule]]\nname = \"{name}\"\nwhen = {{ {when} }}\nthen = {{ fix = \"1 day\" }}\n"
                )
            };
            let rules = [rule("one", one), rule("other", other)].concat();
            let policy = format!("version = 1\nname = \"p\"\n{rules}");
            let policy = Policy::parse("policy.toml", &policy).unwrap();
            let [one_rule, other_rule] = policy.editions[0].rules.as_slice() else {
                panic!("two rules");
            };
            let found = excludes(&one_rule.when, &other_rule.when);
            assert_eq!(found, are_apart, "{one} and {other}");
        }
    }
}
