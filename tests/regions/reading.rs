//! Regions in the reading of a specimen.

use std::sync::{Arc, LazyLock};

use breakapart::analyse::{Change, Edit, FieldMeasurement, SpecimenReading};
use breakapart::classify::Exclusion;
use breakapart::region::{RegionOptions, RegionUnit, Regions};
use breakapart::simulate::{Conditions, simulate_field};
use breakapart::summarise::{Count, RegionSummary, interval};
use breakapart::{Analyser, Assay, Error, Location};
use serde_json::Value;

use super::places::{holds, polygon, random_polygon};
use super::{annotation, box_of, collection, regions};

const SIZE_PX: usize = 768;
const SIZE: f64 = SIZE_PX as f64;

static ANALYSER: LazyLock<Analyser> =
    LazyLock::new(|| Analyser::new(Assay::builtin("alk").unwrap()).unwrap());

static MEASURED: LazyLock<Vec<FieldMeasurement>> = LazyLock::new(|| {
    let mut conditions = Conditions::named("easy_positive").unwrap();
    conditions.size_px = SIZE_PX;
    let field = |i| ANALYSER.measure_field(&simulate_field(&conditions, 16, i).unwrap().field).unwrap();
    (0..2).map(field).collect()
});

static WITHOUT: LazyLock<SpecimenReading> =
    LazyLock::new(|| ANALYSER.read_specimen("S1", MEASURED.clone()).unwrap());

/// The specimen with these features in both fields.
fn read(features: &[Value]) -> SpecimenReading {
    let drawn = Arc::new(regions(&collection(features)).unwrap());
    let fields = MEASURED.iter().map(|field| field.clone().with_regions(Arc::clone(&drawn))).collect();
    ANALYSER.read_specimen("S1", fields).unwrap()
}

/// Nuclei, those counted or countable, and the rearranged ones of these, where a test of the centroid holds.
fn by_hand(where_: impl Fn([f64; 2]) -> bool) -> [usize; 3] {
    let here = WITHOUT
        .rows()
        .map(|row| row.nucleus)
        .filter(|own| where_([own.nucleus.centroid_y_px, own.nucleus.centroid_x_px]));
    here.fold([0; 3], |[nuclei, evaluable, rearranged], own| {
        [
            nuclei + 1,
            evaluable + usize::from(own.call.evaluable()),
            rearranged + usize::from(own.call.rearranged),
        ]
    })
}

fn counts(summary: &RegionSummary) -> [usize; 3] {
    [summary.nuclei, summary.evaluable, summary.rearranged]
}

#[test]
fn a_hundred_polygons_as_qupath_writes_them_give_the_counts_of_a_test_by_hand() {
    let mut counted = 0;
    for seed in 100..200 {
        let rings = random_polygon(seed, SIZE);
        let reading = read(&[annotation("Tumor", &polygon(&rings))]);
        let summary = &reading.summary;
        let inside = by_hand(|place| holds(&rings, place));
        assert_eq!([summary.evaluable, summary.rearranged], inside[1..], "polygon {seed}");
        assert_eq!(counts(&summary.regions[0]), inside, "polygon {seed}");
        let outside = by_hand(|place| !holds(&rings, place));
        assert_eq!(summary.outside_region.as_ref().map(counts), Some(outside), "polygon {seed}");
        assert_eq!(summary.exclusions.get(&Exclusion::OutsideRegion).copied().unwrap_or(0), outside[1]);
        assert_eq!(summary.nuclei, WITHOUT.summary.nuclei);
        counted += inside[1];
    }
    assert!(counted > 200, "{counted} nuclei lie in a polygon");
}

#[test]
fn a_region_of_the_whole_field_changes_no_count_and_no_call() {
    let reading = read(&[annotation("All", &box_of([0.0, 0.0, SIZE, SIZE]))]);
    let (with, without) = (&reading.summary, &WITHOUT.summary);
    assert_eq!(with.regions[0].nuclei, without.nuclei);
    assert_eq!(with.regions[0].percent, without.percent_rearranged);
    assert_eq!(with.regions[0].interval, without.wilson);
    let mut bare = reading.clone();
    bare.summary.regions.clear();
    bare.summary.outside_region = None;
    assert_eq!(bare.summary, *without);
    for call in bare.fields.iter_mut().flat_map(|field| &mut field.nuclei).map(|own| &mut own.call) {
        call.place = None;
    }
    assert_eq!(bare.fields, WITHOUT.fields);
    assert_eq!(bare.instrument, WITHOUT.instrument);
}

#[test]
fn nuclei_outside_keep_their_call_and_their_own_reason() {
    let half = |[_, x]: [f64; 2]| x + 0.5 < SIZE / 2.0;
    let reading = read(&[annotation("Left", &box_of([0.0, 0.0, SIZE / 2.0, SIZE]))]);
    assert_eq!(reading.instrument, WITHOUT.instrument, "all nuclei tell of the microscope");
    let mut outside = 0;
    for (with, without) in reading.rows().zip(WITHOUT.rows()) {
        let (nucleus, call, before) = (&with.nucleus.nucleus, &with.nucleus.call, &without.nucleus.call);
        assert_eq!((call.pattern, call.class), (before.pattern, before.class));
        let inside = half([nucleus.centroid_y_px, nucleus.centroid_x_px]);
        assert_eq!(call.region(), inside.then_some("Left"));
        assert_eq!(call.is_outside(), !inside);
        match before.exclusion {
            None if !inside => {
                assert_eq!(call.exclusion, Some(Exclusion::OutsideRegion));
                assert_eq!((call.rearranged, call.rearranged_outside), (false, before.rearranged));
                outside += 1;
            }
            reason => {
                assert_eq!((call.exclusion, call.rearranged_outside), (reason, false));
                assert_eq!(call.rearranged, before.rearranged);
            }
        }
    }
    assert!(outside > 3);
    let count = |summary: &RegionSummary| Count::new(summary.rearranged, summary.evaluable).unwrap();
    let there = reading.summary.outside_region.as_ref().unwrap();
    let report = &reading.assay.report;
    assert_eq!(there.interval, interval(count(there), report.ci_level, report.ci).ok());
    assert_eq!((there.name.as_str(), there.percent), ("outside", count(there).percent()));
}

