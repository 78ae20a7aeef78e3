use super::*;
use crate::model::{Outcome, Severity};
use crate::parse::testing::{Collected, read, read_forced};

fn sample(words: &str) -> Collected {
    let (collected, closing) = read(&BugcrowdCsv, words);
    let closing = closing.unwrap();
    assert_eq!(closing.outcome, Outcome::Complete);
    assert!(closing.scope.is_empty());
    collected
}

#[test]
fn a_submission_becomes_a_ticket_with_its_dates() {
    let collected = sample(include_str!("../../../samples/bugcrowd-csv/basic.csv"));
    let states: Vec<_> = collected
        .findings
        .iter()
        .map(|finding| finding.ticket.as_ref().unwrap().state)
        .collect();
    assert_eq!(
        states,
        [
            TicketState::Open,
            TicketState::Fixed,
            TicketState::Duplicate
        ]
    );

    let first = &collected.findings[0];
    let key = "5f0b0000000000000000000000000000000000000000000000000000000000a1";
    assert_eq!(first.kind, Kind::Ticket);
    assert_eq!(first.keys.as_slice(), [Key::ticket(key)]);
    assert_eq!(first.app.untrusted(), "com.harborapps.queue-board");
    assert_eq!(
        first.rule.id,
        Some(Text::line("Cross-Site Scripting (XSS) > Stored > Non-Self"))
    );
    assert_eq!(first.rule.name, Some(Text::line("Non-Self")));
    assert_eq!(first.tags.as_slice(), [Text::line("source:bug-bounty")]);
    assert_eq!(first.weaknesses.as_slice(), [Text::line("CWE-79")]);
    let links: Vec<_> = first.links.iter().map(Text::untrusted).collect();
    assert_eq!(
        links,
        [
            "https://cwe.mitre.org/data/definitions/79",
            "https://owasp.org/www-community/attacks/xss/"
        ]
    );
    assert_eq!(
        first.claims.iter().next().unwrap().severity,
        Some(Severity::High)
    );
    assert_eq!(
        first.dates[&Fact::Reported].at.to_string(),
        "2026-03-01T06:15:06Z"
    );
    assert_eq!(
        first.dates[&Fact::Triaged].at.to_string(),
        "2026-03-04T16:09:59Z"
    );
    assert_eq!(
        first.first_seen.as_ref().unwrap().at.to_string(),
        "2026-03-01T06:15:06Z"
    );
    let ticket = first.ticket.as_ref().unwrap();
    assert_eq!(ticket.key.untrusted(), key);
    assert_eq!(ticket.created.unwrap().to_string(), "2026-03-01T06:15:06Z");
    assert_eq!(ticket.updated.unwrap().to_string(), "2026-03-04T16:09:59Z");
    assert_eq!(ticket.status, Some(Text::line("unresolved")));
    assert_eq!(first.sightings.as_slice()[0].place.at.untrusted(), "line 2");

    let second = &collected.findings[1];
    assert_eq!(second.ids.as_slice(), [Text::line("CVE-2019-10744")]);
    // The description and the references of the first take lines 2 to 8.
    assert_eq!(
        second.sightings.as_slice()[0].place.at.untrusted(),
        "line 9"
    );
    assert!(collected.findings[2].claims.is_empty());
}

#[test]
fn people_money_and_credentials_stay_out() {
    let collected = sample(include_str!("../../../samples/bugcrowd-csv/basic.csv"));
    let words = format!("{:?}", collected.findings);
    assert!(words.contains("Bearer [redacted authorization]"), "{words}");
    for secret in ["hunter-0", "aB3dE6gH9jK2mN5pQ8sT", "GET /board"] {
        assert!(!words.contains(secret), "{secret} in {words}");
    }
}

#[test]
fn a_header_alone_is_a_complete_export_of_nothing() {
    assert_eq!(
        sample(include_str!("../../../samples/bugcrowd-csv/clean.csv")).records,
        0
    );
}

#[test]
fn an_export_that_is_cut_is_never_complete() {
    let whole = include_str!("../../../samples/bugcrowd-csv/basic.csv");
    let of = |words: &str| {
        let (collected, closing) = read(&BugcrowdCsv, words);
        let closing = closing.unwrap();
        let notes: Vec<_> = closing.notes.iter().map(Text::untrusted).collect();
        (
            collected.findings.len(),
            collected.rejects,
            closing.outcome,
            notes.join("; "),
        )
    };
    // Within the references, the last cell of the first row: nothing is missing but their end.
    let references = whole.find("https://owasp.org").unwrap();
    assert_eq!(
        of(&whole[..references]),
        (
            0,
            vec!["line 2: the file ends within a quoted cell".to_owned()],
            Outcome::Truncated,
            "the file ends within a quoted cell".to_owned()
        )
    );
    // The last row lacks its last three cells.
    let (findings, rejects, outcome, note) = of(whole.trim_end().trim_end_matches("website,,"));
    assert_eq!((findings, outcome), (2, Outcome::Truncated));
    assert!(
        rejects[0].ends_with("expected 25 columns, found 23"),
        "{rejects:?}"
    );
    assert_eq!(note, "its last row is not whole");
    // Without a line end and without rows, a cut header is as good as a whole one.
    let header = whole.find(",vulnerability_references").unwrap();
    assert_eq!(
        of(&whole[..header]),
        (
            0,
            Vec::new(),
            Outcome::Truncated,
            "its header has no end, and no row stands below it".to_owned()
        )
    );
}

