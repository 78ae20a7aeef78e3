//! What words of both scanners say: requirements and addresses.

use crate::model::Text;

/// `1.2` for `Requirement 1.2`, `10` for `Requirement 10.0`: the same words from both scanners.
pub(in crate::parse) fn requirement(words: &str) -> Option<Text> {
    let words = words.trim();
    let number = words.strip_prefix("Requirement").unwrap_or(words).trim();
    let number = number.strip_suffix(".0").unwrap_or(number);
    let known = number.starts_with(|first: char| first.is_ascii_digit());
    known.then(|| Text::line(&format!("requirement:{number}")))
}

/// The web addresses in prose.
pub(in crate::parse) fn links(words: &str) -> impl Iterator<Item = Text> + '_ {
    words.split_whitespace().filter_map(|word| {
        let link = word.get(word.find("https://")?..)?;
        Text::some_line(link.trim_end_matches(['_', ')', ',', '.', ';', '>', '"']))
    })
}
