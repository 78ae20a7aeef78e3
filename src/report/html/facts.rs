//! The facts of a finding and what was made of them, field by field.

use super::detail::Detail;
use super::words::{self, Shown};
use crate::model::{Entry, Finding, Location, Moment, Place, Report, Suppression, Text, Ticket};
use crate::report::View;
use crate::report::escape::html;
use crate::report::wording::{self, digits};

/// Says everything that is known of a finding.
pub(super) fn tell<'a>(
    entry: &'a Entry,
    report: &Report,
    view: &View,
    detail: &mut Detail<'_, 'a>,
) {
    let finding = &*entry.finding;
    dates(entry, report, view, detail);
    claims(finding, detail);
    detail.prose("what is wrong", finding.description.as_ref());
    detail.prose("what to do", finding.recommendation.as_ref());
    detail.prose("evidence", finding.evidence.as_ref());
    places(finding, detail);
    decisions(entry, detail);
    sightings(finding, detail);
    history(entry, detail);
    names(entry, detail);
}

fn dates(entry: &Entry, report: &Report, view: &View, detail: &mut Detail<'_, '_>) {
    let assessment = &entry.assessment;
    detail.section("Dates");
    for (duty, deadline) in assessment.deadlines.iter() {
        let far = if assessment.status.is_due() {
            format!(", {}", wording::far(&entry.finding, deadline, report.as_of))
        } else {
            String::new()
        };
        let words = format!("by {}{far} ({})", deadline.by, html(&deadline.policy));
        detail.say(duty.name(), Some(words));
    }
    detail.say("status", Some(wording::status(entry)));
    if let Some(suppressed) = assessment.suppressed.as_deref() {
        detail.say("because", Some(Shown::of(&suppressed.reason)));
        detail.say("decided", wording::suppression_origin(entry, html));
    }
    let failing = view.failing.get(&entry.fingerprint);
    let failing = failing.into_iter().flatten().map(Shown::of);
    detail.list("fails the build", failing, false);
    detail.say("first seen", entry.first_seen.as_ref().map(moment));
    let last = entry.finding.last_seen;
    detail.say("last seen", last.map(|time| time.to_string()));
    for (fact, told) in &entry.finding.dates {
        detail.say(fact.name(), Some(moment(told)));
    }
    let baseline = entry.finding.baseline;
    detail.say("baseline", baseline.map(|state| state.name().to_owned()));
    for (duty, promise) in &entry.finding.history().promises {
        let words = wording::promise(*duty, promise, html);
        detail.say("promised", Some(words));
    }
}

/// Who says how bad it is, and how likely it is exploited.
fn claims(finding: &Finding, detail: &mut Detail<'_, '_>) {
    detail.section("Who says how bad");
    let claims = finding.claims.iter().map(|claim| {
        let words = wording::claim(claim, html);
        format!("{words} (in {})", place(&claim.source))
    });
    detail.list("claims", claims, false);
    detail.say("kev", wording::kev(finding, html));
    detail.say("epss", wording::epss(finding));
}

fn places(finding: &Finding, detail: &mut Detail<'_, '_>) {
    detail.section("Where");
    if let Some(package) = &finding.package {
        let lists = [
            (
                "versions",
                words::list(&package.versions),
                package.versions.more(),
            ),
            (
                "affected",
                words::list(&package.ranges),
                package.ranges.more(),
            ),
            (
                "fixed in",
                words::list(&package.fixed_in),
                package.fixed_in.more(),
            ),
            (
                "comes in by",
                words::list(&package.paths),
                package.paths.more(),
            ),
        ];
        detail.say("package", Some(Shown::of(&package.purl)));
        for (name, members, more) in lists {
            detail.list(name, members, more);
        }
    }
    let places = finding.locations.iter().filter_map(location);
    detail.list("locations", places, finding.locations.more());
    let links = finding.links.iter();
    let links = links.map(|link| Shown::link(html(link).into_owned(), Some(link)));
    detail.list("read more", links, finding.links.more());
}

/// `src/a.js:3:1 to 5:9, Board::render`, and a link where it is an address.
fn location(location: &Location) -> Option<Shown> {
    let Location {
        path,
        start_line: _,
        start_column,
        end_line,
        end_column,
        logical,
        url,
    } = location;
    let place = wording::location(location, html)?;
    let number =
        |before: &str, number: &Option<u32>| number.map(|number| format!("{before}{number}"));
    let more = [
        number(":", start_column),
        number(" to ", end_line),
        number(":", &end_line.and(*end_column)),
        logical.as_ref().map(|words| format!(", {}", html(words))),
    ];
    // Without a path the place is the name or the address itself.
    let more = more.into_iter().filter(|_| path.is_some()).flatten();
    let shown = [place].into_iter().chain(more).collect();
    Some(Shown::link(shown, url.as_ref()))
}

