//! Reads the spots of other programs.

mod columns;

use std::collections::HashMap;
use std::path::Path;

use super::channels::roles_of_name;
use crate::colour::{Colour, PerColour};
use crate::error::{Error, Location, Result};
use crate::field::ChannelRole;
use crate::limited::read_bytes;
use crate::rows::{Row, rows};
use crate::spot::SpotPlace;
use crate::units::PixelSize;
use columns::Columns;

/// Largest file of spots, bytes. `TrackMate` writes 300 bytes a spot, and a field has some thousands.
const MAX_BYTES: u64 = 1 << 28;

/// The spots of a file.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum SpotFile {
    /// No column names the channel: all spots are of one.
    OneChannel(Vec<SpotPlace>),
    /// A column names the channel of each spot.
    ByChannel(PerColour<Vec<SpotPlace>>),
}

/// Reads a file of spots (CSV: commas, semicolons or tabs) of a field of `size_px` rows and columns.
///
/// | columns, in any case | unit | written by |
/// |---|---|---|
/// | `y`, `x` | px | Spotiflow, RS-FISH, big-fish |
/// | `y_px`, `x_px` | px | this crate (`signals.csv`) |
/// | `y_um`, `x_um` | um | |
/// | `axis-0`, `axis-1`; of three axes the last two | px | U-FISH, napari |
/// | `POSITION_Y`, `POSITION_X` | as the row of units says: pixels, or um | `TrackMate` |
/// | no header: two columns are y, x; three are z, y, x | px | big-fish |
///
/// The centre of the first pixel is 0. A column `channel`, `colour`, `color`, `dye` or `probe` names the channel, such as `red`
/// or `SpectrumGreen`. All other columns are left aside: the crate measures height and noise itself.
///
/// # Errors
/// [`Error::Malformed`] names the file, and the columns that it has if no place is among them, or the row that holds no
/// place, a place outside of the field, or one that another row has too. [`Error::Undecided`] if rows are of several points in
/// time, if the unit is not known, or if it is um and the `pixel_size` is not known. [`Error::Io`] and [`Error::Limit`] as for
/// any file.
///
/// ```
/// use breakapart::SpotPlace;
/// use breakapart::io::{SpotFile, read_spots};
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("field_000_red.csv");
/// std::fs::write(&path, "y,x,intensity,probability\n12.5,40.25,310.0,0.98\n")?;
/// let spots = read_spots(&path, (64, 64), None)?;
/// assert_eq!(spots, SpotFile::OneChannel(vec![SpotPlace { y_px: 12.5, x_px: 40.25 }]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn read_spots(
    path: impl AsRef<Path>,
    size_px: (usize, usize),
    pixel_size: Option<PixelSize>,
) -> Result<SpotFile> {
    let path = path.as_ref();
    let location = Location::file(path);
    let bytes = read_bytes(path, MAX_BYTES)?;
    // Units may be in the letters of one country; places are digits.
    let (rows, fault) = rows(&String::from_utf8_lossy(&bytes));
    if let Some((line, error)) = fault {
        return Err(Error::malformed(location, format!("line {line}: no row of a table: {error}")));
    }
    if rows.is_empty() {
        // A program that found nothing may write not even a header.
        return Ok(SpotFile::OneChannel(Vec::new()));
    }
    let columns = Columns::find(&rows, &location)?;
    let px_in_unit = columns.px_in_unit(pixel_size, &location)?;
    let table = Table { location, columns, size_px, px_in_unit };
    let rows = rows.get(table.columns.first_row..).unwrap_or_default();
    table.check_one_time(rows)?;
    table.read(rows)
}

/// A table of spots whose columns are known.
struct Table {
    location: Location,
    columns: Columns,
    size_px: (usize, usize),
    /// Pixels in the unit of the places.
    px_in_unit: f64,
}

impl Table {
    fn fault(&self, row: &Row, problem: impl std::fmt::Display) -> Error {
        Error::malformed(self.location.clone(), format!("line {}: {problem}", row.line))
    }

    fn read(&self, rows: &[Row]) -> Result<SpotFile> {
        let mut all: Vec<(Option<Colour>, SpotPlace)> = Vec::with_capacity(rows.len());
        let mut lines: HashMap<(Option<Colour>, u64, u64), usize> = HashMap::with_capacity(rows.len());
        let is_named = self.names_channels(rows);
        for row in rows {
            let place = self.place(row)?;
            let colour = if is_named { Some(self.colour(row)?) } else { None };
            let key = (colour, (place.y_px + 0.0).to_bits(), (place.x_px + 0.0).to_bits());
            if let Some(line) = lines.insert(key, row.line) {
                let problem = format!("the spot of line {line} stands there again; list each spot once");
                return Err(self.fault(row, problem));
            }
            all.push((colour, place));
        }
        let of = |colour: Option<Colour>| {
            let own = all.iter().filter(|(other, _)| *other == colour);
            own.map(|(_, place)| *place).collect::<Vec<SpotPlace>>()
        };
        Ok(if is_named {
            SpotFile::ByChannel(PerColour::from_fn(|colour| of(Some(colour))))
        } else {
            SpotFile::OneChannel(of(None))
        })
    }

    /// Whether the file has a column that tells channels apart. One number in all rows tells nothing.
    fn names_channels(&self, rows: &[Row]) -> bool {
        let Some(column) = self.columns.channel else { return false };
        let mut cells = rows.iter().map(|row| cell(row, column));
        let first = cells.next().unwrap_or_default();
        colour_named(first).is_some() || !cells.all(|cell| cell == first)
    }

    fn colour(&self, row: &Row) -> Result<Colour> {
        let name = self.columns.channel.map_or("", |column| cell(row, column));
        colour_named(name).ok_or_else(|| {
            self.fault(row, format!("the channel `{name}` is neither red nor green; write `red` or `green`"))
        })
    }

    fn place(&self, row: &Row) -> Result<SpotPlace> {
        let number = |column: usize, axis: &str| {
            let text = cell(row, column);
            let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
            number.ok_or_else(|| {
                let problem = format!("{axis} is `{text}`; a place is a finite number with a point");
                self.fault(row, problem)
            })
        };
        let place = SpotPlace {
            y_px: self.px_in_unit * number(self.columns.y, "y")?,
            x_px: self.px_in_unit * number(self.columns.x, "x")?,
        };
        if place.lies_in(self.size_px) {
            return Ok(place);
        }
        let (height, width) = self.size_px;
        let problem = format!(
            "the spot at y = {}, x = {} px lies outside of the field of {height} x {width} px; y counts rows and x columns, \
             from 0",
            place.y_px, place.x_px
        );
        Err(self.fault(row, problem))
    }

    fn check_one_time(&self, rows: &[Row]) -> Result<()> {
        let Some(column) = self.columns.time else { return Ok(()) };
        let mut times: Vec<&str> = rows.iter().map(|row| cell(row, column)).collect();
        times.sort_unstable();
        times.dedup();
        match times.as_slice() {
            [] | [_] => Ok(()),
            times => Err(Error::Undecided {
                location: self.location.clone(),
                question: "the spots are of several points in time".to_owned(),
                found: format!("{} values in one column, such as {} and {}", times.len(), times[0], times[1]),
                remedy: "keep the rows of one".to_owned(),
            }),
        }
    }
}

fn cell(row: &Row, column: usize) -> &str {
    row.cells.get(column).map_or("", String::as_str)
}

fn colour_named(name: &str) -> Option<Colour> {
    match roles_of_name(name)?.as_slice() {
        [ChannelRole::Red] => Some(Colour::Red),
        [ChannelRole::Green] => Some(Colour::Green),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
