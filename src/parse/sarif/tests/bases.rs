//! Files of one name below several bases.

use super::*;

/// A result about line 7 of `uri` below a base.
fn below(base: &str, uri: &str) -> String {
    format!(
        r#"{{"ruleId":"A","message":{{"text":"m"}},"locations":[{{"physicalLocation":
        {{"artifactLocation":{{"uri":"{uri}","uriBaseId":"{base}"}},"region":{{"startLine":7}}}}}}]}}"#
    )
}

fn run(results: &[String], rest: &str) -> String {
    let results = results.join(",");
    format!(r#"{{"tool":{{"driver":{{"name":"probe"}}}},"results":[{results}]{rest}}}"#)
}

fn runs(runs: &[String]) -> String {
    format!(r#"{{"version":"2.1.0","runs":[{}]}}"#, runs.join(","))
}

/// `originalUriBaseIds` of these ids and URIs.
fn bases(bases: &[(&str, &str)]) -> String {
    let each: Vec<String> = (bases.iter())
        .map(|(id, uri)| format!(r#""{id}":{{"uri":"{uri}"}}"#))
        .collect();
    format!(r#","originalUriBaseIds":{{{}}}"#, each.join(","))
}

/// The shown path and the keys of each finding, in the order of the log.
fn told(words: &str) -> Vec<(String, Vec<String>)> {
    let findings = all(words).findings;
    let told = |finding: &Finding| {
        let keys = finding.keys.iter().map(ToString::to_string);
        (path(finding).to_owned(), keys.collect())
    };
    findings.iter().map(told).collect()
}

/// What a result tells that names no base.
fn plain(uri: &str) -> (String, Vec<String>) {
    let result = format!(
        r#"{{"ruleId":"A","message":{{"text":"m"}},{}}}"#,
        at_line(uri, 7, "")
    );
    told(&runs(&[run(&[result], "")])).remove(0)
}

#[test]
fn the_only_base_of_a_run_names_nothing_whatever_it_is_called() {
    for (id, uri) in [
        ("%SRCROOT%", "file:///home/ci/build/"),
        ("ROOTPATH", "file:///"),
        ("HARBOR", "file:///w/one"),
        ("HARBOR", "src/.."),
    ] {
        let rest = bases(&[(id, uri)]);
        let words = runs(&[run(&[below(id, "src/a.c")], &rest)]);
        assert_eq!(told(&words), [plain("src/a.c")], "{id} {uri}");
    }
    let words = runs(&[run(&[below("SRCROOT", "src/a.c")], "")]);
    assert_eq!(told(&words), [plain("src/a.c")]);
}

#[test]
fn a_base_that_lies_in_another_one_is_shown_relative_to_it() {
    for outer in ["%SRCROOT%", "HARBOR"] {
        let rest = bases(&[(outer, "file:///w/"), ("DOCK", "file:///w/sub/")]);
        let results = [below(outer, "a.c"), below("DOCK", "a.c")];
        let words = runs(&[run(&results, &rest)]);
        assert_eq!(told(&words), [plain("a.c"), plain("sub/a.c")]);
        // Whoever stands first, and when the other one is clean.
        let words = runs(&[run(&[below("DOCK", "a.c")], &rest)]);
        assert_eq!(told(&words), [plain("sub/a.c")]);
        let absolute = below("DOCK", "file:///w/sub/a.c");
        let words = runs(&[run(&[absolute], &rest)]);
        assert_eq!(told(&words), [plain("sub/a.c")]);
    }
}

#[test]
fn the_folder_of_the_project_stays_what_it_is_beside_other_bases() {
    for other in [
        "file:///opt/kit/",
        "file:///home/dev-1/",
        "file:///home/dev-1/queue/kit/",
    ] {
        let rest = bases(&[("%SRCROOT%", "file:///home/dev-1/queue/"), ("KIT", other)]);
        let results = [below("KIT", "a.c"), below("%SRCROOT%", "a.c")];
        let both = told(&runs(&[run(&results, &rest)]));
        assert_eq!(both[1], plain("a.c"), "{other}");
        assert_ne!(both[0].1, both[1].1, "{other}");
        // Without the other result nothing changes.
        for (result, expected) in results.iter().zip(&both) {
            let words = runs(&[run(std::slice::from_ref(result), &rest)]);
            assert_eq!(&told(&words)[0], expected, "{other}");
        }
    }
}

#[test]
fn relative_bases_begin_where_paths_without_a_base_do() {
    let rest = bases(&[
        ("ONE", "one/"),
        ("TWO", "two/"),
        ("KIT", "file:///opt/kit/"),
    ]);
    let results = [below("ONE", "a.c"), below("TWO", "a.c")];
    let both = told(&runs(&[run(&results, &rest)]));
    assert_eq!(both, [plain("one/a.c"), plain("two/a.c")]);
}

#[test]
fn bases_apart_are_told_apart_by_name_and_in_every_checkout_alike() {
    let results = [below("ONE", "a.c"), below("TWO", "a.c")];
    let of = |one: &str, two: &str, results: &[String]| {
        told(&runs(&[run(
            results,
            &bases(&[("ONE", one), ("TWO", two)]),
        )]))
    };
    let first = of("file:///w/one/", "file:///w/two/", &results);
    assert_ne!(first[0].1, first[1].1);
    assert_eq!((first[0].0.as_str(), first[1].0.as_str()), ("a.c", "a.c"));
    let [one, two] = &results;
    let turned = of(
        "file:///ci/7/x",
        "file:///srv/y",
        &[two.clone(), one.clone()],
    );
    assert_eq!((&first[0], &first[1]), (&turned[1], &turned[0]));
    let alone = of("file:///w/one/", "file:///w/two/", &results[1..]);
    assert_eq!(alone[0], first[1]);
    // Two names of one folder are none of these.
    let same = of("file:///w/", "file:///w", &results);
    assert_eq!(same, [plain("a.c"), plain("a.c")]);
}

#[test]
fn bases_of_which_nobody_says_where_they_are_are_told_apart_where_both_are_named() {
    let results = [below("ONE", "a.c"), below("TWO", "a.c")];
    let both = told(&runs(&[run(&results, "")]));
    assert_ne!(both[0].1, both[1].1);
    let results = [below("SRCROOT", "a.c"), below("OUTPUT", "a.c")];
    let both = told(&runs(&[run(&results, "")]));
    assert_eq!(both[0], plain("a.c"));
    assert_ne!(both[1].1, both[0].1);
}

#[test]
fn runs_of_one_tool_share_what_their_bases_are_and_other_tools_do_not() {
    let (one, two) = (
        run(&[below("ONE", "a.c")], &bases(&[("ONE", "file:///w/one/")])),
        run(&[below("TWO", "a.c")], &bases(&[("TWO", "file:///w/two/")])),
    );
    let both = told(&runs(&[one.clone(), two.clone()]));
    assert_ne!(both[0].1, both[1].1);
    let other = two.replace("probe", "lamp");
    let both = told(&runs(&[one, other.clone()]));
    assert_eq!(both, [plain("a.c"), told(&runs(&[other])).remove(0)]);
}

#[test]
fn the_only_checkout_is_where_paths_begin_and_of_several_each_is_another_one() {
    let checkouts = |mapped: &[(&str, &str)]| {
        let each: Vec<String> = (mapped.iter())
            .map(|(repository, mapped)| {
                format!(r#"{{"repositoryUri":"{repository}","mappedTo":{{{mapped}}}}}"#)
            })
            .collect();
        format!(r#","versionControlProvenance":[{}]"#, each.join(","))
    };
    let (one, two) = ("https://git.example/one", "https://git.example/two");
    let known = bases(&[("A", "file:///w/one/"), ("B", "file:///w/two/")]);
    let results = [below("A", "a.c"), below("B", "a.c")];
    let of = |mapped: &[(&str, &str)]| {
        told(&runs(&[run(
            &results,
            &format!("{known}{}", checkouts(mapped)),
        )]))
    };
    let both = of(&[(one, r#""uriBaseId":"A""#), (two, r#""uriBaseId":"B""#)]);
    assert_ne!(both[0].1, both[1].1);
    let by_repository = of(&[
        (one, r#""uri":"file:///w/one""#),
        (two, r#""uri":"file:///w/two""#),
    ]);
    assert_ne!(by_repository[0].1, by_repository[1].1);
    let first = of(&[(one, r#""uriBaseId":"A""#)]);
    assert_eq!(first[0], plain("a.c"));
    assert_ne!(first[1].1, first[0].1);
    // Where nobody says what it is, the folder of the project stays what it is.
    let project = bases(&[("SRCROOT", "file:///w/one/")]);
    for mapped in [
        r#""uri":"file:///""#,
        r#""uri":".""#,
        r#""uriBaseId":"ELSEWHERE""#,
    ] {
        let rest = format!("{project}{}", checkouts(&[(one, mapped)]));
        let words = runs(&[run(&[below("SRCROOT", "a.c")], &rest)]);
        assert_eq!(told(&words), [plain("a.c")], "{mapped}");
    }
    // A part of the repository that is a repository of its own.
    let nested = of(&[(one, r#""uri":"file:///w""#), (two, r#""uriBaseId":"B""#)]);
    assert_eq!(nested, [plain("one/a.c"), plain("two/a.c")]);
}