fn decisions(entry: &Entry, detail: &mut Detail<'_, '_>) {
    let finding = &*entry.finding;
    detail.section("Decisions and tickets");
    detail.list("tickets", entry.tickets.iter().map(ticket), false);
    detail.say("owners", wording::owners(finding, html));
    let decisions = finding.history().decisions.iter();
    let own = decisions.map(|decision| wording::decision(decision, html));
    detail.list("decisions", own, false);
    for ticket in &entry.tickets {
        let Some(linked) = detail.shared().ticket(&ticket.key) else {
            continue;
        };
        let decisions = linked.history().decisions.iter();
        let told = decisions.map(|decision| wording::decision(decision, html));
        let told: Vec<_> = told
            .map(|told| format!("{}: {told}", html(&ticket.key)))
            .collect();
        detail.list("of its tickets", told, false);
    }
    detail.list(
        "suppressions",
        (finding.suppressions.iter().map(suppression)).chain(
            finding
                .unsuppressed
                .then(|| "none in another record".into()),
        ),
        false,
    );
}

/// `AMS-1, open (To Do), due 2026-11-27, since …`.
fn ticket(ticket: &Ticket) -> Shown {
    let Ticket {
        updated,
        key,
        state,
        status,
        due,
        created,
        url,
        checks: _,
        is_reopened,
    } = ticket;
    let parts = [
        Some(format!("{}, {}", html(key), state.name())),
        status.as_ref().map(|status| format!(" ({})", html(status))),
        is_reopened.then(|| ", reopened".to_owned()),
        due.map(|due| format!(", due {due}")),
        created.map(|time| format!(", created {time}")),
        updated.map(|time| format!(", updated {time}")),
    ];
    Shown::link(parts.into_iter().flatten().collect(), url.as_ref())
}

fn suppression(suppression: &Suppression) -> String {
    let Suppression {
        status,
        scanner,
        kind,
        justification,
    } = suppression;
    let because = justification.as_ref();
    let because = because.map_or(String::new(), |words| format!(": {}", html(words)));
    format!(
        "{} {}, {}{because}",
        html(scanner),
        html(kind),
        status.name()
    )
}

fn sightings(finding: &Finding, detail: &mut Detail<'_, '_>) {
    detail.section("Who saw it, and where");
    let seen = finding.sightings.iter().map(|sighting| {
        let scanner = html(&sighting.scanner);
        format!("{scanner} in {}", place(&sighting.place))
    });
    detail.list("sightings", seen, finding.sightings.more());
    detail.list("scope", words::list(&finding.scope), false);
}

fn history(entry: &Entry, detail: &mut Detail<'_, '_>) {
    let history = entry.finding.history();
    detail.section("Earlier");
    let known_as = history.known_as.iter();
    let known_as = known_as
        .filter(|key| **key != entry.fingerprint)
        .map(digits);
    detail.list("also called", known_as, false);
    let moves = history.moves.iter().map(|one| {
        let from = one.from.as_ref();
        let from = from.map_or(String::new(), |from| {
            format!("{}, where it was ", html(from))
        });
        let since = one.first_seen.as_ref();
        let since = since.map_or(String::new(), |since| format!(", since {}", moment(since)));
        let (digits, evidence) = (digits(&one.fingerprint), html(&one.evidence));
        format!("{from}{digits}{since}: {evidence}")
    });
    detail.list("moved from", moves, false);
    let aliases = history.aliases.iter().map(|(ids, said)| {
        let ids = words::list(ids).join(", ");
        format!("{ids} are one, says {}", place(said))
    });
    detail.list("aliases", aliases, false);
}

fn names(entry: &Entry, detail: &mut Detail<'_, '_>) {
    let finding = &*entry.finding;
    detail.section("Names");
    detail.say("fingerprint", Some(entry.fingerprint.hex()));
    let others = finding.keys.iter().filter(|key| **key != entry.fingerprint);
    let others = others.map(|key| format!("{} {}", key.label().name(), digits(key)));
    detail.list("other keys", others, false);
    detail.say(
        "app",
        Some(Shown::of(&finding.app)).filter(|_| !finding.app.is_empty()),
    );
    detail.say("kind", Some(finding.kind.name().to_owned()));
    let rule = [&finding.rule.id, &finding.rule.name];
    detail.list("rule", words::list(rule.into_iter().flatten()), false);
    detail.list("ids", words::list(&finding.ids), false);
    detail.list(
        "weaknesses",
        words::list(finding.numbered_weaknesses()),
        false,
    );
    detail.list("tags", words::list(finding.marks()), finding.tags.more());
    let tags = entry.assessment.tags.iter();
    detail.list(
        "policy tags",
        tags.map(|set| wording::policy_tag(set, html)),
        false,
    );
}

/// `2026-11-05T09:00:00Z (scan time of audit.json)`.
fn moment(moment: &Moment) -> String {
    format!("{} ({})", moment.at, html(&moment.source))
}

/// `audit.json at /vulnerabilities/lodash`.
fn place(place: &Place) -> String {
    let (path, at): (_, &Text) = (html(&place.report.path), &place.at);
    if at.is_empty() {
        return path.into_owned();
    }
    format!("{path} at {}", html(at))
}
