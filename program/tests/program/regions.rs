//! Tumour areas, and objects for QuPath.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::place::Place;

/// A rectangle as QuPath exports it: x before y, from the corner of the first pixel.
fn rectangle(class: &str, [x0, y0, x1, y1]: [u32; 4]) -> Value {
    json!({
        "type": "Feature",
        "id": "6a2c5a6e-8c0e-4a9c-9f60-0f8a1e1d2c3b",
        "geometry": {"type": "Polygon", "coordinates": [[[x0, y0], [x1, y0], [x1, y1], [x0, y1], [x0, y0]]]},
        "properties": {"objectType": "annotation", "classification": {"name": class, "color": [200, 0, 0]}},
    })
}

fn collection(features: &[Value]) -> String {
    json!({"type": "FeatureCollection", "features": features}).to_string()
}

/// Place and exclusion of the nuclei in the table.
fn nuclei(place: &Place, out: &str) -> Vec<BTreeMap<String, String>> {
    let mut table = csv::Reader::from_path(place.path(&format!("{out}/good/nuclei.csv"))).unwrap();
    table.deserialize().map(Result::unwrap).collect()
}

#[test]
fn nuclei_outside_keep_their_rows_and_are_not_counted() {
    let place = Place::new();
    let left = rectangle("Tumor", [0, 0, 128, 256]);
    let hole = rectangle("Exclude", [0, 0, 128, 100]);
    place.write("area.geojson", collection(&[left, hole]));
    assert_eq!(place.run(&["in", "--out", "whole"]).status, 0);
    assert_eq!(place.run(&["in", "--out", "out", "--regions", "area.geojson"]).status, 0);
    let (whole, read) = (nuclei(&place, "whole"), nuclei(&place, "out"));
    assert_eq!(whole.len(), read.len());
    for (before, after) in whole.iter().zip(&read) {
        let at = |axis: &str| after[axis].parse::<f64>().unwrap() + 0.5;
        let is_inside = at("centroid_x_px") < 128.0 && at("centroid_y_px") > 100.0;
        assert_eq!(after["region"], if is_inside { "Tumor" } else { "" });
        let expected = match (is_inside, before["exclusion"].as_str()) {
            (false, "") => "outside_region",
            (_, exclusion) => exclusion,
        };
        assert_eq!(after["exclusion"], expected);
        assert_eq!(after["pattern"], before["pattern"]);
    }
    let summary = &place.json("out/good/report.json")["summary"];
    let outside = read.iter().filter(|row| row["exclusion"] == "outside_region").count();
    assert_eq!(summary["outside_region"]["evaluable"], outside);
    assert_eq!(summary["regions"][0]["name"], "Tumor");
}

#[test]
fn each_field_may_have_its_regions_and_a_run_from_a_record_finds_them() {
    let place = Place::new();
    place.write("areas/field_000.geojson", collection(&[rectangle("Tumor", [0, 0, 256, 256])]));
    let message = place.refused(&["in", "--out", "out", "--assay", "alk", "--regions", "areas"]);
    assert!(message.contains("field_001"), "{message}");
    place.write("areas/field_001.geojson", collection(&[rectangle("Tumor", [0, 0, 10, 10])]));
    assert_eq!(place.run(&["in", "--out", "out", "--regions", "areas"]).status, 0);
    assert!(
        nuclei(&place, "out").iter().all(|row| row["field"] == "field_000" || row["evaluable"] == "false")
    );
    assert_eq!(place.run(&["--again", "out/run.json", "--out", "twice"]).status, 0);
    assert!(place.files("out") == place.files("twice"));
}

#[test]
fn a_fault_of_regions_is_told_before_anything_is_written() {
    let place = Place::new();
    place.write("area.geojson", "{\"type\": \"Feature\"");
    let arguments = ["in", "--out", "out", "--assay", "alk", "--regions", "area.geojson"];
    assert!(place.refused(&arguments).contains("area.geojson"));
}

#[test]
fn objects_stand_for_every_nucleus_and_signal() {
    let place = Place::new();
    assert_eq!(place.run(&["in", "--out", "out"]).status, 0);
    let objects = |kind: &str| -> usize {
        let of_field = |field: &str| {
            let file = place.json(&format!("out/good/geojson/{field}/{kind}.geojson"));
            assert_eq!(file["type"], "FeatureCollection");
            file["features"].as_array().unwrap().len()
        };
        ["field_000", "field_001"].into_iter().map(of_field).sum()
    };
    assert_eq!(objects("nuclei"), nuclei(&place, "out").len());
    let signals = csv::Reader::from_path(place.path("out/good/signals.csv")).unwrap().into_records().count();
    assert_eq!(objects("signals"), signals);
}
