//! The typical height of the signals of one field, before any correction.

use super::nucleus::NucleusRecord;
use crate::colour::Colour;
use crate::detect::candidate::Candidate;
use crate::statistics::median;

/// Fewest nuclei with a candidate that tell how bright the signals of a field are.
const MIN_NUCLEI: usize = 10;
/// Signal-to-noise ratio of the brightest candidate of the median nucleus from which it is a signal and not noise.
const MIN_SNR: f64 = 8.0;

/// Height of the brightest candidate of the median nucleus of a field, grey levels; `None` with few nuclei, or if that may
/// be noise. `nuclei` are those of all fields.
pub(super) fn brightness(nuclei: &[NucleusRecord], field: usize, colour: Colour) -> Option<f64> {
    let own = nuclei.iter().filter(|n| n.field == field);
    let brightest: Vec<&Candidate> = own.filter_map(|n| n.candidates.of(colour).first()).collect();
    let middle =
        |of: fn(&Candidate) -> f64| median(&mut brightest.iter().map(|c| of(c)).collect::<Vec<f64>>());
    (brightest.len() >= MIN_NUCLEI && middle(Candidate::snr) >= MIN_SNR).then(|| middle(|c| c.amplitude))
}
