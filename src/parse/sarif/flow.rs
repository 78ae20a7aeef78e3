//! Data flows, a line each (sections 3.36 to 3.38).
//!
//! They are told in the description and are no locations: a finding keeps its locations in the order of their paths and
//! shows the first, so that a flow that begins in `a.js` would displace the place of the problem itself in `b.js`.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::asked::Asked;
use super::run;
use super::uri::Raw;
use super::wire::{Place, Record, Step};

/// How many different flows are told of one result.
const MOST_TOLD: usize = 3;
/// How many flows of one result are looked at.
const MOST_SEEN: usize = 64;

/// Where a step is, in the words of the log.
#[derive(Debug, Default)]
pub(super) struct Waypoint {
    raw: Raw,
    artifact: Option<usize>,
    line: Option<u32>,
}

impl Waypoint {
    pub(super) fn of(place: &Place<'_>) -> Self {
        let physical = &place.physical_location.0;
        let artifact = &physical.artifact_location.0;
        Self {
            raw: run::raw(artifact),
            artifact: artifact.index.index(),
            line: physical.region.0.start_line.line(),
        }
    }

    fn is_known(&self) -> bool {
        !self.raw.uri.is_empty() || self.artifact.is_some()
    }

    /// `src/a.js:3`
    pub(super) fn shown(&self, run: &Asked<'_>) -> Option<String> {
        let (_, path) = run.resolve(&self.raw, self.artifact)?;
        let path = path.untrusted();
        Some(match self.line {
            Some(line) => format!("{path}:{line}"),
            None => path.to_owned(),
        })
    }
}

/// A flow from one place to another, in words.
struct Told {
    source: String,
    sink: String,
    steps: usize,
    threads: usize,
}

impl Told {
    /// `Flow: a.js:3 -> b.js:9 (12 steps)`
    fn line(self) -> String {
        let Self {
            source,
            sink,
            steps,
            threads,
        } = self;
        match threads {
            1 => format!("Flow: {source} -> {sink} ({steps} steps)"),
            _ => {
                format!("Flow: {source} -> {sink} ({steps} steps, the first of {threads} threads)")
            }
        }
    }
}

/// A line for each different flow of a result, as far as there are few. Of a flow through several threads the first counts,
/// and of several flows with the same ends the one with the most threads. One that ends where it begins tells nothing.
pub(super) fn told(run: &Asked<'_>, record: &Record<'_>) -> Option<String> {
    let flows = &record.code_flows.0;
    let mut more = flows.len().saturating_sub(MOST_SEEN);
    let mut seen: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut all: Vec<Told> = Vec::new();
    for flow in flows.iter().take(MOST_SEEN) {
        let threads = &flow.0.thread_flows;
        let Some(thread) = &threads.first else {
            continue;
        };
        let steps = &thread.0.locations;
        let place = |step: Option<&_>| place(run, step?);
        let (Some(source), Some(sink)) = (place(steps.first.as_ref()), place(steps.last.as_ref()))
        else {
            continue;
        };
        if source == sink {
            continue;
        }
        let told = Told {
            source,
            sink,
            steps: steps.count,
            threads: threads.count,
        };
        let ends = (told.source.clone(), told.sink.clone());
        match seen.entry(ends) {
            Entry::Occupied(at) => match all.get_mut(*at.get()) {
                Some(known) if known.threads < told.threads => *known = told,
                _ => {}
            },
            Entry::Vacant(free) => {
                // Of one that is not told it is past the end.
                free.insert(all.len());
                if all.len() < MOST_TOLD {
                    all.push(told);
                } else {
                    more += 1;
                }
            }
        }
    }
    let mut lines: Vec<_> = all.into_iter().map(Told::line).collect();
    if more > 0 && !lines.is_empty() {
        lines.push(format!("and {more} more"));
    }
    Some(lines.join("\n")).filter(|told| !told.is_empty())
}

fn place(run: &Asked<'_>, step: &super::lenient::Object<Step<'_>>) -> Option<String> {
    let own = Waypoint::of(&step.0.location.0);
    if own.is_known() {
        own.shown(run)
    } else {
        run.waypoint(step.0.index.index()?)
    }
}
