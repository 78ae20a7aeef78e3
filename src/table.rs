//! Walks a TOML document key by key, so that every mistake is told with its line, column and what would be right.

mod suggest;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::error::{Error, Result};
use crate::glob::{Globs, Match};
use crate::model::Text;

pub(crate) use suggest::suggest;

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
    /// What reports call it, where that is not its file name.
    pub(crate) called: Option<&'a str>,
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

    /// The file and the line. Its own folders differ from machine to machine, so they are left out.
    fn place(self, position: Position) -> Text {
        let name = || Path::new(self.name).file_name();
        let file = self.called.map(Cow::Borrowed);
        let file = file.or_else(|| name().map(|file| file.to_string_lossy()));
        Text::line(&format!(
            "{}:{}",
            file.unwrap_or(self.name.into()),
            position.line
        ))
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

    /// Every key with its value in the order of the file, of a table whose keys are names.
    pub(crate) fn entries(&self) -> Vec<(&'t str, Value<'t, 'a>)> {
        let document = self.document;
        let mut entries: Vec<_> = self
            .entries
            .iter()
            .map(|(name, node)| {
                let key = name.get_ref().as_ref();
                (
                    name.span().start,
                    (
                        key,
                        Value {
                            document,
                            key,
                            node,
                        },
                    ),
                )
            })
            .collect();
        entries.sort_by_key(|(offset, _)| *offset);
        entries.into_iter().map(|(_, entry)| entry).collect()
    }

    /// Refuses every key that nobody asked for.
    pub(crate) fn finish(self) -> Result<()> {
        let known = &self.known;
        let unknown = self
            .entries()
            .into_iter()
            .find(|(key, _)| !known.contains(key));
        match unknown {
            Some((key, _)) => Err(self.unknown(key, known.iter().copied())),
            None => Ok(()),
        }
    }

    /// An error at a key that nobody knows.
    pub(crate) fn unknown<'c>(
        &self,
        key: &str,
        known: impl Iterator<Item = &'c str> + Clone,
    ) -> Error {
        let found = self
            .entries
            .keys()
            .find(|name| name.get_ref().as_ref() == key);
        let error = self.document.error(
            found.map_or(self.offset, |name| name.span().start),
            format!("unknown key `{key}` in {}", self.place),
        );
        suggest(error, key, known)
    }

    /// Where the table stands.
    pub(crate) fn position(&self) -> Position {
        Position::of(self.document.text, self.offset)
    }

    /// Where the table stands, for reports.
    pub(crate) fn place(&self) -> Text {
        self.document.place(self.position())
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
    key: &'t str,
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

    /// Where the value stands, for reports.
    pub(crate) fn place(&self) -> Text {
        self.document.place(self.position())
    }

    /// An error that says what the value must be, and what it is.
    pub(crate) fn expected(&self, what: &str) -> Error {
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

    /// A point in time: `2026-06-22T14:00:00Z`, or a day, which starts in UTC; bare or as a string.
    pub(crate) fn instant(&self) -> Result<Timestamp> {
        let what = "a date like `2026-06-22`, or a time with its zone like `2026-06-22T14:00:00Z`";
        let written = match self.node.get_ref() {
            DeValue::Datetime(instant) => instant.to_string(),
            DeValue::String(instant) => instant.to_string(),
            _ => return Err(self.expected(what)),
        };
        let day = || written.parse::<Date>().ok()?.to_zoned(TimeZone::UTC).ok();
        // A time without a zone would read as a day, and its hour would be lost.
        let day = || day().filter(|_| written.len() == "2026-06-22".len());
        let instant = written.parse().ok();
        let instant = instant.or_else(|| day().map(|day| day.timestamp()));
        instant.ok_or_else(|| self.expected(what))
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
