//! Light of each nucleus above its surroundings and how it varies within, in all three channels.

use ndarray::ArrayView2;
use rayon::prelude::*;

use crate::field::{Field, PlaneView};
use crate::segment::{Nucleus, Segmentation};

/// Points along the longer side of what is looked at of a nucleus: its bounding box and as much again.
const POINTS: usize = 24;
/// Share of the box by which it is widened on each side.
const MARGIN: f64 = 0.4;
/// Fewest points in a nucleus and around it.
const LEAST_POINTS: usize = 12;

/// The counterstain, red and green light of a nucleus above that around it, grey levels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct NucleusLight {
    /// Centroid (rows, columns), px.
    pub(crate) place: [f64; 2],
    /// Whether the edge of the image cuts the nucleus.
    pub(crate) cut: bool,
    /// Light in each channel: medians, which the few pixels of signals do not move.
    pub(crate) light: [f64; 3],
    /// How much lighter each channel is in the third of the nucleus with the most counterstain than in that with the
    /// least: medians too.
    pub(crate) rise: [f64; 3],
}

/// Measures the nuclei that have surroundings, in their order.
pub(crate) fn of_nuclei(field: &Field, segmentation: &Segmentation) -> Vec<NucleusLight> {
    let planes = [field.counterstain.view(), field.red.view(), field.green.view()];
    segmentation
        .nuclei
        .par_iter()
        .filter_map(|n| of_nucleus(&planes, segmentation.labels.view(), n))
        .collect()
}

fn of_nucleus(
    planes: &[PlaneView<'_>; 3],
    labels: ArrayView2<'_, u32>,
    nucleus: &Nucleus,
) -> Option<NucleusLight> {
    let (height, width) = labels.dim();
    let b = nucleus.bounding_box;
    let margin = (MARGIN * (b.y1 - b.y0).max(b.x1 - b.x0) as f64) as usize;
    let rows = b.y0.saturating_sub(margin)..height.min(b.y1 + margin);
    let columns = b.x0.saturating_sub(margin)..width.min(b.x1 + margin);
    let stride = (rows.len().max(columns.len()) / POINTS).max(1);
    let mut inside: [Vec<f32>; 3] = Default::default();
    let mut around: [Vec<f32>; 3] = Default::default();
    for y in rows.step_by(stride) {
        for x in columns.clone().step_by(stride) {
            let samples = match labels[(y, x)] {
                0 => &mut around,
                id if id == nucleus.id => &mut inside,
                _ => continue,
            };
            for (samples, plane) in samples.iter_mut().zip(planes) {
                samples.push(plane.at(y, x));
            }
        }
    }
    if inside[0].len() < LEAST_POINTS || around[0].len() < LEAST_POINTS {
        return None;
    }
    let middle = |values: &mut Vec<f32>| {
        let at = values.len() / 2;
        f64::from(*values.select_nth_unstable_by(at, f32::total_cmp).1)
    };
    let mut order: Vec<usize> = (0..inside[0].len()).collect();
    order.sort_unstable_by(|&a, &b| inside[0][a].total_cmp(&inside[0][b]).then(a.cmp(&b)));
    let third = order.len() / 3;
    let rise = std::array::from_fn(|c| {
        let of = |points: &[usize]| middle(&mut points.iter().map(|&i| inside[c][i]).collect());
        of(&order[order.len() - third..]) - of(&order[..third])
    });
    let light = std::array::from_fn(|c| middle(&mut inside[c]) - middle(&mut around[c]));
    let place = [nucleus.centroid_y_px, nucleus.centroid_x_px];
    Some(NucleusLight { place, cut: nucleus.touches_border, light, rise })
}
