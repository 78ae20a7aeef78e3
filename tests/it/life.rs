//! The life of findings from report to report: nothing is told twice, and nothing that is gone speaks for what is there.

use jiff::Timestamp;
use scanfold::fold::Fold;
use scanfold::model::{
    Baseline, Duty, Entry, Finding, Key, Kind, Moment, Package, Report, Set, Sighting, Status,
    Suppression, SuppressionStatus, Text, Ticket, TicketState,
};
use scanfold::parse::{Closing, Sink};
use scanfold::policy::{Engine, Policy};
use scanfold::run;
use scanfold::source::Input;

fn as_of() -> Timestamp {
    "2026-11-21T00:00:00Z".parse().unwrap()
}

fn finding(ids: &[&str]) -> Finding {
    let mut finding = Finding::new(Kind::Dependency, Text::default());
    finding.package = Some(Box::new(Package::new(Text::line("pkg:npm/a"))));
    finding.ids = ids.iter().map(|id| Text::line(id)).collect();
    finding.assert_advisory_keys();
    finding
}

/// What one report of a tool says, folded.
fn fold(name: &str, tool: &str, findings: &[Finding]) -> Fold {
    let mut input = Input::spool(name, format!("{name} {}", findings.len()).as_bytes()).unwrap();
    input.identify().unwrap();
    let mut fold = Fold::default();
    let mut open = fold.open(&input, as_of());
    for (index, finding) in findings.iter().enumerate() {
        let mut finding = finding.clone();
        finding.sightings.insert(Sighting {
            place: input.place(&format!("/{index}")),
            scanner: Text::line(tool),
        });
        open.record();
        open.finding(finding);
    }
    let mut closing = Closing::of(tool);
    // No export of tickets proves that one is gone.
    let scope = Some(tool).filter(|tool| *tool != "tracker").map(Text::line);
    closing.scope = scope.into_iter().collect::<Set<Text>>();
    open.close("test", Ok(closing)).unwrap();
    fold
}

fn merge(folds: Vec<Fold>, baselines: &[&Report]) -> Report {
    let mut all = Fold::default();
    for fold in folds {
        all.take(fold.finish());
    }
    let mut facts = all.finish();
    if !baselines.is_empty() {
        let baselines = baselines.iter().copied().cloned().map(run::baseline);
        run::compare(&mut facts, baselines.collect());
    }
    run::assess(facts, &mut Engine::new(Vec::new(), as_of()), as_of()).unwrap()
}

fn again(report: &Report) -> Fold {
    let mut fold = Fold::default();
    fold.take(run::facts(report.clone()));
    fold
}

fn keys(report: &Report) -> Vec<Key> {
    let entries = report.entries.iter();
    let mut keys: Vec<Key> = entries
        .flat_map(|entry| entry.finding.keys.iter().copied())
        .collect();
    keys.sort();
    keys
}

fn assert_told_once(report: &Report) {
    let mut once = keys(report);
    once.dedup();
    assert_eq!(once, keys(report), "two findings share a key");
    assert_eq!(&merge(vec![again(report)], &[]), report);
}

#[test]
fn what_was_suppressed_when_it_was_last_seen_is_open_where_it_is_seen_now() {
    let mut accepted = finding(&["CVE-2026-0001"]);
    accepted.suppressions.insert(Suppression {
        status: SuppressionStatus::Accepted,
        scanner: Text::line("one"),
        kind: Text::line("inSource"),
        justification: None,
    });
    let last = merge(vec![fold("last", "one", &[accepted])], &[]);
    assert_eq!(last.entries[0].assessment.status, Status::Suppressed);
    // Two jobs, each with the same baseline; only the second shows it.
    let blind = merge(vec![fold("a", "two", &[])], &[&last]);
    assert_eq!(
        blind.entries[0].finding.baseline,
        Some(Baseline::Unobserved)
    );
    let seeing = merge(
        vec![fold("b", "three", &[finding(&["CVE-2026-0001"])])],
        &[&last],
    );
    let merged = merge(vec![again(&blind), again(&seeing)], &[]);
    assert_eq!(merged.entries.len(), 1);
    assert_eq!(merged.entries[0].assessment.status, Status::Open);
    let first = &last.entries[0].finding.first_seen;
    assert_eq!(&merged.entries[0].finding.first_seen, first);
    assert_eq!(merge(vec![again(&seeing), again(&blind)], &[]), merged);
    assert_eq!(merged.entries, seeing.entries);
}

