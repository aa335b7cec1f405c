//! The outline of a label along the edges of its pixels.
//!
//! Pixels that touch at a corner only are separate pieces. No ring meets itself: where one would, it is cut into two that touch.
//! These are the rules of valid polygons (OGC simple features), which QuPath's geometry library asks for.

use std::collections::HashMap;

use ndarray::Array2;

use crate::label_image::LabelImage;
use crate::segment::BoundingBox;

/// A corner of a pixel: x, y.
type Corner = [u32; 2];
/// A closed line of corners, the last of which is the first again.
type Ring = Vec<Corner>;
/// The outer ring, then holes. Outer rings have a positive area by the shoelace formula, holes a negative one.
pub(super) type PolygonRings = Vec<Ring>;

/// East, south, west, north: a turn to the right is the next one.
const STEPS: [(i64, i64); 4] = [(0, 1), (1, 0), (0, -1), (-1, 0)];

/// The pieces of a label, in reading order of their first pixels.
pub(super) fn polygons_of(labels: &LabelImage, label: u32, bounds: BoundingBox) -> Vec<PolygonRings> {
    let mask = Mask::of(labels, label, bounds);
    let mut visited = Array2::from_elem(mask.pixels.dim(), false);
    let mut rings = Vec::new();
    for ((row, column), _) in mask.pixels.indexed_iter().filter(|(_, holds)| **holds) {
        let (y, x) = ((bounds.y0 + row) as i64, (bounds.x0 + column) as i64);
        if !mask.holds(y - 1, x) && !visited[(row, column)] {
            mask.trace(y, x, &mut visited, &mut rings);
        }
    }
    assemble(rings)
}

/// The pixels of one label within its bounds.
struct Mask {
    bounds: BoundingBox,
    pixels: Array2<bool>,
}

impl Mask {
    fn of(labels: &LabelImage, label: u32, bounds: BoundingBox) -> Self {
        let BoundingBox { y0, x0, y1, x1 } = bounds;
        let mut pixels = Array2::from_elem((y1.saturating_sub(y0), x1.saturating_sub(x0)), false);
        for run in labels.runs_of(label, y0..y1) {
            for x in (run.x0 as usize).max(x0)..(run.x1 as usize).min(x1) {
                pixels[(run.y as usize - y0, x - x0)] = true;
            }
        }
        Self { bounds, pixels }
    }

    /// Whether the label has this pixel, within its bounds.
    fn holds(&self, y: i64, x: i64) -> bool {
        let row = y.checked_sub_unsigned(self.bounds.y0 as u64).and_then(|y| usize::try_from(y).ok());
        let column = x.checked_sub_unsigned(self.bounds.x0 as u64).and_then(|x| usize::try_from(x).ok());
        row.zip(column).and_then(|place| self.pixels.get(place)).is_some_and(|holds| *holds)
    }

    /// Place of a pixel of the label in arrays of the size of its bounds.
    fn place(&self, y: i64, x: i64) -> (usize, usize) {
        (y as usize - self.bounds.y0, x as usize - self.bounds.x0)
    }

    /// Follows the edge from the upper left corner of a pixel to the east, the label on the right.
    fn trace(&self, y: i64, x: i64, visited: &mut Array2<bool>, rings: &mut Vec<Ring>) {
        let mut open = OpenRing::default();
        let (start, mut at, mut direction) = ((y, x), (y, x), 0);
        loop {
            if direction == 0 {
                visited[self.place(at.0, at.1)] = true;
            }
            let (dy, dx) = STEPS[direction];
            at = (at.0 + dy, at.1 + dx);
            // The pixels ahead, left and right of the direction.
            let [left, right] = match direction {
                0 => [(-1, 0), (0, 0)],
                1 => [(0, 0), (0, -1)],
                2 => [(0, -1), (-1, -1)],
                _ => [(-1, -1), (-1, 0)],
            }
            .map(|(dy, dx)| self.holds(at.0 + dy, at.1 + dx));
            let turn = match (left, right) {
                (_, false) => 1,
                (false, true) => 0,
                (true, true) => 3,
            };
            if turn != 0 {
                open.push([at.1 as u32, at.0 as u32], rings);
            }
            direction = (direction + turn) % 4;
            if at == start && direction == 0 {
                rings.push(closed(open.corners));
                return;
            }
        }
    }
}

/// A line that is followed, and the place of each of its corners.
#[derive(Default)]
struct OpenRing {
    corners: Vec<Corner>,
    places: HashMap<Corner, usize>,
}

impl OpenRing {
    /// Goes on to a corner. If the line was there before, the loop between is a ring of its own.
    fn push(&mut self, corner: Corner, rings: &mut Vec<Ring>) {
        if let Some(&place) = self.places.get(&corner) {
            let of_loop = self.corners.split_off(place);
            for corner in &of_loop {
                self.places.remove(corner);
            }
            rings.push(closed(of_loop));
        }
        self.places.insert(corner, self.corners.len());
        self.corners.push(corner);
    }
}

fn closed(mut corners: Vec<Corner>) -> Ring {
    corners.extend(corners.first().copied());
    corners
}

/// Twice the area by the shoelace formula.
fn doubled_area(ring: &[Corner]) -> i64 {
    let cross = |edge: &[Corner]| match edge {
        &[[x0, y0], [x1, y1]] => i64::from(x0) * i64::from(y1) - i64::from(x1) * i64::from(y0),
        _ => 0,
    };
    ring.windows(2).map(cross).sum()
}

/// Twice the x and y of the centre of the pixel on the right of a ring's first edge, which the label has.
fn pixel_beside(ring: &[Corner]) -> Option<[i64; 2]> {
    let &[[x0, y0], [x1, y1], ..] = ring else { return None };
    let [x0, y0, x1, y1] = [x0, y0, x1, y1].map(i64::from);
    let (dx, dy) = ((x1 - x0).signum(), (y1 - y0).signum());
    Some([2 * x0 + dx - dy, 2 * y0 + dy + dx])
}

/// Whether a ring goes around a point, of which twice the x and y are given. Edges are upright or level.
fn surrounds(ring: &[Corner], [x, y]: [i64; 2]) -> bool {
    let beyond = |edge: &&[Corner]| match *edge {
        &[[x0, y0], [x1, y1]] => {
            let (low, high) = (2 * i64::from(y0.min(y1)), 2 * i64::from(y0.max(y1)));
            x0 == x1 && 2 * i64::from(x0) > x && (low..high).contains(&y)
        }
        _ => false,
    };
    ring.windows(2).filter(beyond).count() % 2 == 1
}

/// Puts each hole into the smallest outer ring around the label's pixel beside it.
fn assemble(rings: Vec<Ring>) -> Vec<PolygonRings> {
    let (outer, holes): (Vec<Ring>, Vec<Ring>) = rings.into_iter().partition(|ring| doubled_area(ring) > 0);
    let areas: Vec<i64> = outer.iter().map(|ring| doubled_area(ring)).collect();
    let mut polygons: Vec<PolygonRings> = outer.into_iter().map(|ring| vec![ring]).collect();
    for hole in holes {
        let Some(pixel) = pixel_beside(&hole) else { continue };
        let around = (0..polygons.len()).filter(|&i| {
            polygons.len() == 1 || polygons[i].first().is_some_and(|outer| surrounds(outer, pixel))
        });
        if let Some(i) = around.min_by_key(|&i| areas[i]) {
            polygons[i].push(hole);
        }
    }
    polygons
}

#[cfg(test)]
mod tests;
