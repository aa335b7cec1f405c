//! Fields and specimens that are found but not read yet.

use std::path::{Path, PathBuf};

use crate::error::{Error, Location, Result};
use crate::field::Field;
use crate::io::image_file::{self, slide_of_slices};
use crate::io::listed::three_of_listed;
use crate::io::names::file_name;
use crate::io::options::ReadOptions;
use crate::io::purpose::Purpose;
use crate::io::read::{read_field_reusing, read_files};
use crate::io::read_slices::read_slices;
use crate::io::slide_file::SlideFile;
use crate::workspace::Workspace;

/// A file that holds one channel, with what its name says of the channel.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChannelFile {
    /// The part of the file name that stands for the channel, such as `C1` or `ch00`.
    pub channel: String,
    /// The file.
    pub path: PathBuf,
}

impl ChannelFile {
    pub(super) fn new(channel: impl Into<String>, path: impl Into<PathBuf>) -> Self {
        Self { channel: channel.into(), path: path.into() }
    }
}

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
    /// A file for each channel, whose names do not say which is which (`C1-`, `_ch00`). The files may say it
    /// themselves; else [`ReadOptions::channels`] names them by their order here, and [`ReadOptions::channel_names`] by
    /// their names.
    #[non_exhaustive]
    Listed {
        /// The files, in the order of their channels.
        files: Vec<ChannelFile>,
    },
    /// A file, or files, for each slice of a stack.
    #[non_exhaustive]
    Slices {
        /// The slices, the lowest number first. Numbers may be missing.
        slices: Vec<SliceFiles>,
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

/// The files of a slice of a stack.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SliceFiles {
    /// The number of the slice in the names of its files.
    pub number: u32,
    /// Its files.
    pub files: FieldFiles,
}

impl FieldFiles {
    /// The paths of all files.
    #[must_use]
    pub fn paths(&self) -> Vec<&Path> {
        match self {
            Self::One(path) => vec![path],
            Self::Three { counterstain, red, green } => vec![counterstain, red, green],
            Self::Listed { files } => files.iter().map(|file| file.path.as_path()).collect(),
            Self::Slices { slices } => slices.iter().flat_map(|slice| slice.files.paths()).collect(),
            Self::Unclear { files, .. } => files.iter().map(PathBuf::as_path).collect(),
        }
    }

    /// The first file.
    fn location(&self) -> Location {
        self.paths().first().map(Location::file).unwrap_or_default()
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
    /// Which image of its file it is, if the file holds several. Default: `None`, as [`ReadOptions::series`] says.
    pub series: Option<usize>,
}

impl FieldSource {
    pub(super) fn new(name: impl Into<String>, files: FieldFiles) -> Self {
        Self { name: name.into(), files, series: None }
    }

    /// Reads the field.
    ///
    /// # Errors
    /// As [`crate::io::read_field`] and [`crate::io::read_field_from_files`]; [`Error::Undecided`] if its files are
    /// unclear.
    pub fn read(&self, options: &ReadOptions) -> Result<Field> {
        self.read_reusing(options, &mut Workspace::default())
    }

    /// As [`FieldSource::read`], into the memory of earlier fields.
    ///
    /// # Errors
    /// As [`FieldSource::read`].
    pub fn read_reusing(&self, options: &ReadOptions, workspace: &mut Workspace) -> Result<Field> {
        let options = &self.options(options);
        let mut field = self.read_files(&self.files, options, workspace)?;
        field.name.clone_from(&self.name);
        Ok(field)
    }

    fn read_files(
        &self,
        files: &FieldFiles,
        options: &ReadOptions,
        workspace: &mut Workspace,
    ) -> Result<Field> {
        match self.placed(files, options)? {
            Placed::One(path) => read_field_reusing(path, options, workspace),
            Placed::Three(paths) => read_files(&self.name, paths, options, workspace),
            Placed::Slices(slices) => {
                let slices = slices.iter().map(|slice| (slice.number, &slice.files));
                let read = |files: &FieldFiles, workspace: &mut Workspace| {
                    self.read_files(files, options, workspace)
                };
                read_slices(slices, &files.location(), options, workspace, read)
            }
        }
    }

