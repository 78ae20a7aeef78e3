//! The race for the date: clocks, tickets, several policies, versions, rules, status, and the reasons for all of it.

use std::sync::Arc;

use super::{
    by, chosen, engine, finding, note, policy, rated, reasons, reported, score, time, word,
};
use crate::model::{
    About, Baseline, Duty, Fact, Finding, InputId, Kind, Moment, Package, Place, Severity,
    Sighting, Status, Suppression, SuppressionStatus, Text, Ticket, TicketState,
};
use crate::policy::{Engine, presets};

const AS_OF: &str = "2026-11-21T00:00:00Z";
const FIX: About = About::Duty(Duty::Fix);

fn preset(name: &str) -> &'static str {
    let found = presets().iter().find(|preset| preset.name == name);
    found.unwrap().toml
}

fn ticket(key: &str, due: Option<&str>, created: &str, state: TicketState) -> Finding {
    let mut finding = finding(created);
    finding.kind = Kind::Ticket;
    reported(&mut finding, created, &format!("ticket {key}"));
    finding.ticket = Some(Box::new(Ticket {
        updated: None,
        key: Text::line(key),
        state,
        status: None,
        due: due.map(|due| due.parse().unwrap()),
        created: Some(time(created)),
        url: None,
        checks: crate::model::Set::new(),
        is_reopened: false,
    }));
    finding
}

#[test]
fn flowdesk_sets_all_three_dates_by_level() {
    // 2026-07-03 is a Friday. Days by hand: +7, +14, +30 and +90 days; 2 and 5 business days.
    let table = [
        (
            "critical",
            Some("2026-07-10"),
            Some("2026-07-07"),
            Some("2026-07-10"),
        ),
        (
            "high",
            Some("2026-07-17"),
            Some("2026-07-07"),
            Some("2026-07-10"),
        ),
        (
            "medium",
            Some("2026-08-02"),
            Some("2026-07-07"),
            Some("2026-07-10"),
        ),
        (
            "low",
            Some("2026-10-01"),
            Some("2026-07-07"),
            Some("2026-07-10"),
        ),
        ("info", None, None, None),
        (
            "purple",
            Some("2026-07-17"),
            Some("2026-07-07"),
            Some("2026-07-10"),
        ),
    ];
    let mut engine = engine(&[preset("flowdesk")], AS_OF);
    for (level, fix, acknowledge, assess) in table {
        let assessment = engine.assess(&rated("2026-07-03T09:00:00Z", level), &[]);
        assert_eq!(by(&assessment, Duty::Fix).as_deref(), fix, "{level}");
        assert_eq!(
            by(&assessment, Duty::Acknowledge).as_deref(),
            acknowledge,
            "{level}"
        );
        assert_eq!(by(&assessment, Duty::Assess).as_deref(), assess, "{level}");
        assert!(!assessment.deadlines.contains_key(&Duty::Notify));
    }
    let unrated = engine.assess(&finding("2026-07-03T09:00:00Z"), &[]);
    let why = chosen(&unrated, FIX);
    assert_eq!(why.rule.untrusted(), "fix.high");
    assert_eq!(note(why), "not rated, so the term of high");
    let info = engine.assess(&rated("2026-07-03T09:00:00Z", "info"), &[]);
    let why = chosen(&info, FIX);
    assert_eq!(
        (why.by, why.term.as_ref().unwrap().untrusted()),
        (None, "none")
    );
}

#[test]
fn a_clock_that_runs_ahead_moves_no_deadline_into_the_future() {
    let text =
        "version = 1\nname = \"p\"\nstart = [\"reported\", \"first-seen\"]\nfix = \"7 days\"\n";
    let mut ahead = rated("2026-11-20T10:00:00Z", "high");
    reported(&mut ahead, "2099-01-01T00:00:00Z", "ticket AMS-1");
    let assessment = engine(&[text], AS_OF).assess(&ahead, &[]);
    assert_eq!(by(&assessment, Duty::Fix).as_deref(), Some("2026-11-27"));
    assert_eq!(note(chosen(&assessment, FIX)), "not known: reported");
    let ahead = rated("2099-01-01T00:00:00Z", "high");
    let assessment = engine(&[text], AS_OF).assess(&ahead, &[]);
    assert_eq!(by(&assessment, Duty::Fix).as_deref(), Some("2026-11-28"));
    let source = chosen(&assessment, FIX).start_source.as_ref().unwrap();
    assert_eq!(source.untrusted(), "as-of");
}

