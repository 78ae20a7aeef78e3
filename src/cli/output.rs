//! Where results go: files that are complete or absent, and standard output that carries the result alone.

use std::fs;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

use tempfile::TempPath;

use super::guard::apart;
use super::progress;
use crate::error::{Error, Result};
use crate::model::{Report, Text};
use crate::report::escape::terminal;
use crate::report::{self, Page, View, Writer};
use crate::source::unfinished;

/// One result: a format and a place.
pub(super) struct Output {
    writer: &'static dyn Writer,
    /// `None` is standard output.
    path: Option<PathBuf>,
}

impl Output {
    /// From `-o` and `--to`; without either a summary for people on a terminal and JSON in a pipe.
    pub(super) fn all(paths: &[String], formats: &[String]) -> Result<Vec<Self>> {
        let mut outputs = Vec::new();
        for path in paths {
            outputs.push(if path == "-" {
                Self::stdout("json")?
            } else {
                Self::by_extension(path)?
            });
        }
        for format in formats {
            let (name, path) = format.split_once('=').unwrap_or((format, "-"));
            let writer = by_name(name)?;
            if path.is_empty() {
                let error = Error::usage(format!("`--to {format}` names no file"));
                return Err(error.hint(format!(
                    "write `--to {name}=FILE`, or `--to {name}` for standard output"
                )));
            }
            outputs.push(Self {
                writer,
                path: (path != "-").then(|| path.into()),
            });
        }
        if outputs.is_empty() {
            outputs.push(Self::stdout(if io::stdout().is_terminal() {
                "text"
            } else {
                "json"
            })?);
        }
        if outputs
            .iter()
            .filter(|output| output.path.is_none())
            .count()
            > 1
        {
            return Err(
                Error::usage("two results cannot both go to standard output")
                    .hint("name a file for one of them, as in `--to markdown=summary.md`"),
            );
        }
        apart(outputs.iter().filter_map(Self::path))?;
        Ok(outputs)
    }

    pub(super) fn stdout(format: &str) -> Result<Self> {
        Ok(Self {
            writer: by_name(format)?,
            path: None,
        })
    }

    fn by_extension(path: &str) -> Result<Self> {
        Ok(Self {
            writer: writer_for(Path::new(path))?,
            path: Some(path.into()),
        })
    }

    /// Where it goes; `None` is standard output.
    pub(super) fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Whether it is a table of which one may choose the columns.
    pub(super) fn has_columns(&self) -> bool {
        self.writer.has_columns()
    }

    /// Where it goes, in words for a terminal.
    pub(super) fn words(&self) -> String {
        match &self.path {
            Some(path) => terminal(&Text::line(&path.display().to_string())).into_owned(),
            None => "standard output".to_owned(),
        }
    }

    /// What a report that later commands read is called, if it is one.
    pub(super) fn report(&self) -> Option<Text> {
        let path = self.path.as_ref().filter(|_| self.form() == "json")?;
        Some(Text::line(&path.display().to_string()))
    }

    /// The name of its form.
    pub(super) fn form(&self) -> &'static str {
        self.writer.name()
    }

    /// Writes the report to `results`, and tells how much it is. A file is no terminal, whatever standard output is.
    pub(super) fn write(&self, report: &Report, view: &View, results: &mut Results) -> Result<u64> {
        let view = View {
            page: match &self.path {
                Some(_) => Page::default(),
                None => view.page,
            },
            ..view.clone()
        };
        if let Some(doubt) = self.writer.doubt(report) {
            say(&format!("scanfold: {}: {doubt}", self.words()));
        }
        results.write(self.path(), &mut |out| {
            self.writer.write(report, &view, out)
        })
    }
}

fn by_name(name: &str) -> Result<&'static dyn Writer> {
    report::by_name(name).ok_or_else(|| {
        let names = report::WRITERS
            .iter()
            .map(|writer| writer.name())
            .collect::<Vec<_>>()
            .join(", ");
        Error::usage(format!("there is no output format `{name}`"))
            .hint(format!("the formats are {names}"))
    })
}

/// The writer that the ending of a path asks for.
pub(super) fn writer_for(path: &Path) -> Result<&'static dyn Writer> {
    let extension = path
        .extension()
        .and_then(|extension| extension.to_str())
        .unwrap_or_default();
    report::by_extension(extension).ok_or_else(|| {
        let known = report::WRITERS
            .iter()
            .flat_map(|writer| writer.extensions())
            .map(|known| format!(".{known}"));
        Error::usage("the ending of the file says no output format")
            .at(path.display())
            .hint(format!(
                "end it in {}, or write `--to FORMAT=FILE`",
                known.collect::<Vec<_>>().join(", ")
            ))
    })
}

/// What a command writes. Each result is whole before the first takes the place of what an earlier run left there, so that
/// a run that cannot write one of them leaves all as they were.
#[derive(Default)]
pub(super) struct Results {
    staged: Vec<Staged>,
}

