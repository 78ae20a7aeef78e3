//! The `scanfold` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    scanfold::cli::run(std::env::args_os()).into()
}
