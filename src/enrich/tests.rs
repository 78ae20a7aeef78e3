use std::io::Write;

use jiff::civil::date;
use tempfile::TempDir;

use super::*;
use crate::error::ErrorKind;
use crate::model::{KevDue, KevEntry, Kind, Share};

const KEV_JSON: &str = include_str!("../../samples/enrich/kev.json");
const KEV_CSV: &str = include_str!("../../samples/enrich/kev.csv");
const EPSS: &str = include_str!("../../samples/enrich/epss.csv");

fn as_of() -> Timestamp {
    "2026-11-21T00:00:00Z".parse().unwrap()
}

fn finding(ids: &[&str]) -> Box<Finding> {
    let mut finding = Finding::new(Kind::Dependency, Text::default());
    finding.ids = ids.iter().map(|id| Text::line(id)).collect();
    Box::new(finding)
}

/// A folder with catalogues in it.
struct Shelf {
    folder: TempDir,
    files: Files,
}

impl Shelf {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            files: Files::default(),
        }
    }

    fn put(&self, bytes: impl AsRef<[u8]>) -> PathBuf {
        let number = self.files.kev.len() + self.files.epss.len();
        let path = self.folder.path().join(format!("catalogue-{number}"));
        std::fs::write(&path, bytes).unwrap();
        path
    }

    fn kev(mut self, bytes: impl AsRef<[u8]>) -> Self {
        self.files.kev.push(self.put(bytes));
        self
    }

    fn epss(mut self, bytes: impl AsRef<[u8]>) -> Self {
        self.files.epss.push(self.put(bytes));
        self
    }

    fn days(mut self, days: u32) -> Self {
        self.files.max_age = Some(days);
        self
    }

    /// What is then known of a finding with these ids, and of the files.
    fn look_up(&self, ids: &[&str]) -> (Box<Finding>, Facts) {
        let mut findings = [finding(ids)];
        let accounts = look_up(&mut findings, &self.files, as_of()).unwrap();
        let [finding] = findings;
        (finding, accounts)
    }

    fn error(&self) -> crate::Error {
        look_up(&mut [finding(&["CVE-2021-23337"])], &self.files, as_of()).unwrap_err()
    }
}

#[expect(
    clippy::option_option,
    reason = "never looked up, not listed and listed are three things"
)]
fn listed(finding: &Finding) -> Option<Option<&KevEntry>> {
    let kev = finding.history().exploited.kev.as_ref();
    kev.map(|kev| kev.listed.as_ref())
}

#[expect(
    clippy::option_option,
    reason = "never looked up, not listed and listed are three things"
)]
fn score(finding: &Finding) -> Option<Option<Share>> {
    let epss = finding.history().exploited.epss.as_ref();
    epss.map(|epss| epss.score)
}

fn notes(input: &InputRecord) -> Vec<&str> {
    input.notes.iter().map(Text::untrusted).collect()
}

fn reasons(facts: &Facts) -> Vec<(&str, &str)> {
    let rejects = facts.rejects.iter();
    rejects
        .map(|reject| (reject.place.at.untrusted(), reject.reason.untrusted()))
        .collect()
}

#[test]
fn a_listed_finding_tells_since_when_and_by_which_catalogue() {
    for (words, day) in [(KEV_JSON, date(2026, 11, 20)), (KEV_CSV, date(2026, 11, 6))] {
        let (finding, facts) = Shelf::new().kev(words).look_up(&["CVE-2021-23337"]);
        let kev = Kev {
            listed: Some(KevEntry {
                added: date(2026, 11, 6),
                id: Text::line("CVE-2021-23337"),
                due: Some(KevDue {
                    day: date(2026, 11, 27),
                    id: Text::line("CVE-2021-23337"),
                }),
                ransomware: true,
            }),
            catalogue: day,
        };
        assert_eq!(finding.history().exploited.kev, Some(kev));
        let added = &finding.dates[&Fact::KevAdded];
        assert_eq!(added.at.to_string(), "2026-11-06T00:00:00Z");
        assert_eq!(added.source.untrusted(), format!("KEV catalogue of {day}"));
        assert_eq!(finding.history().exploited.epss, None, "nobody looked");
        let [input] = &facts.inputs[..] else {
            panic!("one file is one input")
        };
        assert_eq!(input.outcome, Outcome::Complete);
        assert_eq!(input.ledger, Ledger::default());
        assert_eq!(input.bytes, words.len() as u64);
    }
}

