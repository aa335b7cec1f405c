//! What may have gone wrong with one field, and with the microscope.

use super::AlarmParams;
use crate::analyse::calibration::Calibration;
use crate::analyse::reading::{FieldQuality, FieldReading};
use crate::detect::candidate::median;
use crate::field::Colour;

/// Warnings on one field, given the signal diameters of the specimen.
pub(in crate::analyse) fn of_field(
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
pub(in crate::analyse) fn of_instrument(calibration: &Calibration, params: &AlarmParams) -> Vec<String> {
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

/// Signal diameters of the specimen for judging the focus of its fields: the median of the fields.
pub(in crate::analyse) fn usual_diameters_px(fields: &[FieldReading], fallback: [f64; 2]) -> [f64; 2] {
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
}
