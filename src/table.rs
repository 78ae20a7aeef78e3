//! Walks a TOML document key by key, so that every mistake is told with its line, column and what would be right.

use std::collections::BTreeSet;
use std::fmt;

use jiff::civil::Date;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::error::{Error, Result};
use crate::glob::{Globs, Match};
use crate::model::Text;

/// A place in a policy or triage file. Lines and columns count from 1, columns in characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

impl Position {
    fn of(text: &str, offset: usize) -> Self {
        let before = text.get(..offset.min(text.len())).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Self {
            line: before.matches('\n').count() + 1,
            column: before.get(line_start..).unwrap_or("").chars().count() + 1,
        }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// A document with its name.
#[derive(Clone, Copy)]
pub(crate) struct Document<'a> {
    /// What errors call it.
    pub(crate) name: &'a str,
    /// Its text.
    pub(crate) text: &'a str,
}

impl<'a> Document<'a> {
    /// Parses the TOML; `read` then walks it. `place` is what errors call the whole.
    pub(crate) fn read<T>(
        self,
        place: &'static str,
        read: impl FnOnce(Table<'_, 'a>) -> Result<T>,
    ) -> Result<T> {
        let parsed = DeTable::parse(self.text).map_err(|error| {
            let offset = error.span().map_or(0, |span| span.start);
            let message = error.message().trim_end().replace('\n', ", ");
            self.error(offset, format!("not TOML: {message}"))
        })?;
        let span = parsed.span();
        read(Table::new(self, parsed.get_ref(), span.start, place))
    }

    /// An error at a byte of the text.
    fn error(self, offset: usize, message: impl Into<String>) -> Error {
        let position = Position::of(self.text, offset);
        // What stood in the file may be quoted, and goes to a terminal or a log.
        let message = Text::line(&message.into());
        Error::configuration(message.untrusted()).at(format_args!("{}:{position}", self.name))
    }
}

/// A table of which each key must be taken or refused.
pub(crate) struct Table<'t, 'a> {
    document: Document<'a>,
    entries: &'t DeTable<'a>,
    offset: usize,
    place: &'static str,
    known: BTreeSet<&'static str>,
}

impl<'t, 'a> Table<'t, 'a> {
    fn new(
        document: Document<'a>,
        entries: &'t DeTable<'a>,
        offset: usize,
        place: &'static str,
    ) -> Self {
        Self {
            document,
            entries,
            offset,
            place,
            known: BTreeSet::new(),
        }
    }

    /// The value of a key, if it is there.
    pub(crate) fn take(&mut self, key: &'static str) -> Option<Value<'t, 'a>> {
        self.known.insert(key);
        let (_, value) = self
            .entries
            .iter()
            .find(|(name, _)| name.get_ref().as_ref() == key)?;
        Some(Value {
            document: self.document,
            key,
            node: value,
        })
    }

    /// Checks the version of the file format, which must be the one that is read.
    pub(crate) fn version(&mut self, read: i64) -> Result<()> {
        let value = self
            .require("version")
            .map_err(|error| error.hint(format!("put `version = {read}` first")))?;
        match value.integer()? {
            version if version == read => Ok(()),
            other => Err(value.error(format!(
                "`version` must be {read}, the only one that this program reads, not {other}"
            ))),
        }
    }

    /// The value of a key that has to be there.
    pub(crate) fn require(&mut self, key: &'static str) -> Result<Value<'t, 'a>> {
        let missing = format!("{} has no `{key}`", self.place);
        self.take(key).ok_or_else(|| self.error(missing))
    }

    /// Refuses every key that nobody asked for.
    pub(crate) fn finish(self) -> Result<()> {
        let unknown = self
            .entries
            .keys()
            .filter(|name| !self.known.contains(name.get_ref().as_ref()))
            .min_by_key(|name| name.span().start);
        let Some(name) = unknown else {
            return Ok(());
        };
        let key = name.get_ref().as_ref();
        let error = self.document.error(
            name.span().start,
            format!("unknown key `{key}` in {}", self.place),
        );
        Err(suggest(error, key, self.known.iter().copied()))
    }

