//! A reading on both paths of the kernels, with the instructions of this machine and with the baseline alone.

use std::fs;
use std::path::{Path, PathBuf};

use ndarray::Array2;

use super::*;
use crate::field::Plane;
use crate::kernel::dispatch::baseline;
use crate::report::{write_nuclei_csv, write_report_json, write_signals_csv};
use crate::simulate::{Conditions, simulate_field};

const SIZE_PX: usize = 512;
const SEED: u64 = 4;

fn simulated(condition: &str) -> Field {
    let mut conditions = Conditions::named(condition).unwrap();
    conditions.size_px = SIZE_PX;
    simulate_field(&conditions, SEED, 0).unwrap().field
}

/// The same field with samples of 32 bits.
fn of_floats(mut field: Field) -> Field {
    for plane in [&mut field.counterstain, &mut field.red, &mut field.green] {
        let (height, width) = plane.dim();
        let mut samples = Array2::zeros((height, width));
        for (y, mut row) in samples.rows_mut().into_iter().enumerate() {
            plane.view().read_row(y, 0, row.as_slice_mut().unwrap());
        }
        *plane = Plane::F32(samples);
    }
    field
}

/// All that is measured and read, to the last bit: floats are written so that they are read back the same.
#[derive(PartialEq)]
struct Everything {
    labels: Array2<u32>,
    measurement: String,
    reading: String,
    files: Vec<Vec<u8>>,
}

fn everything(field: &Field) -> Everything {
    let analyser = Analyser::new(Assay::builtin("alk").unwrap());
    let measured = analyser.measure_field(field).unwrap();
    let labels = measured.labels().clone();
    let measurement = format!("{measured:?}");
    let reading = analyser.read_specimen(&field.name, vec![measured]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let paths = ["nuclei.csv", "signals.csv", "report.json"].map(|name| folder.path().join(name));
    write_nuclei_csv(&paths[0], &reading.fields).unwrap();
    write_signals_csv(&paths[1], &reading.fields).unwrap();
    write_report_json(&paths[2], &reading, &[]).unwrap();
    let files = paths.iter().map(|path| fs::read(path).unwrap()).collect();
    Everything { labels, measurement, reading: format!("{reading:?}"), files }
}

/// Sources that call kernels, as `folder::module::`.
fn modules_with_kernels(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path: PathBuf = entry.unwrap().path();
        if path.is_dir() {
            modules_with_kernels(&path, found);
        } else if !path.ends_with("tests.rs") {
            let text = fs::read_to_string(&path).unwrap();
            let text = text.split("mod tests {").next().unwrap_or_default();
            if text.contains("dispatch::vectorised;") || text.contains("dispatch::{Kernel, vectorised};") {
                let module = path.strip_prefix(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).unwrap();
                let parts: Vec<_> = module.iter().map(|part| part.to_str().unwrap()).collect();
                found.push(format!("{}::", parts.join("::").trim_end_matches(".rs")));
            }
        }
    }
}

#[test]
fn both_paths_give_the_same_bits() {
    let fields = [
        simulated("easy_positive"),
        simulated("tissue_dense"),
        simulated("eight_bit"),
        simulated("saturated"),
        of_floats(simulated("crowded")),
    ];
    let chosen: Vec<Everything> = fields.iter().map(everything).collect();
    let (portable, taken) = baseline::alone(|| fields.iter().map(everything).collect::<Vec<_>>());
    for ((field, chosen), portable) in fields.iter().zip(&chosen).zip(&portable) {
        let name = &field.name;
        assert!(chosen.labels.iter().any(|label| *label > 5), "{name}: no nuclei to compare");
        assert!(chosen.labels == portable.labels, "{name}: other labels");
        assert_eq!(chosen.measurement, portable.measurement, "{name}");
        assert_eq!(chosen.reading, portable.reading, "{name}");
        assert!(chosen.files == portable.files, "{name}: other files");
    }
    let mut modules = Vec::new();
    modules_with_kernels(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut modules);
    assert!(modules.len() > 10, "{modules:?}");
    for module in modules {
        assert!(taken.iter().any(|kernel| kernel.contains(&module)), "{module} was not run, but {taken:?}");
    }
}
