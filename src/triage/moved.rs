//! Code that went to another file, or changed where it stands: the second look, where no name is shared.

use std::collections::{BTreeMap, BTreeSet};

use super::baseline::Matches;
use super::coverage::{Coverage, Needed};
use crate::model::{Duty, Facts, Finding, Kind, Move, Set, Text};

/// Where a finding of today was, and what shows it.
pub(super) struct Moved {
    /// The earlier finding, by index.
    pub(super) known: usize,
    evidence: Evidence,
}

/// What shows that two are one, the strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Evidence {
    /// The very words of the code, in another file.
    Snippet,
    /// The file: its only finding of that rule changed.
    Path,
    /// The name of the file, in another folder.
    FileName,
}

impl Evidence {
    const ALL: [Self; 3] = [Self::Snippet, Self::Path, Self::FileName];

    fn words(self) -> &'static str {
        match self {
            Self::Snippet => "the same snippet, gone there and found here",
            Self::Path => "the only one of its rule that is gone and that is new in the file",
            Self::FileName => {
                "the same rule and file name in another folder, gone there and found here"
            }
        }
    }
}

impl Moved {
    /// Tells the finding where it was. Where the code is the same, what was decided about it there reaches it; else only the
    /// clock goes on, since the code that was judged is no longer there.
    pub(super) fn tell(&self, finding: &mut Finding, earlier: &Finding) {
        let Some(fingerprint) = earlier.fingerprint() else {
            return;
        };
        let history = earlier.history();
        let promised = |duty| Some((duty, history.promised(duty)?.clone()));
        let moved = Move {
            fingerprint,
            from: path(earlier).cloned(),
            evidence: Text::line(self.evidence.words()),
            is_same_code: self.evidence == Evidence::Snippet,
            first_seen: earlier.clock(),
            promises: Duty::ALL.into_iter().filter_map(promised).collect(),
        };
        finding.note(|own| {
            own.moves.insert(moved);
        });
    }
}

/// What moved, by the index of the finding of today: pairs of one that nobody knows and one that is gone although each scan
/// that saw it looked again, with the same app, tool and rule, where no other one could be meant.
pub(super) fn moves(
    facts: &Facts,
    baseline: &Facts,
    matches: &Matches,
    before: &Needed,
) -> BTreeMap<usize, Moved> {
    let coverage = Coverage::of(&facts.inputs);
    let is_new = |index: &usize| {
        !matches.same.contains_key(index)
            && !matches.alike.contains_key(index)
            && facts.findings[*index].kind.is_place()
    };
    let is_gone = |index: &usize| {
        let known = &baseline.findings[*index];
        !matches.known.contains(index)
            && known.kind.is_place()
            && !known.is_absent()
            && coverage.looked_for(known, before)
    };
    let mut new: BTreeSet<usize> = (0..facts.findings.len()).filter(is_new).collect();
    let mut gone: BTreeSet<usize> = (0..baseline.findings.len()).filter(is_gone).collect();
    let mut moves = BTreeMap::new();
    for evidence in Evidence::ALL {
        let new_by_looks = by_looks(evidence, &new, facts);
        let gone_by_looks = by_looks(evidence, &gone, baseline);
        for (looks, pair) in new_by_looks {
            if let (&[now], Some(&[known])) =
                (&pair[..], gone_by_looks.get(&looks).map(|list| &list[..]))
            {
                moves.insert(now, Moved { known, evidence });
                new.remove(&now);
                gone.remove(&known);
            }
        }
    }
    moves
}

/// What a pair must share.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Looks<'a> {
    kind: Kind,
    app: &'a Text,
    rule: &'a Text,
    tools: Set<&'a Text>,
    shared: Vec<&'a str>,
}

/// The findings by what a pair must share; those that do not show it are left out.
fn by_looks<'a>(
    evidence: Evidence,
    indices: &BTreeSet<usize>,
    facts: &'a Facts,
) -> BTreeMap<Looks<'a>, Vec<usize>> {
    let mut by_looks: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for &index in indices {
        // The indices come from this very list.
        let finding = &*facts.findings[index];
        if let (Some(shared), Some(rule)) = (shared(evidence, finding), &finding.rule.id) {
            let looks = Looks {
                kind: finding.kind,
                app: &finding.app,
                rule,
                tools: finding
                    .sightings
                    .iter()
                    .map(|sighting| &sighting.scanner)
                    .collect(),
                shared,
            };
            by_looks.entry(looks).or_default().push(index);
        }
    }
    by_looks
}

fn shared(evidence: Evidence, finding: &Finding) -> Option<Vec<&str>> {
    let path = path(finding)?.untrusted();
    match evidence {
        Evidence::Snippet => {
            let snippet = finding.evidence.as_ref()?.untrusted();
            // A redacted secret looks like any other one, and stays where its file is called the same.
            if finding.kind == Kind::Secret {
                return None;
            }
            let words: Vec<&str> = snippet.split_whitespace().collect();
            (!words.is_empty()).then_some(words)
        }
        // A secret that took the place of another is another one.
        Evidence::Path => (finding.kind != Kind::Secret).then(|| vec![path]),
        Evidence::FileName => {
            let name = path.rsplit('/').next().filter(|name| !name.is_empty())?;
            Some(vec![name])
        }
    }
}

fn path(finding: &Finding) -> Option<&Text> {
    finding.locations.first()?.path.as_ref()
}
