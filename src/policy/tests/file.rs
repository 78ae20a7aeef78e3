//! Policy files: what is refused and where, what is suggested, and what a file extends.

use std::fs;

use super::policy;
use crate::error::ErrorKind;
use crate::model::{Duty, Severity, Text};
use crate::policy::{Policy, Start, describe, load, presets, review};

fn refusal(text: &str) -> (String, String, String) {
    let error = Policy::parse("p.toml", text).expect_err(text);
    assert_eq!(error.kind(), ErrorKind::Configuration);
    (
        error.place().unwrap_or_default().to_owned(),
        error.message().to_owned(),
        error.hint_text().unwrap_or_default().to_owned(),
    )
}

#[test]
#[expect(clippy::too_many_lines, reason = "one table")]
fn mistakes_are_told_with_line_column_text_and_suggestion() {
    let head = "version = 1\nname = \"p\"\n";
    let table = [
        (
            "fixx = \"7 days\"",
            "3:1",
            "unknown key `fixx` in the policy",
            "did you mean `fix`?",
        ),
        (
            "[fix]\nhihg = \"7 days\"",
            "4:1",
            "unknown key `hihg` in `[fix]`",
            "did you mean `high`?",
        ),
        (
            "[calendar]\ntime_zone = \"UTC\"",
            "4:1",
            "unknown key `time_zone` in `[calendar]`",
            "did you mean `timezone`?",
        ),
        (
            "[fix]\nhigh = 7",
            "4:8",
            "`high` must be a string, not the integer `7`",
            "write `\"7 days\"`",
        ),
        (
            "fix = 0.5",
            "3:7",
            "`fix` must be a string, not the float `0.5`",
            "write a number and a unit, such as `\"7 days\"`",
        ),
        (
            "[calendar]\ntimezone = \"Europe/Berlim\"",
            "4:12",
            "`Europe/Berlim` is no time zone",
            "write a name of the IANA database, such as `UTC` or `Europe/Berlin`",
        ),
        (
            "[calendar]\nholidays = [2026-12-25, 2026-12-32]",
            "4:25",
            "not TOML: invalid date, expected day between 01 and 31, at `2026-12-32]` in `holidays = [2026-12-25, 2026-12-32]`",
            "",
        ),
        (
            "[calendar]\nholidays = [2026-12-25, \"soon\"]",
            "4:25",
            "`holidays` must be a date like `2026-06-22`, not the string `\"soon\"`",
            "",
        ),
        (
            "[calendar]\nwork-week = []",
            "4:13",
            "`work-week` is an empty list",
            "name at least one, or leave the key out",
        ),
        (
            "[calendar]\nwork-week = [\"munday\"]",
            "4:14",
            "`work-week` must be one of `monday`, `tuesday`, `wednesday`, `thursday`, `friday`, `saturday`, `sunday`, not `munday`",
            "did you mean `monday`?",
        ),
        (
            "[calendar]\nwork-week = \"tue\"",
            "4:13",
            "`work-week` must be one of `monday`, `tuesday`, `wednesday`, `thursday`, `friday`, `saturday`, `sunday`, not `tue`",
            "did you mean `tuesday`?",
        ),
        (
            "[fix]\nhigh = \"7 days\"\n\"high\" = \"8 days\"",
            "5:1",
            "not TOML: duplicate key `\"high\"`, on line 4 and again on line 5",
            "keep one of the two",
        ),
        (
            "[fix]\nhigh = \"7 days\"\n[assess]\nhigh = \"1 day\"\n[fix]\nlow = \"none\"",
            "7:2",
            "not TOML: duplicate key `fix`, on line 3 and again on line 7",
            "keep one of the two",
        ),
        (
            "[fix]\nhigh = 7 days",
            "4:8",
            "not TOML: string values must be quoted, expected literal string, at `7` in `high = 7 days`",
            "",
        ),
        (
            "start = \"first_seen\"",
            "3:9",
            "`start` must be one of `first-seen`, `reported`, `triaged`, `published`, `fix-available`, `kev-added`, `aware`, not `first_seen`",
            "did you mean `first-seen`?",
        ),
        (
            "unknown = \"unknown\"",
            "3:11",
            "`unknown` must be one of `critical`, `high`, `medium`, `low`, `info`, not `unknown`",
            "known here: `critical`, `high`, `medium`, `low`, `info`",
        ),
        (
            "effective = 2026-06-22\nuntil = 2026-06-21",
            "4:9",
            "`until` (2026-06-21) is before `effective` (2026-06-22)",
            "`until` is the last day on which the policy holds, and `effective` the first",
        ),
        (
            "effective = 2026-06-22T10:00:00Z",
            "3:13",
            "`effective` must be a date like `2026-06-22`, not the date `2026-06-22T10:00:00Z`",
            "",
        ),
        (
            "[[rule]]\nname = \"r\"\nwhen = { severity = \"hgh\" }\nthen = { fix = \"1 day\" }",
            "5:21",
            "`severity` must be one of `critical`, `high`, `unknown`, `medium`, `low`, `info`, not `hgh`",
            "did you mean `high`?",
        ),
        (
            "[[rule]]\nname = \"r\"\nwen = { kev = true }\nthen = { fix = \"1 day\" }",
            "5:1",
            "unknown key `wen` in `[[rule]]`",
            "did you mean `when`?",
        ),
        (
            "[[rule]]\nname = \"r\"\nwhen = {}\nthen = { lower = \"low\", reson = \"x\" }",
            "6:25",
            "unknown key `reson` in `then`",
            "did you mean `reason`?",
        ),
        (
            "[[edition]]\nefective = 2026-06-22",
            "4:1",
            "unknown key `efective` in `[[edition]]`",
            "did you mean `effective`?",
        ),
        (
            "[[rule]]\nname = \"r\"\nwhen = { exploited = true }\nthen = { fix = \"1 day\" }",
            "5:10",
            "unknown key `exploited` in `when`",
            "known here: `app`, `app-tag`, `automatable`, `epss-at-least`, `epss-below`, `exposure`, `fix-available`, `ids`, `kev`, `kind`, `likely-exploitable`, `package`, `path`, `ransomware`, `rule`, `scanner`, `score-at-least`, `severity`, `severity-at-least`, `source`, `tag`, `technical-impact`",
        ),
        (
            "[[rule]]\nname = \"r\"\nwhen = { path = \"src/[\" }\nthen = { fix = \"1 day\" }",
            "5:17",
            "`src/[` is no glob: unclosed character class; missing ']'",
            "",
        ),
        (
            "[[rule]]\nname = \"r\"\nwhen = { package = [\"ui\", \"pkg:npm/ui@1.0.0\"] }\nthen = { fix = \"1 day\" }",
            "5:27",
            "`pkg:npm/ui@1.0.0` has a version, and a package is named without one",
            "",
        ),
        (
            "[[rule]]\nname = \"r\"\nwhen = { score-at-least = 11 }\nthen = { fix = \"1 day\" }",
            "5:27",
            "a score lies between 0.0 and 10.0",
            "",
        ),
        (
            "[[rule]]\nname = \"r\"\nwhen = { score-at-least = 7.01 }\nthen = { fix = \"1 day\" }",
            "5:27",
            "a score has one decimal, and `7.01` has more",
            "write `7.0` or `7.1`: what lies between them is no score",
        ),
        (
            "[[rule]]\nname = \"r\"\nwhen = {}\nthen = {}",
            "6:8",
            "`then` does nothing",
            "set `severity`, `raise`, `lower`, `ignore`, `tag`, or a term: `acknowledge`, `assess`, `fix`, `notify`",
        ),
        (
            "[[rule]]\nname = \"r\"\nwhen = {}\nthen = { lower = \"low\" }",
            "6:18",
            "`lower` can lower a severity and has no `reason`",
            "add `reason = \"…\"`, or use `raise` if it must never become lower",
        ),
        (
            "[[rule]]\nname = \"r\"\nwhen = {}\nthen = { lower = \"low\", raise = \"high\", reason = \"x\" }",
            "6:18",
            "only one of `severity`, `raise` and `lower` can be set",
            "",
        ),
        (
            "[[rule]]\nname = \"r\"\nwhen = { kev = \"yes\" }\nthen = { fix = \"1 day\" }",
            "5:16",
            "`kev` must be `true`, `false` or `\"unknown\"`, not the string `\"yes\"`",
            "",
        ),
        (
            "[[rule]]\nname = \"r\"\nwhen = { epss-at-least = 50 }\nthen = { fix = \"1 day\" }",
            "5:26",
            "a score of EPSS lies between 0 and 1",
            "10 % is `0.1`",
        ),
        (
            "[[rule]]\nname = \"r\"\nwhen = { exposure = \"pubic\" }\nthen = { fix = \"1 day\" }",
            "5:21",
            "`exposure` must be one of `public`, `internal`, `isolated`, `unknown`, not `pubic`",
            "did you mean `public`?",
        ),
        // It looks like `internal`, and means the opposite.
        (
            "[apps.\"com.harborapps.*\"]\nexposure = \"internet\"",
            "4:12",
            "`exposure` must be one of `isolated`, `internal`, `public`, not `internet`",
            "known here: `isolated`, `internal`, `public`",
        ),
        (
            "[[rule]]\nname = \"r\"\nwhen = {}\nthen = { ignore = \"Trivy\" }",
            "6:19",
            "`ignore` drops what a tool says and has no `reason`",
            "add `reason = \"…\"`",
        ),
        (
            "[[rule]]\nname = \"r\"\nwhen = {}\nthen = { fix = \"1 day\" }\n[[rule]]\nname = \"r\"\nwhen = {}\nthen = { fix = \"1 day\" }",
            "7:1",
            "there are two rules called `r`",
            "rename one of the two: reports name the rule that decided",
        ),
        (
            "[environment]\nCR = \"High\"",
            "4:6",
            "`CR` must be one of `H`, `L`, `M`, `ND`, `X`, not `High`",
            "known here: `H`, `L`, `M`, `ND`, `X`",
        ),
        (
            "[environment.\"com.harborapps.*\"]\nMVAA = \"H\"",
            "4:1",
            "unknown key `MVAA` in an app of `[environment]`",
            "did you mean `MVA`?",
        ),
        (
            "[apps.\"com.harborapps.*\"]\nexposed = \"public\"",
            "4:1",
            "unknown key `exposed` in an app of `[apps]`",
            "did you mean `exposure`?",
        ),
        (
            "[severity]\nsources = []",
            "4:11",
            "`sources` is an empty list",
            "name at least one, or leave the key out",
        ),
        (
            "allow-loosening = true",
            "3:19",
            "`allow-loosening` lets promised dates become later and has no `loosening-reason`",
            "add `loosening-reason = \"…\"`: it is shown with every such date",
        ),
        (
            "loosening-reason = \"x\"",
            "3:20",
            "`loosening-reason` stands without `allow-loosening`",
            "",
        ),
        (
            "strictest-of = \"flowdsk\"",
            "3:16",
            "cannot stand beside `flowdsk`: `flowdsk` is no built-in policy",
            "did you mean `flowdesk`?",
        ),
        (
            "[[rule]]\nwhen = {}\nthen = { fix = \"1 day\" }",
            "3:1",
            "`[[rule]]` has no `name`",
            "",
        ),
        (
            "[[edition]]\neffective = 2026-06-22\n[[edition]]\neffective = 2026-06-21",
            "6:13",
            "editions must stand in the order of their dates, and 2026-06-21 is not after 2026-06-22",
            "",
        ),
        ("fix = \"7 days\"\nfix = \"8 days\"", "4:1", "not TOML", ""),
        ("# über\n  ünknown = 1", "4:3", "not TOML", ""),
        (
            "extends = [\"flowdsk\"]",
            "3:12",
            "cannot extend `flowdsk`: `flowdsk` is no built-in policy",
            "did you mean `flowdesk`?",
        ),
        (
            "title = \"t\"\nfix = 1",
            "4:7",
            "`fix` must be a string, not the integer `1`",
            "write `\"1 day\"`",
        ),
    ];
    for (body, position, message, hint) in table {
        let (place, told, hinted) = refusal(&format!("{head}{body}\n"));
        assert_eq!(place, format!("p.toml:{position}"), "{body}\n{told}");
        if message == "not TOML" {
            assert!(told.starts_with("not TOML: "), "{body}\n{told}");
            continue;
        }
        assert_eq!((told.as_str(), hinted.as_str()), (message, hint), "{body}");
    }
}

