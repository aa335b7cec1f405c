//! The channel that the name of a file or folder states: a dye, a colour, a laser line, or the number of the channel.

use std::ops::Range;
use std::path::Path;

use crate::field::ChannelRole;
use crate::io::channels::{Dye, role_of_key, role_of_numbered_key};
use crate::io::names::field_name;

/// Most words of a label: `Alexa Fluor 488`.
const MAX_WORDS: usize = 3;

/// Words for a picture of all channels together, lower case.
const MERGED: [&str; 9] =
    ["merge", "merged", "overlay", "composite", "rgb", "combined", "overlaid", "allchannels", "blend"];

/// Short labels that count only behind the last `_` of a name, lower case.
const LAST_ONLY: [(&str, ChannelRole); 5] = [
    ("b", ChannelRole::Counterstain),
    ("r", ChannelRole::Red),
    ("g", ChannelRole::Green),
    ("so", ChannelRole::Red),
    ("sg", ChannelRole::Green),
];

/// Suffixes that say by themselves that a file holds one channel, lower case.
const CHANNEL_SUFFIXES: [&str; 7] = ["_dapi", "_orange", "_red", "_green", "_b", "_r", "_g"];

/// Words before the number of a channel, lower case, and whether they can mean nothing else.
const NUMBERED: [(&str, bool); 7] = [
    ("channel", true),
    ("chan", true),
    ("ch", true),
    ("wave", true),
    ("wv", true),
    ("w", true),
    ("c", false),
];

/// What a name says of the channel in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Label {
    Role(ChannelRole),
    /// A known dye or contrast that is none of the three.
    Other,
    /// A picture of all channels together.
    Merged,
    /// The number of a channel, and whether it can be nothing else.
    Number(u32, bool),
}

/// A label and its place in the name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) label: Label,
    range: Range<usize>,
}

/// A reading of a name: the channel, its words, and the name of the field without them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reading {
    pub(super) field: String,
    pub(super) label: Label,
    pub(super) text: String,
}

/// Words of letters and digits, by their place; a dot between digits stays (`Cy3.5`).
fn words(name: &str) -> Vec<Range<usize>> {
    let characters: Vec<(usize, char)> = name.char_indices().collect();
    let is_digit = |i: Option<usize>| i.and_then(|i| characters.get(i)).is_some_and(|c| c.1.is_ascii_digit());
    let mut words: Vec<Range<usize>> = Vec::new();
    for (i, &(at, c)) in characters.iter().enumerate() {
        let is_point = c == '.' && is_digit(i.checked_sub(1)) && is_digit(Some(i + 1));
        // Marks that combine with the letter before are a part of it.
        let is_mark = ('\u{300}'..='\u{36f}').contains(&c);
        if !(c.is_alphanumeric() || is_point || is_mark) {
            continue;
        }
        let end = at + c.len_utf8();
        match words.last_mut() {
            Some(word) if word.end == at => word.end = end,
            _ => words.push(at..end),
        }
    }
    words
}

/// The number behind one of the words for channels.
fn numbered(word: &str) -> Option<(u32, bool)> {
    let word = word.to_lowercase();
    NUMBERED.iter().find_map(|&(marker, is_sure)| {
        let digits = word.strip_prefix(marker)?;
        let is_number = (1..=3).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        Some((digits.parse().ok().filter(|_| is_number)?, is_sure))
    })
}

/// The label of a key that is not a number alone: that may be the number of a field.
fn label_of(key: &str, role_of: impl Fn(&str) -> Option<Dye>) -> Option<Label> {
    let key = key.to_lowercase();
    if MERGED.contains(&key.as_str()) {
        return Some(Label::Merged);
    }
    if key.chars().count() < 2 || key.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        return None;
    }
    role_of(&key).map(|dye| match dye {
        Dye::Of(role) => Label::Role(role),
        Dye::Other => Label::Other,
    })
}

