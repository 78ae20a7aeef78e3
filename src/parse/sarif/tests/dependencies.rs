//! Packages that results of dependency scanners name.

use super::*;
use crate::model::Key;

/// A log of `tool` with these results; the tool stands behind them.
fn log_of(tool: &str, results: &[String]) -> String {
    let results = results.join(",");
    format!(
        r#"{{"version":"2.1.0","runs":[{{"results":[{results}],"tool":{{"driver":{{"name":"{tool}"}}}}}}]}}"#
    )
}

/// A result; `rest` is the rest of its location.
fn result(rule: &str, message: &str, uri: &str, line: u32, rest: &str) -> String {
    format!(
        r#"{{"ruleId":"{rule}","message":{{"text":"{message}"}},"locations":[{{"physicalLocation":{{"artifactLocation":{{"uri":"{uri}"}},"region":{{"startLine":{line}}}}}{rest}}}]}}"#
    )
}

/// How Trivy tells a package.
fn trivy(name: &str, version: &str) -> String {
    format!(
        r"Package: {name}\nInstalled Version: {version}\nVulnerability CVE-2026-1234\nSeverity: HIGH\nFixed Version: 9.1, 8.4\nLink: [CVE-2026-1234](https://avd.aquasec.com/nvd/cve-2026-1234)"
    )
}

/// How Trivy tells a package of an image.
fn of_image(name: &str, version: &str, line: u32) -> String {
    let message = trivy(name, version);
    result(
        "CVE-2026-1234",
        &message,
        "harborapps/queue-board",
        line,
        "",
    )
}

fn keys(words: &str) -> Vec<Vec<String>> {
    let keys = |finding: &Finding| finding.keys.iter().map(ToString::to_string).collect();
    all(words).findings.iter().map(keys).collect()
}

fn purl(finding: &Finding) -> Option<&str> {
    let package = finding.package.as_deref()?;
    Some(package.purl.untrusted())
}

#[test]
fn trivy_names_packages_by_the_rules_of_the_ecosystem_of_their_file() {
    for (uri, name, expected) in [
        (
            "api/go.mod",
            "github.com/BurntSushi/toml",
            "pkg:golang/github.com/burntsushi/toml",
        ),
        (
            "pom.xml",
            "org.apache.logging.log4j:log4j-core",
            "pkg:maven/org.apache.logging.log4j/log4j-core",
        ),
        (
            "requirements.txt",
            "Zope.Interface",
            "pkg:pypi/zope-interface",
        ),
        (
            "composer.lock",
            "Symfony/HTTP-kernel",
            "pkg:composer/symfony/http-kernel",
        ),
        ("Gemfile.lock", "activerecord", "pkg:gem/activerecord"),
        (
            "src/packages.lock.json",
            "Newtonsoft.Json",
            "pkg:nuget/Newtonsoft.Json",
        ),
        ("Cargo.lock", "time", "pkg:cargo/time"),
        ("yarn.lock", "@harbor/ui", "pkg:npm/%40harbor/ui"),
    ] {
        let words = result("CVE-2026-1234", &trivy(name, "1.2"), uri, 1, "");
        let finding = one(&log_of("Trivy", &[words]));
        assert_eq!(finding.kind, Kind::Dependency, "{uri}");
        assert_eq!(purl(&finding), Some(expected));
        let key = Key::advisory("", expected, "CVE-2026-1234");
        assert_eq!(finding.keys.as_slice(), [key]);
        let package = finding.package.unwrap();
        assert_eq!(package.versions.as_slice(), [Text::line("1.2")]);
        let fixed: Vec<_> = package.fixed_in.iter().map(Text::untrusted).collect();
        assert_eq!(fixed, ["8.4", "9.1"]);
    }
}

#[test]
fn a_name_that_is_none_in_the_ecosystem_of_its_file_makes_no_dependency() {
    for (uri, name) in [
        ("pom.xml", "log4j-core"),
        ("composer.lock", "symfony"),
        ("lib/queue.jar", "org.apache.logging.log4j:log4j-core"),
        ("usr/bin/queue", "golang.org/x/net"),
    ] {
        let words = result("CVE-2026-1234", &trivy(name, "1.2"), uri, 1, "");
        let finding = one(&log_of("Trivy", &[words]));
        assert_eq!((finding.kind, purl(&finding)), (Kind::Code, None), "{uri}");
        assert_eq!(labels(&finding), [KeyLabel::Logical]);
        assert_eq!(finding.ids.as_slice(), [Text::line("CVE-2026-1234")]);
    }
}

