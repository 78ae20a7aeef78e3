//! Cuts text into words that know their line, the way people read it: `24h` is two words, `high-severity` too.

/// A word or a mark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// In lower case, without decoration; dashes and quotes in one form.
    pub(super) text: String,
    /// As it stands on the page.
    pub(super) raw: String,
    /// Its line, from 1.
    pub(super) line: usize,
    /// Whether there is a blank before it.
    pub(super) spaced: bool,
}

impl Word {
    /// Whether it is one of these.
    pub(super) fn is(&self, words: &[&str]) -> bool {
        words.contains(&self.text.as_str())
    }

    /// Whether it starts with one of these stems.
    pub(super) fn starts(&self, stems: &[&str]) -> bool {
        stems.iter().any(|stem| self.text.starts_with(stem))
    }
}

/// Before a period that ends no sentence.
const ABBREVIATIONS: [&str; 10] = [
    "max", "min", "approx", "ca", "incl", "e.g", "i.e", "etc", "resp", "no",
];

/// The characters of a page with their lines.
#[derive(Debug, Default)]
pub(super) struct Characters(Vec<(char, usize)>);

impl Characters {
    /// Adds a character.
    pub(super) fn push(&mut self, character: char, line: usize) {
        self.0.push((narrow(character), line));
    }

    /// Adds a piece of one line.
    pub(super) fn push_str(&mut self, piece: &str, line: usize) {
        self.0
            .extend(piece.chars().map(|character| (narrow(character), line)));
    }

    /// The words so far; the next ones start afresh.
    pub(super) fn take(&mut self) -> Vec<Word> {
        let characters = std::mem::take(&mut self.0);
        Lexer {
            characters: &characters,
            next: 0,
            spaced: true,
            words: Vec::new(),
        }
        .run()
    }
}

/// A full-width letter, digit or mark as everybody else writes it.
fn narrow(character: char) -> char {
    match character {
        '\u{ff01}'..='\u{ff5e}' => {
            char::from_u32(u32::from(character) - 0xfee0).unwrap_or(character)
        }
        '\u{3000}' => ' ',
        _ => character,
    }
}

/// The words of one line of text.
pub(super) fn words(text: &str, line: usize) -> Vec<Word> {
    let mut characters = Characters::default();
    characters.push_str(text, line);
    characters.take()
}

/// The words as one line again.
pub(super) fn quote(words: &[Word]) -> String {
    let mut line = String::new();
    for word in words {
        if word.spaced && !line.is_empty() {
            line.push(' ');
        }
        line.push_str(&word.raw);
    }
    line
}

/// Cuts words into sentences. A period ends one unless a small letter follows or an abbreviation stands before.
pub(super) fn sentences(words: &[Word]) -> Vec<&[Word]> {
    let mut sentences = Vec::new();
    let mut rest = words;
    let mut place = 0;
    while let Some(word) = rest.get(place) {
        place += 1;
        let ends = match word.text.as_str() {
            "!" | "?" => true,
            "." => {
                let next = rest.get(place).and_then(|next| next.raw.chars().next());
                let before = place.checked_sub(2).and_then(|at| rest.get(at));
                !next.is_some_and(char::is_lowercase)
                    && !before.is_some_and(|before| before.is(&ABBREVIATIONS))
            }
            _ => false,
        };
        if ends {
            let (sentence, after) = rest.split_at(place);
            sentences.push(sentence);
            (rest, place) = (after, 0);
        }
    }
    if !rest.is_empty() {
        sentences.push(rest);
    }
    sentences
}

struct Lexer<'a> {
    characters: &'a [(char, usize)],
    next: usize,
    spaced: bool,
    words: Vec<Word>,
}

impl Lexer<'_> {
    fn at(&self, place: usize) -> Option<char> {
        self.characters.get(place).map(|&(character, _)| character)
    }

    fn is_digit(&self, place: usize) -> bool {
        self.at(place).is_some_and(|one| one.is_ascii_digit())
    }

    fn run(mut self) -> Vec<Word> {
        while let Some(&(first, line)) = self.characters.get(self.next) {
            let start = self.next;
            if first.is_whitespace() {
                self.spaced = true;
                self.next += 1;
            } else if first.is_ascii_digit() {
                let text = self.number();
                self.push(start, line, text);
            } else if first.is_alphanumeric() {
                let text = self.letters();
                self.push(start, line, text);
            } else {
                self.next += 1;
                self.mark(start, first, line);
            }
        }
        self.words
    }

    fn push(&mut self, start: usize, line: usize, text: String) {
        let raw = self.characters.get(start..self.next).unwrap_or_default();
        self.words.push(Word {
            text,
            raw: raw.iter().map(|&(character, _)| character).collect(),
            line,
            spaced: std::mem::take(&mut self.spaced),
        });
    }

    /// Digits, with a decimal point and with commas between groups of three.
    fn number(&mut self) -> String {
        let mut text = String::new();
        while let Some(character) = self.at(self.next) {
            let next = self.next + 1;
            let group =
                (next..next + 3).all(|place| self.is_digit(place)) && !self.is_digit(next + 3);
            match character {
                '0'..='9' => text.push(character),
                '.' if self.is_digit(next) => text.push('.'),
                ',' if group && !text.is_empty() && text.len() <= 3 => {}
                _ => break,
            }
            self.next += 1;
        }
        text
    }

    fn letters(&mut self) -> String {
        let mut text = String::new();
        while let Some(character) = self.at(self.next) {
            let next = self.at(self.next + 1);
            let follows = next.is_some_and(char::is_alphanumeric);
            match character {
                _ if character.is_alphanumeric() => text.extend(character.to_lowercase()),
                '\'' | '’' if follows => {}
                // `v3.1`, `e.g.`
                '.' if matches!(text.as_str(), "v2" | "v3" | "v4" | "e" | "i") && follows => {
                    text.push('.');
                }
                _ => break,
            }
            self.next += 1;
        }
        text
    }

    fn mark(&mut self, start: usize, mark: char, line: usize) {
        let next = self.at(self.next);
        let text = match mark {
            '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' => {
                let before = self
                    .words
                    .last()
                    .and_then(|word| word.text.chars().next_back());
                let mut after = (self.next..).map_while(|place| self.at(place));
                let after = after.find(|one| !one.is_whitespace());
                let digit = |one: Option<char>| one.is_some_and(|one| one.is_ascii_digit());
                if digit(before) && digit(after) {
                    "-"
                } else if !self.spaced && next.is_some_and(char::is_alphanumeric) {
                    // It joins two words: a reader of the quotation sees it, nobody else.
                    if let Some(word) = self.words.last_mut() {
                        word.raw.push(mark);
                    }
                    return;
                } else {
                    "—"
                }
            }
            '.' if next.is_some_and(char::is_alphanumeric) => return,
            '“' | '”' | '„' | '«' | '»' | '"' => "\"",
            '•' | '·' | '▪' | '◦' => ",",
            '*' | '_' | '`' | '#' | '~' | '\'' | '‘' | '’' => {
                return;
            }
            _ => {
                self.push(start, line, mark.to_string());
                return;
            }
        };
        self.push(start, line, text.to_owned());
    }
}
