//! The one way from outer words to a medium: a terminal, Markdown, HTML, a spreadsheet, SARIF, a URI,
//! and below: XML, workflow commands, Jira and calendars.
//!
//! A [`Text`] has no `Display`, so every writer comes through here. Each function is safe wherever the result stands in
//! its medium: the caller need not know whether the words begin a line, stand in a table or within a list.

mod calendar;
mod command;
mod html;
mod jira;
mod xml;

use std::borrow::Cow;
use std::fmt::Write as _;

use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, utf8_percent_encode};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::model::Text;

pub use calendar::calendar;
pub use command::{command_message, command_property};
pub use html::{InScript, fragment, html};
pub use jira::{issue_key, jira_cell, label, unmarked, wiki};
pub use xml::xml;

/// How a medium takes outer words.
pub type Escape = for<'a> fn(&'a Text) -> Cow<'a, str>;

/// Stands where words were cut.
const CUT: char = '…';

/// Longest piece of outer words in Markdown, in characters: a job summary may hold 1 MiB, and whoever writes a report
/// must not be able to push the findings of others out of it.
const MARKDOWN_LIMIT: usize = 120;

/// What a spreadsheet takes for the start of a formula.
const FORMULA: [char; 11] = [
    '=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}',
];

/// Longest cell that Excel takes, in UTF-16 units; it spills what is longer into the cells of the next row.
const CELL_LIMIT: usize = 32_767;

/// Everything but what RFC 3986 section 2.3 calls unreserved, and the slash.
const PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/');

/// The same without the slash, for one segment of a path.
const SEGMENT: &AsciiSet = &PATH.add(b'/');

/// What RFC 3986 allows nowhere in a URI. `%` stays: a URI that comes from outside is encoded already.
const URI: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// One line for a terminal or a build log.
///
/// A [`Text`] holds no control characters but line breaks and tabs; should one ever pass, it is shown and not sent.
/// Build services read commands out of logs: `::error::` at the start of a line (GitHub cuts the blanks before it), and
/// `##[error]`, `##vso[…]` or `##teamcity[…]` anywhere. Both are broken by a blank.
pub fn terminal(text: &Text) -> Cow<'_, str> {
    let words = text.untrusted();
    if !words.contains(char::is_control) && !words.starts_with("::") && !words.contains("##") {
        return Cow::Borrowed(words);
    }
    let mut shown = String::with_capacity(words.len() + 8);
    for (index, character) in words.char_indices() {
        match character {
            '\n' | '\t' => shown.push(' '),
            ':' if index == 1 && shown == ":" => shown.push_str(" :"),
            '#' if shown.ends_with('#') => shown.push_str(" #"),
            _ if character.is_control() => shown.extend(character.escape_unicode()),
            _ => shown.push(character),
        }
    }
    Cow::Owned(shown)
}

/// How many columns of a terminal `shown` takes.
pub fn width(shown: &str) -> usize {
    shown.width()
}

/// Cuts escaped words to `columns` of a terminal, and says so with `…`.
pub fn fit(shown: &str, columns: usize) -> Cow<'_, str> {
    // Marks that combine with the letter before take no column: a bound on characters keeps towers of them out.
    let most = columns.saturating_mul(4);
    if shown.width() <= columns && shown.chars().nth(most).is_none() {
        return Cow::Borrowed(shown);
    }
    let mut kept = String::new();
    let mut taken = 0;
    for character in shown.chars().take(most) {
        taken += character.width().unwrap_or(0);
        if taken >= columns {
            break;
        }
        kept.push(character);
    }
    // A selector can widen the character before it, so that the sum of the parts is less than the whole.
    while kept.width() >= columns && kept.pop().is_some() {}
    kept.truncate(kept.trim_end().len());
    kept.push(CUT);
    Cow::Owned(kept)
}

/// Cuts the start of escaped words, and says so with `…`: the end of a path says most.
pub fn fit_end(shown: &str, columns: usize) -> Cow<'_, str> {
    let most = columns.saturating_mul(4);
    if shown.width() <= columns && shown.chars().nth(most).is_none() {
        return Cow::Borrowed(shown);
    }
    let mut taken = 0;
    let mut start = shown.len();
    for (index, character) in shown.char_indices().rev().take(most) {
        taken += character.width().unwrap_or(0);
        if taken >= columns {
            break;
        }
        start = index;
    }
    // What combines with a letter that is gone would join the mark.
    let kept = shown.get(start..).unwrap_or_default();
    let kept = kept.trim_start_matches(|first: char| first.width() == Some(0) || first == ' ');
    Cow::Owned(format!("{CUT}{kept}"))
}

