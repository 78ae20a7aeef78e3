//! Finds what starts a clock on a page, and judges whether another start can be later.

use super::words::Word;
use crate::model::Fact;
use crate::policy::Start;

/// Words that lead to an event.
const LEADS: [&str; 9] = [
    "of",
    "from",
    "after",
    "since",
    "following",
    "once",
    "upon",
    "when",
    "as",
];

/// Words that choose the earliest of several events.
const EARLIEST: [&str; 4] = ["earlier", "first", "earliest", "sooner"];

/// What a page says of the start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Clock {
    /// Each of these events; one unless the earlier of several counts.
    Events(Vec<Start>),
    /// Something that no policy knows.
    Unclear,
}

/// The event of a word, by what follows it.
fn event(words: &[Word], at: usize) -> Option<Start> {
    let word = words.get(at)?;
    let near = |list: &[&str]| words.iter().skip(at + 1).take(3).any(|word| word.is(list));
    let told = |fact| Some(Start::Event(fact));
    if word.starts(&["public"]) && !word.is(&["publicly"]) || word.is(&["publicly", "advisory"]) {
        return told(Fact::Published);
    }
    if word.is(&["kev", "exploited"]) {
        return told(Fact::KevAdded);
    }
    if word.is(&["available", "availability"])
        || (word.is(&["release", "released"]) && near(&["patch", "fix", "update"]))
    {
        return told(Fact::FixAvailable);
    }
    if word.is(&["aware", "awareness"]) {
        return told(Fact::Aware);
    }
    let sees = word.is(&[
        "see",
        "saw",
        "seen",
        "find",
        "found",
        "know",
        "known",
        "learn",
        "learned",
        "learnt",
        "knowledge",
    ]);
    if sees || word.starts(&["discover", "detect", "identif"]) {
        return Some(Start::FirstSeen);
    }
    if word.starts(&["report", "notif", "receipt", "receiv", "submi", "disclos"])
        || word.is(&["told", "ticket"])
    {
        return told(Fact::Reported);
    }
    if word.starts(&[
        "triag",
        "confirm",
        "validat",
        "verif",
        "assess",
        "accept",
        "acknowledg",
    ]) {
        return told(Fact::Triaged);
    }
    None
}

/// The first event of these words and where it ends.
fn first(words: &[Word]) -> Option<(Start, usize)> {
    (0..words.len()).find_map(|at| Some((event(words, at)?, at + 1)))
}

/// The clock directly behind a term, and where its words end: `of discovery`, `after the report is confirmed`.
pub(super) fn behind(words: &[Word], end: usize) -> Option<(Clock, usize)> {
    let start = end + usize::from(words.get(end).is_some_and(|word| word.text == ")"));
    let lead = words.get(start)?;
    if !lead.is(&LEADS) {
        return None;
    }
    let rest = words.get(start + 1..).unwrap_or_default();
    let stops = [",", ";", ".", "—", ":", "and", "for", "|", "("];
    let length = rest
        .iter()
        .take(14)
        .take_while(|word| !word.is(&stops))
        .count();
    let rest = rest.get(..length).unwrap_or_default();
    match first(rest) {
        Some((event, length)) => {
            let end = start + 1 + length;
            let mut events = vec![event];
            // `of the report or discovery, whichever is earlier`
            let more = words
                .get(end..words.len().min(end + 14))
                .unwrap_or_default();
            let which = more.iter().position(|word| word.text == "whichever");
            let (before, behind) = more.split_at(which.unwrap_or(0));
            if behind.iter().take(6).any(|word| word.is(&EARLIEST)) {
                events.extend((0..before.len()).filter_map(|at| self::event(before, at)));
            }
            events.sort_unstable();
            events.dedup();
            Some((Clock::Events(events), end))
        }
        // `when`, `as` and their like say much else.
        None if lead.is(&["of", "from", "after", "since", "following"]) => {
            Some((Clock::Unclear, start + 1))
        }
        None => None,
    }
}

