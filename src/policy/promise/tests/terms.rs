//! Terms in the words of pages, and the worst case of each unit against each.

use super::{lines, policy, verdicts};

/// What a policy that fixes everything within `term` makes of a page that promises `page`.
fn against(term: &str, page: &str, more: &str) -> &'static str {
    let policy = policy(&format!("fix = \"{term}\"\n{more}"));
    let verdicts = verdicts(
        &policy,
        &format!("Critical vulnerabilities are fixed {page}."),
    );
    assert_eq!(verdicts.len(), 1, "{page}: {verdicts:?}");
    verdicts[0]
}

#[test]
fn the_policy_keeps_a_page_only_when_it_always_ends_no_later() {
    for (term, page, kept) in [
        ("7 days", "within 7 days", true),
        ("8 days", "within 7 days", false),
        ("7 days", "within one (1) week", true),
        ("1 week", "within 7 calendar days", true),
        ("8 days", "within a week", false),
        // One business day can be a day: whoever reports on Monday has it on Tuesday.
        ("5 days", "within 5 business days", true),
        ("6 days", "within 5 business days", false),
        ("10 days", "within five working days", false),
        ("5 business days", "within 7 days", true),
        ("5 business days", "within 6 days", false),
        ("5 business days", "within 5 business days", true),
        ("6 business days", "within 5 business days", false),
        // A month is 28 to 31 days.
        ("28 days", "within a month", true),
        ("29 days", "within a month", false),
        ("1 month", "within 31 days", true),
        ("1 month", "within 30 days", false),
        ("1 month", "within one month", true),
        ("25 weeks", "within 6 months", true),
        ("1 month", "within four weeks", false),
        // A day ends with the local day, and whoever starts in the morning has nearly two.
        ("1 day", "within 24 hours", false),
        ("1 day", "within 48 hours", true),
        ("same day", "within 24 hours", true),
        ("24 hours", "within 1 day", true),
        ("25 hours", "within 1 day", false),
        ("24 hours", "on the same day", false),
    ] {
        let expected = if kept { "kept" } else { "not kept" };
        assert_eq!(against(term, page, ""), expected, "{term} for {page}");
    }
}

#[test]
fn zones_work_weeks_and_holidays_make_terms_longer() {
    let berlin = "[calendar]\ntimezone = \"Europe/Berlin\"";
    assert_eq!(against("1 day", "within 48 hours", berlin), "not kept");
    assert_eq!(against("1 day", "within 49 hours", berlin), "kept");
    let week = "[calendar]\nwork-week = [\"monday\", \"tuesday\"]";
    assert_eq!(
        against("2 business days", "within 2 business days", week),
        "not kept"
    );
    let holidays = "[calendar]\nholidays = [2026-12-24, 2026-12-25]";
    // Two days that start on the 23rd, a Wednesday, end on Tuesday the 29th.
    assert_eq!(
        against("2 business days", "within 6 days", holidays),
        "kept"
    );
    assert_eq!(
        against("2 business days", "within 5 days", holidays),
        "not kept"
    );
    assert_eq!(
        against("2 business days", "within 2 business days", holidays),
        "kept"
    );
}

#[test]
fn maintenance_counts_as_the_page_and_the_policy_say() {
    let later = "[calendar]\nmaintenance = \"later\"";
    let term = "90 days or next maintenance";
    for (page, earlier_kept, later_kept, plain_kept) in [
        (
            "within 90 days or the next maintenance cycle",
            true,
            false,
            true,
        ),
        (
            "within 90 days or with the next planned maintenance, whichever is earlier",
            true,
            false,
            false,
        ),
        (
            "within 90 days or at the next maintenance window, whichever is later",
            true,
            true,
            true,
        ),
        ("within 90 days", true, false, true),
        (
            "within 89 days or the next maintenance cycle",
            false,
            false,
            false,
        ),
    ] {
        let expected = |kept| if kept { "kept" } else { "not kept" };
        assert_eq!(against(term, page, ""), expected(earlier_kept), "{page}");
        assert_eq!(against(term, page, later), expected(later_kept), "{page}");
        assert_eq!(against("90 days", page, ""), expected(plain_kept), "{page}");
    }
}

#[test]
fn numbers_are_read_in_all_their_clothes() {
    let policy = policy("fix = \"none\"");
    for (words, span) in [
        ("within twenty-four hours", "within 24 hours"),
        ("within ninety days", "within 90 days"),
        ("within one hundred and eighty days", "within 180 days"),
        ("in 24h", "within 24 hours"),
        ("in a 30-day window", "within 30 days"),
        ("within 2–3 weeks", "within 3 weeks"),
        ("between 7 and 10 days", "within 10 days"),
        ("in no more than 14 days", "within 14 days"),
        ("within 1,000 hours", "within 1000 hours"),
        ("by the next business day", "within 1 business day"),
        ("within two (2) business days", "within 2 business days"),
        ("within a fortnight", "within 2 weeks"),
        ("within one quarter", "within 3 months"),
        ("the same day", "on the same day"),
        ("on the same business day", "on the same business day"),
        ("by the next business day", "within 1 business day"),
        ("within a couple of days", "within 2 days"),
        ("within ７ days", "within 7 days"),
        ("within １４ ｄａｙｓ", "within 14 days"),
        ("within VII days", "within 7 days"),
        ("within XIV business days", "within 14 business days"),
        ("within T+3 days", "within 3 days"),
        ("within half a day", "within 12 hours"),
        ("within half a year", "within 6 months"),
    ] {
        let lines = lines(&policy, &format!("High vulnerabilities are fixed {words}."));
        let expected = format!("1 not kept: high fixed {span}; the policy names no date");
        assert_eq!(lines, [expected], "{words}");
    }
}

