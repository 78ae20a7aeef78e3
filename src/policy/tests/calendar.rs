//! Terms to dates. The expected days and instants were worked out with Python's `datetime` and `zoneinfo`.

use super::{by, engine, rated, time};
use crate::model::Duty;

const PLAIN: &str = "";
const HOLIDAYS: &str = "holidays = [2026-12-24, 2026-12-25, 2026-12-28, 2027-01-01]";
const SUNDAY_TO_THURSDAY: &str =
    r#"work-week = ["sunday", "monday", "tuesday", "wednesday", "thursday"]"#;
const MAINTENANCE: &str = "maintenance-dates = [2026-09-15, 2026-06-15]";
const MAINTENANCE_LATER: &str =
    "maintenance = \"later\"\nmaintenance-dates = [2026-06-15, 2026-09-15]";

/// Term, start, time zone, calendar, what people read, and the first instant that is overdue.
#[rustfmt::skip]
const TABLE: &[(&str, &str, &str, &str, &str, &str)] = &[
    ("72 hours", "2026-06-05T15:30:00Z", "UTC", PLAIN, "2026-06-08T15:30:00Z", "2026-06-08T15:30:00Z"),
    ("24 hours", "2024-02-28T12:00:00Z", "UTC", PLAIN, "2024-02-29T12:00:00Z", "2024-02-29T12:00:00Z"),
    ("0 hours", "2026-06-05T15:30:00Z", "UTC", PLAIN, "2026-06-05T15:30:00Z", "2026-06-05T15:30:00Z"),
    ("24 hours", "2026-03-28T12:00:00Z", "Europe/Berlin", PLAIN, "2026-03-29T12:00:00Z", "2026-03-29T12:00:00Z"),
    ("24 hours", "2026-10-24T12:00:00Z", "Europe/Berlin", PLAIN, "2026-10-25T12:00:00Z", "2026-10-25T12:00:00Z"),
    ("7 days", "2026-06-01T00:00:00Z", "UTC", PLAIN, "2026-06-08", "2026-06-09T00:00:00Z"),
    ("7 days", "2026-06-01T23:59:59Z", "UTC", PLAIN, "2026-06-08", "2026-06-09T00:00:00Z"),
    ("14 days", "2026-06-01T10:00:00Z", "UTC", PLAIN, "2026-06-15", "2026-06-16T00:00:00Z"),
    ("30 days", "2026-06-01T10:00:00Z", "UTC", PLAIN, "2026-07-01", "2026-07-02T00:00:00Z"),
    ("90 days", "2026-06-01T10:00:00Z", "UTC", PLAIN, "2026-08-30", "2026-08-31T00:00:00Z"),
    ("1 day", "2024-02-28T10:00:00Z", "UTC", PLAIN, "2024-02-29", "2024-03-01T00:00:00Z"),
    ("1 day", "2026-02-28T10:00:00Z", "UTC", PLAIN, "2026-03-01", "2026-03-02T00:00:00Z"),
    ("365 days", "2024-02-29T10:00:00Z", "UTC", PLAIN, "2025-02-28", "2025-03-01T00:00:00Z"),
    ("30 days", "2026-12-15T10:00:00Z", "UTC", PLAIN, "2027-01-14", "2027-01-15T00:00:00Z"),
    ("same day", "2026-06-06T10:00:00Z", "UTC", PLAIN, "2026-06-06", "2026-06-07T00:00:00Z"),
    ("0 days", "2026-06-06T10:00:00Z", "UTC", PLAIN, "2026-06-06", "2026-06-07T00:00:00Z"),
    ("4 weeks", "2026-06-01T10:00:00Z", "UTC", PLAIN, "2026-06-29", "2026-06-30T00:00:00Z"),
    ("6 weeks", "2026-06-01T10:00:00Z", "UTC", PLAIN, "2026-07-13", "2026-07-14T00:00:00Z"),
    ("12 weeks", "2026-06-01T10:00:00Z", "UTC", PLAIN, "2026-08-24", "2026-08-25T00:00:00Z"),
    ("25 weeks", "2026-06-01T10:00:00Z", "UTC", PLAIN, "2026-11-23", "2026-11-24T00:00:00Z"),
    ("1 week", "2024-02-26T10:00:00Z", "UTC", PLAIN, "2024-03-04", "2024-03-05T00:00:00Z"),
    ("1 month", "2026-01-31T10:00:00Z", "UTC", PLAIN, "2026-02-28", "2026-03-01T00:00:00Z"),
    ("1 month", "2024-01-31T10:00:00Z", "UTC", PLAIN, "2024-02-29", "2024-03-01T00:00:00Z"),
    ("1 month", "2026-02-28T10:00:00Z", "UTC", PLAIN, "2026-03-28", "2026-03-29T00:00:00Z"),
    ("1 month", "2026-03-31T10:00:00Z", "UTC", PLAIN, "2026-04-30", "2026-05-01T00:00:00Z"),
    ("3 months", "2026-11-30T10:00:00Z", "UTC", PLAIN, "2027-02-28", "2027-03-01T00:00:00Z"),
    ("12 months", "2024-02-29T10:00:00Z", "UTC", PLAIN, "2025-02-28", "2025-03-01T00:00:00Z"),
    ("1 month", "2026-12-31T10:00:00Z", "UTC", PLAIN, "2027-01-31", "2027-02-01T00:00:00Z"),
    ("2 business days", "2026-06-01T10:00:00Z", "UTC", PLAIN, "2026-06-03", "2026-06-04T00:00:00Z"),
    ("2 business days", "2026-06-05T10:00:00Z", "UTC", PLAIN, "2026-06-09", "2026-06-10T00:00:00Z"),
    ("2 business days", "2026-06-06T10:00:00Z", "UTC", PLAIN, "2026-06-09", "2026-06-10T00:00:00Z"),
    ("2 business days", "2026-06-07T10:00:00Z", "UTC", PLAIN, "2026-06-09", "2026-06-10T00:00:00Z"),
    ("5 business days", "2026-06-05T10:00:00Z", "UTC", PLAIN, "2026-06-12", "2026-06-13T00:00:00Z"),
    ("1 business day", "2026-06-04T10:00:00Z", "UTC", PLAIN, "2026-06-05", "2026-06-06T00:00:00Z"),
    ("0 business days", "2026-06-06T10:00:00Z", "UTC", PLAIN, "2026-06-08", "2026-06-09T00:00:00Z"),
    ("0 business days", "2026-06-05T10:00:00Z", "UTC", PLAIN, "2026-06-05", "2026-06-06T00:00:00Z"),
    ("10 business days", "2026-06-03T10:00:00Z", "UTC", PLAIN, "2026-06-17", "2026-06-18T00:00:00Z"),
    ("2 business days", "2026-12-23T10:00:00Z", "UTC", HOLIDAYS, "2026-12-30", "2026-12-31T00:00:00Z"),
    ("5 business days", "2026-12-23T10:00:00Z", "UTC", HOLIDAYS, "2027-01-05", "2027-01-06T00:00:00Z"),
    ("1 business day", "2026-12-24T10:00:00Z", "UTC", HOLIDAYS, "2026-12-29", "2026-12-30T00:00:00Z"),
    ("0 business days", "2026-12-25T10:00:00Z", "UTC", HOLIDAYS, "2026-12-29", "2026-12-30T00:00:00Z"),
    ("2 business days", "2026-12-31T10:00:00Z", "UTC", HOLIDAYS, "2027-01-05", "2027-01-06T00:00:00Z"),
    ("2 business days", "2026-06-04T10:00:00Z", "UTC", SUNDAY_TO_THURSDAY, "2026-06-08", "2026-06-09T00:00:00Z"),
    ("1 business day", "2026-06-05T10:00:00Z", "UTC", SUNDAY_TO_THURSDAY, "2026-06-07", "2026-06-08T00:00:00Z"),
    ("7 days", "2026-06-01T23:30:00Z", "Europe/Berlin", PLAIN, "2026-06-09", "2026-06-09T22:00:00Z"),
    ("7 days", "2026-06-01T21:30:00Z", "Europe/Berlin", PLAIN, "2026-06-08", "2026-06-08T22:00:00Z"),
    ("7 days", "2026-06-01T03:00:00Z", "America/Los_Angeles", PLAIN, "2026-06-07", "2026-06-08T07:00:00Z"),
    ("7 days", "2026-06-01T12:00:00Z", "Pacific/Kiritimati", PLAIN, "2026-06-09", "2026-06-09T10:00:00Z"),
    ("7 days", "2026-06-01T05:00:00Z", "Pacific/Pago_Pago", PLAIN, "2026-06-07", "2026-06-08T11:00:00Z"),
    ("1 day", "2026-03-28T12:00:00Z", "Europe/Berlin", PLAIN, "2026-03-29", "2026-03-29T22:00:00Z"),
    ("1 day", "2026-10-24T12:00:00Z", "Europe/Berlin", PLAIN, "2026-10-25", "2026-10-25T23:00:00Z"),
    ("7 days", "2026-03-05T12:00:00Z", "America/New_York", PLAIN, "2026-03-12", "2026-03-13T04:00:00Z"),
    ("7 days", "2026-10-29T12:00:00Z", "America/New_York", PLAIN, "2026-11-05", "2026-11-06T05:00:00Z"),
    ("1 day", "2026-09-04T12:00:00Z", "America/Santiago", PLAIN, "2026-09-05", "2026-09-06T04:00:00Z"),
    ("1 day", "2026-10-30T12:00:00Z", "America/Havana", PLAIN, "2026-10-31", "2026-11-01T04:00:00Z"),
    ("7 days", "2026-06-01T18:45:00Z", "Asia/Kolkata", PLAIN, "2026-06-09", "2026-06-09T18:30:00Z"),
    ("2 business days", "2026-06-05T22:30:00Z", "Europe/Berlin", PLAIN, "2026-06-09", "2026-06-09T22:00:00Z"),
    ("2 business days", "2026-06-08T05:00:00Z", "America/Los_Angeles", PLAIN, "2026-06-09", "2026-06-10T07:00:00Z"),
    ("1 month", "2026-01-31T23:30:00Z", "Europe/Berlin", PLAIN, "2026-03-01", "2026-03-01T23:00:00Z"),
    ("90 days or next maintenance", "2026-06-01T10:00:00Z", "UTC", MAINTENANCE, "2026-06-15", "2026-06-16T00:00:00Z"),
    ("90 days or next maintenance", "2026-06-01T10:00:00Z", "UTC", MAINTENANCE_LATER, "2026-08-30", "2026-08-31T00:00:00Z"),
    ("90 days or next maintenance", "2026-06-15T10:00:00Z", "UTC", MAINTENANCE, "2026-09-13", "2026-09-14T00:00:00Z"),
    ("90 days or next maintenance", "2026-07-02T10:00:00Z", "UTC", MAINTENANCE, "2026-09-15", "2026-09-16T00:00:00Z"),
    ("90 days or next maintenance", "2026-09-20T10:00:00Z", "UTC", MAINTENANCE, "2026-12-19", "2026-12-20T00:00:00Z"),
    ("90 days or next maintenance", "2026-09-20T10:00:00Z", "UTC", MAINTENANCE_LATER, "2026-12-19", "2026-12-20T00:00:00Z"),
    ("7 days or next maintenance", "2026-06-01T10:00:00Z", "UTC", MAINTENANCE, "2026-06-08", "2026-06-09T00:00:00Z"),
    ("7 days or next maintenance", "2026-06-01T10:00:00Z", "UTC", MAINTENANCE_LATER, "2026-06-15", "2026-06-16T00:00:00Z"),
    ("90 days or next maintenance", "2026-06-01T10:00:00Z", "UTC", PLAIN, "2026-08-30", "2026-08-31T00:00:00Z"),
];

