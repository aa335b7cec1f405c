//! The specimens among the files that fit a pattern.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::field::{ChannelFile, FieldFiles, FieldSource, FoundSpecimen, SpecimenSource};
use super::folder::{contents, name_of_folder};
use super::pattern::{FilePattern, Match, Place};
use crate::error::{Error, Location, Result};
use crate::field::ChannelRole;
use crate::io::channels::roles_of_name;
use crate::io::names::{field_name, file_name};
use crate::io::zarr_folder::is_one_image;

/// Most names that a message lists.
const LISTED: usize = 3;

/// A file that fits, with its match.
#[derive(Debug, Clone)]
struct Fitting {
    path: PathBuf,
    found: Match,
}

/// Finds the specimens of inputs by a pattern: below each folder, and among inputs that are files.
pub(super) fn find_by_pattern(inputs: &[PathBuf], pattern: &FilePattern) -> Vec<FoundSpecimen> {
    let mut found = Vec::new();
    let (files, folders): (Vec<&PathBuf>, Vec<&PathBuf>) =
        inputs.iter().partition(|input| is_one_image(input));
    let (fitting, others): (Vec<_>, Vec<_>) = files
        .into_iter()
        .map(|path| (path, pattern.match_path(path)))
        .partition(|(_, found)| found.is_some());
    let fitting =
        fitting.into_iter().filter_map(|(path, found)| Some(Fitting { path: path.clone(), found: found? }));
    found.extend(specimens(pattern, fitting.collect(), None));
    for (path, _) in others {
        found.push(FoundSpecimen::new(path, Err(nothing_fits(path, pattern, std::slice::from_ref(path)))));
    }
    for folder in folders {
        match in_folder(folder, pattern) {
            Ok(specimens) => found.extend(specimens),
            Err(error) => found.push(FoundSpecimen::new(folder, Err(error))),
        }
    }
    found
}

fn in_folder(folder: &Path, pattern: &FilePattern) -> Result<Vec<FoundSpecimen>> {
    let fits = |files: &[PathBuf]| -> Vec<Fitting> {
        let fitting = |path: &PathBuf| Some(Fitting { path: path.clone(), found: pattern.match_path(path)? });
        files.iter().filter_map(fitting).collect()
    };
    let mut seen = below(folder, pattern.depth())?;
    let fitting = fits(&seen);
    if !fitting.is_empty() {
        return Ok(specimens(pattern, fitting, Some(folder)));
    }
    // As without a pattern, a folder may hold the folders of specimens.
    let mut found = Vec::new();
    if !pattern.has(Place::Specimen) {
        for inner in contents(folder)?.1 {
            let files = below(&inner, pattern.depth())?;
            let fitting = fits(&files);
            if !fitting.is_empty() {
                found.extend(specimens(pattern, fitting, Some(&inner)));
            }
            seen.extend(files);
        }
    }
    if found.is_empty() { Err(nothing_fits(folder, pattern, &seen)) } else { Ok(found) }
}

/// The image files that lie `levels` deep in a folder: 1 is the folder itself.
fn below(folder: &Path, levels: usize) -> Result<Vec<PathBuf>> {
    let (files, folders) = contents(folder)?;
    if levels <= 1 {
        return Ok(files);
    }
    let mut found = Vec::new();
    for inner in folders {
        found.extend(below(&inner, levels - 1)?);
    }
    Ok(found)
}

fn nothing_fits(input: &Path, pattern: &FilePattern, seen: &[PathBuf]) -> Error {
    let mut names: Vec<String> = seen.iter().take(LISTED).map(|path| file_name(path)).collect();
    if seen.len() > LISTED {
        names.push("...".to_owned());
    }
    Error::Undecided {
        location: Location::file(input),
        question: format!("no image file fits the pattern `{pattern}`"),
        found: if names.is_empty() { "no image file so deep".to_owned() } else { names.join(", ") },
        remedy: "describe the names below the input, folders included, such as --files '{field}_{channel}.tif' or \
                 --files '{specimen}/{field}/{channel}.tif'"
            .to_owned(),
    }
}

