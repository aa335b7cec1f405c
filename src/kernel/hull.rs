//! Convex hull of pixels.

/// Area of the convex hull of the pixels (as unit squares) of `(y, x0, x1)` rows, each the span `x0..x1`
/// from a row's first to its last pixel, by increasing row.
pub(crate) fn hull_area(spans: &[(i64, i64, i64)]) -> f64 {
    // Of the corners on one line between rows only the outermost matter: those come sorted.
    let mut lines: Vec<(i64, i64, i64)> = Vec::with_capacity(spans.len() + 1);
    for &(y, x0, x1) in spans {
        for line in [y, y + 1] {
            match lines.last_mut() {
                Some(last) if last.0 == line => (last.1, last.2) = (last.1.min(x0), last.2.max(x1)),
                _ => lines.push((line, x0, x1)),
            }
        }
    }
    let left = side(lines.iter().map(|l| (l.0, l.1)), 1);
    let right = side(lines.iter().map(|l| (l.0, l.2)), -1);
    // The sides share the first and the last line: the hull is what lies between them.
    let under =
        |side: &[(i64, i64)]| side.windows(2).map(|w| (w[1].0 - w[0].0) * (w[0].1 + w[1].1)).sum::<i64>();
    (under(&right) - under(&left)) as f64 / 2.0
}

/// The hull's corners on one side: `turn` is 1 for the left side and -1 for the right side of points by
/// increasing row (Andrew's monotone chain).
fn side(points: impl Iterator<Item = (i64, i64)>, turn: i64) -> Vec<(i64, i64)> {
    let mut out: Vec<(i64, i64)> = Vec::with_capacity(points.size_hint().0);
    for p in points {
        while let [.., a, b] = out[..] {
            if turn * ((b.0 - a.0) * (p.1 - a.1) - (b.1 - a.1) * (p.0 - a.0)) > 0 {
                break;
            }
            out.pop();
        }
        out.push(p);
    }
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
            let mut spans: Vec<_> = spans.into_iter().map(|(y, x, n)| (y, x, x + n)).collect();
            spans.sort_unstable();
            spans.dedup_by_key(|s| s.0);
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
