//! The examples of the documents: what a reader copies from them is right.

use std::fs;

use crate::cli::scanfold;
use crate::project;

/// The TOML examples of a page that are whole policies.
fn policies(page: &str) -> Vec<String> {
    let text = fs::read_to_string(project(page)).unwrap();
    let blocks = text.split("```toml\n").skip(1);
    let blocks = blocks.map(|block| block.split("```").next().unwrap().to_owned());
    blocks
        .filter(|block| block.starts_with("version = 1\nname = "))
        .collect()
}

#[test]
fn every_whole_policy_of_the_documents_passes_its_check() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str, words: &str| {
        let path = folder.path().join(name);
        fs::write(&path, words).unwrap();
        path.display().to_string()
    };
    // What an example stands beside.
    place(
        "platform.toml",
        "version = 1\nname = \"platform\"\nextends = \"flowdesk\"\n",
    );
    for (page, number) in [("README.md", 1), ("docs/policies.md", 4)] {
        let examples = policies(page);
        assert_eq!(examples.len(), number, "{page}");
        for example in examples {
            let path = place("ours.toml", &example);
            let check = scanfold(&["policy", "check", &path]);
            assert_eq!(
                (check.code, check.stderr.as_str()),
                (0, ""),
                "{page}: {}\n{example}",
                check.stdout
            );
        }
    }
}

/// The policy with two versions.
#[test]
fn the_example_of_dated_versions_changes_on_its_day() {
    let examples = policies("docs/policies.md");
    let mut dated = examples.iter().filter(|one| one.contains("[[edition]]"));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ours.toml").display().to_string();
    fs::write(&path, dated.next().unwrap()).unwrap();
    let high = |as_of: &str| {
        let shown = scanfold(&["policy", "show", &path, "--as-of", as_of]).stdout;
        let line = shown.lines().find(|line| line.contains("high  "));
        line.map(|line| line.split_whitespace().nth(2).unwrap().to_owned())
    };
    // Days are those of Berlin.
    assert_eq!(high("2025-12-31T22:59:59Z"), None);
    assert_eq!(high("2025-12-31T23:00:00Z").as_deref(), Some("14"));
    assert_eq!(high("2026-12-31T22:59:59Z").as_deref(), Some("14"));
    assert_eq!(high("2026-12-31T23:00:00Z").as_deref(), Some("10"));
}