    /// Where the table stands.
    pub(crate) fn position(&self) -> Position {
        Position::of(self.document.text, self.offset)
    }

    /// An error of the table as a whole.
    pub(crate) fn error(&self, message: impl Into<String>) -> Error {
        self.document.error(self.offset, message)
    }
}

/// A value with its key.
#[derive(Clone, Copy)]
pub(crate) struct Value<'t, 'a> {
    document: Document<'a>,
    key: &'static str,
    node: &'t Spanned<DeValue<'a>>,
}

impl<'t, 'a> Value<'t, 'a> {
    /// An error at the value.
    pub(crate) fn error(&self, message: impl Into<String>) -> Error {
        self.document.error(self.node.span().start, message)
    }

    /// Where the value stands.
    pub(crate) fn position(&self) -> Position {
        Position::of(self.document.text, self.node.span().start)
    }

    fn expected(&self, what: &str) -> Error {
        let written = self.document.text.get(self.node.span()).unwrap_or_default();
        let written = written.lines().next().unwrap_or_default();
        self.error(format!(
            "`{}` must be {what}, not {} `{written}`",
            self.key,
            kind(self.node.get_ref())
        ))
    }

    /// A string.
    pub(crate) fn string(&self) -> Result<&'t str> {
        self.node
            .get_ref()
            .as_str()
            .ok_or_else(|| self.expected("a string"))
    }

    /// A string with something in it.
    pub(crate) fn words(&self) -> Result<&'t str> {
        let words = self.string()?;
        if words.trim().is_empty() {
            return Err(self.error(format!("`{}` is empty", self.key)));
        }
        Ok(words)
    }

    /// A string that `read` understands, or one of `choices` is suggested.
    pub(crate) fn choice<T>(
        &self,
        choices: &[&str],
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T> {
        let word = self.string()?;
        read(word).ok_or_else(|| {
            let list = choices
                .iter()
                .map(|choice| format!("`{choice}`"))
                .collect::<Vec<_>>()
                .join(", ");
            let error = self.error(format!(
                "`{}` must be one of {list}, not `{word}`",
                self.key
            ));
            suggest(error, word, choices.iter().copied())
        })
    }

    /// One word or several, each out of a list.
    pub(crate) fn choices<T>(
        &self,
        choices: &[&str],
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<Vec<T>> {
        let members = self.some()?;
        let read = members.iter().map(|member| member.choice(choices, &read));
        read.collect()
    }

    /// One glob or several.
    pub(crate) fn globs(&self, how: Match) -> Result<Globs> {
        let words = self.some()?.into_iter().map(|member| member.words());
        let words = words.collect::<Result<Vec<_>>>()?;
        Globs::new(words, how).map_err(|reason| self.error(reason))
    }

    /// A whole number.
    pub(crate) fn integer(&self) -> Result<i64> {
        self.node
            .get_ref()
            .as_integer()
            .and_then(|number| i64::from_str_radix(number.as_str(), number.radix()).ok())
            .ok_or_else(|| self.expected("a whole number"))
    }

    /// A number.
    pub(crate) fn number(&self) -> Result<f64> {
        let value = self.node.get_ref();
        let digits = match (value.as_float(), value.as_integer()) {
            (Some(float), _) => float.as_str(),
            (None, Some(integer)) if integer.radix() == 10 => integer.as_str(),
            _ => return Err(self.expected("a number")),
        };
        digits.parse().map_err(|_| self.expected("a number"))
    }

    /// `true` or `false`.
    pub(crate) fn boolean(&self) -> Result<bool> {
        self.node
            .get_ref()
            .as_bool()
            .ok_or_else(|| self.expected("`true` or `false`"))
    }

    /// A day: `2026-06-22`, bare or as a string.
    pub(crate) fn date(&self) -> Result<Date> {
        let what = "a date like `2026-06-22`";
        let written = match self.node.get_ref() {
            DeValue::Datetime(day) if day.time.is_none() && day.offset.is_none() => day.to_string(),
            DeValue::String(day) => day.to_string(),
            _ => return Err(self.expected(what)),
        };
        written.parse().map_err(|_| self.expected(what))
    }

    /// The members of an array, or the value itself as the only one; at least one.
    pub(crate) fn some(&self) -> Result<Vec<Self>> {
        let members = self.list();
        if members.is_empty() {
            return Err(self.error("the list is empty"));
        }
        Ok(members)
    }

    /// The members of an array, or the value itself as the only one.
    pub(crate) fn list(&self) -> Vec<Self> {
        match self.node.get_ref() {
            DeValue::Array(members) => members.iter().map(|node| Self { node, ..*self }).collect(),
            _ => vec![*self],
        }
    }

    /// The members of an array.
    pub(crate) fn array(&self) -> Result<Vec<Self>> {
        match self.node.get_ref() {
            DeValue::Array(_) => Ok(self.list()),
            _ => Err(self.expected("an array")),
        }
    }

    /// A table, if it is one.
    pub(crate) fn as_table(&self, place: &'static str) -> Option<Table<'t, 'a>> {
        match self.node.get_ref() {
            DeValue::Table(entries) => Some(Table::new(
                self.document,
                entries,
                self.node.span().start,
                place,
            )),
            _ => None,
        }
    }

    /// A table.
    pub(crate) fn table(&self, place: &'static str) -> Result<Table<'t, 'a>> {
        self.as_table(place).ok_or_else(|| self.expected("a table"))
    }
}

fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "the string",
        DeValue::Integer(_) => "the integer",
        DeValue::Float(_) => "the float",
        DeValue::Boolean(_) => "the boolean",
        DeValue::Datetime(_) => "the date",
        DeValue::Array(_) => "the array",
        DeValue::Table(_) => "the table",
    }
}

