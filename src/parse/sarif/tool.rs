//! What is known of tools by name: their family, what they look for, and how they write paths.

use crate::model::Kind;

/// Driver names that belong to a family of another name, after versions and editions are gone.
const ALIASES: &[(&str, &str)] = &[
    ("codeql-command-line-toolchain", "codeql"),
    ("semgrep-code", "semgrep"),
    ("snykcode", "snyk-code"),
    ("gitleaks-detect", "gitleaks"),
    ("clippy-sarif", "clippy"),
    ("cargo-clippy", "clippy"),
    ("haskell-dockerfile-linter", "hadolint"),
];

/// Words of a driver's name that tell an edition: the same rules find the same things.
const EDITIONS: &[&str] = &[
    "oss",
    "pro",
    "community",
    "enterprise",
    "edition",
    "(oss)",
    "(pro)",
];

/// Families that look for credentials.
const SECRETS: &[&str] = &[
    "gitleaks",
    "trufflehog",
    "detect-secrets",
    "ggshield",
    "secretlint",
    "kingfisher",
    "noseyparker",
    "nosey-parker",
    "whispers",
    "ripsecrets",
    "talisman",
];

/// Families that look at configuration and infrastructure code.
const CONFIGURATION: &[&str] = &[
    "hadolint",
    "checkov",
    "kics",
    "tfsec",
    "zizmor",
    "terrascan",
    "kube-linter",
    "kubelinter",
    "kubescape",
    "dockle",
    "actionlint",
    "tflint",
    "cfn-lint",
    "poutine",
];

/// Families that write paths into URIs as they are, without percent-encoding.
const RAW_PATHS: &[&str] = &[
    "semgrep",
    "hadolint",
    "shellcheck",
    "shellcheck-sarif",
    "cppcheck",
    "cargo-deny",
];

/// Levels that a tool writes whatever it found. Another level of the same tool was chosen for the result, and stands.
const CONSTANT_LEVELS: &[(&str, &str)] = &[
    // It has no severities: an unused import and `eval` of user input are errors alike.
    ("ruff", "error"),
    // The open tool has no severities. Where a platform adds them, it writes them as scores beside the level.
    ("checkov", "error"),
    // Every lint warns unless the project itself denies it, be it about style or about soundness.
    ("clippy", "warning"),
    // It has severities, and writes none of them into SARIF.
    ("osv-scanner", "warning"),
];

/// Families that write no level where they know better: without their score nobody rated it. grype writes 0.0 for that.
const WITHOUT_LEVELS: &[&str] = &["grype"];

/// The family of a driver: its name in lower case, without versions and editions. `Semgrep OSS` and `semgrep 1.97` are
/// both `semgrep`.
pub(super) fn family(driver: &str) -> String {
    let lower = driver.to_lowercase();
    let is_version = |word: &str| {
        let digits = word.trim_start_matches(['v', '(', '[']);
        digits.starts_with(|start: char| start.is_ascii_digit())
    };
    let words: Vec<&str> = lower
        .split_whitespace()
        .enumerate()
        .filter(|(index, word)| *index == 0 || !(is_version(word) || EDITIONS.contains(word)))
        .map(|(_, word)| word)
        .collect();
    let name = words.join("-");
    ALIASES
        .iter()
        .find(|(alias, _)| *alias == name)
        .map_or(name, |(_, family)| (*family).to_owned())
}

/// What sort of problem a tool of `family` found. `is_secret`: the rule or the result says that it is a credential.
pub(super) fn kind(family: &str, is_secret: bool) -> Kind {
    if CONFIGURATION.contains(&family) {
        Kind::Configuration
    } else if is_secret || SECRETS.contains(&family) {
        Kind::Secret
    } else {
        Kind::Code
    }
}

/// Whether a tag says that a credential was found.
pub(super) fn is_of_secrets(tag: &str) -> bool {
    let words = ["secret", "secrets"];
    words.iter().any(|word| word.eq_ignore_ascii_case(tag))
}

/// Whether `family` percent-encodes its URIs, as RFC 3986 wants it.
pub(super) fn encodes(family: &str) -> bool {
    !RAW_PATHS.contains(&family)
}

/// Whether `family` writes this level whatever it found, or never writes one, so that it has none.
pub(super) fn is_constant_level(family: &str, level: Option<&str>) -> bool {
    let Some(level) = level else {
        return WITHOUT_LEVELS.contains(&family);
    };
    CONSTANT_LEVELS
        .iter()
        .any(|(tool, word)| *tool == family && word.eq_ignore_ascii_case(level))
}
