//! Areas of a field in which nuclei are counted, drawn by a person: tumour areas.
//!
//! [`Regions::from_geojson`] reads them as QuPath exports them. [`FieldMeasurement::with_regions`] attaches them to a field
//! before its specimen is read. Nuclei outside stay in every table and take part in all estimates of the microscope; they are
//! not counted, with the reason [`Exclusion::OutsideRegion`].
//!
//! - The centroid of a nucleus decides. On an edge, half-open intervals decide: of two areas that share an edge one holds it.
//! - An area that excludes (`Exclude`, `Ignore*`: [`RegionOptions::exclude`]) takes nuclei out, whatever else holds them.
//! - A nucleus in several areas belongs to the first in the file.
//! - If no area of a file includes, all that is not excluded is inside.
//! - A feature with the property `field` belongs to the field of that name, one without it to every field that the file is
//!   attached to.
//!
//! ```
//! use breakapart::Location;
//! use breakapart::region::{RegionOptions, RegionPlace, Regions};
//! let text = r#"{"type": "FeatureCollection", "features": [{"type": "Feature",
//!     "geometry": {"type": "Polygon", "coordinates": [[[10, 10], [50, 10], [50, 30], [10, 30], [10, 10]]]},
//!     "properties": {"objectType": "annotation", "classification": {"name": "Tumor", "color": [200, 0, 0]}}}]}"#;
//! let regions = Regions::from_geojson(text, &Location::file("tumour.geojson"), &RegionOptions::default())?;
//! let places = regions.places("field_000", None, &[[20.0, 40.0], [40.0, 20.0]])?; // y, x
//! assert_eq!(places, [RegionPlace::Inside(Some("Tumor".to_owned())), RegionPlace::Outside]);
//! # Ok::<(), breakapart::Error>(())
//! ```
//!
//! [`FieldMeasurement::with_regions`]: crate::analyse::FieldMeasurement::with_regions
//! [`Exclusion::OutsideRegion`]: crate::classify::Exclusion::OutsideRegion

mod area;
mod document;
mod feature;
mod geometry;
mod note;
mod options;
mod place;
mod place_in_file;
mod polygon;
mod regions;

pub use note::RegionNote;
pub use options::{RegionOptions, RegionUnit};
pub use place::RegionPlace;
pub use regions::Regions;
