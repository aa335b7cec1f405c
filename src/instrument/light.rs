//! Light of each nucleus above its surroundings and how it varies within, in all three channels.

use ndarray::ArrayView2;
use rayon::prelude::*;

use crate::field::{Field, PlaneView};
use crate::kernel::median::{float_of_ordered, median, ordered};
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
    let (mut own, mut others) = (Vec::new(), Vec::new());
    for y in rows.step_by(stride) {
        own.clear();
        others.clear();
        let row = labels.row(y);
        for x in columns.clone().step_by(stride) {
            match row[x] {
                0 => others.push(x),
                id if id == nucleus.id => own.push(x),
                _ => {}
            }
        }
        for (c, plane) in planes.iter().enumerate() {
            plane.append_samples(y, &own, &mut inside[c]);
            plane.append_samples(y, &others, &mut around[c]);
        }
    }
    if inside[0].len() < LEAST_POINTS || around[0].len() < LEAST_POINTS {
        return None;
    }
    let (most, least) = thirds(&inside[0]);
    let rise = std::array::from_fn(|c| {
        let of = |points: &[usize]| middle(points.iter().map(|&i| inside[c][i]));
        of(&most) - of(&least)
    });
    let light =
        std::array::from_fn(|c| middle(inside[c].iter().copied()) - middle(around[c].iter().copied()));
    let place = [nucleus.centroid_y_px, nucleus.centroid_x_px];
    Some(NucleusLight { place, cut: nucleus.touches_border, light, rise })
}

/// The middle one of at least one value.
fn middle(values: impl Iterator<Item = f32>) -> f64 {
    let values: Vec<u32> = values.map(ordered).collect();
    median(&values).map_or(f64::NAN, |m| f64::from(float_of_ordered(m)))
}

/// The points with the highest and with the lowest values, a third of all each; of equal ones the later are the higher.
fn thirds(values: &[f32]) -> (Vec<usize>, Vec<usize>) {
    let third = values.len() / 3;
    // A number for each point: the value, then the place.
    let mut order: Vec<u64> =
        values.iter().zip(0_u64..).map(|(&v, i)| u64::from(ordered(v)) << 32 | i).collect();
    if third > 0 {
        order.select_nth_unstable(third);
        order[third..].select_nth_unstable(values.len() - 2 * third);
    }
    let places = |points: &[u64]| points.iter().map(|&p| p as u32 as usize).collect();
    (places(&order[values.len() - third..]), places(&order[..third]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn thirds_are_those_of_the_sorted_points(values in prop::collection::vec(-3_i8..3, 0..60)) {
            let values: Vec<f32> = values.into_iter().map(f32::from).collect();
            let mut order: Vec<usize> = (0..values.len()).collect();
            order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
            let third = values.len() / 3;
            let (mut most, mut least) = thirds(&values);
            most.sort_by_key(|i| order.iter().position(|o| o == i));
            least.sort_by_key(|i| order.iter().position(|o| o == i));
            prop_assert_eq!(&most, &order[values.len() - third..]);
            prop_assert_eq!(&least, &order[..third]);
        }
    }
}
