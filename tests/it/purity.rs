//! What a report says depends on reports, policies and as-of: not on the zone, language, user or folder of the machine.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use scanfold::report::WRITERS;

use crate::given::files;
use crate::project;

const AS_OF: [&str; 2] = ["--as-of", "2026-11-21"];

/// A policy whose days are those of a zone, so that a borrowed one would show. They end later than those of UTC.
const POLICY: &str = "version = 1\nname = \"ours\"\nextends = \"flowdesk\"\nallow-loosening = true\nloosening-reason = \"days end later here\"\n[calendar]\ntimezone = \"America/New_York\"\nmaintenance-dates = [2026-12-08]\n";

/// Copies the vendor's folder, with its project file, and puts a policy beside it.
fn prepare(folder: &Path) {
    let source = project("samples/vendor");
    for file in files(&source) {
        let name = file.strip_prefix(&source).unwrap();
        let copy = folder.join("vendor").join(name);
        fs::create_dir_all(copy.parent().unwrap()).unwrap();
        fs::copy(&file, copy).unwrap();
    }
    fs::write(folder.join("ours.toml"), POLICY).unwrap();
}

type Environment<'a> = &'a [(&'a str, &'a str)];

/// A machine: its folder, its environment, and the mask of new files.
#[derive(Clone, Copy)]
struct Machine<'a> {
    folder: &'a Path,
    environment: Environment<'a>,
    mask: &'a str,
}

impl Machine<'_> {
    fn run(self, arguments: &[&str]) -> (i32, Vec<u8>) {
        let program = env!("CARGO_BIN_EXE_scanfold");
        let mut command = if cfg!(unix) {
            let mut shell = Command::new("/bin/sh");
            let line = format!("umask {} && exec \"$0\" \"$@\"", self.mask);
            shell.args(["-c", &line, program]);
            shell
        } else {
            Command::new(program)
        };
        command
            .args(arguments)
            .current_dir(self.folder)
            .env_clear()
            .envs(self.environment.iter().copied())
            .stdin(Stdio::null());
        let output = command.output().unwrap();
        let code = output.status.code().unwrap();
        let words = String::from_utf8_lossy(&output.stderr);
        assert!(matches!(code, 0 | 1), "{arguments:?}: {words}");
        (code, output.stdout)
    }

    /// The bytes of a merge in each form, of a rescore and of a check; the number of workers is the caller's.
    fn outputs(self, jobs: &str) -> Vec<(&'static str, Vec<u8>)> {
        let read = |name: &str| fs::read(self.folder.join(name)).unwrap();
        let merge = ["merge", "vendor", "--config", "vendor/scanfold.toml"];
        let forms = every_form("report");
        let forms: Vec<&str> = forms.iter().map(String::as_str).collect();
        let jobs = ["--jobs", jobs];
        let (code, _) = self.run(&[&merge[..], &forms, &jobs, &AS_OF].concat());
        assert_eq!(code, 0);
        let rescore = ["rescore", "report.json", "--policy", "ours.toml"];
        let forms = ["-o", "rescored.json", "--changes", "json=changes.json"];
        let (_, moved) = self.run(&[&rescore[..], &forms, &jobs, &AS_OF].concat());
        let check = ["check", "rescored.json", "--fail-on", "open", "--to"];
        let (code, answer) = self.run(&[&check[..], &["json"], &AS_OF].concat());
        assert_eq!(code, 1);
        let names = WRITERS.iter().map(|writer| writer.name());
        let mut outputs: Vec<_> = names
            .map(|name| (name, read(&format!("report.{name}"))))
            .collect();
        outputs.extend([
            ("rescore", read("rescored.json")),
            ("what moved", read("changes.json")),
            ("what moved, told", moved),
            ("check", answer),
        ]);
        outputs
    }
}

/// The arguments for a result in each form, as `NAME.FORM`.
fn every_form(name: &str) -> Vec<String> {
    let forms = WRITERS.iter().map(|writer| writer.name());
    forms
        .map(|form| format!("--to={form}={name}.{form}"))
        .collect()
}

