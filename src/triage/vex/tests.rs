use std::io::Write;

use super::statement::time;
use super::*;
use crate::error::ErrorKind;
use crate::model::{Package, Place, Verdict};

const APP: &str = "com.harborapps.queue-board";

fn load(text: &str) -> Result<Document> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    Document::load(file.path())
}

fn sample(name: &str) -> Document {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/vex");
    Document::load(&folder.join(name)).unwrap()
}

/// An OpenVEX document with these statements.
fn openvex(statements: &str) -> Document {
    let text = format!(
        r#"{{"@context": "https://openvex.dev/ns/v0.2.0", "author": "Harbor Apps", "timestamp": "2026-11-18T09:00:00Z",
            "statements": [{statements}]}}"#
    );
    load(&text).unwrap()
}

/// An OpenVEX document that says of CVE-2026-10007 in a product that it does no harm.
fn harmless(product: &str) -> Document {
    openvex(&format!(
        r#"{{"vulnerability": {{"name": "CVE-2026-10007"}}, "products": [{product}], "status": "not_affected",
            "justification": "component_not_present"}}"#
    ))
}

/// A CycloneDX document with these vulnerabilities.
fn cyclonedx(more: &str, vulnerabilities: &str) -> Document {
    let text = format!(
        r#"{{"bomFormat": "CycloneDX", "specVersion": "1.5", {more} "vulnerabilities": [{vulnerabilities}]}}"#
    );
    load(&text).unwrap()
}

fn analysed(state: &str, affects: &str) -> String {
    format!(
        r#"{{"id": "CVE-2026-10007", "analysis": {{"state": "{state}"}}, "affects": [{affects}]}}"#
    )
}

fn dependency(app: &str, purl: &str, versions: &[&str], ids: &[&str]) -> Finding {
    let mut finding = Finding::new(Kind::Dependency, Text::line(app));
    let mut package = Package::new(Text::line(purl));
    package
        .versions
        .extend(versions.iter().map(|version| Text::line(version)));
    finding.package = Some(Box::new(package));
    finding.ids = ids.iter().map(|id| Text::line(id)).collect();
    finding.assert_advisory_keys();
    finding
}

/// `debug` with CVE-2026-10007 in Queue Board.
fn debug(versions: &[&str]) -> Finding {
    dependency(APP, "pkg:npm/debug", versions, &["CVE-2026-10007"])
}

fn applied(document: &Document, finding: Finding) -> Vec<Decision> {
    let mut facts = Facts {
        findings: vec![Box::new(finding)],
        ..Facts::default()
    };
    document.apply(&mut facts);
    facts.findings[0].history().decisions.as_slice().to_vec()
}

/// Verdict, pointer, subject and versions of each decision.
fn told(document: &Document, finding: Finding) -> Vec<String> {
    let decisions = applied(document, finding);
    let told = decisions.iter().map(|decision| {
        let versions = decision.versions.iter().map(Text::untrusted);
        format!(
            "{} {}: {} {:?}",
            decision.verdict.name(),
            decision.source.untrusted().rsplit(' ').next().unwrap(),
            decision.subject.as_ref().unwrap().untrusted(),
            versions.collect::<Vec<_>>(),
        )
    });
    told.collect()
}

fn rejects(document: &Document) -> Vec<(String, String)> {
    let words = |text: &Text| text.untrusted().to_owned();
    let rejects = document.rejects();
    rejects
        .map(
            |Reject {
                 place: Place { at, .. },
                 reason,
             }| (words(&at), words(&reason)),
        )
        .collect()
}

fn notes(document: &Document) -> Vec<String> {
    let notes = document.record().notes;
    notes
        .iter()
        .map(|note| note.untrusted().to_owned())
        .collect()
}

