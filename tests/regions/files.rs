//! What a file may hold, and the words for what it may not.

use breakapart::region::{RegionNote, RegionOptions, RegionPlace, RegionUnit, Regions};
use breakapart::{Error, Location, PixelSize};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{annotation, box_of, collection, regions};

fn place(regions: &Regions, y: f64, x: f64) -> RegionPlace {
    regions.places("field_000", None, &[[y, x]]).unwrap().remove(0)
}

fn inside(name: &str) -> RegionPlace {
    RegionPlace::Inside(Some(name.to_owned()))
}

#[test]
fn a_collection_a_list_a_feature_and_a_geometry_are_the_same_area() {
    let geometry = box_of([10.0, 20.0, 30.0, 60.0]);
    let feature = annotation("Tumor", &geometry);
    for text in [
        collection(std::slice::from_ref(&feature)),
        json!([feature]).to_string(),
        feature.to_string(),
        format!("\u{feff} {feature}\n"),
        json!({"features": [feature], "type": "FeatureCollection"}).to_string(),
    ] {
        let found = regions(&text).unwrap();
        assert_eq!((found.names("any"), found.notes()), (vec!["Tumor"], &[][..]), "{text}");
        assert_eq!(place(&found, 40.0, 20.0), inside("Tumor"));
        assert_eq!(place(&found, 20.0, 40.0), RegionPlace::Outside);
    }
    let bare = regions(&geometry.to_string()).unwrap();
    assert_eq!(place(&bare, 40.0, 20.0), inside("region 1"));
}

#[test]
fn pixels_count_from_the_corner_of_the_first_and_half_open() {
    let found = regions(&box_of([10.0, 20.0, 30.0, 60.0]).to_string()).unwrap();
    // The centre of pixel 10 lies at 10.5 from the corner; that of 9 at 9.5.
    let held = |y: f64, x: f64| place(&found, y, x) != RegionPlace::Outside;
    assert!(held(20.0, 10.0) && held(59.0, 29.0));
    assert!(!held(20.0, 9.0) && !held(19.0, 10.0) && !held(60.0, 29.0) && !held(59.0, 30.0));
    // On an edge: the left and upper one belong to the area.
    assert!(held(19.5, 9.5) && !held(59.5, 29.5));
    let halves = [box_of([0.0, 0.0, 5.0, 9.0]), box_of([5.0, 0.0, 9.0, 9.0])];
    let features: Vec<Value> = ["left", "right"].iter().zip(&halves).map(|(n, g)| annotation(n, g)).collect();
    let found = regions(&collection(&features)).unwrap();
    assert_eq!((place(&found, 3.0, 4.4), place(&found, 3.0, 4.5)), (inside("left"), inside("right")));
}

#[test]
fn holes_parts_and_collections_of_polygons() {
    let with_hole = json!({"type": "Polygon", "coordinates": [
        [[0, 0], [40, 0], [40, 40], [0, 40], [0, 0]], [[10, 10], [10, 30], [30, 30], [30, 10], [10, 10]]]});
    let island = json!([[[15, 15], [25, 15], [25, 25], [15, 25], [15, 15]]]);
    let parts = json!({"type": "MultiPolygon", "coordinates": [with_hole["coordinates"], island]});
    let mixed = json!({"type": "GeometryCollection", "geometries": [
        parts, {"type": "Point", "coordinates": [1, 2]}, box_of([100.0, 100.0, 110.0, 110.0])]});
    let found = regions(&annotation("Tumor", &with_hole).to_string()).unwrap();
    assert_eq!(place(&found, 5.0, 5.0), inside("Tumor"));
    assert_eq!(place(&found, 20.0, 20.0), RegionPlace::Outside);
    let found = regions(&annotation("Tumor", &mixed).to_string()).unwrap();
    assert_eq!([20.0, 105.0].map(|v| place(&found, v, v)), [inside("Tumor"), inside("Tumor")]);
    assert_eq!(place(&found, 12.0, 20.0), RegionPlace::Outside);
    let note = RegionNote::NoArea { geometry: "Point".to_owned(), features: 1, first: 1 };
    assert_eq!(found.notes(), [note]);
}

#[test]
fn names_are_those_of_the_annotation_then_of_the_class_of_any_version() {
    let name_of = |properties: Value| {
        let geometry = box_of([0.0, 0.0, 9.0, 9.0]);
        let feature = json!({"type": "Feature", "geometry": geometry, "properties": properties});
        let found = regions(&feature.to_string()).unwrap();
        place(&found, 4.0, 4.0).name().map(str::to_owned)
    };
    let expected = |name: &str| Some(name.to_owned());
    assert_eq!(
        name_of(json!({"classification": {"name": "Tumor", "colorRGB": -3_670_016}})),
        expected("Tumor")
    );
    assert_eq!(name_of(json!({"classification": {"names": ["Tumor", "Edge"]}})), expected("Tumor: Edge"));
    assert_eq!(name_of(json!({"classification": "Tumor"})), expected("Tumor"));
    assert_eq!(name_of(json!({"name": "core A", "classification": {"name": "Tumor"}})), expected("core A"));
    assert_eq!(name_of(json!({"name": " ", "classification": null})), expected("region 1"));
    assert_eq!(name_of(Value::Null), expected("region 1"));
    assert_eq!(name_of(json!({"classification": {"name": "Region*"}})), expected("Region*"));
}