#[test]
fn the_version_and_the_name_must_be_there() {
    assert_eq!(refusal("name = \"p\"\n").2, "put `version = 1` first");
    let (place, message, _) = refusal("version = 2\nname = \"p\"\n");
    assert_eq!(place, "p.toml:1:11");
    assert_eq!(
        message,
        "`version` must be 1, the only one that this program reads, not 2"
    );
    assert_eq!(refusal("version = 1\n").1, "the policy has no `name`");
    for misspelt in ["vesion = 1\n", "version = 1\nnam = \"p\"\n"] {
        let told = refusal(misspelt).1;
        assert!(told.starts_with("unknown key `"), "{told}");
    }
    assert_eq!(refusal("version = 1\nname = \" \"\n").1, "`name` is empty");
}

#[test]
fn words_that_are_no_term_are_refused_where_they_stand() {
    for wrong in [
        "7",
        "days",
        "7days",
        "-7 days",
        "7.5 days",
        "seven days",
        "7 fortnights",
        "",
        "7 days later",
        "none or next maintenance",
        "7  business",
        "+7 days",
        "0x7 days",
        "Seven Days",
        "7 DAYS",
    ] {
        let (place, message, _) =
            refusal(&format!("version = 1\nname = \"p\"\nfix = \"{wrong}\"\n"));
        assert_eq!(place, "p.toml:3:7", "{wrong}");
        assert!(
            message.starts_with(&format!("`{wrong}` is no term: write `72 hours`")),
            "{message}"
        );
    }
    let (_, message, _) = refusal("version = 1\nname = \"p\"\nfix = \"99999 days\"\n");
    assert_eq!(message, "`99999 days` is too long: at most 36525 days");
    let (_, message, _) =
        refusal("version = 1\nname = \"p\"\nfix = \"99999999999999999999 weeks\"\n");
    assert_eq!(
        message,
        "`99999999999999999999 weeks` is too long: at most 5217 weeks"
    );
}

