//! What somebody may have meant by a word that is not known.

use crate::error::{Error, is_slip, nearest};

/// Adds "did you mean" when one of the choices is near, else the list of them.
pub(crate) fn suggest<'c>(
    error: Error,
    word: &str,
    choices: impl Iterator<Item = &'c str> + Clone,
) -> Error {
    if let Some(choice) = nearest(word, choices.clone()) {
        return error.hint(format!("did you mean `{choice}`?"));
    }
    begun_or_all(error, word, choices)
}

/// The same for words that stand for answers. One that looks alike may say the opposite (`internet` is not `internal`), so
/// that only a slip of the pen is taken for it.
pub(crate) fn suggest_answer<'c>(
    error: Error,
    word: &str,
    choices: impl Iterator<Item = &'c str> + Clone,
) -> Error {
    match nearest(word, choices.clone()).filter(|choice| is_slip(word, choice)) {
        Some(choice) => error.hint(format!("did you mean `{choice}`?")),
        None => begun_or_all(error, word, choices),
    }
}

fn begun_or_all<'c>(
    error: Error,
    word: &str,
    choices: impl Iterator<Item = &'c str> + Clone,
) -> Error {
    if let Some(choice) = begun(word, choices.clone()) {
        return error.hint(format!("did you mean `{choice}`?"));
    }
    let list: Vec<String> = choices.map(|choice| format!("`{choice}`")).collect();
    if list.is_empty() {
        return error;
    }
    error.hint(format!("known here: {}", list.join(", ")))
}

/// The only choice that begins like the word: `mon` for `monday`.
fn begun<'c>(word: &str, choices: impl Iterator<Item = &'c str>) -> Option<&'c str> {
    let word = word.trim_end_matches('.').to_lowercase();
    let mut begun = choices.filter(|choice| word.len() >= 2 && choice.starts_with(&word));
    begun.next().filter(|_| begun.next().is_none())
}