#[test]
fn findings_are_about_the_nuclei_inside() {
    let reading = read(&[annotation("Corner", &box_of([0.0, 0.0, SIZE / 3.0, SIZE / 3.0]))]);
    let found: Vec<_> = reading.summary.found("too_few_nuclei").collect();
    assert_eq!(found.len(), 1);
    let message = found[0].to_string();
    assert!(message.contains(&format!("({} of 50)", reading.summary.evaluable)), "{message}");
    let outside = reading.summary.outside_region.as_ref().unwrap().evaluable;
    assert!(message.ends_with(&format!("{outside} evaluable nuclei lie outside the regions.")), "{message}");
    let evaluable = reading.calls().filter(|call| call.evaluable()).count();
    assert_eq!(evaluable, reading.summary.evaluable);
}

#[test]
fn regions_of_one_name_are_one_and_those_of_a_field_stay_in_it() {
    let mut first = annotation("Tumor", &box_of([0.0, 0.0, SIZE, SIZE / 2.0]));
    first["properties"]["field"] = MEASURED[0].name().into();
    let second = annotation("Tumor", &box_of([0.0, SIZE / 2.0, SIZE, SIZE]));
    let never = annotation("Empty", &box_of([-9.0, -9.0, -1.0, -1.0]));
    let reading = read(&[first, second, never]);
    let names: Vec<&str> = reading.summary.regions.iter().map(|region| region.name.as_str()).collect();
    assert_eq!(names, ["Tumor", "Empty"]);
    assert_eq!(counts(&reading.summary.regions[1]), [0; 3]);
    assert_eq!(reading.summary.regions[1].interval, None);
    let first_field = reading.fields.iter().position(|field| field.name == MEASURED[0].name()).unwrap();
    assert!(reading.fields[first_field].calls().all(|call| !call.is_outside()));
    assert!(reading.fields[1 - first_field].calls().any(breakapart::classify::NucleusCall::is_outside));
}

#[test]
fn where_only_areas_exclude_the_rest_is_counted_without_a_name() {
    let reading = read(&[annotation("Ignore*", &box_of([0.0, 0.0, SIZE, SIZE / 2.0]))]);
    assert!(reading.summary.regions.is_empty());
    let inside = by_hand(|[y, _]| y + 0.5 >= SIZE / 2.0);
    assert_eq!([reading.summary.evaluable, reading.summary.rearranged], inside[1..]);
}

#[test]
fn an_edit_counts_a_nucleus_wherever_it_lies_and_a_saved_reading_keeps_its_regions() {
    let reading = read(&[annotation("Left", &box_of([0.0, 0.0, SIZE / 2.0, SIZE]))]);
    let row = reading.rows().find(|row| row.nucleus.call.rearranged_outside).unwrap();
    let edit = |change| Edit { field: row.field.to_owned(), nucleus_id: row.nucleus.nucleus.id, change };
    let outside = reading.summary.outside_region.clone().unwrap();
    let restored = reading.edit(&[edit(Change::Restore)]).unwrap();
    assert_eq!(restored.summary.evaluable, reading.summary.evaluable + 1);
    assert_eq!(restored.summary.rearranged, reading.summary.rearranged + 1);
    let after = restored.summary.outside_region.clone().unwrap();
    assert_eq!((after.evaluable + 1, after.rearranged + 1), (outside.evaluable, outside.rearranged));
    let saved = serde_json::to_string(&restored).unwrap();
    let loaded: SpecimenReading = serde_json::from_str(&saved).unwrap();
    assert_eq!(loaded.decide().unwrap(), restored.summary);
    assert_eq!(reading.edit(&[]).unwrap().summary, reading.summary);
}

#[test]
fn what_is_left_open_is_not_guessed() {
    let drawn = Arc::new(regions(&box_of([0.0, 0.0, 99.0, 99.0]).to_string()).unwrap());
    let mut fields = MEASURED.clone();
    fields[0] = fields[0].clone().with_regions(drawn);
    let error = ANALYSER.read_specimen("S1", fields).unwrap_err();
    assert!(matches!(&error, Error::Undecided { .. }), "{error}");
    assert!(error.to_string().contains(&format!("no regions for {}", MEASURED[1].name())), "{error}");

    let mut options = RegionOptions::default();
    options.unit = RegionUnit::Um;
    let text = box_of([0.0, 0.0, 99.0, 99.0]).to_string();
    let in_um = Arc::new(Regions::from_geojson(&text, &Location::file("um.geojson"), &options).unwrap());
    let mut conditions = Conditions::named("easy_positive").unwrap();
    conditions.size_px = 256;
    let mut field = simulate_field(&conditions, 1, 0).unwrap().field;
    field.pixel_size = None;
    let measured = ANALYSER.measure_field(&field).unwrap().with_regions(in_um);
    let error = ANALYSER.read_specimen("S1", vec![measured]).unwrap_err();
    assert!(error.to_string().contains("um.geojson: the regions are in um"), "{error}");
}