#[test]
fn a_policy_lies_over_what_it_extends_and_later_keys_win() {
    let own = policy(
        "version = 1\nname = \"harbor\"\nextends = [\"flowdesk\"]\n[fix]\nhigh = \"10 days\"\n[calendar]\nmaintenance-dates = [2026-12-01]\n",
    );
    let edition = own.editions.first().unwrap();
    let term = |level| edition.terms[&(Duty::Fix, level)].term.words.clone();
    assert_eq!(own.note.name, Text::line("harbor"));
    assert_eq!(term(Severity::High), Text::line("10 days"));
    assert_eq!(term(Severity::Critical), Text::line("7 days"));
    assert_eq!(own.effective, Some("2026-06-22".parse().unwrap()));
    assert_eq!(own.calendar.maintenance_dates.len(), 1);
    let dated = policy(
        "version = 1\nname = \"h\"\nextends = \"atlassian-marketplace-cloud\"\n[fix]\ncritical = \"3 days\"\n",
    );
    assert_eq!(dated.editions.len(), 3);
    for edition in &dated.editions {
        let critical = &edition.terms[&(Duty::Fix, Severity::Critical)];
        assert_eq!(critical.term.words, Text::line("3 days"));
    }
}

#[test]
fn files_extend_files_beside_them_and_circles_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    write(
        "base.toml",
        "version = 1\nname = \"base\"\nfix = \"9 days\"\n",
    );
    let own = write(
        "own.toml",
        "\u{feff}version = 1\nname = \"own\"\nextends = [\"base.toml\"]\n",
    );
    let twice = load(&[own.clone(), own.clone(), "flowdesk".to_owned()]).unwrap();
    assert_eq!(twice.len(), 2);
    let edition = twice.first().unwrap().editions.first().unwrap();
    assert_eq!(edition.terms.len(), 5);
    let digest = twice.first().unwrap().note.digest.clone();
    write(
        "base.toml",
        "version = 1\nname = \"base\"\nfix = \"8 days\"\n",
    );
    let changed = load(std::slice::from_ref(&own)).unwrap();
    assert_ne!(changed.first().unwrap().note.digest, digest);
    write(
        "base.toml",
        "version = 1\nname = \"base\"\nextends = \"own.toml\"\n",
    );
    let circle = load(&[own]).unwrap_err();
    assert!(
        circle
            .place()
            .is_some_and(|place| place.ends_with("base.toml:3:11"))
    );
    let told = circle.message().to_owned();
    assert!(told.contains("own.toml:3:12` extends `"), "{told}");
    assert!(told.contains("base.toml:3:11` extends `"), "{told}");
    assert!(
        circle
            .hint_text()
            .is_some_and(|hint| hint.contains("take one of these"))
    );
    assert!(
        circle
            .message()
            .starts_with("policies extend each other in a circle: "),
        "{circle}"
    );
    let missing = load(&[folder.path().join("no.toml").display().to_string()]).unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::Io);
    let unknown = load(&["flowdsk".to_owned()]).unwrap_err();
    assert_eq!(
        unknown.to_string(),
        "`flowdsk` is no built-in policy\nhint: did you mean `flowdesk`?"
    );
}

