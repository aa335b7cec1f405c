//! The known name that was probably meant.

/// Most insertions, deletions and exchanges of one letter in a misspelt name, a third of its length at most.
const MAX_EDITS: usize = 2;

/// The nearest of the known names, upper or lower case aside; `None` if none is near.
pub(crate) fn nearest<'a>(text: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let text: Vec<char> = text.to_lowercase().chars().take(100).collect();
    let (distance, name) = known
        .into_iter()
        .map(|name| (edits(&text, &name.to_lowercase().chars().collect::<Vec<_>>()), name))
        .min_by_key(|(distance, _)| *distance)?;
    (distance <= MAX_EDITS && 3 * distance <= text.len().max(name.len())).then_some(name)
}

/// Insertions, deletions and exchanges of one letter, and swaps of two neighbours, that make one word of the other
/// (optimal string alignment).
fn edits(a: &[char], b: &[char]) -> usize {
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let exchanged = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut fewest = exchanged.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                fewest = fewest.min(rows[i - 2][j - 2] + 1);
            }
            row.push(fewest);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_understood_and_another_word_is_not() {
        let known = ["alk", "ros1", "ewsr1"];
        for (text, name) in
            [("ALK", Some("alk")), ("akl", Some("alk")), ("ros", Some("ros1")), ("ewrs1", Some("ewsr1"))]
        {
            assert_eq!(nearest(text, known), name, "{text}");
        }
        for text in ["", "x", "her2", "our_assay.toml"] {
            assert_eq!(nearest(text, known), None, "{text}");
        }
        assert_eq!(nearest("alk", []), None);
    }
}
