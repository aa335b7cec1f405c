//! Files of other programs, with the nuclei or the spots of fields: which file belongs to which field.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::colour::{Colour, PerColour};
use crate::error::{Error, Location, Result};
use crate::field::ChannelRole;
use crate::io::{field_name, file_name, role_of_suffix};

/// Suffixes of label images, lower case. The last is left of `field.ome.tif` where a program cuts off `.tif` alone.
const LABEL_SUFFIXES: [&str; 17] = [
    "_cp_masks",
    "_masks",
    "_mask",
    "-masks",
    "-mask",
    ".masks",
    ".mask",
    "_labels",
    "_label",
    "-labels",
    "-label",
    ".labels",
    ".label",
    "_stardist",
    "-stardist",
    ".stardist",
    ".ome",
];
/// Prefixes of label images, lower case.
const LABEL_PREFIXES: [&str; 5] = ["label_", "labels_", "mask_", "masks_", "labels-"];
/// Suffixes of files of spots, lower case.
const SPOT_SUFFIXES: [&str; 12] = [
    "_spots",
    "-spots",
    ".spots",
    "_allspots",
    "_signals",
    "-signals",
    ".signals",
    "_detections",
    "_locs",
    "_points",
    ".ome",
    ".tif",
];
/// Endings of the files, lower case.
const LABEL_ENDINGS: [&str; 6] = ["tif", "tiff", "tf2", "tf8", "btf", "png"];
const SPOT_ENDINGS: [&str; 2] = ["csv", "tsv"];
/// Folder of label images in a result of this crate.
const LABELS_FOLDER: &str = "labels";

/// What the files hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Nuclei,
    Signals,
}

impl Kind {
    fn noun(self) -> &'static str {
        match self {
            Self::Nuclei => "label image",
            Self::Signals => "file of spots",
        }
    }

    fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Nuclei => &LABEL_ENDINGS,
            Self::Signals => &SPOT_ENDINGS,
        }
    }

    fn suffixes(self) -> &'static [&'static str] {
        match self {
            Self::Nuclei => &LABEL_SUFFIXES,
            Self::Signals => &SPOT_SUFFIXES,
        }
    }

    /// The name of a file without its ending and the prefixes and suffixes of its program: each way to cut it, the longest
    /// first.
    fn names(self, path: &Path) -> Vec<String> {
        let mut name = match self {
            Self::Nuclei => field_name(path),
            Self::Signals => path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default(),
        };
        let mut names = vec![name.clone()];
        while let Some(shorter) = self.shortened(&name) {
            names.push(shorter.clone());
            name = shorter;
        }
        names
    }

    fn shortened(self, name: &str) -> Option<String> {
        let lower = name.to_ascii_lowercase();
        let cut = self.suffixes().iter().find_map(|suffix| lower.strip_suffix(suffix)).map(str::len);
        if let Some(length) = cut.filter(|length| *length > 0) {
            return Some(name[..length].to_owned());
        }
        let prefixes = if self == Self::Nuclei { &LABEL_PREFIXES[..] } else { &[] };
        let rest = prefixes.iter().find_map(|prefix| lower.strip_prefix(prefix)).map(str::len);
        rest.filter(|length| *length > 0).map(|length| name[name.len() - length..].to_owned())
    }

    /// Whether a file of this kind may be of a channel: labels are of the counterstain, spots of a probe.
    fn is_of(self, role: ChannelRole) -> bool {
        (self == Self::Nuclei) == (role == ChannelRole::Counterstain)
    }
}

/// A file, and the channel that its name says.
#[derive(Debug, Clone, PartialEq, Eq)]
struct FoundFile {
    path: PathBuf,
    role: Option<ChannelRole>,
}

/// Files of another program for the fields of a result.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SuppliedFiles {
    /// The folder, as the user wrote it.
    pub path: PathBuf,
    kind: Kind,
    /// The folder in which they are: that one, or one of the specimen's name in it.
    folder: PathBuf,
    by_field: BTreeMap<String, Vec<FoundFile>>,
    /// Files that belong to no field of this result.
    unused: BTreeSet<PathBuf>,
}

impl SuppliedFiles {
    /// Finds the files of fields in a folder, or in one of the specimen's name in it. A field that has none is no error yet.
    pub(super) fn find(path: &Path, kind: Kind, specimen: &str, fields: &[&str]) -> Result<Self> {
        if !path.is_dir() {
            let problem = std::io::Error::new(std::io::ErrorKind::NotADirectory, "no such folder");
            return Err(Error::io(path, problem));
        }
        let own = path.join(specimen);
        let folders = [own.join(LABELS_FOLDER), own, path.join(LABELS_FOLDER), path.to_path_buf()];
        let mut found = None;
        for folder in folders.into_iter().filter(|folder| folder.is_dir()) {
            let here = Self::in_folder(path, kind, folder, fields)?;
            let has_any = !here.by_field.is_empty();
            found = Some(here);
            if has_any {
                break;
            }
        }
        found.map_or_else(|| Self::in_folder(path, kind, path.to_path_buf(), fields), Ok)
    }

    fn in_folder(path: &Path, kind: Kind, folder: PathBuf, fields: &[&str]) -> Result<Self> {
        let mut by_field: BTreeMap<String, Vec<FoundFile>> = BTreeMap::new();
        let mut unused = BTreeSet::new();
        for file in files_in(&folder, kind)? {
            match field_of(&file, kind, fields) {
                Some((field, role)) => {
                    by_field.entry(field.to_owned()).or_default().push(FoundFile { path: file, role });
                }
                None => {
                    unused.insert(file);
                }
            }
        }
        Ok(Self { path: path.to_path_buf(), kind, folder, by_field, unused })
    }

