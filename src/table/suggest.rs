//! What somebody may have meant by a word that is not known.

use crate::error::Error;

/// Adds "did you mean" when one of the choices is near, else the list of them.
pub(crate) fn suggest<'c>(
    error: Error,
    word: &str,
    choices: impl Iterator<Item = &'c str> + Clone,
) -> Error {
    let near = choices
        .clone()
        .map(|choice| (distance(word, choice), choice))
        .filter(|&(distance, choice)| distance <= 1 + choice.len() / 4)
        .min();
    if let Some((_, choice)) = near {
        return error.hint(format!("did you mean `{choice}`?"));
    }
    let list: Vec<String> = choices.map(|choice| format!("`{choice}`")).collect();
    if list.is_empty() {
        return error;
    }
    error.hint(format!("known here: {}", list.join(", ")))
}

/// How many letters must be changed, added, dropped or swapped with their neighbour, ignoring case, `_` and `-`.
fn distance(one: &str, other: &str) -> usize {
    let letters = |word: &str| -> Vec<char> {
        word.chars()
            .take(64)
            .map(|letter| if letter == '_' { '-' } else { letter })
            .flat_map(char::to_lowercase)
            .collect()
    };
    let (one, other) = (letters(one), letters(other));
    let mut before = vec![usize::MAX; other.len() + 1];
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, &letter) in one.iter().enumerate() {
        let mut next = vec![i + 1];
        for (j, &counterpart) in other.iter().enumerate() {
            // `row`, `next` and `before` are one longer than `other`, and `next` has j + 1 entries by now.
            let mut best = (row[j] + usize::from(letter != counterpart))
                .min(row[j + 1] + 1)
                .min(next[j] + 1);
            if i > 0 && j > 0 && letter == other[j - 1] && one[i - 1] == counterpart {
                best = best.min(before[j - 1].saturating_add(1));
            }
            next.push(best);
        }
        before = std::mem::replace(&mut row, next);
    }
    row.last().copied().unwrap_or(usize::MAX)
}