/// Suppressed in a report of the tool.
fn suppressed(tool: &str) -> Finding {
    let mut finding = finding(&["CVE-2026-0001"]);
    finding.suppressions.insert(Suppression {
        status: SuppressionStatus::Accepted,
        scanner: Text::line(tool),
        kind: Text::line("inSource"),
        justification: None,
    });
    finding
}

#[test]
fn a_record_without_a_suppression_opens_what_others_of_its_tool_suppress() {
    let shown = finding(&["CVE-2026-0001"]);
    // More reports than are kept as places, of which the last one is open, and one report with both.
    let mut folds: Vec<Vec<Finding>> = vec![vec![suppressed("one")]; 20];
    folds.push(vec![shown.clone()]);
    let both = vec![vec![suppressed("one"), shown.clone()]];
    let turned = vec![vec![shown, suppressed("one")]];
    let reports = |findings: &[Vec<Finding>]| -> Vec<Report> {
        let named = findings.iter().enumerate();
        let fold = |(index, findings): (usize, &Vec<Finding>)| {
            merge(vec![fold(&format!("{index:02}"), "one", findings)], &[])
        };
        named.map(fold).collect()
    };
    for findings in [folds, both, turned] {
        let parts = reports(&findings);
        let all = merge(parts.iter().map(again).collect(), &[]);
        assert_eq!(all.entries.len(), 1);
        assert_eq!(all.entries[0].assessment.status, Status::Open);
        let (left, right) = parts.split_at(parts.len() / 2);
        let half = |parts: &[Report]| again(&merge(parts.iter().map(again).collect(), &[]));
        assert_eq!(merge(vec![half(right), half(left)], &[]), all);
        // Nobody shows it any more: what was last known of it counts.
        let gone = merge(vec![fold("later", "two", &[])], &[&all]);
        assert_ne!(gone.entries[0].assessment.status, Status::Suppressed);
        // Every record of today is suppressed: what the baseline showed plays no part.
        let now = merge(vec![fold("later", "one", &[suppressed("one")])], &[&all]);
        assert_eq!(now.entries[0].assessment.status, Status::Suppressed);
        let again = merge(vec![again(&gone), again(&now)], &[]);
        assert_eq!(again.entries[0].assessment.status, Status::Suppressed);
    }
    let all = vec![vec![suppressed("one")]; 20];
    let all = merge(reports(&all).iter().map(again).collect(), &[]);
    assert_eq!(all.entries[0].assessment.status, Status::Suppressed);
}

#[test]
fn what_the_baseline_knows_as_one_stays_one() {
    let both = finding(&["CVE-2026-0001", "GHSA-aaaa-bbbb-cccc"]);
    let last = merge(vec![fold("last", "one", &[both])], &[]);
    let parts = [
        finding(&["CVE-2026-0001"]),
        finding(&["GHSA-aaaa-bbbb-cccc"]),
    ];
    let report = merge(vec![fold("now", "one", &parts)], &[&last]);
    assert_told_once(&report);
    assert_eq!(report.entries.len(), 1);
    assert_eq!(
        report.entries[0].finding.baseline,
        Some(Baseline::Unchanged)
    );
}

#[test]
fn what_an_input_carries_as_absent_is_not_told_again_by_the_baseline() {
    let last = merge(
        vec![fold("last", "one", &[finding(&["CVE-2026-0001"])])],
        &[],
    );
    for tool in ["one", "two"] {
        let now = merge(vec![fold("now", tool, &[])], &[&last]);
        let report = merge(vec![again(&now)], &[&last, &now]);
        assert_told_once(&report);
        assert_eq!(report.entries, now.entries);
    }
}

/// The ticket AMS-1 of that day, which names these ids.
fn ticket(day: u8, state: TicketState, ids: &[&str]) -> Finding {
    let mut ticket = Finding::new(Kind::Ticket, Text::default());
    ticket.keys = [Key::ticket("AMS-1")].into_iter().collect();
    ticket.ids = ids.iter().map(|id| Text::line(id)).collect();
    let created = format!("2026-06-{day:02}T07:00:00Z").parse().unwrap();
    ticket.first_seen = Some(Moment::new(created, "ticket AMS-1"));
    ticket.ticket = Some(Box::new(Ticket {
        updated: None,
        key: Text::line("AMS-1"),
        state,
        status: None,
        due: None,
        created: Some(created),
        url: None,
        checks: Set::new(),
        is_reopened: false,
    }));
    ticket
}

