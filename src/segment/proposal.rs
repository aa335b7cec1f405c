//! Candidates of one image with their features: segmentation and the fitting of the score share them.

use std::sync::Arc;

use ndarray::{Array2, ArrayView2};
use rayon::prelude::*;

use crate::error::Result;
use crate::field::PlaneView;
use crate::kernel::run::Run;
use crate::segment::candidate::Candidate;
use crate::segment::choice::choose;
use crate::segment::context::{self, Usual};
use crate::segment::ensemble::{self, Ensemble};
use crate::segment::features::{self, RowSums, features};
use crate::segment::nesting::nesting;
use crate::segment::note::SegmentNote;
use crate::segment::overlap::overlapping;
use crate::segment::params::{DIAMETER_RANGE_PX, SegmentParams};
use crate::segment::plan::SegmentPlan;
use crate::segment::propose::{MAX_HOLE, MIN_SPLIT_AREA, candidates};
use crate::segment::refine;
use crate::segment::scale::typical_diameter_px;
use crate::segment::score::{BoostedTrees, ScoreModel};
use crate::segment::working_image::WorkingImage;
use crate::units::PixelSize;

/// Candidate regions of one image and their features, for fitting the score.
///
/// ```
/// use breakapart::PlaneView;
/// use breakapart::segment::{Proposals, SegmentParams};
/// use ndarray::Array2;
/// // A bright disc of 24 px on a dark ground.
/// let disc = Array2::from_shape_fn((96, 96), |(y, x)| {
///     if (y as f64 - 47.0).hypot(x as f64 - 50.0) < 12.0 { 180_u8 } else { 10 }
/// });
/// let proposals = Proposals::new(PlaneView::from(&disc), None, &SegmentParams::default())?;
/// assert!(proposals.len() > 0);
/// assert_eq!(proposals.features().len(), proposals.len());
/// # Ok::<(), breakapart::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct Proposals {
    pub(super) dim: (usize, usize),
    pub(super) image: Option<Arc<WorkingImage>>,
    pub(super) candidates: Vec<Candidate>,
    /// Sums along the rows of the image.
    pub(super) sums: Option<Arc<RowSums>>,
    pub(super) features: Vec<[f32; features::COUNT]>,
    pub(super) brightness: Vec<f32>,
    /// Typical values of the nuclei of the first pass; in the first pass, of the best of these.
    pub(super) usual: Option<Usual>,
    pub(super) notes: Vec<SegmentNote>,
}

impl Proposals {
    /// Seeks candidates in a counterstain plane.
    ///
    /// # Errors
    /// [`crate::Error::InvalidParameter`] if a parameter is out of range.
    pub fn new(plane: PlaneView<'_>, pixel_size: Option<PixelSize>, params: &SegmentParams) -> Result<Self> {
        params.validate()?;
        let mut out = Self { dim: plane.dim(), ..Self::default() };
        if plane.dim().0 == 0 || plane.dim().1 == 0 {
            out.notes.push(SegmentNote::EmptyPlane);
            return Ok(out);
        }
        let Some(diameter_px) = out.diameter(plane, pixel_size, params) else {
            out.notes.push(SegmentNote::NothingStandsOut);
            return Ok(out);
        };
        let Some(image) = WorkingImage::new(plane, diameter_px) else {
            out.notes.push(SegmentNote::NoContrast);
            return Ok(out);
        };
        out.seek(image);
        Ok(out)
    }

    /// Seeks candidates in a part of a larger picture.
    pub(super) fn in_part(plane: PlaneView<'_>, plan: &SegmentPlan) -> Self {
        let mut out = Self { dim: plane.dim(), usual: Some(plan.first.clone()), ..Self::default() };
        out.seek(WorkingImage::with_levels(plane, plan.diameter_px, plan.levels.clone()));
        out
    }