#[test]
fn osv_scanner_names_packages_of_other_ecosystems_too() {
    let osv = |message: &str, uri: &str| {
        one(&log_of(
            "osv-scanner",
            &[result("CVE-2026-1234", message, uri, 1, "")],
        ))
    };
    let finding = osv(
        "Package 'golang.org/x/net@v0.10.0' is vulnerable to 'CVE-2026-1234' (also known as 'GO-2026-1').",
        "file:///src/go.mod",
    );
    assert_eq!(purl(&finding), Some("pkg:golang/golang.org/x/net"));
    // It names no advisory that is known by its form.
    let finding = osv(
        "Package 'golang.org/x/net@v0.10.0' is vulnerable to 'GO-2026-1'.",
        "file:///src/go.mod",
    );
    assert_eq!(
        (purl(&finding), labels(&finding)),
        (None, vec![KeyLabel::Logical])
    );
    // A bare commit is no package.
    let finding = osv(
        "Package '0123456789012345678901234567890123456789' is vulnerable to 'CVE-2026-1234'.",
        "file:///src/vendor",
    );
    assert_eq!(
        (purl(&finding), labels(&finding)),
        (None, vec![KeyLabel::Position])
    );
}

#[test]
fn grype_tells_the_ecosystem_itself() {
    let grype = |rule: &str, sort: &str, name: &str| {
        let message = format!(
            "A high vulnerability in {sort} package: {name}, version 1.2.3 was found in image harborapps/queue-board:7 at: /app/list"
        );
        one(&log_of(
            "grype",
            &[result(rule, &message, "queue-board//app/list", 1, "")],
        ))
    };
    let finding = grype("GHSA-35jh-r3h4-6jhm-@harbor/ui", "npm", "@harbor/ui");
    assert_eq!(finding.kind, Kind::Dependency);
    let key = Key::advisory("", "pkg:npm/%40harbor/ui", "GHSA-35jh-r3h4-6jhm");
    assert_eq!(finding.keys.as_slice(), [key]);
    let versions = &finding.package.as_ref().unwrap().versions;
    assert_eq!(versions.as_slice(), [Text::line("1.2.3")]);
    let finding = grype("CVE-2026-1234-Zope.Interface", "python", "Zope.Interface");
    assert_eq!(purl(&finding), Some("pkg:pypi/zope-interface"));

    // Neither a distribution's package nor a Java artifact without its group is known by its name alone.
    for (sort, name) in [("deb", "libssl3"), ("java-archive", "log4j-core")] {
        let finding = grype(&format!("CVE-2026-1234-{name}"), sort, name);
        assert_eq!((finding.kind, purl(&finding)), (Kind::Code, None));
        assert_eq!(finding.ids.as_slice(), [Text::line("CVE-2026-1234")]);
        assert_eq!(labels(&finding), [KeyLabel::Logical]);
    }
    // Rule and message do not speak of one package.
    let finding = grype("CVE-2026-1234-left", "npm", "right");
    assert_eq!((purl(&finding), finding.ids.len()), (None, 0));
}

#[test]
fn packages_of_one_rule_and_path_share_no_key_whatever_the_log() {
    let one = keys(&log_of("Trivy", &[of_image("libssl3", "3.1.3-r0", 1)]));
    let other = keys(&log_of("Trivy", &[of_image("libcrypto3", "3.1.3-r0", 1)]));
    assert_ne!(one, other);
    let (ssl, crypto) = (
        of_image("libssl3", "3.1.3-r0", 1),
        of_image("libcrypto3", "3.1.3-r0", 1),
    );
    let both = keys(&log_of("Trivy", &[ssl.clone(), crypto.clone()]));
    assert_eq!(both, [one[0].clone(), other[0].clone()]);
    let turned = keys(&log_of("Trivy", &[crypto, ssl]));
    assert_eq!(turned, [other[0].clone(), one[0].clone()]);
}

