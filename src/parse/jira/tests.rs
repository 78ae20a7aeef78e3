//! Each reader over the samples, and the three against each other.

use std::fmt::Write as _;

use jiff::tz::TimeZone;

use super::{JiraCsv, JiraJson, JiraXml};
use crate::error::Error;
use crate::model::{Fact, Finding, Key, Outcome, Score, Severity, Text, TicketState, Trust};
use crate::parse::testing::{Collected, read, read_forced};
use crate::parse::{Closing, Options, Parser};

const BASIC_CSV: &str = include_str!("../../../samples/jira-csv/basic.csv");
const BASIC_XML: &str = include_str!("../../../samples/jira-xml/basic.xml");
const BASIC_JSON: &str = include_str!("../../../samples/jira-json/basic.json");

fn good(parser: &dyn Parser, words: &str) -> (Collected, Closing) {
    let (collected, closing) = read(parser, words);
    (collected, closing.unwrap())
}

fn broken(parser: &dyn Parser, words: &str) -> (Collected, Error) {
    let (collected, closing) = read(parser, words);
    (collected, closing.unwrap_err())
}

fn notes(closing: &Closing) -> Vec<&str> {
    closing.notes.iter().map(Text::untrusted).collect()
}

/// Everything that a finding says, without places, addresses and the time of the export, which only some exports tell.
fn without_places(finding: &Finding) -> String {
    let mut finding = finding.clone();
    let mut words = String::new();
    for claim in &finding.claims {
        let (trust, severity) = (claim.trust.name(), claim.severity);
        writeln!(
            words,
            "{trust} {severity:?} {:?} {:?} {:?}",
            claim.word, claim.score, claim.vector
        )
        .unwrap();
    }
    finding.claims = crate::model::Claims::default();
    finding.sightings = crate::model::Capped::new();
    finding.links = crate::model::Capped::new();
    finding.last_seen = None;
    finding.ticket.as_mut().unwrap().url = None;
    write!(words, "{finding:#?}").unwrap();
    words
}

fn by_key<'a>(collected: &'a Collected, key: &str) -> &'a Finding {
    let key = Key::ticket(key);
    collected
        .findings
        .iter()
        .find(|finding| finding.keys.contains(&key))
        .unwrap()
}

#[test]
fn three_exports_of_the_same_tickets_give_the_same_findings() {
    let all = |parser: &dyn Parser, words: &str| {
        let (collected, closing) = good(parser, words);
        assert_eq!(collected.rejects, Vec::<String>::new());
        assert_eq!(closing.outcome, Outcome::Complete);
        assert!(closing.scope.is_empty());
        collected
            .findings
            .iter()
            .map(without_places)
            .collect::<Vec<_>>()
    };
    let csv = all(&JiraCsv, BASIC_CSV);
    assert_eq!(csv.len(), 6);
    for other in [all(&JiraXml, BASIC_XML), all(&JiraJson, BASIC_JSON)] {
        for (mine, theirs) in csv.iter().zip(&other) {
            assert_eq!(mine, theirs);
        }
        assert_eq!(other.len(), 6);
    }
}

#[test]
fn a_ticket_tells_its_check_its_dates_and_its_score() {
    let (collected, closing) = good(&JiraCsv, BASIC_CSV);
    assert_eq!(
        notes(&closing),
        ["its dates name no time zone: they were read in UTC"]
    );
    let finding = by_key(&collected, "AMS-41001");
    assert_eq!(finding.app.untrusted(), "com.harborapps.queue-board");
    assert_eq!(finding.rule.id.as_ref().unwrap().untrusted(), "csrt/1.2");
    assert_eq!(
        finding.description.as_ref().unwrap().untrusted(),
        "One or more endpoints answered with a status below 400 to the token of a plain user.\n\n\
         Proof: GET https://queue-board.harborapps.example/admin answered 200, expected 401 & no body\n\n\
         - Validate the token on every request\n- Check the \"permissions\" of the user"
    );
    let first = finding.first_seen.as_ref().unwrap();
    assert_eq!(
        (first.at.to_string().as_str(), first.source.untrusted()),
        ("2026-11-02T15:51:00Z", "ticket AMS-41001")
    );
    assert_eq!(finding.dates[&Fact::Reported], *first);
    assert_eq!(
        finding.last_seen.unwrap().to_string(),
        "2026-11-05T09:02:00Z"
    );
    let ticket = finding.ticket.as_ref().unwrap();
    assert_eq!(ticket.state, TicketState::Open);
    assert_eq!(ticket.due.unwrap().to_string(), "2026-12-01");
    assert_eq!(
        ticket
            .checks
            .iter()
            .map(Text::untrusted)
            .collect::<Vec<_>>(),
        ["csrt/1.2"]
    );
    let mut claims = finding.claims.iter();
    let published = claims.next().unwrap();
    assert_eq!(published.trust, Trust::Published);
    assert_eq!(published.scanner.untrusted(), "Ecoscanner");
    assert_eq!(published.score, Score::from_tenths(88));
    let claims: Vec<_> = claims.collect();
    assert_eq!(claims.len(), 2);
    assert_eq!(claims[0].severity, Some(Severity::High));
    assert_eq!(claims[0].score, Score::from_tenths(88));
    assert_eq!(
        claims[0].vector.as_ref().unwrap().untrusted(),
        "CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H"
    );
    assert_eq!(
        (
            claims[1].trust,
            claims[1].word.as_ref().unwrap().untrusted()
        ),
        (Trust::Priority, "P2")
    );
    assert_eq!(
        finding.sightings.first().unwrap().place.at.untrusted(),
        "line 2"
    );
}

