//! What a specimen tells about its microscope, where the microscope is known.
#![cfg(feature = "simulate")]

mod truth;

use breakapart::Setting;
use breakapart::analyse::{AnalyseParams, Analyser, SpecimenReading};
use breakapart::assay::Assay;
use breakapart::detect::CameraNoise;
use breakapart::resolve::Rejection;
use breakapart::simulate::{Conditions, Pattern, simulate_specimen};
use truth::{FieldTruth, Score, score};

/// Whole nuclei without rearrangement, all through one microscope.
fn conditions() -> Conditions {
    let mut conditions = Conditions::named("alk_negative").unwrap();
    conditions.optics.shift_px = [0.0, 0.0];
    conditions.optics.crosstalk = [0.0, 0.0];
    conditions
}

fn analyser(params: AnalyseParams) -> Analyser {
    Analyser::new(Assay::builtin("alk").unwrap()).unwrap().with_params(params).unwrap()
}

fn read_with(conditions: &Conditions, params: AnalyseParams) -> (SpecimenReading, Score) {
    let specimen = simulate_specimen(conditions, 11, 1).unwrap();
    let analyser = analyser(params);
    let fields = specimen.fields.iter().map(|f| analyser.measure_field(&f.field).unwrap()).collect();
    let reading = analyser.read_specimen("simulated", fields).unwrap();
    let truth: Vec<FieldTruth> = specimen.fields.iter().map(FieldTruth::from).collect();
    let score = score(&truth, &reading);
    (reading, score)
}

fn read(conditions: &Conditions) -> (SpecimenReading, Score) {
    read_with(conditions, AnalyseParams::default())
}

#[test]
fn a_chromatic_shift_is_found_within_its_error_and_taken_off() {
    for (shift, rearranged) in [([0.0, 1.2], 0.5), ([3.0, -4.0], 0.0), ([-3.5, 2.0], 0.5)] {
        let mut conditions = conditions();
        conditions.optics.shift_px = shift;
        conditions.probes.rearranged_share = rearranged;
        let (reading, score) = read(&conditions);
        let found = reading.instrument.chromatic_shift.unwrap();
        // Its own standard error, estimated from some hundred pairs.
        let error = found.standard_error_px.unwrap();
        assert!(found.pairs >= 40 && found.used && (0.03..0.25).contains(&error), "{found:?}");
        let allowed = 4.0 * error;
        assert!((found.y_px - shift[0]).abs() < allowed, "{shift:?} {found:?}");
        assert!((found.x_px - shift[1]).abs() < allowed, "{shift:?} {found:?}");
        assert!(score.pattern_share() > 0.93 && score.status_share() > 0.95, "{shift:?} {score:?}");
        assert!(score.signals.iter().all(|s| s.f1() > 0.97), "{shift:?} {:?}", score.signals);
    }
}

#[test]
fn where_there_is_neither_shift_nor_crosstalk_none_is_found() {
    for (pattern, rearranged) in [(Pattern::Split, 0.0), (Pattern::Split, 0.6), (Pattern::IsolatedRed, 0.6)] {
        let mut conditions = conditions();
        conditions.probes.rearranged_share = rearranged;
        conditions.probes.pattern = pattern;
        let (reading, score) = read(&conditions);
        let instrument = &reading.instrument;
        let shift = instrument.chromatic_shift.unwrap();
        let error = shift.standard_error_px.unwrap();
        assert!(!shift.used && shift.y_px.hypot(shift.x_px) < 4.0 * error, "{pattern:?} {shift:?}");
        assert_eq!(instrument.crosstalk_from.red, None, "{pattern:?} {rearranged}");
        assert_eq!(instrument.crosstalk_from.green, None, "{pattern:?} {rearranged}");
        assert_eq!(instrument.pair_rule.green_shift_px, [0.0, 0.0]);
        assert!(score.pattern_share() > 0.95, "{score:?}");
        assert!(score.counted_share() > 0.9 && score.nuclei.f1() > 0.9, "{score:?}");
    }
}

#[test]
fn ghosts_are_not_mistaken_for_the_pairs_that_tell_the_shift() {
    // Every red signal has its ghost at its very place, so ghosts crowd closer than the pairs.
    for (shift, crosstalk, rearranged) in
        [([5.0, -4.5], [0.2, 0.0], 0.0), ([5.0, -4.5], [0.2, 0.0], 0.3), ([6.0, -7.0], [0.0, 0.0], 0.0)]
    {
        let mut conditions = conditions();
        conditions.optics.shift_px = shift;
        conditions.optics.crosstalk = crosstalk;
        conditions.probes.pattern = Pattern::IsolatedRed;
        conditions.probes.rearranged_share = rearranged;
        let (reading, score) = read(&conditions);
        let found = reading.instrument.chromatic_shift.unwrap();
        assert!((found.y_px - shift[0]).hypot(found.x_px - shift[1]) < 0.5, "{shift:?} {found:?}");
        assert!(score.pattern_share() > 0.93 && score.status_share() > 0.95, "{crosstalk:?} {score:?}");
    }
}

