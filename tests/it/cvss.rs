//! The scores of real reports against those of the vectors that stand beside them.

use std::collections::BTreeMap;
use std::fs;

use scanfold::model::{Claim, Finding, Kind, Score, Severity, Text};
use scanfold::policy::{Engine, Policy};

use crate::given::{self, as_of};

/// Vectors whose score in a report is not their own, and why.
const EXPLAINED: &[(&str, u8, &str)] = &[];

/// The score of a vector alone, in tenths.
fn score(vector: &Text, claim: &Claim) -> Option<u8> {
    let policy = Policy::parse("p.toml", "version = 1\nname = \"p\"\nfix = \"none\"").unwrap();
    let alone = Claim {
        vector: Some(vector.clone()),
        ..Claim::silent(&claim.scanner, &claim.source)
    };
    let mut finding = Finding::new(Kind::Dependency, Text::line("app"));
    finding.claims.insert(alone);
    let assessment = Engine::new(vec![policy], as_of()).assess(&finding, &[]);
    assert_ne!(assessment.severity, Severity::Unknown, "{vector:?}");
    assessment.score.map(Score::tenths)
}

#[test]
#[expect(
    clippy::print_stdout,
    reason = "how many pairs there are is worth reading"
)]
fn every_score_in_a_real_report_is_that_of_its_vector() {
    let mut pairs: BTreeMap<(Text, u8), Vec<Claim>> = BTreeMap::new();
    let Some(files) = given::real_files() else {
        return;
    };
    for (name, path) in files {
        let bytes = fs::read(&path).unwrap();
        let input = scanfold::source::Input::spool(&name, bytes.as_slice()).unwrap();
        let Ok(head) = input.head() else { continue };
        let [parser] = given::claims(&head)[..] else {
            continue;
        };
        // What is handed over before a break counts, too.
        let (collected, _) = given::parse(parser, &name, &bytes);
        for claim in collected
            .findings
            .iter()
            .flat_map(|finding| &finding.claims)
        {
            if let (Some(vector), Some(score)) = (&claim.vector, claim.score) {
                let pair = (vector.clone(), score.tenths());
                pairs.entry(pair).or_default().push(claim.clone());
            }
        }
    }
    let mut wrong = Vec::new();
    let mut explained = 0;
    for ((vector, published), claims) in &pairs {
        let ours = score(vector, &claims[0]);
        if ours == Some(*published) {
            continue;
        }
        let is_known = |(known, score, _): &&(&str, u8, &str)| {
            *known == vector.untrusted() && score == published
        };
        match EXPLAINED.iter().find(is_known) {
            Some(_) => explained += 1,
            None => wrong.push(format!("{vector:?}: {published} there, {ours:?} here")),
        }
    }
    let claims: usize = pairs.values().map(Vec::len).sum();
    println!(
        "{} distinct pairs of {claims} claims, {} disagree, {explained} of them explained",
        pairs.len(),
        wrong.len() + explained
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(
        explained,
        EXPLAINED.len(),
        "an explanation explains nothing"
    );
    assert!(pairs.len() >= 30, "{} pairs", pairs.len());
}
