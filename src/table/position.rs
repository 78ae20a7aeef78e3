//! Lines and columns of a text, found without counting it anew for each place.

use std::fmt;

use crate::model::Text;

/// A place in a policy or triage file. Lines and columns count from 1, columns in characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// A place and the file that it is in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    /// The file without its folders, which differ from machine to machine.
    pub file: Text,
    /// The line and column.
    pub position: Position,
}

impl Spot {
    /// `ours.toml:14`
    pub(crate) fn words(&self) -> Text {
        Text::line(&format!("{}:{}", self.file.untrusted(), self.position.line))
    }
}

/// How many bytes of one line are counted at most to find a column.
const STRIDE: usize = 512;

/// Known positions of a text: the start of each line, and some within long ones.
pub(crate) struct Lines(Vec<(usize, Position)>);

impl Lines {
    /// Goes through the text once.
    pub(crate) fn of(text: &str) -> Self {
        let mut here = Position { line: 1, column: 1 };
        let mut marks = vec![(0, here)];
        let mut last = 0;
        for (offset, letter) in text.char_indices() {
            if offset - last >= STRIDE {
                marks.push((offset, here));
                last = offset;
            }
            here.column += 1;
            if letter == '\n' {
                here = Position {
                    line: here.line + 1,
                    column: 1,
                };
                last = offset + 1;
                marks.push((last, here));
            }
        }
        Self(marks)
    }

    /// The position of a byte of the same text.
    pub(crate) fn position(&self, text: &str, offset: usize) -> Position {
        let offset = offset.min(text.len());
        let behind = self.0.partition_point(|&(mark, _)| mark <= offset);
        // The first mark is 0, which is never behind.
        let Some(&(mark, known)) = self.0.get(behind.saturating_sub(1)) else {
            return Position { line: 1, column: 1 };
        };
        let between = text.get(mark..offset).unwrap_or_default();
        Position {
            column: known.column + between.chars().count(),
            ..known
        }
    }
}
