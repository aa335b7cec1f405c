//! Files of measured tiles: shares of a slide that several machines measured.
//!
//! A file is JSON in gzip: a line with the slide and the share, then the tiles.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, BufWriter, Read as _, Write as _};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};

use crate::analyse::{SlideShare, SlideTiles};
use crate::atomic::{is_part, write_atomically};
use crate::error::{Error, Location, Result};
use crate::io::{ChannelChoice, FieldSource, file_name};
use crate::report::SCHEMA_VERSION;
use crate::run::digest::{Digest, InputFile};
use crate::run::plan::PlannedResult;

/// How their names end.
const SUFFIX: &str = ".tiles.json.gz";
/// Hexadecimal digits of the method in their names.
const METHOD_DIGITS: usize = 8;
/// Longest first line, bytes: it has 100 bytes for each file of a slide.
const MAX_ORIGIN_BYTES: u64 = 1 << 20;
/// Largest share, bytes without compression: a slide of 8,800 Mpx full of tissue has some 5 GB.
const MAX_BYTES: u64 = 1 << 36;

/// The slide of a share, and the method that it was measured by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TilesOrigin {
    pub(super) specimen: String,
    pub(super) field: String,
    /// Digest of the version, the parameters and the way in which the files are read.
    pub(super) method: Digest,
    /// The files of the slide.
    pub(super) inputs: Vec<InputFile>,
    pub(super) share: SlideShare,
}

impl TilesOrigin {
    /// The path of its file below a folder.
    pub(super) fn path(&self, folder: &Path) -> PathBuf {
        let method = self.method.as_str().get(..METHOD_DIGITS).unwrap_or_default();
        let (number, of) = (self.share.number(), self.share.of());
        folder.join(&self.specimen).join(format!("{}.{method}.{number}-of-{of}{SUFFIX}", self.field))
    }

    /// Whether its file is there.
    pub(super) fn is_there(&self, folder: &Path) -> bool {
        read_origin(&self.path(folder)).is_ok_and(|there| there == *self)
    }
}

/// The digest of all that decides the tiles of a slide beside its files.
pub(super) fn method(planned: &PlannedResult, source: &FieldSource) -> Result<Digest> {
    let params = planned.params.without_sex();
    let channels = ChannelChoice::of(&planned.reading).map(|channels| channels.to_string());
    let reading = (channels, source.series, planned.reading.pixel_size, planned.reading.z_step_um);
    Digest::of_json(&(SCHEMA_VERSION, env!("CARGO_PKG_VERSION"), params, reading))
}

/// Writes the tiles of a share.
pub(super) fn write(folder: &Path, origin: &TilesOrigin, tiles: &SlideTiles) -> Result<PathBuf> {
    let path = origin.path(folder);
    write_atomically(&path, |part| {
        let fault = |e| Error::io(part, e);
        let file = BufWriter::new(File::create(part).map_err(fault)?);
        let mut gz = GzEncoder::new(file, Compression::fast());
        let json = |e: serde_json::Error| Error::io(part, e.into());
        serde_json::to_writer(&mut gz, origin).map_err(json)?;
        gz.write_all(b"\n").map_err(fault)?;
        serde_json::to_writer(&mut gz, tiles).map_err(json)?;
        gz.finish().and_then(|mut file| file.flush()).map_err(fault)
    })?;
    Ok(path)
}

type Reader = BufReader<std::io::Take<GzDecoder<BufReader<File>>>>;

/// The file after its first line, and that line.
fn open(path: &Path) -> Result<(TilesOrigin, Reader)> {
    let fault = |e| Error::io(path, e);
    let file = BufReader::new(File::open(path).map_err(fault)?);
    let mut reader = BufReader::new(GzDecoder::new(file).take(MAX_ORIGIN_BYTES));
    let mut line = String::new();
    reader.read_line(&mut line).map_err(fault)?;
    let origin = serde_json::from_str(&line).map_err(|e| no_tiles(path, &e))?;
    reader.get_mut().set_limit(MAX_BYTES);
    Ok((origin, reader))
}

fn no_tiles(path: &Path, cause: &serde_json::Error) -> Error {
    let problem = format!("no measured tiles of this version: {cause}; measure the share again");
    Error::malformed(Location::file(path), problem)
}

