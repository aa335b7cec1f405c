//! Faults of probe and files that a reading must not pass over in silence.
#![cfg(feature = "simulate")]

mod channels;
mod counterstain;

use std::sync::LazyLock;

use breakapart::analyse::{AnalyseParams, Analyser, SpecimenReading};
use breakapart::assay::Assay;
use breakapart::classify::Exclusion;
use breakapart::quality::figures::LocalDropout;
use breakapart::quality::{Detail, Finding, Scope};
use breakapart::simulate::{Conditions, SimulatedSpecimen, simulate_specimen};
use breakapart::summarise::Verdict;
use breakapart::{Colour, Field, Plane};
use ndarray::Array2;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, Normal};

fn specimen(name: &str, fields: u32, change: impl Fn(&mut Conditions)) -> SimulatedSpecimen {
    let mut conditions = Conditions::named(name).unwrap();
    change(&mut conditions);
    simulate_specimen(&conditions, 21, fields).unwrap()
}

fn fields(specimen: &SimulatedSpecimen) -> Vec<Field> {
    specimen.fields.iter().map(|f| f.field.clone()).collect()
}

fn read(fields: &[Field]) -> SpecimenReading {
    let analyser = Analyser::new(Assay::builtin("alk").unwrap()).unwrap();
    let measured = fields.iter().map(|field| analyser.measure_field(field).unwrap()).collect();
    analyser.read_specimen("specimen", measured).unwrap()
}

static POSITIVE: LazyLock<SimulatedSpecimen> = LazyLock::new(|| specimen("alk_split_positive", 2, |_| ()));
static NEGATIVE: LazyLock<SimulatedSpecimen> = LazyLock::new(|| specimen("alk_negative", 2, |_| ()));

fn samples(plane: &Plane) -> &Array2<u16> {
    let Plane::U16(samples) = plane else { panic!("not 16-bit") };
    samples
}

/// What is done to a field, with its name and the channels it concerns.
type NamedChange<'a> = (&'a str, [&'a str; 2], &'a dyn Fn(&mut Field));

/// Whether a check found something in a field; `None` = the specimen.
fn found_in(reading: &SpecimenReading, code: &str, field: Option<&str>) -> bool {
    reading.summary.found(code).any(|finding| finding.scope.field() == field)
}

/// Whether a check found something on a colour.
fn found_on(reading: &SpecimenReading, code: &str, colour: Colour) -> bool {
    reading.summary.found(code).any(|finding| finding.colour == Some(colour))
}

#[test]
fn sound_specimens_raise_no_alarm() {
    for specimen in [&*POSITIVE, &*NEGATIVE, &specimen("isolated_red", 2, |_| ())] {
        let reading = read(&fields(specimen));
        let faults = reading.grounds.findings.len();
        assert_eq!(faults, 0, "{}: {:?}", specimen.truth.name, reading.grounds.findings);
        assert_ne!(reading.summary.verdict, Verdict::NotEvaluable, "{}", specimen.truth.name);
    }
}

#[test]
fn one_image_for_two_channels_gives_no_verdict_and_names_them() {
    let scaled =
        |plane: &Plane| Plane::U16(samples(plane).mapv(|v| (0.4 * f64::from(v) + 300.0).round() as u16));
    let changes: [NamedChange; 5] = [
        ("green is red", ["red", "green"], &|f| f.green = f.red.clone()),
        ("red is green", ["red", "green"], &|f| f.red = f.green.clone()),
        ("green is red, scaled", ["red", "green"], &|f| f.green = scaled(&f.red)),
        ("green is the counterstain", ["counterstain", "green"], &|f| f.green = f.counterstain.clone()),
        ("the counterstain is red", ["counterstain", "red"], &|f| f.counterstain = scaled(&f.red)),
    ];
    for (name, channels, change) in changes {
        for specimen in [&POSITIVE, &NEGATIVE] {
            // One wrong field is enough: whoever mixed up one file may have mixed up others.
            let mut fields = fields(specimen);
            change(&mut fields[1]);
            let reading = read(&fields);
            assert_eq!(
                reading.summary.verdict,
                Verdict::NotEvaluable,
                "{name}: {:?}",
                reading.summary.findings
            );
            let named = reading.summary.found("duplicate_channel").any(|f| {
                f.scope.field() == Some(&fields[1].name)
                    && matches!(&f.detail, Detail::DuplicateChannel(found) if found.channels == channels)
            });
            assert!(named, "{name}: {:?}", reading.summary.findings);
        }
    }
}

