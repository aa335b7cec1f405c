//! The whole reading: what must not matter to it, and what broken fields do to it.
#![cfg(feature = "simulate")]

mod truth;

use std::sync::LazyLock;

use breakapart::analyse::{Analyser, FieldMeasurement, SpecimenReading};
use breakapart::assay::Assay;
use breakapart::simulate::{Conditions, SimulatedSpecimen, simulate_specimen};
use breakapart::summarise::Verdict;
use breakapart::{Field, Plane};
use ndarray::{Array2, Axis};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, Normal};
use truth::{FieldTruth, score};

fn analyser() -> Analyser {
    Analyser::new(Assay::builtin("alk").unwrap()).unwrap()
}

/// Two fields of whole nuclei, half of them split, with debris and a small chromatic shift.
static POSITIVE: LazyLock<SimulatedSpecimen> =
    LazyLock::new(|| simulate_specimen(&Conditions::named("alk_split_positive").unwrap(), 21, 2).unwrap());
/// The like without rearrangement.
static NEGATIVE: LazyLock<SimulatedSpecimen> =
    LazyLock::new(|| simulate_specimen(&Conditions::named("alk_negative").unwrap(), 21, 2).unwrap());

fn fields(specimen: &SimulatedSpecimen) -> Vec<Field> {
    specimen.fields.iter().map(|f| f.field.clone()).collect()
}

fn measure(fields: &[Field]) -> Vec<FieldMeasurement> {
    fields.iter().map(|field| analyser().measure_field(field).unwrap()).collect()
}

fn read(fields: &[Field]) -> SpecimenReading {
    analyser().read_specimen("specimen", measure(fields)).unwrap()
}

static POSITIVE_READING: LazyLock<SpecimenReading> = LazyLock::new(|| read(&fields(&POSITIVE)));
static NEGATIVE_READING: LazyLock<SpecimenReading> = LazyLock::new(|| read(&fields(&NEGATIVE)));

/// Applies a change of samples to all planes of a field.
fn with_planes(field: &Field, change: impl Fn(&Array2<u16>) -> Plane) -> Field {
    let changed = |plane: &Plane| {
        let Plane::U16(samples) = plane else { panic!("not 16-bit") };
        change(samples)
    };
    let mut field = field.clone();
    field.counterstain = changed(&field.counterstain);
    field.red = changed(&field.red);
    field.green = changed(&field.green);
    field
}

/// Camera noise and nothing else.
fn noise(dim: (usize, usize), seed: u64) -> Plane {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let normal = Normal::new(110.0_f64, 4.0).unwrap();
    Plane::U16(Array2::from_shape_simple_fn(dim, || normal.sample(&mut random).round() as u16))
}

fn black(dim: (usize, usize)) -> Plane {
    Plane::U16(Array2::zeros(dim))
}

/// What is done to a field.
type Change<'a> = &'a dyn Fn(&mut Field);

/// A specimen with something changed in each of its fields.
fn changed(specimen: &SimulatedSpecimen, change: impl Fn(&mut Field)) -> Vec<Field> {
    let mut fields = fields(specimen);
    fields.iter_mut().for_each(change);
    fields
}

/// What is counted, nucleus by nucleus.
fn calls(reading: &SpecimenReading) -> Vec<(u32, String, &'static str, bool, bool)> {
    let calls = reading.calls();
    let told = |c: &breakapart::classify::NucleusCall| {
        (c.nucleus_id, c.pattern.to_string(), c.class.name(), c.evaluable(), c.rearranged)
    };
    calls.map(told).collect()
}

fn percent(reading: &SpecimenReading) -> f64 {
    reading.summary.percent_rearranged.unwrap()
}

#[test]
fn the_specimens_are_read_right_to_begin_with() {
    for (specimen, reading, verdict) in
        [(&POSITIVE, &POSITIVE_READING, Verdict::Positive), (&NEGATIVE, &NEGATIVE_READING, Verdict::Negative)]
    {
        let truth: Vec<_> = specimen.fields.iter().map(FieldTruth::from).collect();
        let score = score(&truth, reading);
        assert_eq!(reading.summary.verdict, verdict);
        assert!((percent(reading) - score.true_percent).abs() < 3.0, "{score:?}");
        assert!(score.pattern_share() > 0.93 && score.status_share() > 0.96, "{score:?}");
        assert!(score.counted_share() > 0.95 && score.nuclei.f1() > 0.95, "{score:?}");
        assert!(score.signals.iter().all(|signals| signals.f1() > 0.97), "{score:?}");
    }
}

#[test]
fn the_order_of_fields_does_not_matter() {
    let mut measured = measure(&fields(&POSITIVE));
    measured.reverse();
    let reversed = analyser().read_specimen("specimen", measured).unwrap();
    assert!(reversed == *POSITIVE_READING);
    assert!(analyser().read_specimen("specimen", Vec::new()).is_err());
}

#[test]
fn the_number_of_threads_does_not_matter() {
    for threads in [1, 3] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let reading = pool.install(|| read(&fields(&POSITIVE)));
        assert!(reading == *POSITIVE_READING, "{threads} threads");
    }
}