#[test]
fn the_account_of_a_file_says_of_which_day_it_is_and_how_much_stands_in_it() {
    let shelf = Shelf::new().kev(KEV_JSON).kev(KEV_CSV).epss(EPSS);
    let (_, facts) = shelf.look_up(&[]);
    let told: Vec<_> = facts
        .inputs
        .iter()
        .map(|input| {
            let format = input.format.as_ref().unwrap().untrusted();
            let scanned = input.scanned.unwrap().to_string();
            (format, scanned, notes(input))
        })
        .collect();
    assert_eq!(
        told,
        [
            (
                "kev",
                "2026-11-20T18:02:11.4382Z".to_owned(),
                vec!["catalogue of 2026-11-20, 3 vulnerabilities"]
            ),
            (
                "kev",
                "2026-11-06T00:00:00Z".to_owned(),
                vec!["catalogue of 2026-11-06 by its newest entry, 3 vulnerabilities"]
            ),
            (
                "epss",
                "2026-11-20T00:00:00Z".to_owned(),
                vec!["scores of 2026-11-20 by model v2025.03.14, 5 vulnerabilities"]
            ),
        ]
    );
}

#[test]
fn not_listed_and_never_looked_up_are_two_things() {
    let shelf = Shelf::new().kev(KEV_JSON).epss(EPSS);
    let (unlisted, _) = shelf.look_up(&["CVE-2020-8203", "GHSA-p6mc-m468-83gw"]);
    assert_eq!(
        (listed(&unlisted), score(&unlisted)),
        (Some(None), Some(None))
    );
    assert!(unlisted.dates.is_empty());
    let (other, _) = shelf.look_up(&["GHSA-p6mc-m468-83gw", "RUSTSEC-2099-0001"]);
    assert_eq!((listed(&other), score(&other)), (None, None));
    let (none, _) = Shelf::new().look_up(&["CVE-2021-23337"]);
    assert_eq!((listed(&none), score(&none)), (None, None));
}

#[test]
fn of_several_ids_the_first_listing_and_the_worst_score_count() {
    let shelf = Shelf::new().kev(KEV_JSON).epss(EPSS);
    let (finding, _) = shelf.look_up(&["CVE-2014-0160", "cve-2021-23337", "CVE-2020-8203"]);
    let entry = listed(&finding).flatten().unwrap();
    assert_eq!(entry.id.untrusted(), "CVE-2014-0160");
    assert_eq!(entry.added, date(2022, 5, 4));
    assert_eq!(
        entry.due,
        Some(KevDue {
            day: date(2022, 5, 25),
            id: "CVE-2014-0160".into()
        })
    );
    assert!(entry.ransomware, "the other one is used by it");
    assert_eq!(score(&finding), Some(Share::new(0.94464)));
    let added = &finding.dates[&Fact::KevAdded];
    assert_eq!(added.at.to_string(), "2022-05-04T00:00:00Z");
}