#[test]
fn package_urls_are_taken_apart_as_others_write_them() {
    let parts = |words: &str| {
        Purl::read(words).map(|purl| {
            let version = purl.version.map(|version| version.untrusted().to_owned());
            let (package, name) = (
                purl.package.untrusted().to_owned(),
                purl.name.untrusted().to_owned(),
            );
            (package, name, version.unwrap_or_default())
        })
    };
    let expected = |package: &str, name: &str, version: &str| {
        Some((package.to_owned(), name.to_owned(), version.to_owned()))
    };
    let scoped = expected("pkg:npm/%40harborapps/widgets", "widgets", "1.8.0");
    assert_eq!(parts("pkg:npm/%40harborapps/widgets@1.8.0"), scoped);
    assert_eq!(
        parts("pkg:npm/@harborapps/widgets@1.8.0?arch=any#dist"),
        scoped
    );
    assert_eq!(parts("PKG://NPM/%40harborapps/widgets@1.8.0"), scoped);
    assert_eq!(
        parts("pkg:npm/@harborapps/widgets"),
        expected("pkg:npm/%40harborapps/widgets", "widgets", "")
    );
    assert_eq!(
        parts("pkg:cargo/serde@1.0.0%2Bfix"),
        expected("pkg:cargo/serde", "serde", "1.0.0+fix")
    );
    assert_eq!(
        parts("pkg:PyPI/Harbor_Codec@2"),
        expected("pkg:pypi/harbor-codec", "harbor-codec", "2")
    );
    assert_eq!(
        parts("pkg:pypi/Harbor._Codec"),
        expected("pkg:pypi/harbor-codec", "harbor-codec", "")
    );
    assert_eq!(
        parts("pkg:oci/queue-board@sha256:ab12"),
        expected("pkg:oci/queue-board", "queue-board", "sha256:ab12")
    );
    for other in [
        "",
        "pkg:",
        "pkg:npm",
        "pkg:npm/",
        "pkg:n m/a",
        "https://harborapps.example/a",
        "é:/x/y",
    ] {
        assert_eq!(parts(other), None, "{other}");
    }
}

#[test]
fn times_without_zone_are_utc_and_other_words_are_no_times() {
    let is = |words: &str, expected: &str| {
        assert_eq!(time(words), Ok(expected.parse().unwrap()), "{words}");
    };
    is(
        "2023-01-08T18:02:03.647787998-06:00",
        "2023-01-09T00:02:03.647787998Z",
    );
    is("2026-11-18T09:00:00", "2026-11-18T09:00:00Z");
    is("2026-11-18", "2026-11-18T00:00:00Z");
    assert_eq!(
        time("last Tuesday"),
        Err("expected a time such as `2026-11-21T08:00:00Z`, found `last Tuesday`".to_owned())
    );
}

#[test]
fn the_first_openvex_is_read_too() {
    for context in ["https://openvex.dev/ns/v0.0.1", "https://openvex.dev/ns"] {
        let document = load(&format!(
            r#"{{"@context": "{context}", "author": "Harbor Apps", "version": "1", "timestamp": "2026-11-18T09:00:00Z",
                "statements": [
                  {{"vulnerability": "cve-2026-10007", "products": ["pkg:npm/debug@4.3.1", "pkg:npm/debug@4.3.2"], "status": "fixed"}},
                  {{"vulnerability": "CVE-2026-10007", "products": ["{APP}"], "subcomponents": ["pkg:npm/debug"], "status": "affected"}}
                ]}}"#
        ))
        .unwrap();
        assert_eq!(
            told(&document, debug(&["4.3.2"])),
            [
                "affected /statements/1: pkg:npm/debug []",
                "fixed /statements/0: pkg:npm/debug [\"4.3.1\", \"4.3.2\"]",
            ]
        );
    }
}

#[test]
fn a_decision_tells_author_reason_and_time() {
    let finding = dependency(
        APP,
        "pkg:npm/lodash",
        &["4.17.19"],
        &["GHSA-35jh-r3h4-6jhm"],
    );
    let [decision] = &applied(&sample("openvex.json"), finding)[..] else {
        panic!("one statement is about it");
    };
    assert_eq!(decision.verdict, Verdict::NotAffected);
    assert!(
        decision
            .source
            .untrusted()
            .ends_with("samples/vex/openvex.json /statements/0")
    );
    assert_eq!(
        decision.by,
        Some(Text::line("Harbor Apps Security (maintainer)"))
    );
    assert_eq!(
        decision.reason,
        Some(Text::prose(
            "vulnerable_code_not_in_execute_path: Queue Board calls debounce and groupBy only, and never builds a template."
        ))
    );
    assert_eq!(decision.said, Some("2026-11-18T09:00:00Z".parse().unwrap()));
    assert_eq!(decision.subject, Some(Text::line("pkg:npm/lodash")));
    assert_eq!((decision.until, decision.paths.len()), (None, 0));
}

