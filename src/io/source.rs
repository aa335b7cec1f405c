//! Finds the fields of specimens among files and folders.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::channels::map_key;
use super::names::{channel_of_file, field_name, file_name, has_channel_suffix, is_image};
use super::options::ReadOptions;
use super::read::{read_field_reusing, read_files};
use super::skipped::{is_unread, without_pictures};
use crate::error::{Error, Location, Result};
use crate::field::{ChannelRole, Field};
use crate::workspace::Workspace;

/// Folders of this name hold truth tables, not specimens.
const TRUTH_FOLDER: &str = "truth";

/// The files of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum FieldFiles {
    /// One file with all channels.
    One(PathBuf),
    /// A file for each channel.
    #[non_exhaustive]
    Three {
        /// The counterstain.
        counterstain: PathBuf,
        /// The red probe.
        red: PathBuf,
        /// The green probe.
        green: PathBuf,
    },
    /// Files from which no field can be made; reading it is an error that says why.
    #[non_exhaustive]
    Unclear {
        /// The files.
        files: Vec<PathBuf>,
        /// The open question, as a statement.
        question: String,
        /// How the user can settle it.
        remedy: String,
    },
}

impl FieldFiles {
    /// The paths of all files.
    #[must_use]
    pub fn paths(&self) -> Vec<&Path> {
        match self {
            Self::One(path) => vec![path],
            Self::Three { counterstain, red, green } => vec![counterstain, red, green],
            Self::Unclear { files, .. } => files.iter().map(PathBuf::as_path).collect(),
        }
    }
}

/// A field that can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FieldSource {
    /// Name of the field in the reports.
    pub name: String,
    /// Its files.
    pub files: FieldFiles,
}

impl FieldSource {
    /// Reads the field.
    ///
    /// # Errors
    /// As [`super::read_field`] and [`super::read_field_from_files`]; [`Error::Undecided`] if its files are unclear.
    pub fn read(&self, options: &ReadOptions) -> Result<Field> {
        self.read_reusing(options, &mut Workspace::default())
    }

    /// As [`FieldSource::read`], into the memory of earlier fields.
    ///
    /// # Errors
    /// As [`FieldSource::read`].
    pub fn read_reusing(&self, options: &ReadOptions, workspace: &mut Workspace) -> Result<Field> {
        match &self.files {
            FieldFiles::One(path) => read_field_reusing(path, options, workspace),
            FieldFiles::Three { counterstain, red, green } => {
                read_files([counterstain, red, green], options, workspace)
            }
            FieldFiles::Unclear { files, question, remedy } => Err(Error::Undecided {
                location: files.first().map(Location::file).unwrap_or_default(),
                question: question.clone(),
                found: files.iter().map(|file| file_name(file)).collect::<Vec<_>>().join(", "),
                remedy: remedy.clone(),
            }),
        }
    }
}

/// A specimen and its fields, none of them read yet.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SpecimenSource {
    /// Name in the reports: the name of the folder, or of the field if the input was an image file.
    pub name: String,
    /// Its fields, by name.
    pub fields: Vec<FieldSource>,
    /// Files in its folder that look like fields and are not read: formats of microscopes, and pictures beside data.
    pub skipped: Vec<PathBuf>,
}

/// A specimen that was found, or the failure of its input.
#[derive(Debug)]
#[non_exhaustive]
pub struct FoundSpecimen {
    /// The folder or file of the specimen, or the input that failed.
    pub path: PathBuf,
    /// The specimen, or why there is none.
    pub specimen: Result<SpecimenSource>,
}

