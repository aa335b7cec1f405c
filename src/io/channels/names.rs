//! The names under which labels and channels are known.
//!
//! A name is cut into words at everything that is not a letter or a digit (a dot between digits stays, for
//! `Cy3.5`), and matches a key of the table if one word, or several in a row written together, are the key.
//! So `Spectrum Orange`, `SpectrumOrange` and `C2: spectrum_orange (TRITC set)` are all red, and `SpectrumAqua`
//! is not green.

use crate::field::ChannelRole;
use crate::io::channels::dyes::{BESIDE_LINES, COMPOSED, COUNTERSTAIN, Dye, GREEN, LINES, OTHER, RED, SHORT};

/// Most words of a key.
const MAX_WORDS: usize = 3;

/// The dyes of each role, and those of none.
const LISTS: [(&[&str], Dye); 4] = [
    (COUNTERSTAIN, Dye::Of(ChannelRole::Counterstain)),
    (RED, Dye::Of(ChannelRole::Red)),
    (GREEN, Dye::Of(ChannelRole::Green)),
    (OTHER, Dye::Other),
];

/// The role of a key of the table: `None` if it is none.
pub(in crate::io) fn role_of_key(key: &str) -> Option<Dye> {
    let key = composed(&key.to_lowercase());
    let line = key.strip_suffix("nm").and_then(role_of_line);
    line.or_else(|| LISTS.iter().find(|(keys, _)| keys.contains(&key.as_str())).map(|(_, role)| *role))
}

/// The same, also with the number of its channel.
pub(in crate::io) fn role_of_numbered_key(key: &str) -> Option<Dye> {
    role_of_key(unnumbered(&composed(&key.to_lowercase())))
}

fn role_of_line(line: &str) -> Option<Dye> {
    LINES.iter().find(|(lines, _)| lines.contains(&line)).map(|(_, role)| *role)
}

/// The roles that a name stands for: `None` if the name says nothing, an empty list if it is known to be none
/// of the three.
pub(in crate::io) fn roles_of_name(name: &str) -> Option<Vec<ChannelRole>> {
    let whole = name.trim().to_lowercase();
    if let Some((_, role)) = SHORT.iter().find(|(short, _)| *short == whole) {
        return Some(vec![*role]);
    }
    let words = words(name);
    match role_of_line_alone(&words) {
        Some(Dye::Of(role)) => return Some(vec![role]),
        Some(Dye::Other) => return Some(Vec::new()),
        None => {}
    }
    let mut roles = Vec::new();
    let mut other = false;
    let mut i = 0;
    while i < words.len() {
        // The longest key wins, so that the `red` of `far red` and the `blue` of `Spectrum Blue` do not count.
        let found = (1..=MAX_WORDS.min(words.len() - i))
            .rev()
            .find_map(|length| Some((length, role_of_numbered_key(&words[i..i + length].concat())?)));
        match found {
            Some((length, Dye::Of(role))) => {
                roles.push(role);
                i += length;
            }
            Some((length, Dye::Other)) => {
                other = true;
                i += length;
            }
            None => i += 1,
        }
    }
    roles.sort_unstable();
    roles.dedup();
    (other || !roles.is_empty()).then_some(roles)
}

/// The role of a name that is the line of a laser or lamp and nothing else: a number among other words may be anything.
fn role_of_line_alone(words: &[String]) -> Option<Dye> {
    let mut line = None;
    for word in words {
        let bare = BESIDE_LINES.iter().find_map(|beside| word.strip_prefix(beside)).unwrap_or(word);
        let number = bare.strip_suffix("nm").unwrap_or(bare);
        match role_of_line(number) {
            Some(role) if line.is_none() => line = Some(role),
            None if BESIDE_LINES.contains(&word.as_str()) => {}
            _ => return None,
        }
    }
    line
}

/// A key without the number of its channel, as in `DAPI1`. Numbers that are a part of a label stay.
fn unnumbered(key: &str) -> &str {
    let bare = key.trim_end_matches(|c: char| c.is_ascii_digit());
    let is_numbered = key.len() == bare.len() + 1 && LISTS.iter().any(|(keys, _)| keys.contains(&bare));
    if is_numbered { bare } else { key }
}

/// The text with letters and their marks as one character each; other marks are left out.
fn composed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if !('\u{300}'..='\u{36f}').contains(&c) {
            out.push(c);
            continue;
        }
        let whole = out.chars().last().and_then(|letter| {
            COMPOSED.iter().find(|(base, mark, _)| (*base, *mark) == (letter, c)).map(|entry| entry.2)
        });
        if let Some(whole) = whole {
            out.pop();
            out.push(whole);
        }
    }
    out
}

fn words(name: &str) -> Vec<String> {
    let characters: Vec<char> = composed(&name.to_lowercase()).chars().collect();
    let digit = |i: Option<usize>| i.and_then(|i| characters.get(i)).is_some_and(char::is_ascii_digit);
    let mut words = vec![String::new()];
    for (i, &c) in characters.iter().enumerate() {
        let decimal_point = c == '.' && digit(i.checked_sub(1)) && digit(Some(i + 1));
        match words.last_mut() {
            Some(word) if c.is_alphanumeric() || decimal_point => word.push(c),
            _ => words.push(String::new()),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}