#[test]
fn later_and_earlier_statements_share_a_subject() {
    let document = sample("openvex.json");
    let decisions = applied(&document, debug(&["4.3.1"]));
    let said: Vec<_> = decisions
        .iter()
        .map(|decision| (decision.verdict, decision.said.unwrap().to_string()))
        .collect();
    assert_eq!(
        said,
        [
            (Verdict::Affected, "2026-11-20T16:30:00Z".to_owned()),
            (
                Verdict::UnderInvestigation,
                "2026-11-18T12:00:00Z".to_owned()
            ),
        ]
    );
    assert_eq!(decisions[0].subject, decisions[1].subject);
    assert_eq!(
        notes(&document),
        ["5 statements by Harbor Apps Security (maintainer) of 2026-11-18T09:00:00Z"]
    );
}

#[test]
fn statements_by_different_ids_and_products_share_a_subject() {
    let document = openvex(&format!(
        r#"{{"vulnerability": {{"name": "CVE-2021-23337"}}, "products": ["pkg:npm/lodash"], "status": "fixed"}},
           {{"vulnerability": {{"name": "ghsa-35JH-r3h4-6jhm"}}, "timestamp": "2026-11-19T09:00:00Z", "status": "affected",
             "products": [{{"@id": "{APP}", "subcomponents": [{{"@id": "pkg:npm/lodash"}}]}}]}}"#
    ));
    let ids = ["CVE-2021-23337", "GHSA-35jh-r3h4-6jhm"];
    assert_eq!(
        told(&document, dependency(APP, "pkg:npm/lodash", &[], &ids)),
        [
            "affected /statements/1: pkg:npm/lodash []",
            "fixed /statements/0: pkg:npm/lodash []",
        ]
    );
}

