//! Step 1: nuclei in the counterstain.
//!
//! The image is cut at many levels. Every connected region at every cut is a candidate. So is every part of a
//! region between the necks of its shape. The candidates form a tree. A learned score estimates how well each
//! overlaps with a true nucleus, and the best disjoint set is chosen. Gain, offset and uneven illumination of the
//! image have no influence, because cuts are local to a region's place in the tree. The program `train_nuclei`
//! fits the score and cross-validates it.
//!
//! Nuclei of another program come in by [`Segmentation::from_labels`].

mod candidate;
mod choice;
mod context;
mod crop;
mod ensemble;
mod features;
mod forest;
mod measure;
mod necks;
mod nesting;
mod note;
mod nucleus;
mod outline_samples;
mod overlap;
mod params;
mod plan;
mod proposal;
mod propose;
mod refine;
mod residual_regions;
mod scale;
mod score;
mod second_pass;
mod split;
mod supplied;
mod working_image;

pub use note::SegmentNote;
pub use nucleus::{BoundingBox, Nucleus, Segmentation};
pub use params::SegmentParams;
pub(crate) use plan::SegmentPlan;
pub use proposal::Proposals;
pub use score::{BoostedTrees, ScoreModel, Tree};

use crate::error::Result;
use crate::field::PlaneView;
use crate::units::PixelSize;

/// Finds the nuclei of a counterstain plane. An image without contrast gives no nucleus and a note.
///
/// # Errors
/// [`crate::Error::InvalidParameter`] if a parameter is out of range, [`crate::Error::Malformed`] if a sample is not a finite
/// number.
///
/// ```
/// use breakapart::PlaneView;
/// use breakapart::segment::{SegmentParams, segment};
/// use ndarray::Array2;
/// // Two bright discs of 30 px on a dark ground.
/// let image = Array2::from_shape_fn((128, 128), |(y, x)| {
///     let near = |cy: f64, cx: f64| (y as f64 - cy).hypot(x as f64 - cx) < 15.0;
///     if near(40.0, 40.0) || near(85.0, 90.0) { 2000_u16 } else { 100 }
/// });
/// let found = segment(PlaneView::from(&image), None, &SegmentParams::default())?;
/// assert_eq!(found.nuclei.len(), 2);
/// assert_eq!(found.nucleus_at(40.0, 40.0), 1);
/// # Ok::<(), breakapart::Error>(())
/// ```
pub fn segment(
    counterstain: PlaneView<'_>,
    pixel_size: Option<PixelSize>,
    params: &SegmentParams,
) -> Result<Segmentation> {
    segment_with(counterstain, pixel_size, params, ScoreModel::built_in()?)
}

/// As [`segment`], with a score of your own.
///
/// # Errors
/// [`crate::Error::InvalidParameter`] if a parameter is out of range, [`crate::Error::Malformed`] if a sample is not a finite
/// number.
pub fn segment_with(
    counterstain: PlaneView<'_>,
    pixel_size: Option<PixelSize>,
    params: &SegmentParams,
    model: &ScoreModel,
) -> Result<Segmentation> {
    counterstain.check_finite("counterstain")?;
    let proposals = Proposals::new(counterstain, pixel_size, params)?;
    Ok(nuclei(counterstain, proposals, params, model, |_, _| {}))
}

/// As [`segment`], with the plan for other parts of the same picture; no plan if it shows nothing.
pub(crate) fn segment_and_plan(
    counterstain: PlaneView<'_>,
    pixel_size: Option<PixelSize>,
    params: &SegmentParams,
) -> Result<(Segmentation, Option<SegmentPlan>)> {
    counterstain.check_finite("counterstain")?;
    let model = ScoreModel::built_in()?;
    let proposals = Proposals::new(counterstain, pixel_size, params)?;
    let mut plan = None;
    let make = |first: &Proposals, second: &mut Proposals| plan = first.plan(second, model);
    let found = nuclei(counterstain, proposals, params, model, make);
    Ok((found, plan))
}

/// Finds the nuclei of a part of a larger picture.
pub(crate) fn segment_part(
    counterstain: PlaneView<'_>,
    plan: &SegmentPlan,
    params: &SegmentParams,
) -> Result<Segmentation> {
    counterstain.check_finite("counterstain")?;
    let proposals = Proposals::in_part(counterstain, plan);
    let follow = |_: &Proposals, second: &mut Proposals| second.usual = Some(plan.second.clone());
    Ok(nuclei(counterstain, proposals, params, ScoreModel::built_in()?, follow))
}

/// Decides which candidates are nuclei. `between` sees those of the first pass, and those of the second before they are scored.
fn nuclei(
    counterstain: PlaneView<'_>,
    mut proposals: Proposals,
    params: &SegmentParams,
    model: &ScoreModel,
    between: impl FnOnce(&Proposals, &mut Proposals),
) -> Segmentation {
    let mut scores = proposals.final_scores(model);
    let mut chosen = proposals.choose(&scores, params.min_score);
    let mut second = proposals.second_pass(&chosen);
    between(&proposals, &mut second);
    let further = second.scores_of_second_pass(&model.alone, &model.second_pass);
    let first = proposals.len();
    let min_score = params.min_score + second_pass::ADDED_TO_MIN_SCORE;
    chosen.extend(second.choose(&further, min_score).into_iter().map(|i| first + i));
    scores.extend(further);
    proposals.join(second);
    let overlapping = proposals.overlapping(&chosen);
    let mut pixels = proposals.full_resolution(&chosen);
    refine::clip(&mut pixels, counterstain.dim());
    let order = refine::put_in_order(&mut pixels);
    let labels = refine::paint(&pixels, counterstain.dim());
    let mut nuclei = measure::measure(&pixels, counterstain);
    for (nucleus, &i) in nuclei.iter_mut().zip(&order) {
        nucleus.score = f64::from(scores[chosen[i]]);
        nucleus.overlapping = overlapping[i];
    }
    let mut notes = std::mem::take(&mut proposals.notes);
    if nuclei.is_empty() && notes.is_empty() {
        notes.push(SegmentNote::NoNucleus);
    }
    let diameter_px = proposals.diameter_px().filter(|_| !nuclei.is_empty());
    Segmentation { labels, nuclei, diameter_px, notes }
}

#[cfg(test)]
mod tests;
