//! Signals at the camera's limit whose colour leaks into the other one.
#![cfg(feature = "simulate")]

use breakapart::analyse::{Analyser, SpecimenReading};
use breakapart::assay::Assay;
use breakapart::simulate::{Conditions, simulate_specimen};
use breakapart::summarise::Verdict;
use breakapart::{Field, Plane};
use ndarray::Array2;

/// Level without light.
const DARK: f64 = 100.0;

fn isolated_reds() -> Vec<Field> {
    let mut conditions = Conditions::named("isolated_red").unwrap();
    conditions.probes.dropout = [0.0, 0.0];
    let specimen = simulate_specimen(&conditions, 21, 2).unwrap();
    specimen.fields.into_iter().map(|f| f.field).collect()
}

fn read(fields: &[Field]) -> SpecimenReading {
    let analyser = Analyser::new(Assay::builtin("alk").unwrap()).unwrap();
    let measured = fields.iter().map(|field| analyser.measure_field(field).unwrap()).collect();
    analyser.read_specimen("specimen", measured).unwrap()
}

fn light(plane: &Plane) -> Array2<f64> {
    let Plane::U16(samples) = plane else { panic!("not 16-bit") };
    samples.mapv(|v| f64::from(v) - DARK)
}

fn plane_of(light: &Array2<f64>) -> Plane {
    Plane::U16(light.mapv(|v| (v + DARK).round().clamp(0.0, 65535.0) as u16))
}

/// Fields with red cut off, of which this share is seen in green, of unlike gain: red in many levels, green in few.
fn cut_off(fields: &[Field], limit: f64, leak: f64) -> Vec<Field> {
    let cut = |field: &Field| {
        let (red, green) = (light(&field.red), light(&field.green));
        let mut field = field.clone();
        field.green = plane_of(&(0.4 * &green + leak * &red));
        field.red = plane_of(&red.mapv(|v| v.min(limit)));
        field
    };
    fields.iter().map(cut).collect()
}

#[test]
fn reds_at_the_camera_limit_that_leak_into_weak_green_stay_alone() {
    let whole = isolated_reds();
    let uncut = read(&whole);
    let height = uncut.instrument.signal_height.red;
    for (share_of_height, leak) in [(0.4, 0.2), (0.7, 0.15)] {
        let reading = read(&cut_off(&whole, share_of_height * height, leak));
        let [summary, truth] = [&reading, &uncut].map(|r| &r.summary);
        let [percent, expected] = [summary, truth].map(|s| s.percent_rearranged.unwrap());
        assert_eq!(summary.verdict, Verdict::Positive, "{summary:?} {:?}", reading.summary.findings);
        assert!((percent - expected).abs() < 6.0, "{percent} for {expected}: {:?}", summary.patterns);
    }
}

#[test]
fn signals_cut_off_too_low_to_tell_their_heights_give_no_verdict() {
    let whole = isolated_reds();
    let height = read(&whole).instrument.signal_height.red;
    let reading = read(&cut_off(&whole, 0.25 * height, 0.2));
    assert_eq!(reading.summary.verdict, Verdict::NotEvaluable, "{:?}", reading.summary.findings);
    assert!(reading.summary.has("unrecoverable_clipping"), "{:?}", reading.summary.findings);
    assert_eq!(
        reading.summary.withheld_by().next().map(breakapart::quality::Finding::code),
        Some("unrecoverable_clipping")
    );
}
