//! Words in the workflow commands of GitHub: `::error file=a.js,line=3::message`.
//!
//! Both take words that were made safe for a line of a log ([`terminal`](super::terminal)), and do to them what GitHub's
//! own toolkit does: the runner undoes it.

use std::fmt::Write as _;

/// The message of a command, up to the end of the line.
pub fn command_message(shown: &str) -> String {
    encoded(shown, &['%', '\r', '\n'])
}

/// A property of a command: a colon would end them all, a comma this one.
pub fn command_property(shown: &str) -> String {
    encoded(shown, &['%', '\r', '\n', ':', ','])
}

fn encoded(shown: &str, special: &[char]) -> String {
    let mut safe = String::with_capacity(shown.len());
    for character in shown.chars() {
        if special.contains(&character) {
            // Writing to a string cannot fail.
            let _ = write!(safe, "%{:02X}", u32::from(character));
        } else {
            safe.push(character);
        }
    }
    safe
}
