//! Where the parts of a chart stand, in whole units of its view box: the same numbers on every machine.

use crate::model::Severity;

/// Units from the left edge of a chart to the right one.
const WIDTH: u64 = 360;
/// Units from one bar to the next.
const ROW: u64 = 34;
/// Units above the columns, where their numbers stand, and of the tallest column.
const HEAD: u64 = 16;
const TALLEST: u64 = 104;

/// How many of something are open, and how many of these overdue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Count {
    pub(super) open: u64,
    pub(super) overdue: u64,
}

impl Count {
    pub(super) fn add(&mut self, is_overdue: bool) {
        self.open += 1;
        self.overdue += u64::from(is_overdue);
    }
}

/// Bars from left to right, one below the other, the overdue part first.
#[derive(Debug)]
pub(super) struct Bars {
    pub(super) all: Vec<Bar>,
    pub(super) height: u64,
    /// How many are left out.
    pub(super) more: usize,
}

#[derive(Debug)]
pub(super) struct Bar {
    pub(super) label: String,
    /// The level, of a bar for one.
    pub(super) level: Option<&'static str>,
    /// What stands behind `#` in the link to its findings.
    pub(super) filter: String,
    pub(super) count: Count,
    /// Where its words and its bar begin.
    pub(super) words_at: u64,
    pub(super) track_at: u64,
    pub(super) overdue_width: u64,
    pub(super) width: u64,
}

impl Bars {
    /// Bars with their labels, levels and filters.
    pub(super) fn of(
        counts: impl IntoIterator<Item = (String, Option<&'static str>, String, Count)>,
        more: usize,
    ) -> Self {
        let counts: Vec<_> = counts.into_iter().collect();
        let most = counts.iter().map(|(.., count)| count.open).max();
        let most = most.unwrap_or(0);
        let bar = |(row, (label, level, filter, count)): (u64, (_, _, _, Count))| {
            let top = row * ROW;
            Bar {
                label,
                level,
                filter,
                count,
                words_at: top + 13,
                track_at: top + 20,
                overdue_width: share(count.overdue, most, WIDTH),
                width: share(count.open, most, WIDTH),
            }
        };
        let bars: Vec<_> = (0..).zip(counts).map(bar).collect();
        Self {
            height: ROW * bars.len() as u64,
            all: bars,
            more,
        }
    }
}

/// Columns from left to right, each a pile of levels with the worst at the bottom.
#[derive(Debug)]
pub(super) struct Columns {
    pub(super) all: Vec<Column>,
    /// Where the columns stand.
    pub(super) ground: u64,
    pub(super) label_at: u64,
    pub(super) height: u64,
    /// Whether the labels are slanted, since they are longer than a column is wide.
    pub(super) is_slanted: bool,
}

#[derive(Debug)]
pub(super) struct Column {
    pub(super) label: String,
    /// What is said of it to who cannot see it.
    pub(super) told: String,
    pub(super) filter: Option<String>,
    pub(super) number: u64,
    pub(super) number_at: u64,
    pub(super) left: u64,
    pub(super) middle: u64,
    pub(super) width: u64,
    pub(super) parts: Vec<Part>,
}

#[derive(Debug)]
pub(super) struct Part {
    pub(super) level: &'static str,
    pub(super) top: u64,
    pub(super) height: u64,
}

/// How many there are of each level, worst first.
pub(super) type Levels = [u64; Severity::ALL.len()];

impl Columns {
    /// Columns with their labels, what each is called in full, their filters and what they count.
    pub(super) fn of(
        counts: impl IntoIterator<Item = (String, String, Option<String>, Levels)>,
        is_slanted: bool,
    ) -> Self {
        let counts: Vec<_> = counts.into_iter().collect();
        let number = |levels: &Levels| levels.iter().sum::<u64>();
        let most = counts.iter().map(|(.., levels)| number(levels)).max();
        let most = most.unwrap_or(0);
        let ground = HEAD + TALLEST;
        let pitch = WIDTH / (counts.len() as u64).max(1);
        let column =
            |(place, (label, name, filter, levels)): (u64, (String, String, _, Levels))| {
                let mut top = ground;
                let mut parts = Vec::new();
                for (level, count) in Severity::ALL.into_iter().zip(levels) {
                    let height = share(count, most, TALLEST);
                    top = top.saturating_sub(height);
                    if height > 0 {
                        let level = level.name();
                        parts.push(Part { level, top, height });
                    }
                }
                let left = place * pitch;
                Column {
                    told: told(&label, &name, &levels),
                    label,
                    filter,
                    number: number(&levels),
                    number_at: top.saturating_sub(4),
                    left: left + pitch / 6,
                    middle: left + pitch / 2,
                    width: pitch - pitch / 3,
                    parts,
                }
            };
        let columns = (0..).zip(counts).map(column).collect();
        Self {
            all: columns,
            ground,
            label_at: ground + 14,
            height: ground + if is_slanted { 46 } else { 22 },
            is_slanted,
        }
    }
}

/// `11-21: 3 due in the week from 2026-11-21 (1 critical, 2 high)`: first the words that are seen, as who speaks to the
/// page says them.
fn told(label: &str, name: &str, levels: &Levels) -> String {
    let all: u64 = levels.iter().sum();
    let parts = Severity::ALL.into_iter().zip(levels);
    let parts: Vec<_> = parts
        .filter(|(_, count)| **count > 0)
        .map(|(level, count)| format!("{count} {level}"))
        .collect();
    if parts.is_empty() {
        return format!("{label}: none {name}");
    }
    format!("{label}: {all} {name} ({})", parts.join(", "))
}

/// The part of `whole` units that `count` of `most` takes; something is never shown as nothing.
fn share(count: u64, most: u64, whole: u64) -> u64 {
    if count == 0 {
        return 0;
    }
    let exact = u128::from(count) * u128::from(whole) / u128::from(most.max(1));
    u64::try_from(exact).unwrap_or(whole).clamp(2, whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_a_million_is_seen_and_the_most_is_the_whole() {
        assert_eq!(share(1, 1_000_000, 360), 2);
        assert_eq!(share(1_000_000, 1_000_000, 360), 360);
        assert_eq!(share(u64::MAX, u64::MAX, 360), 360);
        assert_eq!(share(0, 0, 360), 0);
        assert_eq!(share(1, 3, 360), 120);
    }

    #[test]
    fn a_pile_ends_where_its_number_stands() {
        let columns = Columns::of(
            [
                ("a".to_owned(), "A".to_owned(), None, [1, 2, 0, 0, 0, 1]),
                ("b".to_owned(), "B".to_owned(), None, [0; 6]),
            ],
            false,
        );
        let [full, empty] = columns.all.as_slice() else {
            panic!("two columns went in");
        };
        let tops: Vec<_> = full
            .parts
            .iter()
            .map(|part| (part.level, part.top))
            .collect();
        assert_eq!(tops, [("critical", 94), ("high", 42), ("info", 16)]);
        assert_eq!(full.told, "a: 4 A (1 critical, 2 high, 1 info)");
        assert_eq!((full.number_at, empty.number_at), (12, 116));
        assert_eq!(empty.told, "b: none B");
        assert_eq!((empty.left, empty.width), (210, 120));
    }
}
