//! A value of a TOML document: what it must be, and what stood there instead.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use toml::Spanned;
use toml::de::DeValue;

use super::suggest::suggest_answer;
use super::{Position, Source, Spot, Table};
use crate::error::{Error, Result};
use crate::glob::{Globs, Match};
use crate::model::Text;

/// A value with its key.
#[derive(Clone, Copy)]
pub(crate) struct Value<'t, 'a> {
    source: Source<'t, 'a>,
    key: &'t str,
    node: &'t Spanned<DeValue<'a>>,
}

impl<'t, 'a> Value<'t, 'a> {
    pub(super) fn new(
        source: Source<'t, 'a>,
        key: &'t str,
        node: &'t Spanned<DeValue<'a>>,
    ) -> Self {
        Self { source, key, node }
    }

    /// An error at the value.
    pub(crate) fn error(&self, message: impl Into<String>) -> Error {
        self.source.error(self.node.span().start, message)
    }

    /// Where the value stands.
    pub(crate) fn position(&self) -> Position {
        self.source.position(self.node.span().start)
    }

    /// The file and the position of the value.
    pub(crate) fn spot(&self) -> Spot {
        self.source.spot(self.node.span().start)
    }

    /// Where the value stands, for errors that are found later: `ci/scanfold.toml:3:12`.
    pub(crate) fn address(&self) -> String {
        format!("{}:{}", self.source.document.name, self.position())
    }

    /// Where the value stands, for reports.
    pub(crate) fn place(&self) -> Text {
        self.spot().words()
    }

    /// An error that says what the value must be, and what it is.
    pub(crate) fn expected(&self, what: &str) -> Error {
        let written = self
            .source
            .document
            .text
            .get(self.node.span())
            .unwrap_or_default();
        let written = written.lines().next().unwrap_or_default();
        self.error(format!(
            "`{}` must be {what}, not {} `{written}`",
            self.key,
            kind(self.node.get_ref())
        ))
    }

    /// An error that says that the list has nothing in it.
    pub(crate) fn empty_list(&self) -> Error {
        let error = self.error(format!("`{}` is an empty list", self.key));
        error.hint("name at least one, or leave the key out")
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
            suggest_answer(error, word, choices.iter().copied())
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
        let members = self.some()?;
        let words = members.iter().map(Self::words);
        let words = words.collect::<Result<Vec<_>>>()?;
        Globs::new(words.iter().copied(), how).map_err(|reason| {
            // The error stands at the one that is wrong.
            let is_wrong = |word: &&str| Globs::new([*word], how).is_err();
            let place = words.iter().position(is_wrong);
            let member = place.and_then(|place| members.get(place));
            member.unwrap_or(self).error(reason)
        })
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
            return Err(self.empty_list());
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
                self.source,
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
