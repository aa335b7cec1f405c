//! The program as its users meet it: exit status, messages, files, and what hostile input does to it.

mod assays;
mod history;
mod kept;
mod merge;
mod params;
mod place;
mod regions;
mod sheet;
mod slide_shares;
mod validate;
mod zarr;

use std::collections::BTreeMap;
use std::fs;

use breakapart::assay::Assay;

use place::Place;

#[test]
fn every_promised_file_is_written() {
    let place = Place::new();
    let outcome = place.run(&["in", "--out", "out", "--labels", "--overlays"]);
    assert_eq!(outcome.status, 0, "{}", outcome.stderr);
    assert!(outcome.stderr.is_empty(), "{}", outcome.stderr);
    assert!(outcome.stdout.starts_with("good\t"), "{}", outcome.stdout);
    let files: Vec<String> = place.files("out").into_keys().map(|p| p.display().to_string()).collect();
    assert_eq!(
        files,
        [
            ".breakapart.lock",
            "breakapart_mqc.json",
            "good/gallery/field_000/000.jpg",
            "good/gallery/field_000/crops.json",
            "good/gallery/field_001/000.jpg",
            "good/gallery/field_001/crops.json",
            "good/geojson/field_000/nuclei.geojson",
            "good/geojson/field_000/signals.geojson",
            "good/geojson/field_001/nuclei.geojson",
            "good/geojson/field_001/signals.geojson",
            "good/labels/field_000.tif",
            "good/labels/field_001.tif",
            "good/ledger.json",
            "good/nuclei.csv",
            "good/observation.json",
            "good/overlays/field_000.png",
            "good/overlays/field_001.png",
            "good/reading.json.gz",
            "good/report.html",
            "good/report.json",
            "good/signals.csv",
            "index.html",
            "lis.csv",
            "results.json",
            "run.json",
            "specimens.csv",
            "summary.txt",
        ]
    );
    place.assert_records(&[("good", "scored", "field_001")]);
}

#[test]
fn a_page_without_gallery_holds_no_nuclei() {
    let place = Place::new();
    for (out, more) in [("with", &[][..]), ("without", &["--no-gallery"])] {
        let outcome = place.run(&[&["in", "--out", out], more].concat());
        assert_eq!(outcome.status, 0, "{}", outcome.stderr);
        let page = place.read(&format!("{out}/good/report.html"));
        assert_eq!(page.contains("gallery-data"), out == "with");
        assert_eq!(place.path(&format!("{out}/good/gallery")).exists(), out == "with");
    }
}

#[test]
fn the_same_bytes_for_any_number_of_threads_and_order_of_inputs() {
    let place = Place::new();
    place.specimen("in/other", 2);
    place.write("in/broken/field.tif", "no image");
    let run = |out: &str, threads: &str, inputs: [&str; 3]| {
        let [a, b, c] = inputs;
        let arguments = [a, b, c, "--out", out, "--threads", threads, "--labels", "--overlays"];
        assert_eq!(place.run(&arguments).status, 1);
        place.files(out)
    };
    let one = run("one", "1", ["in/good", "in/broken", "in/other"]);
    assert_eq!(one.len(), 8 + 2 * 19);
    assert!(
        one == run("two", "2", ["in/other", "in/good", "in/broken"]),
        "the bytes depend on threads or order"
    );
}

#[test]
fn wrong_usage_is_refused_before_anything_is_written() {
    let place = Place::new();
    place.write("taken", "mine");
    fs::create_dir(place.path("empty")).unwrap();
    let typo = Assay::builtin_toml("alk").unwrap().replacen("\nname = ", "\nnmae = ", 1);
    place.write("typo.toml", typo);
    for (arguments, told) in [
        (vec!["in", "--out", "taken"], "--out taken"),
        (vec!["in", "--out", "taken/deeper"], "--out taken/deeper"),
        (vec!["in", "--out", "out", "--assay", "akl"], "akl"),
        (vec!["in", "--out", "out", "--assay", "typo.toml"], "nmae"),
        (vec!["in", "--out", "out", "--channels", "dapi=0,red=0,green=1"], "dapi=0,red=0,green=1"),
        (vec!["in", "--out", "out", "--channels", "dapi,red"], "dapi,red"),
        (vec!["in", "--out", "out", "--pixel-size", "0"], "pixel"),
        (vec!["in", "--out", "out", "--threads", "0"], "thread"),
        (vec!["in", "--out", "out", "--colour"], "--colour"),
        (vec!["in", "--out", "out", "--chromatic-shift", "on"], "--chromatic-shift"),
        (vec!["in", "--out", "out", "--chromatic-shift", "1,2,3"], "--chromatic-shift"),
        (vec!["in", "--out", "out", "--camera-noise", "2,100,0"], "--camera-noise"),
        (vec!["in", "--out", "out", "--crosstalk", "0.1"], "--crosstalk"),
        (vec!["in", "--out", "out", "--crosstalk", "0.1,0.9"], "crosstalk_green_into_red"),
        (vec!["empty", "--out", "out"], "empty"),
        (vec!["nowhere", "--out", "out"], "nowhere"),
        (vec!["--out", "out"], "sample_images"),
    ] {
        let message = place.refused(&arguments);
        assert!(message.contains(told), "{arguments:?}: {message}");
    }
}

