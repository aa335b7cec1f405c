//! Nuclei that two pictures of one place share.

use super::similarity::Similarity;
use crate::analyse::FieldMeasurement;
use crate::colour::Colour;
use crate::segment::Nucleus;

/// Height over the least height of a candidate from which a spot is looked for in another picture: noise just makes
/// candidates, and other ones in each picture.
const STRONG: f64 = 2.0;

/// A strong spot in a nucleus.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Spot {
    /// Place of the nucleus among those of its field.
    pub(super) nucleus: usize,
    pub(super) colour: Colour,
    /// Row, column, px.
    pub(super) place: [f64; 2],
}

/// The nuclei of a field, their spots, and its size.
#[derive(Debug, Clone)]
pub(super) struct Seen<'a> {
    pub(super) name: &'a str,
    /// Rows, columns.
    pub(super) size_px: [usize; 2],
    pub(super) nuclei: &'a [Nucleus],
    pub(super) spots: Vec<Spot>,
}

impl<'a> Seen<'a> {
    pub(super) fn of(field: &'a FieldMeasurement) -> Self {
        let (height, width) = field.segmentation.labels.dim();
        let of_colour = |colour: Colour| {
            let strong = field.channels[colour.index()].candidates.iter();
            let strong = strong.filter(|c| c.nucleus_id > 0 && c.amplitude > STRONG * c.threshold);
            strong.map(move |c| Spot { nucleus: c.nucleus_id as usize - 1, colour, place: [c.y_px, c.x_px] })
        };
        Self {
            name: &field.name,
            size_px: [height, width],
            nuclei: &field.segmentation.nuclei,
            spots: Colour::BOTH.into_iter().flat_map(of_colour).collect(),
        }
    }
}

/// Places of a nucleus of one field and of one of another among those of their fields.
pub(super) type Places = (usize, usize);

/// Two pictures of one place: of two fields, or within one.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct SamePlace {
    /// Places of the fields among all.
    pub(super) fields: (usize, usize),
    /// From the first picture to the second.
    pub(super) similarity: Similarity,
    /// The nuclei that both show.
    pub(super) same: Vec<Places>,
}

/// Centroid of a nucleus.
pub(super) fn centroid(nucleus: &Nucleus) -> [f64; 2] {
    [nucleus.centroid_y_px, nucleus.centroid_x_px]
}

/// Whether two areas are one, up to this ratio.
pub(super) fn alike(a: f64, b: f64, max_ratio: f64) -> bool {
    a.max(b) <= max_ratio * a.min(b)
}

/// How nuclei of two pictures are compared.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tolerance {
    /// Distance of the centroids, px of the second picture.
    pub(super) off_px: f64,
    /// Ratio of the areas.
    pub(super) area_ratio: f64,
}

/// The nuclei that lie in one place after the similarity, the nearest first; each once in either picture. A nucleus is not
/// matched with itself.
pub(super) fn matched(
    (a, b): (&Seen<'_>, &Seen<'_>),
    similarity: &Similarity,
    tolerance: Tolerance,
    within_one: bool,
) -> Vec<Places> {
    let square = similarity.scale() * similarity.scale();
    let mut same: Vec<(f64, usize, usize)> = Vec::new();
    for (i, n) in a.nuclei.iter().enumerate() {
        let [y, x] = similarity.of(centroid(n));
        for (j, m) in b.nuclei.iter().enumerate().filter(|(j, _)| !(within_one && *j == i)) {
            let rows = m.centroid_y_px - y;
            if rows.abs() > tolerance.off_px {
                continue;
            }
            let off_px = rows.hypot(m.centroid_x_px - x);
            if off_px <= tolerance.off_px
                && alike(square * n.area_px as f64, m.area_px as f64, tolerance.area_ratio)
            {
                same.push((off_px, i, j));
            }
        }
    }
    same.sort_by(|a, b| a.0.total_cmp(&b.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    let (mut taken_a, mut taken_b) = (vec![false; a.nuclei.len()], vec![false; b.nuclei.len()]);
    same.retain(|&(_, i, j)| {
        let is_free = !taken_a[i] && !taken_b[j];
        if is_free {
            (taken_a[i], taken_b[j]) = (true, true);
        }
        is_free
    });
    same.into_iter().map(|(_, i, j)| (i, j)).collect()
}

/// How many whole nuclei of a picture lie where the other one shows them too.
pub(super) fn in_common(field: &Seen<'_>, other: &Seen<'_>, similarity: &Similarity) -> usize {
    let inside = |n: &&Nucleus| {
        let place = similarity.of(centroid(n));
        !n.touches_border && (0..2).all(|axis| (0.0..other.size_px[axis] as f64).contains(&place[axis]))
    };
    field.nuclei.iter().filter(inside).count()
}
