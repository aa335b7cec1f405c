//! Signals below detection must make no wrong verdict.
#![cfg(feature = "simulate")]

use breakapart::analyse::{Analyser, SpecimenReading};
use breakapart::assay::Assay;
use breakapart::simulate::{Conditions, simulate_specimen};
use breakapart::summarise::Verdict;

/// Reads a specimen of two fields with green of this share of the light of red.
fn read(name: &str, seed: u64, green_share: f64, change: impl Fn(&mut Conditions)) -> SpecimenReading {
    read_with_truth(name, seed, green_share, change).0
}

/// The same, with the share that is rearranged in truth, percent.
fn read_with_truth(
    name: &str,
    seed: u64,
    green_share: f64,
    change: impl Fn(&mut Conditions),
) -> (SpecimenReading, f64) {
    let mut conditions = Conditions::named(name).unwrap();
    conditions.probes.green_share = green_share;
    change(&mut conditions);
    let specimen = simulate_specimen(&conditions, seed, 2).unwrap();
    let analyser = Analyser::new(Assay::builtin("alk").unwrap()).unwrap();
    let measured = specimen.fields.iter().map(|f| analyser.measure_field(&f.field).unwrap()).collect();
    let reading = analyser.read_specimen(name, measured).unwrap();
    let summary = &reading.summary;
    println!(
        "{name} {seed} {green_share}: {:?} {} of {} (true {:.1} %), SNR {:?}, {:?}, {:?}",
        summary.verdict,
        summary.rearranged,
        summary.evaluable,
        specimen.truth.percent,
        reading.instrument.signal_height_snr.green,
        reading.instrument.signal_loss.green,
        summary.loss_effect.falsely_isolated
    );
    (reading, specimen.truth.percent)
}

#[test]
fn weak_green_makes_no_normal_specimen_positive() {
    let mut is_lost = false;
    for green_share in [0.035, 0.03, 0.026, 0.022] {
        for seed in [71, 72] {
            let reading = read("alk_negative", seed, green_share, |_| ());
            assert_ne!(reading.summary.verdict, Verdict::Positive, "{green_share} {seed}");
            is_lost |= reading.summary.loss_effect.falsely_isolated.expected >= 1.0;
        }
    }
    assert!(is_lost, "no specimen lost green: nothing was tried");
}

#[test]
fn isolated_reds_beside_sound_green_stay_positive() {
    let reading = read("isolated_red", 73, 1.0, |_| ());
    let summary = &reading.summary;
    assert_eq!(summary.verdict, Verdict::Positive);
    assert!(summary.loss_effect.falsely_isolated.at_most < 1.0, "{:?}", summary.loss_effect);
    assert!(!summary.has("detection_loss"), "{:?}", summary.findings);
}

#[test]
fn splits_stay_positive_where_green_is_weak() {
    for green_share in [0.035, 0.03] {
        let reading = read("alk_split_positive", 74, green_share, |_| ());
        assert_eq!(reading.summary.verdict, Verdict::Positive, "{green_share}");
        let [red, green] = <[_; 2]>::from(reading.instrument.signal_loss.map(Option::unwrap));
        assert!(green.share > red.share && green.at_most > green.share, "{red:?} {green:?}");
    }
}

#[test]
fn calls_that_loss_explains_are_doubtful_and_the_expected_percentage_allows_for_them() {
    let [mut off_read, mut off_expected] = [0.0, 0.0];
    for (name, seed, green_share) in [
        ("alk_negative", 75, 0.026),
        ("alk_negative", 76, 0.022),
        ("alk_negative", 77, 0.026),
        ("isolated_red", 78, 0.05),
        ("isolated_red", 79, 0.04),
    ] {
        let (reading, truth) = read_with_truth(name, seed, green_share, |_| ());
        let summary = &reading.summary;
        let (read, expected) = (summary.percent_rearranged.unwrap(), summary.percent_expected.unwrap());
        println!("{name} {green_share}: true {truth:.1} %, read {read:.1}, expected {expected:.1}");
        off_read += (read - truth).abs();
        off_expected += (expected - truth).abs();
        let calls = reading.calls();
        let by_loss = calls.filter(|c| c.rearranged && c.pattern.split == 0 && c.pattern.isolated_green == 0);
        let doubtful: Vec<bool> = by_loss.map(|c| c.doubtful).collect();
        let share = doubtful.iter().filter(|d| **d).count() as f64 / doubtful.len() as f64;
        // Of those of a normal specimen hardly any is a true one.
        assert!(share > 0.5 || truth > 20.0, "{name} {green_share}: {share} of {}", doubtful.len());
    }
    assert!(off_expected < 0.5 * off_read, "{off_read} {off_expected}");
}

#[test]
fn red_light_does_not_pass_for_weak_green() {
    for seed in [71, 72, 75] {
        let reading = read("isolated_red", seed, 0.3, |conditions| {
            conditions.probes.rearranged_share = 0.3;
            conditions.optics.crosstalk = [0.2, 0.0];
        });
        let crosstalk = reading.instrument.crosstalk_from.red.expect("ghosts are there");
        assert!((crosstalk.fraction - 0.2).abs() < 0.03, "{seed}: {crosstalk:?}");
        assert_eq!(reading.summary.verdict, Verdict::Positive, "{seed}");
    }
}

/// Green of a twentieth of red's light, and as much of red in green: ghosts are as high as signals.
#[test]
fn ghosts_as_high_as_a_faint_colour_give_no_verdict() {
    for seed in [71, 73] {
        let reading = read("alk_isolated_red_positive", seed, 0.04, |c| c.probes.rearranged_share = 0.35);
        assert_ne!(reading.summary.verdict, Verdict::Negative, "{seed} {:?}", reading.summary.findings);
    }
    let sound = read("alk_negative", 74, 0.05, |_| ());
    assert!(!sound.summary.has("channel_bleed_through"), "{:?}", sound.summary.findings);
}
