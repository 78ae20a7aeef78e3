//! SARIF 2.1.0 in the hands of three tools.

use std::io::{self, Write};

use super::fact::{Fact, RULES};
use super::{Amount, list};

const CODEQL_HEAD: &str = r#"{
  "$schema" : "https://json.schemastore.org/sarif-2.1.0.json",
  "version" : "2.1.0",
  "runs" : [ {
    "tool" : {
      "driver" : {
        "name" : "CodeQL",
        "organization" : "GitHub",
        "semanticVersion" : "2.23.1",
        "rules" : [ "#;
const CODEQL_RULE: &str = r##"{
          "id" : "js/rule-@number@",
          "name" : "js/rule-@number@",
          "shortDescription" : {
            "text" : "@title@"
          },
          "fullDescription" : {
            "text" : "@title@, which lets an attacker do what only a signed-in user may."
          },
          "defaultConfiguration" : {
            "enabled" : true,
            "level" : "@level@"
          },
          "help" : {
            "text" : "# @title@\nA value that a user controls is used without a check.\n\n## Recommendation\nCheck the value before it is used, or use a function that cannot be misused.\n\n## References\n* Harbor Apps: [Secure code](https://harborapps.example/secure/@number@).\n"
          },
          "properties" : {
            "tags" : [ "security", "external/cwe/cwe-@cwe@" ],
            "precision" : "high",
            "security-severity" : "@score@"
          }
        }"##;
const CODEQL_RESULTS: &str = r#" ]
      }
    },
    "automationDetails" : {
      "id" : "/language:javascript/"
    },
    "results" : [ "#;
const CODEQL_RESULT: &str = r#"{
      "ruleId" : "js/rule-@rule@",
      "ruleIndex" : @rule@,
      "rule" : {
        "id" : "js/rule-@rule@",
        "index" : @rule@
      },
      "message" : {
        "text" : "@title@: this depends on a [user-provided value](1) of `@function@`."
      },
      "locations" : [ {
        "physicalLocation" : {
          "artifactLocation" : {
            "uri" : "@path@",
            "uriBaseId" : "%SRCROOT%",
            "index" : @number@
          },
          "region" : {
            "startLine" : @line@,
            "startColumn" : @column@,
            "endColumn" : 78
          }
        }
      } ],
      "partialFingerprints" : {
        "primaryLocationLineHash" : "@hash@:1",
        "primaryLocationStartColumnFingerprint" : "@column@"
      },"#;
const CODEQL_FLOW: &str = r#"
      "codeFlows" : [ {
        "threadFlows" : [ {
          "locations" : [ {
            "location" : {
              "physicalLocation" : {
                "artifactLocation" : {
                  "uri" : "src/entry.js",
                  "uriBaseId" : "%SRCROOT%",
                  "index" : 1
                },
                "region" : {
                  "startLine" : @column@,
                  "startColumn" : 7,
                  "endColumn" : 21
                }
              },
              "message" : {
                "text" : "request.query"
              }
            }
          }, {
            "location" : {
              "physicalLocation" : {
                "artifactLocation" : {
                  "uri" : "@path@",
                  "uriBaseId" : "%SRCROOT%",
                  "index" : @number@
                },
                "region" : {
                  "startLine" : @line@,
                  "startColumn" : @column@,
                  "endColumn" : 78
                }
              },
              "message" : {
                "text" : "@function@"
              }
            }
          } ]
        } ]
      } ],"#;
const CODEQL_RELATED: &str = r#"
      "relatedLocations" : [ {
        "id" : 1,
        "physicalLocation" : {
          "artifactLocation" : {
            "uri" : "src/entry.js",
            "uriBaseId" : "%SRCROOT%",
            "index" : 1
          },
          "region" : {
            "startLine" : @column@,
            "startColumn" : 7,
            "endColumn" : 21
          }
        },
        "message" : {
          "text" : "user-provided value"
        }
      } ]
    }"#;
const CODEQL_TAIL: &str = " ],\n    \"columnKind\" : \"utf16CodeUnits\"\n  } ]\n}\n";

pub(super) fn codeql(amount: Amount, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(CODEQL_HEAD.as_bytes())?;
    list(rules(amount), |_| CODEQL_RULE, out)?;
    out.write_all(CODEQL_RESULTS.as_bytes())?;
    for (place, fact) in amount.facts().enumerate() {
        if place > 0 {
            out.write_all(b", ")?;
        }
        fact.fill(CODEQL_RESULT, out)?;
        if fact.is_one_in(3) {
            fact.fill(CODEQL_FLOW, out)?;
        }
        fact.fill(CODEQL_RELATED, out)?;
    }
    out.write_all(CODEQL_TAIL.as_bytes())
}

const SEMGREP_HEAD: &str = r#"{"version":"2.1.0","runs":[{"invocations":[{"executionSuccessful":true,"toolExecutionNotifications":[]}],"results":["#;
const SEMGREP_RESULT: &str = r#"{"fingerprints":{"matchBasedId/v1":"@digest@_0"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"@path@","uriBaseId":"%SRCROOT%"},"region":{"endColumn":70,"endLine":@line@,"snippet":{"text":"    const row = await store.query(\"select * from @function@ where id = \" + request.query.id);"},"startColumn":@column@,"startLine":@line@}}}],"message":{"text":"@title@. A value of the request is joined into a query in `@function@`. An attacker can read and change what only others may. Take a parameterized query or an object mapper, and check the value before it is used: the type, the length and who may ask for it. See https://harborapps.example/secure for how we write queries."},"properties":{},"ruleId":"harbor.javascript.rule-@rule@"}"#;
const SEMGREP_TOOL: &str =
    r#"],"tool":{"driver":{"name":"Semgrep OSS","semanticVersion":"1.138.0","rules":["#;
const SEMGREP_RULE: &str = r#"{"defaultConfiguration":{"level":"@level@"},"fullDescription":{"text":"@title@. A value of the request is joined into a query."},"help":{"markdown":"@title@\n\n<b>References:</b>\n - [Rule](https://harborapps.example/rules/@number@)\n","text":"@title@\nTake a parameterized query."},"helpUri":"https://harborapps.example/rules/@number@","id":"harbor.javascript.rule-@number@","name":"harbor.javascript.rule-@number@","properties":{"precision":"very-high","tags":["CWE-@cwe@: Weakness","HIGH CONFIDENCE","security"]},"shortDescription":{"text":"Semgrep Finding: harbor.javascript.rule-@number@"}}"#;
const SEMGREP_TAIL: &str = "]}}}],\"$schema\":\"https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json\"}";

pub(super) fn semgrep(amount: Amount, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(SEMGREP_HEAD.as_bytes())?;
    list(amount.facts(), |_| SEMGREP_RESULT, out)?;
    out.write_all(SEMGREP_TOOL.as_bytes())?;
    list(rules(amount), |_| SEMGREP_RULE, out)?;
    out.write_all(SEMGREP_TAIL.as_bytes())
}

const TRIVY_HEAD: &str = r#"{
  "version": "2.1.0",
  "$schema": "https://raw.githubusercontent.com/oasis-tcs/sarif-spec/main/sarif-2.1/schema/sarif-schema-2.1.0.json",
  "runs": [
    {
      "tool": {
        "driver": {
          "fullName": "Trivy Vulnerability Scanner",
          "informationUri": "https://github.com/aquasecurity/trivy",
          "name": "Trivy",
          "version": "0.67.0",
          "rules": ["#;
const TRIVY_RULE: &str = r#"
            {
              "id": "@cve@",
              "name": "LanguageSpecificPackageVulnerability",
              "shortDescription": {
                "text": "@package@: @title@"
              },
              "fullDescription": {
                "text": "@title@."
              },
              "defaultConfiguration": {
                "level": "@level@"
              },
              "helpUri": "https://avd.aquasec.com/nvd/@cve@",
              "help": {
                "text": "Vulnerability @cve@\nSeverity: HIGH\nPackage: @package@\nFixed Version: 2.@minor@.1\n",
                "markdown": "**Vulnerability @cve@**\n| Severity | Package | Fixed Version |\n| --- | --- | --- |\n|HIGH|@package@|2.@minor@.1|\n"
              },
              "properties": {
                "precision": "very-high",
                "security-severity": "@score@",
                "tags": ["vulnerability", "security", "HIGH"]
              }
            }"#;
const TRIVY_RESULTS: &str = r#"
          ]
        }
      },
      "results": ["#;
const TRIVY_RESULT: &str = r#"
        {
          "ruleId": "@cve@",
          "ruleIndex": @number@,
          "level": "@level@",
          "message": {
            "text": "Package: @package@\nInstalled Version: 2.@minor@.0\nVulnerability @cve@\nSeverity: HIGH\nFixed Version: 2.@minor@.1\nLink: [@cve@](https://avd.aquasec.com/nvd/@cve@)"
          },
          "locations": [
            {
              "physicalLocation": {
                "artifactLocation": {
                  "uri": "package-lock.json",
                  "uriBaseId": "ROOTPATH"
                },
                "region": {
                  "startLine": @line@,
                  "startColumn": 1,
                  "endLine": @line@,
                  "endColumn": 1
                }
              },
              "message": {
                "text": "package-lock.json: @package@:2.@minor@.0"
              }
            }
          ]
        }"#;
const TRIVY_TAIL: &str = r#"
      ],
      "columnKind": "utf16CodeUnits",
      "originalUriBaseIds": {
        "ROOTPATH": {
          "uri": "file:///"
        }
      }
    }
  ]
}
"#;

pub(super) fn trivy(amount: Amount, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(TRIVY_HEAD.as_bytes())?;
    list(amount.distinct(), |_| TRIVY_RULE, out)?;
    out.write_all(TRIVY_RESULTS.as_bytes())?;
    list(amount.facts(), |_| TRIVY_RESULT, out)?;
    out.write_all(TRIVY_TAIL.as_bytes())
}

/// The rules of a scanner of code, whatever it found.
fn rules(amount: Amount) -> impl Iterator<Item = Fact> {
    let rules = Amount {
        records: RULES,
        distinct: RULES,
        ..amount
    };
    rules.distinct()
}