/// Prose in GitHub's Markdown, on one line, within a table cell, a list, a paragraph or an HTML block.
///
/// What could mean anything is written as a numeric character reference: Markdown never takes one for structure
/// (section 2.5 of its specification), HTML blocks resolve it too (where a backslash would be shown), and a `|` in it ends no table cell.
/// Mentions and issue numbers are linked after the Markdown is rendered, so there a zero-width space keeps the mark
/// from the word.
pub fn markdown(text: &Text) -> Cow<'_, str> {
    let mut shown = String::new();
    references(text, &mut shown, true);
    Cow::Owned(shown)
}

/// A name, a path or a version in GitHub's Markdown: the same within `<code>`, where nobody is mentioned.
pub fn markdown_code(text: &Text) -> Cow<'_, str> {
    let mut shown = String::from("<code>");
    references(text, &mut shown, false);
    shown.push_str("</code>");
    Cow::Owned(shown)
}

/// Prose in Markdown at length, for systems that show each finding on a page of its own: lines stay lines. It has at most
/// `most` characters as it is written, and says with `…` that more was cut.
pub fn markdown_prose(text: &Text, most: usize) -> String {
    let mut shown = String::new();
    let mut length = 0;
    for (number, line) in text.untrusted().lines().enumerate() {
        if number > 0 {
            shown.push('\n');
            length += 1;
        }
        let mut before = None;
        let mut characters = line.chars().peekable();
        while let Some(character) = characters.next() {
            let start = shown.len();
            reference(character, before, characters.peek(), true, &mut shown);
            before = Some(character);
            // GitLab links `!1`, `$1`, `%1`, `&1` and `~bug` to things of the project after the Markdown is rendered.
            let is_mark = matches!(character, '!' | '$' | '%' | '&' | '~');
            let is_named = |next: &char| next.is_alphanumeric() || *next == '"';
            if is_mark && characters.peek().is_some_and(is_named) {
                shown.push_str("&#8203;");
            }
            // What stands for an ASCII character is ASCII; any other is itself.
            length += if character.is_ascii() {
                shown.len() - start
            } else {
                1
            };
            if length >= most {
                shown.truncate(start);
                shown.push(CUT);
                return shown;
            }
        }
    }
    shown
}

fn references(text: &Text, shown: &mut String, prose: bool) {
    let mut characters = text.untrusted().chars().peekable();
    // Only prose can begin a line.
    let mut before = if prose { None } else { Some('>') };
    for count in 0.. {
        let Some(character) = characters.next() else {
            return;
        };
        if count == MARKDOWN_LIMIT {
            shown.push(CUT);
            return;
        }
        reference(character, before, characters.peek(), prose, shown);
        before = Some(character);
    }
}

/// One character, with what stands before and behind it in its line.
fn reference(
    character: char,
    before: Option<char>,
    next: Option<&char>,
    prose: bool,
    shown: &mut String,
) {
    match character {
        _ if character.is_control() => shown.push(' '),
        // A word is no structure; a number or a mark at the start may be a list, a heading or a rule.
        'a'..='z' | 'A'..='Z' => shown.push(character),
        // `www.` is linked without a protocol.
        '.' if !matches!(before, None | Some('w' | 'W')) => shown.push('.'),
        '0'..='9' | ' ' | ',' | '-' | '/' | '(' | ')' | '=' | '%' | ';' | '?' | '+'
            if before.is_some() =>
        {
            shown.push(character);
        }
        _ if !character.is_ascii() => shown.push(character),
        _ => {
            // Writing to a string cannot fail.
            let _ = write!(shown, "&#{};", u32::from(character));
            let numbered = next.is_some_and(char::is_ascii_digit);
            if prose && (character == '@' || character == '#' && numbered) {
                shown.push_str("&#8203;");
            }
        }
    }
}

