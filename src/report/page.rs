//! The page of a reader: how wide it is, whether it has colour, and the lines on it.

use std::borrow::Cow;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthChar;

use super::escape::{fit, width};
use crate::model::Severity;

/// Columns of a page that nobody measured: a build log, a file, a pipe.
pub(crate) const COLUMNS: usize = 80;

/// How wide the page of a reader is, and whether it has colour. The command line decides both, for a terminal only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// How many columns a line may have.
    pub columns: usize,
    /// Whether words may be coloured.
    pub color: bool,
}

impl Default for Page {
    fn default() -> Self {
        Self {
            columns: COLUMNS,
            color: false,
        }
    }
}

/// What words are, so that colour can stress it. Nothing is said by colour alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Role {
    /// Whatever is said.
    #[default]
    Plain,
    /// What stands above the rest.
    Heading,
    /// What few look for.
    Faint,
    /// What is as it should be.
    Good,
    /// What is near, or not certain.
    Doubt,
    /// What must not be: overdue.
    Bad,
    /// How bad a finding is.
    Level(Severity),
}

impl Role {
    /// Words in this role.
    pub(crate) fn of<'a>(self, words: impl Into<Cow<'a, str>>) -> Span<'a> {
        Span {
            role: self,
            words: words.into(),
        }
    }

    fn style(self) -> Style {
        let of = |color: AnsiColor| color.on_default();
        match self {
            Self::Plain => Style::new(),
            Self::Heading => Style::new().bold(),
            Self::Faint | Self::Level(Severity::Info) => Style::new().dimmed(),
            Self::Good => of(AnsiColor::Green).bold(),
            Self::Doubt | Self::Level(Severity::Medium) => of(AnsiColor::Yellow),
            Self::Bad => of(AnsiColor::Red).bold(),
            Self::Level(Severity::Critical) => of(AnsiColor::Magenta).bold(),
            Self::Level(Severity::High) => of(AnsiColor::Red),
            Self::Level(Severity::Unknown) => of(AnsiColor::Blue),
            Self::Level(Severity::Low) => of(AnsiColor::Cyan),
        }
    }
}

/// Words with the role that they have. Outer words are escaped before they come here.
#[derive(Clone, Debug, Default)]
pub(crate) struct Span<'a> {
    pub(crate) role: Role,
    pub(crate) words: Cow<'a, str>,
}

impl<'a, W: Into<Cow<'a, str>>> From<W> for Span<'a> {
    fn from(words: W) -> Self {
        Role::Plain.of(words)
    }
}

/// A page that is being written.
pub(crate) struct Sheet<'a> {
    pub(crate) page: Page,
    out: &'a mut dyn Write,
}

/// What is written as it is has no role, and is no wider than it should be.
impl Write for Sheet<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl<'a> Sheet<'a> {
    pub(crate) fn new(page: Page, out: &'a mut dyn Write) -> Self {
        Self { page, out }
    }

