//! Images in OME-Zarr: scored as the same image in TIFF is, kept, and redone when a chunk changes.

use std::fs;
use std::path::Path;

use breakapart::Plane;
use breakapart::io::{ReadOptions, read_field};
use serde_json::{Value, json};

use crate::place::Place;

/// Writes a field as OME-Zarr 0.4 of one chunk a channel, not compressed.
fn write_zarr(from: &Path, folder: &Path) {
    let field = read_field(from, &ReadOptions::default()).unwrap();
    let (height, width) = field.dim();
    let um = field.pixel_size.unwrap().um();
    fs::create_dir_all(folder.join("0")).unwrap();
    let json = |name: &str, value: Value| fs::write(folder.join(name), value.to_string()).unwrap();
    let axis = |name: &str| json!({ "name": name, "type": "space", "unit": "micrometer" });
    json(".zgroup", json!({ "zarr_format": 2 }));
    json(
        ".zattrs",
        json!({
            "multiscales": [{
                "version": "0.4",
                "axes": [{ "name": "c", "type": "channel" }, axis("y"), axis("x")],
                "datasets": [{
                    "path": "0",
                    "coordinateTransformations": [{ "type": "scale", "scale": [1.0, um, um] }],
                }],
            }],
            "omero": { "channels": [{ "label": "DAPI" }, { "label": "SpectrumOrange" }, { "label": "FITC" }] },
        }),
    );
    json(
        "0/.zarray",
        json!({
            "zarr_format": 2, "shape": [3, height, width], "chunks": [1, height, width], "dtype": "<u2",
            "compressor": null, "filters": null, "order": "C", "fill_value": 0,
        }),
    );
    for (i, plane) in [field.counterstain, field.red, field.green].iter().enumerate() {
        let Plane::U16(samples) = plane else { panic!("{plane:?}") };
        let bytes: Vec<u8> = samples.iter().flat_map(|v| v.to_le_bytes()).collect();
        fs::write(folder.join(format!("0/{i}.0.0")), bytes).unwrap();
    }
}

#[test]
fn a_folder_of_ome_zarr_is_scored_as_a_tiff_is() {
    let place = Place::new();
    for name in ["field_000", "field_001"] {
        let folder = place.path(&format!("zarr/good/{name}.ome.zarr"));
        write_zarr(&place.path(&format!("in/good/{name}.ome.tif")), &folder);
    }
    assert_eq!(place.run(&["in/good", "--out", "tiff"]).status, 0);
    let run = || place.run(&["zarr/good", "--out", "out", "--labels-zarr"]);
    let outcome = run();
    assert_eq!(outcome.status, 0, "{}", outcome.stderr);
    for table in ["nuclei.csv", "signals.csv"] {
        let read = |out: &str| fs::read(place.path(&format!("{out}/good/{table}"))).unwrap();
        assert!(read("tiff") == read("out"), "{table}");
    }
    assert!(place.path("out/good/labels/field_001.ome.zarr/0/zarr.json").is_file());
    // Kept, until a chunk or a label image is another one.
    let first = place.files("out");
    assert_eq!(run().status, 0);
    assert!(place.files("out") == first, "keeping results changed them");
    fs::remove_dir_all(place.path("out/good/labels/field_000.ome.zarr")).unwrap();
    assert_eq!(run().status, 0);
    assert!(place.files("out") == first);
    let chunk = place.path("zarr/good/field_000.ome.zarr/0/1.0.0");
    let mut bytes = fs::read(&chunk).unwrap();
    bytes[1] ^= 1;
    fs::write(&chunk, bytes).unwrap();
    assert_eq!(run().status, 0);
    assert!(place.files("out") != first);
}
