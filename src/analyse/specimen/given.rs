//! What of the microscope was given rather than estimated: told to whoever signs the result, and held against what the
//! specimen itself says. Shift and crosstalk are held against it where they are taken off.

use crate::analyse::{AnalyseParams, FieldMeasurement};
use crate::colour::Colour;
use crate::detect::candidate::FWHM_PER_SIGMA;
use crate::setting::Setting;
use crate::statistics::median;
use crate::statistics::weighted_mean;

/// A given value contradicts an estimate from this many of the estimate's standard errors on.
pub(super) const CONTRADICTED_ERRORS: f64 = 4.0;
/// A signal diameter contradicts the measured one from such a ratio on, one way or the other. Of specimens read by
/// 0.95 and 1.4 times the measured diameter none changed, by 0.65 times one did.
const CONTRADICTED_WIDTH: f64 = 1.3;
/// Noise contradicts the measured one from such a ratio of standard deviations on: the estimate is up to 15 % too high
/// (a gain of 30 %), and a data sheet's camera is not the one at hand.
const CONTRADICTED_NOISE: f64 = 1.5;

/// How the signal diameters and the camera's noise that were given, or left at the nominal ones, contradict the specimen.
pub(super) fn contradictions(fields: &[FieldMeasurement], params: &AnalyseParams) -> Vec<String> {
    let diameters = Colour::BOTH.into_iter().filter_map(|colour| diameter(fields, colour));
    let noises = Colour::BOTH.into_iter().filter_map(|colour| {
        params.detect.camera_noise[colour].supplied().and_then(|_| noise(fields, colour))
    });
    diameters.chain(noises).collect()
}

fn diameter(fields: &[FieldMeasurement], colour: Colour) -> Option<String> {
    let channels = || fields.iter().map(|f| &f.channels[colour.index()]);
    let seen = || channels().filter_map(|c| c.width_seen);
    let measured: Vec<(f64, f64)> = seen().filter_map(|w| Some((w.sigma_px.ln(), w.log_error?))).collect();
    let (log_sigma, error) = weighted_mean(&measured)?;
    let mut used: Vec<f64> = channels().map(|c| c.sigma_px).collect();
    let used_px = median(&mut used);
    let apart = (used_px.ln() - log_sigma).abs();
    (apart > (CONTRADICTED_ERRORS * error).max(CONTRADICTED_WIDTH.ln())).then(|| {
        let spots: usize = seen().map(|w| w.spots).sum();
        format!(
            "{}: the signal diameter in use, not estimated ({:.1} px), contradicts the signals of this specimen ({:.1} px, from \
             {spots} of them): signals may be missed, and pairs misjudged",
            colour.name(),
            FWHM_PER_SIGMA * used_px,
            FWHM_PER_SIGMA * log_sigma.exp(),
        )
    })
}

/// By the noise at the background of signals, where it counts.
fn noise(fields: &[FieldMeasurement], colour: Colour) -> Option<String> {
    let channels = || fields.iter().map(|f| &f.channels[colour.index()]);
    let mut levels: Vec<f64> =
        channels().flat_map(|c| &c.candidates).filter(|c| c.nucleus_id > 0).map(|c| c.background).collect();
    let mut darkest: Vec<f64> = channels().map(|c| c.noise_fit.dark_level).collect();
    let level = median(if levels.is_empty() { &mut darkest } else { &mut levels });
    let mut given: Vec<f64> = channels().map(|c| c.noise.variance(level).sqrt()).collect();
    let mut seen: Vec<f64> = channels().map(|c| c.noise_fit.noise.variance(level).sqrt()).collect();
    let (given, seen) = (median(&mut given), median(&mut seen));
    ((given / seen).ln().abs() > CONTRADICTED_NOISE.ln()).then(|| {
        format!(
            "{}: the camera noise that was given ({given:.1} grey levels at the background of signals, {level:.0}) \
             contradicts this specimen ({seen:.1}): noise may pass as signals, or signals as noise",
            colour.name()
        )
    })
}

/// What of the microscope was given or switched off.
pub(super) fn not_estimated(params: &AnalyseParams) -> Option<String> {
    fn told<T>(name: &str, setting: Setting<T>, value: impl Fn(T) -> String) -> Option<String> {
        match setting {
            Setting::Estimate => None,
            Setting::Off => Some(format!("{name} off")),
            Setting::Supplied(known) => Some(format!("{name} {}", value(known))),
        }
    }
    let (instrument, detect) = (&params.instrument, &params.detect);
    let number = |v: f64| v.to_string();
    let all = [
        told("signal diameter in red", detect.signal_diameter_px.red, number),
        told("signal diameter in green", detect.signal_diameter_px.green, number),
        told("camera noise in red", detect.camera_noise.red, |n| format!("with a gain of {}", n.gain)),
        told("camera noise in green", detect.camera_noise.green, |n| format!("with a gain of {}", n.gain)),
        told("chromatic shift", instrument.chromatic_shift, |s| format!("{}, {} px", s.y_px, s.x_px)),
        told("crosstalk of red into green", instrument.crosstalk_red_into_green, number),
        told("crosstalk of green into red", instrument.crosstalk_green_into_red, number),
        told("counterstain in red", instrument.counterstain_into_red, number),
        told("counterstain in green", instrument.counterstain_into_green, number),
        told("light missing in the corners", instrument.illumination, |loss| {
            format!("{}, {}", loss.red, loss.green)
        }),
    ];
    let given: Vec<String> = all.into_iter().flatten().collect();
    (!given.is_empty()).then(|| format!("of the microscope, not estimated but given: {}", given.join("; ")))
}
