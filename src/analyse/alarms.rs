//! What may have gone wrong with a field, or with the specimen as a whole.

mod debris;
mod loss;
mod pairs;
mod params;
mod patches;

pub use params::AlarmParams;

use crate::analyse::calibration::Calibration;
use crate::analyse::measure::CHANNEL_PAIRS;
use crate::analyse::reading::{FieldQuality, FieldReading};
use crate::assay::{Assay, Sex};
use crate::classify::{Exclusion, LostShare};
use crate::detect::candidate::median;
use crate::field::Colour;
use crate::summarise::{PairingFault, RandomLoss, SummariseParams};
use loss::Losses;

/// Warnings on one field, given the signal diameters of the specimen.
pub(super) fn of_field(
    quality: &FieldQuality,
    nuclei: usize,
    diameters_px: [f64; 2],
    params: &AlarmParams,
) -> Vec<String> {
    let mut warnings = Vec::new();
    let covered = 100.0 * quality.nucleus_coverage;
    if nuclei == 0 {
        warnings.push("no nucleus was found".to_string());
    } else if quality.nucleus_coverage < params.coverage_min {
        warnings.push(format!("nuclei cover only {covered:.2} % of the field"));
    } else if quality.nucleus_coverage > params.coverage_max {
        warnings.push(format!("nuclei cover {covered:.0} % of the field: they lie over each other"));
    }
    let names = ["counterstain", Colour::Red.name(), Colour::Green.name()];
    for (name, share) in names.iter().zip(quality.saturated).filter(|(_, s)| *s > params.saturated_max) {
        warnings.push(format!(
            "{name}: {:.2} % of the samples are at the camera's limit, use a shorter exposure",
            100.0 * share
        ));
    }
    for colour in Colour::BOTH {
        let usual = diameters_px[colour.index()];
        if let Some(found) = quality.signal_diameter_px[colour.index()]
            && found > params.focus_ratio_max * usual
        {
            warnings.push(format!(
                "{}: signals are {found:.1} px wide, {usual:.1} px in the specimen: out of focus",
                colour.name()
            ));
        }
    }
    warnings
}

/// Standard errors by which an estimate must stand above what is told of.
const LEAST_STANDARD_ERRORS: f64 = 2.0;

/// Warnings on the microscope.
pub(super) fn of_instrument(calibration: &Calibration, params: &AlarmParams) -> Vec<String> {
    let stands_above = |value: f64, error: Option<f64>, most: f64| {
        value - LEAST_STANDARD_ERRORS * error.unwrap_or(0.0) > most
    };
    let bleeds = Colour::BOTH.iter().zip(calibration.counterstain_bleed).filter_map(|(colour, bleed)| {
        let bleed = bleed.filter(|b| stands_above(b.fraction, b.standard_error, params.bleed_max))?;
        Some(format!(
            "{}: {:.0} % of the counterstain's light is seen in it: weak signals may drown, check its filters and which \
             file or channel it is",
            colour.name(),
            100.0 * bleed.fraction
        ))
    });
    let names = ["counterstain", Colour::Red.name(), Colour::Green.name()];
    let falls_off = names.iter().zip(calibration.illumination).filter_map(|(name, light)| {
        let light = light.filter(|l| stands_above(l.corner_loss, l.standard_error, params.corner_loss_max))?;
        Some(format!(
            "{name}: {:.0} % of the light is missing in the corners of the field: align the lamp, or give fewer pixels \
             of the camera",
            100.0 * light.corner_loss
        ))
    });
    bleeds.chain(falls_off).collect()
}

/// Nuclei that should show both colours, and those of them that lack one altogether.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Missing {
    nuclei: usize,
    without: usize,
    /// Those in which the colour is too weak to be seen.
    weak: usize,
}

impl Missing {
    fn share(self) -> f64 {
        self.without as f64 / self.nuclei.max(1) as f64
    }

    fn weak_share(self) -> f64 {
        self.weak as f64 / self.nuclei.max(1) as f64
    }
}

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
/// `likeness` that of each field's channels with its name.
pub(super) fn of_specimen(
    fields: &[FieldReading],
    visibility: &[Vec<Visibility>],
    likeness: &[(String, [Option<f64>; 3])],
    (assay, sex): (&Assay, Option<Sex>),
    params: &AlarmParams,
) -> SpecimenAlarms {
    let mut warnings = alike(likeness, params);
    let alone = Colour::BOTH.iter().filter_map(|colour| pairs::alone(fields, *colour, assay, params));
    let alone: Vec<String> = alone.collect();
    let mut pairing_fault = (!warnings.is_empty()).then_some(PairingFault::OneImage);
    if pairing_fault.is_none()
        && let Some((fault, text)) = pairs::fault(fields, !alone.is_empty(), assay, sex, params)
    {
        pairing_fault = Some(fault);
        warnings.push(text);
    }
    let missing = Colour::BOTH.map(|colour| missing(fields, visibility, colour));
    let (probe_failed, of_probes) = of_probes(missing, assay, params);
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
    warnings.extend(too_many_loci(fields, assay, params));
    warnings.extend(debris::of_specimen(fields, params));
    warnings.extend(alone);
    let unseen_nuclei = pairs::out_of_focus(fields, params);
    let many_unseen = unseen_nuclei.is_some();
    warnings.extend(unseen_nuclei);
    SpecimenAlarms { warnings, probe_failed, pairing_fault, random_loss, many_unseen }
}

