//! `nuclei.geojson` and `signals.geojson` keep QuPath's rules, as read from its source: the keys that it knows, ids that are
//! UUIDs, objects that become detections, measurements that are numbers, pixels counted from the corner of the first one.
#![cfg(all(feature = "io", feature = "report"))]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::LazyLock;

use breakapart::analyse::{FieldReading, SpecimenReading};
use breakapart::io::{ReadOptions, read_field};
use breakapart::region::{RegionOptions, RegionPlace, Regions};
use breakapart::report::{write_nuclei_geojson, write_signals_geojson};
use breakapart::{Analyser, Assay, LabelImage, Location};
use ndarray::Array2;
use serde_json::{Value, json};

static SAMPLE: LazyLock<SpecimenReading> = LazyLock::new(|| {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_images/alk_split_positive/field_000.ome.tif");
    let field = read_field(path, &ReadOptions::default()).unwrap();
    Analyser::new(Assay::builtin("alk").unwrap()).unwrap().analyse(&field).unwrap()
});

/// The features of a file, and its text.
fn written(
    write: impl Fn(&Path, &SpecimenReading, &FieldReading) -> breakapart::Result<()>,
    reading: &SpecimenReading,
) -> (Vec<Value>, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("made/x.geojson");
    write(&path, reading, &reading.fields[0]).unwrap();
    let text = std::fs::read_to_string(path).unwrap();
    let value: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["type"], "FeatureCollection");
    (value["features"].as_array().unwrap().clone(), text)
}

fn nuclei(reading: &SpecimenReading) -> Vec<Value> {
    written(|path, reading, field| write_nuclei_geojson(path, reading, field), reading).0
}

fn signals(reading: &SpecimenReading) -> Vec<Value> {
    written(|path, reading, field| write_signals_geojson(path, reading, field), reading).0
}

fn is_uuid_of_version_5(text: &str) -> bool {
    let groups: Vec<usize> = text.split('-').map(str::len).collect();
    groups == [8, 4, 4, 4, 12]
        && text.chars().all(|c| c == '-' || matches!(c, '0'..='9' | 'a'..='f'))
        && text.as_bytes()[14] == b'5'
        && matches!(text.as_bytes()[19], b'8' | b'9' | b'a' | b'b')
}

/// What QuPath's reader asks of an object, and what it would drop or take for something else.
fn check_object(feature: &Value, colours: &mut BTreeMap<String, Value>) {
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(feature), ["type", "id", "geometry", "properties"]);
    assert_eq!(feature["type"], "Feature");
    assert!(is_uuid_of_version_5(feature["id"].as_str().unwrap()), "{}", feature["id"]);
    let properties = &feature["properties"];
    assert_eq!(keys(properties), ["objectType", "name", "classification", "isLocked", "measurements"]);
    assert_eq!(properties["objectType"], "detection", "anything else becomes an annotation");
    assert!(properties["name"].is_string() && properties["isLocked"].is_boolean());
    let class = &properties["classification"];
    assert_eq!(keys(class), ["name", "color"]);
    let parts: Vec<&str> = class["name"].as_str().unwrap().split(": ").collect();
    assert!(parts.len() > 1 && parts.iter().all(|part| !part.is_empty() && part.trim() == *part));
    let colour = class["color"].as_array().unwrap();
    assert!(colour.len() == 3 && colour.iter().all(|c| c.as_u64().is_some_and(|c| c < 256)));
    // QuPath keeps one colour for a class: the first that it meets.
    let known = colours.entry(parts.join(": ")).or_insert_with(|| class["color"].clone());
    assert_eq!(*known, class["color"]);
    let measurements = properties["measurements"].as_object().unwrap();
    assert!(measurements.len() > 5);
    assert!(measurements.values().all(|v| v.as_f64().is_some_and(f64::is_finite)), "{measurements:?}");
}

