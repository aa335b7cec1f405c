//! What may have gone wrong with one field, and with the microscope.

use super::AlarmParams;
use crate::analyse::calibration::Calibration;
use crate::analyse::reading::{FieldQuality, FieldReading, Instrument};
use crate::assay::Assay;
use crate::colour::Colour;
use crate::statistics::median;
use crate::units::PixelSize;

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

/// What the signals of a specimen look like.
pub(in crate::analyse) struct SignalsSeen {
    /// Typical height of red and green signals, grey levels.
    pub(in crate::analyse) height: [f64; 2],
    /// Diameter of red and green signals, um; `None` where it was not measured or the pixel size is not known.
    pub(in crate::analyse) diameter_um: [Option<f64>; 2],
    /// The widest that the assay takes a signal in focus to be ([`crate::assay::DiameterLimits`]), um.
    pub(in crate::analyse) widest_um: f64,
}

impl SignalsSeen {
    pub(in crate::analyse) fn of(
        instrument: &Instrument,
        pixel_size: Option<PixelSize>,
        assay: &Assay,
    ) -> Self {
        let diameter_um = [0, 1].map(|c| {
            let pixel_size = pixel_size.filter(|_| instrument.signal_diameter_spots[c] > 0)?;
            Some(pixel_size.px_to_um(instrument.signal_diameter_px[c]))
        });
        // Heights that are lost in noise measure nothing.
        let is_seen = |c: usize| instrument.signal_height_snr[c].is_some_and(|snr| snr >= 1.0);
        let height = [0, 1].map(|c| if is_seen(c) { instrument.signal_height[c] } else { f64::INFINITY });
        Self { height, diameter_um, widest_um: assay.split.diameter_um.max }
    }
}

/// Standard errors by which an estimate must stand above what is told of.
const LEAST_STANDARD_ERRORS: f64 = 2.0;

/// Warnings on the microscope, given the signals of the specimen.
pub(in crate::analyse) fn of_instrument(
    calibration: &Calibration,
    signals: &SignalsSeen,
    params: &AlarmParams,
) -> Vec<String> {
    let stands_above = |value: f64, error: Option<f64>, most: f64| {
        value - LEAST_STANDARD_ERRORS * error.unwrap_or(0.0) > most
    };
    let bleeds = Colour::BOTH.iter().zip(calibration.counterstain_bleed).filter_map(|(colour, bleed)| {
        // What was taken off drowns nothing.
        let (bleed, height) = (bleed.filter(|b| !b.used)?, signals.height[colour.index()]);
        let over_signals = bleed.light? / height;
        let error = bleed.standard_error.map(|error| over_signals * error / bleed.fraction);
        (over_signals.is_finite() && stands_above(over_signals, error, params.bleed_max)).then(|| {
            format!(
                "{}: the counterstain's light ({:.3} of it is seen there) is {over_signals:.1} times as high in nuclei as \
                 signals are: weak ones may drown, check its filters and which file or channel it is",
                colour.name(),
                bleed.fraction
            )
        })
    });
    let wide = Colour::BOTH.into_iter().filter_map(|colour| {
        let (found, limit) = (signals.diameter_um[colour.index()]?, signals.widest_um);
        (found > limit).then(|| {
            format!(
                "{}: signals are {found:.2} um wide, those of the assay's probes at most {limit:.2} um in focus: out of \
                 focus, or another pixel size",
                colour.name()
            )
        })
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
    bleeds.chain(wide).chain(falls_off).collect()
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
    use crate::calibrate::{BleedThrough, CameraEstimate};

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
    fn counterstain_is_told_by_the_height_of_signals_and_wide_signals_by_the_assay() {
        let alarms = |fraction: f64, height: f64, diameter_um: f64| {
            let light = Some(1000.0 * fraction);
            let bleed = BleedThrough {
                fraction,
                standard_error: Some(0.01 * fraction),
                nuclei: 50,
                light,
                used: false,
            };
            let calibration = Calibration {
                diameter_errors_px: [None; 2],
                diameter_spots: [100; 2],
                camera_noise: [CameraEstimate::default(); 2],
                counterstain_bleed: [None, Some(bleed)],
                illumination: [None; 3],
            };
            let signals =
                SignalsSeen { height: [height; 2], diameter_um: [Some(diameter_um), None], widest_um: 0.65 };
            of_instrument(&calibration, &signals, &AlarmParams::default())
        };
        assert!(alarms(0.1, 1000.0, 0.5).is_empty());
        // Twelve times the exposure of the probes changes nothing.
        assert!(alarms(1.2, 12_000.0, 0.5).is_empty());
        assert!(alarms(0.6, 1000.0, 0.5)[0].starts_with("green: the counterstain's light (0.600"));
        assert!(alarms(0.1, 150.0, 0.5)[0].contains("0.7 times as high"));
        assert!(alarms(0.1, 1000.0, 0.77)[0].starts_with("red: signals are 0.77 um wide"));
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
