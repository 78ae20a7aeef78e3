//! Jira's wiki markup, as the CSV export and version 2 of the REST interface have it.

use super::{link, near, tidy};
use crate::model::redact;

/// How far the end of a mark is looked for, in bytes.
const LONGEST_MARK: usize = 512;

/// Macros that only say how to show what is between them.
const MACROS: &[&str] = &["code", "noformat", "quote", "color", "panel"];

/// The text without markup. Only what is certain to be markup goes; a lone star or brace stays.
pub(in crate::parse::jira) fn plain(words: &str) -> String {
    // Where markup goes, words stand together, and it would not be seen where a credential begins.
    let words = redact(words);
    let mut text = String::with_capacity(words.len());
    let mut verbatim = false;
    for line in words.lines() {
        block(line, &mut verbatim, &mut text);
        text.push('\n');
    }
    tidy(&text)
}

/// A line, which may begin, end or hold verbatim text.
fn block(line: &str, verbatim: &mut bool, text: &mut String) {
    let mut rest = line;
    if !*verbatim {
        rest = start(rest, text);
    }
    loop {
        let Some((before, name, after)) = next_macro(rest) else {
            if *verbatim {
                text.push_str(rest);
            } else {
                inline(rest, text);
            }
            return;
        };
        if *verbatim {
            text.push_str(before);
        } else {
            inline(before, text);
        }
        if matches!(name, "code" | "noformat") {
            *verbatim = !*verbatim;
        }
        rest = after;
    }
}

/// Turns the mark of a heading or a list item at the start of a line into its plain form.
fn start<'a>(line: &'a str, text: &mut String) -> &'a str {
    let trimmed = line.trim_start();
    let heading = trimmed
        .strip_prefix('h')
        .and_then(|rest| rest.strip_prefix(['1', '2', '3', '4', '5', '6']))
        .and_then(|rest| rest.strip_prefix(". "));
    if let Some(heading) = heading {
        return heading;
    }
    if let Some(quote) = trimmed.strip_prefix("bq. ") {
        return quote;
    }
    let item = trimmed.trim_start_matches(['*', '#']);
    match item.strip_prefix(' ') {
        Some(item) if item.len() + 1 < trimmed.len() => {
            text.push_str("- ");
            item
        }
        _ => line,
    }
}

/// What stands before the next macro of [`MACROS`], its name, and what stands after it.
fn next_macro(words: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    loop {
        let open = from + words.get(from..)?.find('{')?;
        let inner = words.get(open + 1..)?;
        let close = near(inner, LONGEST_MARK).find('}');
        let body = close
            .and_then(|close| inner.get(..close))
            .unwrap_or_default();
        let name = body.split(':').next().unwrap_or_default();
        match (MACROS.iter().find(|known| **known == name), close) {
            (Some(name), Some(close)) => {
                return Some((words.get(..open)?, name, inner.get(close + 1..)?));
            }
            _ => from = open + 1,
        }
    }
}

/// Takes marks within a line away: `{{code}}`, `*bold*`, `[words|target]`.
fn inline(words: &str, text: &mut String) {
    let mut rest = words;
    let mut before = ' ';
    while let Some(character) = rest.chars().next() {
        let taken = match character {
            '{' => between(rest, "{{", "}}").map(|(inner, after)| (inner.to_owned(), after)),
            '[' => {
                between(rest, "[", "]").and_then(|(inner, after)| Some((bracket(inner)?, after)))
            }
            '*' if !before.is_alphanumeric() && before != '*' => bold(rest),
            _ => None,
        };
        if let Some((inner, after)) = taken {
            before = inner.chars().next_back().unwrap_or(' ');
            text.push_str(&inner);
            rest = after;
        } else {
            text.push(character);
            before = character;
            rest = rest.get(character.len_utf8()..).unwrap_or_default();
        }
    }
}

fn between<'a>(words: &'a str, open: &str, close: &str) -> Option<(&'a str, &'a str)> {
    let rest = words.strip_prefix(open)?;
    let end = near(rest, LONGEST_MARK)
        .find(close)
        .filter(|end| *end > 0)?;
    Some((rest.get(..end)?, rest.get(end + close.len()..)?))
}

/// `words|target`, `target`: only with a target that is an address.
fn bracket(inner: &str) -> Option<String> {
    let (words, target) = match inner.split_once('|') {
        Some((words, rest)) => (words, rest.split('|').next().unwrap_or(rest)),
        None => (inner, inner),
    };
    let address = target.contains("://") || target.starts_with("mailto:");
    (address && !target.contains(char::is_whitespace)).then(|| link(words, target))
}

/// `*words*` with words that begin and end right at the stars, and nothing but an end behind it.
fn bold(words: &str) -> Option<(String, &str)> {
    let (inner, after) = between(words, "*", "*")?;
    let tight = !inner.starts_with(char::is_whitespace) && !inner.ends_with(char::is_whitespace);
    let ends = !after.starts_with(|next: char| next.is_alphanumeric() || matches!(next, '*' | '/'));
    (tight && ends && !inner.starts_with('/')).then(|| (inner.to_owned(), after))
}