#[test]
fn the_clock_starts_at_the_first_known_event_and_says_who_told_it() {
    let text =
        |start: &str| format!("version = 1\nname = \"p\"\nstart = {start}\nfix = \"7 days\"\n");
    let mut full = rated("2026-06-10T10:00:00Z", "high");
    reported(&mut full, "2026-06-02T10:00:00Z", "ticket AMS-1");
    for (fact, day) in [
        (Fact::Triaged, "2026-06-03"),
        (Fact::Published, "2026-06-04"),
        (Fact::FixAvailable, "2026-06-05"),
        (Fact::KevAdded, "2026-06-06"),
        (Fact::Aware, "2026-06-07"),
    ] {
        full.date(
            fact,
            Moment::new(time(&format!("{day}T10:00:00Z")), fact.name()),
        );
    }
    let bare = rated("2026-06-10T10:00:00Z", "high");
    let table = [
        (
            "\"first-seen\"",
            &full,
            "2026-06-17",
            "first-seen",
            "scan time of report.json",
            "",
        ),
        (
            "\"reported\"",
            &full,
            "2026-06-09",
            "reported",
            "ticket AMS-1",
            "",
        ),
        ("\"triaged\"", &full, "2026-06-10", "triaged", "triaged", ""),
        (
            "\"published\"",
            &full,
            "2026-06-11",
            "published",
            "published",
            "",
        ),
        (
            "\"fix-available\"",
            &full,
            "2026-06-12",
            "fix-available",
            "fix-available",
            "",
        ),
        (
            "\"kev-added\"",
            &full,
            "2026-06-13",
            "kev-added",
            "kev-added",
            "",
        ),
        ("\"aware\"", &full, "2026-06-14", "aware", "aware", ""),
        (
            "[\"triaged\", \"reported\"]",
            &full,
            "2026-06-10",
            "triaged",
            "triaged",
            "",
        ),
        (
            "\"reported\"",
            &bare,
            "2026-06-17",
            "first-seen",
            "scan time of report.json",
            "not known: reported",
        ),
        (
            "[\"aware\", \"triaged\"]",
            &bare,
            "2026-06-17",
            "first-seen",
            "scan time of report.json",
            "not known: aware, triaged",
        ),
    ];
    for (start, finding, day, event, source, told) in table {
        let assessment = engine(&[&text(start)], AS_OF).assess(finding, &[]);
        assert_eq!(by(&assessment, Duty::Fix).as_deref(), Some(day), "{start}");
        let why = chosen(&assessment, FIX);
        assert_eq!(why.start.as_ref().unwrap().untrusted(), event);
        assert_eq!(why.start_source.as_ref().unwrap().untrusted(), source);
        assert_eq!(note(why), told, "{start}");
    }
    let mut timeless = bare;
    timeless.first_seen = None;
    let assessment = engine(&[&text("\"reported\"")], AS_OF).assess(&timeless, &[]);
    assert_eq!(by(&assessment, Duty::Fix).as_deref(), Some("2026-11-28"));
    let why = chosen(&assessment, FIX);
    assert_eq!(why.start_source.as_ref().unwrap().untrusted(), "as-of");
}

#[test]
fn a_duty_has_a_clock_of_its_own() {
    let text = "version = 1\nname = \"p\"\nstart = \"reported\"\nacknowledge = \"1 day\"\n[fix]\nall = \"7 days\"\nstart = \"triaged\"\n";
    let mut finding = rated("2026-06-10T10:00:00Z", "high");
    reported(&mut finding, "2026-06-02T10:00:00Z", "mail");
    finding.date(
        Fact::Triaged,
        Moment::new(time("2026-06-04T10:00:00Z"), "Bugcrowd"),
    );
    let assessment = engine(&[text], AS_OF).assess(&finding, &[]);
    assert_eq!(
        by(&assessment, Duty::Acknowledge).as_deref(),
        Some("2026-06-03")
    );
    assert_eq!(by(&assessment, Duty::Fix).as_deref(), Some("2026-06-11"));
}

#[test]
fn linked_tickets_start_the_clock_at_the_earliest_report() {
    let finding = rated("2026-06-10T10:00:00Z", "high");
    let later = ticket("AMS-2", None, "2026-06-08T10:00:00Z", TicketState::Open);
    let mut earlier = ticket("AMS-1", None, "2026-06-05T10:00:00Z", TicketState::Open);
    // The tracker's own date counts although no parser wrote it down as an event.
    earlier.dates.clear();
    let text = "version = 1\nname = \"p\"\nstart = \"reported\"\nfix = \"7 days\"\n";
    for tickets in [[&later, &earlier], [&earlier, &later]] {
        let assessment = engine(&[text], AS_OF).assess(&finding, &tickets);
        assert_eq!(by(&assessment, Duty::Fix).as_deref(), Some("2026-06-12"));
        let why = chosen(&assessment, FIX);
        assert_eq!(
            why.start_source.as_ref().unwrap().untrusted(),
            "ticket AMS-1"
        );
    }
}

