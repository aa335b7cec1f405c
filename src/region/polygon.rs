//! Which points lie in a polygon.

/// A point of which it is asked where it lies, in the unit of the regions.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Point {
    pub(crate) y: f64,
    pub(crate) x: f64,
    /// Its place in the list of the caller.
    pub(crate) index: usize,
}

/// Points in the order of their rows: an edge then meets those of a range, which is found by halving. The work for a ring
/// does not grow with all its edges times all points.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Points(Vec<Point>);

impl Points {
    pub(crate) fn new(points: impl Iterator<Item = [f64; 2]>) -> Self {
        let mut all: Vec<Point> = points.enumerate().map(|(index, [y, x])| Point { y, x, index }).collect();
        all.sort_by(|a, b| a.y.total_cmp(&b.y).then(a.index.cmp(&b.index)));
        Self(all)
    }

    /// Those of rows from `low` up to but not including `high`.
    fn rows(&self, low: f64, high: f64) -> std::ops::Range<usize> {
        let start = self.0.partition_point(|p| p.y < low);
        start..start + self.0[start..].partition_point(|p| p.y < high)
    }
}

/// A closed line: the last vertex is the first again. Vertices are x, y, as in the file.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Ring(pub(crate) Vec<[f64; 2]>);

impl Ring {
    /// Lowest and highest value of x (0) or y (1).
    fn bounds(&self, axis: usize) -> [f64; 2] {
        let values = self.0.iter().map(|vertex| vertex[axis]);
        values.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], v| [low.min(v), high.max(v)])
    }

    /// Turns `inside` of the points of `range` over for each edge that lies beyond them in their row.
    fn cross(&self, points: &Points, range: &std::ops::Range<usize>, inside: &mut [bool]) {
        for edge in self.0.windows(2) {
            let &[a, b] = edge else { continue };
            // From the lower row up, so that two areas that share the edge are decided by the same figures.
            let ([x0, y0], [x1, y1]) = if a[1] <= b[1] { (a, b) } else { (b, a) };
            for i in points.rows(y0, y1) {
                let Some(slot) = i.checked_sub(range.start).and_then(|i| inside.get_mut(i)) else { continue };
                let p = points.0[i];
                *slot ^= (p.x - x0) * (y1 - y0) < (p.y - y0) * (x1 - x0);
            }
        }
    }

    /// Whether each point of `range` lies inside, by the number of edges beyond it.
    fn hold(&self, points: &Points, range: &std::ops::Range<usize>) -> Vec<bool> {
        let mut inside = vec![false; range.len()];
        self.cross(points, range, &mut inside);
        inside
    }
}

/// An outer ring and the holes in it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Polygon {
    pub(crate) outer: Ring,
    pub(crate) holes: Vec<Ring>,
}

impl Polygon {
    /// Calls `found` with the index of every point inside.
    pub(crate) fn for_each_inside(&self, points: &Points, mut found: impl FnMut(usize)) {
        let [low, high] = self.outer.bounds(1);
        let range = points.rows(low, high);
        let [left, right] = self.outer.bounds(0);
        if !points.0[range.clone()].iter().any(|p| (left..=right).contains(&p.x)) {
            return;
        }
        let mut inside = self.outer.hold(points, &range);
        for hole in &self.holes {
            for (inside, in_hole) in inside.iter_mut().zip(hole.hold(points, &range)) {
                *inside &= !in_hole;
            }
        }
        let held = points.0[range].iter().zip(inside).filter(|(_, inside)| *inside);
        held.for_each(|(point, _)| found(point.index));
    }
}