fn entry(report: &Report, kind: Kind) -> &Entry {
    let mut entries = report.entries.iter();
    entries.find(|entry| entry.finding.kind == kind).unwrap()
}

/// Merges the finding and these tickets on the day of the last report, with that for a baseline, in one go and as a tree of
/// jobs; all give the same.
fn next(tickets: &[Finding], last: &Report) -> Report {
    let seen = || fold("scan", "one", &[finding(&["CVE-2026-0001"])]);
    let told = || fold("export", "tracker", tickets);
    let report = merge(vec![seen(), told()], &[last]);
    let jobs = [merge(vec![seen()], &[last]), merge(vec![told()], &[last])];
    let tree = merge(jobs.iter().map(again).collect(), &[last]);
    assert_eq!(tree.entries, report.entries);
    assert_eq!(tree.linked_tickets, report.linked_tickets);
    assert_told_once(&report);
    report
}

#[test]
fn a_clock_that_a_ticket_started_runs_on_whatever_becomes_of_the_ticket() {
    let first = merge(
        vec![
            fold("scan", "one", &[finding(&["CVE-2026-0001"])]),
            fold(
                "export",
                "tracker",
                &[ticket(1, TicketState::Open, &["CVE-2026-0001"])],
            ),
        ],
        &[],
    );
    let clock = first.entries[0].first_seen.clone().unwrap();
    assert_eq!(clock.source, Text::line("ticket AMS-1"));
    // As an input of another merge, the finding has its own time, and the link is derived anew.
    assert_ne!(first.entries[0].finding.first_seen, Some(clock.clone()));
    let edited = [ticket(1, TicketState::Open, &[])];
    let renamed = [ticket(1, TicketState::Open, &["CVE-2026-0002"])];
    let closed = [ticket(1, TicketState::Closed, &[])];
    for tickets in [&edited[..], &renamed, &closed, &[]] {
        let second = next(tickets, &first);
        let dependency = entry(&second, Kind::Dependency);
        assert_eq!(dependency.first_seen.as_ref(), Some(&clock), "{tickets:?}");
        // From there on it is the finding's own.
        let third = next(&edited, &second);
        assert_eq!(
            entry(&third, Kind::Dependency).first_seen.as_ref(),
            Some(&clock)
        );
        assert_eq!(
            entry(&third, Kind::Ticket).first_seen.as_ref(),
            Some(&clock)
        );
    }
}

#[test]
fn a_baseline_that_shows_no_clock_takes_none_away() {
    let mut old = finding(&["CVE-2026-0001"]);
    let clock = Moment::new("2026-06-01T07:00:00Z".parse().unwrap(), "scan time");
    old.first_seen = Some(clock.clone());
    let mut first = merge(vec![fold("scan", "one", &[old])], &[]);
    assert_eq!(first.entries[0].first_seen, Some(clock.clone()));
    first.entries[0].first_seen = None;
    let second = next(&[], &first);
    assert_eq!(second.entries[0].first_seen, Some(clock));
}

#[test]
fn a_ticket_that_named_the_wrong_id_once_leaves_the_clock_where_it_was() {
    let wrong = next(
        &[ticket(1, TicketState::Open, &["CVE-2026-0001"])],
        &merge(Vec::new(), &[]),
    );
    let right = next(&[ticket(1, TicketState::Open, &["CVE-2026-0002"])], &wrong);
    let both = [entry(&right, Kind::Dependency), entry(&right, Kind::Ticket)];
    for entry in both {
        let source = entry.first_seen.as_ref().map(|clock| &clock.source);
        assert_eq!(source, Some(&Text::line("ticket AMS-1")));
    }
}