/// The specimens of files that fit. Without `{specimen}` those of a folder are one, and of loose files each field is one.
fn specimens(pattern: &FilePattern, files: Vec<Fitting>, folder: Option<&Path>) -> Vec<FoundSpecimen> {
    let mut by_specimen: BTreeMap<String, BTreeMap<String, Vec<Fitting>>> = BTreeMap::new();
    for file in files {
        let (specimen, field) = names(pattern, &file, folder);
        by_specimen.entry(specimen).or_default().entry(field).or_default().push(file);
    }
    let specimen = |(name, fields): (String, BTreeMap<String, Vec<Fitting>>)| {
        let first = fields.values().flatten().map(|file| file.path.clone()).min().unwrap_or_default();
        let path = folder.map_or(first, |folder| {
            if pattern.has(Place::Specimen) { folder.join(&name) } else { folder.to_path_buf() }
        });
        let source = |(name, files): (String, Vec<Fitting>)| {
            let files = files_of_field(pattern, &name, files);
            FieldSource::new(name, files)
        };
        FoundSpecimen::new(path, Ok(SpecimenSource::new(name, fields.into_iter().map(source).collect())))
    };
    by_specimen.into_iter().map(specimen).collect()
}

/// The names of the specimen and the field of a file.
fn names(pattern: &FilePattern, file: &Fitting, folder: Option<&Path>) -> (String, String) {
    let Match { specimen, field, .. } = file.found.clone();
    let above = folder.map(name_of_folder);
    let whole = field_name(&file.path);
    match (specimen, field) {
        (Some(specimen), Some(field)) => (specimen, field),
        (Some(specimen), None) if pattern.has(Place::Channel) => (specimen.clone(), specimen),
        (Some(specimen), None) => (specimen, whole),
        (None, Some(field)) => (above.unwrap_or_else(|| field.clone()), field),
        (None, None) if pattern.has(Place::Channel) => {
            let above = above.unwrap_or_else(|| name_of_folder(file.path.parent().unwrap_or(Path::new(""))));
            (above.clone(), above)
        }
        (None, None) => (above.unwrap_or_else(|| whole.clone()), whole),
    }
}

fn files_of_field(pattern: &FilePattern, name: &str, mut files: Vec<Fitting>) -> FieldFiles {
    let unclear = |files: &[Fitting], question: String| FieldFiles::Unclear {
        files: files.iter().map(|file| file.path.clone()).collect(),
        question,
        remedy: "write {field} and {channel} where the names differ (--files)".to_owned(),
    };
    files.sort_by(|a, b| a.path.cmp(&b.path));
    if !pattern.has(Place::Channel) {
        return match files.as_slice() {
            [one] => FieldFiles::One(one.path.clone()),
            _ => unclear(&files, format!("several files are field `{name}` by the pattern `{pattern}`")),
        };
    }
    let text = |file: &Fitting| file.found.channel.clone().unwrap_or_default();
    files.sort_by_key(|file| in_order(&text(file)));
    if files.windows(2).any(|pair| text(&pair[0]).eq_ignore_ascii_case(&text(&pair[1]))) {
        let question = format!("several files are one channel of field `{name}` by the pattern `{pattern}`");
        return unclear(&files, question);
    }
    let roles: Vec<Option<Vec<ChannelRole>>> = files.iter().map(|file| roles_of_name(&text(file))).collect();
    let of = |role: ChannelRole| {
        let mut matches = files.iter().zip(&roles).filter(|(_, roles)| roles.as_deref() == Some(&[role]));
        let path = matches.next()?.0.path.clone();
        matches.next().is_none().then_some(path)
    };
    if let [Some(counterstain), Some(red), Some(green)] = ChannelRole::ALL.map(of) {
        return FieldFiles::Three { counterstain, red, green };
    }
    FieldFiles::Listed { files: files.iter().map(|file| ChannelFile::new(text(file), &file.path)).collect() }
}

/// Numbers in a text by their value, so that 10 follows 9.
fn in_order(text: &str) -> Vec<(u64, String)> {
    let mut parts: Vec<(u64, String)> = Vec::new();
    let mut was_digit = false;
    for c in text.to_lowercase().chars() {
        match (c.to_digit(10), parts.last_mut()) {
            (Some(digit), Some(part)) if was_digit => {
                part.0 = part.0.saturating_mul(10).saturating_add(u64::from(digit));
            }
            (Some(digit), _) => parts.push((u64::from(digit), String::new())),
            (None, Some(part)) if !was_digit => part.1.push(c),
            (None, _) => parts.push((0, c.to_string())),
        }
        was_digit = c.is_ascii_digit();
    }
    parts
}
