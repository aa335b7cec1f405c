//! Simulated slides and their truth.
#![cfg(feature = "simulate")]

use std::path::Path;

use breakapart::io::{ReadOptions, read_field};
use breakapart::simulate::{Conditions, SlideLayout, write_slide};

type TestResult = Result<(), Box<dyn std::error::Error>>;

/// Nuclei on even glass.
fn conditions(size_px: usize) -> Conditions {
    let mut conditions = Conditions::default();
    conditions.size_px = size_px;
    conditions.artefacts.haze = 0.0;
    conditions.optics.vignette = 0.0;
    conditions
}

/// The bytes of the files of a slide.
fn files_of(folder: &Path) -> std::io::Result<Vec<Vec<u8>>> {
    let names = ["slide.ome.tif", "truth/slide_nuclei.csv", "truth/slide_signals.csv", "truth/specimen.json"];
    names.iter().map(|name| std::fs::read(folder.join(name))).collect()
}

#[test]
fn a_slide_is_the_same_for_any_number_of_threads() -> TestResult {
    let mut conditions = conditions(200);
    conditions.nuclei.per_10000_um2 = 100.0;
    let layout = SlideLayout { height_px: 600, width_px: 1100, empty_share: 0.25 };
    let write = |threads: usize| -> Result<_, Box<dyn std::error::Error>> {
        let dir = tempfile::tempdir()?;
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
        let truth = pool.install(|| write_slide(dir.path(), &conditions, 3, layout))?;
        Ok((truth, files_of(dir.path())?))
    };
    let (truth, files) = write(1)?;
    assert_eq!((truth.cells, truth.empty_cells), (8, 2));
    assert!((truth, files) == write(2)?, "1 and 2 threads differ");
    Ok(())
}

#[test]
fn the_truth_of_a_slide_is_in_its_coordinates() -> TestResult {
    let mut conditions = conditions(256);
    conditions.nuclei.per_10000_um2 = 100.0;
    let layout = SlideLayout { height_px: 600, width_px: 800, empty_share: 0.0 };
    let dir = tempfile::tempdir()?;
    let truth = write_slide(dir.path(), &conditions, 3, layout)?;
    let field = read_field(dir.path().join("slide.ome.tif"), &ReadOptions::default())?;
    assert_eq!(field.dim(), (600, 800));
    let plane = field.counterstain.view();
    let mut dark: Vec<f32> = (0..600).map(|y| plane.at(y, 799)).collect();
    dark.sort_by(f32::total_cmp);
    let glass = dark[300];
    let table = std::fs::read_to_string(dir.path().join("truth/slide_nuclei.csv"))?;
    let rows: Vec<Vec<&str>> = table.lines().skip(1).map(|line| line.split(',').collect()).collect();
    assert!(rows.len() > 6, "{}", rows.len());
    for (number, row) in rows.iter().enumerate() {
        let (y, x): (f64, f64) = (row[1].parse()?, row[2].parse()?);
        assert_eq!(row[0].parse::<usize>()?, number + 1);
        assert_eq!(row[6], "false", "nuclei lie within their cells");
        let centre = plane.at(y.round() as usize, x.round() as usize);
        assert!(centre > 1.5 * glass, "{centre} at {y}, {x}, glass {glass}");
    }
    assert_eq!(truth.specimen.fields, 1);
    Ok(())
}

#[test]
fn a_slide_smaller_than_a_cell_is_an_error() {
    let layout = SlideLayout { height_px: 255, width_px: 800, empty_share: 0.0 };
    let dir = tempfile::tempdir().expect("a folder");
    let error = write_slide(dir.path(), &conditions(256), 3, layout).expect_err("too small");
    assert_eq!(error.code(), "invalid_parameter");
}
