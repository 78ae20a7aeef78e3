//! Lines for a terminal or a build log, within 80 columns.

use std::io::{self, Write};

use unicode_width::UnicodeWidthChar;

use super::escape::{fit, width};

/// Columns of the terminal.
pub(crate) const COLUMNS: usize = 80;

/// One line, cut at the edge of the terminal.
pub(crate) fn line(out: &mut dyn Write, shown: &str) -> io::Result<()> {
    writeln!(out, "{}", fit(shown, COLUMNS).trim_end())
}

/// Escaped words behind `head`, in as many lines as they need; the others begin where the first one does.
///
/// Outer words were made safe as the start of a text. Here they may come to begin a line, where build services read
/// commands, so they are made safe for that too.
pub(crate) fn wrapped(out: &mut dyn Write, head: &str, words: &str) -> io::Result<()> {
    let indent = width(head);
    let room = COLUMNS.saturating_sub(indent).max(20);
    let mut head = head.to_owned();
    for line in lines(words, room) {
        let line = match line.strip_prefix("::") {
            Some(rest) => format!(": :{rest}"),
            None => line,
        };
        writeln!(out, "{}", format!("{head}{line}").trim_end())?;
        head = " ".repeat(indent);
    }
    Ok(())
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
mod tests {
    use super::*;

    fn shown(head: &str, words: &str) -> String {
        let mut out = Vec::new();
        wrapped(&mut out, head, words).expect("a vector takes everything");
        String::from_utf8(out).expect("words are UTF-8")
    }

    #[test]
    fn words_are_wrapped_below_their_start_and_long_ones_are_broken() {
        let words = format!("{} {} end", "word ".repeat(15), "x".repeat(100));
        let shown = shown("  name  ", &words);
        assert!(shown.lines().all(|line| width(line) <= COLUMNS), "{shown}");
        assert!(
            shown
                .lines()
                .skip(1)
                .all(|line| line.starts_with("        "))
        );
        assert_eq!(shown.lines().count(), 4);
        assert_eq!(shown.matches('x').count(), 100);
    }

    #[test]
    fn no_line_begins_with_a_command_of_a_build_service() {
        let words = format!("{} ::error::owned", "x".repeat(79));
        assert!(shown("", &words).ends_with("\n: :error::owned\n"));
    }
}