#[test]
fn a_ticket_date_may_tighten_and_never_loosens() {
    // The own promise: 2026-06-01 and 14 days.
    let table = [
        (
            Some("high"),
            "2026-06-10",
            TicketState::Open,
            "2026-06-10",
            "ticket AMS-1",
            "",
        ),
        (
            Some("high"),
            "2026-06-30",
            TicketState::Open,
            "2026-06-15",
            "p",
            "later, so it loosens nothing",
        ),
        (
            Some("high"),
            "2026-06-15",
            TicketState::Open,
            "2026-06-15",
            "p",
            "as early; a policy comes before a ticket",
        ),
        (
            Some("high"),
            "2026-06-10",
            TicketState::Waiting,
            "2026-06-10",
            "ticket AMS-1",
            "the ticket is waiting",
        ),
        (
            Some("high"),
            "2026-06-10",
            TicketState::Closed,
            "2026-06-10",
            "ticket AMS-1",
            "the ticket is closed",
        ),
        (
            Some("high"),
            "2026-06-30",
            TicketState::Fixed,
            "2026-06-15",
            "p",
            "the ticket is fixed; later, so it loosens nothing",
        ),
        // No date on purpose, no date at all, and no policy: the ticket alone.
        (
            Some("info"),
            "2026-06-30",
            TicketState::Open,
            "2026-06-30",
            "ticket AMS-1",
            "",
        ),
        (
            Some("low"),
            "2026-06-30",
            TicketState::Open,
            "2026-06-30",
            "ticket AMS-1",
            "",
        ),
        (
            None,
            "2026-06-30",
            TicketState::Open,
            "2026-06-30",
            "ticket AMS-1",
            "",
        ),
    ];
    let text = "version = 1\nname = \"p\"\n[fix]\nhigh = \"14 days\"\ninfo = \"none\"\n";
    for (level, due, state, expected, winner, told) in table {
        let ticket = ticket("AMS-1", Some(due), "2026-06-01T10:00:00Z", state);
        let policies: Vec<&str> = level.iter().map(|_| text).collect();
        let finding = rated("2026-06-01T10:00:00Z", level.unwrap_or("high"));
        let assessment = engine(&policies, AS_OF).assess(&finding, &[&ticket]);
        assert_eq!(
            by(&assessment, Duty::Fix).as_deref(),
            Some(expected),
            "{level:?} {due}"
        );
        assert_eq!(assessment.due().unwrap().policy.untrusted(), winner);
        let reasons = reasons(&assessment, FIX);
        let why = reasons
            .iter()
            .find(|why| why.policy.untrusted() == "ticket AMS-1")
            .unwrap();
        assert_eq!(note(why), told, "{level:?} {due} {state:?}");
        assert_eq!(why.chosen, winner == "ticket AMS-1");
    }
}

#[test]
fn a_ticket_date_ends_with_the_day_where_that_ends_first() {
    let zone = |name: &str, zone: &str| {
        format!(
            "version = 1\nname = \"{name}\"\nfix = \"90 days\"\n[calendar]\ntimezone = \"{zone}\"\n"
        )
    };
    let texts = [zone("a", "America/Los_Angeles"), zone("b", "Asia/Tokyo")];
    let finding = rated("2026-06-01T10:00:00Z", "high");
    let ticket = ticket(
        "AMS-1",
        Some("2026-06-10"),
        "2026-06-01T10:00:00Z",
        TicketState::Open,
    );
    let ends = |texts: &[&str]| {
        engine(texts, AS_OF)
            .assess(&finding, &[&ticket])
            .due()
            .unwrap()
            .ends
    };
    assert_eq!(ends(&[&texts[0]]), time("2026-06-11T07:00:00Z"));
    assert_eq!(ends(&[&texts[0], &texts[1]]), time("2026-06-10T15:00:00Z"));
    assert_eq!(ends(&[]), time("2026-06-11T00:00:00Z"));
}

#[test]
fn of_several_policies_the_earliest_wins_per_duty_whatever_their_order() {
    let a = "version = 1\nname = \"a\"\nacknowledge = \"3 days\"\nfix = \"14 days\"\n";
    let b = "version = 1\nname = \"b\"\nacknowledge = \"1 day\"\nfix = \"30 days\"\n";
    let c = "version = 1\nname = \"c\"\nfix = \"none\"\n";
    let finding = rated("2026-06-01T10:00:00Z", "high");
    let first = engine(&[a, b, c], AS_OF).assess(&finding, &[]);
    assert_eq!(by(&first, Duty::Fix).as_deref(), Some("2026-06-15"));
    assert_eq!(by(&first, Duty::Acknowledge).as_deref(), Some("2026-06-02"));
    let order: Vec<&str> = reasons(&first, FIX)
        .iter()
        .map(|why| why.policy.untrusted())
        .collect();
    assert_eq!(order, ["a", "b", "c"]);
    for texts in [[c, b, a], [b, a, c], [b, c, a]] {
        assert_eq!(engine(&texts, AS_OF).assess(&finding, &[]), first);
    }
}

