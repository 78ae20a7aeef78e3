//! Files that are often taken for reports: what each is, and what to name instead.

use super::Head;
use super::json::Value;

/// A sort of file that is no report.
#[derive(Debug)]
pub struct Foreign {
    /// What it is, with its article.
    pub what: &'static str,
    /// What to do instead.
    pub hint: &'static str,
    /// Whether a file starts like one.
    is: fn(&Head<'_>) -> bool,
}

/// What `head` is the start of, if it is a well-known sort of file that is no report. Only to be asked when no parser
/// claims it.
pub fn recognize(head: &Head<'_>) -> Option<&'static Foreign> {
    FOREIGN.iter().find(|foreign| (foreign.is)(head))
}

/// What a `Cargo.lock` is matched against.
pub const ADVISORY: &str = "an advisory of the RustSec database";

static FOREIGN: &[Foreign] = &[
    Foreign {
        what: "a zip archive",
        hint: "let its name end in `.zip`, and the reports in it are read",
        is: |head| head.text.starts_with("PK\u{3}\u{4}") || head.text.starts_with("PK\u{5}\u{6}"),
    },
    Foreign {
        what: ADVISORY,
        hint: "name a `Cargo.lock`, and the database with `--advisory-db FOLDER`",
        is: |head| {
            let front = head.text.strip_prefix("```toml").unwrap_or(head.text);
            let lines = || front.lines().map(str::trim).take(64);
            let is_id = |line: &str| {
                let value = line.strip_prefix("id").map(str::trim_start);
                value.is_some_and(|value| value.starts_with('=') && value.contains("\"RUSTSEC-"))
            };
            let is_toml =
                head.text.starts_with("```toml") || lines().any(|line| line == "[advisory]");
            is_toml && lines().any(is_id)
        },
    },
    Foreign {
        what: "a lock file of npm",
        hint: "name what `npm audit --json` prints; a lock file beside it, or named with `--lockfile`, adds the installed versions",
        is: |head| head.json.has("/lockfileVersion", Value::Scalar),
    },
    Foreign {
        what: "a lock file of yarn or pnpm",
        hint: "name what `yarn audit --json`, `yarn npm audit --json` or `pnpm audit --json` prints",
        is: |head| {
            let mut lines = head.text.lines().take(8);
            lines.any(|line| {
                line.starts_with("# yarn lockfile")
                    || line.starts_with("__metadata:")
                    || line.starts_with("lockfileVersion:")
            })
        },
    },
    Foreign {
        what: "a manifest of npm (`package.json`)",
        hint: "name what `npm audit --json` prints",
        is: |head| {
            let json = &head.json;
            let parts = [
                "/dependencies",
                "/devDependencies",
                "/scripts",
                "/workspaces",
                "/engines",
            ];
            json.has("/name", Value::String) && parts.iter().any(|part| json.find(part).is_some())
        },
    },
    Foreign {
        what: "the output of `npm install`",
        hint: "name what `npm audit --json` prints",
        is: |head| head.json.find("/added").is_some() && head.json.find("/removed").is_some(),
    },
    Foreign {
        what: "the audit-compatible output of cargo-deny, which is not that of cargo-audit",
        hint: "name what `cargo audit --json` or `cargo deny --format sarif check` prints, or the `Cargo.lock` with `--advisory-db FOLDER`",
        is: |head| {
            let json = &head.json;
            json.has("/vulnerabilities", Value::Array)
                && (json.has("/lockfile", Value::Object)
                    || json.has("/vulnerabilities/-/advisory", Value::Object))
        },
    },
    Foreign {
        what: "the JSON of cargo-deny",
        hint: "name what `cargo deny --format sarif check` prints",
        is: |head| {
            let sort = head.json.text("/type");
            sort.is_some_and(|sort| matches!(sort, "diagnostic" | "summary" | "log"))
                && head.json.has("/fields", Value::Object)
        },
    },
    Foreign {
        what: "a SARIF external property file, a part of a log that is elsewhere",
        hint: "name the SARIF file that refers to it, with its results inline",
        is: |head| {
            let json = &head.json;
            // One with a `$schema` is claimed, and refused with the same words, by the parser of SARIF.
            let schema = json.text("/schema");
            schema.is_some_and(|it| it.contains("external-propert"))
                || (json.has("/runGuid", Value::String) && json.find("/runs").is_none())
                || json.has("/externalizedProperties", Value::Object)
        },
    },
    Foreign {
        what: "a CycloneDX bill of materials",
        hint: "name it with `--vex` if it says what was found out about vulnerabilities, else the report of the scanner that looked through it: SARIF is read of any tool",
        is: |head| {
            let format = head.json.text("/bomFormat");
            format == Some("CycloneDX") || head.text.contains("http://cyclonedx.org/schema/bom/")
        },
    },
    Foreign {
        what: "an OpenVEX document",
        hint: "name it with `--vex`",
        is: |head| {
            let context = head.json.text("/@context");
            context.is_some_and(|context| context.starts_with("https://openvex.dev/ns"))
        },
    },
    Foreign {
        what: "an SPDX bill of materials",
        hint: "name the report of the scanner that looked through it: SARIF is read of any tool",
        is: |head| {
            head.json.has("/spdxVersion", Value::String) || head.text.starts_with("SPDXVersion:")
        },
    },
    Foreign {
        what: "a report of `composer audit`",
        hint: "turn it into SARIF first, which is read of any tool",
        is: |head| {
            let json = &head.json;
            json.find("/advisories/*/-/advisoryId").is_some()
                || (json.find("/advisories").is_some() && json.find("/abandoned").is_some())
        },
    },
    Foreign {
        what: "a catalogue of known exploited vulnerabilities (KEV)",
        hint: "name it with `--kev FILE`, beside the reports whose findings are looked up in it",
        is: |head| {
            let json = &head.json;
            let is_json = json.find("/catalogVersion").is_some();
            let columns = head.text.lines().next().unwrap_or_default();
            is_json
                || ["cveID", "dateAdded"]
                    .iter()
                    .all(|name| columns.contains(name))
        },
    },
    Foreign {
        what: "a table of EPSS scores",
        hint: "name it with `--epss FILE`, beside the reports whose findings are looked up in it",
        is: |head| head.text.starts_with("#model_version:") || head.text.starts_with("cve,epss"),
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::PARSERS;

    /// What each file of the table starts like, in its order.
    const STARTS: &[&[&str]] = &[
        &["PK\u{3}\u{4}\u{14}\0", "PK\u{5}\u{6}\0\0"],
        &[
            "```toml\n[advisory]\nid = \"RUSTSEC-2099-0001\"\npackage = \"harbor-codec\"\n```\n\n# Title\n",
            "```toml\nid = \"RUSTSEC-2099-0001\"\npackage = \"harbor-codec\"\n```\n",
            "[advisory]\nid         = \"RUSTSEC-2099-0001\"\npackage = \"harbor-codec\"\n",
        ],
        &[
            r#"{"name": "queue-board", "version": "1.0.0", "lockfileVersion": 3, "requires": true, "packages": {}}"#,
            r#"{"name": "queue-board", "lockfileVersion": 1, "dependencies": {"lodash": {"version": "4.17.19"}}}"#,
        ],
        &[
            "# THIS IS AN AUTOGENERATED FILE. DO NOT EDIT THIS FILE DIRECTLY.\n# yarn lockfile v1\n",
            "# This file is generated by running \"yarn install\" inside your project.\n\n__metadata:\n  version: 8\n",
            "lockfileVersion: '9.0'\n\nsettings:\n",
        ],
        &[
            r#"{"name": "queue-board", "version": "1.0.0", "dependencies": {"lodash": "^4.17.0"}}"#,
            r#"{"name": "queue-board", "private": true, "workspaces": ["packages/*"]}"#,
        ],
        &[r#"{"added": 12, "removed": 0, "changed": 1, "funding": 2}"#],
        &[
            r#"{"lockfile": {"dependency-count": 3}, "settings": {"ignore": []}, "vulnerabilities": []}"#,
            r#"{"vulnerabilities": [{"advisory": {"id": "RUSTSEC-2099-0001"}}]}"#,
        ],
        &[
            r#"{"type": "diagnostic", "fields": {"code": "vulnerability", "severity": "error"}}"#,
            r#"{"fields": {"advisories": {"errors": 0}}, "type": "summary"}"#,
        ],
        &[
            r#"{"schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-external-property-file-schema-2.1.0.json", "version": "2.1.0"}"#,
            r#"{"guid": "00001111-2222-3333-4444-555566667777", "runGuid": "88889999-AAAA-BBBB-CCCC-DDDDEEEEFFFF", "artifacts": []}"#,
        ],
        &[
            r#"{"bomFormat": "CycloneDX", "specVersion": "1.5", "components": []}"#,
            "<?xml version=\"1.0\"?>\n<bom xmlns=\"http://cyclonedx.org/schema/bom/1.5\" version=\"1\"></bom>",
        ],
        &[
            r#"{"@context": "https://openvex.dev/ns/v0.2.0", "author": "Harbor Apps", "statements": []}"#,
        ],
        &[
            r#"{"spdxVersion": "SPDX-2.3", "packages": []}"#,
            "SPDXVersion: SPDX-2.3\nDataLicense: CC0-1.0\n",
        ],
        &[
            r#"{"advisories": {"harbor/queue": [{"advisoryId": "PKSA-aaaa-bbbb-cccc", "packageName": "harbor/queue"}]}, "abandoned": []}"#,
            r#"{"advisories": [], "abandoned": []}"#,
        ],
        &[
            r#"{"title": "CISA Catalog of Known Exploited Vulnerabilities", "catalogVersion": "2026.11.20", "count": 1, "vulnerabilities": [{"cveID": "CVE-2021-23337"}]}"#,
            "cveID,vendorProject,product,vulnerabilityName,dateAdded,shortDescription\n",
        ],
        &[
            "#model_version:v2025.03.14,score_date:2026-11-20T00:00:00+0000\ncve,epss,percentile\n",
            "cve,epss,percentile\nCVE-2021-23337,0.1,0.9\n",
        ],
    ];

    #[test]
    fn each_sort_is_recognized_as_itself_and_claimed_by_no_parser() {
        assert_eq!(STARTS.len(), FOREIGN.len());
        for (starts, foreign) in STARTS.iter().zip(FOREIGN) {
            for start in *starts {
                let head = Head::new(start.as_bytes());
                let found = recognize(&head).map(|found| found.what);
                assert_eq!(found, Some(foreign.what), "{start}");
                let claims = PARSERS.iter().filter(|parser| parser.sniff(&head));
                assert_eq!(claims.count(), 0, "{start}");
            }
        }
    }

    #[test]
    fn nothing_is_made_of_what_nobody_knows() {
        for words in [
            "",
            "{}",
            "[]",
            "# Notes\n",
            "id = 1\n",
            "{\"name\": \"x\"}",
            "<bom/>",
        ] {
            assert!(recognize(&Head::new(words.as_bytes())).is_none(), "{words}");
        }
    }

    #[test]
    fn words_are_fragments_without_a_period() {
        for Foreign { what, hint, .. } in FOREIGN {
            for words in [what, hint] {
                assert!(
                    !words.ends_with('.') && words.starts_with(char::is_lowercase),
                    "{words}"
                );
            }
        }
    }
}
