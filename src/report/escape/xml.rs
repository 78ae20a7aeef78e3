//! Words in XML.

use std::borrow::Cow;

use crate::model::Text;

/// Words for XML 1.0 without the characters that it has no place for (section 2.2), not even as references: controls,
/// U+FFFE and U+FFFF. References for `<`, `&` and quotation marks are left to `quick-xml`.
pub fn xml(text: &Text) -> Cow<'_, str> {
    let words = text.untrusted();
    if words.contains(is_refused) {
        Cow::Owned(words.replace(is_refused, ""))
    } else {
        Cow::Borrowed(words)
    }
}

fn is_refused(character: char) -> bool {
    character.is_control() && !matches!(character, '\n' | '\t')
        || matches!(character, '\u{fffe}' | '\u{ffff}')
}