/// The clock of a lead-in or of the head of a column: `Fixed within (from discovery)`.
pub(super) fn around(words: &[Word]) -> Option<Clock> {
    let leads = |word: &Word| word.is(&["from", "after", "since"]);
    let mut places = (0..words.len()).filter(|&at| words.get(at).is_some_and(leads));
    let clock = places.find_map(|at| behind(words, at));
    clock
        .map(|(clock, _)| clock)
        .filter(|clock| *clock != Clock::Unclear)
}

/// The clock of a whole sentence: `counted from the day of …`, `the clock starts when …`, `Once confirmed, …`.
/// With the place at which its words begin.
pub(super) fn of_sentence(words: &[Word]) -> Option<(Clock, usize)> {
    let earliest = words.iter().any(|word| word.text == "whichever")
        && words.iter().any(|word| word.is(&EARLIEST));
    let told = |from: usize| -> Option<Clock> {
        let rest = words.get(from..)?;
        let stop = if earliest {
            rest.len()
        } else {
            rest.iter().take(20).count()
        };
        let rest = rest.get(..stop)?;
        let (start, _) = first(rest)?;
        if !earliest {
            return Some(Clock::Events(vec![start]));
        }
        let mut events: Vec<Start> = (0..rest.len()).filter_map(|at| event(rest, at)).collect();
        events.sort_unstable();
        events.dedup();
        Some(Clock::Events(events))
    };
    let counts = |word: &Word| {
        word.is(&[
            "counted",
            "count",
            "counts",
            "measured",
            "calculated",
            "starting",
            "beginning",
        ])
    };
    let clock = |word: &Word| {
        word.is(&[
            "clock",
            "clocks",
            "timer",
            "timeline",
            "timelines",
            "timeframe",
            "timeframes",
            "period",
            "periods",
        ]) || word.is(&[
            "time",
            "times",
            "deadline",
            "deadlines",
            "term",
            "terms",
            "sla",
            "slas",
        ])
    };
    let runs = |word: &Word| word.is(&["starts", "start", "begins", "begin", "runs", "run"]);
    let mut speaks_of_time = false;
    for (at, word) in words.iter().enumerate() {
        let leads = words
            .iter()
            .skip(at + 1)
            .take(3)
            .any(|next| next.is(&LEADS) || next.is(&["at", "with", "on"]));
        let starts = counts(word) || (runs(word) && speaks_of_time);
        if starts && leads {
            return Some((told(at + 1).unwrap_or(Clock::Unclear), at));
        }
        speaks_of_time |= clock(word);
    }
    let lead = words.first()?;
    let comma = words.iter().position(|word| word.text == ",")?;
    if lead.is(&LEADS) && comma <= 14 {
        let (event, _) = first(words.get(1..comma)?)?;
        return Some((Clock::Events(vec![event]), 0));
    }
    None
}

/// Whether an event never lies behind another one: what is reported, confirmed or known of has been seen by then.
fn never_later(one: Start, other: Start) -> bool {
    let after_seen = [Fact::Reported, Fact::Triaged, Fact::Aware].map(Start::Event);
    one == other
        || (one == Start::FirstSeen && after_seen.contains(&other))
        || (one == Start::Event(Fact::Reported) && other == Start::Event(Fact::Triaged))
}

/// The first event of a policy that can start a clock later than the page's event does.
pub(super) fn later(policy: &[Start], page: Start) -> Option<Start> {
    for &start in policy.iter().chain(&[Start::FirstSeen]) {
        if !never_later(start, page) {
            return Some(start);
        }
        // What follows counts only where this is unknown, and then the page's event is too.
        if start == page {
            return None;
        }
    }
    None
}

/// An event in a sentence: `discovery`.
pub(super) const fn word(start: Start) -> &'static str {
    match start {
        Start::FirstSeen => "discovery",
        Start::Event(Fact::Reported) => "the report",
        Start::Event(Fact::Triaged) => "confirmation",
        Start::Event(Fact::Published) => "publication",
        Start::Event(Fact::FixAvailable) => "the availability of a fix",
        Start::Event(Fact::KevAdded) => "the listing as exploited",
        Start::Event(Fact::Aware) => "becoming aware of an incident",
    }
}
