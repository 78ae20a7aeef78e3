//! What differs between two reports: `scanfold diff`, and the change table of `scanfold rescore`.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use clap::Args;
use jiff::Timestamp;

use super::exit::Exit;
use super::output;
use crate::error::Result;
use crate::model::{Entry, Key, Report, Status};
use crate::report::escape::terminal;
use crate::report::wording::subject;
use crate::run;

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  scanfold diff last.json report.json")]
pub(super) struct Diff {
    /// The earlier report, in JSON
    old: String,
    /// The later report, in JSON
    new: String,
}

impl Diff {
    pub(super) fn run(self) -> Result<Exit> {
        let (old, new) = (run::open_report(&self.old)?, run::open_report(&self.new)?);
        let moves = Moves::between(&old, &new);
        output::print(&mut |out| moves.write(out))?;
        Ok(Exit::Fine)
    }
}

/// How the judgement of one finding moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Move {
    /// It was not there.
    Appeared,
    /// It is not there any more.
    Gone,
    /// It is past its due date and was not.
    OverdueAtOnce,
    /// It is due earlier, or has a due date and had none.
    Tightened,
    /// It is due later, or has no due date any more.
    Loosened,
    /// It is worse.
    SeverityUp,
    /// It is less bad.
    SeverityDown,
    /// It stands elsewhere: suppressed, fixed, open again.
    Status,
}

impl Move {
    const fn name(self) -> &'static str {
        match self {
            Self::Appeared => "new",
            Self::Gone => "gone",
            Self::OverdueAtOnce => "overdue at once",
            Self::Tightened => "tightened",
            Self::Loosened => "loosened",
            Self::SeverityUp => "severity up",
            Self::SeverityDown => "severity down",
            Self::Status => "status",
        }
    }
}

/// Every move between two reports, with one line for each.
#[derive(Debug, Default)]
pub(super) struct Moves {
    lines: BTreeMap<Move, Vec<String>>,
    unmoved: usize,
}

impl Moves {
    pub(super) fn between(old: &Report, new: &Report) -> Self {
        let mut by_key: BTreeMap<Key, usize> = BTreeMap::new();
        for (index, entry) in old.entries.iter().enumerate() {
            by_key.extend(entry.finding.keys.iter().map(|key| (*key, index)));
        }
        let mut moves = Self::default();
        let mut matched = BTreeSet::new();
        for after in &new.entries {
            let known: BTreeSet<usize> = after
                .finding
                .keys
                .iter()
                .filter_map(|key| by_key.get(key).copied())
                .collect();
            // Of several that became one, the most urgent is what was promised; entries stand in that order.
            let Some(before) = known.first().and_then(|index| old.entries.get(*index)) else {
                moves.add(Move::Appeared, after, "", &due(after));
                continue;
            };
            matched.extend(known);
            moves.compare(before, after, new.as_of);
        }
        for (index, before) in old.entries.iter().enumerate() {
            if !matched.contains(&index) {
                moves.add(Move::Gone, before, &due(before), "");
            }
        }
        moves
    }

    fn compare(&mut self, before: &Entry, after: &Entry, as_of: Timestamp) {
        let (was, is) = (&before.assessment, &after.assessment);
        let ends = |entry: &Entry| entry.assessment.due().map(|due| due.ends);
        let by = |entry: &Entry| entry.assessment.due().map(|due| due.by);
        let mut moved = false;
        let mut add = |what: Move, from: &str, to: &str| {
            self.add(what, after, from, to);
            moved = true;
        };
        // What people read counts: the end of one day in another time zone is the same promise.
        if by(before) != by(after) {
            match (ends(before), ends(after)) {
                (Some(was), Some(is)) if is > was => add(Move::Loosened, &due(before), &due(after)),
                (Some(_), None) => add(Move::Loosened, &due(before), &due(after)),
                _ => add(Move::Tightened, &due(before), &due(after)),
            }
        }
        // Both at one time: what only time did is no move.
        if is.overdue(as_of) && !was.overdue(as_of) {
            add(Move::OverdueAtOnce, &due(before), &due(after));
        }
        if is.severity != was.severity {
            let what = if is.severity > was.severity {
                Move::SeverityUp
            } else {
                Move::SeverityDown
            };
            add(what, was.severity.name(), is.severity.name());
        }
        if is.status != was.status {
            add(Move::Status, was.status.name(), is.status.name());
        }
        self.unmoved += usize::from(!moved);
    }

    fn add(&mut self, what: Move, entry: &Entry, from: &str, to: &str) {
        let fingerprint = entry.fingerprint.hex();
        let short = fingerprint.get(..12).unwrap_or(&fingerprint);
        let change = match (from.is_empty(), to.is_empty()) {
            (true, _) => to.to_owned(),
            (_, true) => from.to_owned(),
            _ => format!("{from} -> {to}"),
        };
        self.lines
            .entry(what)
            .or_default()
            .push(format!("{short}  {change}  {}", subject(entry, terminal)));
    }

    /// Puts the moves of another pair of reports behind these.
    pub(super) fn extend(&mut self, other: Self) {
        for (what, lines) in other.lines {
            self.lines.entry(what).or_default().extend(lines);
        }
        self.unmoved += other.unmoved;
    }

    pub(super) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        for (what, lines) in &self.lines {
            writeln!(out, "{} ({})", what.name(), lines.len())?;
            for line in lines {
                writeln!(out, "  {line}")?;
            }
        }
        writeln!(out, "{} findings did not move", self.unmoved)
    }
}

fn due(entry: &Entry) -> String {
    match (entry.assessment.status, entry.assessment.due()) {
        (Status::Fixed, _) => "fixed".to_owned(),
        (_, Some(due)) => format!("due {}", due.by),
        (_, None) => "no due date".to_owned(),
    }
}
