//! Finds what a sentence is about: the duties that it names, and who tells of the problems.

use super::words::Word;
use crate::model::Duty;
use crate::policy::Source;

/// Where a duty is named.
pub(super) type Naming = (usize, Duty);

/// The duty that a word names.
fn duty(words: &[Word], at: usize) -> Option<Duty> {
    let word = words.get(at)?;
    let before = |list: &[&str]| {
        at.checked_sub(1)
            .and_then(|place| words.get(place))
            .is_some_and(|word| word.is(list))
    };
    let after = |list: &[&str]| words.iter().skip(at + 1).take(3).any(|word| word.is(list));
    let responds = [
        "respond",
        "responds",
        "responded",
        "responding",
        "response",
        "responses",
        "reply",
        "replies",
        "replied",
    ];
    if word.starts(&["acknowledg"])
        || word.is(&responds)
        || (word.starts(&["confirm"]) && after(&["receipt"]))
    {
        return Some(Duty::Acknowledge);
    }
    if word.starts(&[
        "assess",
        "triag",
        "evaluat",
        "investigat",
        "analy",
        "validat",
    ]) {
        return Some(Duty::Assess);
    }
    let fixes = [
        "fix",
        "fixes",
        "fixed",
        "fixing",
        "addressed",
        "addressing",
        "addresses",
        "corrected",
        "correct",
        "correction",
        "closed",
        "close",
        "closing",
    ];
    let address = word.text == "address" && !before(&["mail", "email", "e", "ip"]);
    if (word.is(&fixes) && !before(&["no", "not"]))
        || word.starts(&[
            "resolv",
            "resolution",
            "remed",
            "patch",
            "mitigat",
            "repair",
            "rectif",
            "eliminat",
        ])
        || address
    {
        return Some(Duty::Fix);
    }
    if word.starts(&["notif"])
        || word.is(&[
            "inform",
            "informs",
            "informed",
            "informing",
            "alert",
            "alerted",
            "alerts",
        ])
    {
        return Some(Duty::Notify);
    }
    None
}

/// The duties that are named in a sentence, in its order.
pub(super) fn duties(words: &[Word]) -> Vec<Naming> {
    (0..words.len())
        .filter_map(|at| Some((at, duty(words, at)?)))
        .collect()
}

/// Who tells of the problems that a sentence is about, where it is about nothing else.
pub(super) fn source(words: &[Word]) -> Option<Source> {
    let wider = [
        "scanner",
        "scanners",
        "scan",
        "scans",
        "including",
        "whether",
        "other",
        "others",
        "anyone",
        "internal",
    ];
    let mut sources = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let next = words.get(at + 1);
        let from = words
            .iter()
            .take(at)
            .rev()
            .take(3)
            .any(|word| word.is(&["by", "from"]));
        let told = if word.text == "bug" && next.is_some_and(|next| next.starts(&["bount"])) {
            Some(Source::BugBounty)
        } else if from && word.is(&["customer", "customers"]) {
            Some(Source::Customer)
        } else if from && word.is(&["researcher", "researchers"]) {
            Some(Source::Researcher)
        } else if word.is(&wider) {
            return None;
        } else {
            None
        };
        sources.extend(told);
    }
    sources.dedup();
    match sources.as_slice() {
        [one] => Some(*one),
        _ => None,
    }
}
