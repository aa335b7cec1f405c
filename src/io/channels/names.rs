//! The names under which labels and channels are known.
//!
//! A name is cut into words at everything that is not a letter or a digit (a dot between digits stays, for
//! `Cy3.5`), and matches a key of the table if one word, or several in a row written together, are the key.
//! So `Spectrum Orange`, `SpectrumOrange` and `C2: spectrum_orange (TRITC set)` are all red, and `SpectrumAqua`
//! is not green.

use crate::field::ChannelRole;

/// DNA stains.
const COUNTERSTAIN: &[&str] =
    &["dapi", "hoechst", "hoechst33342", "hoechst33258", "h33342", "h33258", "counterstain", "blue"];

/// Labels that emit at 560 to 650 nm, and the colour words for them.
const RED: &[&str] = &[
    "red",
    "orange",
    "spectrumorange",
    "spectrumred",
    "sporange",
    "spo",
    "specorange",
    "spred",
    "specred",
    "cy3",
    "cy3.5",
    "tritc",
    "texasred",
    "txred",
    "txr",
    "rhodamine",
    "tamra",
    "rox",
    "rfp",
    "dsred",
    "mcherry",
    "tomato",
    "tdtomato",
    "dtomato",
    "zyred",
    "zyorange",
    "platinumbright550",
    "alexa546",
    "alexa555",
    "alexa568",
    "alexa594",
    "alexafluor546",
    "alexafluor555",
    "alexafluor568",
    "alexafluor594",
    "af546",
    "af555",
    "af568",
    "af594",
    "atto550",
    "atto565",
    "atto594",
    "dylight549",
    "dylight550",
    "dylight594",
    "cf555",
    "cf568",
    "cf594",
];

/// Labels that emit at 500 to 545 nm, and the colour word for them.
const GREEN: &[&str] = &[
    "green",
    "spectrumgreen",
    "spgreen",
    "spgr",
    "specgreen",
    "fitc",
    "fluorescein",
    "fam",
    "gfp",
    "egfp",
    "cy2",
    "oregongreen",
    "zygreen",
    "platinumbright495",
    "alexa488",
    "alexafluor488",
    "af488",
    "atto488",
    "dylight488",
    "cf488",
    "cf488a",
];

/// Labels and contrasts that are none of the three. They keep an emission wavelength in a neighbouring band
/// (`SpectrumAqua`: 480 nm) from being taken for one.
const OTHER: &[&str] = &[
    "spectrumaqua",
    "aqua",
    "spaqua",
    "deac",
    "cfp",
    "cyan",
    "spectrumblue",
    "spectrumgold",
    "gold",
    "yfp",
    "yellow",
    "spectrumfarred",
    "farred",
    "infrared",
    "nearinfrared",
    "cy5",
    "cy5.5",
    "cy7",
    "alexa405",
    "alexa633",
    "alexa647",
    "alexa660",
    "alexa680",
    "alexa700",
    "alexa750",
    "alexafluor405",
    "alexafluor633",
    "alexafluor647",
    "alexafluor660",
    "alexafluor680",
    "alexafluor700",
    "alexafluor750",
    "af633",
    "af647",
    "af750",
    "atto633",
    "atto647",
    "atto647n",
    "dylight649",
    "dylight650",
    "autofluorescence",
    "brightfield",
    "transmitted",
    "transmission",
    "dic",
    "phase",
    "phasecontrast",
];

/// Lines of lasers, nm: those that excite the counterstain, red and green labels, and none of the three.
const LASERS: [(&[&str], Option<ChannelRole>); 4] = [
    (&["405"], Some(ChannelRole::Counterstain)),
    (&["543", "546", "552", "555", "561", "568"], Some(ChannelRole::Red)),
    (&["488", "491"], Some(ChannelRole::Green)),
    (&["633", "635", "638", "640", "642", "647", "730", "750", "785"], None),
];

/// Most words of a key.
const MAX_WORDS: usize = 3;

/// The roles that a name stands for: `None` if the name says nothing, an empty list if it is known to be none
/// of the three.
pub(in crate::io) fn roles_of_name(name: &str) -> Option<Vec<ChannelRole>> {
    match name.trim().to_lowercase().as_str() {
        "r" => return Some(vec![ChannelRole::Red]),
        "g" => return Some(vec![ChannelRole::Green]),
        "b" => return Some(vec![ChannelRole::Counterstain]),
        _ => {}
    }
    // A name that is the line of a laser and nothing else; a number among other words may be anything.
    let line = name.trim().to_lowercase();
    let line = line.strip_suffix("nm").unwrap_or(&line).trim_end();
    if let Some((_, role)) = LASERS.iter().find(|(lines, _)| lines.contains(&line)) {
        return Some(role.iter().copied().collect());
    }
    let words = words(name);
    let mut roles = Vec::new();
    let mut other = false;
    let mut i = 0;
    while i < words.len() {
        // The longest key wins, so that the `red` of `far red` and the `blue` of `Spectrum Blue` do not count.
        let found = (1..=MAX_WORDS.min(words.len() - i)).rev().find_map(|length| {
            let key = words[i..i + length].concat();
            let key = unnumbered(&key);
            let lists = [
                (COUNTERSTAIN, Some(ChannelRole::Counterstain)),
                (RED, Some(ChannelRole::Red)),
                (GREEN, Some(ChannelRole::Green)),
            ];
            let mut lists = lists.into_iter().chain([(OTHER, None)]);
            lists.find(|(keys, _)| keys.contains(&key)).map(|(_, role)| (length, role))
        });
        match found {
            Some((length, Some(role))) => {
                roles.push(role);
                i += length;
            }
            Some((length, None)) => {
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

/// A key without the number of its channel, as in `DAPI1`. Numbers that are a part of a label stay.
fn unnumbered(key: &str) -> &str {
    let lists = [COUNTERSTAIN, RED, GREEN, OTHER];
    let bare = key.trim_end_matches(|c: char| c.is_ascii_digit());
    let is_numbered = key.len() == bare.len() + 1 && lists.iter().any(|keys| keys.contains(&bare));
    if is_numbered { bare } else { key }
}

fn words(name: &str) -> Vec<String> {
    let characters: Vec<char> = name.to_lowercase().chars().collect();
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
