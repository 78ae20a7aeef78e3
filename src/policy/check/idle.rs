//! Rules that can never hold, or whose effect is what their own conditions demand already.

use super::{Problem, rule_spot, scope, warning};
use crate::model::{Kind, Severity};
use crate::policy::Edition;
use crate::policy::condition::{Answer, When};
use crate::policy::rule::{Change, Rule};

/// What is wrong with a rule by itself.
pub(super) fn find(rule: &Rule, edition: &Edition, problems: &mut Vec<Problem>) {
    let name = rule.name.untrusted();
    let mut tell = |message: String| problems.push(warning(Some(rule_spot(rule)), message));
    let rated: Vec<Severity> = scope::rated(&rule.when).collect();
    let is_dated =
        scope::dated(edition).any(|(severity, level)| rule.when.holds_at(severity, level));
    // Terms and tags go by the severity that was settled.
    let is_settled = !rule.then.terms.is_empty() || !rule.then.tags.is_empty();
    if rated.is_empty() && !(is_settled && is_dated) {
        let least = rule.when.severity_at_least;
        tell(format!(
            "rule `{name}` never holds: no level is in `severity` and also at least `{}`",
            least.map_or("", Severity::name)
        ));
        return;
    }
    if let Some(reason) = contradiction(&rule.when) {
        tell(format!("rule `{name}` never holds: {reason}"));
        return;
    }
    let Some(change) = rule.then.severity else {
        return;
    };
    if rated.iter().all(|&level| change.apply(level) == level) {
        let word = match change {
            Change::Set(level) => format!("set to `{level}`"),
            Change::Raise(level) => format!("raised to `{level}`"),
            Change::Lower(level) => format!("lowered to `{level}`"),
        };
        let is_all = !is_settled && rule.then.ignore.is_none();
        let what = if is_all { "nothing" } else { "no severity" };
        tell(format!(
            "rule `{name}` changes {what}: what it holds for is never {word} from elsewhere"
        ));
    }
}

/// Why two conditions exclude each other, if they do.
fn contradiction(when: &When) -> Option<&'static str> {
    let only = |answers: &Option<Vec<Answer>>, wanted: Answer| {
        let answers = answers.as_ref();
        answers.is_some_and(|answers| answers.iter().all(|answer| *answer == wanted))
    };
    let never = |answers: &Option<Vec<Answer>>, unwanted: Answer| {
        let answers = answers.as_ref();
        answers.is_some_and(|answers| !answers.contains(&unwanted))
    };
    if only(&when.ransomware, Answer::Yes) && never(&when.kev, Answer::Yes) {
        return Some("what ransomware is known to use is listed, and `kev` does not ask for that");
    }
    // Both answers come from one catalogue, which knows of no entry that ransomware does not use it.
    let together = [
        (Answer::Unknown, Answer::Unknown),
        (Answer::No, Answer::No),
        (Answer::Yes, Answer::Unknown),
        (Answer::Yes, Answer::Yes),
    ];
    let is_told = |(listed, used)| !never(&when.kev, listed) && !never(&when.ransomware, used);
    if !together.into_iter().any(is_told) {
        return Some(
            "`kev` and `ransomware` come from one catalogue, which never gives these two answers together",
        );
    }
    let is_dependency = |kinds: &Option<Vec<Kind>>| {
        kinds
            .as_ref()
            .is_none_or(|kinds| kinds.contains(&Kind::Dependency))
    };
    if when.package.is_some() && !is_dependency(&when.kind) {
        return Some("only a dependency has a `package`, and `kind` does not ask for one");
    }
    if let (Some(least), Some(bound)) = (when.epss_at_least, when.epss_below)
        && least >= bound
    {
        return Some("no score is `epss-at-least` and also `epss-below`");
    }
    None
}
