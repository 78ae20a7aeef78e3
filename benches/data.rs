//! Reports of any size, made from a seed: always the same bytes, and little memory while they are written.
//!
//! They have the shapes that the tools write and invented words. Of a file's records a share are distinct; the others
//! repeat one of those before them.

#[path = "data/audit.rs"]
mod audit;
#[path = "data/fact.rs"]
mod fact;
#[path = "data/sarif.rs"]
mod sarif;
#[path = "data/ticket.rs"]
mod ticket;

use std::fmt;
use std::io::{self, Write};

use fact::Fact;

/// What sort of report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// SARIF as CodeQL writes it: indented, rules with long help before the results, flows through the code.
    CodeQl,
    /// SARIF as Semgrep writes it: on one line, the results before the tool.
    Semgrep,
    /// SARIF as Trivy writes it: indented, a rule for each advisory.
    Trivy,
    /// `npm audit --json` of npm 7 and later. Its repeats are packages that depend on a vulnerable one.
    NpmAudit,
    /// `cargo audit --json`. Its repeats are further versions of a package.
    CargoAudit,
    /// FSRT of Atlassian.
    Fsrt,
    /// Jira's export of issues as CSV.
    JiraCsv,
    /// Jira's export of issues as XML.
    JiraXml,
}

impl Format {
    /// All of them.
    pub(crate) const ALL: [Self; 8] = [
        Self::CodeQl,
        Self::Semgrep,
        Self::Trivy,
        Self::NpmAudit,
        Self::CargoAudit,
        Self::Fsrt,
        Self::JiraCsv,
        Self::JiraXml,
    ];

    /// The parser that reads it.
    pub(crate) fn parser(self) -> &'static str {
        match self {
            Self::CodeQl | Self::Semgrep | Self::Trivy => "sarif",
            Self::NpmAudit => "npm-audit",
            Self::CargoAudit => "cargo-audit",
            Self::Fsrt => "fsrt",
            Self::JiraCsv => "jira-csv",
            Self::JiraXml => "jira-xml",
        }
    }

    /// What such files end in.
    pub(crate) fn extension(self) -> &'static str {
        match self {
            Self::CodeQl | Self::Semgrep | Self::Trivy => "sarif",
            Self::NpmAudit | Self::CargoAudit | Self::Fsrt => "json",
            Self::JiraCsv => "csv",
            Self::JiraXml => "xml",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::CodeQl => "sarif-codeql",
            Self::Semgrep => "sarif-semgrep",
            Self::Trivy => "sarif-trivy",
            plain => plain.parser(),
        })
    }
}

/// How much of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Amount {
    /// How many records.
    pub(crate) records: u64,
    /// How many of them are distinct: at least one, and at most all.
    pub(crate) distinct: u64,
    /// What it is made from. Reports of one format and seed share their findings.
    pub(crate) seed: u64,
}

impl Amount {
    /// The facts of each record in order; those that are new stand evenly among those that repeat one.
    fn facts(self) -> impl Iterator<Item = Fact> {
        let Self {
            records,
            distinct,
            seed,
        } = self;
        (0..records).map(move |index| {
            let before = (index * distinct).div_ceil(records);
            let fresh = ((index + 1) * distinct).div_ceil(records) > before;
            let number = if fresh {
                before
            } else {
                fact::mix(seed ^ index) % before
            };
            Fact::new(seed, index, number, fresh)
        })
    }

    /// The facts of each distinct record.
    fn distinct(self) -> impl Iterator<Item = Fact> {
        (0..self.distinct).map(move |number| Fact::new(self.seed, number, number, true))
    }
}

/// Writes a report.
pub(crate) fn write(format: Format, amount: Amount, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::CodeQl => sarif::codeql(amount, out),
        Format::Semgrep => sarif::semgrep(amount, out),
        Format::Trivy => sarif::trivy(amount, out),
        Format::NpmAudit => audit::npm(amount, out),
        Format::CargoAudit => audit::cargo(amount, out),
        Format::Fsrt => audit::fsrt(amount, out),
        Format::JiraCsv => ticket::csv(amount, out),
        Format::JiraXml => ticket::xml(amount, out),
    }
}

/// A report in memory.
pub(crate) fn bytes(format: Format, amount: Amount) -> Vec<u8> {
    let mut bytes = Vec::new();
    write(format, amount, &mut bytes).expect("memory can be written");
    bytes
}

/// A list of records, each filled into its template, with commas between them.
fn list<'a>(
    facts: impl Iterator<Item = Fact>,
    template: impl Fn(&Fact) -> &'a str,
    out: &mut dyn Write,
) -> io::Result<()> {
    for (place, fact) in facts.enumerate() {
        if place > 0 {
            out.write_all(b",")?;
        }
        fact.fill(template(&fact), out)?;
    }
    Ok(())
}
