//! Finds the fields of specimens among files and folders.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::by_pattern::find_by_pattern;
use super::field::{FieldSource, FoundSpecimen, SpecimenSource};
use super::folder::{contents, is_truth, name_of_folder};
use super::group::{ChannelFolder, group_channel_folders, group_fields};
use super::label::{Label, Reading, readings, whole_label};
use super::pattern::FilePattern;
use super::series_list::SeriesList;
use crate::error::{Error, Location, Result};
use crate::field::ChannelRole;
use crate::io::image_file::holds_several_channels;
use crate::io::names::{EXPORT, file_name, is_image, is_of_maker, suffixes_in_words};
use crate::io::skipped::{files_of_makers, without_pictures};
use crate::io::zarr_folder::is_zarr;

/// How to find the fields of specimens.
///
/// ```
/// use breakapart::io::FindOptions;
/// let mut options = FindOptions::default();
/// options.files = Some("{specimen}_{field}_{channel}.tif".parse()?);
/// # Ok::<(), breakapart::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct FindOptions {
    /// How the files are named. Default: `None`, by the usual names.
    pub files: Option<FilePattern>,
    /// Which images of files that hold several are fields. Default: empty, and such a file is one field, which
    /// [`ReadOptions::series`](crate::io::ReadOptions::series) chooses.
    pub series: SeriesList,
}

/// Finds the specimens of inputs, each a field (an image file), a specimen (a folder of fields) or a folder of
/// specimens, in the order of the inputs and within a folder by name.
///
/// Files that hold one channel each are put together to fields by the names of channels in their file names:
///
/// | file names | channel |
/// |---|---|
/// | `f1_DAPI`, `f1-Cy3`, `f1_SpG`, `f1_w2TRITC`, `f1_ch01_FITC`, `f1_b`, `f1_r`, `f1_g` | behind the field |
/// | `DAPI_f1`, `FITC-f1` | before the field |
/// | `img_DAPI_000` | within the name |
/// | `DAPI/f1`, `f1_DAPI/img` | the folder |
/// | `C1-f1`, `f1_ch00`, `f1_c1`, `f1_w1` | a number: see [`FieldFiles::Listed`](super::FieldFiles::Listed) |
///
/// Names are those of dyes, colours and laser lines, in any case. Where a field has a file for each of the three, its further
/// channels and merged pictures are left out. The same holds among inputs that are single files. Folders named `truth` are
/// skipped. So are hidden files of a folder, and files without the suffix of an image. An input that cannot be used is an
/// error of its own; the others are still found.
#[must_use]
pub fn find_specimens(inputs: &[PathBuf]) -> Vec<FoundSpecimen> {
    find_specimens_with(inputs, &FindOptions::default())
}

/// As [`find_specimens`], by file names that the caller describes.
#[must_use]
pub fn find_specimens_with(inputs: &[PathBuf], options: &FindOptions) -> Vec<FoundSpecimen> {
    let mut found = match &options.files {
        Some(pattern) => find_by_pattern(inputs, pattern),
        None => find_by_usual_names(inputs),
    };
    for source in found.iter_mut().filter_map(|found| found.specimen.as_mut().ok()) {
        source.fields = source.fields.drain(..).flat_map(|field| options.series.apply(field)).collect();
    }
    refuse_repeated_names(&mut found);
    found
}

