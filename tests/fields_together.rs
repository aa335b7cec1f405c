//! Fields that do not go together as one specimen: given twice, overlapping, exposed differently.
#![cfg(feature = "simulate")]

use breakapart::analyse::{Analyser, SpecimenReading};
use breakapart::assay::Assay;
use breakapart::classify::Exclusion;
use breakapart::quality::Detail;
use breakapart::quality::figures::RepeatedField;
use breakapart::simulate::{Conditions, simulate_specimen};
use breakapart::summarise::Verdict;
use breakapart::{Field, Plane};
use ndarray::{Array2, Axis};

fn fields(name: &str, count: u32) -> Vec<Field> {
    let conditions = Conditions::named(name).unwrap();
    simulate_specimen(&conditions, 31, count).unwrap().fields.into_iter().map(|f| f.field).collect()
}

fn read(fields: &[Field]) -> SpecimenReading {
    let analyser = Analyser::new(Assay::builtin("alk").unwrap()).unwrap();
    let measured = fields.iter().map(|field| analyser.measure_field(field).unwrap()).collect();
    analyser.read_specimen("specimen", measured).unwrap()
}

fn changed(plane: &Plane, change: impl Fn(&Array2<u16>) -> Array2<u16>) -> Plane {
    let Plane::U16(samples) = plane else { panic!("not 16-bit") };
    Plane::U16(change(samples))
}

fn named(field: &Field, name: &str) -> Field {
    let mut field = field.clone();
    name.clone_into(&mut field.name);
    field
}

#[test]
fn a_field_given_three_times_is_one() {
    let one = fields("alk_split_positive", 1).remove(0);
    let alone = read(std::slice::from_ref(&one)).summary;
    let reading = read(&[named(&one, "a"), named(&one, "b"), named(&one, "c")]);
    let summary = &reading.summary;
    assert_eq!((summary.evaluable, summary.rearranged), (alone.evaluable, alone.rearranged));
    assert_eq!(summary.wilson, alone.wilson);
    assert!(summary.exclusions[&Exclusion::Repeated] >= 2 * alone.evaluable);
    let repeated = reading
        .summary
        .found("repeated_field")
        .any(|f| matches!(&f.detail, Detail::RepeatedField(found) if found.fields == ["a", "b"]));
    assert!(repeated, "{:?}", reading.summary.findings);
}

#[test]
fn nuclei_in_the_overlap_of_two_tiles_count_once() {
    let whole = fields("alk_split_positive", 1).remove(0);
    let part = |name: &str, from: usize, to: usize| {
        let cut = |plane: &Plane| {
            changed(plane, |samples| samples.slice_axis(Axis(1), (from..to).into()).to_owned())
        };
        let mut field = named(&whole, name);
        field.counterstain = cut(&whole.counterstain);
        field.red = cut(&whole.red);
        field.green = cut(&whole.green);
        field
    };
    let (_, width) = whole.counterstain.dim();
    let reading = read(&[part("left", 0, 2 * width / 3), part("right", width / 3, width)]);
    let whole = read(&[whole]).summary;
    let summary = reading.summary;
    let twice = summary.exclusions[&Exclusion::Repeated];
    assert!(twice >= 10 && summary.evaluable.abs_diff(whole.evaluable) <= 6, "{twice}: {summary:?}");
}

/// The same field with all its planes changed.
fn all_changed(field: &Field, name: &str, change: impl Fn(&Array2<u16>) -> Array2<u16>) -> Field {
    let mut field = named(field, name);
    for plane in [&mut field.counterstain, &mut field.red, &mut field.green] {
        *plane = changed(plane, &change);
    }
    field
}

fn turned(samples: &Array2<u16>) -> Array2<u16> {
    samples.clone().reversed_axes().as_standard_layout().into_owned()
}

/// Means of two by two pixels.
fn halved(samples: &Array2<u16>) -> Array2<u16> {
    let (height, width) = samples.dim();
    Array2::from_shape_fn((height / 2, width / 2), |(y, x)| {
        let block = [(0, 0), (0, 1), (1, 0), (1, 1)].map(|(v, u)| u32::from(samples[(2 * y + v, 2 * x + u)]));
        (block.iter().sum::<u32>() / 4) as u16
    })
}

#[test]
fn a_copy_that_is_turned_counts_once_and_a_smaller_one_is_left_out() {
    let one = fields("alk_split_positive", 1).remove(0);
    let alone = read(std::slice::from_ref(&one)).summary;
    let reading = read(&[one.clone(), all_changed(&one, "turned", turned)]);
    let counted = |reading: &SpecimenReading| reading.summary.evaluable.abs_diff(alone.evaluable);
    assert!(counted(&reading) <= 1 && reading.fields.len() == 2, "{:?}", reading.summary.findings);
    let repeated = |reading: &SpecimenReading| -> RepeatedField {
        let found: Vec<_> = reading.summary.found("repeated_field").map(|finding| &finding.detail).collect();
        let [Detail::RepeatedField(only)] = found[..] else { panic!("{:?}", reading.summary.findings) };
        only.clone()
    };
    assert!(repeated(&reading).is_mirrored && repeated(&reading).left_out.is_none());

    let mut small = all_changed(&one, "preview", halved);
    small.pixel_size = None;
    let reading = read(&[one.clone(), small]);
    assert_eq!(repeated(&reading).left_out.as_deref(), Some("preview"));
    assert_eq!((reading.summary.evaluable, reading.summary.rearranged), (alone.evaluable, alone.rearranged));
    assert_eq!(reading.fields.len(), 1);
}

#[test]
fn padding_cuts_nuclei_as_the_edge_of_the_picture_does() {
    let one = fields("alk_split_positive", 1).remove(0);
    let (height, width) = one.counterstain.dim();
    let (top, left) = (height / 4, width / 5);
    let part = |samples: &Array2<u16>| {
        samples.slice_axis(Axis(0), (top..).into()).slice_axis(Axis(1), (left..).into()).to_owned()
    };
    let cropped = read(&[all_changed(&one, "field", part)]).summary;
    for fill in [0, u16::MAX] {
        let padded = all_changed(&one, "field", |samples| {
            let is_picture = |y: usize, x: usize| y >= top && x >= left;
            Array2::from_shape_fn(
                (height, width),
                |(y, x)| if is_picture(y, x) { samples[(y, x)] } else { fill },
            )
        });
        let summary = read(&[padded]).summary;
        assert!(summary.evaluable.abs_diff(cropped.evaluable) <= 1, "{fill}: {:?}", summary.exclusions);
        assert!(summary.rearranged.abs_diff(cropped.rearranged) <= 1, "{fill}");
    }
}

#[test]
fn fields_of_a_tenth_of_the_light_give_no_verdict() {
    let mut specimen = fields("alk_split_positive", 3);
    assert_eq!(read(&specimen).summary.verdict, Verdict::Positive);
    let dim = |plane: &Plane| changed(plane, |samples| samples.mapv(|v| 100 + v.saturating_sub(100) / 10));
    specimen[1].red = dim(&specimen[1].red);
    specimen[1].green = dim(&specimen[1].green);
    let reading = read(&specimen);
    assert_eq!(reading.summary.verdict, Verdict::NotEvaluable, "{:?}", reading.summary.findings);
    let name = &specimen[1].name;
    let told = reading.summary.withheld_by().any(|f| {
        f.scope.field() == Some(name)
            && matches!(&f.detail, Detail::ExposureMismatch(found) if found.height_ratio < 1.0)
    });
    assert!(told, "{:?}", reading.summary.findings);
}
