//! A slide that several runs of the program measure together.

use std::fs;

use crate::place::Place;

/// Rows and columns of the slide: four tiles.
const SLIDE: &str = "4608x4352";
/// The border between the tiles, px.
const BORDER_PX: f64 = 3072.0;
/// A nucleus whose centre lies so near the border lies across it, px.
const NEAR_PX: f64 = 20.0;

/// A slide of this seed, with nuclei across the borders of its tiles.
fn simulate(place: &Place, seed: &str) {
    let slide = ["--condition", "crowded", "--seed", seed, "--size", "2048", "--slide", SLIDE];
    let simulated = place.program(&[&["simulate", "--out", "in"], &slide[..]].concat());
    assert_eq!(simulated.status, 0, "{}", simulated.stderr);
}

/// A slide and a specimen of fields, which is no slide.
fn place() -> Place {
    let place = Place::new();
    simulate(&place, "5");
    place
}

fn measure_share(place: &Place, share: &str, more: &[&str]) {
    let outcome =
        place.run(&[&["in/good", "in/crowded", "--slide-share", share, "--out", "tiles"], more].concat());
    assert_eq!(outcome.status, 0, "{share}: {}", outcome.stderr);
    assert!(outcome.stdout.is_empty());
}

#[test]
fn three_shares_have_the_bytes_of_one_run() {
    let place = place();
    let inputs = ["in/good", "in/crowded", "--labels", "--overlays"];
    let whole = place.run(&[&inputs[..], &["--out", "whole"]].concat());
    assert_eq!(whole.status, 0, "{}", whole.stderr);
    let across = place.read("whole/crowded/nuclei.csv");
    let header: Vec<&str> = across.lines().next().unwrap().split(',').collect();
    let column = |name: &str| header.iter().position(|column| *column == name).unwrap();
    let at_border = |line: &&str| {
        let cells: Vec<&str> = line.split(',').collect();
        [column("centroid_y_px"), column("centroid_x_px")]
            .iter()
            .any(|at| (cells[*at].parse::<f64>().unwrap() - BORDER_PX).abs() < NEAR_PX)
    };
    assert!(
        across.lines().skip(1).filter(at_border).count() > 5,
        "no nucleus lies across the border of a share"
    );

    // Fewer nuclei than crops of slides are allowed.
    let crops = place.json("whole/crowded/gallery/slide/crops.json");
    assert_eq!(crops["crops"].as_array().unwrap().len(), across.lines().count() - 1);
    assert!(place.path("whole/crowded/gallery/slide/000.jpg").is_file());

    measure_share(&place, "2/3", &["--threads", "1"]);
    // Nothing is written while a share is missing.
    let gathered = [&inputs[..], &["--tiles", "tiles", "--out", "joined"]].concat();
    let message = place.refused(&gathered);
    assert!(message.contains("no share 1/3, no share 3/3"), "{message}");
    measure_share(&place, "3/3", &["--memory", "400MiB"]);
    measure_share(&place, "1/3", &[]);
    let files = place.files("tiles");
    assert_eq!(files.len(), 3);
    assert!(files.keys().all(|path| path.starts_with("crowded")));
    let joined = place.run(&gathered);
    assert_eq!(joined.status, 0, "{}", joined.stderr);
    assert!(place.files("joined") == place.files("whole"), "the bytes are not those of one run");

    // A file that holds is not measured again.
    let kept =
        fs::metadata(place.path("tiles").join(files.keys().next().unwrap())).unwrap().modified().unwrap();
    measure_share(&place, "1/3", &[]);
    assert!(place.files("tiles") == files);
    let now =
        fs::metadata(place.path("tiles").join(files.keys().next().unwrap())).unwrap().modified().unwrap();
    assert_eq!(now, kept);

    // Tiles by other parameters are not those of the run.
    let others = ["in/crowded", "--tiles", "tiles", "--out", "other", "--crosstalk", "off"];
    let message = place.refused(&others);
    assert!(message.contains("of other settings"), "{message}");
}

#[test]
fn tiles_of_another_image_are_refused() {
    let place = place();
    for share in ["1/2", "2/2"] {
        measure_share(&place, share, &[]);
    }
    let message = place.refused(&["in/crowded", "--tiles", "nowhere", "--out", "out"]);
    assert!(message.contains("nowhere"), "{message}");
    simulate(&place, "6");
    let outcome = place.run(&["in/crowded", "--tiles", "tiles", "--out", "out"]);
    assert_eq!(outcome.status, 1);
    place.assert_records(&[("crowded", "failed", "measured on another image")]);
}
