//! HTML as the XML export has it: what Jira makes of its markup.

use super::{link, near, tidy};
use crate::model::redact;

/// How far the end of a tag and of an entity are looked for, in bytes.
const LONGEST_TAG: usize = 1024;
const LONGEST_ENTITY: usize = 12;

/// The text without tags. It is for reading only and is escaped again wherever it is written.
pub(in crate::parse::jira) fn plain(words: &str) -> String {
    let mut page = Page::default();
    // Where a tag goes, words stand together, and it would not be seen where a credential begins.
    let words = redact(words);
    let mut rest = words.as_ref();
    while let Some(at) = rest.find(['<', '&']) {
        // `find` returned a boundary.
        let (before, markup) = rest.split_at(at);
        page.words(before);
        rest = match markup.strip_prefix('<') {
            Some(_) => page.tag(markup),
            None => page.entity(markup),
        };
    }
    page.words(rest);
    tidy(&page.text)
}

#[derive(Default)]
struct Page {
    text: String,
    /// How many `pre` are open: white space counts in them.
    pre: usize,
    /// Where the words of an open link begin, and its target.
    link: Option<(usize, String)>,
}

impl Page {
    fn words(&mut self, words: &str) {
        if self.pre > 0 {
            self.text.push_str(words);
            return;
        }
        for character in words.chars() {
            if !matches!(character, ' ' | '\t' | '\n' | '\r') {
                self.text.push(character);
            } else if !self.text.is_empty() && !self.text.ends_with([' ', '\n']) {
                self.text.push(' ');
            }
        }
    }

    /// Passes over the tag at the start of `markup`; a `<` that starts none is a word.
    fn tag<'a>(&mut self, markup: &'a str) -> &'a str {
        if let Some(comment) = markup.strip_prefix("<!--") {
            return comment.split_once("-->").map_or("", |(_, after)| after);
        }
        let body = markup.strip_prefix('<').unwrap_or_default();
        let starts = body.starts_with(|first: char| first.is_ascii_alphabetic() || first == '/');
        let end = near(body, LONGEST_TAG).find('>').filter(|_| starts);
        let Some((tag, after)) = end.and_then(|end| Some((body.get(..end)?, body.get(end + 1..)?)))
        else {
            self.text.push('<');
            return body;
        };
        let (closes, tag) = match tag.strip_prefix('/') {
            Some(tag) => (true, tag),
            None => (false, tag),
        };
        let end = tag
            .find(|character: char| !character.is_ascii_alphanumeric())
            .unwrap_or(tag.len());
        let (name, attributes) = tag.split_at(end);
        match name.to_ascii_lowercase().as_str() {
            "script" | "style" if !closes => {
                let end = format!("</{name}");
                let hidden = after.find(&end).and_then(|at| after.get(at..));
                return hidden
                    .and_then(|rest| rest.split_once('>'))
                    .map_or("", |(_, after)| after);
            }
            "br" | "tr" => self.text.push('\n'),
            "li" if !closes => self.text.push_str("\n- "),
            "td" | "th" if closes => self.text.push(' '),
            "pre" => {
                self.pre = if closes {
                    self.pre.saturating_sub(1)
                } else {
                    self.pre + 1
                };
                self.text.push_str("\n\n");
            }
            "p" | "div" | "ul" | "ol" | "table" | "blockquote" | "h1" | "h2" | "h3" | "h4"
            | "h5" | "h6" | "hr" | "dl"
                // An item's own paragraph stays behind its mark.
                if !self.text.ends_with("\n- ") =>
            {
                self.text.push_str("\n\n");
            }
            "a" if closes => {
                if let Some((start, target)) = self.link.take() {
                    // Text only grows, so the place where the link began is still within it.
                    let words = self.text.split_off(start);
                    if !words.is_empty() {
                        self.text.push_str(&link(&words, &target));
                    }
                }
            }
            "a" => {
                self.link = attribute(attributes, "href").map(|target| (self.text.len(), target));
            }
            _ => {}
        }
        after
    }

    /// The character that the entity at the start of `markup` stands for; anything else is words.
    fn entity<'a>(&mut self, markup: &'a str) -> &'a str {
        let body = markup.strip_prefix('&').unwrap_or_default();
        let end = near(body, LONGEST_ENTITY).find(';');
        let named = end.and_then(|end| Some((body.get(..end)?, body.get(end + 1..)?)));
        if let Some((character, after)) =
            named.and_then(|(name, after)| Some((character(name)?, after)))
        {
            self.text.push(character);
            after
        } else {
            self.text.push('&');
            body
        }
    }
}

/// The entities that Jira writes; of HTML's two thousand others none was seen.
fn character(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        "ndash" => '–',
        "mdash" => '—',
        "hellip" => '…',
        "lsquo" => '‘',
        "rsquo" => '’',
        "ldquo" => '“',
        "rdquo" => '”',
        "copy" => '©',
        "reg" => '®',
        "trade" => '™',
        "bull" => '•',
        _ => {
            let number = name.strip_prefix('#')?;
            let number = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16),
                None => number.parse(),
            };
            char::from_u32(number.ok()?)?
        }
    })
}

/// The value of an attribute in quotes.
fn attribute(attributes: &str, name: &str) -> Option<String> {
    let (_, rest) = attributes.split_once(&format!("{name}="))?;
    let quote = rest
        .chars()
        .next()
        .filter(|quote| matches!(quote, '"' | '\''))?;
    let value = rest.get(1..)?.split(quote).next()?;
    Some(value.replace("&amp;", "&"))
}