/// What is said of ids apart and then joined is what is said of them together, whatever the state of the catalogue.
#[test]
fn a_lookup_is_a_join_over_ids() {
    let cut = KEV_JSON.replace("\"count\": 3", "\"count\": 4");
    let bad_row = EPSS.replace("0.0142", "much");
    for shelf in [
        Shelf::new().kev(KEV_JSON).kev(KEV_CSV).epss(EPSS),
        Shelf::new().kev(cut).epss(bad_row),
        Shelf::new().kev(KEV_CSV).epss(EPSS).days(0),
    ] {
        let all = [
            "CVE-1999-0001",
            "CVE-2014-0160",
            "CVE-2020-8203",
            "CVE-2021-23337",
            "GHSA-p6mc-m468-83gw",
        ];
        for mask in 0..1_u32 << all.len() {
            let (mine, theirs): (Vec<_>, Vec<_>) = all
                .iter()
                .enumerate()
                .partition(|(index, _)| mask & (1 << index) != 0);
            let plain = |ids: &[(usize, &&'static str)]| -> Vec<&str> {
                ids.iter().map(|(_, id)| **id).collect()
            };
            let (mut joined, _) = shelf.look_up(&plain(&mine));
            joined.join(shelf.look_up(&plain(&theirs)).0);
            assert_eq!(joined, shelf.look_up(&all).0, "{mine:?}");
        }
    }
}

#[test]
fn entries_join_in_any_order_and_grouping() {
    let entry = |day, id: &str, due: Option<i8>, ransomware| KevEntry {
        added: date(2026, 1, day),
        id: id.into(),
        due: due.map(|day| KevDue {
            day: date(2026, 2, day),
            id: id.into(),
        }),
        ransomware,
    };
    let entries = [
        entry(2, "CVE-2021-23337", None, false),
        entry(2, "CVE-2021-23337", Some(4), true),
        entry(2, "CVE-2021-23337", Some(3), false),
        entry(2, "CVE-2021-44228", Some(1), false),
        entry(1, "CVE-2021-44906", None, false),
    ];
    let join = |mut a: KevEntry, b: &KevEntry| {
        a.join(b.clone());
        a
    };
    for a in &entries {
        assert_eq!(&join(a.clone(), a), a);
        for b in &entries {
            assert_eq!(join(a.clone(), b), join(b.clone(), a));
            for c in &entries {
                let left = join(join(a.clone(), b), c);
                assert_eq!(left, join(a.clone(), &join(b.clone(), c)));
            }
        }
    }
    let both = join(entries[0].clone(), &entries[1]);
    assert_eq!(
        both, entries[1],
        "a later catalogue knows more of one entry"
    );
}

#[test]
fn a_catalogue_with_fewer_entries_than_it_counts_proves_only_what_it_lists() {
    let cut = KEV_JSON.replace("\"count\": 3", "\"count\": 1512");
    let shelf = Shelf::new().kev(cut);
    let (finding, facts) = shelf.look_up(&["CVE-2021-44228"]);
    assert!(listed(&finding).flatten().is_some());
    assert_eq!(facts.inputs[0].outcome, Outcome::Truncated);
    assert_eq!(
        notes(&facts.inputs[0])[0],
        "`count` is 1512, and 3 vulnerabilities stand in it: what is not listed is unknown"
    );
    let (unlisted, _) = shelf.look_up(&["CVE-2020-8203"]);
    assert_eq!(listed(&unlisted), None);
}

#[test]
fn a_file_that_breaks_off_keeps_what_stands_before() {
    let half = &KEV_JSON[..KEV_JSON.find("CVE-2014-0160").unwrap()];
    let shelf = Shelf::new().kev(half);
    let (finding, facts) = shelf.look_up(&["CVE-2021-23337"]);
    assert!(listed(&finding).flatten().is_some());
    assert_eq!(listed(&shelf.look_up(&["CVE-2014-0160"]).0), None);
    assert_eq!(facts.inputs[0].outcome, Outcome::Truncated);
    assert_eq!(facts.inputs[0].ledger.rejected, 1);
    let [("", reason)] = reasons(&facts)[..] else {
        panic!("{:?}", facts.rejects)
    };
    assert!(reason.contains("EOF while parsing"), "{reason}");

    let row = |number| format!("CVE-2020-{number},0.{number},0.5\n");
    let rows: Vec<String> = (1000..9000).map(row).collect();
    let whole = gzip(format!("{EPSS}{}", rows.concat()).as_bytes());
    let shelf = Shelf::new().epss(&whole[..whole.len() / 2]);
    let (finding, facts) = shelf.look_up(&["CVE-2021-23337"]);
    assert_eq!(score(&finding), Some(Share::new(0.00712)));
    assert_eq!(score(&shelf.look_up(&["CVE-2020-8999"]).0), None);
    assert_eq!(facts.inputs[0].outcome, Outcome::Truncated);
    assert_eq!(facts.inputs[0].ledger.rejected, 1);
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap()
}

#[test]
fn encodings_line_ends_and_gzip_change_nothing() {
    let plain = Shelf::new().kev(KEV_CSV).epss(EPSS);
    let marked = |words: &str| format!("\u{feff}{}", words.replace('\n', "\r\n"));
    let ids = ["CVE-2021-44228"];
    let expected = plain.look_up(&ids).0;
    assert!(listed(&expected).flatten().is_some() && score(&expected).flatten().is_some());
    let windows = Shelf::new().kev(marked(KEV_CSV)).epss(marked(EPSS));
    let packed = Shelf::new()
        .kev(gzip(KEV_CSV.as_bytes()))
        .epss(gzip(marked(EPSS).as_bytes()));
    for shelf in [windows, packed] {
        let (finding, facts) = shelf.look_up(&ids);
        assert_eq!(finding, expected);
        assert!(facts.rejects.is_empty(), "{:?}", facts.rejects);
    }
    let (json, csv) = (marked(KEV_JSON), gzip(marked(KEV_JSON).as_bytes()));
    let (one, _) = Shelf::new().kev(json).look_up(&ids);
    let (other, _) = Shelf::new().kev(csv).look_up(&ids);
    assert_eq!(one, other);
    assert!(listed(&one).flatten().is_some());
}

#[test]
fn a_broken_record_costs_itself_and_the_silence_of_the_file() {
    let rows = [
        "CVE-2020-8203,1.01,0.5",
        "CVE-2020-8204,NaN,0.5",
        "CVE-2020-8205,0.5",
        "lodash,0.5,0.5",
        "CVE-2020-8206,0.5,",
        "CVE-2020-8207,0.25,0.5",
    ];
    let shelf = Shelf::new().epss(format!("{EPSS}{}\n", rows.join("\n")));
    let (finding, facts) = shelf.look_up(&["CVE-2020-8207"]);
    assert_eq!(score(&finding), Some(Share::new(0.25)));
    assert_eq!(score(&shelf.look_up(&["CVE-2020-8203"]).0), None);
    assert_eq!(score(&shelf.look_up(&["CVE-2019-0001"]).0), None);
    assert_eq!(facts.inputs[0].outcome, Outcome::Complete);
    assert_eq!(
        (
            facts.inputs[0].ledger.records,
            facts.inputs[0].ledger.rejected
        ),
        (5, 5)
    );
    assert_eq!(
        reasons(&facts),
        [
            ("line 10", "expected 3 columns, found 2"),
            (
                "line 11",
                "expected an id such as `CVE-2021-44228` in `cve`, found `lodash`"
            ),
            (
                "line 12",
                "expected a number from 0 to 1 in `percentile`, found nothing"
            ),
            (
                "line 8",
                "expected a number from 0 to 1 in `epss`, found `1.01`"
            ),
            (
                "line 9",
                "expected a number from 0 to 1 in `epss`, found `NaN`"
            ),
        ]
    );

    let csv = format!("{KEV_CSV}CVE-2020-8203,one,column\nCVE-2020-8203,,,,soon,,,,,,\n");
    let (_, facts) = Shelf::new().kev(csv).look_up(&[]);
    assert_eq!(
        reasons(&facts),
        [
            ("line 6", "expected 11 columns, found 3"),
            (
                "line 7",
                "expected a date such as `2021-12-10` in `dateAdded`, found `soon`"
            ),
        ]
    );

    let json = r#"{"catalogVersion": "2026.11.20.1", "count": 4, "vulnerabilities": [7,
        {"cveID": 7, "dateAdded": "2026-01-02"}, {"cveID": "CVE-2020-8203"},
        {"cveID": "CVE-2021-23337", "dateAdded": "2026-01-02", "dueDate": 7}]}"#;
    let (finding, facts) = Shelf::new().kev(json).look_up(&["CVE-2021-23337"]);
    let entry = listed(&finding).flatten().unwrap();
    assert_eq!((entry.added, &entry.due), (date(2026, 1, 2), &None));
    assert!(!entry.ransomware);
    assert_eq!(facts.inputs[0].outcome, Outcome::Complete);
    assert_eq!(
        reasons(&facts),
        [
            ("/vulnerabilities/0", "expected an object"),
            (
                "/vulnerabilities/1",
                "expected an id such as `CVE-2021-44228` in `cveID`, found nothing"
            ),
            (
                "/vulnerabilities/2",
                "expected a date such as `2021-12-10` in `dateAdded`, found nothing"
            ),
        ]
    );
}