fn read_origin(path: &Path) -> Result<TilesOrigin> {
    open(path).map(|(origin, _)| origin)
}

/// Files of measured tiles that a run reads instead of measuring its slides.
#[derive(Debug, Default)]
pub(super) struct TileFiles {
    folders: Vec<PathBuf>,
    files: Vec<(PathBuf, TilesOrigin)>,
}

impl TileFiles {
    /// The files in some folders and in the folders of the specimens in them.
    pub(super) fn find(folders: &[PathBuf]) -> Result<Self> {
        let mut paths = Vec::new();
        for folder in folders {
            for entry in entries(folder)? {
                if entry.is_dir() {
                    paths.extend(entries(&entry)?);
                } else {
                    paths.push(entry);
                }
            }
        }
        let is_whole = |name: &str| name.ends_with(SUFFIX) && !is_part(name);
        paths.retain(|path| path.is_file() && is_whole(&file_name(path)));
        let files = paths.into_iter().map(|path| Ok((path.clone(), read_origin(&path)?)));
        Ok(Self { folders: folders.to_vec(), files: files.collect::<Result<_>>()? })
    }

    /// The files of all shares of a slide.
    ///
    /// # Errors
    /// [`Error::Undecided`] that names the shares that are missing, or the files that are of another method.
    pub(super) fn of_slide(&self, specimen: &str, field: &str, method: &Digest) -> Result<Vec<&Path>> {
        let is_own = |origin: &TilesOrigin| origin.specimen == specimen && origin.field == field;
        let (own, stale): (Vec<_>, Vec<_>) = (self.files.iter())
            .filter(|(_, origin)| is_own(origin))
            .partition(|(_, origin)| origin.method == *method);
        let mut splits: BTreeMap<usize, Vec<&(PathBuf, TilesOrigin)>> = BTreeMap::new();
        own.into_iter().for_each(|file| splits.entry(file.1.share.of()).or_default().push(file));
        let mut missing = Vec::new();
        for files in splits.values() {
            let there: Vec<SlideShare> = files.iter().map(|(_, origin)| origin.share).collect();
            let lacking = there.first().map_or_else(Vec::new, |share| share.missing(&there));
            if lacking.is_empty() {
                return Ok(files.iter().map(|(path, _)| path.as_path()).collect());
            }
            missing.extend(lacking.iter().map(|share| format!("no share {share}")));
        }
        if missing.is_empty() {
            missing.push("no share".to_owned());
        }
        let other = stale.first().map(|(path, _)| format!("{} is of other settings", path.display()));
        missing.extend(other);
        let folders = self.folders.iter().map(|folder| folder.display().to_string()).collect::<Vec<_>>();
        Err(Error::Undecided {
            location: Location::file(folders.join(", ")),
            question: format!("not all tiles of slide {field} of {specimen} are measured"),
            found: missing.join(", "),
            remedy: "measure what is missing with --slide-share, or score without --tiles".to_owned(),
        })
    }

    /// The tiles of a slide that has these files.
    ///
    /// # Errors
    /// [`Error::Undecided`] if they were measured on other files; those of reading them.
    pub(super) fn read(
        &self,
        specimen: &str,
        field: &str,
        (method, inputs): (&Digest, &[InputFile]),
    ) -> Result<Vec<SlideTiles>> {
        let read = |path: &Path| {
            let (origin, reader) = open(path)?;
            if origin.inputs != inputs {
                return Err(Error::Undecided {
                    location: Location::file(path),
                    question: "the tiles were measured on another image".to_owned(),
                    found: "the file of the slide has changed since".to_owned(),
                    remedy: "measure this share again".to_owned(),
                });
            }
            serde_json::from_reader(reader).map_err(|e| no_tiles(path, &e))
        };
        self.of_slide(specimen, field, method)?.into_iter().map(read).collect()
    }
}

/// The files and folders in a folder, by name.
fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let fault = |e| Error::io(folder, e);
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(fault)? {
        paths.push(entry.map_err(fault)?.path());
    }
    paths.sort();
    Ok(paths)
}
