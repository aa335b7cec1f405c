//! Reads what other programs measured in a field.

use std::path::Path;

use crate::analyse::SuppliedMeasurements;
use crate::colour::{Colour, PerColour};
use crate::error::{Error, Location, Result};
use crate::field::Field;
use crate::io::{SpotFile, read_labels, read_spots};
use crate::run::plan::PlannedResult;
use crate::segment::Segmentation;
use crate::spot::SpotPlace;

/// Reads the nuclei and spots that are supplied for a field.
pub(super) fn read(planned: &PlannedResult, name: &str, field: &Field) -> Result<SuppliedMeasurements> {
    let mut supplied = SuppliedMeasurements::default();
    if let Some(files) = &planned.nuclei {
        supplied.nuclei = Some(nuclei(files.of_field(name)?, planned, field)?);
    }
    if let Some(files) = &planned.signals {
        let PerColour { red, green } = files.of_colours(name)?;
        supplied.signals.red = red.map(|file| spots(file, Colour::Red, field)).transpose()?;
        supplied.signals.green = green.map(|file| spots(file, Colour::Green, field)).transpose()?;
    }
    Ok(supplied)
}

fn nuclei(path: &Path, planned: &PlannedResult, field: &Field) -> Result<Segmentation> {
    let labels = read_labels(path, &planned.reading)?;
    let ((height, width), (h, w)) = (labels.dim(), field.dim());
    if (height, width) != (h, w) {
        let problem = format!("a label image of {height} x {width} px; its field has {h} x {w} px");
        return Err(Error::malformed(Location::file(path), problem));
    }
    Segmentation::from_labels(labels, field.counterstain.view())
}

/// The spots of a colour in a file of that colour, or of both.
fn spots((path, is_of_both): (&Path, bool), colour: Colour, field: &Field) -> Result<Vec<SpotPlace>> {
    let undecided = |question: &str, found: &str, remedy: &str| Error::Undecided {
        location: Location::file(path),
        question: question.to_owned(),
        found: found.to_owned(),
        remedy: remedy.to_owned(),
    };
    match (read_spots(path, field.dim(), field.pixel_size)?, is_of_both) {
        (SpotFile::OneChannel(spots), false) => Ok(spots),
        (SpotFile::OneChannel(spots), true) if spots.is_empty() => Ok(spots),
        (SpotFile::OneChannel(_), true) => Err(undecided(
            "the channel of the spots is not known",
            "no channel in the name of the file, and no column that tells channels apart",
            "name a file for each, such as FIELD_red.csv and FIELD_green.csv, or add a column `channel`",
        )),
        (SpotFile::ByChannel(mut spots), true) => Ok(std::mem::take(&mut spots[colour])),
        (SpotFile::ByChannel(mut spots), false) if spots[colour.other()].is_empty() => {
            Ok(std::mem::take(&mut spots[colour]))
        }
        (SpotFile::ByChannel(_), false) => Err(undecided(
            &format!("the name of the file says {colour}, and its column of channels names others too"),
            colour.other().name(),
            "leave the channel out of the name, or keep the rows of one channel",
        )),
    }
}