#[test]
fn the_diameter_of_signals_is_that_of_optics_and_probe() {
    for psf_sigma_um in [0.12, 0.2] {
        let mut conditions = conditions();
        conditions.optics.psf_sigma_um = psf_sigma_um;
        let (reading, _) = read(&conditions);
        let sigma_um = psf_sigma_um.hypot(conditions.probes.extent_sigma_um);
        let expected = 2.3548 * sigma_um / conditions.optics.pixel_um;
        for found in <[f64; 2]>::from(reading.instrument.signal_diameter_px) {
            // The pixel and a little defocus widen it.
            assert!((0.97..1.2).contains(&(found / expected)), "{found} px, {expected} px in focus");
        }
    }
}

#[test]
fn crosstalk_is_found_within_its_error_and_taken_off() {
    for (crosstalk, pattern) in [
        ([0.1, 0.0], Pattern::IsolatedRed),
        ([0.3, 0.0], Pattern::IsolatedRed),
        ([0.0, 0.2], Pattern::IsolatedGreen),
        ([0.15, 0.2], Pattern::Split),
    ] {
        let mut conditions = conditions();
        conditions.optics.crosstalk = crosstalk;
        conditions.probes.pattern = pattern;
        conditions.probes.rearranged_share = 0.5;
        let (reading, score) = read(&conditions);
        let instrument = &reading.instrument;
        let found = <[_; 2]>::from(instrument.crosstalk_from);
        for (found, fraction) in found.into_iter().zip(crosstalk) {
            assert_eq!(found.is_some(), fraction > 0.0, "{crosstalk:?} {found:?}");
            let Some(found) = found else { continue };
            assert!(found.signals >= 15 && found.standard_error.unwrap() < 0.01, "{found:?}");
            let allowed = 4.0 * found.standard_error.unwrap() + 0.003;
            assert!((found.fraction - fraction).abs() < allowed, "{crosstalk:?} {found:?}");
        }
        // Ghosts taken for signals would make intact or split loci of isolated ones.
        assert!(score.pattern_share() > 0.93 && score.status_share() > 0.95, "{crosstalk:?} {score:?}");
    }
}

#[test]
fn crosstalk_is_found_where_a_shift_parts_signals_from_their_own_light() {
    let mut conditions = conditions();
    conditions.optics.shift_px = [3.0, -4.0];
    conditions.optics.crosstalk = [0.2, 0.0];
    conditions.probes.pattern = Pattern::IsolatedRed;
    conditions.probes.rearranged_share = 0.5;
    let (reading, score) = read(&conditions);
    let found = reading.instrument.crosstalk_from.red.unwrap();
    assert!((found.fraction - 0.2).abs() < 4.0 * found.standard_error.unwrap() + 0.003, "{found:?}");
    assert!(score.pattern_share() > 0.93 && score.status_share() > 0.95, "{score:?}");
}

#[test]
fn signals_far_sharper_than_usual_are_found() {
    for (sigma_um, pixel_um) in [(0.085, 0.065), (0.085, 0.1), (0.1, 0.1)] {
        let mut conditions = conditions();
        (conditions.optics.psf_sigma_um, conditions.probes.extent_sigma_um) = (sigma_um, 0.0);
        conditions.optics.pixel_um = pixel_um;
        conditions.probes.rearranged_share = 0.3;
        let (reading, score) = read(&conditions);
        assert!(
            score.counted_share() > 0.9 && score.status_share() > 0.95,
            "{sigma_um} {pixel_um} {score:?}"
        );
        for found in <[f64; 2]>::from(reading.instrument.signal_diameter_px) {
            let expected = 2.3548 * sigma_um / pixel_um;
            assert!((0.9..1.4).contains(&(found / expected)), "{found} px, {expected} px in focus");
        }
    }
}

#[test]
fn crosstalk_that_only_intact_loci_could_show_is_not_made_up() {
    let mut conditions = conditions();
    conditions.optics.crosstalk = [0.15, 0.2];
    let (reading, score) = read(&conditions);
    // Every signal has its partner beside it, so nothing tells of crosstalk, and nothing is lost by it either.
    assert_eq!(reading.instrument.crosstalk_from.red, None);
    assert_eq!(reading.instrument.crosstalk_from.green, None);
    assert!(
        score.pattern_share() > 0.95 && reading.summary.rearranged <= 1 + score.scorable / 20,
        "{score:?}"
    );
}

