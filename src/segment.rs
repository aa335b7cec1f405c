//! Step 1: nuclei in the counterstain.
//!
//! The image is cut at many levels. Every connected region at every cut is a candidate, and so is every part
//! that a region falls into at the necks of its shape: a tree of regions. A learned score says of each how
//! well it is expected to overlap with a true nucleus, and the best disjoint set is taken. Nothing depends on
//! the image's gain, offset, or evenness of illumination, for cuts are local to each region's place in the
//! tree. The score is fitted by the program `tools/train_nuclei`, which also cross-validates it.

mod candidate;
mod choice;
mod context;
mod crop;
mod ensemble;
mod features;
mod measure;
mod necks;
mod nesting;
mod nucleus;
mod outline_samples;
mod overlap;
mod params;
mod proposal;
mod refine;
mod remainder;
mod remaining;
mod scale;
mod score;
mod split;
mod working_image;

pub use nucleus::{BoundingBox, Nucleus, Segmentation};
pub use params::SegmentParams;
pub use proposal::Proposals;
pub use score::{BoostedTrees, ScoreModel, Tree};

use crate::error::Result;
use crate::field::PlaneView;
use crate::units::PixelSize;

/// Finds the nuclei of a counterstain plane. An image without contrast gives no nucleus and a warning.
///
/// # Errors
/// [`crate::Error::InvalidParameter`] if a parameter is out of range.
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
/// [`crate::Error::InvalidParameter`] if a parameter is out of range.
pub fn segment_with(
    counterstain: PlaneView<'_>,
    pixel_size: Option<PixelSize>,
    params: &SegmentParams,
    model: &ScoreModel,
) -> Result<Segmentation> {
    let mut proposals = Proposals::new(counterstain, pixel_size, params)?;
    let mut scores = proposals.final_scores(model);
    let mut chosen = proposals.choose(&scores, params.minimum_score);
    let remaining = proposals.remaining(&chosen);
    let further = remaining.scores_of_remaining(&model.alone, &model.remaining);
    let first = proposals.len();
    let least = params.minimum_score + remaining::MORE_THAN_MINIMUM;
    chosen.extend(remaining.choose(&further, least).into_iter().map(|i| first + i));
    scores.extend(further);
    proposals.join(remaining);
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
    let mut warnings = std::mem::take(&mut proposals.warnings);
    if nuclei.is_empty() && warnings.is_empty() {
        warnings.push("no region of the counterstain looks like a nucleus".into());
    }
    let diameter_px = proposals.diameter_px().filter(|_| !nuclei.is_empty());
    Ok(Segmentation { labels, nuclei, diameter_px, warnings })
}
