//! Regions without data: images masked to their nuclei, borders of stitched or rotated images, and samples that are
//! not finite numbers.
//!
//! A camera never gives many neighbouring pixels of exactly the same lowest value; where they are found, there is
//! no data. Filters must not see the step at the rim of such a region, so it is filled from the rim.
//!
//! A background that was cut off at one level has such regions too, but its levels go on from there without a gap: it is
//! dark, and not missing.

use ndarray::Array2;

use crate::detect::restore::floor::Floor;
use crate::field::PlaneView;

/// Edge of the smallest square of pixels at the image's lowest value that is taken for missing data, px.
const SQUARE_PX: usize = 5;
/// Minimal share of an image's pixels at the lowest value for a closer look.
const MIN_SHARE: f64 = 0.005;

/// A plane with its regions without data filled.
pub(crate) struct Filled {
    pub(crate) image: Array2<f32>,
    /// Which pixels have no data.
    pub(crate) no_data: Array2<bool>,
}

/// The data that a plane lacks, and its floor.
#[derive(Default)]
pub(crate) struct Missing {
    /// The filled plane; `None` where no pixel is without data, or nothing else but one grey level.
    pub(crate) filled: Option<Filled>,
    /// The level at which the background was cut off, if it was.
    pub(crate) floor: Option<Floor>,
}

/// Finds and fills the regions without data.
pub(crate) fn look(plane: PlaneView<'_>) -> Missing {
    let mut floor = None;
    let filled = fill(plane, &mut floor);
    Missing { filled, floor }
}

fn fill(plane: PlaneView<'_>, floor: &mut Option<Floor>) -> Option<Filled> {
    let not_finite = match plane {
        PlaneView::F32(a) if a.iter().any(|v| !v.is_finite()) => Some(a.mapv(|v| !v.is_finite())),
        _ => None,
    };
    if not_finite.is_none() && !has_many_lowest(plane) {
        return None;
    }
    let (height, width) = plane.dim();
    let mut image = Array2::<f32>::zeros((height, width));
    let pixels = image.as_slice_mut()?;
    for (y, row) in pixels.chunks_mut(width).enumerate() {
        plane.read_row(y, 0, row);
    }
    let lowest = pixels.iter().copied().fold(f32::INFINITY, f32::min);
    let at_lowest = pixels.iter().filter(|v| **v <= lowest).count();
    let many = at_lowest as f64 >= MIN_SHARE * pixels.len() as f64;
    if !many && not_finite.is_none() {
        return None;
    }
    let nowhere = || Array2::from_elem((height, width), false);
    let mut no_data = if many {
        let squares = squares(&image.mapv(|v| v <= lowest));
        if at_lowest < image.len() && squares.iter().any(|missing| *missing) {
            *floor = image.as_slice().and_then(|pixels| Floor::of(pixels, lowest));
        }
        if floor.is_some() { nowhere() } else { squares }
    } else {
        nowhere()
    };
    if let Some(not_finite) = not_finite {
        no_data.zip_mut_with(&not_finite, |missing, &bad| *missing |= bad);
        image.mapv_inplace(|v| if v.is_finite() { v } else { 0.0 });
    }
    let missing = no_data.iter().filter(|m| **m).count();
    if missing == no_data.len() {
        // All samples are NaN, or none can be told from missing data.
        let no_number = lowest == f32::INFINITY;
        return no_number.then_some(Filled { image, no_data });
    }
    if missing == 0 {
        return None;
    }
    grow_into(&mut image, &no_data);
    Some(Filled { image, no_data })
}

/// Whether enough pixels may be at the lowest value for a closer look. Every square that would count meets one of the
/// rows that are looked at, and at least a fifth of its pixels do.
fn has_many_lowest(plane: PlaneView<'_>) -> bool {
    const STEP: usize = SQUARE_PX - 1;
    let (height, width) = plane.dim();
    if width == 0 {
        return false;
    }
    let mut row = vec![0.0_f32; width];
    let (mut lowest, mut count) = (f32::INFINITY, 0_usize);
    for y in (0..height).step_by(STEP) {
        plane.read_row(y, 0, &mut row);
        // By chunks of lanes, which the compiler keeps in registers.
        let mut least = [f32::INFINITY; 16];
        let chunks = row.chunks_exact(16);
        let rest = chunks.remainder().iter().copied().fold(f32::INFINITY, f32::min);
        for chunk in chunks {
            for (l, v) in least.iter_mut().zip(chunk) {
                *l = if *v < *l { *v } else { *l };
            }
        }
        let least = least.into_iter().fold(rest, f32::min);
        if least < lowest {
            (lowest, count) = (least, 0);
        }
        if least <= lowest {
            count += row.iter().filter(|v| **v <= lowest).count();
        }
    }
    let looked_at = height.div_ceil(STEP) * width;
    count as f64 >= 0.5 * MIN_SHARE * looked_at as f64
}