#[test]
fn versions_narrow_and_what_tells_none_is_not_reached() {
    let document = harmless(r#"{"@id": "pkg:npm/debug@4.3.1"}"#);
    let one = ["not-affected /statements/0: pkg:npm/debug [\"4.3.1\"]"];
    assert_eq!(told(&document, debug(&["4.3.1"])), one);
    assert_eq!(told(&document, debug(&["2.6.8", "4.3.1"])), one);
    assert!(told(&document, debug(&["2.6.8"])).is_empty());
    assert!(told(&document, debug(&[])).is_empty());
    // A product that is named with and without a version is the one with it.
    let both =
        harmless(r#"{"@id": "pkg:npm/debug", "identifiers": {"purl": "pkg:npm/debug@4.3.1"}}"#);
    assert_eq!(told(&both, debug(&["4.3.1"])), one);
    assert!(told(&both, debug(&["2.6.8"])).is_empty());
    let all = harmless(r#"{"@id": "pkg:npm/debug@4.3.1"}, {"@id": "pkg:npm/debug"}"#);
    assert_eq!(told(&all, debug(&[])).len(), 1);
}

#[test]
fn another_package_another_id_and_another_app_are_not_reached() {
    let package = harmless(r#"{"@id": "pkg:npm/debug"}"#);
    let other = |purl: &str, id: &str| told(&package, dependency(APP, purl, &["1.0.0"], &[id]));
    assert_eq!(other("pkg:npm/debug", "CVE-2026-10007").len(), 1);
    for (purl, id) in [
        ("pkg:npm/send", "CVE-2026-10007"),
        ("pkg:cargo/debug", "CVE-2026-10007"),
        ("pkg:npm/%40harborapps/debug", "CVE-2026-10007"),
        ("pkg:npm/debug", "CVE-2026-10008"),
    ] {
        assert!(other(purl, id).is_empty(), "{purl} {id}");
    }
    let app = harmless(r#"{"@id": "pkg:generic/com.harborapps.queue-board@2.4.0"}"#);
    assert_eq!(
        told(&app, debug(&[])),
        ["not-affected /statements/0: pkg:npm/debug []"]
    );
    for other in ["com.harborapps.time-ledger", ""] {
        let finding = dependency(other, "pkg:npm/debug", &[], &["CVE-2026-10007"]);
        assert!(told(&app, finding).is_empty(), "{other}");
    }
}

#[test]
fn of_an_app_with_parts_only_the_parts_are_reached() {
    let product =
        |parts: &str| harmless(&format!(r#"{{"@id": "{APP}", "subcomponents": {parts}}}"#));
    let reached = |parts: &str| told(&product(parts), debug(&["4.3.1"])).len();
    assert_eq!(reached(r#"[{"@id": "pkg:npm/debug"}]"#), 1);
    assert_eq!(
        reached(r#"[{"@id": "pkg:npm/send"}, {"identifiers": {"purl": "pkg:npm/debug@4.3.1"}}]"#),
        1
    );
    // In whatever shape they stand there: they never widen to the whole app.
    assert_eq!(reached(r#""pkg:npm/debug""#), 1);
    for parts in [
        r#"[{"@id": "pkg:npm/send"}]"#,
        r#"[{"@id": "pkg:npm/debug@4.3.2"}]"#,
        r#"[{"identifiers": {"cpe23": "cpe:2.3:a:harborapps:queue:1:*:*:*:*:*:*:*"}}]"#,
        "[7]",
        "{}",
        "false",
    ] {
        assert_eq!(reached(parts), 0, "{parts}");
    }
    assert_eq!(reached("[]"), 1);
    let unnamed = product("[{}]");
    assert_eq!(
        notes(&unnamed)[1],
        "products and parts without an `@id` or a package URL, which reach nothing: 1"
    );
}

#[test]
fn findings_of_any_sort_are_reached_by_their_app_and_tickets_never() {
    let document = harmless(&format!(r#""{APP}""#));
    let one = format!("not-affected /statements/0: CVE-2026-10007 {APP} []");
    for (kind, expected) in [
        (Kind::Code, vec![one.clone()]),
        (Kind::Requirement, vec![one]),
        (Kind::Ticket, vec![]),
    ] {
        let mut finding = Finding::new(kind, Text::line(APP));
        finding.ids.insert(Text::line("CVE-2026-10007"));
        assert_eq!(told(&document, finding), expected, "{kind:?}");
    }
}

#[test]
fn each_wrong_statement_is_a_reject_and_nothing_else() {
    let document = sample("rejects.json");
    let time = "`timestamp`: expected a time such as `2026-11-21T08:00:00Z`, found `last Tuesday`";
    let neither = "expected a `justification` or an `impact_statement` for `not_affected`, found";
    let status = "expected `status` to be `not_affected`, `affected`, `fixed` or `under_investigation`, found `accepted`";
    let expected = [
        ("/statements/0", format!("{neither} neither")),
        (
            "/statements/1",
            format!(
                "{neither} the justification `code_not_reachable`, which OpenVEX does not know"
            ),
        ),
        ("/statements/2", status.to_owned()),
        (
            "/statements/3",
            "expected a `vulnerability` with a name, found none".to_owned(),
        ),
        ("/statements/4", time.to_owned()),
        (
            "/statements/5",
            "expected an object, found a string".to_owned(),
        ),
    ];
    let expected = expected.map(|(at, reason)| (at.to_owned(), reason));
    assert_eq!(rejects(&document), expected);
    let record = document.record();
    assert_eq!((record.ledger.records, record.ledger.rejected), (6, 6));
    assert!(record.ledger.balances());
    assert_eq!(
        notes(&document),
        [
            "2 statements by Harbor Apps Security of 2026-11-20T09:00:00Z",
            "statements without a product, which reach nothing: 1",
        ]
    );
    let lodash = dependency(APP, "pkg:npm/lodash", &[], &["CVE-2021-23337"]);
    assert!(applied(&document, lodash).is_empty());
}

#[test]
fn an_analysis_reaches_what_its_references_lead_to() {
    let document = sample("cyclonedx.json");
    let finding = |app, purl: &str, version, id| dependency(app, purl, &[version], &[id]);
    let lodash = |app, version| finding(app, "pkg:npm/lodash", version, "GHSA-35jh-r3h4-6jhm");
    let one = "not-affected /vulnerabilities/0: pkg:npm/lodash [\"4.17.19\"]";
    assert_eq!(told(&document, lodash(APP, "4.17.19")), [one]);
    // An app that nobody named may well be the one that the document is about.
    assert_eq!(told(&document, lodash("", "4.17.19")).len(), 1);
    assert!(told(&document, lodash(APP, "4.17.20")).is_empty());
    assert!(told(&document, lodash("com.harborapps.time-ledger", "4.17.19")).is_empty());
    let widgets = finding(
        "Queue Board",
        "pkg:npm/%40harborapps/queue-widgets",
        "1.8.0",
        "CVE-2026-10007",
    );
    assert_eq!(
        told(&document, widgets),
        ["affected /vulnerabilities/1: pkg:npm/%40harborapps/queue-widgets [\"1.8.0\"]"]
    );
    let debug = |version| finding(APP, "pkg:npm/debug", version, "CVE-2026-10008");
    assert_eq!(told(&document, debug("4.3.1")).len(), 1);
    assert!(told(&document, debug("3.2.7")).is_empty());
    assert!(told(&document, debug("4.2.0")).is_empty());
    let any = finding(APP, "pkg:npm/send", "0.8.0", "CVE-2026-10009");
    assert_eq!(
        told(&document, any),
        ["false-positive /vulnerabilities/3: pkg:npm/send []"]
    );
    let ajv = finding(APP, "pkg:npm/ajv", "6.12.6", "CVE-2026-10010");
    assert_eq!(told(&document, ajv).len(), 1);
    let listed = finding(APP, "pkg:npm/lodash", "4.17.19", "CVE-2026-10012");
    assert!(told(&document, listed).is_empty());
    assert_eq!(document.rejects().count(), 0);
    assert_eq!(
        notes(&document),
        [
            "5 statements by Ines Weir, Tom Alder of 2026-11-19T08:00:00Z",
            "it is about the app `Queue Board`, `com.harborapps.queue-board`: packages of apps with other names are not reached",
            "version ranges that are not worked out and let nothing pass: 1",
            "versions whose status speaks against the analysis, and which let nothing pass: 1",
            "vulnerabilities without an analysis, which say nothing: 1",
        ]
    );
}

#[test]
fn an_analysis_tells_when_it_was_made_and_why() {
    let finding = dependency(APP, "pkg:npm/lodash", &["4.17.19"], &["CVE-2021-23337"]);
    let decision = &applied(&sample("cyclonedx.json"), finding)[0];
    assert_eq!(decision.said, Some("2026-11-19T07:45:00Z".parse().unwrap()));
    assert_eq!(
        decision.reason,
        Some(Text::prose(
            "code_not_reachable: No template is built from what users type."
        ))
    );
    assert_eq!(decision.by, Some(Text::line("Ines Weir, Tom Alder")));
}

#[test]
fn the_states_of_an_analysis_are_verdicts() {
    for (state, verdict) in [
        ("exploitable", Verdict::Affected),
        ("in_triage", Verdict::UnderInvestigation),
        ("resolved", Verdict::Fixed),
        ("resolved_with_pedigree", Verdict::Fixed),
        ("false_positive", Verdict::FalsePositive),
        ("not_affected", Verdict::NotAffected),
    ] {
        let document = cyclonedx("", &analysed(state, r#"{"ref": "pkg:npm/debug"}"#));
        assert_eq!(
            applied(&document, debug(&[]))[0].verdict,
            verdict,
            "{state}"
        );
    }
    let document = cyclonedx("", &analysed("harmless", r#"{"ref": "pkg:npm/debug"}"#));
    let (at, reason) = &rejects(&document)[0];
    assert_eq!(at, "/vulnerabilities/0");
    assert!(
        reason.ends_with("`false_positive` or `not_affected`, found `harmless`"),
        "{reason}"
    );
}

#[test]
fn a_range_suppresses_nothing_and_spares_nothing() {
    let reached = |state: &str, versions: &str| {
        let affects = format!(r#"{{"ref": "pkg:npm/debug", "versions": {versions}}}"#);
        told(
            &cyclonedx("", &analysed(state, &affects)),
            debug(&["4.3.1"]),
        )
        .len()
    };
    let range = r#"[{"range": "vers:npm/>=4.0.0|<4.4.0"}]"#;
    assert_eq!(reached("not_affected", range), 0);
    assert_eq!(reached("exploitable", range), 1);
    // One thing often stands where the format has an array.
    assert_eq!(
        reached("not_affected", r#"{"range": "vers:npm/<=4.3.1|5.0.0"}"#),
        0
    );
    for listed in [
        r#"[{"range": "vers:npm/4.3.0|=4.3.1"}]"#,
        r#"{"range": "vers:npm/*"}"#,
        r#"[{"version": "4.3.1"}]"#,
    ] {
        assert_eq!(reached("not_affected", listed), 1, "{listed}");
    }
    assert_eq!(reached("not_affected", r#"[{"version": "4.3.0"}]"#), 0);
    assert_eq!(
        reached(
            "not_affected",
            r#"[{"version": "4.3.1", "status": "affected"}]"#
        ),
        0
    );
    assert_eq!(
        reached(
            "exploitable",
            r#"[{"version": "4.3.1", "status": "unaffected"}]"#
        ),
        0
    );
    // Which version of an app a report shows, it does not tell.
    let app = |state: &str| {
        let affects = format!(r#"{{"ref": "{APP}", "versions": [{{"version": "2.4.0"}}]}}"#);
        told(&cyclonedx("", &analysed(state, &affects)), debug(&[])).len()
    };
    assert_eq!((app("not_affected"), app("exploitable")), (0, 1));
}

#[test]
fn links_into_documents_are_followed_as_far_as_they_go() {
    let serial = r#""serialNumber": "urn:uuid:aa", "components": [{"bom-ref": "pkg:x", "name": "debug", "purl": "pkg:npm/debug@4.3.1"}],"#;
    let reached = |reference: &str| {
        let affects = format!(r#"{{"ref": "{reference}"}}"#);
        let document = cyclonedx(serial, &analysed("resolved", &affects));
        (
            told(&document, debug(&["4.3.1"])).len(),
            told(&document, debug(&["2.6.8"])).len(),
        )
    };
    assert_eq!(reached("urn:cdx:aa/1#pkg:x"), (1, 0));
    assert_eq!(reached("urn:cdx:aa/1#pkg%3Ax"), (1, 0));
    assert_eq!(reached("urn:cdx:bb/1#pkg:x"), (0, 0));
    assert_eq!(reached("urn:cdx:bb/1#pkg:npm/debug@4.3.1"), (1, 0));
    assert_eq!(reached("urn:cdx:bb/1#pkg%3Anpm%2Fdebug"), (1, 1));
    assert_eq!(reached("urn:cdx:bb/1"), (0, 0));
    assert_eq!(reached("nowhere"), (0, 0));
    assert_eq!(reached(&format!("urn:cdx:bb/1#{APP}")), (1, 1));
}

#[test]
fn what_is_no_vex_document_is_called_by_its_name() {
    let words = |text: &str| {
        let error = load(text).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Format);
        let place = error.place().unwrap();
        let pointer = place.split_once(": ").map_or("", |(_, pointer)| pointer);
        format!("{pointer} {}", error.message())
    };
    let top = r#""@context": "https://openvex.dev/ns"#;
    for (text, expected) in [
        ("", " expected a VEX document in JSON, found an empty file"),
        ("<bom/>", " expected a VEX document in JSON, found XML"),
        ("[]", " expected a VEX document in JSON, found an array"),
        ("{\n  \"a\": nope}", "line 2 column 9 expected ident"),
        (
            "{}",
            " expected a VEX document, found neither `@context` of OpenVEX nor `bomFormat` of CycloneDX",
        ),
        (
            &format!(r#"{{{top}/v1.0.0", "statements": []}}"#),
            "/@context expected OpenVEX 0.0.1 to 0.2.0, found `v1.0.0`",
        ),
        (
            &format!(r#"{{{top}/v0.2.0", "statements": {{}}}}"#),
            "/statements expected an array of statements, found an object",
        ),
        (
            r#"{"bomFormat": "CycloneDX", "specVersion": "1.5", "components": []}"#,
            "/vulnerabilities expected an array of vulnerabilities, found nothing: it is a bill of materials without VEX",
        ),
        (
            r#"{"bomFormat": "CycloneDX", "specVersion": "1.3", "vulnerabilities": []}"#,
            "/specVersion expected CycloneDX 1.4 to 1.6, found `1.3`",
        ),
        (
            r#"{"predicateType": "https://openvex.dev/ns", "predicate": {}}"#,
            " expected a VEX document, found an attestation around one: the document is its `predicate`",
        ),
        (
            r#"{"document": {"category": "csaf_vex"}}"#,
            " expected OpenVEX or CycloneDX, found CSAF, which is not read",
        ),
    ] {
        assert_eq!(words(text), expected, "{text}");
    }
    let missing = Document::load(Path::new("samples/vex/none.json")).unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::Io);
}

#[test]
fn twice_is_as_good_as_once() {
    let document = sample("rejects.json");
    let finding = dependency(APP, "pkg:npm/ajv", &[], &["GHSA-2g4f-4pwh-qvx6"]);
    let mut facts = Facts {
        findings: vec![Box::new(finding)],
        ..Facts::default()
    };
    document.apply(&mut facts);
    let once = facts.clone();
    assert_eq!((once.inputs.len(), once.rejects.len()), (1, 6));
    assert_eq!(once.findings[0].history().decisions.len(), 1);
    document.apply(&mut facts);
    sample("rejects.json").apply(&mut facts);
    assert_eq!(facts, once);
}

#[test]
fn a_hostile_document_costs_its_own_statements() {
    let deep = format!("{}{}", "[".repeat(20_000), "]".repeat(20_000));
    let nested = format!(
        "{}{}",
        r#"{"components": ["#.repeat(3_000),
        "]}".repeat(3_000)
    );
    let marks = "\\u001b[31m<script>\\u202e";
    let huge = "x".repeat(1 << 20);
    let statement = |vulnerability: &str, products: &str| {
        format!(
            r#"{{"vulnerability": {vulnerability}, "products": {products}, "status": "affected", "action_statement": "{marks}{huge}"}}"#
        )
    };
    let document = openvex(&format!(
        "{}, {}, {}",
        statement(&deep, "[]"),
        statement(
            r#""CVE-2026-10007""#,
            &format!(r#"[{deep}, "pkg:npm/debug", {{"@id": {deep}}}]"#)
        ),
        statement(
            &format!(r#"{{"name": {deep}, "aliases": [{deep}, "CVE-2026-10007"]}}"#),
            r#"["pkg:npm/debug"]"#
        ),
    ));
    assert_eq!(rejects(&document).len(), 1);
    let decisions = applied(&document, debug(&[]));
    assert_eq!(decisions.len(), 2);
    let reason = decisions[0].reason.as_ref().unwrap().untrusted();
    assert!(
        reason.len() <= 32 * 1024 && reason.starts_with("<script>xxx"),
        "{}",
        &reason[..40]
    );
    let document = cyclonedx(
        &format!(r#""components": [{nested}], "metadata": {deep},"#),
        &analysed("exploitable", r#"{"ref": "pkg:npm/debug"}"#),
    );
    assert_eq!(applied(&document, debug(&[])).len(), 1);
}