fn find_by_usual_names(inputs: &[PathBuf]) -> Vec<FoundSpecimen> {
    let mut found: Vec<FoundSpecimen> = Vec::new();
    // Loose files of one folder are grouped as the files of a specimen; each field is a specimen of its own.
    let loose: Vec<PathBuf> =
        inputs.iter().filter(|p| (p.is_file() && is_image(p)) || is_zarr(p)).cloned().collect();
    let mut fields: BTreeMap<PathBuf, FieldSource> = BTreeMap::new();
    for folder in distinct(loose.iter().map(|path| path.parent().unwrap_or(Path::new("")).to_path_buf())) {
        let files = loose.iter().filter(|path| path.parent() == Some(&folder)).cloned();
        fields.extend(group_fields(distinct(files), &name_of_folder(&folder)));
    }
    for input in inputs {
        if loose.contains(input) {
            // A field is placed where its first file by name is given.
            if let Some(field) = fields.remove(input) {
                let specimen = SpecimenSource::new(field.name.clone(), vec![field]);
                found.push(FoundSpecimen::new(input, Ok(specimen)));
            }
            continue;
        }
        match specimens_of_input(input) {
            Ok(specimens) => found.extend(specimens),
            Err(error) => found.push(FoundSpecimen::new(input, Err(error))),
        }
    }
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
        let mut feature = format!("a file whose suffix is none of {}", suffixes_in_words());
        if is_of_maker(input) {
            feature = format!("{feature}; {EXPORT}");
        }
        return Err(Error::unsupported(Location::file(input), feature));
    }
    if is_truth(input) {
        return Ok(Vec::new());
    }
    let (files, folders) = contents(input)?;
    if let Some(specimen) = specimen(input, &files, &folders)?.filter(|_| files.is_empty()) {
        return Ok(vec![FoundSpecimen::new(input, Ok(specimen))]);
    }
    let mut specimens = Vec::new();
    for folder in folders {
        // A folder that cannot be read is its own failure: the specimens beside it are found all the same.
        let found = contents(&folder).and_then(|(files, folders)| specimen(&folder, &files, &folders));
        if let Some(found) = found.transpose() {
            specimens.push(FoundSpecimen::new(folder, found));
        }
    }
    match (files.is_empty(), specimens.is_empty()) {
        (false, true) => {
            let specimen = specimen(input, &files, &[])?;
            Ok(specimen.map(|specimen| FoundSpecimen::new(input, Ok(specimen))).into_iter().collect())
        }
        (true, false) => Ok(specimens),
        (true, true) => {
            let mut problem =
                "no image (.tif, .tiff, .png, .jpg, .jpeg, .ome.zarr) in this folder or the folders in it"
                    .to_owned();
            if !files_of_makers(input).is_empty() {
                problem = format!("{problem}; {EXPORT}");
            }
            Err(Error::malformed(Location::file(input), problem))
        }
        (false, false) => {
            let names: Vec<_> = specimens.iter().map(|found| file_name(&found.path)).collect();
            Err(Error::Undecided {
                location: Location::file(input),
                question: "the folder holds images and also folders of images, as one specimen or several"
                    .to_owned(),
                found: format!("{} image files, and images in the folders {}", files.len(), names.join(", ")),
                remedy: "move the images to a folder of their own, name the specimens' folders as inputs, or say how \
                         the files are named, such as --files '{specimen}/{field}.tif'"
                    .to_owned(),
            })
        }
    }
}

/// The specimen of a folder: its files, or those of its folders for one channel each; `None` if there are none.
fn specimen(folder: &Path, files: &[PathBuf], folders: &[PathBuf]) -> Result<Option<SpecimenSource>> {
    let name = name_of_folder(folder);
    let (files, pictures) = without_pictures(files);
    let placed = if files.is_empty() {
        match channel_folders(folders)? {
            Some(channels) => group_channel_folders(channels),
            None => return Ok(None),
        }
    } else {
        group_fields(files, &name)
    };
    let fields = placed.into_iter().map(|(_, field)| field).collect();
    let skipped = files_of_makers(folder);
    Ok(Some(SpecimenSource { skipped, pictures, ..SpecimenSource::new(name, fields) }))
}

/// Folders that hold one channel each, by their names: `DAPI`, `FITC`, `TRITC`, or `field1_DAPI` ...; `None` if they are other
/// folders.
fn channel_folders(folders: &[PathBuf]) -> Result<Option<Vec<ChannelFolder>>> {
    let mut channels: Vec<ChannelFolder> = Vec::new();
    for path in folders {
        let name = file_name(path);
        let whole =
            whole_label(&name).map(|label| Reading { field: String::new(), label, text: name.clone() });
        let reading = whole.or_else(|| readings(&name).into_iter().flatten().next());
        match reading {
            // A number that is that of a channel, or that of a field.
            None | Some(Reading { label: Label::Number(_, false), .. }) => return Ok(None),
            Some(Reading { label: Label::Merged, .. }) => {}
            Some(reading) => channels.push(ChannelFolder { reading, files: contents(path)?.0 }),
        }
    }
    let fields: BTreeSet<&str> = channels.iter().map(|channel| channel.reading.field.as_str()).collect();
    let count = |field: &str, wanted: Label| {
        channels.iter().filter(|c| c.reading.field == field && c.reading.label == wanted).count()
    };
    let has_roles = |field: &&str| ChannelRole::ALL.iter().all(|role| count(field, Label::Role(*role)) == 1);
    let is_number = |channel: &ChannelFolder| matches!(channel.reading.label, Label::Number(..));
    let all_numbers = channels.len() > 2 && fields.len() == 1 && channels.iter().all(is_number);
    let is_set = all_numbers || (!fields.is_empty() && fields.iter().all(has_roles));
    let is_whole =
        |channel: &ChannelFolder| channel.files.first().is_some_and(|file| holds_several_channels(file));
    let is_set = is_set && !channels.iter().any(is_whole);
    Ok(Some(channels).filter(|_| is_set))
}