#[test]
fn corrections_that_are_switched_off_are_not_made() {
    let mut conditions = conditions();
    conditions.optics.shift_px = [5.0, -4.5];
    conditions.probes.pattern = Pattern::IsolatedRed;
    conditions.probes.rearranged_share = 0.3;
    let (with, right) = read(&conditions);
    let mut params = AnalyseParams::default();
    params.instrument.chromatic_shift = Setting::Off;
    let (without, wrong) = read_with(&conditions, params);
    assert!(with.instrument.chromatic_shift.is_some());
    assert_eq!(without.instrument.chromatic_shift, None);
    assert_eq!(without.instrument.pair_rule.green_shift_px, [0.0, 0.0]);
    // Without them hardly a locus looks intact.
    assert!(right.pattern_share() > wrong.pattern_share() + 0.3, "{right:?} {wrong:?}");

    conditions.optics.shift_px = [0.0, 0.0];
    conditions.optics.crosstalk = [0.2, 0.0];
    let mut params = AnalyseParams::default();
    params.instrument.crosstalk_red_into_green = Setting::Off;
    params.instrument.crosstalk_green_into_red = Setting::Off;
    assert!(read(&conditions).0.instrument.crosstalk_from.red.is_some());
    assert!(read_with(&conditions, params).0.instrument.crosstalk_from.red.is_none());
}

#[test]
fn what_is_fixed_is_used_as_given_and_what_is_off_is_not_estimated() {
    let mut conditions = conditions();
    conditions.optics.shift_px = [5.0, -4.5];
    conditions.optics.crosstalk = [0.2, 0.0];
    conditions.probes.pattern = Pattern::IsolatedRed;
    conditions.probes.rearranged_share = 0.3;
    let mut params = AnalyseParams::default();
    params.detect.signal_diameter_px = [Setting::Supplied(3.5), Setting::Off].into();
    let camera: CameraNoise = "0.2,100,0.5".parse().unwrap();
    params.detect.camera_noise = [Setting::Supplied(camera), Setting::Off].into();
    params.instrument.chromatic_shift = Setting::Supplied("5,-4.5".parse().unwrap());
    params.instrument.crosstalk_red_into_green = Setting::Supplied(0.2);
    params.instrument.crosstalk_green_into_red = Setting::Supplied(0.01);
    params.instrument.counterstain_into_red = Setting::Supplied(0.02);
    params.instrument.counterstain_into_green = Setting::Off;
    params.instrument.illumination = Setting::Supplied([0.1, 0.12].into());
    let (reading, score) = read_with(&conditions, params.clone());
    let found = &reading.instrument;
    let nominal = params.detect.nominal_sigma_um / conditions.optics.pixel_um * 2.3548;
    assert!((found.signal_diameter_px.red - 3.5).abs() < 1e-9, "{found:?}");
    assert!((found.signal_diameter_px.green - nominal).abs() < 1e-3, "{found:?}");
    assert_eq!(found.signal_diameter_standard_error_px, [None, None].into());
    let [fixed, off] = found.camera_noise.into();
    assert_eq!((fixed.gain, fixed.dark_level, fixed.dark_sd), (0.2, 100.0, 0.5));
    assert!(off.gain == 0.0 && off.gain_standard_error.is_none() && off.dark_sd > 0.5, "{off:?}");
    let shift = found.chromatic_shift.unwrap();
    assert_eq!((shift.y_px, shift.x_px, shift.standard_error_px, shift.used), (5.0, -4.5, None, true));
    assert_eq!(found.crosstalk_from.red.map(|c| (c.fraction, c.standard_error)), Some((0.2, None)));
    assert_eq!(found.crosstalk_from.green.map(|c| c.fraction), Some(0.01));
    assert_eq!(found.counterstain_into.red.map(|b| (b.fraction, b.nuclei)), Some((0.02, 0)));
    assert_eq!(found.counterstain_into.green, None);
    let corners = found.illumination.named().map(|(_, light)| light.map(|light| light.corner_loss));
    assert_eq!(corners, [None, Some(0.1), Some(0.12)]);
    // What is known so well serves as well as what is estimated.
    assert!(score.pattern_share() > 0.93, "{score:?}");

    params.instrument.illumination = Setting::Off;
    let (evened, _) = read_with(&conditions, AnalyseParams::default());
    let (off, _) = read_with(&conditions, params.clone());
    assert_eq!(off.instrument.illumination, [None; 3].into());
    assert!(evened.instrument.illumination.named().iter().all(|(_, light)| light.is_some()));
    // Heights are told as acquired, whatever they were evened out by.
    let height = |r: &SpecimenReading| r.fields[0].quality.signal_amplitude.red.unwrap();
    assert!((height(&reading) / height(&off) - 1.0).abs() < 0.05, "{} {}", height(&reading), height(&off));

    params.instrument.crosstalk_red_into_green = Setting::Supplied(0.9);
    let error = params.validate().unwrap_err().to_string();
    assert!(error.contains("crosstalk_red_into_green"), "{error}");
}