#[test]
fn every_term_ends_where_a_second_implementation_says() {
    for &(term, start, zone, calendar, expected, ends) in TABLE {
        let policy = format!(
            "version = 1\nname = \"p\"\nfix = \"{term}\"\n[calendar]\ntimezone = \"{zone}\"\n{calendar}\n"
        );
        let mut engine = engine(&[&policy], start);
        let assessment = engine.assess(&rated(start, "high"), &[]);
        let case = format!("{term} from {start} in {zone} with {calendar}");
        assert_eq!(
            by(&assessment, Duty::Fix).as_deref(),
            Some(expected),
            "{case}"
        );
        let deadline = assessment.due().unwrap();
        assert_eq!(deadline.ends, time(ends), "{case}");
        assert!(
            !assessment.overdue(time(ends) - jiff::SignedDuration::from_nanos(1)),
            "{case}"
        );
        assert!(assessment.overdue(time(ends)), "{case}");
    }
}

#[test]
fn a_term_past_the_end_of_the_calendar_stops_there() {
    let policy = "version = 1\nname = \"p\"\nfix = \"1200 months\"\nassess = \"26000 business days\"\nacknowledge = \"876600 hours\"\n";
    let mut engine = engine(&[policy], "9999-06-01T00:00:00Z");
    let assessment = engine.assess(&rated("9999-06-01T00:00:00Z", "high"), &[]);
    assert_eq!(by(&assessment, Duty::Fix).as_deref(), Some("9999-12-31"));
    assert_eq!(by(&assessment, Duty::Assess).as_deref(), Some("9999-12-31"));
    assert!(assessment.deadlines.contains_key(&Duty::Acknowledge));
}

