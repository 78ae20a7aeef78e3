"""Writes tests/it/dates.tsv: when terms end, by Python's datetime and zoneinfo and by nothing of scanfold.

    python3 tests/dates.py > tests/it/dates.tsv

The rules are those of docs/policies.md. Each row is one finding under one policy:

- term: one term, or dated versions of it: `2026-01-01: 30 days | 2026-06-22: 7 days`
- maintenance: `earlier` or `later`, then the planned days
- kev: `not listed`, or `listed DAY`, or `listed DAY due DAY`; empty when no catalogue was read
- promise: what an earlier report said, `BY/ENDS`; loosening is `yes` when the policy lets it become later
- by, ends: what must come out; `none` when there is no date
"""

import calendar
import sys
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

COLUMNS = ("name first_seen severity zone holidays work_week maintenance term as_of kev ticket_due promise "
           "loosening by ends").split()
WEEK = "monday tuesday wednesday thursday friday saturday sunday".split()


def instant(words):
    return datetime.strptime(words, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)


def show(at):
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def local_day(at, zone):
    return at.astimezone(ZoneInfo(zone)).date()


def end_of(day, zone):
    """The first second of which the local day is later, found by halving and not by any rule about midnight."""
    low = int(datetime(day.year, day.month, day.day, tzinfo=timezone.utc).timestamp()) - 2 * 86400
    high = low + 5 * 86400
    while high - low > 1:
        middle = (low + high) // 2
        if local_day(datetime.fromtimestamp(middle, timezone.utc), zone) > day:
            high = middle
        else:
            low = middle
    return datetime.fromtimestamp(high, timezone.utc)


def span(words, start, row):
    """`by` and `ends` of a term without conditions."""
    zone = row["zone"]
    if words == "same day":
        words = "0 days"
    count, unit = words.split(" ", 1)
    count, unit = int(count), unit.removesuffix("s")
    if unit == "hour":
        ends = start + timedelta(hours=count)
        return show(ends), ends
    day = local_day(start, zone)
    if unit == "day":
        day += timedelta(days=count)
    elif unit == "week":
        day += timedelta(days=7 * count)
    elif unit == "month":
        year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
        last = calendar.monthrange(year, month + 1)[1]
        day = date(year, month + 1, min(day.day, last))
    elif unit == "business day":
        holidays = {date.fromisoformat(one) for one in row["holidays"].split()}
        week = row["work_week"].split() or WEEK[:5]

        def works(one):
            return WEEK[one.weekday()] in week and one not in holidays

        if count == 0:
            while not works(day):
                day += timedelta(days=1)
        while count > 0:
            day += timedelta(days=1)
            count -= works(day)
    else:
        raise ValueError(words)
    return str(day), end_of(day, zone)


def promised_by(term, start, row):
    zone = row["zone"]
    if term == "none":
        return None
    if term.startswith("kev due date or "):
        if " due " in row["kev"]:
            day = date.fromisoformat(row["kev"].split()[-1])
            return str(day), end_of(day, zone)
        return span(term.removeprefix("kev due date or "), start, row)
    if not term.endswith(" or next maintenance"):
        return span(term, start, row)
    own = span(term.removesuffix(" or next maintenance"), start, row)
    which, *days = row["maintenance"].split() or ["earlier"]
    days = sorted(date.fromisoformat(day) for day in days)
    days = [day for day in days if day > local_day(start, zone)]
    if not days:
        return own
    planned = str(days[0]), end_of(days[0], zone)
    if which == "later":
        return planned if planned[1] > own[1] else own
    return planned if planned[1] < own[1] else own


def expect(row):
    as_of = instant(row["as_of"])
    start = min(instant(row["first_seen"]), as_of)
    term, zone = row["term"], row["zone"]
    if ": " in term:
        today = local_day(as_of, zone)
        versions = [version.split(": ") for version in term.split(" | ")]
        begun = [term for day, term in versions if date.fromisoformat(day) <= today]
        term = begun[-1] if begun else "none"
        if not begun:
            zone = "UTC"
    dates = [promised_by(term, start, row)]
    if row["ticket_due"]:
        day = date.fromisoformat(row["ticket_due"])
        dates.append((str(day), end_of(day, zone)))
    if row["promise"] and not row["loosening"]:
        by, ends = row["promise"].split("/")
        dates.append((by, instant(ends)))
    dates = [one for one in dates if one]
    # Of equal ones the first: the policy's own words before the ticket's, and these before an earlier report's.
    return min(dates, key=lambda one: one[1], default=None)


