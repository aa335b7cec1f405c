//! The crosstalk of a specimen.

use super::nucleus::NucleusRecord;
use crate::calibrate::crosstalk::{self, CrosstalkEvidence};
use crate::calibrate::{ChromaticShift, Crosstalk, InstrumentParams};
use crate::colour::{Colour, PerColour};
use crate::detect::nucleus_candidates::NucleusCandidates;
use crate::setting::Setting;

/// The crosstalk of a specimen, from red and from green.
#[derive(Debug, Clone)]
pub(super) struct CrosstalkEstimate {
    /// The crosstalk that is corrected.
    pub(super) crosstalk: [Option<Crosstalk>; 2],
    /// How likely the rest of it passes as a candidate.
    pub(super) crosstalk_share: [f64; 2],
    findings: [CrosstalkEvidence; 2],
    /// The shift with which the candidates are put back where they were acquired, if crosstalk lies there.
    as_acquired: Option<ChromaticShift>,
}

impl CrosstalkEstimate {
    /// The crosstalk that the specimen shows, whatever is corrected.
    pub(super) fn measured(&self) -> PerColour<Option<Crosstalk>> {
        PerColour::from_fn(|colour| self.findings[colour.index()].crosstalk)
    }
}

fn settings(params: &InstrumentParams) -> [Setting<f64>; 2] {
    [params.crosstalk_red_into_green, params.crosstalk_green_into_red]
}

/// Whether the crosstalk from each colour is estimated.
pub(super) fn is_estimated(params: &InstrumentParams) -> PerColour<bool> {
    settings(params).map(|setting| setting == Setting::Estimate).into()
}

/// The candidates of a nucleus with the greens where they were acquired.
fn acquired(nucleus: &NucleusRecord, shift: &ChromaticShift) -> NucleusCandidates {
    let mut acquired = nucleus.candidates.clone();
    let centre = acquired.field_centre_px;
    for green in &mut acquired.green {
        [green.y_px, green.x_px] = shift.redo([green.y_px, green.x_px], centre);
    }
    acquired
}

/// Estimates the crosstalk from the candidates of the nuclei, from which the shift has been subtracted, or takes the
/// supplied one.
///
/// Crosstalk is light of its signal. If lenses shift the colours, it lies where the signal does, as acquired. If a filter
/// cube does, it is shifted as all that the cube shows. Whichever place shows more of it is believed.
pub(super) fn estimate(
    nuclei: &[NucleusRecord],
    shift: Option<ChromaticShift>,
    diameter_px: f64,
    params: &InstrumentParams,
) -> CrosstalkEstimate {
    let candidates: Vec<&NucleusCandidates> = nuclei.iter().map(|n| &n.candidates).collect();
    let signals = |found: &[CrosstalkEvidence; 2]| -> usize {
        found.iter().filter_map(|f| f.crosstalk).map(|crosstalk| crosstalk.signals).sum()
    };
    let mut findings = Colour::BOTH.map(|colour| crosstalk::estimate(&candidates, colour, diameter_px));
    let mut as_acquired = None;
    if let Some(shift) = shift {
        let acquired: Vec<NucleusCandidates> = nuclei.iter().map(|n| acquired(n, &shift)).collect();
        let there = Colour::BOTH.map(|colour| crosstalk::estimate(&acquired, colour, diameter_px));
        if signals(&there) > signals(&findings) {
            (findings, as_acquired) = (there, Some(shift));
        }
    }
    let settings = settings(params);
    let found = [0, 1].map(|i| match settings[i] {
        Setting::Estimate => findings[i].crosstalk,
        Setting::Off => None,
        Setting::Supplied(fraction) => Some(Crosstalk::supplied(fraction)),
    });
    let crosstalk_share = [0, 1].map(|i| findings[i].crosstalk_share(found[i].is_some()));
    CrosstalkEstimate { crosstalk: found, crosstalk_share, findings, as_acquired }
}

/// Removes the crosstalk from the candidates of the nuclei.
pub(super) fn apply(nuclei: &mut [NucleusRecord], estimate: &CrosstalkEstimate) {
    let fractions = estimate.crosstalk.map(|c| c.map_or(0.0, |c| c.fraction));
    for nucleus in nuclei {
        let mut unmixed = match &estimate.as_acquired {
            Some(shift) => acquired(nucleus, shift),
            None => nucleus.candidates.clone(),
        };
        let stayed: [Vec<bool>; 2] = crosstalk::unmix(&mut unmixed, fractions.into()).into();
        for (places, stayed) in nucleus.places.iter_mut().zip(&stayed) {
            let mut keep = stayed.iter();
            places.retain(|_| keep.next().is_none_or(|keep| *keep));
        }
        let greens = nucleus.candidates.green.iter().zip(&stayed[Colour::Green.index()]);
        for (green, (at, _)) in unmixed.green.iter_mut().zip(greens.filter(|(_, stayed)| **stayed)) {
            (green.y_px, green.x_px) = (at.y_px, at.x_px);
        }
        nucleus.candidates = unmixed;
    }
}