#[test]
fn a_ticket_that_is_open_again_is_reopened_with_its_first_clock() {
    let none = merge(Vec::new(), &[]);
    let open = next(&[ticket(1, TicketState::Open, &[])], &none);
    let fixed = next(&[ticket(1, TicketState::Fixed, &[])], &open);
    let told = entry(&fixed, Kind::Ticket);
    assert_eq!(told.assessment.status, Status::Fixed);
    assert!(!told.finding.is_reopened());
    let missing = next(&[], &fixed);
    for last in [&fixed, &missing] {
        let again = next(&[ticket(9, TicketState::Waiting, &[])], last);
        let told = entry(&again, Kind::Ticket);
        assert_eq!(told.assessment.status, Status::Open);
        assert!(told.finding.is_reopened());
        assert!(
            told.finding
                .marks()
                .any(|tag| tag.untrusted() == "reopened")
        );
        assert_eq!(told.finding.baseline, Some(Baseline::Updated));
        assert_eq!(told.first_seen, entry(&open, Kind::Ticket).first_seen);
        // It stays, until it is closed again.
        let later = next(&[ticket(1, TicketState::Open, &[])], &again);
        assert!(entry(&later, Kind::Ticket).finding.is_reopened());
        let closed = next(&[ticket(1, TicketState::Closed, &[])], &later);
        assert!(!entry(&closed, Kind::Ticket).finding.is_reopened());
    }
}

#[test]
fn what_a_scanner_sees_is_not_reopened_by_its_ticket() {
    let names = ["CVE-2026-0001"];
    let none = merge(Vec::new(), &[]);
    let fixed = next(&[ticket(1, TicketState::Fixed, &names)], &none);
    assert_eq!(fixed.entries[0].assessment.status, Status::Open);
    let open = next(&[ticket(1, TicketState::Open, &names)], &fixed);
    assert!(!open.entries[0].finding.is_reopened());
    assert!(open.entries[0].tickets[0].is_reopened);
}

/// A policy that fixes within this many days.
/// The same ticket as an export of that day shows it.
fn exported(day: u8, app: &str, id: &str) -> Finding {
    let mut finding = ticket(1, TicketState::Open, &[id]);
    finding.app = Text::line(app);
    let updated = format!("2026-07-{day:02}T07:00:00Z").parse().unwrap();
    finding.ticket.as_mut().unwrap().updated = Some(updated);
    finding
}

#[test]
fn an_older_export_leads_no_ticket_back_to_another_app_or_id() {
    let seen = || fold("scan", "one", &[finding(&["CVE-2026-0001"])]);
    let new = || fold("new", "tracker", &[exported(2, "", "CVE-2026-0001")]);
    let old = || fold("old", "tracker", &[exported(1, "zeta", "CVE-2026-0002")]);
    let alone = merge(vec![seen(), new()], &[]);
    assert_eq!(alone.entries[0].tickets.len(), 1);
    let both = merge(vec![seen(), old(), new()], &[]);
    assert_eq!(both.entries.len(), 1);
    assert_eq!(both.entries[0].tickets, alone.entries[0].tickets);
    let told = &both.linked_tickets[0];
    let former = |id: &str| told.history().former_ids.contains(&Text::line(id));
    assert!(former("CVE-2026-0002") && !former("CVE-2026-0001"));
    let none = merge(
        vec![
            new(),
            old(),
            fold("scan", "one", &[finding(&["CVE-2026-0002"])]),
        ],
        &[],
    );
    assert_eq!(none.entries.len(), 2);
    let exports = merge(vec![new(), old()], &[]);
    assert_eq!(merge(vec![again(&exports), seen()], &[]), both);
}

fn within(days: &str) -> String {
    format!("version = 1\nname = \"ours\"\nstart = [\"first-seen\"]\nfix = \"{days}\"\n")
}

/// The same, which may make dates later.
fn allowed(days: &str) -> String {
    format!(
        "{}allow-loosening = true\nloosening-reason = \"new terms\"\n",
        within(days)
    )
}

/// Merges on a day of December under a policy.
fn under(policy: &str, day: u8, fold: Fold, baselines: &[&Report]) -> Report {
    let as_of = format!("2026-12-{day:02}T00:00:00Z").parse().unwrap();
    let mut facts = fold.finish();
    if !baselines.is_empty() {
        let baselines = baselines.iter().copied().cloned().map(run::baseline);
        run::compare(&mut facts, baselines.collect());
    }
    let policy = Policy::parse("ours.toml", policy).unwrap();
    run::assess(facts, &mut Engine::new(vec![policy], as_of), as_of).unwrap()
}

/// The fix dates and how many dates are later than promised.
fn dates(report: &Report) -> (Vec<String>, u64) {
    let due = report.entries.iter().map(|entry| {
        let due = entry.assessment.deadlines.get(&Duty::Fix);
        due.map_or("none".to_owned(), |due| due.by.to_string())
    });
    (due.collect(), report.loosened())
}

