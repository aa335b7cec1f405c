//! How large the fields of a specimen are drawn.

use crate::analyse::FieldReading;

/// Median nucleus diameter on the overlay, px: room for a pattern of six letters. Fields whose nuclei are
/// smaller are drawn two, three or four times as large; none is drawn smaller than it is.
const READABLE_DIAMETER_PX: f64 = 50.0;
/// Largest enlargement.
const MAX_ENLARGEMENT: usize = 4;
/// Fields are not enlarged past this many pixels.
const MAX_ENLARGED_PX: usize = 1 << 25;

/// The enlargement of the fields of a specimen: one for all of them, so that nuclei can be compared between fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OverlayScale(usize);

impl OverlayScale {
    /// The scale for these fields: each pixel is a square of one to four, so that there is room for text in the median
    /// nucleus of all of them, as far as the largest field allows.
    pub fn of_fields<'f>(fields: impl IntoIterator<Item = &'f FieldReading>) -> Self {
        let fields: Vec<&FieldReading> = fields.into_iter().collect();
        let largest = fields.iter().map(|field| field.height_px.saturating_mul(field.width_px)).max();
        Self::of_pictures(&fields, largest.unwrap_or(0))
    }

    /// As [`Self::of_fields`], if fields are drawn in pictures of at most `largest` pixels.
    pub(crate) fn of_pictures(fields: &[&FieldReading], largest: usize) -> Self {
        let mut areas: Vec<usize> =
            fields.iter().flat_map(|field| &field.nuclei).map(|n| n.nucleus.area_px).collect();
        areas.sort_unstable();
        let Some(&median) = areas.get(areas.len() / 2) else { return Self(1) };
        let diameter = 2.0 * (median as f64 / std::f64::consts::PI).sqrt();
        let wanted = (READABLE_DIAMETER_PX / diameter.max(1.0)).ceil() as usize;
        let mut scale = wanted.clamp(1, MAX_ENLARGEMENT);
        while scale > 1 && largest.saturating_mul(scale * scale) > MAX_ENLARGED_PX {
            scale -= 1;
        }
        Self(scale)
    }

    /// Pixels of the overlay along one pixel of the field.
    #[must_use]
    pub fn factor(self) -> usize {
        self.0
    }
}
