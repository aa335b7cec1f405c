//! What a specimen tells about its microscope, where the microscope is known.

mod truth;

use breakapart::analyse::{AnalyseParams, Analyser, SpecimenReading};
use breakapart::assay::Assay;
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
    Analyser::new(Assay::builtin("alk").unwrap()).with_params(params)
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
        assert!(found.pairs >= 40 && (0.03..0.25).contains(&found.standard_error_px), "{found:?}");
        let allowed = 4.0 * found.standard_error_px;
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
        assert_eq!(instrument.chromatic_shift, None, "{pattern:?} {rearranged}");
        assert_eq!(instrument.crosstalk_red_into_green, None, "{pattern:?} {rearranged}");
        assert_eq!(instrument.crosstalk_green_into_red, None, "{pattern:?} {rearranged}");
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
        for found in reading.instrument.signal_diameter_px {
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
        let found = [instrument.crosstalk_red_into_green, instrument.crosstalk_green_into_red];
        for (found, fraction) in found.into_iter().zip(crosstalk) {
            assert_eq!(found.is_some(), fraction > 0.0, "{crosstalk:?} {found:?}");
            let Some(found) = found else { continue };
            assert!(found.signals >= 15 && found.standard_error < 0.01, "{found:?}");
            let allowed = 4.0 * found.standard_error + 0.003;
            assert!((found.fraction - fraction).abs() < allowed, "{crosstalk:?} {found:?}");
        }
        // Ghosts taken for signals would make intact or split loci of isolated ones.
        assert!(score.pattern_share() > 0.93 && score.status_share() > 0.95, "{crosstalk:?} {score:?}");
    }
}

#[test]
fn crosstalk_that_only_intact_loci_could_show_is_not_made_up() {
    let mut conditions = conditions();
    conditions.optics.crosstalk = [0.15, 0.2];
    let (reading, score) = read(&conditions);
    // Every signal has its partner beside it, so nothing tells of crosstalk, and nothing is lost by it either.
    assert_eq!(reading.instrument.crosstalk_red_into_green, None);
    assert_eq!(reading.instrument.crosstalk_green_into_red, None);
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
    params.correct_chromatic_shift = false;
    let (without, wrong) = read_with(&conditions, params);
    assert!(with.instrument.chromatic_shift.is_some());
    assert_eq!(without.instrument.chromatic_shift, None);
    assert_eq!(without.instrument.pair_rule.green_shift_px, [0.0, 0.0]);
    // Without them hardly a locus looks intact.
    assert!(right.pattern_share() > wrong.pattern_share() + 0.3, "{right:?} {wrong:?}");

    conditions.optics.shift_px = [0.0, 0.0];
    conditions.optics.crosstalk = [0.2, 0.0];
    let mut params = AnalyseParams::default();
    params.correct_crosstalk = false;
    assert!(read(&conditions).0.instrument.crosstalk_red_into_green.is_some());
    assert!(read_with(&conditions, params).0.instrument.crosstalk_red_into_green.is_none());
}
