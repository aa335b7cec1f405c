//! Images that were compressed with loss.

use super::*;
use ndarray::Array2;

#[test]
fn dark_blocks_of_a_compressed_image_are_no_nuclei() {
    const DISCS: [(f64, f64, f64); 4] =
        [(40.0, 45.0, 18.0), (60.0, 130.0, 20.0), (131.0, 60.0, 17.0), (150.0, 170.0, 19.0)];
    for step in 1..4 {
        let image = Array2::from_shape_fn((400, 460), |(y, x)| {
            // A tenth of the blocks lie a step above the others.
            let (row, column) = (y / 8, x / 8);
            let raised = usize::from((row * row * 31 + column * column * 17 + row * column * 7) % 97 < 10);
            let light = |&(cy, cx, radius): &(f64, f64, f64)| {
                90.0 / (1.0 + (((y as f64 - cy).hypot(x as f64 - cx) - radius) / 1.2).exp())
            };
            6 + (raised * step) as u8 + DISCS.iter().map(light).sum::<f64>().round() as u8
        });
        let found = segment(PlaneView::from(&image), None, &SegmentParams::default()).unwrap();
        assert_eq!(found.nuclei.len(), DISCS.len(), "steps of {step}");
        assert!(DISCS.iter().all(|&(y, x, _)| found.nucleus_at(y, x) != 0));
    }
}