#[test]
fn weeks_are_not_days_when_both_policies_race() {
    // 2026-06-22: 90 days of the vendor against 12 weeks of the platform, 84 days.
    let vendor = "version = 1\nname = \"vendor\"\nfix = \"90 days\"\n";
    let texts = [vendor, preset("atlassian-marketplace-cloud")];
    let assessment = engine(&texts, AS_OF).assess(&rated("2026-06-22T10:00:00Z", "medium"), &[]);
    assert_eq!(by(&assessment, Duty::Fix).as_deref(), Some("2026-09-14"));
    let why = chosen(&assessment, FIX);
    assert_eq!(why.term.as_ref().unwrap().untrusted(), "12 weeks");
    assert!(note(why).ends_with(
        "version of 2026-01-01; unconfirmed: numbers and date as vendors quote them in 2026; check them against the page"
    ));
}

#[test]
fn the_version_in_force_at_as_of_counts() {
    let cloud = preset("atlassian-marketplace-cloud");
    let finding = rated("2022-01-03T10:00:00Z", "critical");
    // 2022-01-03 is a Monday: four weeks later is 2022-01-31, ten days later 2022-01-13.
    let table = [
        (
            "2022-12-05T23:59:59Z",
            None,
            "Atlassian Marketplace Security Bug Fix Policy, cloud apps",
        ),
        (
            "2022-12-06T00:00:00Z",
            Some("2022-01-31"),
            "Marketplace Security Bug Fix Policy, page of 2022-12-06",
        ),
        (
            "2023-10-08T00:00:00Z",
            Some("2022-01-31"),
            "Marketplace Security Bug Fix Policy, page of 2023-10-08",
        ),
        (
            "2025-12-31T23:59:59Z",
            Some("2022-01-31"),
            "Marketplace Security Bug Fix Policy, page of 2023-10-08",
        ),
        (
            "2026-01-01T00:00:00Z",
            Some("2022-01-13"),
            "Marketplace Security Bug Fix Policy, as vendors quote it in 2026",
        ),
    ];
    for (as_of, expected, source) in table {
        let mut engine = engine(&[cloud], as_of);
        assert_eq!(
            by(&engine.assess(&finding, &[]), Duty::Fix).as_deref(),
            expected,
            "{as_of}"
        );
        let notes = engine.notes();
        assert_eq!(
            notes.first().unwrap().source.as_ref().unwrap().untrusted(),
            source
        );
    }
}

#[test]
fn a_policy_out_of_force_sets_no_date_and_says_so() {
    let text = "version = 1\nname = \"p\"\neffective = 2026-06-22\nuntil = 2026-12-31\nfix = \"7 days\"\n[calendar]\ntimezone = \"Europe/Berlin\"\n";
    let finding = rated("2026-06-01T10:00:00Z", "high");
    // The day changes at 22:00 UTC in summer and at 23:00 UTC in winter.
    let table = [
        (
            "2026-06-21T21:59:59Z",
            Some("not in force before 2026-06-22"),
        ),
        ("2026-06-21T22:00:00Z", None),
        ("2026-12-31T22:59:59Z", None),
        (
            "2026-12-31T23:00:00Z",
            Some("not in force after 2026-12-31"),
        ),
    ];
    for (as_of, reason) in table {
        let mut engine = engine(&[text], as_of);
        let assessment = engine.assess(&finding, &[]);
        assert_eq!(assessment.deadlines.is_empty(), reason.is_some(), "{as_of}");
        let told = engine.idle().map(|(_, note)| note.untrusted()).next();
        assert_eq!(told, reason, "{as_of}");
        let in_why = reasons(&assessment, FIX)
            .first()
            .map(|why| (why.chosen, note(why).to_owned()));
        if let Some(reason) = reason {
            assert_eq!(in_why, Some((false, reason.to_owned())));
        }
    }
}

