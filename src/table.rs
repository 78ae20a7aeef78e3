//! Walks a TOML document key by key, so that every mistake is told with its line, column and what would be right.

mod position;
mod suggest;
mod syntax;
mod text;
mod value;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::Path;

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use crate::error::{Error, Result};
use crate::model::Text;
use position::Lines;

pub use position::{Position, Spot};
pub(crate) use suggest::suggest;
pub(crate) use text::{MOST_BYTES, decode, read};
pub(crate) use value::Value;

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
        let lines = Lines::of(self.text);
        let source = Source {
            document: self,
            lines: &lines,
        };
        let parsed = DeTable::parse(self.text).map_err(|error| syntax::error(source, &error))?;
        let span = parsed.span();
        read(Table::new(source, parsed.get_ref(), span.start, place))
    }
}

/// A document that knows where its lines are.
#[derive(Clone, Copy)]
struct Source<'t, 'a> {
    document: Document<'a>,
    lines: &'t Lines,
}

impl Source<'_, '_> {
    /// The file. Its own folders differ from machine to machine, so they are left out.
    fn file(self) -> Text {
        let Document { name, called, .. } = self.document;
        let last = || Path::new(name).file_name().map(OsStr::to_string_lossy);
        let file = called.map(Cow::Borrowed).or_else(last);
        Text::line(&file.unwrap_or(name.into()))
    }

    fn position(self, offset: usize) -> Position {
        self.lines.position(self.document.text, offset)
    }

    fn spot(self, offset: usize) -> Spot {
        Spot {
            file: self.file(),
            position: self.position(offset),
        }
    }

    /// An error at a byte of the text.
    fn error(self, offset: usize, message: impl Into<String>) -> Error {
        let position = self.position(offset);
        // What stood in the file may be quoted, and goes to a terminal or a log.
        let message = Text::line(&message.into());
        Error::configuration(message.untrusted())
            .at(format_args!("{}:{position}", self.document.name))
    }
}

/// A table of which each key must be taken or refused.
pub(crate) struct Table<'t, 'a> {
    source: Source<'t, 'a>,
    entries: &'t DeTable<'a>,
    offset: usize,
    place: &'static str,
    known: BTreeSet<&'static str>,
}

impl<'t, 'a> Table<'t, 'a> {
    fn new(
        source: Source<'t, 'a>,
        entries: &'t DeTable<'a>,
        offset: usize,
        place: &'static str,
    ) -> Self {
        Self {
            source,
            entries,
            offset,
            place,
            known: BTreeSet::new(),
        }
    }

    /// The value of a key, if it is there.
    pub(crate) fn take(&mut self, key: &'static str) -> Option<Value<'t, 'a>> {
        self.known.insert(key);
        let node = self.entries.get(key)?;
        Some(Value::new(self.source, key, node))
    }

    /// Checks the version of the file format, which must be the one that is read, and then that each key is one of `keys`.
    pub(crate) fn version(&mut self, read: i64, keys: &[&'static str]) -> Result<()> {
        let Some(value) = self.take("version") else {
            self.only(keys)?;
            let error = self.error(format!("{} has no `version`", self.place));
            return Err(error.hint(format!("put `version = {read}` first")));
        };
        match value.integer()? {
            version if version == read => self.only(keys),
            other => Err(value.error(format!(
                "`version` must be {read}, the only one that this program reads, not {other}"
            ))),
        }
    }

    /// Refuses every key but these. Asked before one that has to be there is missed, since that one may be misspelt.
    pub(crate) fn only(&self, keys: &[&'static str]) -> Result<()> {
        let mut entries = self.entries().into_iter();
        match entries.find(|(key, _)| !keys.contains(key)) {
            Some((key, _)) => Err(self.unknown(key, keys.iter().copied())),
            None => Ok(()),
        }
    }

    /// The value of a key that has to be there.
    pub(crate) fn require(&mut self, key: &'static str) -> Result<Value<'t, 'a>> {
        let missing = format!("{} has no `{key}`", self.place);
        self.take(key).ok_or_else(|| self.error(missing))
    }

    /// Every key with its value in the order of the file, of a table whose keys are names.
    pub(crate) fn entries(&self) -> Vec<(&'t str, Value<'t, 'a>)> {
        let entry = |(name, node): (&'t Spanned<DeString<'a>>, &'t Spanned<DeValue<'a>>)| {
            let key = name.get_ref().as_ref();
            (name.span().start, (key, Value::new(self.source, key, node)))
        };
        let mut entries: Vec<_> = self.entries.iter().map(entry).collect();
        entries.sort_by_key(|(offset, _)| *offset);
        entries.into_iter().map(|(_, entry)| entry).collect()
    }

    /// Refuses every key that nobody asked for.
    pub(crate) fn finish(self) -> Result<()> {
        self.only(&self.known.iter().copied().collect::<Vec<_>>())
    }

    /// An error at a key that nobody knows.
    pub(crate) fn unknown<'c>(
        &self,
        key: &str,
        known: impl Iterator<Item = &'c str> + Clone,
    ) -> Error {
        let found = self.entries.get_key_value(key).map(|(name, _)| name);
        let error = self.source.error(
            found.map_or(self.offset, |name| name.span().start),
            format!("unknown key `{key}` in {}", self.place),
        );
        suggest(error, key, known)
    }

    /// Where the table stands.
    pub(crate) fn position(&self) -> Position {
        self.source.position(self.offset)
    }

    /// Where the table stands, for reports.
    pub(crate) fn place(&self) -> Text {
        self.source.spot(self.offset).words()
    }

    /// An error of the table as a whole.
    pub(crate) fn error(&self, message: impl Into<String>) -> Error {
        self.source.error(self.offset, message)
    }
}