#[test]
fn a_field_alone_is_a_specimen() {
    let field = &POSITIVE.fields[0].field;
    let alone = analyser().analyse(field).unwrap();
    assert_eq!(alone.name, field.name);
    let same = analyser().read_specimen(&field.name, measure(std::slice::from_ref(field))).unwrap();
    assert!(alone == same);
    assert_eq!(alone.summary.nuclei, POSITIVE_READING.fields[0].nuclei.len());
}

#[test]
fn three_times_the_light_changes_no_call() {
    for (specimen, reading) in [(&POSITIVE, &POSITIVE_READING), (&NEGATIVE, &NEGATIVE_READING)] {
        let brighter: Vec<Field> = fields(specimen)
            .iter()
            .map(|field| {
                let mut field = with_planes(field, |samples| Plane::U16(samples.mapv(|v| 3 * v)));
                field.saturation_level = field.saturation_level.map(|level| 3.0 * level);
                field
            })
            .collect();
        assert_eq!(calls(&read(&brighter)), calls(reading));
    }
}

#[test]
fn fewer_grey_levels_change_next_to_nothing() {
    for (specimen, reading) in [(&POSITIVE, &POSITIVE_READING), (&NEGATIVE, &NEGATIVE_READING)] {
        let as_bytes = |field: &Field| {
            let mut field = with_planes(field, |samples| Plane::U8(samples.mapv(|v| (v / 16) as u8)));
            field.saturation_level = None;
            field
        };
        let bytes = read(&fields(specimen).iter().map(as_bytes).collect::<Vec<_>>());
        assert_eq!(bytes.summary.verdict, reading.summary.verdict);
        assert!((percent(&bytes) - percent(reading)).abs() < 3.0, "{} {}", percent(&bytes), percent(reading));
        assert!(bytes.summary.evaluable.abs_diff(reading.summary.evaluable) <= 5);
        let as_float = |field: &Field| with_planes(field, |samples| Plane::F32(samples.mapv(f32::from)));
        let float = read(&fields(specimen).iter().map(as_float).collect::<Vec<_>>());
        assert!((percent(&float) - percent(reading)).abs() < 2.0, "{} {}", percent(&float), percent(reading));
    }
}

#[test]
fn turning_the_fields_changes_almost_no_call() {
    let turn = |field: &Field| {
        with_planes(field, |samples| {
            let mut turned = samples.t().to_owned();
            turned.invert_axis(Axis(0));
            Plane::U16(turned.as_standard_layout().to_owned())
        })
    };
    for (specimen, reading) in [(&POSITIVE, &POSITIVE_READING), (&NEGATIVE, &NEGATIVE_READING)] {
        let turned = read(&fields(specimen).iter().map(turn).collect::<Vec<_>>());
        let (mut same, mut all) = (0, 0);
        for (field, turned) in reading.fields.iter().zip(&turned.fields) {
            for n in field.nuclei.iter().filter(|n| n.call.evaluable()) {
                let (nucleus, call) = (&n.nucleus, &n.call);
                let (y, x) = (field.width_px as f64 - 1.0 - nucleus.centroid_x_px, nucleus.centroid_y_px);
                let twin = turned.labels.get(y.round() as usize, x.round() as usize).unwrap() as usize;
                let pattern = twin.checked_sub(1).map(|i| turned.nuclei[i].call.pattern);
                all += 1;
                same += usize::from(pattern == Some(call.pattern));
            }
        }
        assert!(all >= 80 && same as f64 >= 0.97 * f64::from(all), "{same} of {all}");
        assert!((percent(&turned) - percent(reading)).abs() < 2.5);
        assert_eq!(turned.summary.verdict, reading.summary.verdict);
    }
}

#[test]
fn exchanging_the_colours_exchanges_them_in_every_pattern() {
    let exchanged = read(&changed(&POSITIVE, |field| std::mem::swap(&mut field.red, &mut field.green)));
    let pairs = exchanged.fields.iter().zip(&POSITIVE_READING.fields);
    let pairs = pairs.flat_map(|(a, b)| a.calls().zip(b.calls())).filter(|(_, b)| b.evaluable());
    let (mut same, mut all) = (0, 0);
    for (a, b) in pairs {
        let mut pattern = a.pattern;
        std::mem::swap(&mut pattern.isolated_red, &mut pattern.isolated_green);
        all += 1;
        same += usize::from(pattern == b.pattern);
    }
    assert!(all >= 80 && same as f64 >= 0.97 * f64::from(all), "{same} of {all}");
}