#[test]
fn states_apps_ids_and_tags_come_from_where_they_stand() {
    let (collected, _) = good(&JiraXml, BASIC_XML);
    let tags = |key: &str| {
        by_key(&collected, key)
            .tags
            .iter()
            .map(|tag| tag.untrusted().to_owned())
            .collect::<Vec<_>>()
    };
    let ticket = |key: &str| by_key(&collected, key).ticket.clone().unwrap();
    let ids = by_key(&collected, "AMS-41002")
        .ids
        .iter()
        .map(Text::untrusted)
        .collect::<Vec<_>>();
    assert_eq!(ids, ["CVE-2021-23337", "GHSA-35jh-r3h4-6jhm"]);
    assert_eq!(
        tags("AMS-41002"),
        [
            "extension-requested",
            "source:scanner",
            "type:ecoscanner-vulnerability"
        ]
    );
    // Not shipped is not fixed, and the date has passed.
    assert_eq!(ticket("AMS-41003").state, TicketState::Open);
    assert_eq!(ticket("AMS-41003").due.unwrap().to_string(), "2026-11-10");
    assert_eq!(
        tags("AMS-41003"),
        [
            "source:bug-bounty",
            "type:security-vulnerability",
            "waiting-for-release"
        ]
    );
    assert_eq!(
        by_key(&collected, "AMS-41003").app.untrusted(),
        "com.harborapps.time-ledger"
    );
    assert_eq!(ticket("AMS-41004").state, TicketState::Fixed);
    assert_eq!(
        by_key(&collected, "AMS-41004").app.untrusted(),
        "com.harborapps.queue-board"
    );
    assert_eq!(ticket("AMS-41005").state, TicketState::Waiting);
    assert_eq!(ticket("AMS-41005").due.unwrap().to_string(), "2026-12-24");
    assert_eq!(
        ticket("AMS-41005").checks.first().unwrap().untrusted(),
        "fsrt/hardcoded-secret"
    );
    assert_eq!(
        by_key(&collected, "AMS-41005").app.untrusted(),
        "Time Ledger"
    );
    let claim = by_key(&collected, "AMS-41005")
        .claims
        .iter()
        .find(|claim| claim.trust != Trust::Published)
        .unwrap()
        .clone();
    assert_eq!(
        (claim.severity, claim.trust),
        (Some(Severity::Critical), Trust::Priority)
    );
    assert_eq!(ticket("AMS-41006").state, TicketState::Duplicate);
    let unknown = by_key(&collected, "AMS-41006");
    assert!(unknown.claims.iter().any(|claim| {
        claim
            .word
            .as_ref()
            .is_some_and(|word| word.untrusted() == "Catastrophic")
    }));
    assert_eq!(
        unknown.rule.id.as_ref().unwrap().untrusted(),
        "jira/security-vulnerability"
    );
}

#[test]
fn the_xml_export_says_when_it_was_made_and_where_tickets_are_read() {
    let (collected, closing) = good(&JiraXml, BASIC_XML);
    assert_eq!(
        closing.scanner_version,
        Text::some_line("1001.0.0-SNAPSHOT")
    );
    let finding = by_key(&collected, "AMS-41001");
    assert_eq!(
        finding.last_seen.unwrap().to_string(),
        "2026-11-21T23:00:00Z"
    );
    let url = finding.ticket.as_ref().unwrap().url.clone().unwrap();
    assert_eq!(
        url.untrusted(),
        "https://tracker.harborapps.example/browse/AMS-41001"
    );
    assert_eq!(
        finding.sightings.first().unwrap().place.at.untrusted(),
        "/rss/channel/item[1]"
    );
    let (collected, _) = good(&JiraJson, BASIC_JSON);
    let finding = by_key(&collected, "AMS-41001");
    assert_eq!(finding.ticket.as_ref().unwrap().url, Some(url));
    assert_eq!(
        finding.sightings.first().unwrap().place.at.untrusted(),
        "/issues/0"
    );
}

