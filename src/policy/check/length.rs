//! Whether one term can end later than another, under the calendars of both policies.

use crate::policy::promise::Comparison;
use crate::policy::{Calendar, Limit, Maintenance, Span, Term, Unit};

/// How a term moved, or anything else that dates hang on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// A date can become later, or a severity lower.
    Loosens,
    /// It depends on the case or the calendar, so it counts as a loosening.
    MayLoosen,
    /// Dates can only become earlier, and severities only higher.
    Tightens,
    /// It moves nothing.
    Same,
}

/// A term with the calendar that it is counted in.
#[derive(Clone, Copy)]
pub(super) struct Length<'a> {
    pub(super) limit: Limit,
    pub(super) calendar: &'a Calendar,
}

impl<'a> Length<'a> {
    /// No term sets no date.
    pub(super) fn of(term: Option<&Term>, calendar: &'a Calendar) -> Self {
        Self {
            limit: term.map_or(Limit::None, |term| term.limit),
            calendar,
        }
    }

    /// Whether it always ends no later than the other, from whatever start.
    pub(super) fn ends_by(self, other: Self) -> bool {
        match (self.limit, other.limit) {
            (_, Limit::None) => true,
            (Limit::None, _) => false,
            (Limit::KevDueOr(own), Limit::KevDueOr(span)) => self.within(own, other, span),
            (Limit::SpanOrMaintenance(own), Limit::SpanOrMaintenance(span))
                if self.calendar.maintenance == other.calendar.maintenance =>
            {
                self.within(own, other, span)
            }
            _ => match (self.at_most(), other.at_least()) {
                (Some(own), Some(span)) => self.within(own, other, span),
                _ => false,
            },
        }
    }

    /// How the term moved from an older one.
    pub(super) fn since(self, old: Self) -> Direction {
        match (self.ends_by(old), old.ends_by(self)) {
            (true, true) => Direction::Same,
            (true, false) => Direction::Tightens,
            (false, true) => Direction::Loosens,
            (false, false) => Direction::MayLoosen,
        }
    }

    /// The span that it never exceeds, if there is one.
    fn at_most(self) -> Option<Span> {
        let later = self.calendar.maintenance == Maintenance::Later && self.has_maintenance();
        match self.limit {
            Limit::Span(span) => Some(span),
            Limit::SpanOrMaintenance(span) => Some(span).filter(|_| !later),
            Limit::KevDueOr(_) | Limit::None => None,
        }
    }

    /// The span that it always lasts, if there is one.
    fn at_least(self) -> Option<Span> {
        let earlier = self.calendar.maintenance == Maintenance::Earlier && self.has_maintenance();
        match self.limit {
            Limit::Span(span) => Some(span),
            Limit::SpanOrMaintenance(span) => Some(span).filter(|_| !earlier),
            Limit::KevDueOr(_) | Limit::None => None,
        }
    }

    fn has_maintenance(self) -> bool {
        !self.calendar.maintenance_dates.is_empty()
    }

    fn within(self, own: Span, other: Self, span: Span) -> bool {
        let mut own = own;
        let ends_with_day = own.unit == Unit::Hours && span.unit != Unit::Hours;
        if ends_with_day && other.calendar.zone_name() != "UTC" {
            // A day on which clocks go forward has an hour less.
            own.count = own.count.saturating_add(1);
        }
        let week = Some(other.calendar.work_week().clone());
        Comparison::new(self.calendar, week)
            .keeps(own, span)
            .is_ok()
    }
}