/// A piece of a spreadsheet cell, on one line. Quoting is left to the `csv` crate.
///
/// Spreadsheets run what starts with `=`, `+`, `-` or `@`, in some locales also in full width; an apostrophe before it
/// makes it text. Every piece is guarded, so that a list of them may be split again; and so is what follows a semicolon,
/// at which a spreadsheet splits rows where the comma is part of a number, whatever quotation marks stand around it.
pub fn csv(text: &Text) -> Cow<'_, str> {
    piece(text.untrusted())
}

/// A piece of a cell, of words without blanks around them, which could hide a formula.
fn piece(words: &str) -> Cow<'_, str> {
    if !words.contains(|character: char| FORMULA.contains(&character) || character.is_control()) {
        return Cow::Borrowed(words);
    }
    let mut shown = String::with_capacity(words.len() + 2);
    let (mut is_start, mut is_split) = (true, false);
    for character in words.chars() {
        if is_start && FORMULA.contains(&character) {
            shown.push('\'');
        }
        is_split |= character == ';';
        is_start = match character {
            ';' => true,
            ' ' | '"' => is_start && is_split,
            _ => false,
        };
        shown.push(if character.is_control() {
            ' '
        } else {
            character
        });
    }
    Cow::Owned(shown)
}

/// A whole cell, cut to what a spreadsheet can hold.
pub fn cell(shown: &str) -> Cow<'_, str> {
    let mut units = 0;
    for (index, character) in shown.char_indices() {
        units += character.len_utf16();
        if units > CELL_LIMIT {
            // The mark takes the place of the last character that had room.
            let mut kept = shown.get(..index).unwrap_or_default().chars();
            kept.next_back();
            return Cow::Owned(format!("{}{CUT}", kept.as_str()));
        }
    }
    Cow::Borrowed(shown)
}

/// A string of JSON that no reader takes for more than a string; its own escaping is left to `serde_json`.
pub fn json(text: &Text) -> &str {
    text.untrusted()
}

/// The text of a SARIF message. Viewers follow `[words](target)` in it (2.1.0 section 3.11.6), and outer words may not
/// make links.
pub fn message(text: &Text) -> Cow<'_, str> {
    let words = text.untrusted();
    if words.contains("](") {
        Cow::Owned(words.replace("](", "] ("))
    } else {
        Cow::Borrowed(words)
    }
}

/// Cuts words to `most` characters, and says so with `…`.
pub fn fit_characters(shown: Cow<'_, str>, most: usize) -> Cow<'_, str> {
    if shown.chars().nth(most).is_none() {
        return shown;
    }
    let kept: String = shown.chars().take(most.saturating_sub(1)).collect();
    Cow::Owned(format!("{kept}{CUT}"))
}

/// A path as a URI reference (RFC 3986 section 4.2), an absolute one as a URI of a file (RFC 8089).
pub fn uri_path(path: &Text) -> String {
    let encoded = utf8_percent_encode(path.untrusted(), PATH);
    // A reference that begins with a slash would be of the place where the report is read, and with two would name a host.
    let start = if path.untrusted().starts_with('/') {
        "file://"
    } else {
        ""
    };
    format!("{start}{encoded}")
}

/// Words as one segment of the path of a URI, or as its fragment.
pub fn uri_segment(words: &Text) -> String {
    utf8_percent_encode(words.untrusted(), SEGMENT).to_string()
}

/// A package URL, optionally of one version (purl-spec, "Rules for each purl component"); nothing for other words.
pub fn uri_package(purl: &Text, version: Option<&Text>) -> Option<String> {
    let words = purl.untrusted();
    let (kind, name) = words.strip_prefix("pkg:")?.split_once('/')?;
    let is_kind = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'+' | b'-');
    // Qualifiers would have to stand behind the version.
    let is_plain = !name.is_empty() && !name.contains(['?', '#']);
    if kind.is_empty() || !is_plain || !kind.bytes().all(is_kind) {
        return None;
    }
    let package = utf8_percent_encode(words, URI);
    Some(match version {
        Some(version) => format!("{package}@{}", uri_segment(version)),
        None => package.to_string(),
    })
}

/// A web address as a URI; nothing for any other scheme, which a viewer might run.
pub fn uri_web(url: &Text) -> Option<String> {
    let words = url.untrusted();
    let web = ["https://", "http://"].iter().any(|scheme| {
        words
            .get(..scheme.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    });
    web.then(|| utf8_percent_encode(words, URI).to_string())
}

#[cfg(test)]
mod tests;
