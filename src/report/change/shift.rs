//! The ways in which the judgement of a finding can move.

/// One way in which the judgement of a finding moved; the order is what a reader must know first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shift {
    /// It is past its due date, and by the old judgement it would not be, not even now.
    OverdueAtOnce,
    /// It is past its due date, and was not when the old judgement was made: nothing but time did that.
    OverdueByTime,
    /// The catalogue of exploited vulnerabilities lists it, which was not known.
    KevListed,
    /// A duty is due earlier, or has a date and had none.
    Tightened,
    /// A duty is due later, or has no date any more.
    Loosened,
    /// It was past its due date, and is not.
    NoLongerOverdue,
    /// It is worse.
    SeverityUp,
    /// It is less bad.
    SeverityDown,
    /// It was suppressed or fixed, and is open.
    OpenAgain,
    /// Nobody had looked for it, and it is there.
    SeenAgain,
    /// Nobody looked for it any more.
    Unobserved,
    /// Somebody accepted it, or said that it is none.
    Suppressed,
    /// It is fixed.
    Fixed,
    /// It was not there.
    Appeared,
    /// It is not there any more.
    Gone,
}

impl Shift {
    /// All of them.
    pub const ALL: [Self; 15] = [
        Self::OverdueAtOnce,
        Self::OverdueByTime,
        Self::KevListed,
        Self::Tightened,
        Self::Loosened,
        Self::NoLongerOverdue,
        Self::SeverityUp,
        Self::SeverityDown,
        Self::OpenAgain,
        Self::SeenAgain,
        Self::Unobserved,
        Self::Suppressed,
        Self::Fixed,
        Self::Appeared,
        Self::Gone,
    ];

    /// Its name in the JSON form.
    pub const fn name(self) -> &'static str {
        match self {
            Self::OverdueAtOnce => "overdue-at-once",
            Self::OverdueByTime => "overdue-by-time",
            Self::KevListed => "kev-listed",
            Self::Tightened => "tightened",
            Self::Loosened => "loosened",
            Self::NoLongerOverdue => "no-longer-overdue",
            Self::SeverityUp => "severity-up",
            Self::SeverityDown => "severity-down",
            Self::OpenAgain => "open-again",
            Self::SeenAgain => "seen-again",
            Self::Unobserved => "unobserved",
            Self::Suppressed => "suppressed",
            Self::Fixed => "fixed",
            Self::Appeared => "new",
            Self::Gone => "gone",
        }
    }

    /// What people call it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::OverdueAtOnce => "overdue at once",
            Self::OverdueByTime => "overdue as time went by",
            Self::KevListed => "listed in KEV",
            Self::NoLongerOverdue => "no longer overdue",
            Self::SeverityUp => "severity up",
            Self::SeverityDown => "severity down",
            Self::OpenAgain => "open again",
            Self::SeenAgain => "seen again",
            plain => plain.name(),
        }
    }

    pub(super) fn is_of_severity(self) -> bool {
        matches!(self, Self::SeverityUp | Self::SeverityDown)
    }
}