#[test]
fn two_specimens_of_one_name_are_refused() {
    let place = Place::new();
    place.specimen("elsewhere/GOOD", 2);
    let message = place.refused(&["in/good", "elsewhere/GOOD", "--out", "out"]);
    assert!(message.contains("in/good") && message.contains("elsewhere/GOOD"), "{message}");
}

#[test]
fn inputs_that_cannot_be_used_do_not_keep_the_others_from_being_scored() {
    let place = Place::new();
    place.write("notes.txt", "no image");
    place.write("fake.tif", "no image");
    fs::create_dir(place.path("empty")).unwrap();
    let outcome = place.run(&["fake.tif", "in", "notes.txt", "empty", "nowhere", "--out", "out"]);
    assert_eq!(outcome.status, 1);
    // Each failure on a line of its own, and nothing else.
    let lines: Vec<&str> = outcome.stderr.lines().collect();
    assert!(lines.len() == 4 && lines.iter().all(|line| line.starts_with("error: ")), "{lines:?}");
    place.assert_records(&[
        ("empty", "failed", "no image"),
        ("notes.txt", "failed", "suffix"),
        ("nowhere", "failed", "nowhere"),
        ("fake", "failed", "fake.tif"),
        ("good", "scored", ""),
    ]);
    assert!(place.path("out/good/report.json").exists());
    assert!(!place.path("out/fake/report.json").exists());
}

#[test]
fn results_are_written_though_nobody_reads_stderr() {
    let place = Place::new();
    for i in 0..40 {
        place.write(&format!("in/broken_{i:02}/field.tif"), "no image");
    }
    assert_eq!(place.run_unread(&["in", "--out", "out", "--threads", "1"]), 1);
    assert!(place.path("out/run.json").exists() && place.path("out/good/report.json").exists());
    assert_eq!(place.run_unread(&["in/good", "--out", "out", "--threads", "1"]), 0);
    assert_eq!(place.run_unread(&["nowhere", "--out", "other"]), 2);
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_read_is_a_failure_of_its_own() {
    let place = Place::new();
    std::os::unix::fs::symlink("loop", place.path("loop")).unwrap();
    let outcome = place.run(&["loop", "--out", "out"]);
    assert_eq!(outcome.status, 1, "{}", outcome.stderr);
    place.assert_records(&[("loop", "failed", "loop")]);
    let table = fs::read_to_string(place.path("out/specimens.csv")).unwrap();
    assert_eq!(table.lines().count(), 1);
}

/// Headers of three uncompressed grey 16-bit pages of a size that the 64 bytes of samples belie.
fn headers_of(width: u32, height: u32) -> Vec<u8> {
    const DIRECTORY: u32 = 2 + 8 * 12 + 4;
    let mut bytes = b"II*\0\x08\0\0\0".to_vec();
    for page in 1..=3 {
        let entries: [(u16, u16, u32, u32); 8] = [
            (256, 4, 1, width),
            (257, 4, 1, height),
            (258, 3, 1, 16),
            (259, 3, 1, 1),
            (262, 3, 1, 1),
            (273, 4, 1, 8 + 3 * DIRECTORY),
            (278, 4, 1, height),
            (279, 4, 1, 64),
        ];
        bytes.extend((entries.len() as u16).to_le_bytes());
        for (tag, kind, count, value) in entries {
            bytes.extend([tag.to_le_bytes(), kind.to_le_bytes()].concat());
            bytes.extend([count.to_le_bytes(), value.to_le_bytes()].concat());
        }
        bytes.extend(if page < 3 { 8 + page * DIRECTORY } else { 0 }.to_le_bytes());
    }
    bytes.extend([0; 64]);
    bytes
}

/// A TIFF with so many pages of 32-bit floats, one of the samples of each being `odd`, or all of them if that is no number.
fn float_pages(pages: usize, odd: f32) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let mut encoder = tiff::encoder::TiffEncoder::new(&mut bytes).unwrap();
    let mut samples = vec![100.0_f32; 64 * 64];
    samples[70] = odd;
    if odd.is_nan() {
        samples.fill(odd);
    }
    for _ in 0..pages {
        encoder.write_image::<tiff::encoder::colortype::Gray32Float>(64, 64, &samples).unwrap();
    }
    bytes.into_inner()
}

