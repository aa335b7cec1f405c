//! The reading of a result, kept in its folder: it can be corrected, and judged by other facts, without its images.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::Path;

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;

use crate::analyse::SpecimenReading;
use crate::atomic::write_atomically;
use crate::error::{Error, Location, Result};
use crate::run::digest::Digest;
use crate::run::ledger::Ledger;
use crate::run::names::READING_JSON_GZ;

/// Largest reading, bytes without compression: it has about 1 kB for each signal.
const MAX_BYTES: u64 = 1 << 32;

/// Writes the reading of a result.
pub(super) fn write(folder: &Path, reading: &SpecimenReading) -> Result<()> {
    let path = folder.join(READING_JSON_GZ);
    write_atomically(&path, |part| {
        let fault = |e| Error::io(part, e);
        let file = BufWriter::new(File::create(part).map_err(fault)?);
        // Fast: a tenth of the time for a fifth more bytes.
        let mut gz = GzEncoder::new(file, Compression::fast());
        serde_json::to_writer(&mut gz, reading).map_err(|e| Error::io(part, e.into()))?;
        gz.finish().and_then(|mut file| file.flush()).map_err(fault)
    })
}

/// Reads the reading of a result.
///
/// # Errors
/// [`Error::Io`] if it cannot be read; [`Error::Malformed`] if it is not the one that the ledger names.
pub(super) fn read(folder: &Path, ledger: &Ledger) -> Result<SpecimenReading> {
    ledger.check_files(folder, &[READING_JSON_GZ])?;
    read_checked(folder)
}

/// Reads the reading of a result whose files were checked.
///
/// # Errors
/// [`Error::Io`] if it cannot be read; [`Error::Malformed`] if it is none of this version.
pub(super) fn read_checked(folder: &Path) -> Result<SpecimenReading> {
    let path = folder.join(READING_JSON_GZ);
    let file = File::open(&path).map_err(|e| Error::io(&path, e))?;
    let json = BufReader::new(GzDecoder::new(BufReader::new(file)).take(MAX_BYTES));
    serde_json::from_reader(json)
        .map_err(|e| Error::malformed(Location::file(&path), format!("no reading of this version: {e}")))
}

/// The digest of what a person reviews: the nuclei, signals and calls, and the assay. It does not depend on the run.
pub(super) fn digest_of_calls(reading: &SpecimenReading) -> Result<Digest> {
    Digest::of_json(&(&reading.name, &reading.assay, &reading.grounds.sex, &reading.fields))
}