ROWS = []


def case(name, first_seen, term, severity="high", zone="UTC", **other):
    assert not set(other) - set(COLUMNS), other
    first_seen = first_seen if "T" in first_seen else first_seen + "T10:00:00Z"
    row = dict.fromkeys(COLUMNS, "")
    row |= dict(name=name, first_seen=first_seen, severity=severity, zone=zone, term=term, as_of=first_seen) | other
    found = expect(row)
    row["by"], row["ends"] = (found[0], show(found[1])) if found else ("none", "none")
    assert name not in [known["name"] for known in ROWS], name
    ROWS.append(row)


TERMS = ["72 hours", "same day", "7 days", "4 weeks", "1 month", "2 business days", "90 days or next maintenance",
         "kev due date or 2 weeks", "none"]
WINTER = "2026-12-24 2026-12-25 2026-12-28 2027-01-01"
# Where and when; the first sight is often near the end of a day, where zones disagree about which day it is.
SETTINGS = [
    ("on a Friday evening", "2026-11-06T17:30:00Z", "UTC", {}),
    ("on a Saturday", "2026-11-07T00:00:00Z", "UTC", {}),
    ("in the last second of a Sunday", "2026-11-08T23:59:59Z", "UTC", {}),
    ("before the holidays", "2026-12-23T12:00:00Z", "Europe/Berlin", {"holidays": WINTER}),
    ("on a holiday", "2026-12-25T12:00:00Z", "UTC", {"holidays": WINTER}),
    ("with work from Sunday to Thursday", "2026-11-05T12:00:00Z", "UTC",
     {"work_week": "sunday monday tuesday wednesday thursday"}),
    ("on the last day of January", "2027-01-31T09:00:00Z", "UTC", {}),
    ("on the last day of the year", "2026-12-31T23:30:00Z", "UTC", {}),
    ("before a leap day", "2028-02-28T10:00:00Z", "UTC", {}),
    ("on a leap day", "2028-02-29T10:00:00Z", "UTC", {}),
    ("at the start of summer time in Berlin", "2027-03-27T23:30:00Z", "Europe/Berlin", {}),
    ("at the end of summer time in Berlin", "2026-10-24T22:30:00Z", "Europe/Berlin", {}),
    ("at the start of summer time in New York", "2027-03-13T04:30:00Z", "America/New_York", {}),
    ("at the end of summer time in New York", "2026-10-31T03:30:00Z", "America/New_York", {}),
    ("at the half hour of Lord Howe in October", "2026-10-03T13:00:00Z", "Australia/Lord_Howe", {}),
    ("at the half hour of Lord Howe in April", "2027-04-03T13:30:00Z", "Australia/Lord_Howe", {}),
    ("far east", "2026-11-06T10:00:00Z", "Pacific/Kiritimati", {}),
    ("far west", "2026-11-07T10:59:59Z", "Pacific/Pago_Pago", {}),
    ("half an hour aside", "2026-11-06T18:30:00Z", "Asia/Kolkata", {}),
]
for words, first, zone, other in SETTINGS:
    for term in TERMS:
        more = dict(other)
        day = local_day(instant(first), zone)
        if term.endswith("maintenance"):
            days = [day, day + timedelta(days=45), day + timedelta(days=110)]
            more["maintenance"] = " ".join(["earlier", *map(str, days)])
        if term.startswith("kev"):
            more["kev"] = f"listed {day - timedelta(days=9)} due {day + timedelta(days=12)}"
        case(f"{term} {words}", first, term, zone=zone, **more)

# The catalogue.
for words, kev in [("nobody looked up", ""), ("what is not listed", "not listed"),
                   ("what is listed without a date", "listed 2026-10-01")]:
    case(f"kev term for {words}", "2026-11-06T23:30:00Z", "kev due date or 2 weeks", zone="Europe/Berlin", kev=kev)
for words, due in [("before the first sight", "2026-10-20"), ("on the day of the first sight", "2026-11-06"),
                   ("long after", "2027-05-06")]:
    case(f"kev date {words}", "2026-11-06", "kev due date or 2 weeks", zone="America/New_York",
         kev=f"listed 2026-10-06 due {due}")
case("kev date does not move a plain term", "2026-11-06", "30 days", kev="listed 2026-11-01 due 2026-11-08")
case("kev fallback in business days", "2026-11-06", "kev due date or 3 business days", kev="not listed")

