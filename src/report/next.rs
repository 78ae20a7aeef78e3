//! The last lines of what people read: what to do next.

use std::borrow::Cow;
use std::io;

use super::escape::{terminal, width};
use super::page::{Role, Sheet};
use crate::model::Text;

/// The most that is said: a reader does one thing after the other.
const STEPS: usize = 3;

/// The steps, the most important ones first. A command stays in one line, however long it is, so that it can be copied.
pub(crate) fn steps(steps: &[String], sheet: &mut Sheet<'_>) -> io::Result<()> {
    let mut head = "next: ";
    for step in steps.iter().take(STEPS) {
        let room = sheet.page.columns.saturating_sub(head.len());
        for line in lines(step, room) {
            sheet.whole(&Role::Heading.of(head), &line)?;
            head = "      ";
        }
    }
    Ok(())
}

/// Words in lines. What stands between two backticks is one word.
fn lines(words: &str, room: usize) -> Vec<String> {
    let mut whole: Vec<String> = Vec::new();
    for word in words.split(' ') {
        match whole
            .last_mut()
            .filter(|last| last.matches('`').count() % 2 == 1)
        {
            Some(code) => code.extend([" ", word]),
            None => whole.push(word.to_owned()),
        }
    }
    let mut lines: Vec<String> = Vec::new();
    for word in whole {
        let last = lines.last_mut();
        match last.filter(|line| width(line) + 1 + width(&word) <= room) {
            Some(line) => line.extend([" ", &word]),
            None => lines.push(word),
        }
    }
    lines
}

/// A report as it is written in a command, if that is known and a shell takes it as one word.
pub(crate) fn argument(report: Option<&Text>) -> String {
    // What had to be escaped is not what it is called.
    let words = match report.map(terminal) {
        Some(Cow::Borrowed(words)) => words,
        _ => "",
    };
    let is_bare =
        |character: char| character.is_ascii_alphanumeric() || "._/-+@:,%".contains(character);
    // What begins with a dash would be an option.
    if words.is_empty() || words.starts_with('-') || words.contains('\'') {
        "REPORT".to_owned()
    } else if words.chars().all(is_bare) {
        words.to_owned()
    } else {
        format!("'{words}'")
    }
}

/// How to hear more of a finding that heads a list.
pub(crate) fn explain(report: Option<&Text>, digits: &str) -> String {
    let (first, report) = match report {
        None => ("add `-o report.json`, and then ", "report.json".to_owned()),
        named => ("", argument(named)),
    };
    format!(
        "{first}`scanfold explain {report} {digits}` tells the whole story of the first finding"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_never_broken() {
        let step = "add `-o a.json`, and then `scanfold explain 'my reports/a.json' 551f950715de` tells more";
        assert_eq!(
            lines(step, 30),
            [
                "add `-o a.json`, and then",
                "`scanfold explain 'my reports/a.json' 551f950715de`",
                "tells more"
            ]
        );
        assert_eq!(lines(step, 200), [step]);
    }

    #[test]
    fn a_report_is_one_word_of_a_shell() {
        let shown = |words: &str| argument(Some(&words.into()));
        assert_eq!(shown("out/report.json"), "out/report.json");
        assert_eq!(shown("my $HOME/`x`.json"), "'my $HOME/`x`.json'");
        assert_eq!(shown("it's.json"), "REPORT");
        assert_eq!(shown("-"), "REPORT");
        assert_eq!(shown("--to=x.json"), "REPORT");
        assert_eq!(shown("::error::a.json"), "REPORT");
        assert_eq!(argument(None), "REPORT");
    }
}
