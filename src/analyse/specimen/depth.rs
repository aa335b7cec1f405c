//! The depth of signals in the distance rule, and in the reading of a nucleus.

use crate::analyse::FieldMeasurement;
use crate::analyse::depth::MeasuredDepth;
use crate::analyse::specimen::nucleus::NucleusRecord;
use crate::assay::{Assay, Dimensions};
use crate::detect::Signal;
use crate::detect::candidate::Candidate;
use crate::error::{Error, Location, Result};
use crate::pair::DepthRule;
use crate::reading::NucleusDepth;
use crate::statistics::median;
use crate::units::PixelSize;

/// Fewest pairs of red and green at one place whose difference in depth is that of the two channels.
const MIN_PAIRS: usize = 10;
/// Height over noise from which the depth of a candidate counts.
const MIN_SNR: f64 = 8.0;
/// Largest difference between the distances of slices of two fields, as a fraction.
const MAX_STEP_DIFFERENCE: f64 = 0.01;

/// How depth counts in the distances of an assay; `None` if it measures them in the plane.
///
/// # Errors
/// [`Error::Undecided`] if the assay measures distances with depth, and a field is no stack, or the distance between its slices
/// or its pixel size is not known.
pub(super) fn rule(
    name: &str,
    assay: &Assay,
    fields: &[FieldMeasurement],
    nuclei: &[NucleusRecord],
    (pixel_size, diameter_px): (Option<PixelSize>, f64),
) -> Result<Option<DepthRule>> {
    if assay.split.min_distance.dims == Dimensions::Two {
        return Ok(None);
    }
    let undecided = |found: String, remedy: &str| Error::Undecided {
        location: Location::file(name),
        question: format!(
            "the assay `{}` measures distances in 3-D, which needs the depth of each signal",
            assay.id
        ),
        found,
        remedy: remedy.to_owned(),
    };
    let mut step_um: Option<f64> = None;
    for field in fields {
        let Some(depth) = &field.depth else {
            let found = format!("field {} is a single plane", field.name);
            return Err(undecided(
                found,
                "read stacks, or use an assay with split.min_distance.dims = \"2d\"",
            ));
        };
        let Some(own_um) = depth.field.z_step_um else {
            let found = format!("the distance between the slices of field {} is not known", field.name);
            return Err(undecided(found, "state the distance between slices in micrometres (--z-step UM)"));
        };
        let first_um = *step_um.get_or_insert(own_um);
        if (own_um / first_um - 1.0).abs() > MAX_STEP_DIFFERENCE {
            let found = format!("slices {first_um} um apart, and {own_um} um in field {}", field.name);
            return Err(undecided(found, "read fields of one distance as one specimen"));
        }
    }
    let Some((step_um, pixel_size)) = step_um.zip(pixel_size) else {
        return Err(undecided(
            "no pixel size".to_owned(),
            "state the pixel size in micrometres (--pixel-size UM)",
        ));
    };
    let green_shift_slices = axial_shift_slices(nuclei, diameter_px);
    Ok(Some(DepthRule { px_per_slice: pixel_size.um_to_px(step_um), green_shift_slices }))
}

/// Depth of green against red at one place, slices: the median over the pairs nearer than a signal diameter, since most loci are
/// intact; 0 of few.
fn axial_shift_slices(nuclei: &[NucleusRecord], diameter_px: f64) -> f64 {
    let is_clear = |candidate: &&Candidate| candidate.snr() >= MIN_SNR;
    let mut shifts: Vec<f64> = Vec::new();
    for nucleus in nuclei {
        let candidates = &nucleus.candidates;
        for red in candidates.red.iter().filter(is_clear) {
            let near = candidates.green.iter().filter(is_clear).map(|green| (green, green.distance_px(red)));
            let nearest = near.min_by(|a, b| a.1.total_cmp(&b.1)).filter(|(_, px)| *px < diameter_px);
            let depths = nearest.and_then(|(green, _)| green.z_px.zip(red.z_px));
            shifts.extend(depths.map(|(green, red)| green - red));
        }
    }
    if shifts.len() < MIN_PAIRS { 0.0 } else { median(&mut shifts) }
}

/// The depth of a nucleus with these signals; `index` is its place among the nuclei of the field.
pub(super) fn of_nucleus<'s>(
    depth: &MeasuredDepth,
    index: usize,
    signals: impl Iterator<Item = &'s Signal>,
) -> NucleusDepth {
    let focus = depth.nuclei.get(index).copied().flatten();
    NucleusDepth {
        best_focus_z_px: focus.map(|focus| focus.best_z_px),
        in_focus_z_px: focus.map(|focus| focus.depth_px),
        cut_signals: signals.filter(|s| s.z_px.is_some_and(|z_px| depth.field.is_cut(z_px))).count(),
    }
}