/// The labels of a name, in their order.
pub(super) fn labels(name: &str) -> Vec<Found> {
    let words = words(name);
    let mut found: Vec<Found> = Vec::new();
    let mut i = 0;
    while i < words.len() {
        let longest = (1..=MAX_WORDS.min(words.len() - i)).rev().find_map(|length| {
            let key: String = words[i..i + length].iter().map(|word| &name[word.clone()]).collect();
            // A number behind a space may be that of the field.
            let label =
                if length == 1 { label_of(&key, role_of_numbered_key) } else { label_of(&key, role_of_key) };
            Some((length, label?))
        });
        if let Some((length, label)) = longest {
            found.push(Found { label, range: words[i].start..words[i + length - 1].end });
            i += length;
            continue;
        }
        found.extend(within_word(name, &words, i));
        i += 1;
    }
    found
}

/// A label that is a part of a word, or a short one at the end.
fn within_word(name: &str, words: &[Range<usize>], i: usize) -> Vec<Found> {
    let range = words[i].clone();
    let word = &name[range.clone()];
    let is_last = range.end == name.len() && name[..range.start].ends_with('_');
    let short = LAST_ONLY.iter().find(|(key, _)| is_last && word.eq_ignore_ascii_case(key));
    if let Some(&(_, role)) = short {
        return vec![Found { label: Label::Role(role), range }];
    }
    if let Some((number, is_sure)) = numbered(word) {
        // `ImageJ` puts the number of the channel first: `C1-field.tif`.
        let is_first = range.start == 0 && name[range.end..].starts_with('-');
        return vec![Found { label: Label::Number(number, is_sure || is_first), range }];
    }
    // `w2TRITC`, `field1DAPI`, `field3c1`: the label follows a digit.
    let bytes = word.as_bytes();
    let starts = (1..word.len())
        .filter(|&at| bytes[at - 1].is_ascii_digit() && !bytes[at].is_ascii_digit() && bytes[at] != b'.');
    let split = starts.filter(|&at| word.is_char_boundary(at)).find_map(|at| {
        let rest = &word[at..];
        let label = label_of(rest, role_of_numbered_key).filter(|_| rest.chars().count() > 2);
        let number = numbered(rest).map(|(number, _)| Label::Number(number, false));
        Some((at, label.or(number)?))
    });
    let Some((at, label)) = split else { return Vec::new() };
    let middle = range.start + at;
    let before = numbered(&word[..at])
        .map(|(number, is_sure)| Found { label: Label::Number(number, is_sure), range: range.start..middle });
    before.into_iter().chain([Found { label, range: middle..range.end }]).collect()
}

const SEPARATORS: [char; 8] = ['_', '-', ' ', '.', ',', '+', '=', '#'];

/// The name without some parts of it.
fn without(name: &str, parts: &[&Found]) -> String {
    let (mut kept, mut from) = (String::new(), 0);
    for part in parts {
        kept.push_str(&name[from..part.range.start]);
        kept.truncate(kept.trim_end_matches(SEPARATORS).len());
        from = part.range.end;
        if kept.is_empty() {
            from = name.len() - name[from..].trim_start_matches(SEPARATORS).len();
        }
    }
    kept.push_str(&name[from..]);
    kept.trim_matches(SEPARATORS).to_owned()
}

/// How many ways of reading a name there are.
pub(super) const WAYS: usize = 6;

/// The channel of a name in each way of reading it, the surest first: by its last words, by its first, by all labels in it
/// that agree; each of them first with the numbers of channels in the name of the field, then without.
pub(super) fn readings(name: &str) -> [Option<Reading>; WAYS] {
    let found = labels(name);
    let is_dye = |found: &&Found| !matches!(found.label, Label::Number(..));
    let dyes: Vec<&Found> = found.iter().filter(is_dye).collect();
    let numbers: Vec<&Found> = found.iter().filter(|found| !is_dye(found)).collect();
    let last = dyes.last().copied().filter(|dye| name[dye.range.end..].chars().all(|c| !c.is_alphanumeric()));
    let first =
        dyes.first().copied().filter(|dye| name[..dye.range.start].chars().all(|c| !c.is_alphanumeric()));
    let agree =
        dyes.first().filter(|first| dyes.iter().all(|dye| dye.label == first.label)).map(|_| dyes.as_slice());
    let last = last.as_ref().map(std::slice::from_ref);
    let first = first.as_ref().map(std::slice::from_ref);
    let reading = |dyes: Option<&[&Found]>, numbers: &[&Found]| {
        let dyes = dyes?;
        let dye = dyes.last()?;
        let mut parts: Vec<&Found> = dyes.iter().chain(numbers).copied().collect();
        parts.sort_by_key(|part| part.range.start);
        let text = name[dye.range.clone()].to_owned();
        Some(Reading { field: without(name, &parts), label: dye.label, text })
    };
    [
        reading(last, &[]),
        reading(last, &numbers),
        reading(first, &[]),
        reading(first, &numbers),
        reading(agree, &[]),
        reading(agree, &numbers),
    ]
}

