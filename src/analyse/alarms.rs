//! What may have gone wrong with a field, or with the specimen as a whole.

use serde::{Deserialize, Serialize};

use crate::analyse::reading::{FieldQuality, FieldReading};
use crate::assay::Assay;
use crate::classify::Exclusion;
use crate::detect::candidate::median;
use crate::error::{Error, Result};
use crate::field::Colour;

/// When a field or a probe is suspected. An alarm is a warning in the reading; only a failed probe makes the
/// specimen not evaluable.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct AlarmParams {
    /// Least share of a field that nuclei should cover, 0 to 1. Default 0.005: some ten nuclei in a field of
    /// 1000 x 1000 px at 0.16 um.
    pub coverage_min: f64,
    /// Largest such share, 0 to 1. Default 0.85: discs packed as densely as they can be cover 0.91, so beyond it
    /// nuclei lie over each other or background was taken for nuclei.
    pub coverage_max: f64,
    /// Largest share of a channel's samples at the camera's limit, 0 to 1. Default 0.002: signals cover about
    /// that much of a field, so the heights of most would be unknown.
    pub saturated_max: f64,
    /// Signal diameter of a field over that of the specimen (the median of its fields) from which it is out of
    /// focus, 1 to 5. Default 1.4: such blur halves the height of signals.
    pub focus_ratio_max: f64,
    /// Share of the nuclei with two or more signals of one colour that may lack the other colour altogether,
    /// 0 to 1. Default 0.1: loci that hybridise with a chance of two in three each would give that.
    pub probe_missing_max: f64,
    /// The same share from which the probe has failed, and the specimen is not evaluable. Default 0.5.
    pub probe_failed_share: f64,
    /// Fewest such nuclei for a statement on a probe, 1 to 1000. Default 10.
    pub probe_nuclei_min: usize,
    /// Nearest nuclei of the same field that tell whether the colour hybridised which a nucleus lacks, 2 to 100;
    /// fewer than half of them tell nothing. Default 10.
    pub neighbours: usize,
    /// Share of them that must show that colour, 0 to 1; a nucleus with signals of one colour only is left out
    /// otherwise. Default 0.7: in sections that read well one nucleus in ten shows one colour only, and more than
    /// three of ten then come by chance for 1 in 80.
    pub neighbours_showing_min: f64,
}

impl Default for AlarmParams {
    fn default() -> Self {
        Self {
            coverage_min: 0.005,
            coverage_max: 0.85,
            saturated_max: 0.002,
            focus_ratio_max: 1.4,
            probe_missing_max: 0.1,
            probe_failed_share: 0.5,
            probe_nuclei_min: 10,
            neighbours: 10,
            neighbours_showing_min: 0.7,
        }
    }
}

impl AlarmParams {
    /// # Errors
    /// [`Error::InvalidParameter`] naming the value that is out of range.
    pub(super) fn validate(&self) -> Result<()> {
        let check = |name: &str, value: f64, [low, high]: [f64; 2]| {
            if (low..=high).contains(&value) {
                Ok(())
            } else {
                Err(Error::parameter(name, value, format!("{low} to {high}")))
            }
        };
        check("coverage_min", self.coverage_min, [0.0, 1.0])?;
        check("coverage_max", self.coverage_max, [0.0, 1.0])?;
        check("saturated_max", self.saturated_max, [0.0, 1.0])?;
        check("focus_ratio_max", self.focus_ratio_max, [1.0, 5.0])?;
        check("probe_missing_max", self.probe_missing_max, [0.0, 1.0])?;
        check("probe_failed_share", self.probe_failed_share, [0.0, 1.0])?;
        check("probe_nuclei_min", self.probe_nuclei_min as f64, [1.0, 1000.0])?;
        check("neighbours", self.neighbours as f64, [2.0, 100.0])?;
        check("neighbours_showing_min", self.neighbours_showing_min, [0.0, 1.0])
    }
}

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

/// Nuclei that should show both colours, and those of them that lack one altogether.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Missing {
    nuclei: usize,
    without: usize,
}

impl Missing {
    fn share(self) -> f64 {
        self.without as f64 / self.nuclei.max(1) as f64
    }
}

/// Counts the whole nuclei with two or more signals of the other colour, and those without any of `colour`: a
/// rearrangement leaves one locus intact, so most of these tell of a probe that did not hybridise.
pub(super) fn missing(fields: &[FieldReading], colour: Colour) -> Missing {
    let mut missing = Missing::default();
    let calls = fields.iter().flat_map(|f| &f.calls);
    for call in calls.filter(|c| matches!(c.exclusion, None | Some(Exclusion::OneColourOnly))) {
        let [here, other] = [colour, colour.other()].map(|c| call.pattern.signals(c));
        if other >= 2 {
            missing.nuclei += 1;
            missing.without += usize::from(here == 0);
        }
    }
    missing
}

/// The colour that failed, if one did, and what to say of both.
pub(super) fn of_probes(
    missing: [Missing; 2],
    assay: &Assay,
    params: &AlarmParams,
) -> (Option<Colour>, Vec<String>) {
    let mut failed = None;
    let mut warnings = Vec::new();
    for colour in Colour::BOTH {
        let found = missing[colour.index()];
        if found.nuclei < params.probe_nuclei_min || found.share() <= params.probe_missing_max {
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
        if found.share() >= params.probe_failed_share {
            failed = failed.or(Some(colour));
        }
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
            let green = Missing { nuclei, without };
            of_probes([Missing { nuclei, without: 0 }, green], &alk, &AlarmParams::default())
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
