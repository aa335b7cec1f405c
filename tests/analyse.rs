//! What must not change a reading, and what no reading can be made of.
#![cfg(feature = "io")]

use std::path::Path;

use breakapart::analyse::{Analyser, SpecimenReading};
use breakapart::assay::Assay;
use breakapart::io::{ReadOptions, find_specimens};
use breakapart::summarise::Verdict;
use breakapart::{Field, Plane};
use ndarray::{Array2, Axis};

fn sample(name: &str) -> Vec<Field> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_images").join(name);
    let source = find_specimens(&[path]).remove(0).specimen.unwrap();
    source.fields.iter().map(|field| field.read(&ReadOptions::default()).unwrap()).collect()
}

fn analyser() -> Analyser {
    Analyser::new(Assay::builtin("alk").unwrap()).unwrap()
}

fn read(fields: &[Field]) -> SpecimenReading {
    let analyser = analyser();
    let measured = fields.iter().map(|field| analyser.measure_field(field).unwrap()).collect();
    analyser.read_specimen("specimen", measured).unwrap()
}

/// Calls by nucleus, for comparison.
fn calls(reading: &SpecimenReading) -> Vec<(usize, u32, String, Option<&'static str>, bool)> {
    let mut all = Vec::new();
    for (index, field) in reading.fields.iter().enumerate() {
        all.extend(field.calls().map(|c| {
            (
                index,
                c.nucleus_id,
                c.pattern.to_string(),
                c.exclusion.map(breakapart::classify::Exclusion::name),
                c.rearranged,
            )
        }));
    }
    all
}

#[test]
fn neither_threads_nor_the_order_of_fields_change_anything() {
    let mut fields = sample("alk_tissue_section");
    let pool = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let one = pool(1).install(|| read(&fields));
    let three = pool(3).install(|| read(&fields));
    assert_eq!(one, three);
    fields.reverse();
    assert_eq!(read(&fields), one);
}

#[test]
fn gain_changes_no_call() {
    let fields = sample("alk_split_positive");
    let brighter: Vec<Field> = fields
        .iter()
        .map(|field| {
            let mut field = field.clone();
            for plane in [&mut field.counterstain, &mut field.red, &mut field.green] {
                match plane {
                    Plane::U16(samples) => samples.mapv_inplace(|v| v * 4),
                    other => panic!("samples are {other:?}"),
                }
            }
            field.saturation_level = field.saturation_level.map(|level| level * 4.0);
            field
        })
        .collect();
    assert_eq!(calls(&read(&brighter)), calls(&read(&fields)));
}

#[test]
fn turned_fields_read_the_same_percentage() {
    let fields = sample("alk_split_positive");
    let turned: Vec<Field> = fields
        .iter()
        .map(|field| {
            let mut field = field.clone();
            for plane in [&mut field.counterstain, &mut field.red, &mut field.green] {
                let Plane::U16(samples) = plane else { panic!("samples are {plane:?}") };
                let mut flipped = samples.clone();
                flipped.invert_axis(Axis(1));
                *samples = flipped.t().as_standard_layout().into_owned();
            }
            field
        })
        .collect();
    let (a, b) = (read(&turned).summary, read(&fields).summary);
    assert_eq!(a.verdict, b.verdict);
    let difference = a.percent_rearranged.unwrap() - b.percent_rearranged.unwrap();
    assert!(difference.abs() <= 2.0, "{difference:+.2} points");
    assert!(a.evaluable.abs_diff(b.evaluable) <= 2, "{} and {}", a.evaluable, b.evaluable);
}

/// The fields of a specimen with one probe plane replaced.
fn with_green(fields: &[Field], green: impl Fn(&Field) -> Array2<u16>) -> Vec<Field> {
    let replace = |field: &Field| {
        let mut field = field.clone();
        field.green = green(&field).into();
        field
    };
    fields.iter().map(replace).collect()
}

#[test]
fn a_probe_that_shows_nothing_gives_no_verdict() {
    let fields = sample("alk_negative");
    let constant = with_green(&fields, |field| Array2::from_elem(field.dim(), 120));
    let noise = with_green(&fields, |field| {
        // Noise without signals: the sum of some scattered bits.
        Array2::from_shape_fn(field.dim(), |(y, x)| {
            let mut z = (y * 7919 + x) as u64;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            (120 + (z ^ (z >> 31)).count_ones()) as u16
        })
    });
    for (what, fields) in [("constant", constant), ("noise", noise)] {
        let summary = read(&fields).summary;
        assert_eq!(summary.verdict, Verdict::NotEvaluable, "{what}: {summary:?}");
        assert!(summary.rearranged <= 2, "{what}: {} rearranged", summary.rearranged);
    }
}

#[test]
fn fields_that_show_nothing_are_not_evaluable() {
    let field = &sample("alk_negative")[0];
    for level in [0_u16, 100, u16::MAX] {
        let mut empty = field.clone();
        for plane in [&mut empty.counterstain, &mut empty.red, &mut empty.green] {
            *plane = Array2::from_elem(field.dim(), level).into();
        }
        let reading = read(&[empty]);
        assert_eq!(reading.summary.verdict, Verdict::NotEvaluable, "level {level}");
        assert_eq!(reading.summary.evaluable, 0, "level {level}");
        assert!(reading.summary.has("no_nuclei"), "level {level}");
    }
}