#[test]
fn a_zone_that_is_no_place_is_refused() {
    for zone in ["Etc/Unknown", "Local", "+02:00", "Europe/"] {
        let (_, message, _) = refusal(&format!(
            "version = 1\nname = \"p\"\n[calendar]\ntimezone = \"{zone}\"\n"
        ));
        assert_eq!(message, format!("`{zone}` is no time zone"));
    }
}

#[test]
fn the_digest_is_the_plain_hash_of_the_text() {
    let text = "version = 1\nname = \"p\"\n";
    let expected = format!("blake3:{}", blake3::hash(text.as_bytes()).to_hex());
    assert_eq!(policy(text).note.digest, Text::line(&expected));
}

#[test]
fn presets_are_sorted_named_like_their_files_and_without_problems() {
    assert!(presets().is_sorted_by_key(|preset| preset.name));
    for preset in presets() {
        let policy = policy(preset.toml);
        assert_eq!(policy.note.name.untrusted(), preset.name);
        assert!(policy.note.source.is_some());
        assert_eq!(review(&policy), [], "{}", preset.name);
    }
}

#[test]
fn the_samples_can_be_read_and_do_what_their_vendors_say() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/samples/policies");
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path().display().to_string())
        .collect();
    names.sort();
    assert!(names.len() >= 3);
    for name in names {
        let policies = load(std::slice::from_ref(&name)).unwrap_or_else(|error| panic!("{error}"));
        let policy = policies.first().unwrap();
        let stem = std::path::Path::new(&name)
            .file_stem()
            .unwrap()
            .to_string_lossy()
            .into_owned();
        assert_eq!(policy.note.name.untrusted(), stem);
        assert_eq!(review(policy), [], "{name}");
    }
}

