//! What the user says of the microscope is held against the specimen: a wrong value must not turn a verdict in silence.
#![cfg(feature = "simulate")]

use breakapart::Setting;
use breakapart::analyse::{AnalyseParams, Analyser, SpecimenReading};
use breakapart::assay::Assay;
use breakapart::instrument::FixedShift;
use breakapart::simulate::{Conditions, SimulatedSpecimen, simulate_specimen};
use breakapart::summarise::Verdict;

fn specimen(change: impl Fn(&mut Conditions)) -> SimulatedSpecimen {
    let mut conditions = Conditions::named("alk_negative").unwrap();
    change(&mut conditions);
    simulate_specimen(&conditions, 21, 2).unwrap()
}

fn read(specimen: &SimulatedSpecimen, params: AnalyseParams) -> SpecimenReading {
    let analyser = Analyser::new(Assay::builtin("alk").unwrap()).with_params(params);
    let measured = specimen.fields.iter().map(|f| analyser.measure_field(&f.field).unwrap()).collect();
    analyser.read_specimen("specimen", measured).unwrap()
}

fn by_shift(specimen: &SimulatedSpecimen, shift: Setting<FixedShift>) -> SpecimenReading {
    let mut params = AnalyseParams::default();
    params.instrument.chromatic_shift = shift;
    read(specimen, params)
}

fn contradicted(reading: &SpecimenReading) -> bool {
    reading.warnings.iter().any(|w| w.contains("contradict"))
}

#[test]
fn a_shift_that_the_pairs_contradict_gives_no_verdict() {
    let none = specimen(|_| ());
    let shifted = specimen(|c| c.optics.shift_px = [6.0, -7.0]);
    let given = |text: &str| Setting::Fixed(text.parse().unwrap());
    for (specimen, wrong) in [
        (&none, given("6,0")),
        (&none, given("4,4")),
        (&none, given("0,9")),
        (&shifted, given("-6,7")),
        (&shifted, given("-7,6")),
        (&shifted, Setting::Off),
    ] {
        let reading = by_shift(specimen, wrong);
        assert_eq!(reading.summary.verdict, Verdict::NotEvaluable, "{wrong:?} {:?}", reading.warnings);
        assert!(contradicted(&reading), "{wrong:?} {:?}", reading.warnings);
        assert!(
            reading.summary.advice.iter().any(|line| line.contains("contradicts the pairs")),
            "{wrong:?}"
        );
    }
    for (specimen, right) in
        [(&none, Setting::Off), (&none, given("0.5,-0.5")), (&shifted, given("6.2,-6.8"))]
    {
        let reading = by_shift(specimen, right);
        assert_eq!(reading.summary.verdict, Verdict::Negative, "{right:?} {:?}", reading.warnings);
        assert!(!contradicted(&reading), "{right:?} {:?}", reading.warnings);
        let told = reading.warnings.iter().any(|w| w.contains("not estimated but given: chromatic shift"));
        assert!(told, "{right:?} {:?}", reading.warnings);
    }
}

#[test]
fn crosstalk_that_the_signals_contradict_is_named() {
    let leaking = specimen(|c| {
        c.optics.crosstalk = [0.2, 0.0];
        c.probes.rearranged_share = 0.4;
        c.probes.pattern = breakapart::simulate::Pattern::IsolatedRed;
    });
    let with = |setting| {
        let mut params = AnalyseParams::default();
        params.instrument.crosstalk_red_into_green = setting;
        read(&leaking, params)
    };
    assert!(contradicted(&with(Setting::Off)) && contradicted(&with(Setting::Fixed(0.5))));
    assert!(!contradicted(&with(Setting::Fixed(0.2))) && !contradicted(&with(Setting::Estimate)));
}

fn width_and_noise(specimen: &SimulatedSpecimen, change: impl Fn(&mut AnalyseParams)) -> Vec<String> {
    let mut params = AnalyseParams::default();
    change(&mut params);
    let reading = read(specimen, params);
    reading.warnings.into_iter().filter(|w| w.contains("contradict")).collect()
}

#[test]
fn a_signal_diameter_that_the_signals_contradict_is_named() {
    let specimen = specimen(|_| ());
    let measured = read(&specimen, AnalyseParams::default()).instrument.signal_diameter_px;
    for factors in [[0.5, 1.0], [1.0, 1.8], [1.0, 1.0], [1.1, 0.9]] {
        let named = width_and_noise(&specimen, |p| {
            p.detect.signal_diameter_px = [0, 1].map(|c| Setting::Fixed(factors[c] * measured[c]));
        });
        let wrong = |c: usize| !(0.8..1.25).contains(&factors[c]);
        for (c, colour) in ["red", "green"].iter().enumerate() {
            let told = named.iter().any(|w| w.starts_with(colour) && w.contains("signal diameter"));
            assert_eq!(told, wrong(c), "{factors:?} {named:?}");
        }
    }
    // The nominal width, where the optics are others.
    let blurred = self::specimen(|c| c.optics.psf_sigma_um = 0.4);
    let named = width_and_noise(&blurred, |p| p.detect.signal_diameter_px = [Setting::Off; 2]);
    assert_eq!(named.len(), 2, "{named:?}");
}

#[test]
fn camera_noise_that_the_image_contradicts_is_named() {
    let specimen = specimen(|_| ());
    let camera = read(&specimen, AnalyseParams::default()).instrument.camera_noise[0];
    for (factor, wrong) in [(0.1, true), (1.0, false), (4.0, true)] {
        let text = format!("{},{},{}", factor * camera.gain, camera.dark_level, factor * camera.dark_sd);
        let named = width_and_noise(&specimen, |p| {
            p.detect.camera_noise = [Setting::Fixed(text.parse().unwrap()); 2];
        });
        assert_eq!(named.len(), if wrong { 2 } else { 0 }, "{factor}: {named:?}");
    }
}
