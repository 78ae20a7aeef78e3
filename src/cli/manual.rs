//! What the definition of the command line gives beside the commands: manual pages and completions.

use std::io::{self, Write};

use clap::{Args, Command, CommandFactory};

use super::exit::Exit;
use super::output;
use super::{Arguments, usage};
use crate::error::{Result, nearest};

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  scanfold completions bash > scanfold.bash\n  \
                  scanfold completions zsh > _scanfold"
)]
pub(super) struct Completions {
    /// The shell
    shell: clap_complete::Shell,
}

impl Completions {
    pub(super) fn run(self) -> Result<Exit> {
        let script = self.script();
        output::print(&mut |out| out.write_all(&script))?;
        Ok(Exit::Fine)
    }

    fn script(&self) -> Vec<u8> {
        let mut script = Vec::new();
        clap_complete::generate(
            self.shell,
            &mut Arguments::command(),
            "scanfold",
            &mut script,
        );
        script
    }
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  scanfold man > scanfold.1\n  \
                  scanfold man policy promise > scanfold-policy-promise.1")]
pub(super) struct Man {
    /// The command that the page is about [default: scanfold itself]
    command: Vec<String>,
}

impl Man {
    pub(super) fn run(self) -> Result<Exit> {
        let all = commands();
        let mut command = &all;
        for name in &self.command {
            command = command.find_subcommand(name).ok_or_else(|| {
                let known: Vec<_> = command.get_subcommands().map(Command::get_name).collect();
                let near = nearest(name, known.iter().copied());
                let near = near.map_or(String::new(), |near| format!("did you mean `{near}`? "));
                let hint = match known.as_slice() {
                    [] => format!("`{}` has no commands of its own", command.get_name()),
                    known => format!("{near}the commands are {}", known.join(", ")),
                };
                usage(&format!("there is no command `{name}`"), &hint)
            })?;
        }
        output::print(&mut |out| page(command, out))?;
        Ok(Exit::Fine)
    }
}

/// The whole command line, with what each command takes from those above it.
fn commands() -> Command {
    let mut all = Arguments::command().disable_help_subcommand(true);
    all.build();
    all
}

fn page(command: &Command, out: &mut dyn Write) -> io::Result<()> {
    let version = concat!("scanfold ", env!("CARGO_PKG_VERSION"));
    let man = clap_mangen::Man::new(command.clone());
    let mut page = Vec::new();
    man.source(version).manual("scanfold").render(&mut page)?;
    titled(&String::from_utf8_lossy(&page), out)
}

/// Gives what stands below the help of a command the titles that manual pages have for it, in the place of one for all.
fn titled(page: &str, out: &mut dyn Write) -> io::Result<()> {
    let Some((before, rest)) = page.split_once(".SH EXTRA\n") else {
        return out.write_all(page.as_bytes());
    };
    let (extra, after) = match rest.find("\n.SH ") {
        Some(end) => rest.split_at(end + 1),
        None => (rest, ""),
    };
    write!(out, "{before}")?;
    for paragraph in extra.trim_end().split("\n\n") {
        if let Some(examples) = paragraph.strip_prefix("Examples:\n") {
            writeln!(out, ".SH EXAMPLES\n{examples}")?;
        } else if paragraph.starts_with("Exit codes") {
            writeln!(out, ".SH \"EXIT STATUS\"\n{paragraph}")?;
        } else {
            writeln!(out, ".SH NOTES\n{paragraph}")?;
        }
    }
    write!(out, "{after}")
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum;
    use clap_complete::Shell;

    use super::*;

    /// Every command, those of `policy` as well, with its names.
    fn each(command: &Command, visit: &mut impl FnMut(&Command)) {
        visit(command);
        for one in command.get_subcommands() {
            each(one, visit);
        }
    }

    fn flags(command: &Command) -> Vec<String> {
        let flags = command.get_arguments().filter_map(clap::Arg::get_long);
        flags.map(|flag| format!("--{flag}")).collect()
    }

    #[test]
    fn the_page_of_each_command_has_its_flags_its_commands_and_its_examples() {
        let (mut pages, mut all) = (0, 0);
        each(&commands(), &mut |command| {
            let mut out = Vec::new();
            page(command, &mut out).expect("a vector takes everything");
            let words = String::from_utf8(out).expect("it is UTF-8");
            let words = words.replace("\\-", "-");
            let name = command.get_display_name().unwrap_or(command.get_name());
            assert!(words.contains(&format!(".TH {name} 1")), "{name}: {words}");
            for flag in flags(command) {
                assert!(words.contains(&flag), "{name}: {flag}");
                all += 1;
            }
            for one in command.get_subcommands() {
                assert!(
                    words.contains(&format!("{name}-{}(1)", one.get_name())),
                    "{name}"
                );
            }
            assert!(words.contains("\n.SH EXAMPLES\n  scanfold "), "{name}");
            assert!(!words.contains("EXTRA"), "{name}");
            let help = command.get_after_help().map(ToString::to_string);
            let tells_codes = help.is_some_and(|help| help.contains("Exit codes"));
            assert_eq!(words.contains(".SH \"EXIT STATUS\""), tells_codes, "{name}");
            pages += 1;
        });
        assert!(pages >= 16 && all > 80, "{pages} pages, {all} flags");
    }

    #[test]
    fn completions_know_each_command_and_each_flag() {
        for shell in Shell::value_variants() {
            let script = Completions { shell: *shell }.script();
            let script = String::from_utf8(script).expect("it is UTF-8");
            each(&commands(), &mut |command| {
                let name = command.get_name();
                assert!(script.contains(name), "{shell}: {name}");
                for flag in flags(command) {
                    let flag = match shell {
                        Shell::Fish => format!("-l {}", flag.trim_start_matches('-')),
                        _ => flag,
                    };
                    assert!(script.contains(&flag), "{shell}: {name} {flag}");
                }
            });
        }
    }
}
