//! Debris with light of its own in nuclei: it is neither signal nor locus.
#![cfg(feature = "simulate")]

use std::f64::consts::TAU;
use std::sync::LazyLock;

use breakapart::analyse::{Analyser, FieldReading, SpecimenReading};
use breakapart::assay::Assay;
use breakapart::classify::Exclusion;
use breakapart::resolve::Rejection;
use breakapart::simulate::{Conditions, NucleusTruth, SimulatedField, SimulatedSpecimen, simulate_specimen};
use breakapart::{Field, Plane};
use ndarray::Array2;

static CLEAN: LazyLock<SimulatedSpecimen> = LazyLock::new(|| {
    let conditions = Conditions::named("near_cutoff").unwrap();
    simulate_specimen(&conditions, 57, 2).unwrap()
});

fn read(fields: &[Field]) -> SpecimenReading {
    let analyser = Analyser::new(Assay::builtin("alk").unwrap()).unwrap();
    let measured = fields.iter().map(|field| analyser.measure_field(field).unwrap()).collect();
    analyser.read_specimen("specimen", measured).unwrap()
}

/// A round spot of light: place, height and standard deviation in px.
struct Spot {
    y: f64,
    x: f64,
    height: f64,
    sigma: f64,
}

fn shine(plane: &mut Plane, spots: &[Spot], share: f64) {
    let Plane::U16(samples) = plane else { panic!("not 16-bit") };
    let mut light = Array2::<f64>::zeros(samples.dim());
    for spot in spots {
        let reach = (5.0 * spot.sigma).ceil();
        for ((y, x), v) in light.indexed_iter_mut() {
            let (dy, dx) = (y as f64 - spot.y, x as f64 - spot.x);
            if dy.abs() <= reach && dx.abs() <= reach {
                *v += share * spot.height * (-0.5 * (dy * dy + dx * dx) / (spot.sigma * spot.sigma)).exp();
            }
        }
    }
    samples.zip_mut_with(&light, |v, light| *v = (f64::from(*v) + light).round().min(65535.0) as u16);
}

/// The fields with spots in nuclei, in all channels: least in the counterstain.
fn with(spots: impl Fn(&SimulatedField, &NucleusTruth) -> Vec<Spot>) -> Vec<Field> {
    let fields = CLEAN.fields.iter().map(|simulated| {
        let spots: Vec<Spot> = simulated.nuclei.iter().flat_map(|n| spots(simulated, n)).collect();
        let mut field = simulated.field.clone();
        shine(&mut field.counterstain, &spots, 0.2);
        shine(&mut field.red, &spots, 0.8);
        shine(&mut field.green, &spots, 1.0);
        field
    });
    fields.collect()
}

/// The place half way out in a nucleus that is furthest from its signals.
fn free_place(field: &SimulatedField, nucleus: &NucleusTruth) -> (f64, f64) {
    let places = (0..16).map(|i| {
        let (sin, cos) = (TAU * f64::from(i) / 16.0).sin_cos();
        (nucleus.y + 0.5 * nucleus.radius_px * sin, nucleus.x + 0.5 * nucleus.radius_px * cos)
    });
    let room = |&(y, x): &(f64, f64)| {
        let signals = field.signals.iter().filter(|s| s.nucleus == nucleus.nucleus);
        signals.map(|s| (s.image_y - y).hypot(s.image_x - x)).fold(f64::INFINITY, f64::min)
    };
    places.max_by(|a, b| room(a).total_cmp(&room(b))).unwrap()
}

/// Height of a usual signal of the specimen above its background, grey levels.
fn signal_height(reading: &SpecimenReading) -> f64 {
    0.5 * (reading.instrument.signal_height.red + reading.instrument.signal_height.green)
}

fn left_out(reading: &SpecimenReading, reason: Exclusion) -> usize {
    reading.summary.exclusions.get(&reason).copied().unwrap_or(0)
}

#[test]
fn debris_brighter_than_signals_changes_no_call() {
    let clean = read(&fields_of(&CLEAN));
    let height = signal_height(&clean);
    let percent = |reading: &SpecimenReading| reading.summary.percent_rearranged.unwrap();
    let fused = |reading: &SpecimenReading| {
        reading.fields.iter().flat_map(FieldReading::calls).map(|c| c.pattern.fused).sum::<usize>()
    };
    for (brightness, sigma) in [(1.8, 3.0), (1.5, 4.5), (5.0, 3.0), (5.0, 4.5)] {
        let debris = with(|field, nucleus| {
            if nucleus.nucleus % 3 != 0 {
                return Vec::new();
            }
            let (y, x) = free_place(field, nucleus);
            vec![Spot { y, x, height: brightness * height, sigma }]
        });
        let reading = read(&debris);
        let name = format!("{brightness} times as bright, sigma {sigma} px");
        let rejected = reading.fields.iter().flat_map(|f| &f.rejected);
        let seen = rejected.filter(|c| c.reason == Rejection::InBothChannels).count() / 2;
        let [with, without] = [&reading, &clean].map(fused);
        println!(
            "{name}: {with} fused, {without} without debris; {seen} rejected; {:.1} %",
            percent(&reading)
        );
        assert!(with.abs_diff(without) * 50 <= without, "{name}: {with} fused, {without} without debris");
        assert!((percent(&reading) - percent(&clean)).abs() <= 1.2, "{name}: {} %", percent(&reading));
        assert!(
            seen * 5 >= CLEAN.fields.iter().map(|f| f.nuclei.len()).sum::<usize>(),
            "{name}: {seen} seen"
        );
        assert!(reading.summary.has("coincident_light"), "{name}: {:?}", reading.summary.findings);
    }
}

#[test]
fn a_nucleus_under_debris_is_left_out_for_that_reason() {
    let clean = read(&fields_of(&CLEAN));
    let height = 4.0 * signal_height(&clean);
    let covered = with(|_, nucleus| {
        if nucleus.nucleus % 4 != 0 {
            return Vec::new();
        }
        let around = |i: u32| {
            let (sin, cos) = (TAU * f64::from(i) / 5.0).sin_cos();
            let reach = 0.55 * nucleus.radius_px;
            Spot { y: nucleus.y + reach * sin, x: nucleus.x + reach * cos, height, sigma: 4.5 }
        };
        (0..5).map(around).collect()
    });
    let reading = read(&covered);
    let count = left_out(&reading, Exclusion::Debris);
    let hidden =
        CLEAN.fields.iter().flat_map(|f| &f.nuclei).filter(|n| n.nucleus % 4 == 0 && n.scorable).count();
    println!("{count} left out of {hidden} under debris, {:?}", reading.summary.exclusions);
    assert_eq!(left_out(&clean, Exclusion::Debris), 0);
    assert!(count * 10 >= hidden * 7 && count <= hidden + 4, "{count} left out of {hidden}");
    let [read, truth] = [&reading, &clean].map(|r| r.summary.percent_rearranged.unwrap());
    assert!((read - truth).abs() < 4.0, "{read} %, without debris {truth} %");
}

fn fields_of(specimen: &SimulatedSpecimen) -> Vec<Field> {
    specimen.fields.iter().map(|f| f.field.clone()).collect()
}