    /// Opens the field as a slide, whose pixels are read in parts.
    ///
    /// # Errors
    /// As [`SlideFile::open`]; [`Error::Undecided`] if its files are unclear; [`Error::Unsupported`] if they are slices.
    pub fn open_slide(&self, options: &ReadOptions) -> Result<SlideFile> {
        let options = &self.options(options);
        match self.placed(&self.files, options)? {
            Placed::One(path) => Ok(SlideFile::open(path, options)?.with_name(&self.name)),
            Placed::Three(paths) => SlideFile::of_files(&self.name, paths, options),
            Placed::Slices(slices) => Err(slide_of_slices(slices.len(), &self.files.location())),
        }
    }

    /// (height, width) of the field in pixels, by the headers of its file, or of the file of its counterstain.
    ///
    /// # Errors
    /// As [`FieldSource::read`], but for faults of the pixels and of the other files.
    pub fn dim(&self, options: &ReadOptions) -> Result<(usize, usize)> {
        self.dim_of(&self.files, &self.options(options))
    }

    fn dim_of(&self, files: &FieldFiles, options: &ReadOptions) -> Result<(usize, usize)> {
        match self.placed(files, options)? {
            Placed::One(path) => image_file::dim(path, options, Purpose::Field),
            Placed::Three([counterstain, ..]) => image_file::dim(counterstain, options, Purpose::Channel),
            Placed::Slices([]) => Err(Error::malformed(files.location(), "a stack without slices")),
            Placed::Slices([first, ..]) => self.dim_of(&first.files, options),
        }
    }

    /// The options for its own image of the file.
    fn options(&self, options: &ReadOptions) -> ReadOptions {
        let is_one = matches!(self.files, FieldFiles::One(_));
        ReadOptions { series: self.series.filter(|_| is_one).or(options.series), ..options.clone() }
    }

    /// The files of the channels, or of the slices.
    fn placed<'a>(&self, files: &'a FieldFiles, options: &ReadOptions) -> Result<Placed<'a>> {
        match files {
            FieldFiles::One(path) => Ok(Placed::One(path)),
            FieldFiles::Three { counterstain, red, green } => Ok(Placed::Three([counterstain, red, green])),
            FieldFiles::Listed { files } => {
                let files: Vec<_> =
                    files.iter().map(|file| (file.channel.as_str(), file.path.as_path())).collect();
                three_of_listed(&self.name, &files, options).map(Placed::Three)
            }
            FieldFiles::Slices { slices } => Ok(Placed::Slices(slices)),
            FieldFiles::Unclear { files: unclear, question, remedy } => Err(Error::Undecided {
                location: files.location(),
                question: question.clone(),
                found: unclear.iter().map(|file| file_name(file)).collect::<Vec<_>>().join(", "),
                remedy: remedy.clone(),
            }),
        }
    }
}

/// The files of a field, once it is known which of them holds which channel.
enum Placed<'a> {
    One(&'a Path),
    /// Counterstain, red and green.
    Three([&'a Path; 3]),
    Slices(&'a [SliceFiles]),
}

/// A specimen and its fields, none of them read yet.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SpecimenSource {
    /// Name in the reports: the name of the folder, or of the field if the input was an image file.
    pub name: String,
    /// Its fields, by name.
    pub fields: Vec<FieldSource>,
    /// Files in its folder in the formats of microscope makers, which are not read.
    pub skipped: Vec<PathBuf>,
    /// Pictures in its folder beside raw data, such as an overview: they are no fields.
    pub pictures: Vec<PathBuf>,
}

impl SpecimenSource {
    pub(super) fn new(name: String, fields: Vec<FieldSource>) -> Self {
        Self { name, fields, skipped: Vec::new(), pictures: Vec::new() }
    }
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

impl FoundSpecimen {
    pub(super) fn new(path: impl Into<PathBuf>, specimen: Result<SpecimenSource>) -> Self {
        Self { path: path.into(), specimen }
    }
}