#[test]
fn conditions_of_rules_look_at_every_fact() {
    let mut subject = rated("2026-06-01T10:00:00Z", "high");
    subject.kind = Kind::Dependency;
    subject.claims.insert(score("NVD", 88));
    subject.ids.insert(Text::line("CVE-2021-23337"));
    subject.ids.insert(Text::line("GHSA-35jh-r3h4-6jhm"));
    subject.rule.id = Some(Text::line("GHSA-35jh-r3h4-6jhm"));
    subject.tags.insert(Text::line("Unmaintained"));
    let mut package = Package::new(Text::line("pkg:npm/%40harbor/lodash"));
    package.fixed_in.insert(Text::line("4.17.21"));
    subject.package = Some(Box::new(package));
    subject.locations.insert(crate::model::Location {
        path: Some(Text::line("web/src/index.js")),
        ..Default::default()
    });
    let holding = [
        "severity = \"high\"",
        "severity = [\"low\", \"high\"]",
        "severity-at-least = \"medium\"",
        "severity-at-least = \"high\"",
        "score-at-least = 8.8",
        "score-at-least = 8",
        "ids = \"cve-2021-*\"",
        "scanner = \"codeql\"",
        "scanner = [\"Snyk\", \"NVD\"]",
        "rule = \"CVE-2021-23337\"",
        "rule = \"GHSA-35jh-*\"",
        "kind = \"dependency\"",
        "kind = [\"code\", \"dependency\"]",
        "app = \"com.harborapps.*\"",
        "path = \"web/**\"",
        "path = \"**/*.js\"",
        "package = \"pkg:npm/*\"",
        "package = \"@harbor/lodash\"",
        "package = \"pkg:npm/@harbor/*\"",
        "package = \"pkg:npm/%40harbor/lodash\"",
        "fix-available = true",
        "tag = \"unmaintained\"",
        "source = \"scanner\"",
        "",
        "kind = \"dependency\", tag = \"unmaintained\"",
    ];
    let failing = [
        "severity = \"critical\"",
        "severity-at-least = \"critical\"",
        "score-at-least = 8.9",
        "ids = \"CVE-2022-*\"",
        "scanner = \"Code\"",
        "rule = \"cve-2021-*\"",
        "rule = \"js/*\"",
        "kind = \"code\"",
        "app = \"queue-board\"",
        "path = \"web/*.js\"",
        "path = \"src/**\"",
        "package = \"pkg:cargo/*\"",
        "package = \"lodash\"",
        "package = \"@harbor/Lodash\"",
        "fix-available = false",
        "tag = \"maintained\"",
        "source = \"customer\"",
        "source = [\"bug-bounty\", \"ticket\"]",
        "kind = \"dependency\", tag = \"other\"",
    ];
    let holds = |when: &str| {
        let text = format!(
            "version = 1\nname = \"p\"\n[[rule]]\nname = \"r\"\nwhen = {{ {when} }}\nthen = {{ fix = \"1 day\" }}\n"
        );
        let assessment = engine(&[&text], AS_OF).assess(&subject, &[]);
        by(&assessment, Duty::Fix).is_some()
    };
    for when in holding {
        assert!(holds(when), "{when}");
    }
    for when in failing {
        assert!(!holds(when), "{when}");
    }
}

#[test]
fn a_source_is_told_by_tags_tools_and_tickets() {
    let text = |source: &str| {
        format!(
            "version = 1\nname = \"p\"\n[[rule]]\nname = \"r\"\nwhen = {{ source = \"{source}\" }}\nthen = {{ fix = \"1 day\" }}\n"
        )
    };
    let sources = |finding: &Finding, tickets: &[&Finding]| -> Vec<&str> {
        let names = ["bug-bounty", "customer", "researcher", "ticket", "scanner"];
        let told = |name: &&str| {
            !engine(&[&text(name)], AS_OF)
                .assess(finding, tickets)
                .deadlines
                .is_empty()
        };
        names.into_iter().filter(told).collect()
    };
    let scanned = rated("2026-06-01T10:00:00Z", "high");
    let open = ticket("AMS-1", None, "2026-06-01T10:00:00Z", TicketState::Open);
    assert_eq!(sources(&scanned, &[]), ["scanner"]);
    assert_eq!(sources(&scanned, &[&open]), ["ticket", "scanner"]);
    let mut bounty = finding("2026-06-01T10:00:00Z");
    bounty.sightings.insert(Sighting {
        place: super::place(),
        scanner: Text::line("Bugcrowd"),
    });
    assert_eq!(sources(&bounty, &[]), ["bug-bounty"]);
    let mut tagged = scanned;
    tagged.tags.insert(Text::line("source:customer"));
    assert_eq!(sources(&tagged, &[]), ["customer", "scanner"]);
}

#[test]
fn a_term_of_a_rule_stands_in_place_of_the_table_and_the_strictest_rule_wins() {
    let text = r#"
version = 1
name = "p"
fix = "14 days"
[[rule]]
name = "tests"
when = { path = "test/**" }
then = { fix = "none", reason = "not shipped" }
[[rule]]
name = "slow"
when = { tag = "slow" }
then = { fix = "60 days" }
[[rule]]
name = "fast"
when = { tag = "fast" }
then = { fix = "3 days" }
"#;
    let due = |tags: &[&str], path: &str| {
        let mut subject = rated("2026-06-01T10:00:00Z", "high");
        subject.tags.extend(tags.iter().map(|tag| Text::line(tag)));
        subject.locations.insert(crate::model::Location {
            path: Some(Text::line(path)),
            ..Default::default()
        });
        engine(&[text], AS_OF).assess(&subject, &[])
    };
    assert_eq!(
        by(&due(&[], "src/a.js"), Duty::Fix).as_deref(),
        Some("2026-06-15")
    );
    assert_eq!(
        by(&due(&["slow"], "src/a.js"), Duty::Fix).as_deref(),
        Some("2026-07-31")
    );
    assert_eq!(
        by(&due(&["slow", "fast"], "src/a.js"), Duty::Fix).as_deref(),
        Some("2026-06-04")
    );
    assert_eq!(
        by(&due(&["slow"], "test/a.js"), Duty::Fix).as_deref(),
        Some("2026-07-31")
    );
    let none = due(&[], "test/a.js");
    assert_eq!(by(&none, Duty::Fix), None);
    let told: Vec<(bool, &str, &str)> = reasons(&none, FIX)
        .into_iter()
        .map(|why| (why.chosen, why.rule.untrusted(), note(why)))
        .collect();
    assert_eq!(
        told,
        [
            (true, "rule tests", "not shipped"),
            (false, "fix.high", "a rule stands in its place")
        ]
    );
}

