use std::collections::BTreeSet;

use ndarray::array;
use proptest::prelude::*;

use super::*;

fn all_of(labels: &Array2<u32>, label: u32) -> Vec<PolygonRings> {
    let (y1, x1) = labels.dim();
    polygons_of(&LabelImage::from_array(labels), label, BoundingBox { y0: 0, x0: 0, y1, x1 })
}

/// The corners of a ring from the first one in reading order on.
fn from_first(ring: &[Corner]) -> Vec<Corner> {
    let mut corners = ring[1..].to_vec();
    let first = (0..corners.len()).min_by_key(|&i| (corners[i][1], corners[i][0])).unwrap();
    corners.rotate_left(first);
    corners
}

#[test]
fn a_ring_goes_clockwise_on_the_screen_by_corners_alone() {
    let labels = array![[0, 0, 0, 0], [0, 7, 7, 0], [0, 7, 0, 3]];
    let polygons = all_of(&labels, 7);
    assert_eq!((polygons.len(), polygons[0].len()), (1, 1));
    assert_eq!(from_first(&polygons[0][0]), [[1, 1], [3, 1], [3, 2], [2, 2], [2, 3], [1, 3]]);
    assert_eq!(from_first(&all_of(&labels, 3)[0][0]), [[3, 2], [4, 2], [4, 3], [3, 3]]);
    assert!(all_of(&labels, 9).is_empty());
}

#[test]
fn pieces_that_touch_at_a_corner_are_apart_and_so_are_holes() {
    let labels = array![[1, 0], [0, 1]];
    assert_eq!(all_of(&labels, 1).len(), 2);
    let labels = array![[1, 1, 1, 1], [1, 0, 1, 1], [1, 1, 0, 1], [1, 1, 1, 1]];
    let polygons = all_of(&labels, 1);
    assert_eq!((polygons.len(), polygons[0].len()), (1, 3), "{polygons:?}");
    // An island in a lake.
    let from_middle = |(y, x): (usize, usize)| y.abs_diff(2).max(x.abs_diff(2));
    let labels = Array2::from_shape_fn((5, 5), |place| u32::from(from_middle(place) != 1));
    let mut rings: Vec<usize> = all_of(&labels, 1).iter().map(Vec::len).collect();
    rings.sort_unstable();
    assert_eq!(rings, [1, 2]);
    // A bay that its two shores close at a corner.
    let labels = array![[1, 1, 1], [1, 0, 1], [1, 1, 0]];
    let polygons = all_of(&labels, 1);
    assert_eq!((polygons.len(), polygons[0].len()), (1, 2), "{polygons:?}");
}

proptest! {
    /// Any label image: the polygons hold the pixels of the label and no other, each once; rings are closed, valid and turn
    /// the right way.
    #[test]
    fn polygons_hold_exactly_the_pixels_of_the_label(
        (h, w, labels) in (1_usize..14, 1_usize..14).prop_flat_map(|(h, w)| {
            (Just(h), Just(w), proptest::collection::vec(0_u32..3, h * w))
        }),
    ) {
        let labels = Array2::from_shape_vec((h, w), labels).unwrap();
        for label in [1, 2] {
            let polygons = all_of(&labels, label);
            let doubled: i64 = polygons.iter().flatten().map(|ring| doubled_area(ring)).sum();
            let area = labels.iter().filter(|l| **l == label).count();
            prop_assert_eq!(doubled, 2 * area as i64);
            for polygon in &polygons {
                for (i, ring) in polygon.iter().enumerate() {
                    prop_assert_eq!(ring.first(), ring.last());
                    let corners: BTreeSet<&Corner> = ring.iter().collect();
                    prop_assert_eq!(corners.len() + 1, ring.len());
                    prop_assert!(corners.len() >= 4);
                    prop_assert_eq!(doubled_area(ring) > 0, i == 0);
                    for edges in ring.windows(3) {
                        let level = |a: Corner, b: Corner| a[1] == b[1];
                        prop_assert!(level(edges[0], edges[1]) != level(edges[1], edges[2]));
                    }
                }
            }
            for ((y, x), own) in labels.indexed_iter() {
                let centre = [2 * x as i64 + 1, 2 * y as i64 + 1];
                let holding = polygons.iter().filter(|rings| {
                    surrounds(&rings[0], centre) && !rings[1..].iter().any(|hole| surrounds(hole, centre))
                });
                prop_assert_eq!(holding.count(), usize::from(*own == label));
            }
        }
    }
}
