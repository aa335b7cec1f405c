//! `nuclei.geojson` and `signals.geojson`: what was found, as objects that QuPath opens.
//!
//! A `FeatureCollection` by QuPath's rules: each object has a UUID as `id`, which is the same whenever the same nucleus is
//! written, so that QuPath finds it again; x before y, in pixels of the image as acquired, from the corner of the first pixel;
//! `objectType` `detection`; a class with its colour; measurements that are finite numbers, named as the columns of
//! `nuclei.csv` and `signals.csv`. One object stands on one line.

mod class;
mod feature;
mod outline;

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use uuid::Uuid;

use crate::analyse::{FieldReading, NucleusReading, SpecimenReading};
use crate::atomic::write_atomically;
use crate::classify::NucleusCall;
use crate::error::{Error, Location, Result};
use crate::report::fate::fates;
use class::{class_of_nucleus, class_of_signal};
use feature::{Feature, Geometry, Measurements, Properties};
use outline::polygons_of;

/// The name space of the ids.
const NAMESPACE_URL: &str = "https://github.com/breakapart/breakapart";
/// The centre of a pixel, from its corner.
const CENTRE_PX: f64 = 0.5;

/// Writes the nuclei of `field`, a field of `reading`, as QuPath's detections. The geometry is the exact outline of the label
/// along the edges of its pixels: outer ring first, then holes; a label in several pieces is a `MultiPolygon`.
///
/// ```
/// # let folder = std::env::temp_dir().join(format!("breakapart-geojson-{}", std::process::id()));
/// use breakapart::report::{write_nuclei_geojson, write_signals_geojson};
/// use breakapart::{Analyser, Assay, Field};
/// use ndarray::Array2;
/// let dark = || Array2::<u16>::from_elem((64, 64), 100);
/// let field = Field::new("field_000", dark(), dark(), dark())?;
/// let reading = Analyser::new(Assay::builtin("alk")?)?.analyse(&field)?;
/// for field in &reading.fields {
///     write_nuclei_geojson(folder.join(format!("{}.nuclei.geojson", field.name)), &reading, field)?;
///     write_signals_geojson(folder.join(format!("{}.signals.geojson", field.name)), &reading, field)?;
/// }
/// # std::fs::remove_dir_all(folder).unwrap();
/// # Ok::<(), breakapart::Error>(())
/// ```
///
/// # Errors
/// [`Error::InvalidParameter`] if the reading has no label image (one that was loaded has none), [`Error::Malformed`] if the
/// reading contradicts itself, [`Error::Io`] if the file cannot be written.
pub fn write_nuclei_geojson(
    path: impl AsRef<Path>,
    reading: &SpecimenReading,
    field: &FieldReading,
) -> Result<()> {
    let (height, width) = field.labels.dim();
    if (height, width) != (field.height_px, field.width_px) {
        return Err(Error::parameter(
            format!("size of the label image of field {}", field.name),
            format!("{height} x {width} px"),
            format!("{} x {} px, as the field", field.height_px, field.width_px),
        ));
    }
    fates(field)?;
    let features = field.nuclei.iter().map(|nucleus| of_nucleus(reading, field, nucleus));
    write(path.as_ref(), features)
}

/// Writes the signals of `field`, a field of `reading`, as QuPath's detections: points, those outside nuclei included.
///
/// # Errors
/// [`Error::Malformed`] if the reading contradicts itself or a place is no number, [`Error::Io`] if the file cannot be written.
pub fn write_signals_geojson(
    path: impl AsRef<Path>,
    reading: &SpecimenReading,
    field: &FieldReading,
) -> Result<()> {
    let fates = fates(field)?;
    let features = field.signals.iter().zip(fates).enumerate().map(|(index, (signal, fate))| {
        let number = index + 1;
        let Some(place) = feature::point([signal.x_px + CENTRE_PX, signal.y_px + CENTRE_PX]) else {
            let problem = format!("the place of signal {number} is no number");
            return Err(Error::malformed(location(field), problem));
        };
        Ok(Feature::new(
            id(reading, field, &format!("signal {number}")),
            Geometry::Point(place),
            Properties {
                name: number.to_string(),
                classification: class_of_signal(signal, fate.status),
                measurements: Measurements::of_signal(signal, number, fate, field.pixel_size),
            },
        ))
    });
    write(path.as_ref(), features)
}

fn of_nucleus(reading: &SpecimenReading, field: &FieldReading, own: &NucleusReading) -> Result<Feature> {
    let number = own.nucleus.id;
    let mut polygons = polygons_of(&field.labels, number, own.nucleus.bounding_box);
    let geometry = match (polygons.pop(), polygons.is_empty()) {
        (Some(only), true) => Geometry::Polygon(only),
        (Some(last), false) => {
            polygons.push(last);
            Geometry::MultiPolygon(polygons)
        }
        (None, _) => {
            let problem = format!("nucleus {number} has no pixel in the label image");
            return Err(Error::malformed(location(field), problem));
        }
    };
    Ok(Feature::new(
        nucleus_uuid(reading, field, number),
        geometry,
        Properties {
            name: nucleus_name(&own.call),
            classification: class_of_nucleus(&reading.assay.gene, &own.call),
            measurements: Measurements::of_nucleus(own, field.pixel_size),
        },
    ))
}

fn location(field: &FieldReading) -> Location {
    Location::default().at_key(format!("field {}", field.name))
}

/// The id of a nucleus as an object.
pub(crate) fn nucleus_uuid(reading: &SpecimenReading, field: &FieldReading, nucleus_id: u32) -> String {
    id(reading, field, &format!("nucleus {nucleus_id}"))
}

/// The name of a nucleus as an object: its number and its pattern.
pub(crate) fn nucleus_name(call: &NucleusCall) -> String {
    format!("{}: {}", call.nucleus_id, call.pattern)
}

/// The class of a nucleus as an object.
#[cfg(feature = "run")]
pub(crate) fn nucleus_class(gene: &str, call: &NucleusCall) -> String {
    class_of_nucleus(gene, call).name
}

/// The id of an object: made of its specimen, its field and its number, and nothing else.
fn id(reading: &SpecimenReading, field: &FieldReading, object: &str) -> String {
    let namespace = Uuid::new_v5(&Uuid::NAMESPACE_URL, NAMESPACE_URL.as_bytes());
    // The separator is in no name that a file system shows.
    let name = [reading.name.as_str(), field.name.as_str(), object].join("\u{1f}");
    Uuid::new_v5(&namespace, name.as_bytes()).to_string()
}

/// Writes features one by one: those of a slide take hundreds of megabytes together.
fn write(path: &Path, features: impl Iterator<Item = Result<Feature>>) -> Result<()> {
    write_atomically(path, |part| {
        let io = |e| Error::io(path, e);
        let mut file = BufWriter::new(File::create(part).map_err(io)?);
        file.write_all(b"{\"type\":\"FeatureCollection\",\"features\":[").map_err(io)?;
        for (i, feature) in features.enumerate() {
            file.write_all(if i == 0 { b"\n" } else { b",\n" }).map_err(io)?;
            serde_json::to_writer(&mut file, &feature?).map_err(|e| io(e.into()))?;
        }
        file.write_all(b"\n]}\n").and_then(|()| file.flush()).map_err(io)
    })
}
