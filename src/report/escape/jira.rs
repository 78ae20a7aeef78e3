//! Words in what Jira imports.

use std::borrow::Cow;

use crate::model::Text;

/// Longest outer words in a label: Jira takes 255 characters, and some of ours stand before them.
const LABEL_LIMIT: usize = 200;

/// Words on one line where Jira takes no markup.
pub fn unmarked(text: &Text) -> Cow<'_, str> {
    let words = text.untrusted();
    if words.contains(char::is_control) {
        Cow::Owned(words.replace(char::is_control, " "))
    } else {
        Cow::Borrowed(words)
    }
}

/// A whole cell of a table for Jira, cut to what a spreadsheet can hold.
///
/// A spreadsheet runs a cell by its first character, so that one is guarded and no other: what stands within a cell, Jira
/// shows as it is, and readers would take an apostrophe there for a part of the words.
pub fn jira_cell(shown: &str) -> Cow<'_, str> {
    if shown.starts_with(super::FORMULA) {
        Cow::Owned(super::cell(&format!("'{shown}")).into_owned())
    } else {
        super::cell(shown)
    }
}

/// Prose in Jira's wiki markup, on one line of the source.
///
/// Each character that Jira lets a backslash escape is escaped, so that there is no link, no image, no macro and nobody
/// mentioned; an address stays one that readers see. A backslash cannot escape itself, since two of them break the line,
/// which is what stands for line breaks here.
pub fn wiki(text: &Text) -> String {
    let mut shown = String::new();
    for (index, line) in text.untrusted().lines().enumerate() {
        if index > 0 {
            shown.push_str(" \\\\ ");
        }
        line_of(&line.trim().replace(char::is_control, " "), &mut shown);
    }
    shown
}

fn line_of(line: &str, shown: &mut String) {
    // A heading or a quotation, if it begins the line: a reference is no dot.
    let block = ["h1.", "h2.", "h3.", "h4.", "h5.", "h6.", "bq."];
    let is_block = line
        .get(..3)
        .is_some_and(|start| block.iter().any(|known| known.eq_ignore_ascii_case(start)));
    for (index, character) in line.chars().enumerate() {
        match character {
            '\\' => shown.push_str("&#92;"),
            '.' if is_block && index == 2 => shown.push_str("&#46;"),
            '-' | '#' | '*' | '_' | '+' | '?' | '^' | '~' | '|' | '%' | '{' | '}' | '[' | ']'
            | '(' | ')' | '!' | '@' => {
                shown.push('\\');
                shown.push(character);
            }
            _ => shown.push(character),
        }
    }
}

/// Words as a part of a label, which takes no blanks.
pub fn label(text: &Text) -> String {
    let words = text.untrusted().chars().take(LABEL_LIMIT);
    words
        .map(|character| match character {
            '.' | '-' | '_' => character,
            _ if character.is_alphanumeric() => character,
            _ => '_',
        })
        .collect()
}

/// The key of an issue, if it has the form of one: `AMS-1`.
pub fn issue_key(text: &Text) -> Option<&str> {
    let words = text.untrusted();
    let (project, number) = words.rsplit_once('-')?;
    let is_project = project.starts_with(|first: char| first.is_ascii_uppercase())
        && project
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    (is_project && is_number && words.len() <= LABEL_LIMIT).then_some(words)
}