#[test]
fn records_that_would_lose_a_clock_are_rejects() {
    let dates = "such as `2026-11-30` or `30/Nov/26 3:51 PM`, found";
    let (csv, _) = good(
        &JiraCsv,
        include_str!("../../../samples/jira-csv/rejects.csv"),
    );
    assert_eq!(csv.findings.len(), 2);
    assert_eq!(
        csv.rejects,
        [
            "line 3: expected an issue key such as `AMS-1`, found `41008`".to_owned(),
            format!("line 4: expected a date in `created`, {dates} `11/02/26 3:51 PM`"),
            format!("line 5: expected a date in `remediation due date`, {dates} `next quarter`"),
            "line 6: expected 31 columns as in the header, found 32".to_owned(),
        ]
    );
    let (xml, _) = good(
        &JiraXml,
        include_str!("../../../samples/jira-xml/rejects.xml"),
    );
    assert_eq!(xml.findings.len(), 1);
    assert_eq!(xml.rejects.len(), 3);
    assert_eq!(
        xml.rejects[1],
        format!("/rss/channel/item[3]: expected a date in `created`, {dates} `when the scan ran`")
    );
    let (json, _) = good(
        &JiraJson,
        include_str!("../../../samples/jira-json/rejects.json"),
    );
    assert_eq!(json.findings.len(), 1);
    assert_eq!(json.rejects.len(), 5);
    assert_eq!(json.rejects[3], "/issues/4: missing field `fields`");
    assert_eq!(
        json.rejects[4],
        "/issues/5: invalid type: integer `7`, expected a ticket"
    );
}

#[test]
fn a_translated_csv_is_read_with_its_mark_and_line_ends() {
    let options = Options {
        zone: Some(TimeZone::fixed(jiff::tz::offset(2))),
        ..Options::default()
    };
    let words = include_str!("../../../samples/jira-csv/translated.csv");
    let (collected, closing) = read_forced(&JiraCsv, words, &options);
    assert_eq!(collected.rejects, Vec::<String>::new());
    assert_eq!(
        notes(&closing.unwrap()),
        ["its dates name no time zone: they were read in the zone that was set"]
    );
    let finding = by_key(&collected, "AMS-41020");
    assert_eq!(
        finding.first_seen.as_ref().unwrap().at.to_string(),
        "2026-07-19T09:43:00Z"
    );
    let ticket = finding.ticket.as_ref().unwrap();
    assert_eq!(ticket.updated.unwrap().to_string(), "2026-08-11T22:05:00Z");
    assert_eq!(ticket.due.unwrap().to_string(), "2026-11-30");
    assert_eq!(
        by_key(&collected, "AMS-41021")
            .ticket
            .as_ref()
            .unwrap()
            .state,
        TicketState::Closed
    );
    // The mark is gone when a file is read, and may be there when its head is looked at.
    good(&JiraCsv, words.trim_start_matches('\u{feff}'));
}

#[test]
fn a_file_from_a_spreadsheet_is_one_error() {
    let words = include_str!("../../../samples/jira-csv/spreadsheet.csv");
    for words in [words.to_owned(), words.replacen(";;;;;;", "", 1)] {
        let (collected, error) = broken(&JiraCsv, &words);
        assert_eq!(collected.records, 0);
        assert!(
            error.message().starts_with("whole rows stand in quotes"),
            "{error}"
        );
        assert!(error.hint_text().is_some());
    }
    let (_, error) = broken(
        &JiraCsv,
        "\"Summary,Issue key,\"\"Status\"\",Created\";;;\n\"a,AMS-1,b,c\";;;\n",
    );
    assert!(error.message().starts_with("whole rows"), "{error}");
}

#[test]
fn a_thousand_rows_may_not_be_all() {
    let rows = |count: usize| {
        let mut words = "Summary,Issue key,Status,Created\n".to_owned();
        for number in 1..=count {
            writeln!(words, "s,AMS-{number},Needs Patch,02/Nov/26 3:51 PM").unwrap();
        }
        good(&JiraCsv, &words).1.outcome
    };
    assert_eq!(rows(0), Outcome::Complete);
    assert_eq!(rows(999), Outcome::Complete);
    assert_eq!(rows(1000), Outcome::Truncated);
    assert_eq!(rows(1001), Outcome::Complete);
}

#[test]
fn a_csv_that_ends_within_a_row_is_truncated() {
    let words = "Summary,Issue key,Status,Created,Description\na,AMS-1,Needs Patch,02/Nov/26 3:51 PM,x\nb,AMS-2,Nee";
    let (collected, closing) = good(&JiraCsv, words);
    assert_eq!((collected.findings.len(), collected.rejects.len()), (1, 1));
    assert_eq!(closing.outcome, Outcome::Truncated);
    // A row with all its cells, of which the last goes on.
    let words = "Summary;Issue key;Status;Created;Description\na;AMS-1;Needs Patch;02/Nov/26 3:51 PM;\"x\n\ny\"\nb;AMS-2;Needs Patch;02/Nov/26 3:51 PM;\"5 \"\"\n";
    let (collected, closing) = good(&JiraCsv, words);
    assert_eq!(collected.findings.len(), 1);
    assert_eq!(
        collected.rejects,
        ["line 5: the file ends within a quoted cell"]
    );
    assert_eq!(closing.outcome, Outcome::Truncated);
    assert!(notes(&closing).contains(&"the file ends within a quoted cell"));
    let (collected, closing) = good(&JiraCsv, "Summary,Issue key,Status,Created,Descri");
    assert_eq!(collected.records, 0);
    assert_eq!(closing.outcome, Outcome::Truncated);
}

