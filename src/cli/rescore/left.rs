//! Files that were found beside the reports and are none, each with the reason.

use crate::cli::output::say;
use crate::model::Text;
use crate::parse::{self, Head, Options, PARSERS, foreign};
use crate::report::escape::terminal;
use crate::report::wording::count;
use crate::source::Input;

/// How many are named; the rest is counted.
const SHOWN: usize = 10;

/// What was left out, in the order in which it was found.
#[derive(Default)]
pub(super) struct Left {
    shown: Vec<(Text, String)>,
    number: u64,
}

impl Left {
    /// One more, and why.
    pub(super) fn add(&mut self, input: &Input, reason: String) {
        self.number += 1;
        if self.shown.len() < SHOWN {
            self.shown.push((input.id().path.clone(), reason));
        }
    }

    /// Names them on standard error.
    pub(super) fn tell(&self) {
        let (is, was) = match self.number {
            0 => return,
            1 => ("is no merged report", "was"),
            _ => ("are no merged reports", "were"),
        };
        let files = count(self.number, "file");
        say(&format!(
            "scanfold: {files} in these directories {is} and {was} left out"
        ));
        for (path, reason) in &self.shown {
            let reason = Text::line(reason);
            say(&format!("  {}: {}", terminal(path), terminal(&reason)));
        }
        match self.number - self.shown.len() as u64 {
            0 => {}
            more => say(&format!("  and {more} more")),
        }
    }
}

/// Why a file that was only found is no report to rescore; nothing if it is one.
pub(super) fn reason(input: &Input) -> Option<String> {
    if parse::is_own_sarif(input) {
        return Some("it is our own SARIF: rescore the JSON report, and convert it".to_owned());
    }
    if parse::is_own(input) {
        return None;
    }
    let head = match input.head() {
        Ok(head) => head,
        Err(error) => return Some(format!("it cannot be read: {}", error.message())),
    };
    let parser = parse::detect(PARSERS, &head, &Options::default());
    let foreign = foreign::recognize(&Head::new(&head));
    Some(match (parser, foreign) {
        (Some(parser), _) => {
            let format = parser.name();
            format!("it is in the format `{format}`, which `scanfold merge` takes")
        }
        (None, Some(foreign)) => format!("it is {}", foreign.what),
        (None, None) if head.is_empty() => "it is empty".to_owned(),
        (None, None) if head.contains(&0) => "it is binary".to_owned(),
        (None, None) => "no format claims it".to_owned(),
    })
}