#[test]
fn the_bounty_vendor_gives_immediate_attention() {
    let name = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/samples/policies/tidewater-tools.toml"
    );
    let policies = crate::policy::load(&[name.to_owned()]).unwrap();
    let mut engine = Engine::new(policies, time(AS_OF));
    let mut bounty = finding("2026-06-05T10:00:00Z");
    bounty.claims.insert(word("Bugcrowd", "P2"));
    reported(&mut bounty, "2026-06-05T10:00:00Z", "Bugcrowd submission");
    let assessment = engine.assess(&bounty, &[]);
    assert_eq!(
        by(&assessment, Duty::Acknowledge).as_deref(),
        Some("2026-06-05")
    );
    assert_eq!(by(&assessment, Duty::Assess).as_deref(), Some("2026-06-09"));
    assert_eq!(by(&assessment, Duty::Fix).as_deref(), Some("2026-06-12"));
    let scanned = engine.assess(&rated("2026-06-05T10:00:00Z", "high"), &[]);
    assert_eq!(
        by(&scanned, Duty::Acknowledge).as_deref(),
        Some("2026-06-12")
    );
    assert_eq!(by(&scanned, Duty::Fix).as_deref(), Some("2026-07-03"));
}

#[test]
fn the_vendor_without_numbers_orders_and_sets_no_date() {
    let name = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/samples/policies/lantern-works.toml"
    );
    let policies = crate::policy::load(&[name.to_owned()]).unwrap();
    let mut subject = finding("2026-06-05T10:00:00Z");
    subject.claims.insert(score("NVD", 86));
    subject.date(
        Fact::FixAvailable,
        Moment::new(time("2026-06-01T00:00:00Z"), "advisory"),
    );
    let mut alone = Engine::new(policies.clone(), time(AS_OF));
    let assessment = alone.assess(&subject, &[]);
    assert!(assessment.deadlines.is_empty() && !assessment.overdue(time(AS_OF)));
    assert_eq!(assessment.severity, Severity::Critical);
    let cloud = policy(preset("atlassian-marketplace-cloud"));
    let both = policies.into_iter().chain([cloud]).collect();
    let assessment = Engine::new(both, time(AS_OF)).assess(&subject, &[]);
    // The platform sees high, which the vendor's own rule does not change: four weeks.
    assert_eq!(by(&assessment, Duty::Fix).as_deref(), Some("2026-07-03"));
}