fn due(date: &str, later: u64) -> (Vec<String>, u64) {
    (vec![date.to_owned()], later)
}

#[test]
fn a_date_that_was_allowed_to_be_later_is_the_promise_from_then_on() {
    let seen = || fold("scan", "one", &[finding(&["CVE-2026-0001"])]);
    let merged = |policy: &str, day, last: &Report| under(policy, day, seen(), &[last]);
    let first = under(&within("7 days"), 1, seen(), &[]);
    assert_eq!(dates(&first), due("2026-11-28", 0));
    // Not without leave.
    let bound = merged(&within("30 days"), 2, &first);
    assert_eq!(dates(&bound), due("2026-11-28", 0));
    let loose = merged(&allowed("30 days"), 3, &bound);
    assert_eq!(dates(&loose), due("2026-12-21", 1));
    let after = merged(&within("30 days"), 4, &loose);
    assert_eq!(dates(&after), due("2026-12-21", 0));
    // The same with the leave, which now finds nothing to loosen.
    let still = merged(&allowed("30 days"), 4, &loose);
    assert_eq!(dates(&still), due("2026-12-21", 0));
    // The new promise binds as the old one did.
    assert_eq!(
        dates(&merged(&within("60 days"), 5, &after)),
        due("2026-12-21", 0)
    );
    let tight = merged(&within("14 days"), 5, &after);
    assert_eq!(dates(&tight), due("2026-12-05", 0));
    let bound = merged(&within("30 days"), 6, &tight);
    assert_eq!(dates(&bound), due("2026-12-05", 0));
    let looser = merged(&allowed("20 days"), 7, &bound);
    assert_eq!(dates(&looser), due("2026-12-11", 1));
    // Whatever else is known from before: the last leave counts, and what was promised after it.
    for baselines in [[&first, &looser], [&looser, &first], [&tight, &looser]] {
        let report = under(&within("60 days"), 8, seen(), &baselines);
        assert_eq!(dates(&report), due("2026-12-11", 0));
    }
    // An input is assessed anew, so the leave of that day is asked for again.
    let again_bound = under(&within("30 days"), 8, again(&loose), &[]);
    assert_eq!(dates(&again_bound), due("2026-11-28", 0));
}

#[test]
fn where_no_date_was_allowed_none_comes_back() {
    let seen = || fold("scan", "one", &[finding(&["CVE-2026-0001"])]);
    let first = under(&within("7 days"), 1, seen(), &[]);
    let free = under(&allowed("none"), 2, seen(), &[&first]);
    assert_eq!(dates(&free), due("none", 1));
    let after = under(&within("none"), 3, seen(), &[&free]);
    assert_eq!(dates(&after), due("none", 0));
    let mut written = Vec::new();
    scanfold::wire::write(&after, 1, &mut written).unwrap();
    let input = Input::spool("report", written.as_slice()).unwrap();
    assert_eq!(scanfold::parse::read_report(&input).unwrap(), after);
    let dated = under(&within("30 days"), 4, seen(), &[&after]);
    let bound = under(&within("none"), 5, seen(), &[&dated]);
    assert_eq!(dates(&bound), due("2026-12-21", 0));
}

#[test]
fn a_ticket_brings_back_no_date_that_was_allowed_to_be_later() {
    let export = |ids: &[&str]| fold("export", "tracker", &[ticket(1, TicketState::Open, ids)]);
    let both = || {
        let mut both = fold("scan", "one", &[finding(&["CVE-2026-0001"])]);
        both.take(export(&["CVE-2026-0001"]).finish());
        both
    };
    // Alone it was promised for a day, then it names the finding.
    let alone = under(&within("7 days"), 1, export(&[]), &[]);
    assert_eq!(dates(&alone), due("2026-06-08", 0));
    let bound = under(&within("30 days"), 2, both(), &[&alone]);
    assert_eq!(dates(&bound), due("2026-06-08", 0));
    let loose = under(&allowed("30 days"), 3, both(), &[&bound]);
    assert_eq!(dates(&loose), due("2026-07-01", 1));
    let after = under(&within("30 days"), 4, both(), &[&loose]);
    assert_eq!(dates(&after), due("2026-07-01", 0));
}
