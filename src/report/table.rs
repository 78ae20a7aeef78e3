//! A table with aligned columns that share the width of the page.

use std::io;

use super::escape::{fit, width};
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
    /// Cut where the page has no room for all: names.
    Cut,
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
        let taken: usize = self
            .columns
            .iter()
            .filter(|column| column.sort != Sort::Cut)
            .map(|column| column.width)
            .sum();
        let room = page.saturating_sub(taken + gaps);
        let cut = self
            .columns
            .iter_mut()
            .filter(|column| column.sort == Sort::Cut);
        let mut cut: Vec<_> = cut.map(|column| &mut column.width).collect();
        let wanted: Vec<_> = cut.iter().map(|width| **width).collect();
        for (width, share) in cut.iter_mut().zip(shares(&wanted, room)) {
            **width = share;
        }
    }

    /// How wide a column became.
    pub(crate) fn width(&self, place: usize) -> usize {
        self.columns.get(place).map_or(0, |column| column.width)
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
            let words = fit(&cell.words, column.width);
            let blanks = Span::from(" ".repeat(column.width.saturating_sub(width(&words))));
            let words = cell.role.of(words);
            match column.sort {
                Sort::Number => spans.extend([blanks, words]),
                Sort::Whole | Sort::Cut => spans.extend([words, blanks]),
            }
        }
        sheet.line(spans)
    }
}

/// How `room` is shared by those who want so much: whoever wants little gets it, and the others get the same.
pub(crate) fn shares(wanted: &[usize], room: usize) -> Vec<usize> {
    let mut by_size: Vec<_> = wanted.iter().enumerate().collect();
    by_size.sort_by_key(|(_, wanted)| **wanted);
    let mut shares = vec![0; wanted.len()];
    let (mut left, mut waiting) = (room, wanted.len());
    for (place, wanted) in by_size {
        let share = (*wanted).min(left / waiting.max(1));
        (left, waiting) = (left - share, waiting - 1);
        if let Some(own) = shares.get_mut(place) {
            *own = share;
        }
    }
    shares
}

#[cfg(test)]
mod tests;