#[test]
fn headers_in_an_unknown_language_are_named_not_guessed() {
    let words = "要約,課題キー,課題 ID,ステータス,作成日,更新日,カスタム フィールド (App key),カスタム フィールド (CVSS Score)\na,AMS-1,1,x,x,x,x,x\n";
    let (collected, error) = broken(&JiraCsv, words);
    assert_eq!(collected.records, 0);
    assert_eq!(
        error.message(),
        "no column of tickets is called `Summary` or `Status` or `Created`"
    );
    assert!(error.hint_text().unwrap().contains("\"Issue key\""));
}

#[test]
fn other_delimiters_are_seen() {
    let words = "Summary;Issue key;Status;Created\na, b;AMS-1;Needs Patch;02/Nov/26 3:51 PM\n";
    let (collected, _) = good(&JiraCsv, words);
    assert_eq!(
        collected.findings[0].title.as_ref().unwrap().untrusted(),
        "a, b"
    );
}

#[test]
fn every_ticket_has_its_own_line_whatever_ends_the_lines() {
    let rows = [
        "Summary,Issue key,Status,Created",
        "One,AMS-1,Needs Patch,02/Nov/26 3:51 PM",
        "\"Two\r\nlines\",AMS-2,Needs Patch,02/Nov/26 3:51 PM",
        "Three,AMS-3,Needs Patch,02/Nov/26 3:51 PM",
    ];
    let places = |words: &str| {
        let (collected, _) = good(&JiraCsv, words);
        let places = collected.findings.iter().map(|finding| {
            let place = &finding.sightings.as_slice()[0].place;
            place.at.untrusted().to_owned()
        });
        places.collect::<Vec<_>>()
    };
    for end in ["\n", "\r\n", "\r"] {
        let table = rows.join(end) + end;
        assert_eq!(places(&table), ["line 2", "line 3", "line 5"], "{end:?}");
        let declared = format!("sep=;{end}{}", table.replace(',', ";"));
        assert_eq!(places(&declared), ["line 3", "line 4", "line 6"]);
    }
}

