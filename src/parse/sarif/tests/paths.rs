//! Paths of every tool in one form.

use super::*;
use crate::parse::sarif::trunk::Trunk;
use crate::parse::sarif::uri::{Bases, Checkout, Raw};

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
        checkouts: (checkout.into_iter())
            .map(|uri| Checkout {
                repository: None,
                mapped: raw(uri, None),
            })
            .collect(),
        encoded,
        ..Bases::default()
    };
    let roots = bases.roots().into_iter().collect();
    bases.settle(&Trunk::of(&roots), None);
    bases
}

fn target(bases: &Bases, raw: &Raw) -> String {
    bases.spot(raw).target.words().to_owned()
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
        target(&bases, &raw("a%20b.c", Some("LIB"))),
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
    assert!(target(&bases, &raw("x.c", Some("A"))).ends_with("a/x.c"));
}

#[test]
fn absolute_paths_lose_the_checkout_that_the_run_names() {
    let known = bases(
        true,
        &[("SRCROOT", raw("file:///home/ci/build/", None))],
        None,
    );
    assert_eq!(
        target(&known, &raw("file:///home/ci/build/src/a.rs", None)),
        "src/a.rs"
    );
    assert_eq!(
        target(&known, &raw("/home/ci/build/src/a.rs", None)),
        "src/a.rs"
    );
    assert_eq!(target(&known, &raw("file:///etc/a.rs", None)), "/etc/a.rs");
    let mapped = bases(
        true,
        &[("SUB", raw("file:///w/repo/sub/", None))],
        Some("file:///w/repo"),
    );
    assert_eq!(target(&mapped, &raw("x.c", Some("SUB"))), "sub/x.c");
}

#[test]
fn the_root_of_the_file_system_is_no_checkout() {
    let bases = bases(true, &[("ROOTPATH", raw("file:///", None))], None);
    assert_eq!(
        target(&bases, &raw("lib/a.js", Some("ROOTPATH"))),
        "lib/a.js"
    );
    assert_eq!(target(&bases, &raw("file:///srv/a.js", None)), "/srv/a.js");
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
        assert_eq!(target(&bases, &raw(form, None)), "src/a.c", "{form}");
    }
    assert_eq!(target(&bases, &raw("file:////src/a.c", None)), "/src/a.c");
    assert_eq!(
        target(&bases, &raw("file:///C:/dev/a.c", None)),
        "C:/dev/a.c"
    );
    assert_eq!(target(&bases, &raw("C:\\dev\\a.c", None)), "C:/dev/a.c");
    assert_eq!(target(&bases, &raw("file://localhost/a.c", None)), "/a.c");
}

#[test]
fn only_tools_that_encode_are_decoded() {
    let verbatim = "sp ace/ünï #1/a%20b/x.py";
    let encoded = bases(true, &[], None);
    let uri = "sp%20ace/%C3%BCn%C3%AF%20%231/a%2520b/x.py";
    assert_eq!(target(&encoded, &raw(uri, None)), verbatim);
    // The blank proves that nobody encoded this one.
    assert_eq!(target(&encoded, &raw(verbatim, None)), verbatim);
    let never = bases(false, &[], None);
    assert_eq!(target(&never, &raw("a%20b/x.py", None)), "a%20b/x.py");
    assert_eq!(target(&encoded, &raw("bad%FFbytes", None)), "bad%FFbytes");
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