    /// One line of parts, cut at the edge of the page.
    pub(crate) fn line<'b>(&mut self, spans: impl AsRef<[Span<'b>]>) -> io::Result<()> {
        let spans = spans.as_ref();
        let all: usize = spans.iter().map(|span| width(&span.words)).sum();
        let mut left = self.page.columns;
        let mut shown: Vec<(Role, Cow<'_, str>)> = Vec::new();
        for span in spans {
            let needed = width(&span.words);
            if all > self.page.columns && needed >= left {
                // More may follow that has no room either, and that something is cut must be seen.
                let longer = format!("{}  ", span.words);
                shown.push((span.role, Cow::Owned(fit(&longer, left).into_owned())));
                break;
            }
            let words = fit(&span.words, self.page.columns);
            left = left.saturating_sub(width(&words));
            shown.push((span.role, words));
        }
        while shown
            .last()
            .is_some_and(|(_, words)| words.trim_end().is_empty())
        {
            shown.pop();
        }
        let last = shown.len().saturating_sub(1);
        for (place, (role, words)) in shown.iter().enumerate() {
            let words = if place == last {
                words.trim_end()
            } else {
                words
            };
            self.paint(*role, words)?;
        }
        writeln!(self.out)
    }

    /// Parts of a list behind `head`, in as many lines as they need; the others begin after `indent` blanks.
    pub(crate) fn list<'b>(
        &mut self,
        head: Span<'b>,
        indent: usize,
        parts: impl IntoIterator<Item = Span<'b>>,
    ) -> io::Result<()> {
        let mut taken = width(&head.words);
        let mut line = vec![head];
        let mut parts = parts.into_iter().peekable();
        let mut is_first = true;
        while let Some(part) = parts.next() {
            let comma = if parts.peek().is_some() { "," } else { "" };
            let blank = if is_first { "" } else { " " };
            let needed = blank.len() + width(&part.words) + comma.len();
            if taken + needed > self.page.columns && !is_first {
                self.line(std::mem::take(&mut line))?;
                line.extend([" ".repeat(indent).into(), part, comma.into()]);
                taken = indent + needed - blank.len();
            } else {
                line.extend([blank.into(), part, comma.into()]);
                taken += needed;
            }
            is_first = false;
        }
        self.line(line)
    }

    /// A line that is never cut: what it holds may be copied.
    pub(crate) fn whole(&mut self, head: &Span<'_>, words: &str) -> io::Result<()> {
        self.paint(head.role, &head.words)?;
        writeln!(self.out, "{words}")
    }

    /// An empty line.
    pub(crate) fn blank(&mut self) -> io::Result<()> {
        writeln!(self.out)
    }

    /// A heading, apart from what stands before it.
    pub(crate) fn heading(&mut self, words: &str) -> io::Result<()> {
        writeln!(self.out)?;
        self.line([Role::Heading.of(words)])
    }

    /// Escaped words behind `head`, in as many lines as they need; the others begin where the first one does.
    ///
    /// Outer words were made safe as the start of a text. Here they may come to begin a line, where build services read
    /// commands, so they are made safe for that too.
    pub(crate) fn wrapped<'b, 'c>(
        &mut self,
        head: impl Into<Span<'b>>,
        words: impl Into<Span<'c>>,
    ) -> io::Result<()> {
        let (head, words) = (head.into(), words.into());
        let indent = width(&head.words);
        let room = self.page.columns.saturating_sub(indent).max(20);
        let mut head = head;
        for line in lines(&words.words, room) {
            let line = match line.strip_prefix("::") {
                Some(rest) => format!(": :{rest}"),
                None => line,
            };
            let start = if line.is_empty() {
                head.words.trim_end()
            } else {
                &head.words
            };
            self.paint(head.role, start)?;
            self.paint(words.role, &line)?;
            writeln!(self.out)?;
            head = Span::from(" ".repeat(indent));
        }
        Ok(())
    }

    /// Words in the colour of their role; blanks around them stay without.
    fn paint(&mut self, role: Role, words: &str) -> io::Result<()> {
        let bare = words.trim();
        if !self.page.color || role == Role::Plain || bare.is_empty() {
            return write!(self.out, "{words}");
        }
        let (before, rest) = words.split_at(words.len() - words.trim_start().len());
        let (_, after) = rest.split_at(bare.len());
        let style = role.style();
        write!(self.out, "{before}{style}{bare}{style:#}{after}")
    }
}

/// The words in lines of at most `room` columns. A word that is longer is broken.
fn lines(words: &str, room: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut taken = 0;
    for word in words.split(' ').filter(|word| !word.is_empty()) {
        let needed = width(word);
        if taken > 0 && taken + 1 + needed > room {
            lines.push(String::new());
            taken = 0;
        }
        if taken > 0 {
            taken += 1;
            push(&mut lines, ' ');
        }
        for character in word.chars() {
            let columns = character.width().unwrap_or(0);
            if taken + columns > room {
                lines.push(String::new());
                taken = 0;
            }
            taken += columns;
            push(&mut lines, character);
        }
    }
    lines
}

fn push(lines: &mut [String], character: char) {
    if let Some(last) = lines.last_mut() {
        last.push(character);
    }
}

#[cfg(test)]
mod tests;
