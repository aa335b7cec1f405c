//! The depths of the peaks of a probe at each place.

use ndarray::{Array2, Zip};

use crate::field::{Peak, PeakMap};

/// Most that the light between two peaks at one place may be, as a share of the lower one: less than from one signal whose
/// profile noise has split.
const MAX_VALLEY: f32 = 0.6;

/// The profile at a place as far as it is read.
#[derive(Debug, Clone, Copy, Default)]
struct Profile {
    /// Heights in the last slice and in the one before it.
    last: f32,
    before: f32,
    peaks: [Peak; 2],
    /// The lowest height since the first of the peaks.
    valley: f32,
}

/// The peaks of the slices so far.
#[derive(Debug)]
pub(super) struct PeakFinder {
    profiles: Array2<Profile>,
    /// Depths of the last slice and of the one before it.
    z: [Option<f32>; 2],
}

impl PeakFinder {
    pub(super) fn new(dim: (usize, usize)) -> Self {
        Self { profiles: Array2::default(dim), z: [None; 2] }
    }

    /// Adds the heights of the light above its surroundings in the next slice, at a depth above that of all before.
    pub(super) fn push(&mut self, heights: &Array2<f32>, z: f32) {
        let [last, before] = self.z;
        Zip::from(&mut self.profiles).and(heights).for_each(|profile, &height| {
            if let Some(at) = last {
                let rises = before.is_none() || profile.last > profile.before;
                if rises && profile.last >= height && profile.last > 0.0 {
                    let vertex = before.map_or(at, |before| {
                        vertex([(before, profile.before), (at, profile.last), (z, height)])
                    });
                    profile.add(Peak { z_px: vertex, height: profile.last });
                }
            }
            profile.valley = profile.valley.min(height);
            (profile.before, profile.last) = (profile.last, height);
        });
        self.z = [Some(z), last];
    }

    /// The peaks of all slices.
    pub(super) fn finish(self) -> PeakMap {
        let [last, before] = self.z;
        let peaks = self.profiles.mapv(|mut profile| {
            let rises = before.is_none() || profile.last > profile.before;
            if let Some(z_px) = last.filter(|_| rises && profile.last > 0.0) {
                profile.add(Peak { z_px, height: profile.last });
            }
            profile.peaks
        });
        PeakMap { peaks }
    }
}

impl Profile {
    fn add(&mut self, peak: Peak) {
        let [highest, second] = self.peaks;
        let is_apart =
            highest.height > 0.0 && self.valley.max(0.0) < MAX_VALLEY * peak.height.min(highest.height);
        if peak.height > highest.height {
            let second = if is_apart { highest } else { second };
            // A peak that was apart from the highest one may lie on the flank of this one.
            self.peaks = [peak, if is_apart { second } else { Peak::default() }];
            self.valley = peak.height;
        } else if is_apart && peak.height > second.height {
            self.peaks[1] = peak;
        }
    }
}

/// Depth of the top of a peak from its highest slice and those beside it. Out of focus a signal covers an area that grows with
/// the square of the distance, so that one over its height is a parabola.
fn vertex([(z0, h0), (z1, h1), (z2, h2)]: [(f32, f32); 3]) -> f32 {
    // Far below the top noise decides.
    const MIN_SHARE: f32 = 0.1;
    let [a, b, c] = [h0, h1, h2].map(|h| 1.0 / h.max(MIN_SHARE * h1));
    let (left, right) = ((a - b) / (z1 - z0), (c - b) / (z2 - z1));
    let curvature = (left + right) / (z2 - z0);
    if curvature <= 0.0 {
        return z1;
    }
    // The derivative at the middle slice over the curvature.
    let slope = (right * (z1 - z0) - left * (z2 - z1)) / (z2 - z0);
    (z1 - 0.5 * slope / curvature).clamp(0.5 * (z0 + z1), 0.5 * (z1 + z2))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Peaks of a profile over the depth.
    fn peaks(profile: impl Fn(f32) -> f32, depths: &[f32]) -> [Peak; 2] {
        let mut finder = PeakFinder::new((1, 1));
        for &z in depths {
            finder.push(&Array2::from_elem((1, 1), profile(z)), z);
        }
        finder.finish().peaks[(0, 0)]
    }

    fn signal(z: f32, at: f32, height: f32) -> f32 {
        height / (1.0 + (z - at).powi(2))
    }

    #[test]
    fn the_top_lies_between_slices_also_with_gaps() {
        let even: Vec<f32> = (0..9).map(|i| i as f32).collect();
        for depths in [&even[..], &[0.0, 1.0, 3.0, 4.0, 6.0, 7.0, 8.0]] {
            let [first, second] = peaks(|z| signal(z, 3.7, 100.0), depths);
            assert!((first.z_px - 3.7).abs() < 1e-3, "{first:?} {depths:?}");
            assert_eq!(second.height, 0.0);
        }
    }

    #[test]
    fn a_signal_beyond_the_last_slice_is_in_that_slice() {
        let depths: Vec<f32> = (0..5).map(|i| i as f32).collect();
        assert_eq!(peaks(|z| signal(z, 6.0, 100.0), &depths)[0].z_px, 4.0);
        assert_eq!(peaks(|z| signal(z, -1.0, 100.0), &depths)[0].z_px, 0.0);
    }

    #[test]
    fn two_signals_at_one_place_are_two_if_there_is_a_valley() {
        let depths: Vec<f32> = (0..13).map(|i| i as f32).collect();
        let two = |gap: f32| peaks(|z| signal(z, 3.0, 100.0) + signal(z, 3.0 + gap, 80.0), &depths);
        let [first, second] = two(6.0);
        assert!((first.z_px - 3.0).abs() < 0.1 && (second.z_px - 9.0).abs() < 0.1, "{first:?} {second:?}");
        assert_eq!(two(1.5)[1].height, 0.0);
        // The lower one first.
        let [first, second] = peaks(|z| signal(z, 3.0, 60.0) + signal(z, 9.0, 100.0), &depths);
        assert!((first.z_px - 9.0).abs() < 0.1 && (second.z_px - 3.0).abs() < 0.1, "{first:?} {second:?}");
    }
}
