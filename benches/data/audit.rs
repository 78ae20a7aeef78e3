//! Audits of dependencies, and Atlassian's scanner of Forge apps.

use std::io::{self, Write};

use super::{Amount, list};

const NPM_HEAD: &str = "{\n  \"auditReportVersion\": 2,\n  \"vulnerabilities\": {";
const NPM_VULNERABLE: &str = r#"
    "@package@": {
      "name": "@package@",
      "severity": "@npm-severity@",
      "isDirect": false,
      "via": [
        {
          "source": 1@number@,
          "name": "@package@",
          "dependency": "@package@",
          "title": "@title@",
          "url": "https://github.com/advisories/@ghsa@",
          "severity": "@npm-severity@",
          "cwe": [
            "CWE-@cwe@"
          ],
          "cvss": {
            "score": 7.5,
            "vectorString": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H"
          },
          "range": "<2.@minor@.1"
        }
      ],
      "effects": [],
      "range": "<2.@minor@.1",
      "nodes": [
        "node_modules/@package@"
      ],
      "fixAvailable": true
    }"#;
const NPM_DEPENDENT: &str = r#"
    "dependent-@index@": {
      "name": "dependent-@index@",
      "severity": "@npm-severity@",
      "isDirect": true,
      "via": [
        "@package@"
      ],
      "effects": [],
      "range": "*",
      "nodes": [
        "node_modules/dependent-@index@"
      ],
      "fixAvailable": {
        "name": "dependent-@index@",
        "version": "3.0.0",
        "isSemVerMajor": true
      }
    }"#;

pub(super) fn npm(amount: Amount, out: &mut dyn Write) -> io::Result<()> {
    let mut counts: [u64; 4] = [0; 4];
    out.write_all(NPM_HEAD.as_bytes())?;
    let facts = amount.facts().inspect(|fact| counts[fact.npm_level()] += 1);
    let template = |fact: &super::Fact| {
        if fact.is_fresh {
            NPM_VULNERABLE
        } else {
            NPM_DEPENDENT
        }
    };
    list(facts, template, out)?;
    let [low, moderate, high, critical] = counts;
    let total = amount.records;
    write!(
        out,
        r#"
  }},
  "metadata": {{
    "vulnerabilities": {{
      "info": 0,
      "low": {low},
      "moderate": {moderate},
      "high": {high},
      "critical": {critical},
      "total": {total}
    }},
    "dependencies": {{
      "prod": {total},
      "dev": 402,
      "optional": 12,
      "peer": 3,
      "peerOptional": 0,
      "total": {}
    }}
  }}
}}
"#,
        total + 417
    )
}

const CARGO_HEAD: &str = r#"{"database":{"advisory-count":1098,"last-commit":"0c1d2e3f4a5b6c7d8e9f0a1b2c3d4e5f6a7b8c9d","last-updated":"2026-11-20T08:30:00Z"},"lockfile":{"dependency-count":310},"settings":{"target_arch":[],"target_os":[],"severity":null,"ignore":[],"informational_warnings":["unmaintained","unsound","notice"]},"vulnerabilities":{"found":true,"#;
const CARGO_RECORD: &str = r#"{"advisory":{"id":"@rustsec@","package":"@package@","title":"@title@","description":"@title@.\n\nA frame whose length field is larger than its body makes the decoder read past the end of its\nbuffer. Version 2.@minor@.1 checks the length before it reads.","date":"2026-03-02","aliases":["@cve@","@ghsa@"],"related":[],"collection":"crates","categories":["denial-of-service"],"keywords":["overflow"],"cvss":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H","informational":null,"references":["https://github.com/advisories/@ghsa@"],"source":null,"url":null,"withdrawn":null,"license":"CC0-1.0"},"versions":{"patched":[">=2.@minor@.1"],"unaffected":[]},"affected":null,"package":{"name":"@package@","version":"1.@minor@.@index@","source":"registry+https://github.com/rust-lang/crates.io-index","checksum":"@digest@","dependencies":[],"replace":null}}"#;

pub(super) fn cargo(amount: Amount, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(CARGO_HEAD.as_bytes())?;
    write!(out, r#""count":{},"list":["#, amount.records)?;
    list(amount.facts(), |_| CARGO_RECORD, out)?;
    out.write_all(b"]},\"warnings\":{}}\n")
}

const FSRT_RECORD: &str = r#"{"check_name":"Custom-Check-Authorization-@number@","description":"Authorization bypass detected through @function@ in \"/home/ci/build/queue-board/@path@\".","recommendation":"Use the authorize API _https://developer.atlassian.com/platform/forge/runtime-reference/authorize-api/_ or manually authorize the user via the product REST APIs.","proof":"Unauthorized API call via asApp() found via @function@ -> App -> fetchIssueSummary","severity":"@severity@","app_key":"com.harborapps.queue-board","app_name":"Queue Board","marketplace_security_requirement":"Requirement 1.2","date":"2026-11-20"}"#;
const FSRT_TAIL: &str = "],\"scanner\":\"FSRT\",\"started_at\":\"2026-11-20T09:14:27Z\",\"ended_at\":\"2026-11-20T09:14:31Z\",\"scanned\":[\"com.harborapps.queue-board\"],\"errors\":false,\"error_message\":\"\"}\n";

pub(super) fn fsrt(amount: Amount, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(b"{\"vulns\":[")?;
    list(amount.facts(), |_| FSRT_RECORD, out)?;
    out.write_all(FSRT_TAIL.as_bytes())
}
