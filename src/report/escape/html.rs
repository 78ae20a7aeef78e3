//! HTML: words in a template, JSON within a script element, and what stands behind the `#` of a link.

use std::borrow::Cow;
use std::io;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::ser::Formatter;

use crate::model::Text;

/// Words that a template shows, which escapes them where they stand, or that a script makes a text node of. They are for
/// nothing else: their own escaping is left to `askama` and to the browser.
pub fn html(text: &Text) -> Cow<'_, str> {
    Cow::Borrowed(text.untrusted())
}

/// A word behind the `#` of a link within the page.
pub fn fragment(text: &Text) -> String {
    utf8_percent_encode(text.untrusted(), NON_ALPHANUMERIC).to_string()
}

/// JSON that may stand within a script element: nothing in it can end the element or begin a comment (HTML section
/// 4.12.1.3), and it is JavaScript too.
#[derive(Debug)]
pub struct InScript;

impl Formatter for InScript {
    fn write_string_fragment<W>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()>
    where
        W: ?Sized + io::Write,
    {
        let mut rest = fragment;
        while let Some(at) = rest.find(['<', '>', '&', '\u{2028}', '\u{2029}']) {
            let (before, from) = rest.split_at(at);
            let mut characters = from.chars();
            let code = characters.next().map_or(0, u32::from);
            write!(writer, "{before}\\u{code:04x}")?;
            rest = characters.as_str();
        }
        writer.write_all(rest.as_bytes())
    }
}
