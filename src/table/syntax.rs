//! What is wrong with a text that is no TOML, with the words that stand there.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Source;
use crate::error::Error;

/// How many characters of a line are quoted.
const MOST_QUOTED: usize = 60;

/// A key that nobody writes, to find the table in which another one stands twice.
const STAND_IN: &str = "__the-key-that-stands-twice__";

/// An error of the parser with its line and what stands there.
pub(super) fn error(source: Source<'_, '_>, error: &toml::de::Error) -> Error {
    let text = source.document.text;
    let span = error.span().unwrap_or_default();
    let offset = span.start;
    if error.message() == "duplicate key"
        && let Some(written) = text.get(span.clone())
    {
        let first = first_of_two(text, &span);
        let line = source.position(offset).line;
        let lines = match first.map(|first| source.position(first).line) {
            Some(first) => format!("on line {first} and again on line {line}"),
            None => format!("again on line {line}"),
        };
        let message = format!("not TOML: duplicate key `{written}`, {lines}");
        let error = source.error(offset, message);
        return error.hint("keep one of the two");
    }
    let message = error.message().trim_end().replace('\n', ", ");
    let rest = text.get(offset..).unwrap_or_default();
    let rest = rest.lines().next().unwrap_or_default();
    let token: String = rest
        .split_whitespace()
        .next()
        .unwrap_or_default()
        .chars()
        .take(MOST_QUOTED)
        .collect();
    let line_start = text.get(..offset).unwrap_or_default().rfind('\n');
    let line = text.get(line_start.map_or(0, |newline| newline + 1)..);
    let line = line
        .and_then(|line| line.lines().next())
        .unwrap_or_default();
    let line: String = line.trim().chars().take(MOST_QUOTED).collect();
    let place = if token.is_empty() {
        format!("at the end of `{line}`")
    } else if token == line {
        format!("at `{token}`")
    } else {
        format!("at `{token}` in `{line}`")
    };
    source.error(offset, format!("not TOML: {message}, {place}"))
}

/// Where the first of two equal keys stands: with another name for the second, both are in one table.
fn first_of_two(text: &str, second: &std::ops::Range<usize>) -> Option<usize> {
    let key = key_of(text.get(second.clone())?)?;
    let mut renamed = text.get(..second.start)?.to_owned();
    renamed.push_str(STAND_IN);
    renamed.push_str(text.get(second.end..)?);
    let (root, _) = DeTable::parse_recoverable(&renamed);
    let mut tables = vec![root.get_ref()];
    while let Some(table) = tables.pop() {
        if table.contains_key(STAND_IN) {
            let (first, _) = table.get_key_value(key.as_str())?;
            return Some(first.span().start).filter(|&first| first < second.start);
        }
        let mut values: Vec<&DeValue<'_>> = table.values().map(Spanned::get_ref).collect();
        while let Some(value) = values.pop() {
            match value {
                DeValue::Table(inner) => tables.push(inner),
                DeValue::Array(members) => {
                    values.extend(members.iter().map(Spanned::get_ref));
                }
                _ => {}
            }
        }
    }
    None
}

/// A key without its quotes.
fn key_of(written: &str) -> Option<String> {
    let one = format!("{written} = 0");
    let parsed = DeTable::parse(&one).ok()?;
    let (key, _) = parsed.get_ref().iter().next()?;
    Some(key.get_ref().to_string())
}
