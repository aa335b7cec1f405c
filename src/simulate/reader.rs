//! Truth as a perfect reader sees it.

use std::collections::{BTreeMap, BTreeSet};

use ndarray::Array2;

use super::appearance::{Appearance, appearances};
use super::conditions::{Conditions, Reader};
use super::emitter::Emitter;
use super::scene::{Stained, expose};
use super::truth::{SignalTruth, TrueStatus};

/// Distance of red and green from which a pair is split, signal diameters.
const SPLIT_DIAMETERS: f64 = 2.0;

/// Sets what the truth owes to the looks of signals: the amplitude of signals that are no round Gaussian spots, and with
/// a [`Reader`] the status of pairs. Gives the nuclei that no reader could be sure of.
pub(super) fn see(
    conditions: &Conditions,
    stained: &Stained,
    stroma: Option<&Array2<f32>>,
    nuclei: &[(u32, Vec<Emitter>)],
    signals: &mut [SignalTruth],
) -> BTreeSet<u32> {
    let probes = &conditions.probes;
    let shaped = probes.polymer.is_some() || probes.sisters.is_some() || conditions.optics.pupil.is_some();
    if !shaped && conditions.reader.is_none() {
        return BTreeSet::new();
    }
    let emitters: BTreeMap<_, &Emitter> = nuclei
        .iter()
        .flat_map(|(nucleus, emitters)| emitters.iter().map(|e| ((*nucleus, e.locus, e.colour.index()), e)))
        .collect();
    let of_signals: Vec<&Emitter> = signals
        .iter()
        .filter_map(|s| emitters.get(&(s.nucleus, s.locus, s.channel.index())).copied())
        .collect();
    let background = expose(conditions, stained, &[], &[], stroma, conditions.middle_um());
    let read_variance = conditions.camera.read_noise_electrons.powi(2);
    let variance = |channel: usize, at: (usize, usize)| {
        read_variance + background[channel].get(at).map_or(0.0, |&light| f64::from(light))
    };
    let appearances = appearances(conditions, &of_signals, &conditions.foci_um(), variance);
    if shaped {
        for (signal, appearance) in signals.iter_mut().zip(&appearances) {
            signal.amplitude = appearance.height / conditions.camera.electrons_per_level;
        }
    }
    conditions.reader.as_ref().map(|reader| read(reader, signals, &appearances)).unwrap_or_default()
}

/// Sets the status of pairs by their distance. Gives the nuclei that no reader could be sure of. `appearances` are
/// those of the signals, one each.
fn read(reader: &Reader, signals: &mut [SignalTruth], appearances: &[Appearance]) -> BTreeSet<u32> {
    let diameter_px = median(appearances.iter().map(|a| a.diameter_px).collect());
    let mut doubtful = BTreeSet::new();
    for (signal, appearance) in signals.iter().zip(appearances) {
        if appearance.snr < reader.least_snr {
            doubtful.insert(signal.owner);
        }
    }
    let places: Vec<SignalTruth> = signals.to_vec();
    for signal in signals.iter_mut() {
        for other in places.iter().filter(|other| other.owner == signal.owner) {
            let diameters = (other.y - signal.y).hypot(other.x - signal.x) / diameter_px;
            let same_locus = (other.nucleus, other.locus) == (signal.nucleus, signal.locus);
            let same_colour = other.channel == signal.channel;
            if same_locus && !same_colour {
                let [from, to] = reader.doubtful_diameters;
                if (from..=to).contains(&diameters) {
                    doubtful.insert(signal.owner);
                }
                let split = diameters >= SPLIT_DIAMETERS;
                signal.status = if split { TrueStatus::Split } else { TrueStatus::Fused };
            } else if !same_locus && same_colour && diameters < reader.merged_diameters {
                doubtful.insert(signal.owner);
            }
        }
    }
    doubtful
}

/// The value in the middle; not a number if there is none, which no distance is below.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
