//! The regions of one file.

use std::collections::BTreeSet;
use std::path::Path;

use super::area::Area;
use super::document;
use super::note::RegionNote;
use super::options::{RegionOptions, RegionUnit};
use super::place::RegionPlace;
use super::polygon::Points;
use crate::error::{Error, Location, Result};
use crate::limited::read_text;
use crate::units::PixelSize;

/// Maximum size of a file of regions, bytes. 5,000 areas of 1,000 points each have about 0.1 GB.
const MAX_FILE_BYTES: u64 = 1 << 30;

/// The areas of one file, with the rules of [the module](crate::region).
#[derive(Debug, Clone, PartialEq)]
pub struct Regions {
    areas: Vec<Area>,
    notes: Vec<RegionNote>,
    unit: RegionUnit,
    location: Location,
}

impl Regions {
    /// Regions from GeoJSON text: a `FeatureCollection`, one `Feature`, a list of features, or a bare geometry. Areas are
    /// `Polygon`, `MultiPolygon` and collections of these; [`Regions::notes`] names the features that are not used.
    /// `location` is where the text came from, for messages.
    ///
    /// A region has the name of its annotation (`properties.name`); without one, the name of its class
    /// (`properties.classification`); without either, `region` and its number. Regions of one name are reported together.
    ///
    /// ```
    /// use breakapart::Location;
    /// use breakapart::region::{RegionOptions, Regions};
    /// let open = r#"{"type": "Polygon", "coordinates": [[[0, 0], [9, 0], [9, 9], [0, 9]]]}"#;
    /// let error = Regions::from_geojson(open, &Location::file("a.geojson"), &RegionOptions::default()).unwrap_err();
    /// assert!(error.to_string().starts_with("a.geojson: feature 1, ring 1: found an open ring"), "{error}");
    /// ```
    ///
    /// # Errors
    /// [`Error::Malformed`] naming the feature, what was found and what is allowed: no JSON, no GeoJSON, a polygon without a
    /// ring, a ring that is open or has fewer than 3 points, a coordinate that is no number or out of range.
    pub fn from_geojson(text: &str, location: &Location, options: &RegionOptions) -> Result<Self> {
        let (areas, mut notes) = document::read(text, location, options)?;
        if areas.is_empty() {
            notes.push(RegionNote::Empty);
        }
        Ok(Self { areas, notes, unit: options.unit, location: location.clone() })
    }

    /// Regions from a GeoJSON file.
    ///
    /// # Errors
    /// [`Error::Io`] if the file cannot be read or is no text, [`Error::Limit`] if it has more than 1 GiB, otherwise as
    /// [`Regions::from_geojson`].
    pub fn read(path: impl AsRef<Path>, options: &RegionOptions) -> Result<Self> {
        let path = path.as_ref();
        let text = read_text(path, MAX_FILE_BYTES)?;
        Self::from_geojson(&text, &Location::file(path), options)
    }

    /// Facts that the user of the file should know.
    #[must_use]
    pub fn notes(&self) -> &[RegionNote] {
        &self.notes
    }

    /// Unit of the coordinates.
    #[must_use]
    pub fn unit(&self) -> RegionUnit {
        self.unit
    }

    /// Number of areas, those that exclude included.
    #[must_use]
    pub fn areas(&self) -> usize {
        self.areas.len()
    }

    /// Names of the regions in which nuclei of a field are counted, each once, in the order of the file.
    #[must_use]
    pub fn names(&self, field: &str) -> Vec<&str> {
        let mut known = BTreeSet::new();
        let own = self.areas.iter().filter(|area| !area.excludes && area.is_of(field));
        own.map(|area| area.name.as_str()).filter(|name| known.insert(*name)).collect()
    }

    /// Checks that every area that names a field (`properties.field`) names one of these: all fields of the specimen, those
    /// that could not be read included.
    ///
    /// # Errors
    /// [`Error::UnknownName`] with the name and the one that was probably meant.
    pub fn check_fields(&self, fields: &[&str]) -> Result<()> {
        let named = self.areas.iter().filter_map(|area| area.field.as_deref());
        match named.into_iter().find(|name| !fields.contains(name)) {
            Some(name) => {
                let kind = format!("field, as named in {},", self.location);
                Err(Error::unknown(&kind, name, fields.iter().copied()))
            }
            None => Ok(()),
        }
    }

    /// Where each place of a field lies. Places are (y, x), px; the centre of the first pixel is (0, 0).
    ///
    /// # Errors
    /// [`Error::Undecided`] if the unit is um and the pixel size is not known.
    pub fn places(
        &self,
        field: &str,
        pixel_size: Option<PixelSize>,
        places_px: &[[f64; 2]],
    ) -> Result<Vec<RegionPlace>> {
        let scale = self.units_per_px(field, pixel_size)?;
        // The origin of the file is the corner of the first pixel.
        let points = Points::new(places_px.iter().map(|place| place.map(|v| (v + 0.5) * scale)));
        let only_excludes = !self.areas.is_empty() && self.areas.iter().all(|area| area.excludes);
        let mut first: Vec<Option<&str>> = vec![None; places_px.len()];
        let mut excluded = vec![false; places_px.len()];
        for area in self.areas.iter().filter(|area| area.is_of(field)) {
            for polygon in &area.polygons {
                polygon.for_each_inside(&points, |i| {
                    if area.excludes {
                        excluded[i] = true;
                    } else {
                        first[i].get_or_insert(&area.name);
                    }
                });
            }
        }
        let place = |(name, excluded): (Option<&str>, bool)| match name {
            _ if excluded => RegionPlace::Outside,
            None if !only_excludes => RegionPlace::Outside,
            name => RegionPlace::Inside(name.map(str::to_owned)),
        };
        Ok(first.into_iter().zip(excluded).map(place).collect())
    }

    /// Units of the file for a pixel of a field.
    ///
    /// # Errors
    /// As [`Regions::places`].
    pub(crate) fn units_per_px(&self, field: &str, pixel_size: Option<PixelSize>) -> Result<f64> {
        match (self.unit, pixel_size) {
            (RegionUnit::Px, _) => Ok(1.0),
            (RegionUnit::Um, Some(size)) => Ok(size.um()),
            (RegionUnit::Um, None) => Err(Error::Undecided {
                location: self.location.clone(),
                question: format!("the regions are in um, which needs the pixel size of the field {field}"),
                found: "no pixel size".to_owned(),
                remedy: "state the pixel size in micrometres, or give the regions in pixels".to_owned(),
            }),
        }
    }
}
