//! A CSV file from rows of text.

use std::path::Path;

use crate::atomic::write_bytes;
use crate::error::{Error, Result};

/// Writes a header and rows of the same width: comma-separated, quoted where needed, `\n` after each row.
pub(crate) fn write_table<const N: usize>(
    path: &Path,
    columns: &[&str; N],
    rows: &[[String; N]],
) -> Result<()> {
    write_rows(path, columns, rows)
}

/// As [`write_table`], with a width that is known only when it runs.
pub(crate) fn write_rows<C, R>(path: &Path, columns: &[C], rows: impl IntoIterator<Item = R>) -> Result<()>
where
    C: AsRef<[u8]>,
    R: IntoIterator<Item: AsRef<[u8]>>,
{
    let mut table = csv::WriterBuilder::new().from_writer(Vec::new());
    let failed = |e: csv::Error| Error::io(path, e.into());
    table.write_record(columns).map_err(failed)?;
    for row in rows {
        table.write_record(row).map_err(failed)?;
    }
    let bytes = table.into_inner().map_err(|e| Error::io(path, e.into_error()))?;
    write_bytes(path, &bytes)
}
