//! File names that the caller describes by a pattern.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use crate::error::{Error, Result};

/// A part of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Place(Place),
}

/// What stands at a place of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Specimen,
    Field,
    Channel,
    Anything,
}

const PLACES: [(&str, Place); 4] = [
    ("specimen", Place::Specimen),
    ("field", Place::Field),
    ("channel", Place::Channel),
    ("", Place::Anything),
];

/// How the files of specimens are named, such as `{specimen}_{field}_{channel}.tif` or `{field}/{channel}.png`.
///
/// `{specimen}`, `{field}` and `{channel}` stand for one character or more, `*` and `{}` for any; none of them for a `/`,
/// which separates folders. Everything else is text, in any case. A place takes as much as it can, the first ones first:
/// `a_b_1_DAPI` has the specimen `a_b` and the field `1` by the pattern above.
///
/// Without `{specimen}` each folder is a specimen. Without `{field}` a field is named by its file, or if the pattern has
/// `{channel}` by its specimen. Without `{channel}` each file holds all channels.
///
/// A channel is known by its name, as in files of all channels. Where the names say nothing, [`ReadOptions::channels`]
/// names the files of a field by their order, and [`ReadOptions::channel_names`] by the text at `{channel}`.
///
/// [`ReadOptions::channels`]: crate::io::ReadOptions::channels
/// [`ReadOptions::channel_names`]: crate::io::ReadOptions::channel_names
///
/// ```
/// use breakapart::io::FilePattern;
/// let pattern: FilePattern = "{specimen}_{field}_{channel}.tif".parse()?;
/// assert!("{specimen}{field}.tif".parse::<FilePattern>().is_err());
/// # Ok::<(), breakapart::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilePattern {
    text: String,
    /// The parts of each folder and of the file.
    levels: Vec<Vec<Part>>,
}

impl fmt::Display for FilePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for FilePattern {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let wrong = |reason: &str| {
            let allowed = format!(
                "a path below the input with {{specimen}}, {{field}} and {{channel}}, each once, and * for anything, \
                 such as {{specimen}}_{{field}}_{{channel}}.tif; {reason}"
            );
            Error::parameter("files", format!("`{text}`"), allowed)
        };
        let levels = text
            .split('/')
            .map(|level| parts_of(level).map_err(|e| wrong(&e)))
            .collect::<Result<Vec<_>>>()?;
        if levels.iter().any(Vec::is_empty) || text.split('/').any(|level| level == ".." || level == ".") {
            return Err(wrong("a folder has no name"));
        }
        let places = || levels.iter().flatten().filter_map(Part::place);
        for (name, place) in &PLACES[..3] {
            if places().filter(|other| other == place).count() > 1 {
                return Err(wrong(&format!("{{{name}}} stands there twice: write * for one of them")));
            }
        }
        if places().next().is_none() {
            return Err(wrong("nothing of it can differ from file to file"));
        }
        Ok(Self { text: text.to_owned(), levels })
    }
}

/// The parts of one folder or file name, or the fault in them.
fn parts_of(level: &str) -> std::result::Result<Vec<Part>, String> {
    let mut parts: Vec<Part> = Vec::new();
    let mut rest = level;
    while let Some(c) = rest.chars().next() {
        let (part, length) = match c {
            '*' => (Part::Place(Place::Anything), 1),
            '{' => {
                let end = rest.find('}').ok_or("a { has no }")?;
                let name = rest[1..end].trim();
                let place = PLACES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
                let (_, place) = place.ok_or_else(|| format!("{{{name}}} is not known"))?;
                (Part::Place(*place), end + 1)
            }
            '}' => return Err("a } has no {".to_owned()),
            _ => {
                let end = rest.find(['{', '}', '*']).unwrap_or(rest.len());
                (Part::Text(rest[..end].to_lowercase()), end)
            }
        };
        let is_next_place = part.place().is_some() && parts.last().is_some_and(|last| last.place().is_some());
        if is_next_place {
            return Err("two places need a text between them".to_owned());
        }
        parts.push(part);
        rest = &rest[length..];
    }
    Ok(parts)
}

impl Part {
    fn place(&self) -> Option<Place> {
        match self {
            Self::Place(place) => Some(*place),
            Self::Text(_) => None,
        }
    }
}

/// The texts of a path at the places of a pattern.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Match {
    pub(super) specimen: Option<String>,
    pub(super) field: Option<String>,
    pub(super) channel: Option<String>,
}

impl FilePattern {
    /// How many folders deep the files lie: 1 is the input itself.
    pub(super) fn depth(&self) -> usize {
        self.levels.len()
    }