#[test]
fn areas_that_exclude_win_and_leave_the_rest_inside() {
    let tumour = annotation("Tumor", &box_of([0.0, 0.0, 50.0, 50.0]));
    for class in ["Exclude", "exclude", "Ignore*", "Tumor: Exclude"] {
        let excluded = annotation(class, &box_of([10.0, 10.0, 20.0, 20.0]));
        let both = regions(&collection(&[excluded.clone(), tumour.clone()])).unwrap();
        assert_eq!(both.names("any"), ["Tumor"]);
        assert_eq!(place(&both, 15.0, 15.0), RegionPlace::Outside, "{class}");
        assert_eq!(place(&both, 30.0, 30.0), inside("Tumor"));
        assert_eq!(place(&both, 60.0, 60.0), RegionPlace::Outside);
        let only = regions(&collection(&[excluded])).unwrap();
        assert_eq!(place(&only, 15.0, 15.0), RegionPlace::Outside);
        assert_eq!(place(&only, 60.0, 60.0), RegionPlace::Inside(None));
    }
    let mut options = RegionOptions::default();
    options.exclude = vec!["Necrosis".to_owned()];
    let text = collection(&[annotation("Necrosis", &box_of([0.0, 0.0, 9.0, 9.0]))]);
    let found = Regions::from_geojson(&text, &Location::default(), &options).unwrap();
    assert_eq!(place(&found, 4.0, 4.0), RegionPlace::Outside);
}

#[test]
fn what_no_person_drew_as_an_area_is_not_used_and_named() {
    let of_type = |object_type: &str| {
        let mut object = annotation("Tumor", &box_of([0.0, 0.0, 9.0, 9.0]));
        object["properties"]["objectType"] = object_type.into();
        object
    };
    let mut old = annotation("Tumor", &box_of([0.0, 0.0, 9.0, 9.0]));
    old["id"] = "PathDetectionObject".into();
    old["properties"].as_object_mut().unwrap().remove("objectType");
    let point = annotation("Tumor", &json!({"type": "Point", "coordinates": [3, 4]}));
    let nowhere = json!({"type": "Feature", "geometry": null, "properties": {}});
    let features =
        [of_type("detection"), of_type("cell"), of_type("detection"), old, point.clone(), point, nowhere];
    let found = regions(&collection(&features)).unwrap();
    let words: Vec<String> = found.notes().iter().map(ToString::to_string).collect();
    assert_eq!(
        words,
        [
            "2 features are no annotation and are not used (detection; the first is feature 1)",
            "feature 2 is no annotation and is not used (cell)",
            "feature 4 is no annotation and is not used (PathDetectionObject)",
            "2 features are no area and are not used (Point; the first is feature 5)",
            "feature 7 is no area and is not used (null)",
            "the file holds no area: every nucleus is outside",
        ]
    );
    assert_eq!((found.areas(), place(&found, 4.0, 4.0)), (0, RegionPlace::Outside));
    // Objects within objects, as QuPath writes a hierarchy.
    let mut parent = annotation("Tissue", &box_of([0.0, 0.0, 50.0, 50.0]));
    parent["properties"]["childObjects"] =
        json!([annotation("Exclude", &box_of([0.0, 0.0, 9.0, 9.0])), of_type("cell")]);
    let found = regions(&parent.to_string()).unwrap();
    assert_eq!((found.areas(), found.notes().len()), (2, 1));
    assert_eq!([4.0, 30.0].map(|v| place(&found, v, v)), [RegionPlace::Outside, inside("Tissue")]);
}

#[test]
fn a_feature_may_name_its_field() {
    let mut first = annotation("Tumor", &box_of([0.0, 0.0, 9.0, 9.0]));
    first["properties"]["field"] = "field_000".into();
    let found = regions(&collection(&[first.clone()])).unwrap();
    assert_eq!((found.names("field_000"), found.names("field_001")), (vec!["Tumor"], vec![]));
    assert_eq!(found.places("field_000", None, &[[4.0, 4.0]]).unwrap(), [inside("Tumor")]);
    assert_eq!(found.places("field_001", None, &[[4.0, 4.0]]).unwrap(), [RegionPlace::Outside]);
    found.check_fields(&["field_000", "field_001"]).unwrap();
    let message = found.check_fields(&["field_001", "field_002"]).unwrap_err().to_string();
    assert!(message.contains("drawn.geojson") && message.contains("`field_000`; did you mean"), "{message}");
    first["properties"]["field"] = 3.into();
    assert!(regions(&first.to_string()).unwrap_err().to_string().contains("property `field`"));
}