#[test]
fn the_status_follows_baseline_suppressions_and_tickets() {
    let suppression = |status, scanner: &str| Suppression {
        status,
        scanner: Text::line(scanner),
        kind: Text::line("inSource"),
        justification: None,
    };
    let accepted = suppression(SuppressionStatus::Accepted, "CodeQL");
    let disputed = suppression(SuppressionStatus::UnderReview, "CodeQL");
    let elsewhere = suppression(SuppressionStatus::Rejected, "Semgrep");
    let table = [
        (vec![], None, Status::Open),
        (vec![], Some(Baseline::New), Status::Open),
        (vec![], Some(Baseline::Unobserved), Status::Unobserved),
        (vec![], Some(Baseline::Fixed), Status::Fixed),
        (vec![&accepted], None, Status::Suppressed),
        (
            vec![&accepted],
            Some(Baseline::Unobserved),
            Status::Suppressed,
        ),
        (vec![&accepted], Some(Baseline::Fixed), Status::Fixed),
        (vec![&disputed], None, Status::Open),
        (vec![&elsewhere], None, Status::Open),
        (vec![&accepted, &disputed], None, Status::Open),
        (vec![&accepted, &elsewhere], None, Status::Open),
    ];
    for (suppressions, baseline, expected) in table {
        let mut subject = rated("2026-06-01T10:00:00Z", "high");
        subject.suppressions = suppressions.iter().map(|own| (*own).clone()).collect();
        subject.baseline = baseline;
        let assessment = engine(&[], AS_OF).assess(&subject, &[]);
        assert_eq!(assessment.status, expected, "{suppressions:?} {baseline:?}");
        let by = assessment.suppressed.map(|suppressed| suppressed.by);
        assert_eq!(by.is_some(), expected == Status::Suppressed);
    }
    let mut seen = rated("2026-06-01T10:00:00Z", "high");
    seen.suppressions.insert(accepted);
    let place = |at: &str| Place {
        report: InputId {
            path: Text::line("report"),
            digest: Text::default(),
        }
        .into(),
        at: Text::line(at),
    };
    for (scanner, expected) in [("CodeQL", Status::Suppressed), ("Semgrep", Status::Open)] {
        seen.sightings.insert(Sighting {
            place: place(scanner),
            scanner: Text::line(scanner),
        });
        let status = engine(&[], AS_OF).assess(&seen, &[]).status;
        assert_eq!(status, expected, "what {scanner} sees as well");
    }
    for state in TicketState::ALL {
        let own = ticket("AMS-1", Some("2026-06-01"), "2026-05-01T00:00:00Z", state);
        let assessment = engine(&[], AS_OF).assess(&own, &[]);
        let open = matches!(state, TicketState::Open | TicketState::Waiting);
        // Only what the tracker calls fixed is fixed; of others that it closed the reader sees why.
        let (expected, reason) = match state {
            TicketState::Open | TicketState::Waiting => (Status::Open, None),
            TicketState::Fixed => (Status::Fixed, None),
            TicketState::Duplicate => (
                Status::Suppressed,
                Some("the ticket is a duplicate of another"),
            ),
            TicketState::Closed => (
                Status::Suppressed,
                Some("the ticket is closed, which does not say that it is fixed"),
            ),
        };
        assert_eq!(assessment.status, expected, "{state:?}");
        let suppressed = assessment.suppressed.as_deref();
        assert_eq!(suppressed.map(|one| one.reason.untrusted()), reason);
        assert_eq!(assessment.overdue(time(AS_OF)), open);
        // A closed ticket does not close what a scanner still sees.
        let seen = engine(&[], AS_OF).assess(&rated("2026-05-01T00:00:00Z", "high"), &[&own]);
        assert_eq!(seen.status, Status::Open);
    }
}

#[test]
fn findings_with_one_story_share_it() {
    let mut engine = engine(&[preset("flowdesk")], AS_OF);
    let one = engine.assess(&rated("2026-07-03T09:00:00Z", "high"), &[]);
    let mut twin = rated("2026-07-03T09:00:00Z", "high");
    twin.app = Text::line("com.harborapps.time-ledger");
    assert!(Arc::ptr_eq(&one.why, &engine.assess(&twin, &[]).why));
    let other = engine.assess(&rated("2026-07-04T09:00:00Z", "high"), &[]);
    assert!(!Arc::ptr_eq(&one.why, &other.why));
}