/// Twice the area of a ring by the shoelace formula; the ring is closed and meets itself nowhere.
fn doubled_area(ring: &Value, [height, width]: [usize; 2]) -> f64 {
    let corners: Vec<[f64; 2]> = serde_json::from_value(ring.clone()).unwrap();
    assert!(corners.len() >= 5 && corners.first() == corners.last());
    let different: BTreeSet<String> = corners.iter().map(|c| format!("{c:?}")).collect();
    assert_eq!(different.len() + 1, corners.len());
    for [x, y] in &corners {
        assert!(x.fract() == 0.0 && y.fract() == 0.0, "corners of pixels");
        assert!((0.0..=width as f64).contains(x) && (0.0..=height as f64).contains(y));
    }
    corners.windows(2).map(|edge| edge[0][0] * edge[1][1] - edge[1][0] * edge[0][1]).sum()
}

/// Outer rings first, with a positive area; holes after them, with a negative one.
fn area_px(geometry: &Value, dim: [usize; 2]) -> f64 {
    let polygons = match geometry["type"].as_str().unwrap() {
        "Polygon" => vec![geometry["coordinates"].clone()],
        "MultiPolygon" => geometry["coordinates"].as_array().unwrap().clone(),
        other => panic!("{other} is no area"),
    };
    assert!(geometry["type"] == "Polygon" || polygons.len() > 1);
    let mut doubled = 0.0;
    for rings in polygons {
        for (i, ring) in rings.as_array().unwrap().iter().enumerate() {
            let area = doubled_area(ring, dim);
            assert_eq!(area > 0.0, i == 0);
            doubled += area;
        }
    }
    doubled / 2.0
}