#[test]
fn a_description_has_a_row_for_each_level_and_duty() {
    let flowdesk = presets().iter().find(|preset| preset.name == "flowdesk");
    let rows = describe(&policy(flowdesk.unwrap().toml));
    // Three duties, five levels and unrated ones.
    assert_eq!(rows.len(), 18);
    let unrated = rows
        .iter()
        .find(|row| row.duty == Duty::Fix && row.severity == Some(Severity::Unknown))
        .unwrap();
    assert_eq!(unrated.term, Text::line("14 days"));
    assert_eq!(unrated.rule, Text::line("fix.high"));
    let names: Vec<&str> = unrated.start.iter().map(|start| start.name()).collect();
    assert_eq!(names, [Start::FirstSeen.name()]);
}

#[test]
fn a_check_finds_what_reads_well_and_is_wrong() {
    let text = r#"version = 1
name = "p"
[fix]
critical = "30 days"
high = "2 weeks"
low = "90 days or next maintenance"
[[rule]]
name = "never"
when = { severity = "low", severity-at-least = "high" }
then = { fix = "1 day" }
[[rule]]
name = "idle"
when = { severity-at-least = "high" }
then = { raise = "medium" }
"#;
    let told: Vec<String> = review(&policy(text))
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        told,
        [
            "4:12: `fix.critical` has 30 days, which is more time than the 2 weeks of `fix.high`",
            "4:12: `fix` says nothing of `medium`, `info`: write a term, or `none` for no date",
            "6:7: `fix.low` is 90 days or next maintenance, and the calendar has no `maintenance-dates`: only the time counts",
            "7:1: rule `never` never holds: no level is in `severity` and also at least `high`",
            "11:1: rule `idle` changes nothing: what it holds for is never raised to `medium` from elsewhere",
        ]
    );
}