#[test]
fn a_channel_of_noise_raises_an_alarm_on_its_probe() {
    let noise = |dim, seed| {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let normal = Normal::new(110.0_f64, 4.0).unwrap();
        Plane::U16(Array2::from_shape_simple_fn(dim, || normal.sample(&mut random).round() as u16))
    };
    for specimen in [&POSITIVE, &NEGATIVE] {
        for (colour, seed) in [(Colour::Green, 3), (Colour::Green, 5), (Colour::Red, 4)] {
            let mut fields = fields(specimen);
            for field in &mut fields {
                let plane = if colour == Colour::Red { &mut field.red } else { &mut field.green };
                *plane = noise(plane.dim(), seed);
            }
            let reading = read(&fields);
            let failed = |f: &Finding| f.code() == "probe_failed" && f.colour == Some(colour);
            assert!(reading.summary.findings.iter().any(failed), "{colour} {seed}");
        }
    }
}

#[test]
fn green_lost_at_random_makes_no_specimen_positive() {
    for (name, fields_read) in [("alk_negative", 2), ("weak_green", 3)] {
        let specimen = specimen(name, fields_read, |c| c.probes.dropout = [0.0, 0.25]);
        let reading = read(&fields(&specimen));
        let random = found_on(&reading, "random_dropout", Colour::Green);
        assert!(random, "{name}: {:?} {:?}", reading.summary.findings, reading.summary.patterns);
        assert_ne!(reading.summary.verdict, Verdict::Positive, "{name}: {:?}", reading.summary);
    }
}

#[test]
fn faint_green_makes_no_specimen_positive() {
    // Green at a share of its light, on the noise of the camera.
    for (percent, seed) in [(16, 31), (12, 32), (9, 33), (7, 34)] {
        let mut fields = fields(&NEGATIVE);
        for field in &mut fields {
            let mut random = ChaCha8Rng::seed_from_u64(seed);
            let normal = Normal::new(110.0_f64, 4.0).unwrap();
            let mut faint = |v: u16| {
                let light = f64::from(v.saturating_sub(100)) * f64::from(percent) / 100.0;
                (normal.sample(&mut random) + light).round() as u16
            };
            field.green = Plane::U16(samples(&field.green).mapv(&mut faint));
        }
        let reading = read(&fields);
        let summary = &reading.summary;
        println!(
            "{percent} %: {:?} {:?} {:?} {:?}",
            summary.verdict, summary.patterns, summary.exclusions, reading.summary.findings
        );
        println!(
            "  {:?} {:?}",
            reading.instrument.signal_height_snr, reading.instrument.signal_height_log_sd
        );
        assert_ne!(summary.verdict, Verdict::Positive, "{percent} %: {summary:?}");
        let share = summary.rearranged as f64 / summary.evaluable.max(1) as f64;
        assert!(summary.evaluable < 50 || share < 0.1, "{percent} %: {summary:?}");
    }
}

/// Green of a specimen with the same nuclei and loci, 40 % of its green signals missing.
static PATCHY: LazyLock<SimulatedSpecimen> =
    LazyLock::new(|| specimen("alk_negative", 2, |c| c.probes.dropout = [0.0, 0.4]));

#[test]
fn a_field_or_a_side_of_one_where_green_fails_is_named() {
    let mut whole = fields(&NEGATIVE);
    whole[1].green = PATCHY.fields[1].field.green.clone();
    let reading = read(&whole);
    let named = reading.summary.found("local_dropout").any(|f| {
        f.scope == Scope::Field("field_001".to_owned())
            && matches!(f.detail, Detail::LocalDropout(LocalDropout::Lost { .. }))
    });
    assert!(named, "{:?}", reading.summary.findings);

    let mut half = fields(&NEGATIVE);
    let width = half[0].dim().1;
    let [sound, patchy] = [&half[0].green, &PATCHY.fields[0].field.green].map(samples);
    let green =
        Array2::from_shape_fn(
            sound.dim(),
            |(y, x)| {
                if x < width / 2 { patchy[(y, x)] } else { sound[(y, x)] }
            },
        );
    half[0].green = Plane::U16(green);
    let reading = read(&half);
    let named = reading.summary.found("local_dropout").any(|f| {
        matches!(&f.scope, Scope::Region { field, region } if field == "field_000" && region.contains("left"))
            && f.colour == Some(Colour::Green)
    });
    assert!(named, "{:?}", reading.summary.findings);
}