#[test]
fn what_is_no_catalogue_is_an_error_that_says_what_was_expected() {
    for (words, message) in [
        ("", "column `cveID`, found none"),
        (EPSS, "column `cveID`, found none"),
        (
            "cveID,product\nCVE-2020-8203,x\n",
            "column `dateAdded`, found none",
        ),
        (
            "cveID,dateAdded\n",
            "tells the day of the catalogue, found none",
        ),
        ("[]", "column `cveID`, found none"),
        ("{}", "a list `vulnerabilities`, found none"),
        (
            "{\"vulnerabilities\": 7}",
            "a list `vulnerabilities`, found invalid type",
        ),
        ("{\"vulnerabilities\": []}", "a `catalogVersion`"),
        (
            "{\"catalogVersion\": \"2\", \"vulnerabilities\": []}",
            "a `catalogVersion` such as `2026.11.20`, found none",
        ),
        (
            "{\"catalogVersion\": \"2026.11.20\", \"vulnerabilities\": []}",
            "its number of entries in `count`, found none",
        ),
        (
            "{\"catalogVersion\": \"2026.11.20\", \"count\": 0, \"vulnerabilities\": []}",
            "expected vulnerabilities, found none",
        ),
    ] {
        let error = Shelf::new().kev(words).error();
        assert_eq!(error.kind(), ErrorKind::Format, "{words}");
        assert!(error.message().contains(message), "{words}: {error}");
        assert!(error.place().unwrap().contains("catalogue-0"), "{error}");
        assert!(error.hint_text().unwrap().contains("--epss"), "{error}");
    }
    let without = EPSS.split_once('\n').unwrap().1;
    for (words, message) in [
        (
            "",
            "whose first line tells the `score_date`, found another one",
        ),
        (KEV_CSV, "whose first line tells the `score_date`"),
        (without, "found the names of the columns"),
        (
            "#model_version:v1\ncve,epss\n",
            "in `score_date`, found nothing",
        ),
        (
            "#model_version:v1,score_date:today\ncve,epss\n",
            "in `score_date`, found `today`",
        ),
        (
            "#score_date:2026-11-20T00:00:00Z\ncve,score\n",
            "column `epss`, found none",
        ),
        (
            "#score_date:2026-11-20T00:00:00Z\n",
            "column `cve`, found none",
        ),
        (
            "#score_date:2026-11-20T00:00:00Z\ncve,epss,percentile\n",
            "expected EPSS scores, found none",
        ),
    ] {
        let error = Shelf::new().epss(words).error();
        assert_eq!(error.kind(), ErrorKind::Format, "{words}");
        assert!(error.message().contains(message), "{words}: {error}");
        assert!(error.place().unwrap().contains("catalogue-0"), "{error}");
        assert!(error.hint_text().unwrap().contains("--kev"), "{error}");
    }
    let mut shelf = Shelf::new();
    shelf
        .files
        .kev
        .push(shelf.folder.path().join("missing.json"));
    assert_eq!(shelf.error().kind(), ErrorKind::Io);
}