#[test]
fn an_export_that_holds_only_a_part_is_truncated() {
    let (collected, closing) = good(
        &JiraXml,
        include_str!("../../../samples/jira-xml/truncated.xml"),
    );
    assert_eq!(
        (collected.findings.len(), closing.outcome),
        (2, Outcome::Truncated)
    );
    assert_eq!(
        notes(&closing),
        ["it holds tickets 0 to 2 of the 6 that its search found"]
    );
    let short = BASIC_XML.replace(r#"end="6" total="6""#, r#"end="7" total="7""#);
    assert_eq!(good(&JiraXml, &short).1.outcome, Outcome::Truncated);
    let (collected, closing) = good(
        &JiraJson,
        include_str!("../../../samples/jira-json/pages.ndjson"),
    );
    assert_eq!(
        (collected.findings.len(), closing.outcome),
        (4, Outcome::Truncated)
    );
    assert_eq!(
        notes(&closing),
        ["it holds 4 of the 5 tickets that its search found"]
    );
    assert_eq!(
        collected.findings[3]
            .sightings
            .first()
            .unwrap()
            .place
            .at
            .untrusted(),
        "2:/issues/1"
    );
    let more = BASIC_JSON.replace(
        r#""isLast": true"#,
        r#""isLast": false, "nextPageToken": "abc""#,
    );
    assert_eq!(good(&JiraJson, &more).1.outcome, Outcome::Truncated);
}

#[test]
fn an_xml_file_that_breaks_keeps_what_was_read() {
    let cut = BASIC_XML
        .split_at(BASIC_XML.find("<key id=\"610003\">").unwrap())
        .0;
    let (collected, error) = broken(&JiraXml, cut);
    assert_eq!(collected.findings.len(), 2);
    assert_eq!(error.message(), "the file ends in the middle of `item`");
    let (collected, error) = broken(
        &JiraXml,
        &BASIC_XML.replacen("See the submission", "See &outside; the submission", 1),
    );
    assert_eq!(collected.findings.len(), 2);
    assert_eq!(error.message(), "the entity `&outside;` is not defined");
    let (_, error) = broken(
        &JiraXml,
        include_str!("../../../samples/jira-xml/doctype.xml"),
    );
    assert_eq!(
        error.message(),
        "declares a document type, which Jira's exports never do"
    );
    let deep = BASIC_XML.replacen("<environment>", &"<a>".repeat(100), 1);
    assert_eq!(broken(&JiraXml, &deep).1.message(), "nested deeper than 64");
}

#[test]
fn an_answer_that_breaks_keeps_what_was_read() {
    let ticket = |number: u32| {
        format!(
            r#"{{"key":"AMS-{number}","fields":{{"summary":"s","status":{{"name":"Needs Patch"}},"created":"2026-11-02T15:51:00.000+0000","customfield_1":"2026-12-0{number}"}}}}"#
        )
    };
    let page = |numbers: std::ops::Range<u32>| {
        let issues = numbers.map(ticket).collect::<Vec<_>>().join(",");
        format!(r#"{{"names":{{"customfield_1":"Remediation Due Date"}},"issues":[{issues}]}}"#)
    };
    let dues = |words: &str| {
        let (collected, error) = broken(&JiraJson, words);
        assert!(error.place().is_some());
        assert_eq!(collected.rejects, Vec::<String>::new());
        let due = |finding: &Finding| finding.ticket.as_ref()?.due.map(|due| due.to_string());
        collected.findings.iter().map(due).collect::<Vec<_>>()
    };
    let days = |days: &[u32]| -> Vec<Option<String>> {
        let day = |day: &u32| Some(format!("2026-12-0{day}"));
        days.iter().map(day).collect()
    };
    let within = |words: &str, end: &str| words[..words.rfind(end).unwrap()].to_owned();
    let one = page(1..6);
    assert_eq!(dues(&within(&one, "summary")), days(&[1, 2, 3, 4]));
    // A whole page, and one that is cut, whether before its names or behind them.
    let two = format!("{one}\n{}", within(&page(6..9), "created"));
    assert_eq!(dues(&two), days(&[1, 2, 3, 4, 5, 6, 7]));
    let bare = two.replace(
        "\n{\"names\":{\"customfield_1\":\"Remediation Due Date\"},",
        "\n{",
    );
    assert_eq!(dues(&bare), days(&[1, 2, 3, 4, 5, 6, 7]));
    assert_eq!(dues(&format!("[{two}")), days(&[1, 2, 3, 4, 5]));
    assert_eq!(dues(&format!("[{one},{}", ticket(6))).len(), 6);
    // An answer of another sort behind a page.
    let refused = r#"{"errorMessages":["Too many requests"],"errors":{}}"#;
    assert_eq!(dues(&format!("{one}\n{refused}")), days(&[1, 2, 3, 4, 5]));
}

#[test]
fn tickets_on_one_line_have_places_of_their_own() {
    let ticket = |number: u32| {
        format!(r#"{{"key":"AMS-{number}","fields":{{"status":{{"name":"Triage"}}}}}}"#)
    };
    let words = format!("{}{}\n{}", ticket(1), ticket(2), ticket(3));
    let (collected, _) = good(&JiraJson, &words);
    let places = collected.findings.iter().map(|finding| {
        let place = &finding.sightings.as_slice()[0].place;
        place.at.untrusted()
    });
    assert_eq!(places.collect::<Vec<_>>(), ["line 1", "2:", "line 2"]);
}

#[test]
fn an_item_that_is_too_large_is_a_reject() {
    let large = "x".repeat(17 * 1024 * 1024);
    let words = BASIC_XML.replacen("The header is missing.", &large, 1);
    let (collected, closing) = good(&JiraXml, &words);
    assert_eq!(collected.findings.len(), 5);
    assert_eq!(
        collected.rejects,
        ["/rss/channel/item[4]: the item is larger than 16 MiB"]
    );
    assert_eq!(closing.outcome, Outcome::Complete);
}

#[test]
fn one_ticket_lists_and_lines_are_read_too() {
    let ticket = |number: u32| {
        format!(
            r#"{{"key":"AMS-{number}","self":"https://tracker.harborapps.example/rest/api/2/issue/{number}","fields":{{"summary":"s","status":{{"name":"Triage"}},
            "created":"2026-11-02T15:51:00.000+0000","description":"h2. *bold*","customfield_1":[{{"value":"2026-12-01"}}],"customfield_2":null,"labels":7}},"names":{{"customfield_1":"remediation due date"}}}}"#
        )
    };
    for (words, count, last) in [
        (ticket(1), 1, "line 1"),
        (format!("[{},{}]", ticket(1), ticket(2)), 2, "/1"),
        (
            format!(
                "{}\n{}\n",
                ticket(1).replace('\n', ""),
                ticket(2).replace('\n', "")
            ),
            2,
            "line 2",
        ),
    ] {
        let (collected, closing) = good(&JiraJson, &words);
        assert_eq!(collected.rejects, Vec::<String>::new());
        assert_eq!(
            (collected.findings.len(), closing.outcome),
            (count, Outcome::Complete)
        );
        let finding = collected.findings.last().unwrap();
        assert_eq!(
            finding.sightings.first().unwrap().place.at.untrusted(),
            last
        );
        assert_eq!(finding.description.as_ref().unwrap().untrusted(), "bold");
        assert_eq!(
            finding.ticket.as_ref().unwrap().due.unwrap().to_string(),
            "2026-12-01"
        );
    }
}