#[test]
fn a_field_whose_green_is_dimmer_is_named() {
    let mut dimmer = fields(&NEGATIVE);
    let green = samples(&dimmer[1].green).mapv(|v| 100 + v.saturating_sub(100) * 2 / 5);
    dimmer[1].green = Plane::U16(green);
    let reading = read(&dimmer);
    let named = reading.summary.found("local_dropout").any(|f| {
        f.scope.field() == Some("field_001")
            && f.colour == Some(Colour::Green)
            && matches!(f.detail, Detail::LocalDropout(LocalDropout::Lower { .. }))
    });
    assert!(named, "{:?}", reading.summary.findings);
}

/// Reads with and without the exclusion that a change of parameters switches off.
fn with_and_without(fields: &[Field], off: impl Fn(&mut AnalyseParams)) -> [SpecimenReading; 2] {
    let mut without = AnalyseParams::default();
    off(&mut without);
    [AnalyseParams::default(), without].map(|params| {
        let analyser = Analyser::new(Assay::builtin("alk").unwrap()).unwrap().with_params(params).unwrap();
        let measured = fields.iter().map(|field| analyser.measure_field(field).unwrap()).collect();
        analyser.read_specimen("specimen", measured).unwrap()
    })
}

#[test]
fn nuclei_with_haze_at_the_limit_are_left_out_which_halves_the_error() {
    // Green light at the camera's limit over one locus of every third nucleus.
    const RADIUS_PX: f64 = 16.0;
    let mut hazy = fields(&NEGATIVE);
    for (field, truth) in hazy.iter_mut().zip(&NEGATIVE.fields) {
        let mut green = samples(&field.green).clone();
        let limit = field.saturation_level.unwrap() as u16;
        for nucleus in truth.nuclei.iter().filter(|n| n.nucleus % 3 == 0) {
            let mut of_nucleus = truth.signals.iter().filter(|s| s.owner == nucleus.nucleus);
            let Some(signal) = of_nucleus.find(|s| s.channel == Colour::Green) else { continue };
            for ((y, x), v) in green.indexed_iter_mut() {
                let far = (y as f64 - signal.image_y).hypot(x as f64 - signal.image_x) > RADIUS_PX;
                *v = if far { *v } else { limit };
            }
        }
        field.green = Plane::U16(green);
    }
    let [with, without] = with_and_without(&hazy, |params| params.classify.max_saturated_share = 1.0);
    let left_out = with.summary.exclusions.get(&Exclusion::Saturated).copied().unwrap_or(0);
    let [percent, naive] = [&with, &without].map(|r| r.summary.percent_rearranged.unwrap());
    println!("saturated: {percent} % with, {naive} % without, {left_out} left out");
    assert!(
        left_out > 20 && percent < 0.5 * naive && percent < 10.0,
        "{left_out} left out, {percent} % and {naive} %"
    );
}

#[test]
fn green_drowned_in_half_of_each_field_makes_no_specimen_positive() {
    let mut drowned = fields(&NEGATIVE);
    for field in &mut drowned {
        let mut random = ChaCha8Rng::seed_from_u64(40);
        let normal = Normal::new(0.0_f64, 4.0).unwrap();
        let width = field.dim().1;
        let green = samples(&field.green);
        let faint = Array2::from_shape_fn(green.dim(), |(y, x)| {
            let light = f64::from(green[(y, x)].saturating_sub(100)) * 0.1;
            // Noise of the surroundings' light over the right half hides signals.
            let noise = if x > width / 2 { 3.5 } else { 1.0 };
            (110.0 + noise * normal.sample(&mut random) + light).round() as u16
        });
        field.green = Plane::U16(faint);
    }
    let reading = read(&drowned);
    let left_out = reading.summary.exclusions.get(&Exclusion::WeakProbe).copied().unwrap_or(0);
    assert_ne!(
        reading.summary.verdict,
        Verdict::Positive,
        "{:?} {:?}",
        reading.summary,
        reading.summary.findings
    );
    assert!(
        left_out > 20
            && (found_on(&reading, "weak_probe", Colour::Green)
                || found_on(&reading, "probe_failed", Colour::Green)),
        "{:?}",
        reading.summary.findings
    );
}