#[test]
fn an_old_catalogue_still_lists_but_no_longer_clears() {
    let shelf = |days| Shelf::new().kev(KEV_JSON).epss(EPSS).days(days);
    let (fresh, facts) = shelf(1).look_up(&["CVE-2020-8203"]);
    assert_eq!((listed(&fresh), score(&fresh)), (Some(None), Some(None)));
    assert_eq!(facts.inputs[0].outcome, Outcome::Complete);
    let (old, facts) = shelf(0).look_up(&["CVE-2020-8203"]);
    assert_eq!((listed(&old), score(&old)), (None, None));
    for input in &facts.inputs {
        assert_eq!(input.outcome, Outcome::Partial);
        assert_eq!(
            notes(input)[0],
            "a catalogue may be 0 days old, and this one, of 2026-11-20, is older: what it does not list is unknown"
        );
    }
    let (bad, _) = shelf(0).look_up(&["CVE-2021-44228"]);
    assert!(listed(&bad).flatten().is_some());
    assert!(score(&bad).flatten().is_some());
}

#[test]
fn what_an_earlier_merge_did_not_find_is_unknown_once_its_catalogue_is_too_old() {
    let (known, _) = Shelf::new()
        .kev(KEV_JSON)
        .epss(EPSS)
        .look_up(&["CVE-2020-8203"]);
    let again = |files: &Files| {
        let mut findings = [known.clone()];
        look_up(&mut findings, files, as_of()).unwrap();
        let [finding] = findings;
        finding
    };
    assert_eq!(again(&Files::default()), known);
    let limit = |days| Files {
        max_age: Some(days),
        ..Files::default()
    };
    assert_eq!(again(&limit(1)), known);
    assert_eq!(again(&limit(0)), finding(&["CVE-2020-8203"]));
    let later = KEV_JSON.replace("2026.11.20", "2026.11.21");
    let newer = Shelf::new().kev(later).days(0);
    let newer = again(&newer.files);
    assert_eq!(listed(&newer), Some(None), "a newer one clears it again");
    assert_eq!(score(&newer), None);
}

