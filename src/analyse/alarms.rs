//! What may have gone wrong with a field, or with the specimen as a whole.

mod copies;
mod debris;
mod field;
mod leak;
mod loss;
mod pairs;
mod params;
mod parted;
mod patches;
mod probes;
mod shifted;

pub use params::AlarmParams;

pub(super) use field::{SignalsSeen, of_field, of_instrument, usual_diameters_px};

use crate::analyse::measure::CHANNEL_PAIRS;
use crate::analyse::reading::FieldReading;
use crate::assay::{Assay, Sex};
use crate::calibrate::ChromaticShift;
use crate::classify::LostShare;
use crate::colour::Colour;
use crate::summarise::{PairingFault, RandomLoss, SummariseParams};
use loss::Losses;

/// What could be seen in a nucleus, by colour.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Visibility {
    /// Whether signals of the colour may be missed.
    pub(super) weak: [bool; 2],
    /// Share of the colour's signals lost below detection.
    pub(super) lost: [LostShare; 2],
}

/// The alarms of a specimen as a whole.
#[derive(Debug, Default)]
pub(super) struct SpecimenAlarms {
    pub(super) warnings: Vec<String>,
    probe_failed: Option<Colour>,
    pairing_fault: Option<PairingFault>,
    random_loss: Option<RandomLoss>,
    /// Many nuclei are out of focus or show no signal.
    pub(super) many_unseen: bool,
}

impl SpecimenAlarms {
    /// What of it no verdict may be given against.
    pub(super) fn summarise_params(&self) -> SummariseParams {
        SummariseParams {
            probe_failed: self.probe_failed,
            pairing_fault: self.pairing_fault,
            random_loss: self.random_loss,
            ..SummariseParams::default()
        }
    }
}

/// Looks for everything that may be wrong with the specimen. `visibility` is that of each field's nuclei,
/// `likeness` that of each field's channels with its name, `shift` what was taken off.
pub(super) fn of_specimen(
    fields: &[FieldReading],
    visibility: &[Vec<Visibility>],
    likeness: &[(String, [Option<f64>; 3])],
    shift: Option<ChromaticShift>,
    (assay, sex): (&Assay, Option<Sex>),
    params: &AlarmParams,
) -> SpecimenAlarms {
    let mut warnings = alike(likeness, params);
    let alone = Colour::BOTH.iter().filter_map(|colour| pairs::alone(fields, *colour, assay, params));
    let alone: Vec<String> = alone.collect();
    let mut pairing_fault = (!warnings.is_empty()).then_some(PairingFault::OneImage);
    if pairing_fault.is_none()
        && let Some((fault, text)) = pairs::fault(fields, !alone.is_empty(), shift, (assay, sex), params)
    {
        pairing_fault = Some(fault);
        warnings.push(text);
    }
    let missing = Colour::BOTH.map(|colour| probes::missing(fields, visibility, colour));
    let (probe_failed, of_probes) = probes::of_probes(missing, assay, params);
    warnings.extend(of_probes);
    let mut random_loss = None;
    for colour in Colour::BOTH {
        if let Some((loss, text)) = lost_at_random(Losses::count(fields, colour), colour, params) {
            if assay.isolated.counts(assay.end_of(colour.other())) {
                random_loss = Some(loss);
            }
            warnings.push(text);
        }
        warnings.extend(unseen(fields, visibility, colour, params));
        warnings.extend(patches::of_colour(fields, colour, params));
    }
    warnings.extend(copies::too_many(fields, assay, params));
    warnings.extend(copies::other_sex(fields, assay, sex, params));
    warnings.extend(debris::of_specimen(fields, params));
    warnings.extend(alone);
    let unseen_nuclei = pairs::out_of_focus(fields, params);
    let many_unseen = unseen_nuclei.is_some();
    warnings.extend(unseen_nuclei);
    SpecimenAlarms { warnings, probe_failed, pairing_fault, random_loss, many_unseen }
}

/// Channels that show one image.
fn alike(likeness: &[(String, [Option<f64>; 3])], params: &AlarmParams) -> Vec<String> {
    let of_field = |(field, found): &(String, [Option<f64>; 3])| {
        let alike = CHANNEL_PAIRS.into_iter().zip(*found);
        let told = alike.filter_map(|(pair, r)| r.filter(|r| *r >= params.alike_min).map(|r| (pair, r)));
        told.map(|([a, b], r)| {
            format!(
                "field {field}: {a} and {b} are one image (their noise correlates by {r:.3}; that of two exposures \
                 does not): check which file and channel was given for each"
            )
        })
        .collect::<Vec<String>>()
    };
    likeness.iter().flat_map(of_field).collect()
}

/// Loci that lost a colour independently of each other, and what to say of it.
fn lost_at_random(losses: Losses, colour: Colour, params: &AlarmParams) -> Option<(RandomLoss, String)> {
    let odds = losses.log_odds_of_random()?;
    if odds < params.random_loss_odds.ln() {
        return None;
    }
    let [none, one, both] = losses.nuclei;
    let text = format!(
        "of nuclei with two {} signals {none} lack no {}, {one} lack one and {both} lack both: {:.0} % of the loci lost \
         {} independently of each other, as by a probe that hybridised badly; a rearrangement would leave one locus \
         intact (odds {:.0} to 1)",
        colour.other().name(),
        colour.name(),
        100.0 * losses.share(),
        colour.name(),
        odds.exp().min(1e6),
    );
    Some((RandomLoss { colour, decisive: odds >= params.random_loss_decisive.ln() }, text))
}

/// What to say where many intact nuclei are expected to look rearranged since an end lies below detection.
fn unseen(
    fields: &[FieldReading],
    visibility: &[Vec<Visibility>],
    colour: Colour,
    params: &AlarmParams,
) -> Option<String> {
    let counted = fields.iter().zip(visibility).flat_map(|(field, v)| field.calls.iter().zip(v));
    let losses: Vec<f64> = counted
        .filter(|(call, _)| call.evaluable())
        .map(|(_, v)| v.lost[colour.index()].expected)
        .map(|loss| 2.0 * loss * (1.0 - loss))
        .collect();
    let share = losses.iter().sum::<f64>() / losses.len().max(1) as f64;
    (losses.len() >= params.probe_nuclei_min && share > params.unseen_max).then(|| {
        format!(
            "{} signals are so weak that {:.0} % of intact nuclei may be expected to show a {} signal without them",
            colour.name(),
            100.0 * share,
            colour.other().name()
        )
    })
}