/// Adds "did you mean" when one of the choices is near, else the list of them.
pub(crate) fn suggest<'c>(
    error: Error,
    word: &str,
    choices: impl Iterator<Item = &'c str> + Clone,
) -> Error {
    let near = choices
        .clone()
        .map(|choice| (distance(word, choice), choice))
        .filter(|&(distance, choice)| distance <= 1 + choice.len() / 4)
        .min();
    if let Some((_, choice)) = near {
        return error.hint(format!("did you mean `{choice}`?"));
    }
    let list: Vec<String> = choices.map(|choice| format!("`{choice}`")).collect();
    if list.is_empty() {
        return error;
    }
    error.hint(format!("known here: {}", list.join(", ")))
}

/// How many letters must be changed, added, dropped or swapped with their neighbour, ignoring case, `_` and `-`.
fn distance(one: &str, other: &str) -> usize {
    let letters = |word: &str| -> Vec<char> {
        word.chars()
            .take(64)
            .map(|letter| if letter == '_' { '-' } else { letter })
            .flat_map(char::to_lowercase)
            .collect()
    };
    let (one, other) = (letters(one), letters(other));
    let mut before = vec![usize::MAX; other.len() + 1];
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, &letter) in one.iter().enumerate() {
        let mut next = vec![i + 1];
        for (j, &counterpart) in other.iter().enumerate() {
            // `row`, `next` and `before` are one longer than `other`, and `next` has j + 1 entries by now.
            let mut best = (row[j] + usize::from(letter != counterpart))
                .min(row[j + 1] + 1)
                .min(next[j] + 1);
            if i > 0 && j > 0 && letter == other[j - 1] && one[i - 1] == counterpart {
                best = best.min(before[j - 1].saturating_add(1));
            }
            next.push(best);
        }
        before = std::mem::replace(&mut row, next);
    }
    row.last().copied().unwrap_or(usize::MAX)
}
