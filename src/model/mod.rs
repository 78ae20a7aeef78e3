//! What everything speaks: findings, what scanners claim of them, and what the stages decide about them.
//!
//! Plain data and its invariants; no files, no formats, no clock.

mod claim;
mod finding;
mod history;
mod join;
mod key;
mod moment;
mod names;
mod order;
mod record;
mod redact;
mod report;
mod set;
mod severity;
mod subject;
mod suppressed;
mod tag;
mod text;
mod ticket;
mod weight;

pub use claim::{Claim, Claims, Trust, lost_prefix};
pub use finding::{Baseline, Finding, Kind, Sighting};
pub use history::{
    Decision, Epss, Exploited, History, Kev, KevDue, KevEntry, Move, Promise, Share, Verdict,
};
pub use join::Join;
pub use key::{Anchor, Key, KeyLabel, preference};
pub use moment::{Fact, Moment};
pub use names::{is_hyphen, purl, python_name, vulnerability_id};
pub use order::sort_by_cached_key;
pub use record::{Doubt, Firsts, InputId, InputRecord, Ledger, Outcome, Place, Reject};
pub use redact::{OwnSecret, redact, redact_too};
pub use report::{
    About, Assessment, By, Deadline, Duty, Entry, Facts, PolicyNote, Report, Status, Summary,
    TriageRow, Why,
};
pub use set::{Capped, Gathered, Set};
pub use severity::{Score, Severity};
pub use subject::{Location, Package, Rule};
pub use suppressed::Suppressed;
pub use tag::PolicyTag;
pub use text::Text;
pub use ticket::{Suppression, SuppressionStatus, Ticket, TicketState};