#[test]
fn reasons_tell_the_steps_that_a_reader_could_not_guess() {
    use crate::model::About;
    let about = About::Duty(Duty::Fix);
    for (term, start, calendar, expected) in [
        (
            "2 business days",
            "2026-06-05T10:00:00Z",
            "",
            "starts Fri 2026-06-05: Sat 2026-06-06 to Sun 2026-06-07 off, Mon 2026-06-08 to Tue 2026-06-09 are days 1 to 2",
        ),
        (
            "2 business days",
            "2026-12-23T10:00:00Z",
            HOLIDAYS,
            "starts Wed 2026-12-23: Thu 2026-12-24 to Fri 2026-12-25 holidays, Sat 2026-12-26 to Sun 2026-12-27 off, \
             Mon 2026-12-28 holiday, Tue 2026-12-29 to Wed 2026-12-30 are days 1 to 2",
        ),
        // The day of receipt does not count, and here it is none.
        (
            "1 business day",
            "2026-06-06T10:00:00Z",
            "",
            "starts Sat 2026-06-06: Sun 2026-06-07 off, Mon 2026-06-08 is day 1",
        ),
        // Whoever counts along needs no help here.
        ("2 business days", "2026-06-01T10:00:00Z", "", ""),
        // A longer walk: its numbers and its holidays.
        (
            "12 business days",
            "2026-12-23T10:00:00Z",
            HOLIDAYS,
            "skips 6 days off and 4 holidays: Thu 2026-12-24, Fri 2026-12-25, Mon 2026-12-28, Fri 2027-01-01",
        ),
        (
            "11 business days",
            "2026-06-05T10:00:00Z",
            "",
            "skips 6 days off",
        ),
        (
            "1 month",
            "2026-01-31T10:00:00Z",
            "",
            "the month ends on 2026-02-28",
        ),
        (
            "7 days",
            "2026-06-01T10:00:00Z",
            "timezone = \"Asia/Kolkata\"",
            "days of Asia/Kolkata",
        ),
        (
            "90 days or next maintenance",
            "2026-06-01T10:00:00Z",
            MAINTENANCE,
            "the next maintenance on 2026-06-15 is earlier than 2026-08-30",
        ),
        (
            "90 days or next maintenance",
            "2026-06-01T10:00:00Z",
            MAINTENANCE_LATER,
            "the next maintenance on 2026-06-15 is not later",
        ),
        (
            "90 days or next maintenance",
            "2026-06-01T10:00:00Z",
            "",
            "no maintenance is planned after 2026-06-01",
        ),
        ("7 days", "2026-06-01T10:00:00Z", "", ""),
    ] {
        let policy =
            format!("version = 1\nname = \"p\"\nfix = \"{term}\"\n[calendar]\n{calendar}\n");
        let mut engine = engine(&[&policy], start);
        let assessment = engine.assess(&rated(start, "high"), &[]);
        let why = super::chosen(&assessment, about);
        assert_eq!(super::note(why), expected, "{term}");
        assert_eq!(
            why.term.as_ref().map(crate::model::Text::untrusted),
            Some(term)
        );
    }
}