#[test]
fn counterstain_in_the_probe_channels_is_told_and_taken_off_if_it_is_known() {
    let mut conditions = Conditions::named("tissue_section").unwrap();
    conditions.optics.crosstalk = [0.0, 0.0];
    conditions.artefacts.nuclear_glow = 0.4;
    let (with, wrong) = read(&conditions);
    let mut params = AnalyseParams::default();
    params.instrument.counterstain_into_red = Setting::Supplied(0.4);
    params.instrument.counterstain_into_green = Setting::Supplied(0.4);
    let (_, right) = read_with(&conditions, params);
    for (_, bleed) in with.instrument.counterstain_into.iter() {
        let bleed = bleed.unwrap();
        let allowed = 4.0 * bleed.standard_error.unwrap() + 0.01;
        assert!((bleed.fraction - 0.4).abs() < allowed, "{bleed:?}");
    }
    assert_eq!(with.summary.found("counterstain_bleed_through").count(), 2);
    let f1 = |s: &Score| s.signals[0].f1() + s.signals[1].f1();
    assert!(f1(&right) > f1(&wrong) && right.pattern_share() >= wrong.pattern_share(), "{right:?} {wrong:?}");

    conditions.artefacts.nuclear_glow = 0.02;
    let (clean, _) = read(&conditions);
    assert!(clean.instrument.counterstain_into.red.is_none_or(|b| b.fraction < 0.1));
    assert!(!clean.summary.has("counterstain_bleed_through"), "{:?}", clean.summary.findings);
}

#[test]
fn light_that_falls_off_far_is_told() {
    let mut conditions = conditions();
    conditions.size_px = 1280;
    conditions.optics.vignette = 0.8;
    let (reading, score) = read(&conditions);
    for (_, light) in reading.instrument.illumination.named() {
        let light = light.unwrap();
        let error = light.standard_error.unwrap();
        assert!((light.corner_loss - 0.8).abs() < 4.0 * error && error < 0.1, "{light:?}");
    }
    assert_eq!(reading.summary.found("uneven_illumination").count(), 3);
    assert!(score.pattern_share() > 0.93, "{score:?}");
}

#[test]
fn every_candidate_in_a_nucleus_is_a_signal_or_has_a_reason() {
    let count = |change: &dyn Fn(&mut Conditions), reason: Rejection| {
        let mut conditions = conditions();
        conditions.probes.pattern = Pattern::IsolatedRed;
        conditions.probes.rearranged_share = 0.4;
        change(&mut conditions);
        let (reading, _) = read(&conditions);
        let field = &reading.fields[0];
        field.rejected.iter().filter(|r| r.reason == reason && r.nucleus_id > 0).count()
    };
    let clean = Rejection::ALL.map(|reason| count(&|_| (), reason));
    let faint = Rejection::ALL.iter().position(|r| *r == Rejection::Faint).unwrap();
    assert!(clean[faint] * 2 > clean.iter().sum(), "most of what noise gives is faint: {clean:?}");
    let leaking = count(&|c| c.optics.crosstalk = [0.25, 0.0], Rejection::Crosstalk);
    assert!(leaking > 10 + count(&|_| (), Rejection::Crosstalk), "{leaking} ghosts");
}

/// A section of whole loci without stroma, seen with a focus of some depth.
fn section(depth_of_focus_um: f64) -> Conditions {
    let mut conditions = Conditions::named("easy_positive").unwrap();
    conditions.section_um = 4.5;
    conditions.optics.depth_of_focus_um = depth_of_focus_um;
    conditions
}

#[test]
fn signals_out_of_focus_in_a_section_are_read_with_their_partners() {
    let (deep, of_deep) = read(&section(4.0));
    assert_eq!(deep.instrument.out_of_focus_share, 0.0);
    assert!(of_deep.pattern_share() > 0.95, "{of_deep:?}");
    // The focus reaches over a third of the section: a signal at its edge is 1.8 times as wide, and a quarter as high.
    let (shallow, of_shallow) = read(&section(0.8));
    let share = shallow.instrument.out_of_focus_share;
    assert!((0.2..0.7).contains(&share), "{share}");
    assert!(of_shallow.pattern_share() > 0.93 && of_shallow.status_share() > 0.96, "{of_shallow:?}");
    assert!(of_shallow.counted_share() > 0.8, "{of_shallow:?}");
    assert!(of_shallow.signals.iter().all(|s| s.f1() > 0.96), "{:?}", of_shallow.signals);
}