/// Finds the specimens of inputs, each a field (an image file), a specimen (a folder of fields) or a folder of
/// specimens, in the order of the inputs and within a folder by name.
///
/// A field in three single-channel files is recognised by the suffixes `_DAPI` or `_B`, `_RED`, `_ORANGE` or `_R`,
/// `_GREEN` or `_G` of its file names, or by the names of labels there (`_TRITC`, `-SpectrumGreen`), in any case; also
/// among inputs that are single files. Folders named `truth` are skipped. So are hidden files of a folder, and files
/// without the suffix of an image. An input that cannot be used is an error of its own; the others are still found.
#[must_use]
pub fn find_specimens(inputs: &[PathBuf]) -> Vec<FoundSpecimen> {
    let mut found: Vec<FoundSpecimen> = Vec::new();
    // Loose files of one folder are grouped as the files of a specimen; each field is a specimen of its own.
    let loose: Vec<PathBuf> = inputs.iter().filter(|p| p.is_file() && is_image(p)).cloned().collect();
    let mut fields: BTreeMap<PathBuf, FieldSource> = BTreeMap::new();
    for folder in distinct(loose.iter().map(|path| path.parent().unwrap_or(Path::new("")).to_path_buf())) {
        let files = loose.iter().filter(|path| path.parent() == Some(&folder)).cloned();
        fields.extend(group_fields(distinct(files)));
    }
    for input in inputs {
        if loose.contains(input) {
            // A field is placed where its first file by name is given.
            if let Some(field) = fields.remove(input) {
                let specimen =
                    SpecimenSource { name: field.name.clone(), fields: vec![field], skipped: Vec::new() };
                found.push(FoundSpecimen { path: input.clone(), specimen: Ok(specimen) });
            }
            continue;
        }
        match specimens_of_input(input) {
            Ok(specimens) => found.extend(specimens),
            Err(error) => found.push(FoundSpecimen { path: input.clone(), specimen: Err(error) }),
        }
    }
    refuse_repeated_names(&mut found);
    found
}

/// Reports are filed by the specimen's name, so that a second specimen of a name would overwrite the first.
fn refuse_repeated_names(found: &mut [FoundSpecimen]) {
    let mut taken: BTreeMap<String, PathBuf> = BTreeMap::new();
    for FoundSpecimen { path, specimen } in found {
        let Ok(source) = specimen else { continue };
        match taken.get(&source.name) {
            None => {
                taken.insert(source.name.clone(), path.clone());
            }
            Some(first) => {
                *specimen = Err(Error::Undecided {
                    location: Location::file(&*path),
                    question: format!("two specimens are named `{}`", source.name),
                    found: format!("the other at {}", first.display()),
                    remedy: "rename one, or score them into different folders".to_owned(),
                });
            }
        }
    }
}

fn distinct(paths: impl Iterator<Item = PathBuf>) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = paths.collect();
    paths.sort();
    paths.dedup();
    paths
}

fn specimens_of_input(input: &Path) -> Result<Vec<FoundSpecimen>> {
    let metadata = std::fs::metadata(input).map_err(|source| Error::io(input, source))?;
    if !metadata.is_dir() {
        let feature = "a file whose suffix is none of .tif, .tiff, .tf2, .tf8, .btf, .png, .jpg, .jpeg";
        return Err(Error::unsupported(Location::file(input), feature));
    }
    if is_truth(input) {
        return Ok(Vec::new());
    }
    let (files, folders) = contents(input)?;
    let mut specimens = Vec::new();
    for folder in folders {
        // A folder that cannot be read is its own failure: the specimens beside it are found all the same.
        let specimen = match contents(&folder) {
            Ok((files, _)) if files.is_empty() => continue,
            Ok((files, _)) => Ok(specimen(&folder, files)),
            Err(error) => Err(error),
        };
        specimens.push(FoundSpecimen { path: folder, specimen });
    }
    match (files.is_empty(), specimens.is_empty()) {
        (false, true) => {
            Ok(vec![FoundSpecimen { path: input.to_path_buf(), specimen: Ok(specimen(input, files)) }])
        }
        (true, false) => Ok(specimens),
        (true, true) => {
            let problem = "no image (.tif, .tiff, .png, .jpg, .jpeg) in this folder or the folders in it";
            Err(Error::malformed(Location::file(input), problem))
        }
        (false, false) => {
            let names: Vec<_> = specimens.iter().map(|found| file_name(&found.path)).collect();
            Err(Error::Undecided {
                location: Location::file(input),
                question: "the folder holds images and also folders of images, as one specimen or several"
                    .to_owned(),
                found: format!("{} image files, and images in the folders {}", files.len(), names.join(", ")),
                remedy: "move the images to a folder of their own, or name the specimens' folders as inputs"
                    .to_owned(),
            })
        }
    }
}

