//! A reading is corrected, saved, loaded and decided again.

use std::sync::LazyLock;

use breakapart::analyse::{Analyser, Change, Edit, SpecimenReading};
use breakapart::assay::Assay;
use breakapart::classify::{Exclusion, SignalPattern};
use breakapart::report::{write_nuclei_csv, write_report_json, write_signals_csv};
use breakapart::simulate::{Conditions, simulate_specimen};
use breakapart::summarise::Verdict;
use breakapart::{LabelImage, Plane, Setting};
use ndarray::Array2;

fn read(name: &str, change: impl Fn(&mut Analyser), green_moved_px: usize) -> SpecimenReading {
    let specimen = simulate_specimen(&Conditions::named(name).unwrap(), 21, 2).unwrap();
    let mut analyser = Analyser::new(Assay::builtin("alk").unwrap()).unwrap();
    change(&mut analyser);
    let measured = specimen.fields.iter().map(|simulated| {
        let mut field = simulated.field.clone();
        let Plane::U16(green) = &field.green else { panic!("not 16-bit") };
        let (_, width) = green.dim();
        let from = |x: usize| (x + width - green_moved_px) % width;
        field.green = Plane::U16(Array2::from_shape_fn(green.dim(), |(y, x)| green[(y, from(x))]));
        analyser.measure_field(&field).unwrap()
    });
    let measured = measured.collect();
    analyser.read_specimen("specimen", measured).unwrap()
}

static POSITIVE: LazyLock<SpecimenReading> = LazyLock::new(|| read("alk_split_positive", |_| (), 0));

fn saved_and_loaded(reading: &SpecimenReading) -> SpecimenReading {
    serde_json::from_str(&serde_json::to_string(reading).unwrap()).unwrap()
}

/// All nuclei that are rearranged.
fn rearranged(reading: &SpecimenReading) -> Vec<(String, u32)> {
    let rows = reading.rows().filter(|row| row.nucleus.call.rearranged);
    rows.map(|row| (row.field.to_owned(), row.nucleus.nucleus.id)).collect()
}

#[test]
fn a_reading_comes_back_as_it_was_saved() {
    let loaded = saved_and_loaded(&POSITIVE);
    let mut without_labels = POSITIVE.clone();
    for field in &mut without_labels.fields {
        field.labels = LabelImage::default();
    }
    assert_eq!(loaded, without_labels);
    assert_eq!(loaded.decide().unwrap(), POSITIVE.summary);
    let other = serde_json::to_string(&*POSITIVE).unwrap().replacen(
        "\"schema_version\":1",
        "\"schema_version\":9",
        1,
    );
    let error = serde_json::from_str::<SpecimenReading>(&other).unwrap_err().to_string();
    assert!(error.contains("schema version 9"), "{error}");
}

#[test]
fn a_withheld_verdict_stays_withheld_however_often_it_is_decided() {
    let without_shift = |analyser: &mut Analyser| {
        let mut params = analyser.params().clone();
        params.instrument.chromatic_shift = Setting::Off;
        *analyser = analyser.clone().with_params(params).unwrap();
    };
    let reading = read("alk_negative", without_shift, 12);
    assert_eq!(reading.summary.verdict, Verdict::NotEvaluable, "{:?}", reading.summary.findings);
    assert_eq!(reading.summary.by_rule, Verdict::Positive, "nothing is tried otherwise");
    let loaded = saved_and_loaded(&reading);
    for again in [reading.decide().unwrap(), loaded.decide().unwrap(), reading.edit(&[]).unwrap().summary] {
        assert_eq!(again, reading.summary);
    }
}

#[test]
fn corrections_are_counted_and_decided_by_the_same_findings() {
    let nuclei = rearranged(&POSITIVE);
    let edit = |(field, nucleus_id): &(String, u32), change| Edit {
        field: field.clone(),
        nucleus_id: *nucleus_id,
        change,
    };
    let intact = Change::Pattern(SignalPattern { fused: 2, ..SignalPattern::default() });
    let negative = POSITIVE.edit(&nuclei.iter().map(|n| edit(n, intact)).collect::<Vec<_>>()).unwrap();
    assert_eq!((negative.summary.rearranged, negative.summary.verdict), (0, Verdict::Negative));
    assert_eq!(negative.summary.evaluable, POSITIVE.summary.evaluable);

    let without = POSITIVE.edit(&[edit(&nuclei[0], Change::Exclude)]).unwrap();
    assert_eq!(without.summary.rearranged, POSITIVE.summary.rearranged - 1);
    assert_eq!(without.summary.exclusions[&Exclusion::ByReader], 1);
    let restored = without.edit(&[edit(&nuclei[0], Change::Restore)]).unwrap();
    assert_eq!(restored.summary.rearranged, POSITIVE.summary.rearranged);

    // What the program left out can be brought back.
    let left_out = POSITIVE.rows().find(|row| row.nucleus.call.exclusion == Some(Exclusion::TouchesBorder));
    let row = left_out.expect("a nucleus at the border");
    let back =
        POSITIVE.edit(&[edit(&(row.field.to_owned(), row.nucleus.nucleus.id), Change::Restore)]).unwrap();
    assert_eq!(back.summary.evaluable, POSITIVE.summary.evaluable + 1);
}

#[test]
fn a_correction_of_a_nucleus_that_is_not_there_is_refused() {
    for (field, nucleus_id) in [("field_000", 0), ("field_000", 100_000), ("nowhere", 1)] {
        let edit = Edit { field: field.to_owned(), nucleus_id, change: Change::Exclude };
        assert!(POSITIVE.edit(&[edit]).is_err(), "{field} {nucleus_id}");
    }
}

#[test]
fn a_corrected_reading_can_be_written() {
    let (field, nucleus_id) = rearranged(&POSITIVE)[0].clone();
    let change = Change::Pattern(SignalPattern { fused: 3, ..SignalPattern::default() });
    let edited = POSITIVE.edit(&[Edit { field, nucleus_id, change }]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    write_nuclei_csv(folder.path().join("nuclei.csv"), &edited.name, &edited.fields).unwrap();
    write_signals_csv(folder.path().join("signals.csv"), &edited.name, &edited.fields).unwrap();
    write_report_json(folder.path().join("report.json"), &edited, &[]).unwrap();
}

#[test]
fn the_steps_one_by_one_give_the_same_reading() {
    let specimen = simulate_specimen(&Conditions::named("tissue_section").unwrap(), 22, 2).unwrap();
    let analyser = Analyser::new(Assay::builtin("alk").unwrap()).unwrap();
    let measured = || specimen.fields.iter().map(|f| analyser.measure_field(&f.field).unwrap()).collect();
    let whole = analyser.read_specimen("specimen", measured()).unwrap();
    let called = analyser.calibrate("specimen", measured()).unwrap().resolve().call().unwrap();
    assert_eq!(called.fields(), whole.fields);
    assert_eq!(called.check(), whole.grounds.findings);
    assert_eq!(called.judge().unwrap(), whole);
}