impl Results {
    /// The order in which results are written: what cannot be taken back, a device and at last standard output, comes when
    /// all files have shown that they can be written.
    pub(super) fn order<R>(results: &[R], path: impl Fn(&R) -> Option<&Path>) -> Vec<&R> {
        let mut order: Vec<&R> = results.iter().collect();
        order.sort_by_key(|result| match path(result) {
            Some(path) => u8::from(is_stream(path)),
            None => 2,
        });
        order
    }

    /// Writes one, to standard output without a path. Returns how many bytes wait for their place.
    pub(super) fn write(
        &mut self,
        path: Option<&Path>,
        write: &mut dyn FnMut(&mut dyn Write) -> io::Result<()>,
    ) -> Result<u64> {
        match path {
            None => print(write)?,
            Some(path) if is_stream(path) => write_through(path, write)?,
            Some(path) => {
                let staged = Staged::write(path, write)?;
                let bytes = staged.beside.metadata().map_or(0, |written| written.len());
                self.staged.push(staged);
                return Ok(bytes);
            }
        }
        Ok(0)
    }

    /// Files that were written before, and none beside them yet.
    pub(super) fn of(staged: Vec<Staged>) -> Self {
        Self { staged }
    }

    /// Moves all files to their places.
    pub(super) fn commit(self) -> Result<()> {
        let all = self.staged.len();
        for (index, one) in self.staged.into_iter().enumerate() {
            one.commit().map_err(|error| {
                error.hint(format!(
                    "{index} of {all} results are in their places, and the others are as they were: run it again"
                ))
            })?;
        }
        Ok(())
    }
}

/// Whether it is a pipe or a device, such as `/dev/stderr` or `/dev/null`, which no file may take the place of.
fn is_stream(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|known| !known.is_file() && !known.is_dir())
}

/// A file that is written beside its place, and goes there when it is committed. Dropped it leaves no trace.
pub(super) struct Staged {
    path: PathBuf,
    beside: TempPath,
}

impl Staged {
    /// Writes the file beside `path`. It is closed then, so that thousands may wait.
    pub(super) fn write(
        path: &Path,
        write: &mut dyn FnMut(&mut dyn Write) -> io::Result<()>,
    ) -> Result<Self> {
        let directory = path
            .parent()
            .filter(|parent| !parent.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        let mut whole = || {
            // It would only show when the others are in their places.
            if path.is_dir() {
                return Err(io::ErrorKind::IsADirectory.into());
            }
            let mut file = BufWriter::with_capacity(1 << 16, unfinished().tempfile_in(directory)?);
            write(&mut file)?;
            let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
            keep_permissions(path, file.as_file())?;
            Ok(file.into_temp_path())
        };
        let beside = whole().map_err(|error| Error::io(path, error))?;
        Ok(Self {
            path: path.to_owned(),
            beside,
        })
    }

    /// Waits until it is on the disk.
    pub(super) fn sync(&self) -> Result<()> {
        let file = fs::OpenOptions::new().write(true).open(&self.beside);
        let synced = file.and_then(|file| file.sync_all());
        synced.map_err(|error| Error::io(&self.path, error))
    }

    /// Moves it to its place, over what is there.
    pub(super) fn commit(self) -> Result<()> {
        let Self { path, beside } = self;
        let moved = beside.persist(&path);
        moved.map_err(|error| Error::io(&path, error.error))
    }
}

/// Writes to a pipe or a device.
fn write_through(
    path: &Path,
    write: &mut dyn FnMut(&mut dyn Write) -> io::Result<()>,
) -> Result<()> {
    // It may be the terminal itself.
    progress::make_room();
    let file = fs::OpenOptions::new().write(true).open(path);
    let written = file.and_then(|file| {
        let mut out = BufWriter::with_capacity(1 << 16, file);
        write(&mut out)?;
        out.flush()
    });
    written.map_err(|error| Error::io(path, error))
}

/// A temporary file is private; the result is as readable as the file it replaces, or as any new file.
#[cfg(unix)]
fn keep_permissions(path: &Path, file: &fs::File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(path).map_or(0o644, |known| known.permissions().mode());
    file.set_permissions(fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn keep_permissions(_path: &Path, _file: &fs::File) -> io::Result<()> {
    Ok(())
}

/// Writes to standard output. A reader that has seen enough closes the pipe, and that is fine.
pub(super) fn print(write: &mut dyn FnMut(&mut dyn Write) -> io::Result<()>) -> Result<()> {
    progress::make_room();
    let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    match write(&mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written.map_err(|error| Error::io("standard output", error)),
    }
}

/// Tells people of an error, which may quote outer words.
pub(super) fn complain(error: &Error) {
    let clean = |words: &str| terminal(&Text::line(words)).into_owned();
    let place = error.place().map(|place| format!("{}: ", clean(place)));
    let hint = error
        .hint_text()
        .map(|hint| format!("\nhint: {}", clean(hint)));
    say(&format!(
        "scanfold: {}{}{}",
        place.unwrap_or_default(),
        clean(error.message()),
        hint.unwrap_or_default()
    ));
}

/// Talks to people on standard error.
pub(super) fn say(words: &str) {
    // Nobody is left to be told when standard error is gone.
    let _ = progress::beside(|| writeln!(io::stderr().lock(), "{words}"));
}
