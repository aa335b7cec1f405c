//! What the user says of the microscope is held against the specimen: a wrong value must not turn a verdict in silence.
#![cfg(feature = "simulate")]

use breakapart::analyse::{AnalyseParams, Analyser, SpecimenReading};
use breakapart::assay::Assay;
use breakapart::calibrate::SuppliedShift;
use breakapart::quality::Detail;
use breakapart::simulate::{Conditions, SimulatedSpecimen, simulate_specimen};
use breakapart::summarise::Verdict;
use breakapart::{Colour, PerColour, Setting};

fn specimen(change: impl Fn(&mut Conditions)) -> SimulatedSpecimen {
    let mut conditions = Conditions::named("alk_negative").unwrap();
    change(&mut conditions);
    simulate_specimen(&conditions, 21, 2).unwrap()
}

fn read(specimen: &SimulatedSpecimen, params: AnalyseParams) -> SpecimenReading {
    let analyser = Analyser::new(Assay::builtin("alk").unwrap()).unwrap().with_params(params).unwrap();
    let measured = specimen.fields.iter().map(|f| analyser.measure_field(&f.field).unwrap()).collect();
    analyser.read_specimen("specimen", measured).unwrap()
}

fn by_shift(specimen: &SimulatedSpecimen, shift: Setting<SuppliedShift>) -> SpecimenReading {
    let mut params = AnalyseParams::default();
    params.instrument.chromatic_shift = shift;
    read(specimen, params)
}

/// How many checks find that the specimen contradicts a supplied value.
fn contradictions(reading: &SpecimenReading) -> usize {
    reading.summary.findings.iter().filter(|finding| finding.code().ends_with("_contradicted")).count()
}

fn contradicted(reading: &SpecimenReading) -> bool {
    contradictions(reading) > 0
}

#[test]
fn a_shift_that_the_pairs_contradict_gives_no_verdict() {
    let none = specimen(|_| ());
    let shifted = specimen(|c| c.optics.shift_px = [6.0, -7.0]);
    let given = |text: &str| Setting::Supplied(text.parse().unwrap());
    for (specimen, wrong) in [
        (&none, given("6,0")),
        (&none, given("4,4")),
        (&none, given("0,9")),
        (&shifted, given("-6,7")),
        (&shifted, given("-7,6")),
        (&shifted, Setting::Off),
    ] {
        let reading = by_shift(specimen, wrong);
        assert_eq!(
            reading.summary.verdict,
            Verdict::NotEvaluable,
            "{wrong:?} {:?}",
            reading.summary.findings
        );
        assert!(contradicted(&reading), "{wrong:?} {:?}", reading.summary.findings);
        assert!(reading.summary.withheld_by().any(|f| f.code() == "shift_contradicted"), "{wrong:?}");
    }
    for (specimen, right) in
        [(&none, Setting::Off), (&none, given("0.5,-0.5")), (&shifted, given("6.2,-6.8"))]
    {
        let reading = by_shift(specimen, right);
        assert_eq!(reading.summary.verdict, Verdict::Negative, "{right:?} {:?}", reading.summary.findings);
        assert!(!contradicted(&reading), "{right:?} {:?}", reading.summary.findings);
        let Some(Detail::SettingsSupplied(supplied)) =
            reading.summary.found("settings_supplied").next().map(|f| f.detail.clone())
        else {
            panic!("{right:?}: {:?}", reading.summary.findings)
        };
        assert_eq!(supplied.settings[0].property, "chromatic shift", "{right:?}");
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
    assert!(contradicted(&with(Setting::Off)) && contradicted(&with(Setting::Supplied(0.5))));
    assert!(!contradicted(&with(Setting::Supplied(0.2))) && !contradicted(&with(Setting::Estimate)));
}

fn width_and_noise(
    specimen: &SimulatedSpecimen,
    change: impl Fn(&mut AnalyseParams),
) -> Vec<(&'static str, Option<Colour>)> {
    let mut params = AnalyseParams::default();
    change(&mut params);
    let reading = read(specimen, params);
    let found = reading.summary.findings.iter().filter(|f| f.code().ends_with("_contradicted"));
    found.map(|f| (f.code(), f.colour)).collect()
}

#[test]
fn a_signal_diameter_that_the_signals_contradict_is_named() {
    let specimen = specimen(|_| ());
    let measured = read(&specimen, AnalyseParams::default()).instrument.signal_diameter_px;
    for factors in [[0.5, 1.0], [1.0, 1.8], [1.0, 1.0], [1.1, 0.9]] {
        let named = width_and_noise(&specimen, |p| {
            p.detect.signal_diameter_px =
                [0, 1].map(|c| Setting::Supplied(factors[c] * <[f64; 2]>::from(measured)[c])).into();
        });
        let wrong = |c: usize| !(0.8..1.25).contains(&factors[c]);
        for (c, colour) in Colour::BOTH.into_iter().enumerate() {
            let told = named.contains(&("width_contradicted", Some(colour)));
            assert_eq!(told, wrong(c), "{factors:?} {named:?}");
        }
    }
    // The nominal width, where the optics are others.
    let blurred = self::specimen(|c| c.optics.psf_sigma_um = 0.4);
    let named = width_and_noise(&blurred, |p| p.detect.signal_diameter_px = PerColour::both(Setting::Off));
    assert_eq!(named.len(), 2, "{named:?}");
}

#[test]
fn camera_noise_that_the_image_contradicts_is_named() {
    let specimen = specimen(|_| ());
    let camera = read(&specimen, AnalyseParams::default()).instrument.camera_noise.red;
    for (factor, wrong) in [(0.1, true), (1.0, false), (4.0, true)] {
        let text = format!("{},{},{}", factor * camera.gain, camera.dark_level, factor * camera.dark_sd);
        let named = width_and_noise(&specimen, |p| {
            p.detect.camera_noise = PerColour::both(Setting::Supplied(text.parse().unwrap()));
        });
        assert_eq!(named.len(), if wrong { 2 } else { 0 }, "{factor}: {named:?}");
    }
}
