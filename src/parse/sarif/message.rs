//! Plain words of SARIF messages (section 3.11).

use std::borrow::Cow;
use std::collections::BTreeMap;

use memchr::memchr2;

use super::lenient::Word;
use super::wire::Message;
use crate::model::redact;

/// Message strings by id: of a rule (section 3.49.11), or of a tool component (section 3.19.22).
pub(super) type Strings = BTreeMap<String, String>;

/// The words of a message: its own text, else the string that its id names, looked up in the order of section 3.11.7.
/// Placeholders are filled and embedded links reduced to their words.
pub(super) fn words<'w>(message: &'w Message<'_>, strings: &[&'w Strings]) -> Option<Cow<'w, str>> {
    let own = message.text.get().or_else(|| {
        message
            .id
            .get()
            .is_none()
            .then(|| message.markdown.get())
            .flatten()
    });
    let filled = match own {
        // Most tools do not know that braces are special: without arguments they are taken as they stand.
        Some(text) if message.arguments.0.is_empty() => Cow::Borrowed(text),
        Some(text) => Cow::Owned(fill(text, &message.arguments.0)),
        None => {
            let id = message.id.get()?;
            let text = strings.iter().find_map(|strings| strings.get(id))?;
            Cow::Owned(fill(text, &message.arguments.0))
        }
    };
    Some(without_links(filled)).filter(|words| !words.trim().is_empty())
}

/// Puts arguments in the place of `{0}`, `{1}`, … and reads `{{` and `}}` as single braces (section 3.11.5). A placeholder
/// without an argument leaves nothing.
fn fill(text: &str, arguments: &[Word<'_>]) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(brace) = rest.find(['{', '}']) {
        let (before, from) = rest.split_at(brace);
        filled.push_str(before);
        if let Some(after) = from.strip_prefix("{{") {
            filled.push('{');
            rest = after;
        } else if let Some(after) = from.strip_prefix("}}") {
            filled.push('}');
            rest = after;
        } else if let Some((index, after)) = placeholder(from) {
            // Behind other words it would not be seen where a credential begins.
            let argument = arguments.get(index).and_then(Word::raw);
            filled.push_str(&redact(argument.unwrap_or_default()));
            rest = after;
        } else {
            // Braces are one byte each.
            filled.push_str(&from[..1]);
            rest = &from[1..];
        }
    }
    filled.push_str(rest);
    filled
}

/// The number of a placeholder at the start of `from`, and what stands after it.
fn placeholder(from: &str) -> Option<(usize, &str)> {
    let (number, after) = from.strip_prefix('{')?.split_once('}')?;
    let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    Some((number.parse().ok().filter(|_| digits)?, after))
}

/// Leaves of each embedded link `[words](target)` its words (section 3.11.6).
fn without_links(text: Cow<'_, str>) -> Cow<'_, str> {
    if memchr2(b'[', b'\\', text.as_bytes()).is_none() {
        return text;
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = &*text;
    while let Some(bracket) = rest.find(['[', '\\']) {
        let (before, from) = rest.split_at(bracket);
        plain.push_str(before);
        if let Some(escaped) = from.strip_prefix('\\') {
            if let Some(character @ ('[' | ']')) = escaped.chars().next() {
                plain.push(character);
                // Both brackets are one byte.
                rest = &escaped[1..];
            } else {
                plain.push('\\');
                rest = escaped;
            }
        } else if let Some((words, after)) = link(from) {
            plain.push_str(&redact(&words));
            rest = after;
        } else {
            plain.push('[');
            // The bracket is one byte.
            rest = &from[1..];
        }
    }
    plain.push_str(rest);
    Cow::Owned(plain)
}

/// The words of the link at the start of `from`, and what stands after it.
fn link(from: &str) -> Option<(String, &str)> {
    let inner = from.strip_prefix('[')?;
    let mut words = String::new();
    let mut characters = inner.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some((_, escaped @ ('[' | ']' | '\\'))) => words.push(escaped),
                Some((_, other)) => words.extend(['\\', other]),
                None => return None,
            },
            '[' | '\n' => return None,
            ']' => {
                let (target, after) = inner.get(at + 1..)?.strip_prefix('(')?.split_once(')')?;
                let is_target = !target.is_empty() && !target.contains(char::is_whitespace);
                return (is_target && !words.is_empty()).then_some((words, after));
            }
            _ => words.push(character),
        }
    }
    None
}