#[test]
fn a_new_version_and_another_line_leave_the_keys_of_a_named_package() {
    let before = keys(&log_of("Trivy", &[of_image("libssl3", "3.1.3-r0", 1)]));
    let after = [
        of_image("abuild", "3.11-r0", 1),
        of_image("libssl3", "3.1.4-r5", 7),
    ];
    assert_eq!(keys(&log_of("Trivy", &after))[1], before[0]);
}

#[test]
fn two_versions_of_a_named_package_in_one_log_stay_two() {
    let keys = keys(&log_of(
        "Trivy",
        &[
            of_image("linux-lts", "6.1", 1),
            of_image("linux-lts", "6.6", 1),
        ],
    ));
    assert_ne!(keys[0], keys[1]);
}

#[test]
fn a_package_is_told_apart_beside_a_snippet_and_a_logical_location_too() {
    let index = r#","logicalLocations":[{"index":0}]"#;
    for rest in [
        r#","logicalLocations":[{"fullyQualifiedName":"image:/lib"}]"#,
        index,
        // Of which the run tells nothing.
        r#","logicalLocations":[{"index":9}]"#,
    ] {
        let keys = |name: &str| {
            let result = result("CVE-2026-1234", &trivy(name, "1"), "image", 1, rest);
            let words = log_of("Trivy", &[result]);
            let logical = r#""logicalLocations":[{"fullyQualifiedName":"image:/lib"}],"tool""#;
            keys(&words.replace(r#""tool""#, logical))
        };
        assert_ne!(keys("libssl3"), keys("libcrypto3"), "{rest}");
        assert_eq!(keys("libssl3"), keys("libssl3"));
    }
    let with_snippet = |name: &str| {
        let words = log_of("Trivy", &[of_image(name, "1", 1)]);
        keys(&words.replace(
            r#""startLine":1"#,
            r#""startLine":1,"snippet":{"text":"FROM alpine"}"#,
        ))
    };
    assert_ne!(with_snippet("libssl3"), with_snippet("libcrypto3"));
}

/// How grype tells a package of an image whose layer has this digest, with a fingerprint made of the version.
fn grype(name: &str, version: &str, image: &str, layer: &str) -> String {
    let message = format!(
        "A high vulnerability in rpm package: {name}, version {version} was found in image {image} at: /var/lib/rpm/rpmdb.sqlite"
    );
    let logical = format!(
        r#","logicalLocations":[{{"fullyQualifiedName":"{image}@sha256:{layer}:/var/lib/rpm/rpmdb.sqlite","name":"/var/lib/rpm/rpmdb.sqlite"}}]"#
    );
    let rule = format!("CVE-2026-1234-{name}");
    let words = result(
        &rule,
        &message,
        "board/var/lib/rpm/rpmdb.sqlite",
        1,
        &logical,
    );
    let hash = blake3::hash(version.as_bytes()).to_hex();
    let hash = format!(r#","partialFingerprints":{{"primaryLocationLineHash":"{hash}:1"}}}}"#);
    format!("{}{hash}", words.strip_suffix('}').unwrap())
}

/// Keys of what grype tells of a kernel in these versions.
fn kernels(versions: &[&str]) -> Vec<Vec<String>> {
    let results: Vec<_> = (versions.iter())
        .map(|version| grype("kernel-core", version, "harbor/board:7", "0123"))
        .collect();
    let mut keys = keys(&log_of("grype", &results));
    keys.sort();
    keys
}

#[test]
fn a_fingerprint_that_is_made_of_the_version_of_a_package_is_no_key() {
    let of = |version: &str| kernels(&[version]);
    assert_eq!(of("5.14.0-70"), of("5.14.0-90"));
    let both = kernels(&["5.14.0-70", "5.14.0-80"]);
    assert_ne!(both[0], both[1]);
    assert_eq!(both, kernels(&["5.14.0-90", "5.14.0-91"]));
    // One of two goes or comes: the other one is still there.
    assert!(both.contains(&of("5.14.0-99")[0]));
    let other = grype("kernel-modules", "5.14.0-70", "harbor/board:7", "0123");
    assert!(!both.contains(&keys(&log_of("grype", &[other]))[0]));
}

#[test]
fn a_rebuilt_image_is_the_same_place_and_another_image_is_not() {
    let of = |image: &str, layer: &str| {
        keys(&log_of(
            "grype",
            &[grype("kernel-core", "5.14.0-70", image, layer)],
        ))
    };
    let first = of("registry.harborapps.example:5000/harbor/board:7", "0123");
    for (image, layer) in [
        ("registry.harborapps.example:5000/harbor/board:8", "4567"),
        ("registry.harborapps.example:5000/harbor/board", "4567"),
        (
            "registry.harborapps.example:5000/harbor/board@sha256:89ab",
            "89ab",
        ),
    ] {
        assert_eq!(of(image, layer), first, "{image}");
    }
    for image in [
        "registry.harborapps.example:5000/other/board:7",
        "harbor/board:7",
    ] {
        assert_ne!(of(image, "0123"), first, "{image}");
    }
}

#[test]
fn an_advisory_that_only_osv_scanner_knows_keeps_its_keys_with_a_new_version() {
    let of = |versions: &[&str]| {
        let results: Vec<_> = (versions.iter())
            .map(|version| {
                let message = format!("Package 'left@{version}' is vulnerable to 'OSV-2026-1'.");
                let words = result("OSV-2026-1", &message, "package-lock.json", 1, "");
                let mark = format!(r#","fingerprints":{{"id/v1":"left-{version}-0d4ef10d"}}}}"#);
                format!("{}{mark}", words.strip_suffix('}').unwrap())
            })
            .collect();
        let mut keys = keys(&log_of("osv-scanner", &results));
        keys.sort();
        keys
    };
    assert_eq!(of(&["1.0.0"]), of(&["1.0.1"]));
    assert_eq!(of(&["1.0.0", "2.0.0"]), of(&["1.0.1", "2.0.7"]));
}

#[test]
fn crates_that_a_fingerprint_names_are_told_apart_without_their_versions() {
    let of = |tool: &str, scheme: &str, marks: &[&str]| {
        let results: Vec<_> = (marks.iter())
            .map(|mark| {
                let words = result("s:source-not-allowed", "not allowed", "Cargo.toml", 1, "");
                let mark = format!(r#","partialFingerprints":{{"{scheme}":"{mark}"}}}}"#);
                format!("{}{mark}", words.strip_suffix('}').unwrap())
            })
            .collect();
        keys(&log_of(tool, &results))
    };
    let deny = |marks: &[&str]| of("cargo-deny", "cargo-deny/krate", marks);
    let first = deny(&["harbor-queue@1.0.0", "harbor-ledger@2.0.0"]);
    assert_ne!(first[0], first[1]);
    for (mark, expected) in [
        ("harbor-queue@1.0.1", 0),
        ("harbor-ledger@2.1.0", 1),
        (
            "git+https://git.harborapps.example/queue?tag=v1.0.1#harbor-queue@1.0.1",
            0,
        ),
        ("path+file:///srv/build-7/harbor-ledger#2.1.0", 1),
        (
            "git+https://git.harborapps.example/harbor-ledger?branch=main#2.1.0",
            1,
        ),
    ] {
        assert_eq!(deny(&[mark]), [first[expected].clone()], "{mark}");
    }
    let audit = |marks: &[&str]| of("cargo-audit", "cargo-audit/advisory-fingerprint", marks);
    let yanked = audit(&["yanked:harbor-queue:1.0.0", "yanked:harbor-ledger:2.0.0"]);
    assert_ne!(yanked[0], yanked[1]);
    assert_eq!(
        audit(&["yanked:harbor-queue:1.0.1", "yanked:harbor-ledger:2.0.1"]),
        yanked
    );
}

#[test]
fn other_words_and_placeholders_name_no_package() {
    for message in [
        r#"{"text":"Artifact: Dockerfile\nType: dockerfile\nVulnerability DS002\nSeverity: HIGH"}"#,
        r#"{"text":"Package: \nInstalled Version: 1"}"#,
        r#"{"text":"Package: left is old"}"#,
        r#"{"text":"Package: {0}\nInstalled Version: {1}","arguments":["left","1"]}"#,
        r#"{"text":"A high vulnerability in this package: left"}"#,
    ] {
        let finding = one(&format!(
            r#"{{"version":"2.1.0","runs":[{{"tool":{{"driver":{{"name":"Trivy"}}}},"results":[{{"ruleId":"DS002","message":{message},{}}}]}}]}}"#,
            at_line("Dockerfile", 3, "")
        ));
        assert_eq!(labels(&finding), [KeyLabel::Position], "{message}");
    }
}
