//! Which columns of a table hold the places of spots, and in which unit.

use crate::error::{Error, Location, Result};
use crate::rows::Row;
use crate::units::PixelSize;

/// Names of the columns of a place, rows first, lower case, and their unit.
const PLACES: [([&str; 2], Unit); 4] = [
    (["y_px", "x_px"], Unit::Px),
    (["y_um", "x_um"], Unit::Um),
    (["position_y", "position_x"], Unit::Stated),
    (["y", "x"], Unit::Px),
];
/// The same in arrays of three axes and of two.
const AXES: [[&str; 2]; 2] = [["axis-1", "axis-2"], ["axis-0", "axis-1"]];
/// Names of columns that tell channels apart, lower case. RS-FISH's `c` is not among them: it counts the channels of a file.
const CHANNEL: [&str; 5] = ["channel", "colour", "color", "dye", "probe"];
/// Names of columns that count points in time, lower case.
const TIME: [&str; 2] = ["frame", "t"];
/// Rows below the header that say more about the columns: `TrackMate` writes names, short names and units.
const MAX_HEADER_ROWS: usize = 4;

/// For messages.
const ACCEPTED: &str =
    "y,x or y_px,x_px (px), y_um,x_um (um), axis-0,axis-1 (px), POSITION_Y,POSITION_X with a row of units";

/// The unit of places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Px,
    Um,
    /// A row below the header says it.
    Stated,
}

/// Columns of a table, by number from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Columns {
    pub(super) y: usize,
    pub(super) x: usize,
    pub(super) channel: Option<usize>,
    pub(super) time: Option<usize>,
    unit: Unit,
    /// The first row below the header.
    pub(super) first_row: usize,
}

impl Columns {
    /// The columns of a table of at least one row.
    pub(super) fn find(rows: &[Row], location: &Location) -> Result<Self> {
        let header = rows.first().map_or(&[][..], |row| &row.cells);
        if header.iter().all(|cell| cell.parse::<f64>().is_ok()) {
            return Self::without_header(header.len(), location);
        }
        let names: Vec<String> = header.iter().map(|name| name.to_lowercase()).collect();
        let column = |name: &str| names.iter().position(|own| own == name);
        let pair = |[y, x]: [&str; 2]| Some((column(y)?, column(x)?));
        let named = PLACES.iter().find_map(|&(names, unit)| Some((pair(names)?, unit)));
        let found = named.or_else(|| AXES.iter().find_map(|&names| Some((pair(names)?, Unit::Px))));
        let Some(((y, x), unit)) = found else {
            let problem = format!(
                "no column holds the places of spots; it has {}; accepted are {ACCEPTED}, in any case",
                header.join(", ")
            );
            return Err(Error::malformed(location.clone(), problem));
        };
        let any = |names: &[&str]| names.iter().find_map(|name| column(name));
        let columns = Self { y, x, channel: any(&CHANNEL), time: any(&TIME), unit, first_row: 1 };
        if unit == Unit::Stated { columns.with_stated_unit(rows, location) } else { Ok(columns) }
    }

    fn without_header(columns: usize, location: &Location) -> Result<Self> {
        let y = match columns {
            2 => 0,
            3 => 1,
            _ => {
                let problem = format!(
                    "{columns} columns without a header; without one, two are y,x and three z,y,x; with one, accepted are {ACCEPTED}"
                );
                return Err(Error::malformed(location.clone(), problem));
            }
        };
        Ok(Self { y, x: y + 1, channel: None, time: None, unit: Unit::Px, first_row: 0 })
    }

    /// The unit in brackets in the last row before the numbers.
    fn with_stated_unit(self, rows: &[Row], location: &Location) -> Result<Self> {
        let cell = |row: &Row| row.cells.get(self.x).cloned().unwrap_or_default();
        let is_words = |row: &&Row| cell(row).parse::<f64>().is_err();
        let below = rows.iter().skip(1).take(MAX_HEADER_ROWS).take_while(is_words).count();
        let first_row = 1 + below;
        let stated = rows.get(below).filter(|_| below > 0).map(cell).unwrap_or_default();
        let unit = match stated.trim_matches(['(', ')']).to_lowercase().as_str() {
            "pixel" | "pixels" | "px" => Unit::Px,
            // The letter for micro in UTF-8, in either form, or lost.
            "micron" | "microns" | "um" | "\u{b5}m" | "\u{3bc}m" | "\u{fffd}m" | "micrometer"
            | "micrometers" | "micrometre" | "micrometres" => Unit::Um,
            other => {
                let found = if other.is_empty() { "no row of units".to_owned() } else { stated.clone() };
                return Err(Error::Undecided {
                    location: location.clone(),
                    question: "the unit of POSITION_X and POSITION_Y is not known".to_owned(),
                    found,
                    remedy: "export with the units (pixel) or (micron), or name the columns y_px,x_px or y_um,x_um"
                        .to_owned(),
                });
            }
        };
        Ok(Self { unit, first_row, ..self })
    }

    /// Pixels in the unit of the places.
    pub(super) fn px_in_unit(&self, pixel_size: Option<PixelSize>, location: &Location) -> Result<f64> {
        match (self.unit, pixel_size) {
            (Unit::Px | Unit::Stated, _) => Ok(1.0),
            (Unit::Um, Some(size)) => Ok(size.um_to_px(1.0)),
            (Unit::Um, None) => Err(Error::Undecided {
                location: location.clone(),
                question: "the places are in um, and the pixel size of the field is not known".to_owned(),
                found: "no pixel size".to_owned(),
                remedy: "state it, such as --pixel-size 0.1".to_owned(),
            }),
        }
    }
}
