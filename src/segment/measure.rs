//! Measures nuclei in the label image.

use ndarray::Array2;
use rayon::prelude::*;

use crate::field::PlaneView;
use crate::kernel::hull::hull_area;
use crate::segment::nucleus::{BoundingBox, Nucleus};

/// How far outlines are trusted, px: a nucleus that reaches less deep into the edge of the image is not cut by it.
const OUTLINE_ERROR_PX: f64 = 1.0;

/// Whether the edge of the image cuts a nucleus: `contacts` are its pixels on each edge and its extent along it. A
/// disc that reaches over a line by no more than the error of its outline meets it on a chord of at most
/// `2 sqrt(2 r error)`.
fn is_cut(contacts: [(usize, usize); 4], area_px: usize) -> bool {
    let radius = (area_px as f64 / std::f64::consts::PI).sqrt();
    let shallow = 2.0 * (2.0 * radius * OUTLINE_ERROR_PX).sqrt();
    contacts.iter().any(|&(contact, extent)| contact as f64 > shallow || 2 * contact > extent)
}

/// Renumbers the labels 1, 2, ... in reading order of their first pixel; returns the old label of each new
/// one.
pub(super) fn renumber(labels: &mut Array2<u32>) -> Vec<u32> {
    let largest = labels.iter().copied().max().unwrap_or(0) as usize;
    let mut new = vec![0_u32; largest + 1];
    let mut old = Vec::new();
    for v in labels.iter_mut().filter(|v| **v != 0) {
        let n = &mut new[*v as usize];
        if *n == 0 {
            old.push(*v);
            *n = old.len() as u32;
        }
        *v = *n;
    }
    old
}

/// Measures the labels `1..=count`; score and overlap are left at 0 and false. A label without pixels is left
/// out.
pub(super) fn measure(labels: &Array2<u32>, plane: PlaneView<'_>, count: usize) -> Vec<Nucleus> {
    let (_, width) = labels.dim();
    let mut boxes: Vec<Option<BoundingBox>> = vec![None; count];
    for (y, row) in labels.rows().into_iter().enumerate() {
        let mut x = 0;
        while x < width {
            let label = row[x];
            let x0 = x;
            while x < width && row[x] == label {
                x += 1;
            }
            if label == 0 {
                continue;
            }
            let b = boxes[label as usize - 1].get_or_insert(BoundingBox { y0: y, x0, y1: y, x1: x });
            (b.x0, b.x1, b.y1) = (b.x0.min(x0), b.x1.max(x), y + 1);
        }
    }
    boxes
        .into_par_iter()
        .enumerate()
        .filter_map(|(i, b)| b.map(|b| nucleus(i as u32 + 1, b, labels, plane)))
        .collect()
}

fn nucleus(id: u32, b: BoundingBox, labels: &Array2<u32>, plane: PlaneView<'_>) -> Nucleus {
    let (height, width) = labels.dim();
    let (mut above, mut below, mut left, mut right) = (0, 0, 0, 0);
    let mut samples = vec![0.0_f32; b.x1 - b.x0];
    let mut spans = Vec::with_capacity(b.y1 - b.y0);
    let (mut n, mut intensity) = (0_usize, 0.0_f64);
    // Sums of coordinates relative to the box: exact in integers.
    let (mut sy, mut sx, mut syy, mut sxx, mut sxy) = (0_u64, 0_u64, 0_u64, 0_u64, 0_u64);
    for y in b.y0..b.y1 {
        plane.read_row(y, b.x0, &mut samples);
        let mut span: Option<(usize, usize)> = None;
        let v = (y - b.y0) as u64;
        for (i, &sample) in samples.iter().enumerate() {
            if labels[(y, b.x0 + i)] != id {
                continue;
            }
            span = Some((span.map_or(i, |s| s.0), i + 1));
            above += usize::from(y == 0);
            below += usize::from(y + 1 == height);
            left += usize::from(b.x0 + i == 0);
            right += usize::from(b.x0 + i + 1 == width);
            let u = i as u64;
            n += 1;
            intensity += f64::from(sample);
            sy += v;
            sx += u;
            syy += v * v;
            sxx += u * u;
            sxy += v * u;
        }
        if let Some((x0, x1)) = span {
            spans.push((y as i64, x0 as i64, x1 as i64));
        }
    }
    let (rows, columns) = (b.y1 - b.y0, b.x1 - b.x0);
    let count = n.max(1) as f64;
    let (my, mx) = (sy as f64 / count, sx as f64 / count);
    // 1/12: a pixel is a square, not a point.
    let vyy = syy as f64 / count - my * my + 1.0 / 12.0;
    let vxx = sxx as f64 / count - mx * mx + 1.0 / 12.0;
    let vxy = sxy as f64 / count - mx * my;
    let middle = 0.5 * (vyy + vxx);
    let spread = (0.25 * (vyy - vxx).powi(2) + vxy * vxy).sqrt();
    Nucleus {
        id,
        bounding_box: b,
        area_px: n,
        centroid_y_px: b.y0 as f64 + my,
        centroid_x_px: b.x0 as f64 + mx,
        solidity: (n as f64 / hull_area(&spans).max(1.0)).min(1.0),
        eccentricity: (1.0 - ((middle - spread) / (middle + spread)).clamp(0.0, 1.0)).sqrt(),
        mean_intensity: intensity / count,
        touches_border: is_cut([(above, columns), (below, columns), (left, rows), (right, rows)], n),
        score: 0.0,
        overlapping: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn measures_a_rectangle_at_the_border() {
        let mut labels = array![[0_u32, 7, 7, 7], [0, 7, 7, 7], [3, 0, 0, 0]];
        let plane = array![[9_u16, 1, 2, 3], [9, 4, 5, 6], [8, 9, 9, 9]];
        assert_eq!(renumber(&mut labels), [7, 3]);
        let nuclei = measure(&labels, PlaneView::from(&plane), 2);
        let first = &nuclei[0];
        assert_eq!(first.bounding_box, BoundingBox { y0: 0, x0: 1, y1: 2, x1: 4 });
        assert_eq!((first.id, first.area_px, first.touches_border), (1, 6, true));
        assert_eq!((first.centroid_y_px, first.centroid_x_px), (0.5, 2.0));
        assert_eq!((first.solidity, first.mean_intensity), (1.0, 3.5));
        // Axes 2 and 3: eccentricity of the rectangle's ellipse is sqrt(1 - 4/9).
        assert!((first.eccentricity - (5.0_f64 / 9.0).sqrt()).abs() < 1e-12);
        assert!(nuclei[1].touches_border);
        assert_eq!((nuclei[1].area_px, nuclei[1].mean_intensity), (1, 8.0));
    }
    #[test]
    fn a_disc_that_only_kisses_the_edge_is_not_cut() {
        let touches = |centre: f64| {
            let labels = Array2::from_shape_fn((60, 60), |(y, x)| {
                u32::from((y as f64 - centre).hypot(x as f64 - 30.0) < 20.0)
            });
            let plane = Array2::<u16>::zeros((60, 60));
            measure(&labels, PlaneView::from(&plane), 1)[0].touches_border
        };
        assert!(!touches(20.5) && !touches(19.5));
        assert!(touches(18.0) && touches(5.0) && touches(0.0) && touches(42.0));
    }
}
