//! Words in calendars.

use std::borrow::Cow;

/// A value of the type TEXT (RFC 5545 section 3.3.11), line breaks included. It takes words that were put together, since
/// our own commas between them need it too. Folding is left to whoever writes the line.
pub fn calendar(words: &str) -> Cow<'_, str> {
    let is_special =
        |character: char| matches!(character, '\\' | ';' | ',') || character.is_control();
    if !words.contains(is_special) {
        return Cow::Borrowed(words);
    }
    let mut shown = String::with_capacity(words.len() + 8);
    for character in words.chars() {
        match character {
            '\\' | ';' | ',' => shown.extend(['\\', character]),
            '\n' => shown.push_str("\\n"),
            _ if character.is_control() => shown.push(' '),
            _ => shown.push(character),
        }
    }
    Cow::Owned(shown)
}
