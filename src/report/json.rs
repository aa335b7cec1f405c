//! JSON for people and programs: indented, keys in the order of the types.

use std::io;
use std::path::Path;

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter};

use crate::atomic::write_bytes;
use crate::error::{Error, Result};

/// Decimals of results. Further digits would be noise, and may differ between machines.
const RESULT_DECIMALS: i32 = 6;

/// Writes results: floats rounded to [`RESULT_DECIMALS`].
pub(crate) fn write_results(path: &Path, value: &impl Serialize) -> Result<()> {
    write_bytes(path, &results_bytes(path, value)?)
}

/// The bytes that [`write_results`] writes; `path` is for the message of an error.
pub(super) fn results_bytes(path: &Path, value: &impl Serialize) -> Result<Vec<u8>> {
    bytes_by(path, value, Rounding(PrettyFormatter::new()))
}

/// Writes settings: every digit kept, so that a run can be repeated from them.
#[cfg(any(feature = "run", test))]
pub(crate) fn write_exactly(path: &Path, value: &impl Serialize) -> Result<()> {
    write_bytes(path, &exact_bytes(path, value)?)
}

/// The bytes that [`write_exactly`] writes; `path` is for the message of an error.
#[cfg(any(feature = "run", test))]
pub(super) fn exact_bytes(path: &Path, value: &impl Serialize) -> Result<Vec<u8>> {
    bytes_by(path, value, PrettyFormatter::new())
}

fn bytes_by(path: &Path, value: &impl Serialize, formatter: impl Formatter) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, formatter);
    value.serialize(&mut serializer).map_err(|e| Error::io(path, e.into()))?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// Indented JSON with rounded floats.
struct Rounding<'a>(PrettyFormatter<'a>);

impl Formatter for Rounding<'_> {
    fn write_f64<W: ?Sized + io::Write>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        let scale = 10_f64.powi(RESULT_DECIMALS);
        let rounded = (value * scale).round() / scale;
        // Adding zero turns -0.0 to 0.0; values past the range of the scale stay as they are.
        CompactFormatter.write_f64(writer, if rounded.is_finite() { rounded + 0.0 } else { value })
    }

    fn begin_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_array(writer)
    }

    fn end_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object(writer)
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(writer, first)
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_value(writer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_rounded_and_settings_are_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.json");
        let value = [1.0 / 3.0, -1e-9, 2.0, 1e300, f64::NAN];
        write_results(&path, &value).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text, "[\n  0.333333,\n  0.0,\n  2.0,\n  1e+300,\n  null\n]\n");
        write_exactly(&path, &value[0]).unwrap();
        assert!(std::fs::read_to_string(&path).unwrap().contains("0.3333333333333333"));
    }
}