    /// The plan for other parts of the same picture, from these candidates and those of the second pass; `None` if it shows
    /// nothing.
    pub(super) fn plan(&self, second: &Self, model: &ScoreModel) -> Option<SegmentPlan> {
        let image = self.image.as_ref()?;
        let alone = self.score(&model.alone, &self.features);
        let first = context::usual_of_first(&self.candidates, &self.features, &self.brightness, &alone);
        Some(SegmentPlan {
            diameter_px: self.diameter_px()?,
            levels: image.levels_of_picture(),
            second: second.usual.clone().unwrap_or_else(|| first.clone()),
            first,
        })
    }

    fn seek(&mut self, image: WorkingImage) {
        self.candidates = candidates(&image, MAX_HOLE, MIN_SPLIT_AREA);
        self.measure(&image, Arc::new(RowSums::new(&image)));
        self.image = Some(Arc::new(image));
    }

    /// Measures features and brightness of every candidate.
    fn measure(&mut self, image: &WorkingImage, sums: Arc<RowSums>) {
        (self.features, self.brightness) = self
            .candidates
            .par_iter()
            .zip(nesting(&self.candidates, image))
            .map_init(features::Workspace::default, |workspace, (c, n)| {
                if c.eligible {
                    features(c, &n, image, &sums, workspace)
                } else {
                    ([0.0; features::COUNT], 0.0)
                }
            })
            .unzip();
        self.sums = Some(sums);
    }

    /// The same in the image of other candidates, whose sums serve again.
    pub(super) fn measure_beside(&mut self, others: &Self) {
        if let (Some(image), Some(sums)) = (&others.image, &others.sums) {
            self.measure(image, Arc::clone(sums));
            self.image = Some(Arc::clone(image));
        }
    }

    /// The typical diameter: as supplied, or estimated and limited to the plausible ones.
    fn diameter(
        &mut self,
        plane: PlaneView<'_>,
        pixel_size: Option<PixelSize>,
        params: &SegmentParams,
    ) -> Option<f64> {
        if params.diameter_px.is_some() {
            return params.diameter_px;
        }
        let found = typical_diameter_px(plane)?;
        let Some(pixel) = pixel_size else { return Some(found) };
        let smallest = pixel.um_to_px(params.min_typical_diameter_um);
        let largest = pixel.um_to_px(params.max_typical_diameter_um);
        let plausible = found.clamp(smallest, largest).max(*DIAMETER_RANGE_PX.start());
        if (plausible - found).abs() > 1e-9 {
            self.notes.push(SegmentNote::ImplausibleDiameter {
                found_um: pixel.px_to_um(found),
                used_um: pixel.px_to_um(plausible),
            });
        }
        Some(plausible)
    }

    /// Number of candidates.
    #[must_use]
    pub fn len(&self) -> usize {
        self.candidates.len()
    }

