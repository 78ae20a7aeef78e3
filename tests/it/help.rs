//! The help of each command: two examples at least, which do what they say as they are written.

use std::fs;
use std::path::Path;

use crate::cli::scanfold;
use crate::given::files;
use crate::project;

/// The commands that `scanfold WORDS --help` lists.
fn commands(words: &[&str]) -> Vec<String> {
    let help = scanfold(&[words, &["--help"]].concat()).stdout;
    let lines = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let names = lines
        .take_while(|line| !line.is_empty())
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next());
    names
        .filter(|name| *name != "help")
        .map(str::to_owned)
        .collect()
}

/// Every command with the examples of its help.
fn examples() -> Vec<(String, Vec<String>)> {
    let mut all = Vec::new();
    let mut waiting: Vec<Vec<String>> = vec![Vec::new()];
    while let Some(names) = waiting.pop() {
        let words: Vec<&str> = names.iter().map(String::as_str).collect();
        for name in commands(&words) {
            waiting.push([&names[..], &[name]].concat());
        }
        let help = scanfold(&[&words[..], &["--help"]].concat()).stdout;
        let lines = help.lines().skip_while(|line| *line != "Examples:").skip(1);
        let examples = lines.take_while(|line| line.starts_with("  scanfold "));
        let examples: Vec<_> = examples.map(|line| line.trim().to_owned()).collect();
        all.push((names.join(" "), examples));
    }
    all
}

/// The folder that the examples speak of.
fn prepare(folder: &Path) {
    let copy = |from: &str, to: &str| {
        let source = project(from);
        for file in files(&source) {
            let name = file.strip_prefix(&source).unwrap();
            let place = folder.join(to).join(name);
            fs::create_dir_all(place.parent().unwrap()).unwrap();
            fs::copy(&file, place).unwrap();
        }
    };
    copy("samples/vendor", "ci");
    let policy = |name: &str, high: &str| {
        let words = format!(
            "version = 1\nname = \"{name}\"\nextends = \"flowdesk\"\n[fix]\nhigh = \"{high}\"\n"
        );
        fs::write(folder.join(format!("{name}.toml")), words).unwrap();
    };
    policy("ours", "14 days");
    policy("ours-2027", "10 days");
    fs::write(
        folder.join("security.html"),
        "<p>We fix high ones in 14 days.</p>",
    )
    .unwrap();
    let kev = project("samples/enrich/kev.json").display().to_string();
    for name in ["last.json", "report.json", "reports/one.json"] {
        let place = folder.join(name);
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        let place = place.display().to_string();
        let run = scanfold(&[
            "merge",
            "samples/vendor",
            "--config",
            "samples/vendor/scanfold.toml",
            "--kev",
            &kev,
            "--as-of",
            "2026-11-21",
            "-o",
            &place,
        ]);
        assert_eq!(run.code, 0, "{}", run.stderr);
    }
}

#[test]
fn every_command_has_two_examples_that_a_narrow_terminal_does_not_break() {
    let all = examples();
    assert!(all.len() >= 16, "{}", all.len());
    for (command, examples) in all {
        assert!(examples.len() >= 2, "`{command}`: {examples:?}");
        for example in examples {
            assert!(example.len() + 2 <= 80, "{example}");
            let is_own = example.starts_with(format!("scanfold {command}").trim());
            assert!(is_own, "`{command}`: {example}");
        }
    }
}

#[cfg(unix)]
#[test]
fn every_example_runs_as_it_is_written() {
    use std::process::{Command, Stdio};

    let program = Path::new(env!("CARGO_BIN_EXE_scanfold"));
    let path = format!("{}:/usr/bin:/bin", program.parent().unwrap().display());
    let mut ran = 0;
    for (command, examples) in examples() {
        for example in examples {
            let folder = tempfile::tempdir().unwrap();
            prepare(folder.path());
            let run = Command::new("/bin/sh")
                .args(["-ec", &example])
                .current_dir(folder.path())
                .env_clear()
                .env("PATH", &path)
                .stdin(Stdio::null())
                .output()
                .unwrap();
            let code = run.status.code().unwrap();
            let words = String::from_utf8_lossy(&run.stderr);
            // A condition may hold, and a page may promise too much.
            let is_asked = example.contains("--fail-on") || example.contains("--verify");
            let is_fine = code == 0 || code == 1 && is_asked;
            assert!(
                is_fine,
                "`{command}`: `{example}` ends with {code}: {words}"
            );
            // A policy without mistakes needs no word.
            let is_silent = example.contains("policy check");
            let is_told =
                example.contains(" > ") || example.contains(" -o ") || example.contains("--write");
            assert!(
                is_told || is_silent || example.contains("markdown=") || !run.stdout.is_empty(),
                "`{example}` says nothing"
            );
            ran += 1;
        }
    }
    assert!(ran >= 32, "{ran}");
}