/// Pixels that lie in a full square of set pixels (the opening by that square).
fn squares(set: &Array2<bool>) -> Array2<bool> {
    // Whether each pixel ends a long enough run of set pixels along a row, then the same down the columns of
    // that, marks the last corners of full squares; run backwards from them to cover the squares.
    let (height, width) = set.dim();
    let mut corners = Array2::from_elem((height, width), false);
    let mut rows_above = vec![0_usize; width];
    for y in 0..height {
        let mut run = 0;
        for x in 0..width {
            run = if set[(y, x)] { run + 1 } else { 0 };
            rows_above[x] = if run >= SQUARE_PX { rows_above[x] + 1 } else { 0 };
            corners[(y, x)] = rows_above[x] >= SQUARE_PX;
        }
    }
    let mut open = Array2::from_elem((height, width), false);
    let mut rows_left = vec![0_usize; width];
    for y in (0..height).rev() {
        let mut columns_left = 0;
        for x in (0..width).rev() {
            rows_left[x] = if corners[(y, x)] { SQUARE_PX } else { rows_left[x].saturating_sub(1) };
            columns_left = if rows_left[x] > 0 { SQUARE_PX } else { usize::saturating_sub(columns_left, 1) };
            open[(y, x)] = columns_left > 0;
        }
    }
    open
}

/// Fills the missing pixels layer by layer from the rim, each with the mean of its known neighbours.
fn grow_into(image: &mut Array2<f32>, no_data: &Array2<bool>) {
    let (height, width) = image.dim();
    let neighbours = |y: usize, x: usize| {
        (y.saturating_sub(1)..(y + 2).min(height))
            .flat_map(move |yy| (x.saturating_sub(1)..(x + 2).min(width)).map(move |xx| (yy, xx)))
    };
    let mut unknown = no_data.clone();
    let mut layer: Vec<(usize, usize)> = no_data
        .indexed_iter()
        .filter(|&((y, x), missing)| *missing && neighbours(y, x).any(|at| !no_data[at]))
        .map(|(at, _)| at)
        .collect();
    let mut queued = Array2::from_elem((height, width), false);
    while !layer.is_empty() {
        let values: Vec<f32> = layer
            .iter()
            .map(|&(y, x)| {
                let (mut sum, mut count) = (0.0, 0.0);
                for at in neighbours(y, x).filter(|at| !unknown[*at]) {
                    sum += image[at];
                    count += 1.0;
                }
                sum / f32::max(count, 1.0)
            })
            .collect();
        for (&at, value) in layer.iter().zip(values) {
            image[at] = value;
            unknown[at] = false;
        }
        let mut next = Vec::new();
        for &(y, x) in &layer {
            for at in neighbours(y, x) {
                if unknown[at] && !queued[at] {
                    queued[at] = true;
                    next.push(at);
                }
            }
        }
        layer = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_masked_slope_is_continued_from_its_rim_and_an_unmasked_one_left_alone() {
        let inside = |y: usize, x: usize| (10..40).contains(&y) && (8..30).contains(&x);
        let image =
            Array2::from_shape_fn((50, 50), |(y, x)| if inside(y, x) { 500 + 3 * y as u16 } else { 0 });
        let filled = look(PlaneView::from(&image)).filled.unwrap();
        for ((y, x), v) in filled.image.indexed_iter() {
            assert_eq!(filled.no_data[(y, x)], !inside(y, x));
            assert!((530.0..=617.0).contains(v), "{v} at {y} {x}");
        }
        let whole = Array2::from_shape_fn((50, 50), |(y, x)| (y * 31 + x * 17) as u16 % 101);
        assert!(look(PlaneView::from(&whole)).filled.is_none());
        let blank = look(PlaneView::from(&Array2::<u16>::zeros((20, 20))));
        assert!(blank.filled.is_none() && blank.floor.is_none());
    }
}