    /// Whether there is no candidate.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.candidates.is_empty()
    }

    /// Typical nucleus diameter that the search was made at, px of the plane.
    #[must_use]
    pub fn diameter_px(&self) -> Option<f64> {
        self.image.as_ref().map(|i| i.diameter_px * i.factor as f64)
    }

    /// Names of [`Proposals::features`].
    #[must_use]
    pub fn feature_names() -> Vec<String> {
        features::NAMES.iter().map(ToString::to_string).collect()
    }

    /// Names of [`Proposals::features_in_context`].
    #[must_use]
    pub fn feature_names_in_context() -> Vec<String> {
        features::NAMES.iter().chain(&context::NAMES).map(ToString::to_string).collect()
    }

    /// Whether each candidate has a size that allows it to be a nucleus; others have no features.
    #[must_use]
    pub fn eligible(&self) -> Vec<bool> {
        self.candidates.iter().map(|c| c.eligible).collect()
    }

    /// Features of each candidate by itself.
    #[must_use]
    pub fn features(&self) -> &[[f32; features::COUNT]] {
        &self.features
    }

    /// Features of each candidate, followed by the features that compare it with a selection: the candidates that the
    /// scores `alone` (one per candidate, of its own features) would select.
    #[must_use]
    pub fn features_in_context(&self, alone: &[f32]) -> Vec<Vec<f32>> {
        let usual = self.usual.as_ref();
        let context = context::context(&self.candidates, &self.features, &self.brightness, alone, usual);
        self.features.iter().zip(&context).map(|(a, b)| a.iter().chain(b).copied().collect()).collect()
    }

    /// Scores of the candidates by a model of these features.
    #[must_use]
    pub fn score(&self, model: &BoostedTrees, features: &[impl AsRef<[f32]> + Sync]) -> Vec<f32> {
        let ensemble = Ensemble::new(model);
        self.candidates
            .par_chunks(ensemble::TOGETHER)
            .zip(features.par_chunks(ensemble::TOGETHER))
            .flat_map_iter(|(candidates, features)| {
                let together = ensemble.as_ref().map(|ensemble| ensemble.predict(features));
                candidates.iter().zip(features).enumerate().map(move |(i, (candidate, own))| {
                    let score = together.map_or_else(|| model.predict(own.as_ref()), |scores| scores[i]);
                    if candidate.eligible { score.clamp(0.0, 1.0) } else { 0.0 }
                })
            })
            .collect()
    }

    /// Both scores of a model in turn.
    pub(super) fn final_scores(&self, model: &ScoreModel) -> Vec<f32> {
        let alone = self.score(&model.alone, &self.features);
        self.score(&model.in_context, &self.features_in_context(&alone))
    }

    /// The disjoint candidates with the largest sum of score - `min_score`.
    #[must_use]
    pub fn choose(&self, scores: &[f32], min_score: f64) -> Vec<usize> {
        choose(&self.candidates, scores, min_score as f32).chosen
    }

    /// Label image of some candidates: `chosen[i]` has label `i + 1`.
    #[must_use]
    pub fn labels(&self, chosen: &[usize]) -> Array2<u32> {
        let mut pixels = self.full_resolution(chosen);
        refine::clip(&mut pixels, self.dim);
        refine::paint(&pixels, self.dim)
    }

    /// Pixels of some candidates at the scale of the plane; they may overlap by a little.
    pub(super) fn full_resolution(&self, chosen: &[usize]) -> Vec<Vec<Run>> {
        self.image
            .as_ref()
            .map_or_else(Vec::new, |image| refine::full_resolution(&self.candidates, chosen, image, self.dim))
    }

    /// For each chosen candidate, whether it lies over another.
    pub(super) fn overlapping(&self, chosen: &[usize]) -> Vec<bool> {
        self.image.as_ref().map_or_else(
            || vec![false; chosen.len()],
            |image| overlapping(&self.candidates, chosen, &self.brightness, image),
        )
    }

    /// For each candidate the largest intersection over union with any region of a label image of the plane's
    /// size (0 = background), judged at the working scale.
    #[must_use]
    pub fn best_overlap(&self, truth: ArrayView2<'_, u32>) -> Vec<f32> {
        let Some(image) = &self.image else { return Vec::new() };
        let (height, width) = truth.dim();
        let f = image.factor;
        let reduced = Array2::from_shape_fn(image.smooth.dim(), |(y, x)| {
            truth[((y * f + f / 2).min(height - 1), (x * f + f / 2).min(width - 1))]
        });
        let largest = reduced.iter().copied().max().unwrap_or(0) as usize;
        let mut areas = vec![0_usize; largest + 1];
        reduced.iter().for_each(|&v| areas[v as usize] += 1);
        self.candidates
            .par_iter()
            .map_init(
                || vec![0_usize; largest + 1],
                |common, c| {
                    let mut met: Vec<usize> = Vec::new();
                    for run in &c.runs {
                        for x in run.x0 as usize..run.x1 as usize {
                            let v = reduced[(run.y as usize, x)] as usize;
                            if v != 0 {
                                if common[v] == 0 {
                                    met.push(v);
                                }
                                common[v] += 1;
                            }
                        }
                    }
                    let best = met
                        .iter()
                        .map(|&v| common[v] as f32 / (c.area + areas[v] - common[v]) as f32)
                        .fold(0.0, f32::max);
                    met.into_iter().for_each(|v| common[v] = 0);
                    best
                },
            )
            .collect()
    }
}