#[test]
fn bad_rows_cost_themselves_only() {
    let collected = sample(include_str!("../../../samples/bugcrowd-csv/rejects.csv"));
    assert_eq!((collected.records, collected.findings.len()), (4, 1));
    assert_eq!(
        collected.rejects,
        [
            "line 3: expected the submission's key in `reference_number`, found none",
            "line 4: expected 25 columns, found 3",
            "line 5: expected a date such as `2020-03-01 06:15:06 UTC` in `submitted_at`, found `yesterday`",
        ]
    );
}

#[test]
fn columns_go_by_name_and_unknown_words_are_open() {
    let header =
        "vrt_lineage,state,substate,title,submitted_at,priority,duplicate,reference_number";
    let of = |row: &str| {
        let collected = sample(&format!("{header}\n{row}\n"));
        let finding = &collected.findings[0];
        let severity = finding
            .claims
            .iter()
            .next()
            .and_then(|claim| claim.severity);
        (finding.ticket.as_ref().unwrap().state, severity)
    };
    assert_eq!(
        of("x,open,resolved,t,,1,,k"),
        (TicketState::Open, Some(Severity::Critical))
    );
    assert_eq!(
        of("x,closed,wont_fix,t,,5,FALSE,k"),
        (TicketState::Closed, Some(Severity::Info))
    );
    assert_eq!(
        of("x,closed,unresolved,t,,5,FALSE,k"),
        (TicketState::Open, Some(Severity::Info))
    );
    assert_eq!(
        of("x,,odd,t,,P9,,k"),
        (TicketState::Open, Some(Severity::Unknown))
    );
    assert_eq!(of("x,closed,resolved,t,,,,k"), (TicketState::Fixed, None));
    let (_, closing) = read_forced(
        &BugcrowdCsv,
        "reference_number,vrt_lineage\n",
        &Options::default(),
    );
    assert_eq!(
        closing.unwrap_err().message(),
        "expected the column `title`, found none"
    );
}

#[test]
fn every_delimiter_and_line_end_gives_the_same_submissions_each_at_its_line() {
    let rows = [
        "reference_number,vrt_lineage,title,priority,substate,state,submitted_at",
        "k1,x,One,1,resolved,closed,2026-03-01 06:15:06 UTC",
        "k2,x,Two,2,unresolved,open,2026-03-02 06:15:06 UTC",
    ];
    let places = |words: &str| {
        let collected = sample(words);
        let place = |finding: &Finding| {
            let at = &finding.sightings.as_slice()[0].place.at;
            let title = finding.title.as_ref().unwrap();
            format!("{} {}", title.untrusted(), at.untrusted())
        };
        collected.findings.iter().map(place).collect::<Vec<_>>()
    };
    for delimiter in [",", ";", "\t"] {
        for end in ["\n", "\r\n", "\r"] {
            let table = rows.join(end).replace(',', delimiter) + end;
            assert_eq!(places(&table), ["One line 2", "Two line 3"], "{table:?}");
            let declared = format!("sep={delimiter}{end}{table}");
            assert_eq!(places(&declared), ["One line 3", "Two line 4"]);
        }
    }
}

#[test]
fn a_clock_starts_at_the_earliest_time_that_a_submission_tells() {
    let header = "vrt_lineage,state,substate,title,priority,reference_number,submitted_at,validated_at,closed_at";
    let day = |day: u32| format!("2026-03-0{day} 06:15:06 UTC");
    for (dates, expected) in [
        (format!("{},{},", day(1), day(2)), Some(day(1))),
        (format!(",{},{}", day(3), day(4)), Some(day(3))),
        (format!(",,{}", day(4)), Some(day(4))),
        (",,".to_owned(), None),
    ] {
        let collected = sample(&format!("{header}\nx,open,triaged,t,2,k,{dates}\n"));
        let first = collected.findings[0].first_seen.as_ref();
        let first = first.map(|first| first.at.strftime("%F %T UTC").to_string());
        assert_eq!(first, expected, "{dates}");
    }
}