#[test]
fn a_check_finds_rules_that_contradict_themselves_or_an_earlier_one() {
    let text = r#"version = 1
name = "p"
[[rule]]
name = "ransomware"
when = { ransomware = true, kev = [false, "unknown"] }
then = { fix = "1 day" }
[[rule]]
name = "half looked up"
when = { kev = "unknown", ransomware = false }
then = { fix = "1 day" }
[[rule]]
name = "nowhere"
when = { epss-at-least = 0.5, epss-below = 0.5 }
then = { fix = "1 day" }
[[rule]]
name = "first"
when = { app = "com.harborapps.*", kev = true }
then = { fix = "3 days", raise = "high" }
[[rule]]
name = "second"
when = { kev = true, app = "com.harborapps.*" }
then = { fix = "1 week" }
[[rule]]
name = "third"
when = { kev = true, app = "com.harborapps.*" }
then = { fix = "2 days" }
"#;
    let told: Vec<String> = review(&policy(text))
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        told,
        [
            "3:1: rule `ransomware` never holds: what ransomware is known to use is listed, and `kev` does not ask for that",
            "7:1: rule `half looked up` never holds: `kev` and `ransomware` come from one catalogue, which never gives these two answers together",
            "11:1: rule `nowhere` never holds: no score is `epss-at-least` and also `epss-below`",
            "15:1: the `fix` of rule `first` changes nothing: rule `third` on line 23 holds whenever it does, and ends no later",
            "19:1: rule `second` changes nothing: rule `first` on line 15 holds whenever it does, and ends no later",
        ]
    );
}

#[test]
fn what_a_file_says_cannot_reach_a_terminal_unescaped() {
    let (_, message, _) = refusal("version = 1\nname = \"p\"\n\"\\u001b[2Jfix\" = 1\n");
    assert_eq!(message, "unknown key `fix` in the policy");
}

proptest::proptest! {
    #[test]
    fn no_damage_to_a_policy_makes_the_reader_panic(
        preset in 0..presets().len(),
        place in 0_usize..4096,
        length in 0_usize..12,
        put in "[-\\[\\]{}=\"'#\\\\.,0-9a-zé\n ]{0,8}",
    ) {
        let mut letters: Vec<char> = presets()[preset].toml.chars().collect();
        let from = place % letters.len();
        let to = (from + length).min(letters.len());
        letters.splice(from..to, put.chars());
        let text: String = letters.into_iter().collect();
        drop(Policy::parse("p", &text).map(|policy| review(&policy)));
    }
}