#[test]
fn reasons_stand_by_subject_with_the_chosen_one_first() {
    let mut engine = engine(
        &[preset("flowdesk"), preset("atlassian-marketplace-cloud")],
        AS_OF,
    );
    let mut subject = rated("2026-07-03T09:00:00Z", "high");
    subject.claims.insert(word("Semgrep", "low"));
    let assessment = engine.assess(&subject, &[]);
    let told: Vec<(bool, &str, &str, &str)> = assessment
        .why
        .iter()
        .map(|why| {
            (
                why.chosen,
                why.about.name(),
                why.policy.untrusted(),
                why.rule.untrusted(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (true, "severity", "default", "word of CodeQL"),
            (false, "severity", "default", "word of Semgrep"),
            (true, "acknowledge", "flowdesk", "acknowledge.high"),
            (true, "assess", "flowdesk", "assess.high"),
            (true, "fix", "flowdesk", "fix.high"),
            (false, "fix", "atlassian-marketplace-cloud", "fix.high"),
        ]
    );
}

#[test]
fn an_unrated_finding_meets_the_rules_of_its_level() {
    let rule = |when: &str| {
        format!(
            "version = 1\nname = \"p\"\nfix = \"14 days\"\n[[rule]]\nname = \"r\"\nwhen = {{ {when} }}\nthen = {{ fix = \"1 day\" }}\n"
        )
    };
    let table = [
        ("severity-at-least = \"high\"", "2026-06-02"),
        ("severity = \"high\"", "2026-06-02"),
        ("severity = \"unknown\"", "2026-06-02"),
        ("severity = \"medium\"", "2026-06-15"),
        ("severity-at-least = \"critical\"", "2026-06-15"),
    ];
    for (when, expected) in table {
        let assessment =
            engine(&[&rule(when)], AS_OF).assess(&finding("2026-06-01T10:00:00Z"), &[]);
        assert_eq!(
            by(&assessment, Duty::Fix).as_deref(),
            Some(expected),
            "{when}"
        );
        assert_eq!(assessment.severity, Severity::Unknown);
    }
}

#[test]
fn editions_with_a_gap_say_which_one_ended() {
    let text = "version = 1\nname = \"p\"\nfix = \"7 days\"\n[[edition]]\neffective = 2026-01-01\nuntil = 2026-01-31\n[[edition]]\neffective = 2026-03-01\n";
    let table = [
        (
            "2025-12-31T12:00:00Z",
            Some("not in force before 2026-01-01"),
        ),
        ("2026-01-31T12:00:00Z", None),
        (
            "2026-02-01T12:00:00Z",
            Some("not in force after 2026-01-31"),
        ),
        ("2026-03-01T12:00:00Z", None),
    ];
    for (as_of, expected) in table {
        let told = policy(text).in_force(time(as_of)).err();
        assert_eq!(told.as_deref(), expected, "{as_of}");
    }
}

#[test]
fn one_more_policy_or_ticket_never_moves_a_date_to_later() {
    let own = "version = 1\nname = \"own\"\nacknowledge = \"1 business day\"\nfix = \"20 days\"\n[[rule]]\nname = \"calm\"\nwhen = { scanner = \"CodeQL\" }\nthen = { lower = \"low\", reason = \"behind a login\" }\n";
    let texts = [
        own,
        preset("flowdesk"),
        preset("atlassian-marketplace-cloud"),
    ];
    let levels = ["critical", "high", "medium", "low", "info", "purple"];
    let tickets: Vec<Finding> = ["2026-06-10", "2026-09-01", "2027-01-01"]
        .iter()
        .map(|due| {
            ticket(
                "AMS-1",
                Some(due),
                "2026-06-20T10:00:00Z",
                TicketState::Open,
            )
        })
        .collect();
    for level in levels {
        let subject = rated("2026-06-01T10:00:00Z", level);
        for some in 0_usize..8 {
            let chosen = |set: usize| -> Vec<&str> {
                let picked = (0..3).filter(|bit| set & (1 << bit) != 0);
                picked.map(|bit| texts[bit]).collect()
            };
            let before = engine(&chosen(some), AS_OF).assess(&subject, &[]);
            let mut after: Vec<_> = (0..3)
                .map(|bit| engine(&chosen(some | (1 << bit)), AS_OF).assess(&subject, &[]))
                .collect();
            for ticket in &tickets {
                // A ticket that brings a date alone: when it was opened is another fact, and may move a clock.
                let mut dated = ticket.clone();
                dated.dates.clear();
                dated.ticket.as_mut().unwrap().created = None;
                after.push(engine(&chosen(some), AS_OF).assess(&subject, &[&dated]));
            }
            for after in after {
                assert!(
                    after.severity >= before.severity || some == 0,
                    "{level} {some}"
                );
                for (duty, deadline) in before.deadlines.iter() {
                    assert!(
                        after.deadlines[duty].ends <= deadline.ends,
                        "{level} {some}"
                    );
                }
            }
        }
    }
}

#[test]
fn a_duty_to_notify_waits_for_the_events_that_are_named_and_for_nothing_else() {
    let text = |start: &str| {
        let head = "version = 1\nname = \"p\"\nunknown = \"high\"\n";
        format!("{head}{start}notify = \"24 hours\"\n")
    };
    let finding = rated("2026-11-01T10:00:00Z", "high");
    for (start, date, shown) in [
        ("", Some("2026-11-02T10:00:00Z"), "first-seen"),
        ("start = \"aware\"\n", None, "aware"),
        (
            "start = [\"aware\", \"first-seen\"]\n",
            Some("2026-11-02T10:00:00Z"),
            "aware first-seen",
        ),
    ] {
        let text = text(start);
        let assessment = engine(&[&text], AS_OF).assess(&finding, &[]);
        assert_eq!(by(&assessment, Duty::Notify).as_deref(), date, "{start}");
        let rows = crate::policy::describe(&policy(&text));
        let names: Vec<_> = rows[0].start.iter().map(|start| start.name()).collect();
        assert_eq!(names.join(" "), shown);
    }
}

#[test]
fn the_note_of_a_policy_tells_when_its_next_version_begins() {
    let text = "version = 1\nname = \"p\"\n[calendar]\ntimezone = \"Asia/Tokyo\"\n[[edition]]\neffective = 2026-01-01\nfix = \"90 days\"\n[[edition]]\neffective = 2026-12-10\nfix = \"5 days\"\n";
    let next = |as_of| engine(&[text], as_of).notes()[0].next;
    let begins = time("2026-12-09T15:00:00Z");
    assert_eq!(next(AS_OF), Some(begins));
    assert_eq!(next("2026-12-09T15:00:00Z"), None);
    assert_eq!(
        next("2025-12-31T00:00:00Z"),
        Some(time("2025-12-31T15:00:00Z"))
    );
}
