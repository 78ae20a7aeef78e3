//! What policies say, for people: `policy show` and `policy presets`.

use std::collections::BTreeMap;
use std::io::{self, Write};

use jiff::Timestamp;

use crate::cli::output;
use crate::error::Result;
use crate::model::Text;
use crate::policy::{self, Decision, Edition, Policy, Start};
use crate::report::escape::terminal;

/// The built-in policies: what each is, its source, the dates of its versions, its clock and what is in doubt.
pub(super) fn list() -> Result<()> {
    let presets = policy::presets();
    let width = presets.iter().map(|preset| preset.name.len()).max();
    let width = width.unwrap_or_default();
    let mut told = Vec::new();
    for preset in presets {
        // A preset extends nothing that could be missing, so this cannot fail; if it did, it would say why.
        told.push((preset.name, Policy::parse(preset.name, preset.toml)?));
    }
    output::print(&mut |out| {
        for (place, (name, policy)) in told.iter().enumerate() {
            if place > 0 {
                writeln!(out)?;
            }
            let title = policy.title.as_ref().unwrap_or(&policy.note.name);
            writeln!(out, "{name:<width$}  {}", terminal(title))?;
            for (what, words) in facts(policy) {
                writeln!(out, "{:<width$}  {what:<7} {}", "", terminal(&words))?;
            }
        }
        Ok(())
    })
}

fn facts(policy: &Policy) -> Vec<(&'static str, Text)> {
    let mut facts = Vec::new();
    if let Some(source) = &policy.note.source {
        facts.push(("source", source.clone()));
    }
    let dates: Vec<String> = policy
        .editions
        .iter()
        .filter_map(|edition| edition.effective.or(policy.effective))
        .map(|day| day.to_string())
        .collect();
    let dates = if dates.is_empty() {
        "no date".to_owned()
    } else {
        dates.join(", ")
    };
    facts.push(("since", Text::line(&dates)));
    // Versions differ in numbers; the newest one says when the clock starts.
    let starts = policy.editions.last().map(|edition| &edition.start);
    let clock = starts.map(|starts| clock(starts)).unwrap_or_default();
    facts.push(("clock", Text::line(&format!("from {clock}"))));
    for edition in &policy.editions {
        if let Some(doubt) = &edition.unconfirmed {
            let version = match edition.effective {
                Some(day) if policy.editions.len() > 1 => format!("{day}: "),
                _ => String::new(),
            };
            let words = format!("{version}{}", doubt.untrusted());
            facts.push(("doubt", Text::line(&words)));
        }
    }
    facts
}

/// `reported, else first-seen`
fn clock(starts: &[Start]) -> String {
    let mut starts = starts.to_vec();
    if !starts.contains(&Start::FirstSeen) {
        starts.push(Start::FirstSeen);
    }
    let names: Vec<&str> = starts.iter().map(|start| start.name()).collect();
    names.join(", else ")
}

/// The terms that hold at `as_of`, a line for each level and duty, and the rules, a line for each.
pub(super) fn show(policy: &Policy, as_of: Timestamp, out: &mut dyn Write) -> io::Result<()> {
    let note = &policy.note;
    let source = note
        .source
        .as_ref()
        .map(|source| format!(", {}", terminal(source)))
        .unwrap_or_default();
    writeln!(out, "{}{source}", terminal(&note.name))?;
    let edition = match policy.in_force(as_of) {
        Ok(edition) => edition,
        Err(reason) => return writeln!(out, "  not in force at {as_of}: {reason}"),
    };
    writeln!(out, "  {}", validity(policy, edition))?;
    if let Some(doubt) = &edition.unconfirmed {
        writeln!(out, "  in doubt: {}", terminal(doubt))?;
    }
    let rows = policy::describe(policy);
    let of_table = rows
        .iter()
        .filter(|row| row.effective == edition.effective)
        .filter_map(|row| Some((row.severity?, row)));
    for (level, row) in of_table {
        let (term, rule) = (terminal(&row.term), terminal(&row.rule));
        writeln!(
            out,
            "  {:<12} {:<9} {term:<30} from {} ({rule})",
            row.duty.name(),
            level.name(),
            clock(&row.start)
        )?;
    }
    rules(edition, out)
}

/// `in force since 2026-06-10`, with its end where it has one.
fn validity(policy: &Policy, edition: &Edition) -> String {
    let from = edition.effective.max(policy.effective);
    let from = from.map_or_else(
        || "in force, without a date".to_owned(),
        |from| format!("in force since {from}"),
    );
    let until = [policy.until, edition.until].into_iter().flatten().min();
    until.map_or_else(|| from.clone(), |until| format!("{from} until {until}"))
}

/// Each rule with its conditions below those of the others, so that a matrix reads as one.
fn rules(edition: &Edition, out: &mut dyn Write) -> io::Result<()> {
    let decisions = policy::decisions(edition);
    if decisions.is_empty() {
        return Ok(());
    }
    writeln!(out, "  rules, time from {}:", clock(&edition.start))?;
    let mut widths: BTreeMap<&str, usize> = BTreeMap::new();
    for (key, words) in decisions.iter().flat_map(|decision| &decision.when) {
        let width = widths.entry(*key).or_default();
        *width = (*width).max(terminal(words).chars().count());
    }
    let name = |decision: &Decision| terminal(&decision.name).chars().count();
    let name_width = decisions.iter().map(name).max().unwrap_or_default();
    for decision in &decisions {
        let conditions: Vec<String> = decision
            .when
            .iter()
            .map(|(key, words)| {
                let width = widths.get(key).copied().unwrap_or_default();
                format!("{key} = {:<width$}", terminal(words))
            })
            .collect();
        let reason = decision.reason.as_ref();
        let reason = reason.map(|reason| format!(" ({})", terminal(reason)));
        writeln!(
            out,
            "  {:<name_width$}  when {}  then {}{}",
            terminal(&decision.name),
            conditions.join("  "),
            terminal(&decision.then),
            reason.unwrap_or_default()
        )?;
    }
    Ok(())
}
