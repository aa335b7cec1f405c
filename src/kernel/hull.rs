//! Convex hull of pixels.

use crate::kernel::run::Run;

/// Area of the convex hull of the pixels (as unit squares) of some runs in reading order.
pub(crate) fn hull_area(runs: &[Run]) -> f64 {
    let (Some(first), Some(last)) = (runs.first(), runs.last()) else { return 0.0 };
    // Of the corners on one line between rows only the outermost matter: those come sorted.
    let most = (last.y - first.y) as usize + 2;
    let mut sides = [Side::new(most, 1), Side::new(most, -1)];
    let mut corner = |y: i64, x0: i64, x1: i64| {
        sides[0].add((y, x0));
        sides[1].add((y, x1));
    };
    let mut rest = runs;
    // The lower line of the row before.
    let mut before: Option<(i64, i64, i64)> = None;
    while let Some(first) = rest.first() {
        let count = rest.iter().take_while(|r| r.y == first.y).count();
        let (row, below) = rest.split_at(count);
        rest = below;
        let (y, x0, x1) = (i64::from(first.y), i64::from(first.x0), i64::from(row[count - 1].x1));
        match before {
            Some((line, a, b)) if line == y => corner(y, x0.min(a), x1.max(b)),
            Some((line, a, b)) => {
                corner(line, a, b);
                corner(y, x0, x1);
            }
            None => corner(y, x0, x1),
        }
        before = Some((y + 1, x0, x1));
    }
    if let Some((line, a, b)) = before {
        corner(line, a, b);
    }
    // The sides share the first and the last line: the hull lies between them.
    (sides[1].twice_area() - sides[0].twice_area()) as f64 / 2.0
}

/// The hull's corners on one side, of points by increasing row (Andrew's monotone chain).
struct Side {
    corners: Vec<(i64, i64)>,
    /// 1 for the left side and -1 for the right side.
    turn: i64,
}

impl Side {
    fn new(most: usize, turn: i64) -> Self {
        Self { corners: Vec::with_capacity(most), turn }
    }

    #[inline(always)]
    fn add(&mut self, p: (i64, i64)) {
        while let [.., a, b] = self.corners[..] {
            if self.turn * ((b.0 - a.0) * (p.1 - a.1) - (b.1 - a.1) * (p.0 - a.0)) > 0 {
                break;
            }
            self.corners.pop();
        }
        self.corners.push(p);
    }

    /// Twice the area between the side and column 0.
    fn twice_area(&self) -> i64 {
        self.corners.windows(2).map(|w| (w[1].0 - w[0].0) * (w[0].1 + w[1].1)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use imageproc::geometry::convex_hull;
    use imageproc::point::Point;
    use proptest::prelude::*;

    #[test]
    fn of_squares_and_an_l() {
        let area = |spans: &[(u32, u32, u32)]| {
            hull_area(&spans.iter().map(|&(y, x0, x1)| Run { y, x0, x1 }).collect::<Vec<_>>())
        };
        assert_eq!(area(&[(3, 5, 6)]), 1.0);
        assert_eq!(area(&[(0, 0, 4), (1, 0, 4)]), 8.0);
        assert_eq!(area(&[(0, 0, 1), (0, 3, 4), (1, 0, 4)]), 8.0);
        assert_eq!(area(&[(0, 0, 1), (1, 0, 2)]), 3.5);
        assert_eq!(area(&[]), 0.0);
    }

    proptest! {
        #[test]
        fn agrees_with_imageproc(spans in proptest::collection::vec((0_u32..20, 0_u32..20, 1_u32..8), 1..24)) {
            let mut runs: Vec<_> = spans.into_iter().map(|(y, x0, n)| Run { y, x0, x1: x0 + n }).collect();
            runs.sort_unstable_by_key(|r| (r.y, r.x0));
            // Runs of a row lie beside each other.
            runs.dedup_by(|next, last| next.y == last.y && next.x0 <= last.x1);
            let corners: Vec<Point<i32>> = runs.iter().flat_map(|r| {
                [(r.x0, r.y), (r.x1, r.y), (r.x0, r.y + 1), (r.x1, r.y + 1)].map(|(x, y)| Point::new(x as i32, y as i32))
            }).collect();
            let ring = convex_hull(corners);
            let twice: i32 = (0..ring.len()).map(|i| {
                let (a, b) = (ring[i], ring[(i + 1) % ring.len()]);
                a.x * b.y - a.y * b.x
            }).sum();
            prop_assert_eq!(hull_area(&runs), f64::from(twice.abs()) / 2.0);
        }
    }
}