#[test]
fn no_byte_depends_on_the_machine() {
    let one = tempfile::tempdir().unwrap();
    let other = tempfile::tempdir().unwrap();
    let deep = other.path().join("deep/er İ folder");
    prepare(one.path());
    prepare(&deep);
    let plain = Machine {
        folder: one.path(),
        environment: &[],
        mask: "022",
    };
    let expected = plain.outputs("1");
    assert_eq!(expected.len(), WRITERS.len() + 4);
    for (name, bytes) in &expected {
        let least = if *name == "json" { 10_000 } else { 100 };
        assert!(bytes.len() > least, "{name}: {}", bytes.len());
    }
    let (tokyo, newfoundland) = (("TZ", "Asia/Tokyo"), ("TZ", "America/St_Johns"));
    let (turkish, plain_words) = (("LC_ALL", "tr_TR.UTF-8"), ("LC_ALL", "C"));
    let home = deep.display().to_string();
    let wide = [
        ("COLUMNS", "200"),
        ("CLICOLOR", "1"),
        ("TERM", "xterm-256color"),
    ];
    let machines: [(&str, &Path, Environment<'_>, &str); 10] = [
        ("2", one.path(), &[], "022"),
        ("8", one.path(), &[], "022"),
        ("2", one.path(), &[tokyo], "022"),
        ("2", one.path(), &[newfoundland], "022"),
        ("2", one.path(), &[turkish, ("LANG", "tr_TR.UTF-8")], "022"),
        ("2", one.path(), &[plain_words], "022"),
        ("2", one.path(), &wide, "022"),
        ("1", &deep, &[], "022"),
        ("2", &deep, &[("HOME", &home), ("USER", "somebody")], "077"),
        ("8", &deep, &[tokyo, turkish, ("HOME", "/")], "027"),
    ];
    for (jobs, folder, environment, mask) in machines {
        let machine = Machine {
            folder,
            environment,
            mask,
        };
        for (told, expected) in machine.outputs(jobs).iter().zip(&expected) {
            let (name, _) = expected;
            assert!(
                told == expected,
                "{name} changes with {jobs} workers, {environment:?} and mask {mask} in {}",
                folder.display()
            );
        }
    }
}

#[test]
fn what_is_written_later_is_what_was_written_at_once() {
    let folder = tempfile::tempdir().unwrap();
    prepare(folder.path());
    let machine = Machine {
        folder: folder.path(),
        environment: &[],
        mask: "022",
    };
    let write = |words: &[&str], name: &str| {
        let forms = every_form(name);
        let forms: Vec<&str> = forms.iter().map(String::as_str).collect();
        assert_eq!(machine.run(&[words, &forms].concat()).0, 0);
    };
    let merge = ["merge", "vendor", "--config", "vendor/scanfold.toml"];
    write(&[&merge[..], &AS_OF].concat(), "once");
    write(&["convert", "once.json"], "later");
    for writer in WRITERS {
        // Text names the report that tells more, which is another file then.
        let read = |name: &str| {
            let path = folder.path().join(format!("{name}.{}", writer.name()));
            let bytes = fs::read(path).unwrap();
            String::from_utf8(bytes)
                .unwrap()
                .replace("later.json", "once.json")
        };
        assert!(read("once") == read("later"), "{}", writer.name());
    }
}

#[test]
fn colour_is_for_standard_output_and_reaches_no_file() {
    let folder = tempfile::tempdir().unwrap();
    prepare(folder.path());
    let run = |environment: Environment<'_>, color: &[&str]| {
        let machine = Machine {
            folder: folder.path(),
            environment,
            mask: "022",
        };
        let merge = ["merge", "vendor", "--config", "vendor/scanfold.toml"];
        let to = ["-o", "report.txt", "--to", "text"];
        let (_, told) = machine.run(&[&merge[..], &to, color, &AS_OF].concat());
        let file = fs::read(folder.path().join("report.txt")).unwrap();
        (
            String::from_utf8(told).unwrap(),
            String::from_utf8(file).unwrap(),
        )
    };
    let (plain, file) = run(&[], &[]);
    assert!(!plain.contains('\u{1b}'));
    assert_eq!(plain, file);
    let forced = [("CLICOLOR_FORCE", "1")];
    let forbidden = [("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")];
    for (environment, color, is_colored) in [
        (
            &[] as Environment<'_>,
            &["--color", "always"] as &[&str],
            true,
        ),
        (&forced, &[], true),
        (&forced, &["--color", "never"], false),
        (&forbidden, &[], false),
        (&forbidden, &["--color=always"], true),
    ] {
        let (told, written) = run(environment, color);
        assert_eq!(
            told.contains("\u{1b}["),
            is_colored,
            "{environment:?} {color:?}"
        );
        assert_eq!(written, file, "{environment:?} {color:?}");
    }
}