    /// The same under the path that the user wrote.
    pub(super) fn named(self, path: &Path) -> Self {
        Self { path: path.to_path_buf(), ..self }
    }

    /// All files of a field.
    pub(super) fn files_of(&self, field: &str) -> impl Iterator<Item = &Path> {
        self.by_field.get(field).into_iter().flatten().map(|file| file.path.as_path())
    }

    /// The file of a field whose name says nothing of a probe.
    ///
    /// # Errors
    /// [`Error::Undecided`] unless there is exactly one.
    pub(super) fn of_field(&self, field: &str) -> Result<&Path> {
        self.one(field, self.files_of(field).collect())
    }

    /// The file of each colour of a field, which is one file if a file is of both. `None` for a colour of which no field of the
    /// result has any.
    ///
    /// # Errors
    /// [`Error::Undecided`] if the field lacks a file of a colour that other fields have, or has several.
    pub(super) fn of_colours(&self, field: &str) -> Result<PerColour<Option<(&Path, bool)>>> {
        let of = |colour: Colour| {
            let role = if colour == Colour::Red { ChannelRole::Red } else { ChannelRole::Green };
            let is_of = |file: &&FoundFile| file.role.is_none_or(|own| own == role);
            if !self.by_field.values().flatten().any(|file| is_of(&file)) {
                return Ok(None);
            }
            let own = self.by_field.get(field).into_iter().flatten().filter(is_of);
            let path =
                self.one(&format!("{field} in {colour}"), own.map(|file| file.path.as_path()).collect())?;
            let is_of_both =
                self.by_field.get(field).into_iter().flatten().any(|f| f.path == path && f.role.is_none());
            Ok(Some((path, is_of_both)))
        };
        if self.by_field.is_empty() {
            return Err(self.missing(field));
        }
        Ok(PerColour { red: of(Colour::Red)?, green: of(Colour::Green)? })
    }

    fn one<'a>(&self, field: &str, files: Vec<&'a Path>) -> Result<&'a Path> {
        match files.as_slice() {
            [only] => Ok(only),
            [] => Err(self.missing(field)),
            several => Err(Error::Undecided {
                location: Location::file(&self.folder),
                question: format!("several files may be the {} of field {field}", self.kind.noun()),
                found: several.iter().map(|path| file_name(path)).collect::<Vec<_>>().join(", "),
                remedy: "leave one in the folder".to_owned(),
            }),
        }
    }

    fn missing(&self, field: &str) -> Error {
        let names: Vec<String> = self.unused.iter().take(3).map(|path| file_name(path)).collect();
        let example = match self.kind {
            Kind::Nuclei => "FIELD.tif or FIELD_cp_masks.tif",
            Kind::Signals => "FIELD_red.csv and FIELD_green.csv, or FIELD.csv with a column `channel`",
        };
        Error::Undecided {
            location: Location::file(&self.folder),
            question: format!("the folder has no {} for field {field}", self.kind.noun()),
            found: if names.is_empty() { "no other file".to_owned() } else { names.join(", ") },
            remedy: format!("name it after the field, such as {example}"),
        }
    }
}

/// The files of a kind in a folder, by name.
fn files_in(folder: &Path, kind: Kind) -> Result<Vec<PathBuf>> {
    let io = |e| Error::io(folder, e);
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(io)? {
        let path = entry.map_err(io)?.path();
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
        let is_kind = ending.is_some_and(|ending| kind.endings().contains(&ending.as_str()));
        if is_kind && path.is_file() && !file_name(&path).starts_with('.') {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// The field that a file belongs to, the one with the longest name if several may be, and the channel that its name says.
fn field_of<'f>(file: &Path, kind: Kind, fields: &[&'f str]) -> Option<(&'f str, Option<ChannelRole>)> {
    let of_name = |name: &str| {
        let of_field = |field: &'f str| {
            let rest = name.strip_prefix(field)?;
            let role = if rest.is_empty() { None } else { Some(role_of_suffix(rest)?) };
            role.is_none_or(|role| kind.is_of(role)).then_some((field, role))
        };
        fields.iter().filter_map(|field| of_field(field)).max_by_key(|(field, _)| field.len())
    };
    kind.names(file).iter().find_map(|name| of_name(name))
}

/// The files in the folders of results that no result uses.
pub(super) fn unused(supplied: &[&SuppliedFiles]) -> Vec<PathBuf> {
    let used: BTreeSet<&Path> = supplied
        .iter()
        .flat_map(|files| files.by_field.values().flatten())
        .map(|file| file.path.as_path())
        .collect();
    let all: BTreeSet<&PathBuf> = supplied.iter().flat_map(|files| &files.unused).collect();
    all.into_iter().filter(|path| !used.contains(path.as_path())).cloned().collect()
}

/// A file of one field must not stand for a field of the same name of another specimen. Each entry is the name of a specimen
/// and its files.
pub(super) fn refuse_one_file_for_two<'a>(
    supplied: impl Iterator<Item = (&'a str, &'a SuppliedFiles)>,
) -> Result<()> {
    let mut owners: BTreeMap<&Path, &str> = BTreeMap::new();
    for (specimen, files) in supplied {
        for file in files.by_field.values().flatten() {
            let other = owners.insert(&file.path, specimen);
            if let Some(other) = other.filter(|other| *other != specimen) {
                return Err(Error::Undecided {
                    location: Location::file(&file.path),
                    question: format!("the {} would be used for two specimens", files.kind.noun()),
                    found: format!("{other} and {specimen}, which have a field of this name"),
                    remedy: format!(
                        "put the files of each specimen into a folder of its name in {}",
                        files.path.display()
                    ),
                });
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
