//! Whether the standard errors of what is estimated of the microscope are honest: over many small specimens through one
//! microscope, estimates must lie about as far from the truth as their errors say.
#![cfg(feature = "simulate")]

use breakapart::Colour;
use breakapart::analyse::{Analyser, Instrument};
use breakapart::assay::Assay;
use breakapart::simulate::{Conditions, Pattern, simulate_specimen};

/// Specimens of each kind, of one field.
const SPECIMENS: u64 = 20;

/// Whole nuclei, half of which have lost a green signal, through one microscope.
fn conditions() -> Conditions {
    let mut conditions = Conditions::named("alk_negative").unwrap();
    conditions.probes.pattern = Pattern::IsolatedRed;
    conditions.probes.rearranged_share = 0.5;
    conditions
}

fn instruments(conditions: &Conditions) -> Vec<Instrument> {
    let analyser = Analyser::new(Assay::builtin("alk").unwrap()).unwrap();
    let read = |seed| {
        let specimen = simulate_specimen(conditions, seed, 1).unwrap();
        analyser.analyse(&specimen.fields[0].field).unwrap().instrument
    };
    (0..SPECIMENS).map(|seed| read(300 + seed)).collect()
}

/// An estimate and its standard error.
type Estimate = Option<(f64, f64)>;

fn estimate(value: f64, error: Option<f64>) -> Estimate {
    Some((value, error?))
}

/// Checks the estimates of many specimens against the truth: nearly all must be there, at least three in four within
/// two errors (of 20 honest ones, 14 or fewer are for 1 set in 3000), and their errors must not be much larger than they
/// are off.
fn hold(name: &str, found: &[Instrument], truth: f64, of: impl Fn(&Instrument) -> Estimate) {
    let estimates: Vec<(f64, f64)> = found.iter().filter_map(of).collect();
    let n = estimates.len() as f64;
    let mean = estimates.iter().map(|e| e.0).sum::<f64>() / n;
    let error = (estimates.iter().map(|e| e.1 * e.1).sum::<f64>() / n).sqrt();
    let scatter = (estimates.iter().map(|e| (e.0 - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt();
    let within = estimates.iter().filter(|e| (e.0 - truth).abs() < 2.0 * e.1).count();
    let told = format!(
        "{name}: {mean:.4} for {truth:.4}, error {error:.4}, scatter {scatter:.4}, {within} of {n} within two errors"
    );
    println!("{told}");
    let off = (estimates.iter().map(|e| (e.0 - truth).powi(2)).sum::<f64>() / n).sqrt();
    assert!(n >= 18.0 && within >= 15 && error < 4.0 * off, "{told}");
}

#[test]
fn errors_of_shift_noise_and_width_are_honest() {
    let mut conditions = conditions();
    conditions.optics.shift_px = [2.0, -1.5];
    conditions.optics.shift_magnification = 0.006;
    let found = instruments(&conditions);
    let shift = |of: fn(&breakapart::calibrate::ChromaticShift) -> Estimate| {
        move |i: &Instrument| i.chromatic_shift.as_ref().and_then(of)
    };
    hold("shift y", &found, 2.0, shift(|s| estimate(s.y_px, s.standard_error_px)));
    hold("shift x", &found, -1.5, shift(|s| estimate(s.x_px, s.standard_error_px)));
    hold("magnification", &found, 0.006, shift(|s| estimate(s.magnification, s.field_standard_error)));
    hold("rotation", &found, 0.0, shift(|s| estimate(s.rotation, s.field_standard_error)));
    let camera = &conditions.camera;
    let gain = 1.0 / camera.electrons_per_level;
    for c in Colour::BOTH {
        hold("gain", &found, gain, |i| {
            estimate(i.camera_noise[c].gain, i.camera_noise[c].gain_standard_error)
        });
        // Whatever the darkest level of the field is.
        hold("noise in the dark over the truth", &found, 1.0, |i| {
            let noise = &i.camera_noise[c];
            let light = gain * (noise.dark_level - camera.offset_levels);
            let rounding = 1.0 / 12.0;
            let truth = ((camera.read_noise_electrons * gain).powi(2) + light + rounding).sqrt();
            estimate(noise.dark_sd / truth, noise.dark_sd_standard_error.map(|e| e / truth))
        });
        // What is measured, signals in and out of focus together, is known from all specimens only.
        let mean = found.iter().map(|i| i.signal_diameter_px[c]).sum::<f64>() / found.len() as f64;
        let diameter =
            |i: &Instrument| estimate(i.signal_diameter_px[c], i.signal_diameter_standard_error_px[c]);
        hold("diameter", &found, mean, diameter);
    }
}

#[test]
fn errors_of_crosstalk_bleed_and_illumination_are_honest() {
    let (crosstalk, glow, vignette) = (0.15, 0.1, 0.4);
    let mut conditions = conditions();
    conditions.optics.crosstalk = [crosstalk, 0.0];
    conditions.artefacts.nuclear_glow = glow;
    conditions.optics.vignette = vignette;
    let found = instruments(&conditions);
    hold("crosstalk", &found, crosstalk, |i| {
        i.crosstalk_from.red.and_then(|c| estimate(c.fraction, c.standard_error))
    });
    hold("bleed into red", &found, glow, |i| {
        i.counterstain_into.red.and_then(|b| estimate(b.fraction, b.standard_error))
    });
    // Green sees its own and what red sees.
    hold("bleed into green", &found, glow * (1.0 + crosstalk), |i| {
        i.counterstain_into.green.and_then(|b| estimate(b.fraction, b.standard_error))
    });
    for (c, channel) in ["counterstain", "red", "green"].into_iter().enumerate() {
        hold(&format!("corner loss, {channel}"), &found, vignette, |i| {
            i.illumination.named()[c].1.and_then(|l| estimate(l.corner_loss, l.standard_error))
        });
    }
}
