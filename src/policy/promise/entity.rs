//! Character references of HTML and Markdown: the ones that security pages use, and every number.

/// The names that are known; of others the text stays as it is.
const NAMES: [(&str, char); 30] = [
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", ' '),
    ("ensp", ' '),
    ("emsp", ' '),
    ("thinsp", ' '),
    ("ndash", '–'),
    ("mdash", '—'),
    ("minus", '−'),
    ("hyphen", '-'),
    ("dash", '-'),
    ("hellip", '…'),
    ("ge", '≥'),
    ("geq", '≥'),
    ("le", '≤'),
    ("leq", '≤'),
    ("plus", '+'),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("laquo", '«'),
    ("raquo", '»'),
    ("bull", '•'),
    ("middot", '·'),
    ("vert", '|'),
    ("colon", ':'),
];

/// Characters that a reader does not see: they must not cut a word in two.
pub(super) fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}'
    )
}

/// The reference at the start of `text`, which begins with `&`: its character and its length in bytes.
/// `None` where there is none; a soft hyphen and its like are `Some((None, …))`.
pub(super) fn decode(text: &str) -> Option<(Option<char>, usize)> {
    let after = text.strip_prefix('&')?;
    let end = after.bytes().take(12).position(|byte| byte == b';')?;
    let name = after.get(..end)?;
    let length = end + 2;
    if matches!(name, "shy" | "zwj" | "zwnj") {
        return Some((None, length));
    }
    let number = name.strip_prefix('#').and_then(|number| {
        match number.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16),
            None => number.parse(),
        }
        .ok()
    });
    let character = match number {
        Some(number) => char::from_u32(number)?,
        None => NAMES.iter().find(|(known, _)| *known == name)?.1,
    };
    let shown = Some(character).filter(|&character| !is_invisible(character));
    Some((shown, length))
}
