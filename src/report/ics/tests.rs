use jiff::civil::date;

use super::{Ics, Lines, day, time};
use crate::report::fixture;
use crate::report::tests::written;

/// The lines as a reader sees them: unfolded.
fn lines() -> Vec<String> {
    let words = written(&Ics, &fixture::report());
    let whole = words.replace("\r\n ", "");
    whole.split_terminator("\r\n").map(str::to_owned).collect()
}

fn event(start: &str) -> Vec<String> {
    let lines = lines();
    let first = lines.iter().position(|line| line.starts_with(start));
    let rest = lines[first.expect("there is one")..].iter();
    rest.take_while(|line| *line != "END:VEVENT")
        .cloned()
        .collect()
}

#[test]
fn no_line_is_longer_than_it_may_be_and_none_breaks_a_character() {
    let words = written(&Ics, &fixture::report());
    assert!(words.ends_with("END:VCALENDAR\r\n"));
    for line in words.split_terminator("\r\n") {
        assert!(line.len() <= 75, "{} bytes: {line}", line.len());
        assert!(!line.contains(['\r', '\n']), "{line}");
    }
}

#[test]
fn a_line_is_folded_before_the_character_that_does_not_fit() {
    let folded = |words: &str| {
        let mut out = Vec::new();
        Lines(&mut out)
            .put(words)
            .expect("a vector takes everything");
        String::from_utf8(out).expect("characters stay whole")
    };
    assert_eq!(folded(&"a".repeat(75)), format!("{}\r\n", "a".repeat(75)));
    assert_eq!(
        folded(&"a".repeat(76)),
        format!("{}\r\n a\r\n", "a".repeat(75))
    );
    // The first line has 75 bytes, of which the character would need the last and three more.
    let wide = format!("{}🔐{}", "a".repeat(74), "b".repeat(71));
    let expected = format!("{}\r\n 🔐{}\r\n b\r\n", "a".repeat(74), "b".repeat(70));
    assert_eq!(folded(&wide), expected);
}

#[test]
fn a_deadline_of_a_day_is_an_event_of_that_day() {
    // Due on 2026-11-29, eight days from as-of.
    let event = event("UID:32e42100a70fd7bf2de76ec558540fe5ddeaa14c045cc84585a35dd91f83445d-fix@");
    assert_eq!(event[0].rsplit('@').next(), Some("scanfold"));
    let has = |line: &str| {
        assert!(
            event.iter().any(|known| known == line),
            "{line}: {event:#?}"
        );
    };
    has("DTSTAMP:20261121T090000Z");
    // 20,778 days and 9 hours after 1970.
    has("SEQUENCE:29920860");
    has("DTSTART;VALUE=DATE:20261129");
    has("DTEND;VALUE=DATE:20261130");
    has("SUMMARY:Fix high: AMS-77");
    has("PRIORITY:3");
    has("STATUS:CONFIRMED");
    has("TRIGGER:-P6DT15H");
    has("TRIGGER:-PT15H");
}

#[test]
fn alarms_that_would_have_rung_are_left_out() {
    let alarms = |event: Vec<String>| -> Vec<String> {
        let alarms = event.into_iter().filter(|line| line.starts_with("TRIGGER"));
        alarms.collect()
    };
    // Due on the 24th, three days from as-of: a week before is gone.
    let soon = event("UID:36688cb4dbe614df2db5c053b8b29dc36137e3872d690c58d2bef9f669704b22-fix");
    assert_eq!(alarms(soon), ["TRIGGER:-PT15H"]);
    let overdue = event("UID:bb7b632945ac2d536635a33fc4999a0d1e280045c3a04d1deed60efc3699a9d4-fix");
    assert_eq!(alarms(overdue), Vec::<String>::new());
}

#[test]
fn each_duty_is_an_event_and_terms_of_hours_have_their_time() {
    let event = event("UID:bb7b632945ac2d536635a33fc4999a0d1e280045c3a04d1deed60efc3699a9d4-ack");
    assert!(
        event.contains(&"DTSTART:20261106T090000Z".to_owned()),
        "{event:#?}"
    );
    assert!(event.contains(&"URL:https://tracker.example/browse/AMS-1".to_owned()));
    assert!(event.contains(&"CATEGORIES:scanfold,critical,acknowledge".to_owned()));
}

#[test]
fn what_is_fixed_or_suppressed_is_cancelled() {
    for start in ["UID:0a20d819", "UID:96a8e33e"] {
        let event = event(start);
        assert!(event.contains(&"STATUS:CANCELLED".to_owned()), "{event:#?}");
        assert!(!event.contains(&"BEGIN:VALARM".to_owned()));
    }
}

#[test]
fn an_empty_calendar_has_a_component() {
    let words = written(&Ics, &fixture::empty());
    assert!(words.contains("BEGIN:VTIMEZONE\r\n") && !words.contains("VEVENT"));
}

#[test]
fn days_before_the_first_year_have_four_digits_too() {
    assert_eq!(day(date(-9999, 1, 2)), "00010101");
    assert_eq!(day(date(9999, 12, 31)), "99991231");
    assert_eq!(
        time(fixture::time("2026-11-06T09:01:02Z")),
        "20261106T090102Z"
    );
}
