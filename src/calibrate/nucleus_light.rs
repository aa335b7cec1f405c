//! Light of each nucleus above its surroundings and how it varies within, in all three channels.

use ndarray::ArrayView2;
use rayon::prelude::*;

use crate::field::PlaneView;
use crate::kernel::dispatch::{Kernel, vectorised};
use crate::kernel::median::{Unsigned, float_of_ordered, ordered, ranked_within_kernel as ranked};
use crate::segment::{Nucleus, Segmentation};

/// Points along the longer side of a nucleus: its widened bounding box.
const POINTS: usize = 24;
/// Share of the box by which it is widened on each side.
const MARGIN: f64 = 0.4;
/// Minimal number of points in a nucleus and around it.
const MIN_POINTS: usize = 12;

/// The counterstain, red and green light of a nucleus above its surroundings, grey levels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct NucleusLight {
    /// Id of the nucleus.
    pub(crate) nucleus_id: u32,
    /// Centroid (rows, columns), px.
    pub(crate) place: [f64; 2],
    /// Whether the edge of the image cuts the nucleus.
    pub(crate) cut: bool,
    /// Light in each channel: medians, which the few pixels of signals do not move.
    pub(crate) light: [f64; 3],
    /// Difference of each channel between the third of the nucleus with the most counterstain and the third with the least:
    /// medians too.
    pub(crate) rise: [f64; 3],
}

/// Measures the nuclei that have surroundings, in their order.
pub(crate) fn of_nuclei(planes: [PlaneView<'_>; 3], segmentation: &Segmentation) -> Vec<NucleusLight> {
    let labels = segmentation.labels.view();
    match planes {
        [PlaneView::U16(a), PlaneView::U16(b), PlaneView::U16(c)] => {
            let planes = [a, b, c];
            each(&segmentation.nuclei, |points: &mut Points<u16>, nucleus| {
                points.read(labels, nucleus, |channel, y, columns, out| {
                    let row = planes[channel].row(y);
                    out.extend(columns.iter().map(|&x| row[x]));
                });
            })
        }
        planes => each(&segmentation.nuclei, |points: &mut Points<u32>, nucleus| {
            points.read(labels, nucleus, |channel, y, columns, out| {
                out.extend(columns.iter().map(|&x| ordered(planes[channel].at(y, x))));
            });
        }),
    }
}

/// The light of each nucleus whose points are read by `read`.
fn each<L: Level>(nuclei: &[Nucleus], read: impl Fn(&mut Points<L>, &Nucleus) + Sync) -> Vec<NucleusLight> {
    let of_nucleus = |points: &mut Points<L>, nucleus: &Nucleus| {
        read(points, nucleus);
        if points.inside[0].len() < MIN_POINTS || points.around[0].len() < MIN_POINTS {
            return None;
        }
        let (light, rise) = vectorised(Medians { points })?;
        let place = [nucleus.centroid_y_px, nucleus.centroid_x_px];
        Some(NucleusLight { nucleus_id: nucleus.id, place, cut: nucleus.touches_border, light, rise })
    };
    nuclei.par_iter().map_init(Points::default, of_nucleus).flatten().collect()
}

/// A number that stands for a level, in the order of the levels.
trait Level: Unsigned + Default + Send {
    /// The highest level.
    const LAST: Self;

    fn grey_level(self) -> f64;
}

impl Level for u16 {
    const LAST: Self = Self::MAX;

    fn grey_level(self) -> f64 {
        f64::from(self)
    }
}

/// Floats by [`ordered`].
impl Level for u32 {
    const LAST: Self = Self::MAX;

    fn grey_level(self) -> f64 {
        f64::from(float_of_ordered(self))
    }
}

/// The levels at points in a nucleus and around it, by channel. They are at most `2 * POINTS` along either side, so that
/// 16 bits count them.
#[derive(Default)]
struct Points<L> {
    inside: [Vec<L>; 3],
    around: [Vec<L>; 3],
    /// Columns of a row.
    own: Vec<usize>,
    others: Vec<usize>,
    /// For each point in the nucleus, 0 if it is one of some, and [`Level::LAST`] if not.
    others_of_third: Vec<L>,
    /// The levels of these, and [`Level::LAST`] for the others.
    third: Vec<L>,
}

impl<L: Level> Points<L> {
    /// Reads the points of a nucleus by a function of the channel, the row and its columns.
    fn read(
        &mut self,
        labels: ArrayView2<'_, u32>,
        nucleus: &Nucleus,
        append: impl Fn(usize, usize, &[usize], &mut Vec<L>),
    ) {
        let Self { inside, around, own, others, .. } = self;
        inside.iter_mut().chain(&mut *around).for_each(Vec::clear);
        let (height, width) = labels.dim();
        let b = nucleus.bounding_box;
        let margin = (MARGIN * (b.y1 - b.y0).max(b.x1 - b.x0) as f64) as usize;
        let rows = b.y0.saturating_sub(margin)..height.min(b.y1 + margin);
        let columns = b.x0.saturating_sub(margin)..width.min(b.x1 + margin);
        let stride = (rows.len().max(columns.len()) / POINTS).max(1);
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
            for channel in 0..inside.len() {
                append(channel, y, own, &mut inside[channel]);
                append(channel, y, others, &mut around[channel]);
            }
        }
    }
}

