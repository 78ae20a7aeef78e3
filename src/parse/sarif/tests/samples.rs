//! The samples, read whole.

use super::*;

macro_rules! sample {
    ($name:literal) => {
        include_str!(concat!("../../../../samples/sarif/", $name, ".sarif"))
    };
}

#[test]
fn the_basic_sample_fills_every_field() {
    let (collected, closing) = read(&Sarif, sample!("basic"));
    let closing = closing.unwrap();
    assert_eq!(
        (
            collected.records,
            collected.findings.len(),
            collected.passed
        ),
        (7, 5, 2)
    );
    assert_eq!(closing.outcome, Outcome::Complete);
    let scope: Vec<_> = closing.scope.iter().map(Text::untrusted).collect();
    assert_eq!(scope, ["cargo-audit::", "codeql::codeql/queue-board"]);

    let xss = &collected.findings[0];
    let paths: Vec<_> = (xss.locations.iter())
        .map(|location| location.path.as_ref().unwrap().untrusted())
        .collect();
    assert_eq!(paths, ["web/src/board.js", "web/src/card list.js"]);
    assert_eq!(
        xss.locations.as_slice()[0]
            .logical
            .as_ref()
            .unwrap()
            .untrusted(),
        "board.render"
    );
    assert_eq!(
        title(xss),
        "Cross-site scripting due to a user-provided value."
    );
    assert_eq!(level(xss), (Severity::High, Some(78)));
    assert_eq!(labels(xss), [KeyLabel::Fingerprint, KeyLabel::Snippet]);
    assert_eq!(
        xss.recommendation.as_ref().unwrap().untrusted(),
        "Use `textContent`."
    );
    assert_eq!(
        xss.evidence.as_ref().unwrap().untrusted(),
        "panel.innerHTML = card.title;"
    );
    assert_eq!(
        xss.first_seen.as_ref().unwrap().at.to_string(),
        "2026-10-02T08:00:00Z"
    );
    assert_eq!(xss.links.len(), 2);

    let sql = &collected.findings[1];
    assert_eq!(title(sql), "Query built from the request with {braces}");
    assert_eq!(level(sql).0, Severity::Medium);
    assert_eq!(path(sql), "server/query.js");
    assert_eq!(
        sql.first_seen.as_ref().unwrap().source.untrusted(),
        "scan time of report"
    );

    let logged = &collected.findings[2];
    assert_eq!(title(logged), "Value of 'token' reaches a query");
    assert_eq!(logged.weaknesses.as_slice()[0].untrusted(), "CWE-532");
    assert_eq!(labels(logged), [KeyLabel::Logical]);

    let redirect = &collected.findings[3];
    assert_eq!(level(redirect), (Severity::High, Some(61)));
    assert!(redirect.locations.as_slice()[0].url.is_some());
    assert_eq!(collected.findings[4].kind, Kind::Dependency);
}

#[test]
fn the_rejects_sample_costs_what_is_odd_and_no_more() {
    let (collected, closing) = read(&Sarif, sample!("rejects"));
    closing.unwrap();
    let places: Vec<_> = (collected.rejects.iter())
        .map(|reject| reject.split(": ").next().unwrap())
        .collect();
    assert_eq!(
        places,
        [
            "/runs/0/results/1",
            "/runs/0/results/2",
            "/runs/0/results/3",
            "/runs/0/results/4",
            "/runs/1",
            "/runs/2/results"
        ]
    );
    assert_eq!(collected.findings.len(), 2);
}

#[test]
fn results_before_their_rules_lose_nothing() {
    let (collected, closing) = read(&Sarif, sample!("results-first"));
    assert_eq!(
        closing.unwrap().scanner_version.unwrap().untrusted(),
        "1.182.0"
    );
    let [first, second, third] = &collected.findings[..] else {
        panic!("{collected:#?}");
    };
    assert_eq!(level(first).0, Severity::High);
    assert_eq!(level(third).0, Severity::Low);
    assert_eq!(path(first), "src/time sheet/a%20b.py");
    assert_eq!(first.weaknesses.as_slice()[0].untrusted(), "CWE-78");
    let key = |finding: &Finding| finding.keys.as_slice().to_vec();
    let expected = |ordinal| {
        vec![crate::model::Key::code(
            Kind::Code,
            "",
            "semgrep",
            "rules.python.command-injection",
            "src/time sheet/a%20b.py",
            crate::model::Anchor::Snippet("subprocess.run(command)", ordinal),
        )]
    };
    assert_eq!((key(first), key(second)), (expected(1), expected(0)));
    assert!(
        first
            .description
            .as_ref()
            .is_none_or(|text| text != first.title.as_ref().unwrap())
    );
    assert!(
        first
            .recommendation
            .as_ref()
            .unwrap()
            .same_memory(second.recommendation.as_ref().unwrap())
    );
}

#[test]
fn the_failed_run_keeps_its_findings_and_is_not_complete() {
    let (collected, closing) = read(&Sarif, sample!("failed-run"));
    let closing = closing.unwrap();
    assert_eq!(collected.findings.len(), 1);
    assert_eq!((closing.outcome, closing.notes.len()), (Outcome::NotRun, 3));
}

#[test]
fn suppressions_of_the_sample_keep_their_status() {
    let (collected, _) = read(&Sarif, sample!("suppressed"));
    let statuses: Vec<Vec<_>> = (collected.findings.iter())
        .map(|finding| {
            finding
                .suppressions
                .iter()
                .map(|one| one.status.name())
                .collect()
        })
        .collect();
    // The snippet of a secret is the secret.
    assert!(
        collected
            .findings
            .iter()
            .all(|finding| finding.evidence.is_none())
    );
    let expected: [&[&str]; 4] = [
        &["accepted"],
        &["accepted"],
        &["underReview", "rejected"],
        &[],
    ];
    assert_eq!(statuses, expected);
    assert!(
        collected
            .findings
            .iter()
            .all(|finding| finding.kind == Kind::Secret)
    );
}

#[test]
fn the_sample_without_a_version_is_read() {
    let (collected, closing) = read(&Sarif, sample!("no-version"));
    assert_eq!(closing.unwrap().notes.len(), 1);
    assert_eq!(labels(&collected.findings[0]), [KeyLabel::Fingerprint]);
}

#[test]
fn packages_of_lock_files_are_dependencies_and_those_of_an_image_stay_apart() {
    let (collected, closing) = read(&Sarif, sample!("dependencies"));
    assert_eq!(closing.unwrap().outcome, Outcome::Complete);
    let purls: Vec<_> = (collected.findings.iter())
        .filter_map(|finding| Some(finding.package.as_deref()?.purl.untrusted()))
        .collect();
    assert_eq!(
        purls,
        [
            "pkg:golang/golang.org/x/net",
            "pkg:maven/org.apache.logging.log4j/log4j-core"
        ]
    );
    let log4j = collected.findings[1].package.as_deref().unwrap();
    assert_eq!(log4j.fixed_in.len(), 3);
    let image = &collected.findings[2..];
    for finding in image {
        assert_eq!(finding.kind, Kind::Code);
        assert_eq!(labels(finding), [KeyLabel::Logical]);
        assert_eq!(finding.ids.as_slice(), [Text::line("CVE-2023-5363")]);
    }
    assert_ne!(image[0].keys, image[1].keys);
}