/// What to say where most nuclei show at least twice as many intact loci as a normal one: colours that leak into each
/// other pair up every signal.
fn too_many_loci(fields: &[FieldReading], assay: &Assay, params: &AlarmParams) -> Option<String> {
    let twice = 2 * assay.normal.fused.female;
    let counted: Vec<usize> =
        fields.iter().flat_map(|f| &f.calls).filter(|c| c.evaluable()).map(|c| c.pattern.fused).collect();
    let many = counted.iter().filter(|fused| **fused >= twice).count();
    (counted.len() >= params.probe_nuclei_min && 2 * many > counted.len()).then(|| {
        format!(
            "{many} of {} nuclei show {twice} or more fused pairs: either nearly all cells are polyploid or the gene is \
             amplified, or the colours leak into each other (as in colour JPEG and screen shots) and every signal is \
             seen in both channels; read the channels as acquired",
            counted.len()
        )
    })
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

/// Counts the whole nuclei with two or more signals of the other colour, and those without any of `colour`: a
/// rearrangement leaves one locus intact, so most of these tell of a probe that did not hybridise.
fn missing(fields: &[FieldReading], visibility: &[Vec<Visibility>], colour: Colour) -> Missing {
    let mut missing = Missing::default();
    let seen = fields.iter().zip(visibility).flat_map(|(f, v)| f.calls.iter().zip(v));
    for (call, visible) in seen {
        let whole = matches!(call.exclusion, None | Some(Exclusion::OneColourOnly | Exclusion::WeakProbe));
        let [here, other] = [colour, colour.other()].map(|c| call.pattern.signals(c));
        if whole && other >= 2 && !visible.weak[colour.other().index()] {
            missing.nuclei += 1;
            let weak = visible.weak[colour.index()];
            missing.weak += usize::from(weak);
            missing.without += usize::from(here == 0 && !weak);
        }
    }
    missing
}

/// The colour that failed, if one did, and what to say of both.
fn of_probes(missing: [Missing; 2], assay: &Assay, params: &AlarmParams) -> (Option<Colour>, Vec<String>) {
    let mut failed = None;
    let mut warnings = Vec::new();
    for colour in Colour::BOTH {
        let found = missing[colour.index()];
        if found.nuclei < params.probe_nuclei_min {
            continue;
        }
        if found.share() + found.weak_share() >= params.probe_failed_share {
            failed = failed.or(Some(colour));
        }
        if found.weak_share() > params.probe_weak_max {
            warnings.push(format!(
                "in {} of {} nuclei with two or more {} signals {} ones would not stand out of the noise: the {} probe \
                 of {} is weak or has failed; these nuclei are not counted",
                found.weak,
                found.nuclei,
                colour.other().name(),
                colour.name(),
                colour.name(),
                assay.gene,
            ));
        }
        if found.share() <= params.probe_missing_max {
            continue;
        }
        // Loci that lose this colour independently of each other: of nuclei with two, p^2 lose both.
        let lost = found.share().sqrt();
        let lone = 100.0 * 2.0 * lost * (1.0 - lost);
        warnings.push(format!(
            "{} of {} nuclei with two or more {} signals show no {} one: the {} probe of {} may have failed; loci \
             that miss it at random would make {lone:.0} % of intact nuclei show an isolated {} signal",
            found.without,
            found.nuclei,
            colour.other().name(),
            colour.name(),
            colour.name(),
            assay.gene,
            colour.other().name(),
        ));
    }
    (failed, warnings)
}

/// Signal diameters of the specimen for judging the focus of its fields: the median of the fields.
pub(super) fn usual_diameters_px(fields: &[FieldReading], fallback: [f64; 2]) -> [f64; 2] {
    [0, 1].map(|c| {
        let mut measured: Vec<f64> = fields.iter().filter_map(|f| f.quality.signal_diameter_px[c]).collect();
        if measured.is_empty() { fallback[c] } else { median(&mut measured) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Result;

    fn sound() -> FieldQuality {
        FieldQuality {
            nucleus_coverage: 0.3,
            signal_diameter_px: [Some(4.5), Some(4.6)],
            ..FieldQuality::default()
        }
    }

    fn alarms(change: impl FnOnce(&mut FieldQuality)) -> Vec<String> {
        let mut quality = sound();
        change(&mut quality);
        of_field(&quality, 40, [4.5, 4.5], &AlarmParams::default())
    }

    #[test]
    fn a_sound_field_gives_no_alarm_and_each_fault_gives_one() {
        assert!(alarms(|_| ()).is_empty());
        assert!(alarms(|q| q.nucleus_coverage = 0.001)[0].contains("only 0.10 %"));
        assert!(alarms(|q| q.nucleus_coverage = 0.9)[0].contains("90 %"));
        assert!(alarms(|q| q.saturated = [0.0, 0.0, 0.01])[0].starts_with("green: 1.00 %"));
        assert!(alarms(|q| q.signal_diameter_px[0] = Some(7.0))[0].starts_with("red: signals are 7.0 px"));
        let none = of_field(&sound(), 0, [4.5, 4.5], &AlarmParams::default());
        assert_eq!(none, ["no nucleus was found"]);
    }

    #[test]
    fn a_probe_that_is_missing_from_half_of_the_nuclei_has_failed() -> Result<()> {
        let alk = Assay::builtin("alk")?;
        let judge = |without, nuclei| {
            let green = Missing { nuclei, without, weak: 0 };
            of_probes([Missing { nuclei, without: 0, weak: 0 }, green], &alk, &AlarmParams::default())
        };
        assert_eq!(judge(5, 100), (None, Vec::new()));
        assert_eq!(judge(9, 9), (None, Vec::new()));
        let (failed, warnings) = judge(25, 100);
        assert_eq!((failed, warnings.len()), (None, 1));
        assert!(warnings[0].contains("would make 50 % of intact nuclei show an isolated red signal"));
        assert_eq!(judge(50, 100).0, Some(Colour::Green));
        Ok(())
    }
}