#[test]
fn hostile_files_give_one_clear_error_each_and_the_others_are_scored() {
    let place = Place::new();
    let whole = fs::read(place.path("in/good/field_000.ome.tif")).unwrap();
    // Specimen, its bytes, and words of its error.
    let hostile: [(&str, Vec<u8>, &str); 10] = [
        ("cut_short", whole[..whole.len() / 3].to_vec(), "the file is incomplete"),
        ("endless", float_pages(3, f32::INFINITY), "is inf, which no light gives"),
        ("nothing", Vec::new(), "the file is empty"),
        ("numberless", float_pages(3, f32::NAN), "all samples are NaN"),
        ("one_channel", float_pages(1, 1.0), "has 1 channel"),
        (
            "random",
            (0..4096_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect(),
            "not a TIFF",
        ),
        ("sizeless", headers_of(0, 64), "0 x 64 px"),
        ("text", b"signals are counted here".to_vec(), "not a TIFF"),
        ("too_large", headers_of(100_000, 100_000), "too few for the 20000000000 of its pixels"),
        ("two_channels", float_pages(2, 1.0), "has 2 channels"),
    ];
    for (name, bytes, _) in &hostile {
        place.write(&format!("in/{name}/field.tif"), bytes);
    }
    let outcome = place.run(&["in", "--out", "out", "--channels", "dapi=0,red=1,green=2"]);
    assert_eq!(outcome.status, 1, "{}", outcome.stderr);
    let lines: Vec<&str> = outcome.stderr.lines().collect();
    assert_eq!(lines.len(), hostile.len(), "{}", outcome.stderr);
    for ((name, _, words), line) in hostile.iter().zip(lines) {
        assert!(line.starts_with("error: ") && line.contains(&format!("{name}/field")), "{name}: {line}");
        assert!(line.contains(words) && !line.contains("panicked"), "{name}: {line}");
        assert!(!place.path(&format!("out/{name}")).exists(), "{name}");
    }
    assert!(place.path("out/good/report.json").exists());
    let run = place.json("out/run.json");
    let failed = run["inputs"].as_array().unwrap().iter().filter(|input| input["status"] == "failed").count();
    assert_eq!(failed, hostile.len());
}

#[test]
fn a_specimen_that_lacks_a_field_is_scored_and_marked_incomplete() {
    let place = Place::new();
    let whole = fs::read(place.path("in/good/field_001.ome.tif")).unwrap();
    place.write("in/good/field_001.ome.tif", &whole[..whole.len() / 2]);
    let outcome = place.run(&["in", "--out", "out"]);
    assert_eq!(outcome.status, 1);
    assert!(outcome.stderr.starts_with("error: good/field_001: "), "{}", outcome.stderr);
    assert!(outcome.stdout.contains("1 of 2 fields failed"), "{}", outcome.stdout);
    place.assert_records(&[("good", "incomplete", "field_001")]);
    let report = place.json("out/good/report.json");
    assert_eq!(report["complete"], false);
    assert_eq!(report["failed_fields"][0]["field"], "field_001");
    let mut table = csv::Reader::from_path(place.path("out/specimens.csv")).unwrap();
    let row: BTreeMap<String, String> = table.deserialize().next().unwrap().unwrap();
    assert_eq!((row["fields"].as_str(), row["failed_fields"].as_str()), ("1", "1"));
}

#[test]
fn the_old_result_of_a_specimen_that_now_fails_does_not_stay() {
    let place = Place::new();
    assert_eq!(place.run(&["in", "--out", "out", "--overlays"]).status, 0);
    for field in ["field_000", "field_001"] {
        place.write(&format!("in/good/{field}.ome.tif"), "II*\0 cut short");
    }
    assert_eq!(place.run(&["in", "--out", "out"]).status, 1);
    let left: Vec<String> = place.files("out").into_keys().map(|p| p.display().to_string()).collect();
    let of_run = [
        "breakapart_mqc.json",
        "index.html",
        "lis.csv",
        "results.json",
        "run.json",
        "specimens.csv",
        "summary.txt",
    ];
    // The old result is put aside: at its place it would stand for the new images.
    let left: Vec<&str> =
        left.iter().map(String::as_str).filter(|name| !name.starts_with("replaced/good.1/")).collect();
    assert_eq!(left, [&[".breakapart.lock"][..], &of_run].concat());
    assert!(place.path("out/replaced/good.1/report.json").exists());
    place.assert_records(&[("good", "failed", "none of its fields could be read")]);
}

#[test]
fn a_microscope_out_of_range_is_wrong_usage_and_writes_nothing() {
    let place = Place::new();
    for [option, value] in [
        ["--crosstalk", "0.9,0"],
        ["--crosstalk", "-0.1,0"],
        ["--crosstalk", "nan,0"],
        ["--signal-diameter", "0,1"],
        ["--illumination", "-2,0"],
        ["--counterstain-bleed", "1.2,0"],
        ["--chromatic-shift", "3"],
        ["--camera-noise", "-1,2,3"],
    ] {
        let ran = place.run(&["in", "--out", "out", option, value]);
        assert_eq!(ran.status, 2, "{option} {value}: {}", ran.stderr);
        assert!(ran.stderr.contains("allowed"), "{option} {value}: {}", ran.stderr);
        assert!(!place.path("out").exists(), "{option} {value}");
    }
}

#[test]
fn the_microscope_can_be_fixed_or_left_out_of_account() {
    let place = Place::new();
    let options = [
        ["--chromatic-shift", "-0.5,1.25"],
        ["--crosstalk", "0.02,0.01"],
        ["--signal-diameter", "3.5,3.25"],
        ["--counterstain-bleed", "off"],
        ["--illumination", "off"],
        ["--camera-noise", "off"],
    ];
    assert_eq!(place.run(&[&["in", "--out", "out"][..], &options.concat()].concat()).status, 0);
    let parameters = &place.json("out/run.json")["parameters"];
    assert_eq!(parameters["options"]["crosstalk"], serde_json::json!([0.02, 0.01]));
    assert_eq!(parameters["options"]["illumination"], "off");
    assert_eq!(parameters["steps"]["instrument"]["chromatic_shift"]["y_px"], -0.5);
    assert_eq!(
        parameters["steps"]["detect"]["camera_noise"],
        serde_json::json!({"red": "off", "green": "off"})
    );
    let instrument = &place.json("out/good/report.json")["instrument"];
    assert_eq!(instrument["chromatic_shift"]["x_px"], 1.25);
    assert!(instrument["chromatic_shift"]["standard_error_px"].is_null());
    assert_eq!(instrument["crosstalk_from"]["green"]["fraction"], 0.01);
    assert_eq!(instrument["signal_diameter_px"], serde_json::json!({"red": 3.5, "green": 3.25}));
    assert!(instrument["counterstain_into"]["red"].is_null());
    assert!(instrument["illumination"]["green"].is_null());
    assert_eq!(instrument["camera_noise"]["red"]["gain"], 0.0);
    assert!(place.run(&["in", "--out", "out"]).stderr.is_empty());
    let instrument = &place.json("out/good/report.json")["instrument"];
    assert!(instrument["camera_noise"]["green"]["gain_standard_error"].as_f64().is_some_and(|e| e > 0.0));
    assert!(instrument["signal_diameter_standard_error_px"]["red"].as_f64().is_some_and(|e| e > 0.0));
}

#[test]
fn what_is_given_by_hand_is_on_record() {
    let place = Place::new();
    let options = ["--pixel-size", "0.2", "--channels", "dapi=0,red=1,green=2", "--sex", "male"];
    let arguments = [&["in", "--out", "out"][..], &options].concat();
    assert_eq!(place.run(&arguments).status, 0);
    let options = &place.json("out/run.json")["parameters"]["options"];
    assert_eq!(options["pixel_size_um"], 0.2);
    assert_eq!(options["channels"], "dapi=0,red=1,green=2");
    assert_eq!(options["sex"], "male");
    assert_eq!(place.json("out/good/report.json")["fields"][0]["pixel_size_um"], 0.2);
}