# Maintenance.
for which in ["earlier", "later"]:
    for words, days in [("before the term ends", "2026-12-08"), ("after the term ends", "2027-03-09"),
                        ("on the day on which the term ends", "2027-01-31"),
                        ("on the day of the first sight", "2026-11-02"), ("in the past", "2026-10-06"),
                        ("twice, in no order", "2027-03-09 2026-12-08")]:
        case(f"maintenance {words}, the {which} one", "2026-11-02", "90 days or next maintenance", "low",
             maintenance=f"{which} {days}")
case("no maintenance is planned", "2026-11-02", "90 days or next maintenance", "low")
case("maintenance tomorrow by local days", "2026-11-02T23:30:00Z", "90 days or next maintenance", "low",
     "Europe/Berlin", maintenance="earlier 2026-11-03 2026-12-08")
case("maintenance against hours, earlier", "2026-11-02T22:00:00Z", "36 hours or next maintenance",
     maintenance="earlier 2026-11-03")
case("maintenance against hours, later", "2026-11-02T22:00:00Z", "24 hours or next maintenance",
     maintenance="later 2026-11-03")
case("maintenance against business days", "2026-11-06", "5 business days or next maintenance",
     maintenance="later 2026-11-14")
case("maintenance does not move a plain term", "2026-11-02", "90 days", maintenance="earlier 2026-12-08")

# Months, leap years, clock changes at midnight, days that never were.
for first, term in [("2026-01-31", "1 month"), ("2028-01-31", "1 month"), ("2028-02-29", "12 months"),
                    ("2028-02-29", "48 months"), ("2026-03-31", "1 month"), ("2026-11-30", "3 months"),
                    ("2027-11-30", "3 months"), ("2026-12-31", "2 months"), ("2028-02-29", "1 month"),
                    ("2100-01-31", "1 month")]:
    case(f"{term} from {first}", first, term)
case("a year of days over a leap day", "2027-06-01", "365 days")
case("a year of weeks", "2026-06-01", "52 weeks")
case("a month by local days", "2027-01-30T23:30:00Z", "1 month", zone="Europe/Berlin")
case("midnight that never was, Santiago", "2026-09-04T12:00:00Z", "1 day", zone="America/Santiago")
case("midnight that comes twice, Havana", "2026-10-30T12:00:00Z", "1 day", zone="America/Havana")
case("midnight that comes again, Santiago", "2027-04-02T12:00:00Z", "1 day", zone="America/Santiago")
case("a day that never was, as the last one", "2011-12-28T12:00:00Z", "2 days", zone="Pacific/Apia")
case("a day that never was, as the next one", "2011-12-29T12:00:00Z", "same day", zone="Pacific/Apia")
case("hours over a day that never was", "2011-12-30T09:00:00Z", "24 hours", zone="Pacific/Apia")
case("0 hours end at once", "2026-11-02", "0 hours")

# Business days.
case("0 business days on a work day", "2026-11-06", "0 business days")
case("0 business days on a Saturday", "2026-11-07", "0 business days")
case("0 business days on a holiday", "2026-12-24", "0 business days", holidays=WINTER)
case("5 business days over the holidays", "2026-12-23", "5 business days", holidays=WINTER)
case("a holiday on a Sunday counts once", "2026-11-06", "2 business days", holidays="2026-11-08")
case("a week of one work day", "2026-11-06", "3 business days", work_week="wednesday")
case("a week of seven work days", "2026-11-06", "3 business days",
     work_week=" ".join(WEEK), holidays="2026-11-08")
case("Friday in New York is Saturday in UTC", "2026-11-07T03:00:00Z", "1 business day", zone="America/New_York")
case("Monday in Kiritimati is Sunday in UTC", "2026-11-08T11:00:00Z", "1 business day", zone="Pacific/Kiritimati")
case("20 business days over a clock change", "2026-10-12", "20 business days", zone="Europe/Berlin")

# Severities: each row's policy gives all other levels another term.
for severity, term in [("critical", "7 days"), ("high", "14 days"), ("medium", "30 days"),
                       ("low", "90 days"), ("info", "none"), ("unknown", "14 days")]:
    case(f"the term of {severity}", "2026-11-02", term, severity)

