use super::*;
use ndarray::Axis;

const NOISE: Noise = Noise { gain: 1.0, offset: 0.0, floor: 25.0 };
const BACKGROUND: f64 = 200.0;
const SIGMA_PX: f64 = 1.3;

/// Spots of such heights and sigmas in rows, cut off at a limit.
fn plane(spots: &[(f64, f64)], limit: u16) -> Array2<u16> {
    Array2::from_shape_fn((40, 30 * spots.len()), |(y, x)| {
        let (height, sigma) = spots[x / 30];
        let r2 = (y as f64 - 20.3).powi(2) + ((x % 30) as f64 - 14.8).powi(2);
        let noise = ((x * 7 + y * 13) % 11) as f64 - 5.0;
        let light = BACKGROUND + noise + height * (-0.5 * r2 / (sigma * sigma)).exp();
        (light.round() as u16).min(limit)
    })
}

fn top(plane: &Array2<f32>, spot: usize) -> f64 {
    let columns = plane.slice_axis(Axis(1), (30 * spot..30 * (spot + 1)).into());
    f64::from(columns.iter().copied().fold(0.0, f32::max))
}

#[test]
fn tops_are_put_back_from_flanks_of_spots_of_any_height_and_width() {
    let spots = [(3000.0, 1.3), (5000.0, 1.3), (4000.0, 1.6), (2500.0, 1.2), (9000.0, 1.4), (700.0, 1.3)];
    let cut = plane(&spots, 1400);
    let (filled, clipped) = fill((&cut).into(), &NOISE, SIGMA_PX, |_, _| true);
    let filled = filled.unwrap();
    // The lowest one is not cut off.
    assert_eq!(clipped, ClippedPeaks { peaks: 5, restored: 5 });
    for (i, (height, sigma)) in spots.into_iter().enumerate() {
        // The middle lies between pixels.
        let expected = BACKGROUND + height * (-0.5 * (0.09 + 0.04) / (sigma * sigma)).exp();
        let found = top(&filled, i);
        assert!((found / expected - 1.0).abs() < 0.15, "spot {i}: {found} for {expected}");
    }
    for (v, was) in filled.iter().zip(&cut).filter(|(_, was)| **was < 1400) {
        assert_eq!(*v, f32::from(*was));
    }
}

#[test]
fn what_is_not_clipped_stays_and_what_is_no_spot_rises_as_spots_do() {
    let spots = [(3000.0, 1.3); 5];
    assert_eq!(
        fill((&plane(&spots, u16::MAX)).into(), &NOISE, SIGMA_PX, |_, _| true),
        (None, ClippedPeaks::default())
    );
    let mut hazy = plane(&spots, 1400);
    // Light at the limit over the whole of one part.
    let is_hazy = |y: usize, x: usize| (5..35).contains(&y) && (64..86).contains(&x);
    hazy.indexed_iter_mut().filter(|((y, x), _)| is_hazy(*y, *x)).for_each(|(_, v)| *v = 1400);
    let (filled, clipped) = fill((&hazy).into(), &NOISE, SIGMA_PX, |_, _| true);
    assert_eq!(clipped, ClippedPeaks { peaks: 5, restored: 4 });
    let filled = filled.unwrap();
    let [haze, spot] = [top(&filled, 2), top(&filled, 1)];
    assert!(
        spot > 2500.0 && (haze / spot - 1.0).abs() < 0.2,
        "no higher and no lower than signals: {haze} {spot}"
    );
    assert!(
        fill((&plane(&spots[..2], 1400)).into(), &NOISE, SIGMA_PX, |_, _| true).0.is_none(),
        "may be chance"
    );
    // Nothing but the foot of each is left.
    let (foot, clipped) = fill((&plane(&[(9000.0, 1.3); 5], 215)).into(), &NOISE, SIGMA_PX, |_, _| true);
    assert_eq!((foot, clipped), (None, ClippedPeaks::default()), "as high as the noise may be");
    let low = plane(&[(9000.0, 1.3); 5], 400);
    let (_, clipped) = fill((&low).into(), &NOISE, SIGMA_PX, |_, x| x < 60);
    assert_eq!(clipped.peaks, 2, "those that count");
    // All at one level, and a gradient of few levels with flat patches at its end.
    let even = Array2::from_elem((300, 300), 4095_u16);
    assert_eq!(fill((&even).into(), &NOISE, SIGMA_PX, |_, _| true), (None, ClippedPeaks::default()));
    let dark = Array2::from_shape_fn((300, 300), |(y, x)| 100 + u16::from(y % 60 < 3 && x % 60 < 3) * 3);
    assert_eq!(fill((&dark).into(), &NOISE, SIGMA_PX, |_, _| true), (None, ClippedPeaks::default()));
}
