//! The screen of a reader: how wide it is, and whether it has colour. Both are decided here, once, for standard output.
//!
//! No result depends on it: a file, and a pipe without `--color always`, get the page of a build log.

use std::ffi::OsString;
use std::io::{self, IsTerminal};

use clap::ValueEnum;

use crate::report::Page;

/// The least and the most columns that lines are made for.
const NARROW: usize = 60;
const WIDE: usize = 160;

/// Whether words are coloured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    /// On a terminal, unless `NO_COLOR`, `CLICOLOR=0` or `TERM=dumb` says not to
    #[default]
    Auto,
    /// Into pipes as well, but never into files
    Always,
    /// Nowhere
    Never,
}

impl Color {
    /// The page of standard output.
    pub(super) fn page(self) -> Page {
        Surroundings::look().page(self)
    }
}

/// What standard output is, and what the environment says of it.
#[derive(Clone, Debug, Default)]
struct Surroundings {
    is_terminal: bool,
    /// The width that the terminal tells.
    measured: Option<usize>,
    no_color: Option<OsString>,
    clicolor: Option<OsString>,
    clicolor_force: Option<OsString>,
    term: Option<OsString>,
    columns: Option<OsString>,
}

impl Surroundings {
    #[expect(
        clippy::disallowed_methods,
        reason = "what a terminal looks like changes nothing about a result"
    )]
    fn look() -> Self {
        let measured = terminal_size::terminal_size_of(io::stdout());
        Self {
            is_terminal: io::stdout().is_terminal(),
            measured: measured.map(|(width, _)| width.0.into()),
            no_color: std::env::var_os("NO_COLOR"),
            clicolor: std::env::var_os("CLICOLOR"),
            clicolor_force: std::env::var_os("CLICOLOR_FORCE"),
            term: std::env::var_os("TERM"),
            columns: std::env::var_os("COLUMNS"),
        }
    }

    fn page(&self, color: Color) -> Page {
        Page {
            columns: self.columns(),
            color: self.is_colored(color),
        }
    }

    /// What the user says now wins, then what is never wanted (no-color.org), then what is (bixense.com/clicolors).
    fn is_colored(&self, color: Color) -> bool {
        let is_set =
            |value: &Option<OsString>| value.as_ref().is_some_and(|value| !value.is_empty());
        let is = |value: &Option<OsString>, word: &str| {
            value.as_ref().is_some_and(|value| value == word)
        };
        match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto if is_set(&self.no_color) => false,
            Color::Auto if is_set(&self.clicolor_force) && !is(&self.clicolor_force, "0") => true,
            Color::Auto if is(&self.clicolor, "0") || is(&self.term, "dumb") => false,
            // What does not say which terminal it is may print the codes as they are.
            Color::Auto => self.is_terminal && is_set(&self.term),
        }
    }

    /// A terminal is believed. `COLUMNS` may be left over from another one, so it counts only where a terminal tells
    /// nothing.
    fn columns(&self) -> usize {
        if !self.is_terminal {
            return Page::default().columns;
        }
        let told = self
            .columns
            .as_ref()
            .and_then(|columns| columns.to_str()?.parse().ok());
        match self.measured.or(told) {
            None | Some(0) => Page::default().columns,
            Some(columns) => columns.clamp(NARROW, WIDE),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terminal(environment: &[(&str, &str)]) -> Surroundings {
        let get = |name: &str| {
            let found = environment.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| OsString::from(value))
        };
        Surroundings {
            is_terminal: true,
            measured: None,
            no_color: get("NO_COLOR"),
            clicolor: get("CLICOLOR"),
            clicolor_force: get("CLICOLOR_FORCE"),
            term: get("TERM").or(Some("xterm-256color".into())),
            columns: get("COLUMNS"),
        }
    }

    #[test]
    fn a_terminal_has_colour_unless_the_environment_says_not_to() {
        let is_colored = |environment: &[(&str, &str)]| {
            let screen = terminal(environment);
            assert!(screen.is_colored(Color::Always));
            assert!(!screen.is_colored(Color::Never));
            screen.is_colored(Color::Auto)
        };
        for (environment, expected) in [
            (&[] as &[_], true),
            (&[("NO_COLOR", "")], true),
            (&[("NO_COLOR", "1")], false),
            (&[("NO_COLOR", "0")], false),
            (&[("CLICOLOR", "1")], true),
            (&[("CLICOLOR", "0")], false),
            (&[("CLICOLOR", "0"), ("CLICOLOR_FORCE", "1")], true),
            (&[("CLICOLOR", "0"), ("CLICOLOR_FORCE", "0")], false),
            (&[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")], false),
            (&[("TERM", "dumb")], false),
            (&[("TERM", "")], false),
            (&[("TERM", "dumb"), ("CLICOLOR_FORCE", "1")], true),
        ] {
            assert_eq!(is_colored(environment), expected, "{environment:?}");
        }
    }

    #[test]
    fn a_pipe_has_colour_only_where_it_is_forced() {
        let pipe = |environment: &[(&str, &str)]| Surroundings {
            is_terminal: false,
            ..terminal(environment)
        };
        assert!(!pipe(&[]).is_colored(Color::Auto));
        assert!(!pipe(&[("CLICOLOR", "1")]).is_colored(Color::Auto));
        assert!(pipe(&[("CLICOLOR_FORCE", "1")]).is_colored(Color::Auto));
        assert!(!pipe(&[("CLICOLOR_FORCE", "")]).is_colored(Color::Auto));
        assert!(!pipe(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]).is_colored(Color::Auto));
        assert!(pipe(&[("NO_COLOR", "1")]).is_colored(Color::Always));
        assert!(!pipe(&[("CLICOLOR_FORCE", "1")]).is_colored(Color::Never));
    }

    #[test]
    fn the_width_is_what_the_terminal_says_within_bounds() {
        let columns = |measured, told: &str, is_terminal| {
            let screen = Surroundings {
                is_terminal,
                measured,
                ..terminal(&[("COLUMNS", told)])
            };
            screen.columns()
        };
        assert_eq!(columns(Some(120), "200", true), 120);
        assert_eq!(columns(Some(20), "", true), 60);
        assert_eq!(columns(Some(400), "", true), 160);
        assert_eq!(columns(None, "100", true), 100);
        assert_eq!(columns(None, "wide", true), 80);
        assert_eq!(columns(None, "0", true), 80);
        assert_eq!(columns(Some(120), "200", false), 80);
    }
}