# Tickets.
for words, due in [("earlier", "2026-11-10"), ("later", "2027-01-10"), ("the same", "2026-11-16"),
                   ("in the past", "2026-10-01")]:
    for zone in ["UTC", "Pacific/Kiritimati", "America/New_York"]:
        case(f"a ticket's date is {words}, {zone}", "2026-11-02", "14 days", zone=zone, ticket_due=due)
case("a ticket's date where the policy names none", "2026-11-02", "none", ticket_due="2027-01-10")
case("a ticket's day against hours that end before it does", "2026-11-02T22:00:00Z", "24 hours",
     ticket_due="2026-11-03")
case("a ticket's day against hours that end after it", "2026-11-02T22:00:00Z", "36 hours", ticket_due="2026-11-03")
case("a ticket's date before the maintenance", "2026-11-02", "90 days or next maintenance", "low",
     maintenance="later 2027-03-09", ticket_due="2027-02-01")

# Promises.
for words, promise in [("earlier", "2026-11-09/2026-11-10T00:00:00Z"), ("later", "2026-12-09/2026-12-10T00:00:00Z"),
                       ("the same", "2026-11-16/2026-11-17T00:00:00Z"),
                       ("of hours", "2026-11-05T10:00:00Z/2026-11-05T10:00:00Z"),
                       ("of another zone, an hour earlier", "2026-11-16/2026-11-16T23:00:00Z")]:
    case(f"a promise is {words}", "2026-11-02", "14 days", promise=promise)
    case(f"a promise is {words}, and may become later", "2026-11-02", "14 days", promise=promise, loosening="yes")
EARLY = "2026-11-09/2026-11-10T00:00:00Z"
case("a promise outlives a policy without a date", "2026-11-02", "none", promise=EARLY)
case("a promise goes with a policy without a date that may loosen", "2026-11-02", "none", promise=EARLY,
     loosening="yes")
case("a promise against an earlier ticket", "2026-11-02", "30 days", promise=EARLY, ticket_due="2026-11-06")
case("a promise against a later ticket", "2026-11-02", "30 days", promise=EARLY, ticket_due="2026-11-20")
case("a ticket stays where a promise may loosen", "2026-11-02", "30 days", promise=EARLY, ticket_due="2026-11-20",
     loosening="yes")

# Dated versions: the one in force at as-of counts, by the local day.
VERSIONS = "2026-01-01: 30 days | 2026-06-22: 7 days"
for words, as_of, zone in [("the day before", "2026-06-21T23:59:59Z", "UTC"), ("on the day", "2026-06-22T00:00:00Z", "UTC"),
                           ("on the day in the east", "2026-06-21T10:00:00Z", "Pacific/Kiritimati"),
                           ("a second before the day in the east", "2026-06-21T09:59:59Z", "Pacific/Kiritimati"),
                           ("before the day in the west", "2026-06-22T10:59:59Z", "Pacific/Pago_Pago"),
                           ("on the day in the west", "2026-06-22T11:00:00Z", "Pacific/Pago_Pago")]:
    case(f"versions, {words}", "2026-06-10", VERSIONS, zone=zone, as_of=as_of)
case("versions, before the first", "2025-12-01", VERSIONS, as_of="2025-12-31T12:00:00Z")
case("versions, before the first, with a ticket", "2025-12-01", VERSIONS, as_of="2025-12-31T12:00:00Z",
     ticket_due="2026-01-15")
case("versions, to hours", "2026-06-10", "2026-01-01: 30 days | 2026-06-22: 24 hours", as_of="2026-07-01T00:00:00Z")
case("versions, to no date", "2026-06-10", "2026-01-01: 30 days | 2026-06-22: none", as_of="2026-07-01T00:00:00Z")
case("versions, looser, with a promise", "2026-06-10", "2026-01-01: 7 days | 2026-06-22: 30 days",
     as_of="2026-07-01T00:00:00Z", promise="2026-06-17/2026-06-18T00:00:00Z")
case("versions, looser, with a promise that may loosen", "2026-06-10", "2026-01-01: 7 days | 2026-06-22: 30 days",
     as_of="2026-07-01T00:00:00Z", promise="2026-06-17/2026-06-18T00:00:00Z", loosening="yes")
case("a first sight behind as-of starts at as-of", "2027-06-10", "7 days", as_of="2026-11-21T12:00:00Z")

for line in [COLUMNS, *([row[column] for column in COLUMNS] for row in ROWS)]:
    assert not any("\t" in field for field in line)
    sys.stdout.write("\t".join(line) + "\n")