#[test]
fn custom_fields_without_names_are_not_passed_over_in_silence() {
    let (_, closing) = good(&JiraJson, &BASIC_JSON.replace("\"names\"", "\"Names\""));
    assert_eq!(closing.outcome, Outcome::Partial);
    assert_eq!(
        notes(&closing),
        [
            "its custom fields have values but no names: ask Jira with `expand=names`, or name its list of fields with `--jira-fields`"
        ]
    );
}

#[test]
fn a_refusal_is_an_error() {
    let (_, error) = broken(
        &JiraJson,
        include_str!("../../../samples/jira-json/refused.json"),
    );
    assert!(
        error
            .message()
            .starts_with("Jira answered with an error: The value 'AMS' does not exist")
    );
}

#[test]
fn other_formats_are_left_alone() {
    for words in [
        r#"{"total":1,"p":1,"ps":100,"issues":[{"key":"AX","rule":"java:S1","severity":"MAJOR"}]}"#,
        r#"[{"id":"customfield_1","name":"Sprint","custom":true,"schema":{"type":"string"}}]"#,
        "reference_number,bounty_code,source,title,state\n1,2,3,4,5\n",
        "Name,Status,Summary\na,b,c\n",
        "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>News</title><item><title>x</title></item></channel></rss>",
        "<testsuite><testcase/></testsuite>",
        "",
    ] {
        let found = crate::parse::detect(
            &[&JiraCsv, &JiraXml, &JiraJson],
            words.as_bytes(),
            &Options::default(),
        );
        assert_eq!(found.map(Parser::name), None, "{words}");
    }
}

#[test]
fn what_a_ticket_says_twice_counts_at_its_strictest() {
    let due = "Custom field (Remediation Due Date)";
    let words = format!(
        "Summary,Issue key,Status,Created,Priority,Custom field (Note),{due},{due}\n\
         a,AMS-1,Needs Patch,02/Nov/26 3:51 PM,P1,CVSS:3.1/nothing,30/Nov/26,2026-11-20\n\
         b,AMS-2,Needs Patch,,P1,cvss:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H,,\n"
    );
    let (collected, closing) = good(&JiraCsv, &words);
    let first = by_key(&collected, "AMS-1");
    assert_eq!(
        first.ticket.as_ref().unwrap().due.unwrap().to_string(),
        "2026-11-20"
    );
    assert!(
        first
            .claims
            .iter()
            .any(|claim| claim.trust == Trust::Priority)
    );
    assert_eq!(by_key(&collected, "AMS-2").first_seen, None);
    assert!(
        notes(&closing)
            .iter()
            .any(|note| note.starts_with("some tickets do not say when they were opened"))
    );
}

/// What the only ticket of a CSV export claims, the claims of each sort in their order: trust, level, score in tenths.
fn claims_of(headers: &str, row: &str) -> Vec<(Trust, Option<Severity>, Option<u8>)> {
    let words = format!(
        "Summary,Issue key,Status,Created,{headers}\na,AMS-1,Needs Patch,02/Nov/26 3:51 PM,{row}\n"
    );
    let (collected, _) = good(&JiraCsv, &words);
    let claims = collected.findings[0].claims.iter();
    claims
        .map(|claim| (claim.trust, claim.severity, claim.score.map(Score::tenths)))
        .collect()
}

#[test]
fn of_several_levels_and_scores_each_is_kept_and_the_strictest_comes_first() {
    let level = "Custom field (Vulnerability Severity Level)";
    let stated = |level| (Trust::Stated, Some(level), None);
    let (low, critical) = (stated(Severity::Low), stated(Severity::Critical));
    for row in ["Low,Critical", "Critical,Low"] {
        assert_eq!(claims_of(&format!("{level},{level}"), row), [critical, low]);
    }
    for row in ["garble,Critical", "Critical,garble"] {
        let told = claims_of(&format!("{level},{level}"), row);
        assert_eq!(told, [critical, stated(Severity::Unknown)], "{row}");
    }
    let score = "Custom field (CVSS score)";
    let scored = |tenths| (Trust::Stated, None, Some(tenths));
    for row in ["3.0,9.8", "9.8,3.0"] {
        let told = claims_of(&format!("{score},{score}"), row);
        assert_eq!(told, [scored(98), scored(30)], "{row}");
    }
    let row = "3.0,Low,9.8,Critical";
    let told = claims_of(&format!("{score},{level},{score},{level}"), row);
    let both = (Trust::Stated, Some(Severity::Critical), Some(98));
    assert_eq!(told, [both, scored(30), low]);

    let json = r#"{"issues":[{"key":"AMS-1","fields":{"summary":"S","status":{"name":"Needs Patch"},
        "created":"2026-11-02T15:51:00.000+0000","customfield_2":[{"value":"Low"},{"value":"Critical"}],
        "customfield_3":{"value":"High"}}}],"isLast":true,
        "names":{"customfield_2":"Vulnerability Severity Level","customfield_3":"Vulnerability Severity Level"}}"#;
    let (collected, _) = good(&JiraJson, json);
    let claims = collected.findings[0].claims.iter();
    let levels: Vec<_> = claims.map(|claim| claim.severity.unwrap()).collect();
    assert_eq!(levels, [Severity::Critical, Severity::High, Severity::Low]);
}