#[test]
fn micrometres_need_the_pixel_size() {
    let mut options = RegionOptions::default();
    options.unit = RegionUnit::Um;
    let text = box_of([1.0, 1.0, 2.0, 2.0]).to_string();
    let found = Regions::from_geojson(&text, &Location::file("drawn.geojson"), &options).unwrap();
    let size = PixelSize::from_um(0.1).ok();
    let at = |v: f64| found.places("f", size, &[[v, v]]).unwrap()[0] != RegionPlace::Outside;
    assert!(!at(9.0) && at(10.0) && at(19.0) && !at(20.0));
    let error = found.places("f", None, &[[0.0, 0.0]]).unwrap_err();
    assert!(matches!(error, Error::Undecided { .. }), "{error}");
}

#[test]
fn every_fault_names_the_file_the_feature_and_what_is_allowed() {
    let ring = |ring: Value| json!({"type": "Polygon", "coordinates": [ring]});
    let good = annotation("Tumor", &box_of([0.0, 0.0, 9.0, 9.0]));
    let faulty = |geometry: Value| collection(&[good.clone(), annotation("Tumor", &geometry)]);
    let second = [
        (ring(json!([])), "ring 1: found an empty ring; allowed is a ring of 3 or more points"),
        (ring(json!([[0, 0], [1, 0], [1, 1], [0, 1]])), "ring 1: found an open ring"),
        (ring(json!([[0, 0], [1, 0], [0, 0]])), "ring 1: found a ring of 2 points"),
        (ring(json!([[0, 0], [0, 0], [0, 0], [0, 0]])), "ring 1: found a ring of 1 points"),
        (ring(json!([[0, 0], [1, null], [1, 1], [0, 0]])), "ring 1: found the coordinate null"),
        (ring(json!([[0, 0], [1, "NaN"], [1, 1], [0, 0]])), "found the coordinate the text `NaN`"),
        (ring(json!([[0, 0], [1, 1e12], [1, 1], [0, 0]])), "found the coordinate 1000000000000.0"),
        (ring(json!([[0, 0], [1], [1, 1], [0, 0]])), "found a position of 1 values"),
        (ring(json!([0, 1, 2, 0])), "ring 1: found 0; allowed is positions of two numbers"),
        (ring(json!({"a": 1})), "ring 1: found an object of 1 keys; allowed is a list of positions"),
        (json!({"type": "Polygon", "coordinates": []}), "found a polygon without a ring"),
        (json!({"type": "Polygon"}), "found null; allowed is a list of rings"),
        (json!({"type": "MultiPolygon", "coordinates": [[], []]}), "polygon 1: found a polygon without"),
        (
            json!({"type": "Circle", "coordinates": [0, 0, 9]}),
            "found the type `Circle`; allowed is a geometry",
        ),
        (json!({"coordinates": []}), "found an object of 1 keys without a type"),
        (json!("round"), "found the text `round` without a type"),
    ];
    for (geometry, words) in second {
        let error = regions(&faulty(geometry)).unwrap_err();
        let message = error.to_string();
        assert!(message.starts_with("drawn.geojson: feature 2"), "{message}");
        assert!(message.contains(words), "{message}");
        assert_eq!(error.code(), "malformed");
    }
    for text in [
        "",
        "{",
        "null",
        "3",
        "\"Polygon\"",
        "{\"features\": 3}",
        "[1]",
        "[NaN]",
        "{\"type\": \"FeatureCollection\"}",
        "[[[[[[",
        "{\"features\": [{}]}",
        "{} {}",
    ] {
        let error = regions(text).unwrap_err();
        assert!(error.to_string().starts_with("drawn.geojson: "), "{text}: {error}");
    }
    // Deeper than any reader should follow.
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(regions(&deep).unwrap_err().to_string().contains("recursion limit"));
    assert!(regions(&faulty(serde_json::from_str("[]").unwrap())).is_err());
}

#[test]
fn a_file_is_read_whole_or_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.geojson");
    std::fs::write(&path, collection(&[annotation("Tumor", &box_of([0.0, 0.0, 9.0, 9.0]))])).unwrap();
    assert_eq!(Regions::read(&path, &RegionOptions::default()).unwrap().areas(), 1);
    std::fs::write(&path, [0x1f, 0x8b, 8, 0, 0xff]).unwrap();
    let error = Regions::read(&path, &RegionOptions::default()).unwrap_err();
    assert!(error.to_string().contains("a.geojson"), "{error}");
    assert!(Regions::read(folder.path().join("none"), &RegionOptions::default()).is_err());
}

proptest! {
    /// Any JSON is regions or an error, never the end of the program.
    #[test]
    fn any_text_is_answered(text in "[\\[\\]{}:,\"a-z0-9. -]{0,60}", cut in 0_usize..400) {
        let _ = regions(&text);
        let whole = collection(&[annotation("Tumor", &box_of([0.0, 0.0, 9.0, 9.0]))]);
        prop_assert!(regions(&whole[..cut.min(whole.len() - 1)]).is_err());
    }
}