fn is_truth(folder: &Path) -> bool {
    file_name(folder).eq_ignore_ascii_case(TRUTH_FOLDER)
}

/// The image files and the folders in a folder, by name; hidden ones and folders of truth are left out.
fn contents(folder: &Path) -> Result<(Vec<PathBuf>, Vec<PathBuf>)> {
    let io = |source| Error::io(folder, source);
    let (mut files, mut folders) = (Vec::new(), Vec::new());
    for entry in std::fs::read_dir(folder).map_err(io)? {
        let path = entry.map_err(io)?.path();
        if file_name(&path).starts_with('.') {
            continue;
        }
        if path.is_dir() {
            folders.extend(Some(path).filter(|path| !is_truth(path)));
        } else if is_image(&path) {
            files.push(path);
        }
    }
    files.sort();
    folders.sort();
    Ok((files, folders))
}

fn specimen(folder: &Path, files: Vec<PathBuf>) -> SpecimenSource {
    // `.` and `..` have no name of their own.
    let named = if folder.file_name().is_some() { None } else { std::fs::canonicalize(folder).ok() };
    let name = file_name(named.as_deref().unwrap_or(folder));
    let (files, pictures) = without_pictures(files);
    let fields = group_fields(files).into_iter().map(|(_, field)| field).collect();
    let mut skipped = pictures;
    // The folder was read a moment ago; what is not there any more was not skipped.
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    skipped.extend(entries.filter(|path| is_unread(path)));
    skipped.sort();
    SpecimenSource { name, fields, skipped }
}

/// Groups the files of a folder into fields, each with its first file, in the order of those.
fn group_fields(files: Vec<PathBuf>) -> Vec<(PathBuf, FieldSource)> {
    let mut by_name: BTreeMap<String, Vec<(PathBuf, Option<ChannelRole>)>> = BTreeMap::new();
    for path in files {
        let (name, role) = match channel_of_file(&path) {
            Some((name, role)) => (name, Some(role)),
            None => (field_name(&path), None),
        };
        by_name.entry(name).or_default().push((path, role));
    }
    let mut fields: Vec<(PathBuf, FieldSource)> = by_name
        .into_iter()
        .filter_map(|(name, members)| {
            let first = members.first()?.0.clone();
            // A file by itself, whose name ends in that of a label by chance, holds all channels.
            if members.len() == 1 && !has_channel_suffix(&first) {
                let name = field_name(&first);
                return Some((first.clone(), FieldSource { files: FieldFiles::One(first), name }));
            }
            Some((first, FieldSource { files: field_files(&name, members), name }))
        })
        .collect();
    fields.sort_by(|a, b| a.0.cmp(&b.0));
    fields
}

fn field_files(name: &str, members: Vec<(PathBuf, Option<ChannelRole>)>) -> FieldFiles {
    let of = |role: Option<ChannelRole>| {
        members.iter().filter(move |m| m.1 == role).map(|m| &m.0).collect::<Vec<_>>()
    };
    let [counterstain, red, green] = ChannelRole::ALL.map(|role| of(Some(role)));
    match (of(None).as_slice(), counterstain.as_slice(), red.as_slice(), green.as_slice()) {
        (&[path], [], [], []) => return FieldFiles::One(path.clone()),
        ([], &[counterstain], &[red], &[green]) => {
            let (counterstain, red, green) = (counterstain.clone(), red.clone(), green.clone());
            return FieldFiles::Three { counterstain, red, green };
        }
        _ => {}
    }
    let missing: Vec<_> =
        ChannelRole::ALL.into_iter().filter(|&role| of(Some(role)).is_empty()).map(map_key).collect();
    let (question, remedy) = if of(None).is_empty() && members.len() + missing.len() == 3 {
        let question = format!("field `{name}` has no file for {}", missing.join(" and "));
        (
            question,
            "add the missing file (_DAPI, _RED or _ORANGE, _GREEN), or drop the suffix if the file holds all channels",
        )
    } else {
        let question =
            format!("several files are field `{name}`, and its nuclei would be counted more than once");
        (question, "leave one file with all channels, or one file for each channel")
    };
    let files = members.into_iter().map(|(path, _)| path).collect();
    FieldFiles::Unclear { files, question, remedy: remedy.to_owned() }
}
