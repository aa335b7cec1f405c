//! The crops of slides: of the first nuclei in the order of review, cut after the reading.

use std::collections::{BTreeMap, BTreeSet};

use crate::analyse::{ReviewItem, SpecimenReading};
use crate::error::Result;
use crate::report::FieldCrops;
use crate::run::pictures::ReadField;

/// Most nuclei of the slides of a specimen that have a crop. Range: any. A person looks at some hundreds, those that matter come
/// first, and the page has 4 kB for each. Default chosen for this crate.
pub(super) const MAX_CROPS: usize = 2000;

/// The crops of the slides among some fields.
pub(super) fn cut(reading: &SpecimenReading, fields: &[ReadField<'_>]) -> Result<Vec<FieldCrops>> {
    let slides: Vec<Option<&ReadField<'_>>> = (reading.fields.iter())
        .map(|of| fields.iter().find(|field| field.slide.is_some() && field.reading.name == of.name))
        .collect();
    if slides.iter().all(Option::is_none) {
        return Ok(Vec::new());
    }
    let chosen = first(&reading.review_order(), |field| slides[field].is_some(), MAX_CROPS);
    let mut crops = Vec::new();
    for (place, field) in slides.into_iter().enumerate() {
        let Some(ReadField { slide: Some(slide), reading, .. }) = field else { continue };
        let chosen = chosen.get(&place).cloned().unwrap_or_default();
        let nuclei: Vec<_> = chosen.into_iter().map(|i| &reading.nuclei[i].nucleus).collect();
        let cut = FieldCrops::cut_slide(*slide, &reading.labels, &nuclei)?;
        slide.forget_pixels();
        crops.push(FieldCrops { field: reading.name.clone(), ..cut });
    }
    Ok(crops)
}

/// The first nuclei of slides, at most so many: their places by that of their field, in the order of the field.
fn first(
    order: &[ReviewItem],
    is_slide: impl Fn(usize) -> bool,
    most: usize,
) -> BTreeMap<usize, BTreeSet<usize>> {
    let mut chosen: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    for item in order.iter().filter(|item| is_slide(item.field)).take(most) {
        chosen.entry(item.field).or_default().insert(item.nucleus);
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyse::ReviewReason;

    #[test]
    fn the_first_nuclei_of_slides_have_crops() {
        let item = |(field, nucleus)| ReviewItem {
            field,
            nucleus,
            reason: ReviewReason::Counted,
            probability_wrong: 0.0,
        };
        // Field 0 is no slide.
        let order = [(1, 7), (0, 1), (2, 3), (1, 2), (2, 0)].map(item);
        let chosen = |most| -> Vec<(usize, Vec<usize>)> {
            let chosen = first(&order, |field| field > 0, most);
            chosen.into_iter().map(|(field, nuclei)| (field, nuclei.into_iter().collect())).collect()
        };
        assert_eq!(chosen(0), []);
        assert_eq!(chosen(3), [(1, vec![2, 7]), (2, vec![3])]);
        assert_eq!(chosen(9), [(1, vec![2, 7]), (2, vec![0, 3])]);
    }
}