#[test]
fn a_catalogue_of_months_ago_gets_a_note_in_any_case() {
    let old = EPSS.replace("2026-11-20T", "2026-09-20T");
    let (_, facts) = Shelf::new().epss(old).look_up(&[]);
    assert_eq!(facts.inputs[0].outcome, Outcome::Complete);
    assert_eq!(
        notes(&facts.inputs[0]),
        [
            "scores of 2026-09-20 by model v2025.03.14, 5 vulnerabilities",
            "the catalogue is more than 30 days old"
        ]
    );
}

#[test]
fn the_newer_of_two_score_files_counts() {
    let newer = EPSS
        .replace("2026-11-20T", "2026-11-21T")
        .replace("0.00712", "0.00031");
    for (one, other) in [(EPSS, newer.as_str()), (newer.as_str(), EPSS)] {
        let shelf = Shelf::new().epss(one).epss(other);
        let (finding, facts) = shelf.look_up(&["CVE-2021-23337"]);
        assert_eq!(score(&finding), Some(Share::new(0.00031)));
        assert_eq!(facts.inputs.len(), 2);
    }
}

#[test]
fn ids_are_told_from_what_looks_like_them() {
    assert_eq!(cve(" cve-2021-44228 ").as_deref(), Some("CVE-2021-44228"));
    for words in [
        "",
        "CVE",
        "CVE-2021",
        "CVE-2021-1",
        "CVE-21-44228",
        "CVE-2021-4422x",
        "GHSA-p6mc-m468-83gw",
    ] {
        assert_eq!(cve(words), None, "{words}");
    }
}
