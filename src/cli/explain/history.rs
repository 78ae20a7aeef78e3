//! What is known of a finding beside what scanners tell: earlier names, promises, decisions, owners, exploitation.

use std::io::{self, Write};

use super::page::{field, list};
use crate::model::{Decision, History, Kev, Share};
use crate::report::escape::terminal;
use crate::report::wording::digits;

pub(super) fn fields(history: &History, out: &mut dyn Write) -> io::Result<()> {
    let History {
        known_as,
        moves,
        promises,
        decisions,
        owners,
        exploited,
    } = history;
    let owners: Vec<_> = owners.iter().map(terminal).collect();
    field(out, "owners", &owners.join(", "))?;
    let known_as: Vec<_> = known_as.iter().map(digits).collect();
    field(out, "known as", &known_as.join(", "))?;
    let moves = moves.iter().map(|one| {
        let from = one
            .from
            .as_ref()
            .map(|from| format!(" in {}", terminal(from)));
        let (from, evidence) = (from.unwrap_or_default(), terminal(&one.evidence));
        format!("{}{from} ({evidence})", digits(&one.fingerprint))
    });
    list(out, "moved from", &moves.collect::<Vec<_>>(), false)?;
    let promises = promises.iter().map(|(duty, promise)| {
        let (by, policy) = (promise.deadline.by, terminal(&promise.deadline.policy));
        format!("{} by {by}, by {policy} on {}", duty.name(), promise.made)
    });
    list(out, "promised", &promises.collect::<Vec<_>>(), false)?;
    let decisions: Vec<_> = decisions.iter().map(decision).collect();
    list(out, "decided", &decisions, false)?;
    if let Some(kev) = &exploited.kev {
        field(out, "exploited", &kev_words(kev))?;
    }
    if let Some(epss) = &exploited.epss {
        let percent = |share: Share| format!("{:.1} %", share.value() * 100.0);
        let rank = epss.percentile.map(percent);
        let rank = rank.map_or(String::new(), |rank| {
            format!(", as much as or more than {rank} of all")
        });
        let words = match epss.score {
            Some(score) => format!(
                "{} within 30 days{rank} (EPSS of {})",
                percent(score),
                epss.day
            ),
            None => format!("not listed (EPSS of {})", epss.day),
        };
        field(out, "likelihood", &words)?;
    }
    Ok(())
}

fn decision(decision: &Decision) -> String {
    let Decision {
        verdict,
        source,
        by,
        reason,
        until,
        said,
        subject: _,
        versions,
        paths,
    } = decision;
    let mut words = verdict.name().to_owned();
    let mut say = |before: &str, what: Option<String>| {
        if let Some(what) = what {
            words = format!("{words}{before}{what}");
        }
    };
    let outer =
        |text: &Option<crate::model::Text>| text.as_ref().map(|text| terminal(text).into_owned());
    let all = |texts: &crate::model::Set<crate::model::Text>| {
        let texts: Vec<_> = texts.iter().map(terminal).collect();
        (!texts.is_empty()).then(|| texts.join(", "))
    };
    say(" by ", outer(by));
    say(" until ", until.map(|until| until.to_string()));
    say(" on ", said.map(|said| said.to_string()));
    say(" for versions ", all(versions));
    say(" in ", all(paths));
    say(": ", outer(reason));
    format!("{words} ({})", terminal(source))
}

fn kev_words(kev: &Kev) -> String {
    let catalogue = kev.catalogue;
    let Some(entry) = &kev.listed else {
        return format!("not listed (KEV catalogue of {catalogue})");
    };
    let due = entry.due.map(|due| format!(", to be fixed by {due}"));
    let ransomware = if entry.ransomware {
        ", by ransomware too"
    } else {
        ""
    };
    format!(
        "{} is listed since {}{}{ransomware} (KEV catalogue of {catalogue})",
        terminal(&entry.id),
        entry.added,
        due.unwrap_or_default()
    )
}