#[test]
fn nuclei_of_a_sample_keep_the_rules_of_qupath() {
    let field = &SAMPLE.fields[0];
    let features = nuclei(&SAMPLE);
    assert!(features.len() > 10 && features.len() == field.nuclei.len());
    let ids: BTreeSet<&str> = features.iter().map(|f| f["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), features.len());
    let mut colours = BTreeMap::new();
    for (feature, own) in features.iter().zip(&field.nuclei) {
        check_object(feature, &mut colours);
        assert_eq!(
            area_px(&feature["geometry"], [field.height_px, field.width_px]),
            own.nucleus.area_px as f64
        );
        let measurements = &feature["properties"]["measurements"];
        assert_eq!(measurements["nucleus_id"], own.nucleus.id);
        assert_eq!(measurements["rearranged"], u8::from(own.call.rearranged));
        assert_eq!(measurements["area_px"], own.nucleus.area_px);
        let class = feature["properties"]["classification"]["name"].as_str().unwrap();
        let stem = match (own.call.evaluable(), own.call.rearranged) {
            (false, _) => "ALK: not evaluable: ",
            (true, true) => "ALK: rearranged: ",
            (true, false) => "ALK: not rearranged: ",
        };
        assert!(class.starts_with(stem), "{class}");
    }
    // Those of the overlay.
    assert_eq!(colours["ALK: rearranged: split"], json!([230, 159, 0]));
    assert_eq!(colours["ALK: not rearranged: normal"], json!([86, 180, 233]));
}

#[test]
fn signals_of_a_sample_keep_the_rules_of_qupath() {
    let field = &SAMPLE.fields[0];
    let features = signals(&SAMPLE);
    assert!(features.len() > 40 && features.len() == field.signals.len());
    let ids: BTreeSet<&str> = features.iter().map(|f| f["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), features.len());
    let mut colours = BTreeMap::new();
    for (feature, signal) in features.iter().zip(&field.signals) {
        check_object(feature, &mut colours);
        assert_eq!(feature["geometry"]["type"], "Point");
        let place: [f64; 2] = serde_json::from_value(feature["geometry"]["coordinates"].clone()).unwrap();
        assert!((place[0] - 0.5 - signal.x_px).abs() < 1e-3 && (place[1] - 0.5 - signal.y_px).abs() < 1e-3);
        let class = feature["properties"]["classification"]["name"].as_str().unwrap();
        assert!(class.starts_with(signal.colour.name()), "{class}");
        assert_eq!(signal.nucleus_id == 0, class.ends_with("outside nuclei"));
    }
}

#[test]
fn an_outline_read_back_as_a_region_holds_its_nucleus_and_no_other() {
    let field = &SAMPLE.fields[0];
    let labels = field.labels.to_array();
    let centres: Vec<[f64; 2]> = labels.indexed_iter().map(|((y, x), _)| [y as f64, x as f64]).collect();
    for (feature, own) in nuclei(&SAMPLE).iter().zip(&field.nuclei).take(12) {
        let mut drawn = feature.clone();
        drawn["properties"]["objectType"] = "annotation".into();
        let region =
            Regions::from_geojson(&drawn.to_string(), &Location::default(), &RegionOptions::default());
        let places = region.unwrap().places(&field.name, None, &centres).unwrap();
        for (place, label) in places.iter().zip(&labels) {
            assert_eq!(*place != RegionPlace::Outside, *label == own.nucleus.id);
        }
    }
}

#[test]
fn detections_read_as_regions_are_named_and_not_used() {
    let (_, text) = written(|path, reading, field| write_nuclei_geojson(path, reading, field), &SAMPLE);
    let regions = Regions::from_geojson(&text, &Location::default(), &RegionOptions::default()).unwrap();
    assert_eq!((regions.areas(), regions.notes().len()), (0, 2));
}

#[test]
fn ids_depend_on_specimen_field_and_number_alone() {
    let ids = |reading: &SpecimenReading| -> Vec<Value> {
        nuclei(reading).iter().map(|feature| feature["id"].clone()).collect()
    };
    let mut other = SAMPLE.clone();
    for own in &mut other.fields[0].nuclei {
        own.call.doubtful = !own.call.doubtful;
    }
    assert_eq!(ids(&SAMPLE), ids(&other));
    other.name.push('2');
    assert!(ids(&SAMPLE).iter().zip(ids(&other)).all(|(a, b)| *a != b));
    let mut renamed = SAMPLE.clone();
    renamed.fields[0].name.push('2');
    assert!(ids(&SAMPLE).iter().zip(ids(&renamed)).all(|(a, b)| *a != b));
    let of_signals: Vec<Value> = signals(&SAMPLE).iter().map(|feature| feature["id"].clone()).collect();
    assert!(of_signals.iter().all(|id| !ids(&SAMPLE).contains(id)));
}

#[test]
fn the_bytes_depend_on_the_reading_alone() {
    let bytes = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let path = Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("sample_images/alk_split_positive/field_000.ome.tif");
            let field = read_field(path, &ReadOptions::default()).unwrap();
            let reading = Analyser::new(Assay::builtin("alk").unwrap()).unwrap().analyse(&field).unwrap();
            let of_nuclei = written(|p, r, f| write_nuclei_geojson(p, r, f), &reading).1;
            of_nuclei + &written(|p, r, f| write_signals_geojson(p, r, f), &reading).1
        })
    };
    assert_eq!(bytes(1), bytes(3));
}

#[test]
fn a_reading_without_labels_or_with_a_lost_nucleus_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("nuclei.geojson");
    let saved = serde_json::to_string(&*SAMPLE).unwrap();
    let loaded: SpecimenReading = serde_json::from_str(&saved).unwrap();
    let error = write_nuclei_geojson(&path, &loaded, &loaded.fields[0]).unwrap_err();
    assert!(error.to_string().contains("size of the label image"), "{error}");
    write_signals_geojson(folder.path().join("signals.geojson"), &loaded, &loaded.fields[0]).unwrap();
    let mut lost = SAMPLE.clone();
    lost.fields[0].labels = LabelImage::from_array(&Array2::zeros(lost.fields[0].labels.dim()));
    let error = write_nuclei_geojson(&path, &lost, &lost.fields[0]).unwrap_err();
    assert!(error.to_string().contains("nucleus 1 has no pixel"), "{error}");
    let mut nowhere = SAMPLE.clone();
    nowhere.fields[0].signals[0].y_px = f64::NAN;
    assert!(write_signals_geojson(&path, &nowhere, &nowhere.fields[0]).is_err());
    assert!(!path.exists());
}