#[test]
fn a_priority_alone_calls_nothing_harmless() {
    let priority = |level| (Trust::Priority, Some(level), None);
    for (word, level) in [
        ("None", Severity::Unknown),
        ("Lowest", Severity::Low),
        ("Trivial", Severity::Low),
        ("P5", Severity::Low),
        ("Info", Severity::Low),
        ("P1", Severity::Critical),
    ] {
        assert_eq!(claims_of("Priority", word), [priority(level)], "{word}");
    }
    let told = claims_of(
        "Priority,Custom field (Vulnerability Severity Level)",
        "P1,None",
    );
    let unset = (Trust::Stated, Some(Severity::Unknown), None);
    assert_eq!(told, [unset, priority(Severity::Critical)]);
}

#[test]
fn of_two_times_of_opening_the_earlier_counts() {
    for times in [
        "02/Nov/26 3:51 PM,05/Nov/26 9:02 AM",
        "05/Nov/26 9:02 AM,02/Nov/26 3:51 PM",
    ] {
        let words =
            format!("Summary,Issue key,Status,Created,Created\na,AMS-1,Needs Patch,{times}\n");
        let (collected, _) = good(&JiraCsv, &words);
        let created = collected.findings[0].ticket.as_ref().unwrap().created;
        assert_eq!(created.unwrap().to_string(), "2026-11-02T15:51:00Z");
    }
}

#[test]
fn what_cannot_be_read_is_unknown_and_no_milder_priority_stands_in_its_place() {
    let bad = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:X";
    let claims = |score: &str, vector: &str| {
        let words = format!(
            "Summary,Issue key,Status,Created,Priority,Custom field (CVSS score),Custom field (CVSS vector)\n\
             a,AMS-1,Needs Patch,02/Nov/26 3:51 PM,P4,{score},{vector}\n"
        );
        let (collected, _) = good(&JiraCsv, &words);
        let claims = collected.findings[0].claims.iter().map(|claim| {
            let word = claim.word.as_ref().map_or("", Text::untrusted).to_owned();
            (
                claim.trust,
                claim.severity,
                word,
                claim.score.map(Score::tenths),
            )
        });
        claims.collect::<Vec<_>>()
    };
    let p4 = || (Trust::Priority, Some(Severity::Low), "P4".to_owned(), None);
    let unknown = |word: &str| {
        (
            Trust::Stated,
            Some(Severity::Unknown),
            word.to_owned(),
            None,
        )
    };
    let read = (Trust::Stated, None, String::new(), Some(88));
    assert_eq!(claims("8.8/10", ""), [read.clone(), p4()]);
    assert_eq!(claims("8.8/10", bad), [read, p4()]);
    assert_eq!(claims("soon", ""), [unknown("soon"), p4()]);
    assert_eq!(claims("", "none yet"), [unknown("none yet"), p4()]);
    assert_eq!(claims("", bad), [unknown(bad), p4()]);
    // A word of the scale in the field of the score is that word.
    assert_eq!(claims("High", "")[0].1, Some(Severity::High));
    assert_eq!(claims("", ""), [p4()]);
}

#[test]
fn a_quote_that_never_closes_does_not_fill_the_memory() {
    let mut words =
        "Summary,Issue key,Status,Created\na,AMS-1,Needs Patch,02/Nov/26 3:51 PM\n\"".to_owned();
    words.push_str(&"x\n".repeat(9 * 1024 * 1024));
    let (_, error) = broken(&JiraCsv, &words);
    assert_eq!(error.message(), "a record is larger than 16 MiB");
    assert_eq!(error.place(), Some("line 3"));
}

#[test]
fn a_history_tells_when_a_ticket_was_confirmed() {
    let history = r#"{"total":3,"histories":[
        {"created":"2026-11-20T10:00:00.000+0000","items":[{"field":"status","fromString":"Extension Requested","toString":"Needs Patch"}]},
        {"created":"2026-11-09T10:00:00.000+0000","items":[{"field":"assignee","toString":null},{"field":"status","toString":"Needs Patch"}]},
        {"created":"2026-11-08T10:00:00.000+0000","items":[{"field":"status","toString":"Needs Security Review"}]}]}"#;
    let with = |history: &str| {
        BASIC_JSON.replacen(
            "\"key\": \"AMS-41003\",",
            &format!("\"key\": \"AMS-41003\", \"changelog\": {history},"),
            1,
        )
    };
    let (collected, _) = good(&JiraJson, &with(history));
    let triaged = &by_key(&collected, "AMS-41003").dates[&Fact::Triaged];
    assert_eq!(triaged.at.to_string(), "2026-11-09T10:00:00Z");
    assert_eq!(triaged.source.untrusted(), "history of ticket AMS-41003");
    for cut in [
        history.replace("\"total\":3", "\"total\":30"),
        "{\"histories\":7}".to_owned(),
    ] {
        let (collected, _) = good(&JiraJson, &with(&cut));
        assert_eq!(
            by_key(&collected, "AMS-41003").dates.get(&Fact::Triaged),
            None
        );
    }
}

