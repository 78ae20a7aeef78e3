//! A table with aligned columns that share the width of the page.

use std::io;

use super::escape::{fit, fit_end, width};
use super::page::{Role, Sheet, Span};

/// Blanks between two columns.
pub(crate) const GAP: usize = 2;

/// How a column takes its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sort {
    /// As wide as its widest cell: dates, severities.
    Whole,
    /// The same, with its words at the right: numbers.
    Number,
    /// Cut at its end where the page has no room for all: names. It gets this many parts of the room, others theirs.
    Cut(usize),
    /// The same, cut at its start: what tells apps apart stands at the end of their keys.
    CutStart(usize),
}

impl Sort {
    /// How much of what room there is a column gets, beside others.
    const fn parts(self) -> Option<usize> {
        match self {
            Self::Whole | Self::Number => None,
            Self::Cut(parts) | Self::CutStart(parts) => Some(parts),
        }
    }
}

#[derive(Clone, Debug)]
struct Column {
    title: &'static str,
    sort: Sort,
    width: usize,
}

/// The columns of a table. Every row is measured before the first one is written; none of them is kept.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    columns: Vec<Column>,
}

impl Table {
    /// A table with these titles.
    pub(crate) fn new(columns: &[(&'static str, Sort)]) -> Self {
        let columns = columns.iter().map(|(title, sort)| Column {
            title,
            sort: *sort,
            width: 0,
        });
        Self {
            columns: columns.collect(),
        }
    }

    /// Takes note of how wide the cells of a row are.
    pub(crate) fn measure(&mut self, cells: &[Span<'_>]) {
        for (column, cell) in self.columns.iter_mut().zip(cells) {
            column.width = column.width.max(width(&cell.words));
        }
    }

    /// Shares the columns of the page, now that every row is measured. A column without words is left out.
    pub(crate) fn settle(&mut self, page: usize) {
        for column in self.columns.iter_mut().filter(|column| column.width > 0) {
            column.width = column.width.max(width(column.title));
        }
        let shown = self.columns.iter().filter(|column| column.width > 0);
        let gaps = GAP * shown.count().saturating_sub(1);
        let whole = self.columns.iter();
        let whole = whole.filter(|column| column.sort.parts().is_none());
        let taken: usize = whole.map(|column| column.width).sum();
        let cut = self.columns.iter_mut();
        let mut cut: Vec<_> = cut
            .filter_map(|column| Some((column.sort.parts()?, &mut column.width)))
            .collect();
        share(&mut cut, page.saturating_sub(taken + gaps));
    }

    /// The titles.
    pub(crate) fn header(&self, sheet: &mut Sheet<'_>) -> io::Result<()> {
        let titles: Vec<_> = self
            .columns
            .iter()
            .map(|column| Role::Faint.of(column.title))
            .collect();
        self.row(&titles, sheet)
    }

    /// One row.
    pub(crate) fn row(&self, cells: &[Span<'_>], sheet: &mut Sheet<'_>) -> io::Result<()> {
        let mut spans = Vec::new();
        for (column, cell) in self.columns.iter().zip(cells) {
            if column.width == 0 {
                continue;
            }
            if !spans.is_empty() {
                spans.push(Span::from(" ".repeat(GAP)));
            }
            let words = match column.sort {
                Sort::CutStart(_) => fit_end(&cell.words, column.width),
                _ => fit(&cell.words, column.width),
            };
            let blanks = Span::from(" ".repeat(column.width.saturating_sub(width(&words))));
            let words = cell.role.of(words);
            match column.sort {
                Sort::Number => spans.extend([blanks, words]),
                _ => spans.extend([words, blanks]),
            }
        }
        sheet.line(spans)
    }
}

/// Shares `room` by parts among those who want so much: whoever wants less than that gets it, and leaves the rest to the
/// others.
pub(crate) fn share(wanted: &mut [(usize, &mut usize)], room: usize) {
    let (mut left, mut waiting): (usize, usize) =
        (room, wanted.iter().map(|(parts, _)| *parts).sum());
    wanted.sort_by_key(|(parts, wanted)| **wanted * 64 / (*parts).max(1));
    for (parts, wanted) in wanted {
        let fair = left * *parts / waiting.max(1);
        **wanted = (**wanted).min(fair);
        (left, waiting) = (left - **wanted, waiting - *parts);
    }
}

#[cfg(test)]
mod tests;
