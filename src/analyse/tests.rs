//! A reading on both paths of the kernels, with the instructions of this machine and with the baseline alone.
#![cfg(all(feature = "report", feature = "simulate"))]

use std::fs;
use std::path::{Path, PathBuf};

use ndarray::Array2;

use super::*;
use crate::field::{Plane, PlaneView};
use crate::kernel::camera_noise;
use crate::kernel::dispatch::baseline;
use crate::kernel::distance::squared_distance;
use crate::kernel::gaussian::gaussian;
use crate::kernel::histogram::quantiles;
use crate::kernel::noise::noise_sd;
use crate::kernel::resample::block_means;
use crate::kernel::separable::{Term, correlate_at_two_scales};
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
    let analyser = Analyser::new(Assay::builtin("alk").unwrap()).unwrap();
    let measured = analyser.measure_field(field).unwrap();
    let labels = measured.labels().to_array();
    let measurement = format!("{measured:?}");
    let reading = analyser.read_specimen(&field.name, vec![measured]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let paths = ["nuclei.csv", "signals.csv", "report.json"].map(|name| folder.path().join(name));
    write_nuclei_csv(&paths[0], &reading.name, &reading.fields).unwrap();
    write_signals_csv(&paths[1], &reading.name, &reading.fields).unwrap();
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

/// What kernels make of a plane, to the last bit. A reading rounds much of it away: scores are sums over trees.
fn kernels_of(plane: PlaneView<'_>) -> Vec<u64> {
    let mut bits = Vec::new();
    let mut add = |image: &Array2<f32>| bits.extend(image.iter().map(|v| u64::from(v.to_bits())));
    let smooth = [0.5, 1.5, 4.0].map(|sigma_px| gaussian(plane, sigma_px));
    let level = smooth[2].mean().unwrap();
    smooth.iter().for_each(&mut add);
    [1, 3, 4, 5, 17].iter().for_each(|factor| add(&block_means(plane, *factor)));
    add(&squared_distance(smooth[1].mapv(|v| v > level).view()));
    let term = |half: [f32; 4]| Term { horizontal: half.to_vec(), vertical: half.map(|v| 0.7 * v).to_vec() };
    let (fine, coarse) = ([term([1.0, 0.6, 0.2, 0.03])], [term([-0.4, -0.3, -0.1, -0.01])]);
    add(&correlate_at_two_scales(plane, &fine, &coarse));
    let fit = camera_noise::estimate(plane, None, true);
    bits.extend([fit.noise.gain, fit.noise.offset, fit.noise.floor, fit.dark_level].map(f64::to_bits));
    bits.push(noise_sd(smooth[0].view()).to_bits());
    let mut values: Vec<f32> = smooth[0].iter().copied().collect();
    let some = quantiles(&mut values, [0.05, 0.5, 0.9995]);
    let few = quantiles(&mut values[..50], [0.25, 0.75]);
    bits.extend(some.iter().chain(&few).map(|v| u64::from(v.to_bits())));
    bits
}

#[test]
fn kernels_give_the_same_bits_on_both_paths() {
    let fields = [simulated("tissue_dense"), simulated("eight_bit"), of_floats(simulated("weak"))];
    let planes = fields.iter().flat_map(|field| [field.counterstain.view(), field.red.view()]);
    for (i, plane) in planes.enumerate() {
        let chosen = kernels_of(plane);
        let (portable, _) = baseline::alone(|| kernels_of(plane));
        let other = chosen.iter().zip(&portable).position(|(a, b)| a != b);
        assert_eq!((other, chosen.len()), (None, portable.len()), "plane {i}");
    }
}