#[test]
fn a_header_without_its_end_is_no_empty_search() {
    let (header, _) = BASIC_CSV.split_once('\n').unwrap();
    for (words, outcome) in [
        (format!("{header}\n"), Outcome::Complete),
        (header.to_owned(), Outcome::Truncated),
        (header[..header.len() - 9].to_owned(), Outcome::Truncated),
    ] {
        let (collected, closing) = good(&JiraCsv, &words);
        assert_eq!((collected.records, closing.outcome), (0, outcome));
    }
}

#[test]
fn no_cut_and_no_odd_byte_can_do_harm() {
    for (parser, words) in [
        (&JiraCsv as &dyn Parser, BASIC_CSV),
        (&JiraXml, BASIC_XML),
        (&JiraJson, BASIC_JSON),
    ] {
        for at in (0..words.len())
            .step_by(61)
            .filter(|at| words.is_char_boundary(*at))
        {
            let (before, after) = words.split_at(at);
            // The sums of records are checked by the reader itself.
            let _ = read_forced(parser, before, &Options::default());
            let odd = ["\"", "<", "&", "{", "\n", "é", "]]>", "*", ","][at % 9];
            let _ = read_forced(
                parser,
                &format!("{before}{odd}{after}"),
                &Options::default(),
            );
        }
    }
}

#[test]
fn a_clock_starts_at_the_earliest_time_that_a_ticket_tells() {
    let header = "Summary,Issue key,Status,Created,Updated,Resolved\n";
    for (dates, expected) in [
        (",2026-08-05 10:00,", Some("2026-08-05T10:00:00Z")),
        (
            ",2026-08-05 10:00,2026-08-04 10:00",
            Some("2026-08-04T10:00:00Z"),
        ),
        (
            "2026-08-01 10:00,2026-08-05 10:00,",
            Some("2026-08-01T10:00:00Z"),
        ),
        (",,soon", None),
        (",,", None),
    ] {
        let words = format!("{header}a,AMS-1,Needs Patch,{dates}\n");
        let (collected, _) = good(&JiraCsv, &words);
        let finding = &collected.findings[0];
        let first = finding
            .first_seen
            .as_ref()
            .map(|first| first.at.to_string());
        assert_eq!(first.as_deref(), expected, "{dates}");
        assert_eq!(
            finding.dates.contains_key(&Fact::Reported),
            dates.starts_with("2026")
        );
    }
}

#[test]
fn an_export_without_items_must_say_that_there_are_none() {
    let export = |inner: &str| {
        format!(
            "<rss version=\"0.92\"><channel><title>Jira</title>{inner}<build-info><version>1</version></build-info></channel></rss>"
        )
    };
    let (collected, closing) = good(
        &JiraXml,
        &export("<issue start=\"0\" end=\"0\" total=\"0\"/>"),
    );
    assert_eq!((collected.records, closing.outcome), (0, Outcome::Complete));
    for inner in ["", "<issue start=\"0\" end=\"\" total=\"\"/>"] {
        let (collected, error) = broken(&JiraXml, &export(inner));
        assert_eq!(collected.records, 0);
        assert!(error.message().ends_with("found neither"), "{inner}");
    }
}

#[test]
fn a_ticket_that_two_pages_hold_stands_for_one() {
    let page = |start: u32, keys: [&str; 2]| {
        let issue = |key: &str| {
            format!(
                r#"{{"key": "{key}", "fields": {{"summary": "S", "created": "2026-11-02T15:51:00.000+0000"}}}}"#
            )
        };
        let issues = keys.map(issue).join(", ");
        format!(r#"{{"startAt": {start}, "total": 4, "issues": [{issues}]}}"#)
    };
    let closes = |second: [&str; 2]| {
        let pages = [page(0, ["AMS-1", "AMS-2"]), page(2, second)].join("\n");
        let (collected, closing) = read(&JiraJson, &pages);
        assert_eq!((collected.records, collected.rejects.len()), (4, 0));
        closing.unwrap()
    };
    assert_eq!(closes(["AMS-3", "AMS-4"]).outcome, Outcome::Complete);
    let moved = closes(["AMS-2", "AMS-3"]);
    assert_eq!(moved.outcome, Outcome::Truncated);
    assert_eq!(
        notes(&moved),
        ["it holds 3 of the 4 tickets that its search found"]
    );
}
