//! The regions of a specimen's fields, and the places of their nuclei.

use std::collections::BTreeSet;

use crate::analyse::FieldMeasurement;
use crate::error::{Error, Location, Result};
use crate::region::RegionPlace;

/// Names of the regions in which nuclei are counted, each once, in the order of the fields; `None` if the fields have none.
///
/// # Errors
/// [`Error::Undecided`] if some fields have regions and others have none, or if regions are in um and the pixel size is not
/// known.
pub(super) fn names(specimen: &str, fields: &[FieldMeasurement]) -> Result<Option<Vec<String>>> {
    let without: Vec<&str> = fields.iter().filter(|f| f.regions.is_none()).map(|f| f.name.as_str()).collect();
    if without.len() == fields.len() {
        return Ok(None);
    }
    if !without.is_empty() {
        return Err(Error::Undecided {
            location: Location::file(specimen),
            question: "some fields of the specimen have regions and others have none".to_owned(),
            found: format!("no regions for {}", without.join(", ")),
            remedy:
                "give regions for every field; those of a file without any area leave out the whole field"
                    .to_owned(),
        });
    }
    let (mut names, mut known) = (Vec::new(), BTreeSet::new());
    for (field, regions) in fields.iter().filter_map(|field| Some((field, field.regions.as_ref()?))) {
        regions.units_per_px(&field.name, field.pixel_size)?;
        let own = regions.names(&field.name).into_iter().filter(|name| known.insert(*name));
        names.extend(own.map(str::to_owned));
    }
    Ok(Some(names))
}

/// Where each nucleus of a field lies; `None` if the field has no regions.
///
/// # Errors
/// As [`crate::region::Regions::places`].
pub(super) fn places(field: &FieldMeasurement) -> Result<Option<Vec<RegionPlace>>> {
    let Some(regions) = &field.regions else { return Ok(None) };
    let nuclei = &field.segmentation.nuclei;
    let centroids: Vec<[f64; 2]> = nuclei.iter().map(|n| [n.centroid_y_px, n.centroid_x_px]).collect();
    regions.places(&field.name, field.pixel_size, &centroids).map(Some)
}
