//! Finds text that readers of a page do not see or see struck out: it promises nothing.

/// Elements whose text is struck out.
const STRUCK: [&str; 3] = ["del", "s", "strike"];

/// Elements without an end.
const EMPTY: [&str; 7] = ["br", "hr", "img", "input", "link", "meta", "wbr"];

/// Elements whose end is searched for in vain before none is any more: a page must not take long.
const MOST_UNENDED: u8 = 32;

/// Skips what is not shown. An element that is never closed counts as shown, so that nothing is lost with it.
#[derive(Debug, Default)]
pub(super) struct Hidden {
    unended: u8,
}

impl Hidden {
    /// The length of the element at the start of `text`, if it is not shown.
    pub(super) fn length(&mut self, text: &str) -> Option<usize> {
        let name = name(text.strip_prefix('<')?);
        if name.is_empty() || EMPTY.iter().any(|empty| name.eq_ignore_ascii_case(empty)) {
            return None;
        }
        let end = tag_end(text)?;
        let attributes = text.get(1 + name.len()..end - 1)?;
        let is_struck = STRUCK
            .iter()
            .any(|struck| name.eq_ignore_ascii_case(struck));
        if attributes.ends_with('/')
            || !(is_struck || hides(attributes))
            || self.unended >= MOST_UNENDED
        {
            return None;
        }
        let length = element_end(text, end, name);
        self.unended += u8::from(length.is_none());
        length
    }
}

fn name(text: &str) -> &str {
    let letters = text.bytes().take_while(u8::is_ascii_alphanumeric).count();
    let name = text.get(..letters).unwrap_or("");
    if name.starts_with(|first: char| first.is_ascii_alphabetic()) {
        name
    } else {
        ""
    }
}

/// Where the tag at the start of `text` ends.
fn tag_end(text: &str) -> Option<usize> {
    let mut quote = None;
    for (place, byte) in text.bytes().enumerate().take(1024) {
        match (quote, byte) {
            (None, b'>') => return Some(place + 1),
            (None, b'<') if place > 0 => return None,
            (None, b'"' | b'\'') if text.get(..place)?.ends_with('=') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
    }
    None
}

/// Whether attributes hide an element: `hidden`, or a style that does not display it.
fn hides(attributes: &str) -> bool {
    let mut rest = attributes.trim_start();
    while !rest.is_empty() {
        let length = rest
            .find(|one: char| one == '=' || one.is_whitespace())
            .unwrap_or(rest.len());
        let (key, after) = rest.split_at(length);
        let after = after.trim_start();
        let (value, next) = match after.strip_prefix('=').map(str::trim_start) {
            None => ("", after),
            Some(value) => match value.chars().next().filter(|first| "\"'".contains(*first)) {
                Some(quote) => {
                    let inner = value.get(1..).unwrap_or("");
                    inner.split_once(quote).unwrap_or((inner, ""))
                }
                None => value.split_once(char::is_whitespace).unwrap_or((value, "")),
            },
        };
        if key.eq_ignore_ascii_case("hidden") {
            return true;
        }
        if key.eq_ignore_ascii_case("style") {
            let style: String = value.chars().filter(|one| !one.is_whitespace()).collect();
            let style = style.to_ascii_lowercase();
            // The last word on display counts; two of them are left to a reader.
            let displays = style.matches("display:").count();
            if (displays == 1 && style.contains("display:none"))
                || style.contains("visibility:hidden")
            {
                return true;
            }
        }
        // A lone `=` is no attribute, and must not be met for ever.
        let skipped = usize::from(key.is_empty() && next.len() == rest.len());
        rest = next.get(skipped..).unwrap_or("").trim_start();
    }
    false
}

/// Where the end tag of an element ends whose start tag ends at `from`.
fn element_end(text: &str, from: usize, element: &str) -> Option<usize> {
    let mut depth = 1_usize;
    let mut at = from;
    loop {
        at += text.get(at..)?.find('<')?;
        let rest = text.get(at..)?;
        if rest.starts_with("<!--") {
            at += rest.find("-->")? + 3;
            continue;
        }
        let inner = rest.get(1..)?;
        let closes = inner.starts_with('/');
        let is_same = name(inner.trim_start_matches('/')).eq_ignore_ascii_case(element);
        if is_same && closes {
            depth -= 1;
            if depth == 0 {
                return Some(at + rest.find('>')? + 1);
            }
        } else if is_same && element.eq_ignore_ascii_case("p") {
            // A paragraph ends where the next one begins.
            return Some(at);
        } else if is_same {
            depth += 1;
        }
        at += 1;
    }
}
