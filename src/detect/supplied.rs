//! Spots of another program: their places are taken, everything else is measured there.

use std::ops::Range;

use crate::detect::candidate::Candidate;
use crate::detect::nearest_nucleus::nearest_nucleus;
use crate::segment::Segmentation;
use crate::spot::SpotPlace;
use crate::statistics::median;

/// Height of a spot of our own, over the median of the supplied ones, from which a list without it lacks a signal: a signal
/// out of focus has half the height.
const HIGH: f64 = 0.5;
/// Distance up to which two programs mean the same spot, in sigmas of a signal, and its least value in pixels: some programs
/// give whole pixels.
const SAME_SPOT_SIGMAS: f64 = 2.0;
const SAME_SPOT_PX: f64 = 1.5;

/// Supplied places in reading order.
#[derive(Debug)]
pub(super) struct SuppliedPlaces {
    /// The pixel of each, and the exact place.
    places: Vec<((usize, usize), SpotPlace)>,
}

impl SuppliedPlaces {
    pub(super) fn new(places: &[SpotPlace]) -> Self {
        let mut places: Vec<_> = places.iter().map(|place| (place.pixel(), *place)).collect();
        places.sort_by(|(a, exact_a), (b, exact_b)| {
            let exact = |place: &SpotPlace| (place.y_px, place.x_px);
            let ((ya, xa), (yb, xb)) = (exact(exact_a), exact(exact_b));
            a.cmp(b).then(ya.total_cmp(&yb)).then(xa.total_cmp(&xb))
        });
        Self { places }
    }

    /// Those on some rows.
    pub(super) fn in_rows(&self, rows: &Range<usize>) -> Vec<((usize, usize), SpotPlace)> {
        let first = self.places.partition_point(|((y, _), _)| *y < rows.start);
        let end = self.places.partition_point(|((y, _), _)| *y < rows.end);
        self.places.get(first..end).unwrap_or_default().to_vec()
    }
}

/// Supplied spots of one channel beside the spots that the image shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct SuppliedSpots {
    /// All spots that were supplied.
    pub(crate) spots: usize,
    /// Those that do not stand out of the noise, and are no candidates.
    pub(crate) in_noise: usize,
    /// Those outside all nuclei.
    pub(crate) outside: usize,
    /// High spots of the image in nuclei.
    pub(crate) high: usize,
    /// Those of them that were not supplied.
    pub(crate) high_not_supplied: usize,
}

impl SuppliedSpots {
    /// Holds supplied places, and the `candidates` among them, against the candidates that the image itself shows.
    pub(super) fn compare(
        places: &[SpotPlace],
        candidates: &[Candidate],
        own: &[Candidate],
        (segmentation, margin_px): (&Segmentation, f64),
        sigma_px: f64,
    ) -> Self {
        let is_outside = |place: &&SpotPlace| {
            let (y, x) = place.pixel();
            nearest_nucleus(&segmentation.labels, y, x, margin_px) == 0
        };
        let in_nuclei = |c: &&Candidate| c.nucleus_id > 0;
        let mut heights: Vec<f64> = candidates.iter().filter(in_nuclei).map(|c| c.amplitude).collect();
        let high = if heights.is_empty() { f64::INFINITY } else { HIGH * median(&mut heights) };
        let reach_px = (SAME_SPOT_SIGMAS * sigma_px).max(SAME_SPOT_PX);
        let rows = SuppliedPlaces::new(places);
        let is_supplied = |c: &Candidate| {
            let from = (c.y_px - reach_px).floor().max(0.0) as usize;
            let to = (c.y_px + reach_px).ceil() as usize + 1;
            let is_near = |place: SpotPlace| (place.y_px - c.y_px).hypot(place.x_px - c.x_px) <= reach_px;
            rows.in_rows(&(from..to)).into_iter().any(|(_, place)| is_near(place))
        };
        let high: Vec<&Candidate> = own.iter().filter(in_nuclei).filter(|c| c.amplitude >= high).collect();
        Self {
            spots: places.len(),
            in_noise: places.len() - candidates.len(),
            outside: places.iter().filter(is_outside).count(),
            high: high.len(),
            high_not_supplied: high.iter().filter(|c| !is_supplied(c)).count(),
        }
    }
}