/// The reading of a name by the number of its channel: the last one that can be nothing else, or else the last one.
pub(super) fn numbered_reading(name: &str) -> Option<Reading> {
    let found = labels(name);
    let number = |sure: bool| {
        found.iter().rev().find(|found| matches!(found.label, Label::Number(_, is_sure) if is_sure == sure))
    };
    let found = number(true).or_else(|| number(false))?;
    Some(Reading {
        field: without(name, &[found]),
        label: found.label,
        text: name[found.range.clone()].to_owned(),
    })
}

/// The name of a field without the numbers of slice (`z003`) and time point (`t1`), and these numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SliceName {
    pub(super) stack: String,
    pub(super) slice: Option<u32>,
    pub(super) is_time_point: bool,
}

/// The parts of a name with the number of a slice or time point, if it has one.
pub(super) fn slice_name(name: &str) -> Option<SliceName> {
    let number = |range: &Range<usize>, marks: &[&str]| {
        let word = name[range.clone()].to_lowercase();
        let digits = marks.iter().find_map(|mark| word.strip_prefix(mark))?;
        let is_number = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
        digits.parse::<u32>().ok().filter(|_| is_number)
    };
    let words = words(name);
    let slices: Vec<(&Range<usize>, u32)> =
        words.iter().filter_map(|word| Some((word, number(word, &["z"])?))).collect();
    let times = || words.iter().filter(|word| number(word, &["time", "t"]).is_some());
    let ranges = slices.iter().map(|(range, _)| *range).chain(times());
    let mut parts: Vec<Found> =
        ranges.map(|range| Found { label: Label::Merged, range: range.clone() }).collect();
    parts.sort_by_key(|part| part.range.start);
    // A name with the numbers of two slices says nothing.
    let slice = if let [(_, number)] = slices.as_slice() { Some(*number) } else { None };
    let stack = without(name, &parts.iter().collect::<Vec<_>>());
    (!parts.is_empty()).then(|| SliceName { stack, slice, is_time_point: times().next().is_some() })
}

/// The label of a name that is nothing but a label, as of a folder that holds one channel.
pub(super) fn whole_label(name: &str) -> Option<Label> {
    let found = labels(name);
    let is_whole = without(name, &found.iter().collect::<Vec<_>>()).is_empty();
    let mut dyes = found.iter().filter(|found| !matches!(found.label, Label::Number(..)));
    let label = dyes.next_back().or(found.last())?.label;
    Some(label).filter(|_| is_whole)
}

/// The channel that the rest of a file's name behind that of its field stands for, such as `_red` or `-SpectrumGreen`.
#[cfg(feature = "run")]
pub(crate) fn role_of_suffix(rest: &str) -> Option<ChannelRole> {
    match whole_label(rest)? {
        Label::Role(role) => Some(role),
        _ => None,
    }
}

/// Whether a name ends in a suffix that says by itself that the file holds one channel.
pub(super) fn has_channel_suffix(name: &str) -> bool {
    let name = name.to_lowercase();
    CHANNEL_SUFFIXES.iter().any(|suffix| name.len() > suffix.len() && name.ends_with(suffix))
}

/// The name of a field in several files, from any of them.
pub(in crate::io) fn three_file_name(path: &Path) -> String {
    let name = field_name(path);
    let reading = readings(&name).into_iter().flatten().find(|reading| !reading.field.is_empty());
    reading.map_or(name, |reading| reading.field)
}

#[cfg(test)]
mod tests;
