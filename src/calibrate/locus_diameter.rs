//! The signal diameter, measured on intact loci.
//!
//! A spot with a spot of the other colour beside it is a probe. Speckle is narrower than probes and mostly alone, so that it
//! moves the width of all spots, but hardly that of loci.

use crate::colour::PerColour;
use crate::detect::candidate::{Candidate, FWHM_PER_SIGMA};
use crate::detect::nucleus_candidates::NucleusCandidates;
use crate::statistics::median;

/// Distance of the two ends of a locus that is used, in signal diameters: speckle lies so close by chance only.
const MAX_DISTANCE_DIAMETERS: f64 = 1.0;
/// SNR from which an end is used: its fitted width scatters by a fifth.
const MIN_SNR: f64 = 8.0;
/// Height of an end that is used, over the highest candidate of its colour in the nucleus.
const MIN_OF_HIGHEST: f64 = 0.5;
/// Factor by which the width of an end that is used may differ from the median: beyond lie blends and spots out of focus.
const MAX_FACTOR: f64 = 1.5;
/// Number of ends that the width of all spots counts for.
const PSEUDO_ENDS: f64 = 5.0;

/// The diameter of the signals of a colour.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct LocusDiameter {
    /// Full width at half maximum, px.
    pub(crate) diameter_px: f64,
    /// Its standard error, px.
    pub(crate) standard_error_px: f64,
    /// Ends that it was measured on.
    pub(crate) ends: usize,
}

/// The signal diameters by the ends of intact loci; `diameters_px` are those of all spots. The mean of the logarithm counts:
/// probes are of many shapes, and a diameter stands for the usual one. `None` where there is no locus.
pub(crate) fn estimate<'n>(
    nuclei: impl IntoIterator<Item = &'n NucleusCandidates>,
    diameters_px: PerColour<f64>,
) -> PerColour<Option<LocusDiameter>> {
    let reach_px = MAX_DISTANCE_DIAMETERS * f64::midpoint(diameters_px.red, diameters_px.green);
    let mut log_widths = PerColour { red: Vec::new(), green: Vec::new() };
    for nucleus in nuclei {
        for (red, green) in loci(nucleus, reach_px) {
            log_widths.red.push((FWHM_PER_SIGMA * red.sigma_px).ln());
            log_widths.green.push((FWHM_PER_SIGMA * green.sigma_px).ln());
        }
    }
    log_widths.zip(diameters_px).map(|(own, all_px)| of(own, all_px))
}

fn of(mut log_widths: Vec<f64>, all_px: f64) -> Option<LocusDiameter> {
    let usual = median(&mut log_widths);
    log_widths.retain(|log| (log - usual).abs() <= MAX_FACTOR.ln());
    if log_widths.is_empty() || all_px <= 0.0 {
        return None;
    }
    let n = log_widths.len() as f64;
    let mean = log_widths.iter().sum::<f64>() / n;
    let variance = log_widths.iter().map(|log| (log - mean).powi(2)).sum::<f64>() / (n - 1.0).max(1.0);
    let diameter_px = ((n * mean + PSEUDO_ENDS * all_px.ln()) / (n + PSEUDO_ENDS)).exp();
    let standard_error_px = diameter_px * (variance / n).sqrt();
    diameter_px.is_finite().then_some(LocusDiameter {
        diameter_px,
        standard_error_px,
        ends: log_widths.len(),
    })
}

/// The bright reds and greens that are each nearest to the other.
fn loci(nucleus: &NucleusCandidates, reach_px: f64) -> Vec<(&Candidate, &Candidate)> {
    let (red, green) = (bright(&nucleus.red), bright(&nucleus.green));
    let pair = |r: &&'_ Candidate| -> Option<usize> {
        let j = nearest(r, &green, reach_px)?;
        let back = nearest(green[j], &red, reach_px)?;
        std::ptr::eq(red[back], *r).then_some(j)
    };
    red.iter().filter_map(|r| Some((*r, green[pair(r)?]))).collect()
}

fn bright(candidates: &[Candidate]) -> Vec<&Candidate> {
    let highest = candidates.iter().map(|c| c.amplitude).fold(0.0, f64::max);
    let bright = candidates.iter().filter(|c| c.amplitude >= MIN_OF_HIGHEST * highest && c.snr() >= MIN_SNR);
    bright.collect()
}

fn nearest(of: &Candidate, among: &[&Candidate], reach_px: f64) -> Option<usize> {
    let distances = among.iter().enumerate().map(|(i, other)| (i, of.distance_px(other)));
    let nearest = distances.filter(|(_, d)| *d <= reach_px).min_by(|a, b| a.1.total_cmp(&b.1));
    nearest.map(|(i, _)| i)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(x_px: f64, sigma_px: f64, amplitude: f64) -> Candidate {
        Candidate {
            y_px: 0.0,
            x_px,
            nucleus_id: 1,
            amplitude,
            photon_sd: 1.0,
            texture_sd: 1.0,
            sigma_px,
            width_ratio: 1.0,
            background: 0.0,
            threshold: 5.0,
            z_px: None,
        }
    }

    /// Nuclei with two loci of this width, and narrow lone speckle of this height.
    fn nuclei(sigma_px: f64, speckle: f64) -> Vec<NucleusCandidates> {
        let of = |shift: f64| {
            let loci = [0.0, 60.0].map(|x| candidate(x + shift, sigma_px, 100.0));
            let lone = (0..6).map(|i| candidate(100.0 + 20.0 * f64::from(i) + 7.0 * shift, 1.0, speckle));
            loci.into_iter().chain(lone).collect()
        };
        vec![NucleusCandidates { red: of(0.0), green: of(1.0), ..NucleusCandidates::default() }; 20]
    }

    #[test]
    fn speckle_does_not_move_the_diameter() {
        for speckle in [1.0, 40.0, 90.0] {
            let found = estimate(&nuclei(1.9, speckle), PerColour::both(1.7 * FWHM_PER_SIGMA));
            let ratio = found.red.unwrap().diameter_px / (1.9 * FWHM_PER_SIGMA);
            assert!((ratio - 1.0).abs() < 0.03, "{speckle}: {ratio}");
            assert_eq!(found.green.unwrap().ends, 40);
        }
    }

    #[test]
    fn there_is_no_diameter_without_loci() {
        assert_eq!(estimate(&[], PerColour::both(4.0)), PerColour::both(None));
        let lone =
            NucleusCandidates { red: vec![candidate(0.0, 1.9, 100.0)], ..NucleusCandidates::default() };
        assert_eq!(estimate(&[lone], PerColour::both(4.0)).red, None);
    }
}