    pub(super) fn has(&self, place: Place) -> bool {
        self.levels.iter().flatten().any(|part| part.place() == Some(place))
    }

    /// The match of the last names of a path, as many as the pattern has.
    pub(super) fn match_path(&self, path: &Path) -> Option<Match> {
        let names: Vec<String> = path.iter().map(|name| name.to_string_lossy().into_owned()).collect();
        let names = names.get(names.len().checked_sub(self.levels.len())?..)?;
        let mut found = Match::default();
        for (parts, name) in self.levels.iter().zip(names) {
            let characters: Vec<char> = name.chars().collect();
            let mut failed = vec![false; (parts.len() + 1) * (characters.len() + 1)];
            let mut texts = Vec::new();
            if !match_name(parts, &characters, (0, 0), &mut failed, &mut texts) {
                return None;
            }
            for (place, text) in texts {
                match place {
                    Place::Specimen => found.specimen = Some(text),
                    Place::Field => found.field = Some(text),
                    Place::Channel => found.channel = Some(text),
                    Place::Anything => {}
                }
            }
        }
        Some(found)
    }
}

/// Matches a name from a part and a character on; `failed` holds where that is known to be impossible.
fn match_name(
    parts: &[Part],
    name: &[char],
    (part, at): (usize, usize),
    failed: &mut [bool],
    texts: &mut Vec<(Place, String)>,
) -> bool {
    let Some(here) = parts.get(part) else { return at == name.len() };
    let slot = part * (name.len() + 1) + at;
    if failed.get(slot) != Some(&false) {
        return false;
    }
    let matched = match here {
        Part::Text(text) => {
            let mut end = at;
            let is_same = text.chars().all(|c| {
                end += 1;
                name.get(end - 1).is_some_and(|other| other.to_lowercase().eq(c.to_lowercase()))
            });
            is_same && match_name(parts, name, (part + 1, end), failed, texts)
        }
        Part::Place(place) => {
            let least = usize::from(*place != Place::Anything);
            (at + least..=name.len()).rev().any(|end| {
                let before = texts.len();
                texts.push((*place, name[at..end].iter().collect()));
                let matched = match_name(parts, name, (part + 1, end), failed, texts);
                if !matched {
                    texts.truncate(before);
                }
                matched
            })
        }
    };
    if !matched {
        failed[slot] = true;
    }
    matched
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matched(pattern: &str, path: &str) -> Option<[Option<String>; 3]> {
        let pattern: FilePattern = pattern.parse().unwrap_or_else(|e| panic!("{e}"));
        pattern.match_path(Path::new(path)).map(|found| [found.specimen, found.field, found.channel])
    }

    #[test]
    fn places_take_as_much_as_they_can() {
        let some =
            |texts: [&str; 3]| Some(texts.map(|text| Some(text.to_owned()).filter(|text| !text.is_empty())));
        for (pattern, path, expected) in [
            ("{specimen}_{field}_{channel}.tif", "x/a_b_1_DAPI.TIF", some(["a_b", "1", "DAPI"])),
            ("{field}/{channel}.tif", "in/f1/DAPI.tif", some(["", "f1", "DAPI"])),
            ("{field}_*_{channel}-*.tif", "f1_z_DAPI-x.tif", some(["", "f1", "DAPI"])),
            ("{}-{ Field }.png", "-7.png", some(["", "7", ""])),
            ("{field}_{channel}.tif", "DAPI.tif", None),
            ("{field}_{channel}.tif", "_DAPI.tif", None),
            ("{field}/{channel}.tif", "DAPI.tif", None),
        ] {
            assert_eq!(matched(pattern, path), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn long_names_take_no_time() {
        let pattern = "*a*a*a*a*a*a*a*a*b".replace('a', "x");
        assert_eq!(matched(&pattern, &"x".repeat(250)), None);
    }

    #[test]
    fn faults_are_named() {
        for (text, reason) in [
            ("", "no name"),
            ("a//{field}", "no name"),
            ("../{field}", "no name"),
            ("{specimen}{field}.tif", "text between"),
            ("*{field}.tif", "text between"),
            ("{field}_{field}.tif", "twice"),
            ("{fild}.tif", "{fild} is not known"),
            ("{field.tif", "no }"),
            ("field}.tif", "no {"),
            ("a.tif", "nothing of it can differ"),
        ] {
            let message = text.parse::<FilePattern>().expect_err(text).to_string();
            assert!(message.contains(reason) && message.contains("{specimen}_{field}"), "{text}: {message}");
        }
    }
}
