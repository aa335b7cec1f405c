//! Convex hull of pixels.

/// Area of the convex hull of the pixels (as unit squares) of `(y, x0, x1)` rows, each the span `x0..x1`
/// from a row's first to its last pixel.
pub(crate) fn hull_area(spans: &[(i64, i64, i64)]) -> f64 {
    let mut corners: Vec<(i64, i64)> = Vec::with_capacity(4 * spans.len());
    for &(y, x0, x1) in spans {
        corners.extend([(y, x0), (y, x1), (y + 1, x0), (y + 1, x1)]);
    }
    corners.sort_unstable();
    corners.dedup();
    let lower = chain(corners.iter().copied());
    let upper = chain(corners.iter().rev().copied());
    let ring: Vec<(i64, i64)> = lower.into_iter().chain(upper).collect();
    let twice: i64 = (0..ring.len())
        .map(|i| {
            let (a, b) = (ring[i], ring[(i + 1) % ring.len()]);
            a.0 * b.1 - a.1 * b.0
        })
        .sum();
    twice.abs() as f64 / 2.0
}

/// One side of the hull of sorted points (Andrew's monotone chain), without the last point.
fn chain(points: impl Iterator<Item = (i64, i64)>) -> Vec<(i64, i64)> {
    let mut out: Vec<(i64, i64)> = Vec::new();
    for p in points {
        while let [.., a, b] = out[..] {
            if (b.0 - a.0) * (p.1 - a.1) - (b.1 - a.1) * (p.0 - a.0) > 0 {
                break;
            }
            out.pop();
        }
        out.push(p);
    }
    out.pop();
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use imageproc::geometry::convex_hull;
    use imageproc::point::Point;
    use proptest::prelude::*;

    #[test]
    fn of_squares_and_an_l() {
        assert_eq!(hull_area(&[(3, 5, 6)]), 1.0);
        assert_eq!(hull_area(&[(0, 0, 4), (1, 0, 4)]), 8.0);
        assert_eq!(hull_area(&[(0, 0, 1), (1, 0, 2)]), 3.5);
        assert_eq!(hull_area(&[]), 0.0);
    }

    proptest! {
        #[test]
        fn agrees_with_imageproc(spans in proptest::collection::vec((0_i64..20, 0_i64..20, 1_i64..8), 1..12)) {
            let spans: Vec<_> = spans.into_iter().map(|(y, x, n)| (y, x, x + n)).collect();
            let corners: Vec<Point<i32>> = spans.iter().flat_map(|&(y, a, b)| {
                [(a, y), (b, y), (a, y + 1), (b, y + 1)].map(|(x, y)| Point::new(x as i32, y as i32))
            }).collect();
            let ring = convex_hull(corners);
            let twice: i32 = (0..ring.len()).map(|i| {
                let (a, b) = (ring[i], ring[(i + 1) % ring.len()]);
                a.x * b.y - a.y * b.x
            }).sum();
            prop_assert_eq!(hull_area(&spans), f64::from(twice.abs()) / 2.0);
        }
    }
}
