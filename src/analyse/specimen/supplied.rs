//! Properties of the microscope that were supplied or disabled, beside those that the specimen shows.

use crate::analyse::{AnalyseParams, FieldMeasurement};
use crate::colour::Colour;
use crate::detect::candidate::FWHM_PER_SIGMA;
use crate::quality::Compared;
use crate::setting::Setting;
use crate::statistics::{median, weighted_mean};

/// The signal diameter in use, if it was not estimated, beside the one that the signals show, px.
pub(super) fn diameter_px(fields: &[FieldMeasurement], colour: Colour) -> Option<Compared> {
    let channels = || fields.iter().map(|f| &f.channels[colour.index()]);
    let seen = || channels().filter_map(|c| c.width_seen);
    let measured: Vec<(f64, f64)> = seen().filter_map(|w| Some((w.sigma_px.ln(), w.log_error?))).collect();
    let (log_sigma, log_error) = weighted_mean(&measured)?;
    let mut used: Vec<f64> = channels().map(|c| c.sigma_px).collect();
    Some(Compared {
        used: FWHM_PER_SIGMA * median(&mut used),
        measured: FWHM_PER_SIGMA * log_sigma.exp(),
        log_error,
        signals: seen().map(|w| w.spots).sum(),
    })
}

/// The supplied camera noise beside the one that the specimen shows: standard deviations at the background of signals,
/// where they count, grey levels.
pub(super) fn noise(fields: &[FieldMeasurement], colour: Colour, params: &AnalyseParams) -> Option<Compared> {
    params.detect.camera_noise[colour].supplied()?;
    let channels = || fields.iter().map(|f| &f.channels[colour.index()]);
    let mut levels: Vec<f64> =
        channels().flat_map(|c| &c.candidates).filter(|c| c.nucleus_id > 0).map(|c| c.background).collect();
    let mut darkest: Vec<f64> = channels().map(|c| c.noise_fit.dark_level).collect();
    let level = median(if levels.is_empty() { &mut darkest } else { &mut levels });
    let mut used: Vec<f64> = channels().map(|c| c.noise.variance(level).sqrt()).collect();
    let mut measured: Vec<f64> = channels().map(|c| c.noise_fit.noise.variance(level).sqrt()).collect();
    Some(Compared {
        used: median(&mut used),
        measured: median(&mut measured),
        log_error: 0.0,
        signals: levels.len(),
    })
}

/// The properties that were supplied or disabled, each with its value in words.
pub(super) fn settings(params: &AnalyseParams) -> Vec<(String, String)> {
    fn named<T>(name: &str, setting: Setting<T>, value: impl Fn(T) -> String) -> Option<(String, String)> {
        match setting {
            Setting::Estimate => None,
            Setting::Off => Some((name.to_owned(), "off".to_owned())),
            Setting::Supplied(known) => Some((name.to_owned(), value(known))),
        }
    }
    let (instrument, detect) = (&params.instrument, &params.detect);
    let number = |v: f64| v.to_string();
    let all = [
        named("signal diameter in red", detect.signal_diameter_px.red, number),
        named("signal diameter in green", detect.signal_diameter_px.green, number),
        named("camera noise in red", detect.camera_noise.red, |n| format!("with a gain of {}", n.gain)),
        named("camera noise in green", detect.camera_noise.green, |n| format!("with a gain of {}", n.gain)),
        named("chromatic shift", instrument.chromatic_shift, |s| format!("{}, {} px", s.y_px, s.x_px)),
        named("crosstalk of red into green", instrument.crosstalk_red_into_green, number),
        named("crosstalk of green into red", instrument.crosstalk_green_into_red, number),
        named("counterstain in red", instrument.counterstain_into_red, number),
        named("counterstain in green", instrument.counterstain_into_green, number),
        named("light missing in the corners", instrument.illumination, |loss| {
            format!("{}, {}", loss.red, loss.green)
        }),
    ];
    all.into_iter().flatten().collect()
}