#[test]
fn fields_without_nuclei_are_not_evaluable_and_say_so() {
    let dim = POSITIVE.fields[0].field.dim();
    let nothing: [(&str, Change); 4] = [
        ("all black", &|f| (f.counterstain, f.red, f.green) = (black(dim), black(dim), black(dim))),
        ("all noise", &|f| (f.counterstain, f.red, f.green) = (noise(dim, 1), noise(dim, 2), noise(dim, 3))),
        ("counterstain noise", &|f| f.counterstain = noise(dim, 1)),
        ("counterstain at the limit", &|f| {
            f.counterstain = Plane::U16(Array2::from_elem(dim, 4095));
        }),
    ];
    for (name, change) in nothing {
        let reading = read(&changed(&POSITIVE, change));
        assert_eq!(reading.summary.verdict, Verdict::NotEvaluable, "{name}");
        assert_eq!((reading.summary.nuclei, reading.summary.percent_rearranged), (0, None), "{name}");
        assert_eq!(reading.summary.found("no_nuclei").count(), reading.fields.len(), "{name}");
    }
}

/// The worst that can happen: a probe that failed makes every intact locus look like an isolated signal.
#[test]
fn a_probe_channel_without_signals_makes_no_nucleus_rearranged() {
    let dim = POSITIVE.fields[0].field.dim();
    let full = || Plane::U16(Array2::from_elem(dim, u16::MAX));
    let failures: [(&str, Change); 7] = [
        ("green noise", &|f| f.green = noise(dim, 3)),
        ("other green noise", &|f| f.green = noise(dim, 5)),
        ("green black", &|f| f.green = black(dim)),
        ("green at the limit", &|f| f.green = full()),
        ("green shows the counterstain", &|f| f.green = f.counterstain.clone()),
        ("red noise", &|f| f.red = noise(dim, 4)),
        ("red black", &|f| f.red = black(dim)),
    ];
    for (name, change) in failures {
        for specimen in [&POSITIVE, &NEGATIVE] {
            let summary = read(&changed(specimen, change)).summary;
            assert_eq!(summary.verdict, Verdict::NotEvaluable, "{name}: {summary:?}");
            assert!(
                summary.nuclei > 100 && summary.evaluable <= 2 && summary.rearranged <= 1,
                "{name}: {summary:?}"
            );
        }
    }
}

#[test]
fn green_at_a_tenth_of_the_light_makes_no_nucleus_rearranged() {
    let faint = |field: &mut Field| {
        let (Plane::U16(samples), Plane::U16(mut dim)) = (&field.green, noise(field.dim(), 8)) else {
            panic!("not 16-bit")
        };
        dim.zip_mut_with(samples, |v, sample| *v += sample.saturating_sub(100) / 10);
        field.green = Plane::U16(dim);
    };
    let reading = read(&changed(&NEGATIVE, faint));
    let counted = reading.summary.evaluable;
    assert_ne!(reading.summary.verdict, Verdict::Positive, "{:?}", reading.summary);
    assert!(counted == 0 || percent(&reading) < 8.0, "{:?}", reading.summary.patterns);
}

#[test]
fn a_field_whose_probe_failed_spoils_no_other_field() {
    let dim = NEGATIVE.fields[0].field.dim();
    let mut fields = fields(&NEGATIVE);
    fields[1].green = noise(dim, 9);
    let reading = read(&fields);
    assert!(reading.fields[1].calls().filter(|call| call.rearranged).count() <= 1);
    assert!(reading.fields[1].calls().filter(|call| call.evaluable()).count() <= 2);
    assert_ne!(reading.summary.verdict, Verdict::Positive);
    let [here, before] = [&reading, &*NEGATIVE_READING].map(|r| &r.fields[0].nuclei);
    let differing = here.iter().zip(before).filter(|(a, b)| a.call.pattern != b.call.pattern).count();
    assert!(here.len() == before.len() && differing <= 4, "{differing}");
}

#[test]
fn clipped_signals_are_still_counted_and_their_share_is_told() {
    const LIMIT: u16 = 250;
    for (specimen, reading) in [(&POSITIVE, &POSITIVE_READING), (&NEGATIVE, &NEGATIVE_READING)] {
        let clip = |field: &mut Field| {
            let Plane::U16(red) = &mut field.red else { panic!("not 16-bit") };
            red.mapv_inplace(|v| v.min(LIMIT));
            field.saturation_level = Some(f32::from(LIMIT));
        };
        let clipped = read(&changed(specimen, clip));
        assert_eq!(clipped.summary.verdict, reading.summary.verdict);
        assert!(
            (percent(&clipped) - percent(reading)).abs() < 4.0,
            "{} {}",
            percent(&clipped),
            percent(reading)
        );
        for field in &clipped.fields {
            assert!(field.quality.saturated.red > 1e-4, "{:?}", field.quality);
        }
    }
}

#[test]
fn tiny_fields_are_read_without_a_nucleus_to_count() {
    for dim in [(1, 1), (3, 3), (1, 200), (40, 7)] {
        let plane = || noise(dim, 1);
        let field = Field::new("tiny", plane(), plane(), plane()).unwrap();
        let sized = field.clone().with_pixel_size(breakapart::PixelSize::from_um(0.1).unwrap());
        let summary = analyser().analyse(&sized).unwrap().summary;
        assert_eq!((summary.evaluable, summary.verdict), (0, Verdict::NotEvaluable), "{dim:?}");
    }
}