#[test]
fn a_number_that_cannot_be_placed_is_told_and_never_passed() {
    let policy = policy("fix = \"7 days\"\nacknowledge = \"1 hour\"");
    for page in [
        "Logs are kept for 90 days.",
        "We scan our dependencies every 7 days.",
        "Fixes are shipped after at least 7 days.",
        "P1: fixed within 24 hours.",
        "Severity 1 issues are resolved within 4 hours.",
        "Critical vulnerabilities are fixed within 1.5 days.",
        "We acknowledge reports within 8 business hours.",
        "Critical issues are fixed within 7 days of the third moon.",
        "Critical issues are fixed within 7.",
        "Critical, high and medium issues are fixed within 7 and 14 days.",
        "| Severity | Fix |\n|---|---|\n| P1 | 7 days |",
        "# Fix times\n\n- Critical: as soon as we can\n\nBackups live 30 days.",
    ] {
        let verdicts = verdicts(&policy, page);
        assert!(!verdicts.is_empty(), "{page}");
        assert!(
            verdicts.iter().all(|verdict| *verdict == "not understood"),
            "{page}: {verdicts:?}"
        );
    }
}

/// What is made of a page where the policy fixes within 7 days and acknowledges within an hour.
fn read(page: &str) -> Vec<String> {
    lines(&policy("fix = \"7 days\"\nacknowledge = \"1 hour\""), page)
}

const UNREAD: &str = "1 not understood: ; it could not be read: check by hand";

#[test]
fn a_time_that_cannot_be_read_is_listed_and_never_passed() {
    for page in [
        "Critical vulnerabilities are fixed immediately.",
        "We fix critical vulnerabilities overnight.",
        "Critical: immediately",
        "Patches are applied daily.",
        "High issues are patched T+3.",
        "High issues are patched at D+2.",
        "We respond the same week.",
        "Critical issues are fixed within the week.",
        "We fix high issues in a few days.",
        "High issues are resolved in a matter of hours.",
        "We respond by the end of the month.",
        "Reports are acknowledged right away.",
        "Reports are acknowledged by close of business.",
        "We respond within business hours.",
        "We respond to reports by Monday.",
        "Fixes for critical issues ship tomorrow.",
        "We fix critical issues every day.",
    ] {
        assert_eq!(read(page), [UNREAD], "{page}");
    }
    // Beside a term that is kept, and in the cell of a table.
    assert_eq!(
        read("Patches for critical issues are applied daily, at the latest within 7 days."),
        [UNREAD, "1 kept: critical fixed within 7 days"]
            .map(ToOwned::to_owned)
            .into_iter()
            .rev()
            .collect::<Vec<_>>()
    );
    for table in [
        "| Severity | Fix |\n|---|---|\n| Critical | Immediately |\n| High | 7 days |",
        "<table><tr><td>Critical<td>Overnight<tr><td>High<td>fixed in 7 days</table>",
    ] {
        let verdicts = verdicts(&policy("fix = \"7 days\""), table);
        assert_eq!(verdicts, ["not understood", "kept"], "{table}");
    }
}

#[test]
fn a_fraction_is_no_whole_number_and_is_listed() {
    for words in [
        "1.5 days",
        "½ day",
        "1½ days",
        "half a month",
        "two and a half days",
        "X days",
        "Ⅶ days",
        "٣ days",
    ] {
        let told = read(&format!("High issues are fixed within {words}."));
        assert!(!told.is_empty(), "{words}");
        let listed = told.iter().all(|line| line.contains("not understood"));
        assert!(listed || words.starts_with("two"), "{words}: {told:?}");
        assert!(
            told.iter().any(|line| line.contains("not understood")),
            "{words}: {told:?}"
        );
    }
}

#[test]
fn words_of_time_that_promise_nothing_are_passed_over() {
    for page in [
        "Business days are Monday to Friday.",
        "We monitor advisories daily.",
        "We respond to reports on business days, Monday to Friday.",
        "We patch zero-day vulnerabilities first.",
        "We respond as soon as possible.",
        "The office shuts at midnight.",
        "Our support answers during office hours.",
        "A day ends at midnight in the time zone UTC.",
    ] {
        let told = read(page);
        assert!(
            !told.iter().any(|line| line.contains("could not be read")),
            "{page}: {told:?}"
        );
    }
}

#[test]
fn what_is_denied_is_no_promise_and_is_listed() {
    for page in [
        "We do not promise to fix critical issues within 3 days.",
        "We don't guarantee a fix within 3 days.",
        "We can’t guarantee that critical issues are fixed within 3 days.",
        "There is no commitment to fix issues within 3 days.",
        "We make no commitment to fix critical issues within 3 days.",
        "A fix within 3 days is not guaranteed.",
        "We do not guarantee immediate fixes.",
        "We are under no obligation to fix issues within 3 days.",
    ] {
        assert_eq!(read(page), ["1 not a promise: "], "{page}");
    }
    // What looks alike is a promise, and what follows a denial is one, too.
    for page in [
        "We guarantee that critical issues are fixed in no more than 3 days.",
        "We do not only promise it: critical issues are fixed within 3 days.",
        "We do not promise uptime, but we fix critical issues within 3 days.",
        "We do not guarantee uptime and we fix critical issues within 3 days.",
        "Critical issues are fixed within 3 days, no exceptions, guaranteed.",
        "Although nothing is guaranteed elsewhere, we fix critical issues within 3 days.",
    ] {
        assert_eq!(
            read(page),
            ["1 not kept: critical fixed within 3 days; the policy allows 7 days"],
            "{page}"
        );
    }
    assert_eq!(
        read("Low issues are not resolved within 90 days."),
        ["1 not understood: ; the sentence says that it is not done"]
    );
}
