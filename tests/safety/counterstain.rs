//! A counterstain that does not lie where the probes are, though red and green agree, and colours that are exchanged.

use breakapart::quality::Detail;
use breakapart::quality::figures::{CounterstainDisplaced, Displacement, ExchangedColours};
use breakapart::summarise::Verdict;
use breakapart::{Field, Plane};
use ndarray::{Array2, Axis};

use crate::{NEGATIVE, POSITIVE, fields, found_in, read, samples, specimen};

fn changed(field: &mut Field, change: impl Fn(&Array2<u16>) -> Array2<u16>) {
    field.counterstain = Plane::U16(change(samples(&field.counterstain)));
}

/// Moved by whole pixels along the rows; what leaves at one side enters at the other.
fn moved(plane: &Array2<u16>, by_px: usize) -> Array2<u16> {
    let (_, width) = plane.dim();
    Array2::from_shape_fn(plane.dim(), |(y, x)| plane[(y, (x + width - by_px) % width)])
}

fn mirrored(plane: &Array2<u16>) -> Array2<u16> {
    let mut plane = plane.clone();
    plane.invert_axis(Axis(1));
    plane
}

/// The displacement that the only finding tells, of a field or the specimen.
fn told(fields: &[Field], field: Option<&str>) -> Displacement {
    let reading = read(fields);
    let findings = &reading.summary.findings;
    assert_eq!(reading.summary.verdict, Verdict::NotEvaluable, "{findings:?}");
    assert!(found_in(&reading, "counterstain_displaced", field), "{findings:?}");
    let found: Vec<_> = reading.summary.found("counterstain_displaced").collect();
    let [only] = found[..] else { panic!("{findings:?}") };
    let Detail::CounterstainDisplaced(CounterstainDisplaced { displacement, .. }) = &only.detail else {
        panic!()
    };
    displacement.clone()
}

#[test]
fn a_displaced_counterstain_gives_no_verdict_and_its_displacement_is_told() {
    for specimen in [&*NEGATIVE, &*POSITIVE] {
        for by_px in [16, 40] {
            let mut displaced = fields(specimen);
            displaced.iter_mut().for_each(|field| changed(field, |plane| moved(plane, by_px)));
            let Displacement::Moved([y, x]) = told(&displaced, None) else { panic!() };
            assert!(y.abs() <= 4.0 && (x + by_px as f64).abs() <= 4.0, "{by_px}: {y} {x}");
        }
        // Less than that does not matter.
        let mut near = fields(specimen);
        near.iter_mut().for_each(|field| changed(field, |plane| moved(plane, 3)));
        assert!(!read(&near).summary.has("counterstain_displaced"));
    }
}

#[test]
fn a_mirrored_counterstain_and_that_of_another_field_are_told_by_name() {
    let mirror = Displacement::Turned("mirrored left to right".to_owned());
    let mut all = fields(&POSITIVE);
    all.iter_mut().for_each(|field| changed(field, mirrored));
    assert_eq!(told(&all, None), mirror);
    let mut one = fields(&NEGATIVE);
    changed(&mut one[1], mirrored);
    assert_eq!(told(&one, Some("field_001")), mirror);
    let mut other = fields(&NEGATIVE);
    let (first, second) = other.split_at_mut(1);
    std::mem::swap(&mut first[0].counterstain, &mut second[0].counterstain);
    assert!(matches!(told(&other, None), Displacement::OfField(_)));
}

#[test]
fn isolated_reds_that_are_called_green_give_no_negative_verdict() {
    let mut exchanged = fields(&specimen("isolated_red", 2, |_| ()));
    let right = read(&exchanged).summary;
    assert_eq!(right.verdict, Verdict::Positive);
    exchanged.iter_mut().for_each(|field| std::mem::swap(&mut field.red, &mut field.green));
    let summary = read(&exchanged).summary;
    assert_eq!((summary.verdict, summary.by_rule), (Verdict::NotEvaluable, Verdict::Negative));
    let found = summary.found("exchanged_colours").next().map(|finding| &finding.detail);
    let Some(Detail::ExchangedColours(ExchangedColours { rearranged, .. })) = found else { panic!() };
    assert!(rearranged.abs_diff(right.rearranged) <= 2, "{rearranged} for {}", right.rearranged);
}
