//! Paths of every tool in one form.

use super::*;
use crate::parse::sarif::uri::{Bases, Raw};

fn raw(uri: &str, base: Option<&str>) -> Raw {
    Raw {
        uri: uri.to_owned(),
        base: base.map(str::to_owned),
    }
}

fn bases(encoded: bool, by_id: &[(&str, Raw)], checkout: Option<&str>) -> Bases {
    let mut bases = Bases {
        by_id: by_id
            .iter()
            .map(|(id, raw)| ((*id).to_owned(), raw.clone()))
            .collect(),
        checkouts: checkout.map(|uri| raw(uri, None)).into_iter().collect(),
        directories: Vec::new(),
        encoded,
        ..Bases::default()
    };
    bases.settle();
    bases
}

#[test]
fn a_chain_of_bases_is_relative_to_its_root() {
    let bases = bases(
        true,
        &[
            ("ROOT", raw("file:///srv/", None)),
            ("LIB", raw("src/lib", Some("ROOT"))),
        ],
        None,
    );
    assert_eq!(
        bases.target(&raw("a%20b.c", Some("LIB"))).words(),
        "src/lib/a b.c"
    );
}

#[test]
fn a_circle_of_bases_ends() {
    let bases = bases(
        true,
        &[("A", raw("a/", Some("B"))), ("B", raw("b/", Some("A")))],
        None,
    );
    assert!(
        bases
            .target(&raw("x.c", Some("A")))
            .words()
            .ends_with("a/x.c")
    );
}

#[test]
fn absolute_paths_lose_the_checkout_that_the_run_names() {
    let known = bases(
        true,
        &[("SRCROOT", raw("file:///home/ci/build/", None))],
        None,
    );
    assert_eq!(
        known
            .target(&raw("file:///home/ci/build/src/a.rs", None))
            .words(),
        "src/a.rs"
    );
    assert_eq!(
        known.target(&raw("/home/ci/build/src/a.rs", None)).words(),
        "src/a.rs"
    );
    assert_eq!(
        known.target(&raw("file:///etc/a.rs", None)).words(),
        "/etc/a.rs"
    );
    let mapped = bases(
        true,
        &[("SUB", raw("file:///w/repo/sub/", None))],
        Some("file:///w/repo"),
    );
    assert_eq!(mapped.target(&raw("x.c", Some("SUB"))).words(), "sub/x.c");
}

#[test]
fn the_root_of_the_file_system_is_no_checkout() {
    let bases = bases(true, &[("ROOTPATH", raw("file:///", None))], None);
    assert_eq!(
        bases.target(&raw("lib/a.js", Some("ROOTPATH"))).words(),
        "lib/a.js"
    );
    assert_eq!(
        bases.target(&raw("file:///srv/a.js", None)).words(),
        "/srv/a.js"
    );
}

#[test]
fn forms_of_one_path_are_one() {
    let bases = bases(true, &[], None);
    for form in [
        "src/a.c",
        "./src/a.c",
        " src/a.c",
        "src//a.c",
        "src/b/../a.c",
        "src\\\\a.c",
    ] {
        assert_eq!(bases.target(&raw(form, None)).words(), "src/a.c", "{form}");
    }
    assert_eq!(
        bases.target(&raw("file:////src/a.c", None)).words(),
        "/src/a.c"
    );
    assert_eq!(
        bases.target(&raw("file:///C:/dev/a.c", None)).words(),
        "C:/dev/a.c"
    );
    assert_eq!(
        bases.target(&raw("C:\\dev\\a.c", None)).words(),
        "C:/dev/a.c"
    );
    assert_eq!(
        bases.target(&raw("file://localhost/a.c", None)).words(),
        "/a.c"
    );
}

#[test]
fn only_tools_that_encode_are_decoded() {
    let verbatim = "sp ace/ünï #1/a%20b/x.py";
    let encoded = bases(true, &[], None);
    let uri = "sp%20ace/%C3%BCn%C3%AF%20%231/a%2520b/x.py";
    assert_eq!(encoded.target(&raw(uri, None)).words(), verbatim);
    // The blank proves that nobody encoded this one.
    assert_eq!(encoded.target(&raw(verbatim, None)).words(), verbatim);
    let never = bases(false, &[], None);
    assert_eq!(never.target(&raw("a%20b/x.py", None)).words(), "a%20b/x.py");
    assert_eq!(
        encoded.target(&raw("bad%FFbytes", None)).words(),
        "bad%FFbytes"
    );
}

#[test]
fn an_artifact_may_be_named_by_index_and_by_a_later_array() {
    let finding = one(&log(
        r#""results":[{"ruleId":"A","message":{"text":"m"},"locations":[{"physicalLocation":{"artifactLocation":{"index":1}}}]}],
        "artifacts":[{"location":{"uri":"a.c"}},{"location":{"uri":"lib/b.c"}}]"#,
    ));
    assert_eq!(path(&finding), "lib/b.c");
}

#[test]
fn a_web_address_is_no_path() {
    let finding = one(&log(
        r#""results":[{"ruleId":"A","message":{"text":"m"},"webRequest":{"target":"/login"},
        "locations":[{"physicalLocation":{"artifactLocation":{"uri":"https://app.example/x"}}}]}]"#,
    ));
    let location = &finding.locations.as_slice()[0];
    assert_eq!(location.path, None);
    assert_eq!(
        location.url.as_ref().unwrap().untrusted(),
        "https://app.example/x"
    );
}