/// The search for the medians of at least [`MIN_POINTS`] points.
struct Medians<'a, L> {
    points: &'a mut Points<L>,
}

impl<L: Level> Kernel for Medians<'_, L> {
    type Output = Option<([f64; 3], [f64; 3])>;

    /// Light and rise.
    #[inline(always)]
    fn call(self) -> Self::Output {
        let Points { inside, around, others_of_third, third, .. } = self.points;
        let (mut light, mut rise) = ([0.0; 3], [0.0; 3]);
        for (light, (inside, around)) in light.iter_mut().zip(inside.iter().zip(&*around)) {
            let middle = |points: &[L]| ranked(points, points.len() / 2).map(L::grey_level);
            *light = middle(inside)? - middle(around)?;
        }
        for (highest, sign) in [(true, 1.0), (false, -1.0)] {
            leave_out_others(&inside[0], highest, others_of_third)?;
            for (rise, inside) in rise.iter_mut().zip(&*inside) {
                third.clear();
                third.extend(inside.iter().zip(&*others_of_third).map(|(&level, &other)| level | other));
                *rise += sign * ranked(third, inside.len() / 3 / 2)?.grey_level();
            }
        }
        Some((light, rise))
    }
}

/// Writes 0 for the third of all points with the highest, or with the lowest, levels, and [`Level::LAST`] for the others; of
/// equal ones the later are the higher.
#[inline(always)]
fn leave_out_others<L: Level>(levels: &[L], highest: bool, others: &mut Vec<L>) -> Option<()> {
    let count = levels.len() / 3;
    let below = if highest { levels.len() - count } else { count.checked_sub(1)? };
    let limit = ranked(levels, below)?;
    others.clear();
    let mut within = 0;
    if highest {
        others.extend(levels.iter().map(|&level| if level >= limit { L::ZERO } else { L::LAST }));
    } else {
        others.extend(levels.iter().map(|&level| if level <= limit { L::ZERO } else { L::LAST }));
    }
    for &other in &*others {
        within += usize::from(other == L::ZERO);
    }
    // Too many are as high as the limit.
    let mut surplus = within.saturating_sub(count);
    let mut leave_out = |i: usize| {
        if levels[i] == limit {
            others[i] = L::LAST;
            surplus -= 1;
        }
        surplus > 0
    };
    if within > count {
        let _ = if highest {
            (0..levels.len()).all(&mut leave_out)
        } else {
            (0..levels.len()).rev().all(&mut leave_out)
        };
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn thirds_are_those_of_the_sorted_points(levels in prop::collection::vec(0_u16..6, 0..60)) {
            let mut order: Vec<usize> = (0..levels.len()).collect();
            order.sort_by_key(|&i| levels[i]);
            let third = levels.len() / 3;
            for (highest, expected) in [(true, &order[levels.len() - third..]), (false, &order[..third])] {
                let mut others = Vec::new();
                leave_out_others(&levels, highest, &mut others);
                let mut expected = expected.to_vec();
                expected.sort_unstable();
                let found: Vec<usize> = (0..others.len()).filter(|&i| others[i] == 0).collect();
                prop_assert_eq!(found, expected);
            }
        }

        #[test]
        fn medians_are_those_of_the_sorted_levels(
            inside in prop::collection::vec((0_u16..900, 0_u16..9, any::<u16>()), MIN_POINTS..200),
            around in prop::collection::vec((0_u16..900, 0_u16..9, any::<u16>()), MIN_POINTS..200),
        ) {
            let middle = |mut of: Vec<u16>| {
                of.sort_unstable();
                f64::from(of[of.len() / 2])
            };
            let channels = |of: &[(u16, u16, u16)]| {
                [of.iter().map(|p| p.0).collect(), of.iter().map(|p| p.1).collect(), of.iter().map(|p| p.2).collect()]
            };
            let mut sorted = inside.clone();
            sorted.sort_by_key(|p| p.0);
            let third = sorted.len() / 3;
            let [own, beside, least, most] =
                [&inside[..], &around, &sorted[..third], &sorted[sorted.len() - third..]]
                    .map(|of| channels(of).map(middle));
            let mut points = Points { inside: channels(&inside), around: channels(&around), ..Points::default() };
            let found = vectorised(Medians { points: &mut points });
            let difference = |a: [f64; 3], b: [f64; 3]| std::array::from_fn(|c| a[c] - b[c]);
            prop_assert_eq!(found, Some((difference(own, beside), difference(most, least))));
            // Floats take the same way.
            let floats = |of: &[Vec<u16>; 3]| {
                std::array::from_fn(|c: usize| of[c].iter().map(|&v| ordered(f32::from(v))).collect())
            };
            let mut points =
                Points { inside: floats(&points.inside), around: floats(&points.around), ..Points::default() };
            prop_assert_eq!(vectorised(Medians { points: &mut points }), found);
        }
    }
}
