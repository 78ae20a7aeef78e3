//! Walks a TOML document key by key, so that every mistake is told with its line, column and what would be right.

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;

use jiff::civil::Date;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::error::{Error, Result, nearest};
use crate::model::Text;

/// A place in a policy file. Lines and columns count from 1, columns in characters.
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
pub(super) struct Document<'a> {
    /// What errors call it.
    pub(super) name: &'a str,
    /// Its text.
    pub(super) text: &'a str,
}

impl<'a> Document<'a> {
    /// Parses the TOML; `read` then walks it.
    pub(super) fn read<T>(self, read: impl FnOnce(Table<'_, 'a>) -> Result<T>) -> Result<T> {
        let parsed = DeTable::parse(self.text).map_err(|error| {
            let offset = error.span().map_or(0, |span| span.start);
            let message = error.message().trim_end().replace('\n', ", ");
            self.error(offset, format!("not TOML: {message}"))
        })?;
        let span = parsed.span();
        read(Table::new(self, parsed.get_ref(), span.start, "the policy"))
    }

    /// The file without its folders, which differ from machine to machine, and the line.
    fn place(self, position: Position) -> Text {
        let file = Path::new(self.name).file_name();
        let file = file.map_or_else(|| self.name.into(), |file| file.to_string_lossy());
        Text::line(&format!("{file}:{}", position.line))
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
pub(super) struct Table<'t, 'a> {
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
    pub(super) fn take(&mut self, key: &'static str) -> Option<Value<'t, 'a>> {
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

    /// The value of a key that has to be there.
    pub(super) fn require(&mut self, key: &'static str) -> Result<Value<'t, 'a>> {
        let missing = format!("{} has no `{key}`", self.place);
        self.take(key).ok_or_else(|| self.error(missing))
    }

    /// Refuses every key that nobody asked for.
    pub(super) fn finish(self) -> Result<()> {
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
    pub(super) fn position(&self) -> Position {
        Position::of(self.document.text, self.offset)
    }

    /// Where the table stands, for reports.
    pub(super) fn place(&self) -> Text {
        self.document.place(self.position())
    }

    /// An error of the table as a whole.
    pub(super) fn error(&self, message: impl Into<String>) -> Error {
        self.document.error(self.offset, message)
    }
}

/// A value with its key.
#[derive(Clone, Copy)]
pub(super) struct Value<'t, 'a> {
    document: Document<'a>,
    key: &'static str,
    node: &'t Spanned<DeValue<'a>>,
}

impl<'t, 'a> Value<'t, 'a> {
    /// An error at the value.
    pub(super) fn error(&self, message: impl Into<String>) -> Error {
        self.document.error(self.node.span().start, message)
    }

    /// Where the value stands.
    pub(super) fn position(&self) -> Position {
        Position::of(self.document.text, self.node.span().start)
    }

    /// Where the value stands, for reports.
    pub(super) fn place(&self) -> Text {
        self.document.place(self.position())
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
    pub(super) fn string(&self) -> Result<&'t str> {
        self.node
            .get_ref()
            .as_str()
            .ok_or_else(|| self.expected("a string"))
    }

    /// A string with something in it.
    pub(super) fn words(&self) -> Result<&'t str> {
        let words = self.string()?;
        if words.trim().is_empty() {
            return Err(self.error(format!("`{}` is empty", self.key)));
        }
        Ok(words)
    }

    /// A string that `read` understands, or one of `choices` is suggested.
    pub(super) fn choice<T>(
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

    /// A whole number.
    pub(super) fn integer(&self) -> Result<i64> {
        self.node
            .get_ref()
            .as_integer()
            .and_then(|number| i64::from_str_radix(number.as_str(), number.radix()).ok())
            .ok_or_else(|| self.expected("a whole number"))
    }

    /// A number.
    pub(super) fn number(&self) -> Result<f64> {
        let value = self.node.get_ref();
        let digits = match (value.as_float(), value.as_integer()) {
            (Some(float), _) => float.as_str(),
            (None, Some(integer)) if integer.radix() == 10 => integer.as_str(),
            _ => return Err(self.expected("a number")),
        };
        digits.parse().map_err(|_| self.expected("a number"))
    }

    /// `true` or `false`.
    pub(super) fn boolean(&self) -> Result<bool> {
        self.node
            .get_ref()
            .as_bool()
            .ok_or_else(|| self.expected("`true` or `false`"))
    }

    /// A day: `2026-06-22`, bare or as a string.
    pub(super) fn date(&self) -> Result<Date> {
        let what = "a date like `2026-06-22`";
        let written = match self.node.get_ref() {
            DeValue::Datetime(day) if day.time.is_none() && day.offset.is_none() => day.to_string(),
            DeValue::String(day) => day.to_string(),
            _ => return Err(self.expected(what)),
        };
        written.parse().map_err(|_| self.expected(what))
    }

    /// The members of an array, or the value itself as the only one.
    pub(super) fn list(&self) -> Vec<Self> {
        match self.node.get_ref() {
            DeValue::Array(members) => members.iter().map(|node| Self { node, ..*self }).collect(),
            _ => vec![*self],
        }
    }

    /// The members of an array.
    pub(super) fn array(&self) -> Result<Vec<Self>> {
        match self.node.get_ref() {
            DeValue::Array(_) => Ok(self.list()),
            _ => Err(self.expected("an array")),
        }
    }

    /// A table, if it is one.
    pub(super) fn as_table(&self, place: &'static str) -> Option<Table<'t, 'a>> {
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
    pub(super) fn table(&self, place: &'static str) -> Result<Table<'t, 'a>> {
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
pub(super) fn suggest<'c>(
    error: Error,
    word: &str,
    choices: impl Iterator<Item = &'c str> + Clone,
) -> Error {
    if let Some(choice) = nearest(word, choices.clone()) {
        return error.hint(format!("did you mean `{choice}`?"));
    }
    let list: Vec<String> = choices.map(|choice| format!("`{choice}`")).collect();
    if list.is_empty() {
        return error;
    }
    error.hint(format!("known here: {}", list.join(", ")))
}
