//! How many signals of each colour the nuclei of a specimen lose below detection.

use crate::analyse::FieldMeasurement;
use crate::analyse::specimen::nucleus::ResolvedRecord;
use crate::classify::LostShare;
use crate::colour::Colour;
use crate::detect::DetectParams;
use crate::detect::candidate::Candidate;
use crate::detect::find::CANDIDATE_TEXTURE_SNR;
use crate::resolve::detection_limit::{self, HeightLaw, Limit, LossFit, Seen};
use crate::resolve::explanations::CandidateKind;
use crate::resolve::model::SpecimenModel;
use crate::statistics::median;

/// Pseudo-signals of the usual height by which a field's own is held: their spread of a third makes the error of a median
/// of ten about a tenth, as large as the differences between fields that are looked for.
const FIELD_PSEUDO_SIGNALS: f64 = 10.0;

/// What a signal at the place of a candidate must be above to be seen. The light of a signal adds noise, so a bright
/// one has a higher threshold than one that is just seen there; `shot_variance` is what a grey level of height adds.
fn limit_at(candidate: &Candidate, shot_variance: f64, params: &DetectParams) -> Limit {
    let dark = (candidate.photon_sd.powi(2) - shot_variance * candidate.amplitude).max(0.0);
    // The height t that is `candidate_snr` times its own noise: t^2 = snr^2 (dark + shot t).
    let half = 0.5 * params.candidate_snr.powi(2) * shot_variance;
    let by_photons = half + (half * half + params.candidate_snr.powi(2) * dark).sqrt();
    Limit {
        threshold: by_photons.max(CANDIDATE_TEXTURE_SNR * candidate.texture_sd),
        noise: (by_photons / params.candidate_snr).max(candidate.texture_sd),
    }
}

/// The loss of a colour over a specimen.
#[derive(Debug, Clone)]
pub(super) struct Loss {
    pub(super) fit: LossFit,
    /// What a signal must be above to be seen in each nucleus, heights as in the middle field; `None` where nothing was
    /// measured.
    limits: Vec<Option<Limit>>,
}

/// The signals and limits of one nucleus, and its field.
struct Nucleus {
    field: usize,
    signals: Vec<Seen>,
    limit: Option<Limit>,
}

/// The loss of each colour; `None` where the signals do not tell.
pub(super) fn estimate(
    fields: &[FieldMeasurement],
    nuclei: &[ResolvedRecord],
    model: &SpecimenModel,
    params: &DetectParams,
    deviations: f64,
) -> [Option<Loss>; 2] {
    Colour::BOTH.map(|colour| {
        let mut gathered = gather(fields, nuclei, colour, params);
        even_out_fields(&mut gathered, fields.len());
        let limits: Vec<Option<Limit>> = gathered.iter().map(|n| n.limit).collect();
        let seen: Vec<Seen> = gathered.into_iter().flat_map(|n| n.signals).collect();
        let measured: Vec<Limit> = limits.iter().flatten().copied().collect();
        let start = HeightLaw { log_height: model.height(colour).ln(), log_sd: model.height_log_sd(colour) };
        detection_limit::estimate(&seen, &measured, start, deviations).map(|fit| Loss { fit, limits })
    })
}

/// Enters the shares lost in each nucleus.
pub(super) fn apply(losses: &[Option<Loss>; 2], nuclei: &mut [ResolvedRecord]) {
    for (c, loss) in losses.iter().enumerate() {
        let Some(loss) = loss else { continue };
        let expected = loss.fit.law.lost(&loss.limits);
        let at_most = loss.fit.pessimistic.lost(&loss.limits);
        for (nucleus, (expected, at_most)) in nuclei.iter_mut().zip(expected.into_iter().zip(at_most)) {
            nucleus.lost[c] = LostShare { expected, at_most: at_most.max(expected) };
        }
    }
}

fn gather(
    fields: &[FieldMeasurement],
    nuclei: &[ResolvedRecord],
    colour: Colour,
    params: &DetectParams,
) -> Vec<Nucleus> {
    let of = |nucleus: &ResolvedRecord| {
        let record = &nucleus.record;
        let channel = &fields[record.field].channels[colour.index()];
        let shot_variance = channel.filter.shot_variance(&channel.noise);
        let found = record.candidates.of(colour).iter().zip(nucleus.decision.of(colour));
        let signals: Vec<Seen> = found
            .filter(|(_, (_, part))| *part == CandidateKind::Signal)
            .map(|(c, _)| Seen {
                height: c.amplitude,
                noise: c.noise_sd(),
                limit: limit_at(c, shot_variance, params),
            })
            .collect();
        let limit = limit_in(&signals, channel.nucleus_noise.get(record.index).copied(), params);
        Nucleus { field: record.field, signals, limit }
    };
    nuclei.iter().map(of).collect()
}

/// Brings the heights of all fields to that of the specimen: each field has a filter of its own width, and with weak
/// signals that width, and with it every height, is off by a tenth or more. Fields of few signals are left nearer to what
/// they are.
fn even_out_fields(nuclei: &mut [Nucleus], fields: usize) {
    let mut logs = vec![Vec::new(); fields];
    for nucleus in nuclei.iter() {
        if let Some(own) = logs.get_mut(nucleus.field) {
            own.extend(nucleus.signals.iter().map(|s| s.height.max(f64::MIN_POSITIVE).ln()));
        }
    }
    let usual = median(&mut logs.concat());
    let factors: Vec<f64> = logs
        .iter_mut()
        .map(|own| {
            let trust = own.len() as f64 / (own.len() as f64 + FIELD_PSEUDO_SIGNALS);
            if own.is_empty() { 1.0 } else { (trust * (usual - median(own))).exp() }
        })
        .collect();
    for nucleus in nuclei {
        let factor = factors.get(nucleus.field).copied().unwrap_or(1.0);
        let scale = |limit: Limit| Limit { threshold: factor * limit.threshold, noise: factor * limit.noise };
        nucleus.limit = nucleus.limit.map(scale);
        for seen in &mut nucleus.signals {
            *seen =
                Seen { height: factor * seen.height, noise: factor * seen.noise, limit: scale(seen.limit) };
        }
    }
}

/// What a signal of a nucleus must be above: the middle of what holds at its signals, or what its own noise says if it
/// shows none.
fn limit_in(signals: &[Seen], nucleus_noise: Option<f64>, params: &DetectParams) -> Option<Limit> {
    if signals.is_empty() {
        let noise = nucleus_noise.filter(|n| *n > 0.0)?;
        return Some(Limit { threshold: params.candidate_snr * noise, noise });
    }
    let middle = |of: &dyn Fn(&Seen) -> f64| median(&mut signals.iter().map(of).collect::<Vec<f64>>());
    Some(Limit { threshold: middle(&|s| s.limit.threshold), noise: middle(&|s| s.limit.noise) })
}
