//! Every kind of file that the crate reads, cut short and with bytes changed: it reads or is refused by name, in bounded
//! time and memory. `fuzz/` looks deeper, with coverage; this runs on any toolchain in seconds.
#![cfg(all(feature = "run", feature = "simulate"))]

mod cost;

use std::fs;
use std::path::{Path, PathBuf};

use breakapart::analyse::{AnalyseParams, SpecimenReading};
use breakapart::io::{ReadOptions, read_field, read_plane};
use breakapart::region::{RegionOptions, Regions};
use breakapart::run::{Ledger, Plan, Run, RunOptions, RunParameters, RunRecord, RunSettings, SampleSheet};
use breakapart::simulate::{Conditions, simulate_field, write_ome_tiff};
use breakapart::{Analyser, Assay, Location};
use cost::in_bounded_time;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Most memory of this process at any time, bytes.
const MAX_MEMORY_BYTES: u64 = 1 << 30;
/// Most that decoded planes may take, bytes: what is beyond [`MAX_MEMORY_BYTES`] is no plane.
const MAX_DECODED_BYTES: u64 = 1 << 26;
/// Lengths at which each file is cut.
const CUTS: usize = 60;
/// Copies of each file with bytes changed.
const CHANGED: usize = 120;

type Outcome = Result<(), String>;
type Reader = fn(&Path) -> Outcome;

/// A valid file, and how it is read.
struct Valid {
    path: PathBuf,
    read: Reader,
}

fn text(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))
}

fn in_words(error: impl ToString) -> String {
    error.to_string()
}

fn read_image(path: &Path) -> Outcome {
    let mut options = ReadOptions::default();
    options.channels = "dapi=0,red=1,green=2".parse().ok();
    options.series = Some(0);
    options.max_decoded_bytes = MAX_DECODED_BYTES;
    let field = read_field(path, &options).map(drop).map_err(in_words);
    let plane = read_plane(path, None, &options).map(drop).map_err(in_words);
    field.or(plane)
}

fn read_assay(path: &Path) -> Outcome {
    let assay = Assay::read(path).map_err(in_words)?;
    Analyser::new(assay).map(drop).map_err(in_words)
}

fn read_params(path: &Path) -> Outcome {
    AnalyseParams::from_toml(&text(path)?, &Location::file(path)).map(drop).map_err(in_words)
}

fn read_sheet(path: &Path) -> Outcome {
    SampleSheet::read(path, true).map(drop).map_err(in_words)
}

fn read_regions(path: &Path) -> Outcome {
    let regions = Regions::read(path, &RegionOptions::default()).map_err(in_words)?;
    regions.places("field_000", None, &[[20.0, 20.0]]).map(drop).map_err(in_words)
}

fn read_saved_reading(path: &Path) -> Outcome {
    let text = text(path)?;
    let reading: SpecimenReading =
        serde_json::from_str(&text).map_err(|e| format!("{}: {e}", path.display()))?;
    reading.decide().map(drop).map_err(|e| format!("{}: {e}", path.display()))
}

fn read_record(path: &Path) -> Outcome {
    let record = RunRecord::read(path).map_err(in_words)?;
    Plan::from_record(&record).map(drop).map_err(|e| format!("{}: {e}", path.display()))
}

/// The ledger of a result has its own name, in the folder of the result.
fn read_ledger(path: &Path) -> Outcome {
    Ledger::read(path.parent().expect("a folder")).map(drop).map_err(in_words)
}

/// Files of each kind. The crate's own writers make those that it writes.
fn valid_files(folder: &Path) -> Vec<Valid> {
    let mut files = images(folder);
    let mut add = |name: &str, bytes: &[u8], read: Reader| {
        let path = folder.join(name);
        fs::write(&path, bytes).expect("written");
        files.push(Valid { path, read });
    };
    add("alk.toml", Assay::builtin_toml("alk").expect("built in").as_bytes(), read_assay);
    add("params.toml", AnalyseParams::TEMPLATE.as_bytes(), read_params);
    let sheet = "specimen,path,assay,sex,channels,pixel_size_um,control,note,block\n\
                 P1,.,alk,f,\"dapi=0,red=1,green=2\",0.1,,\"a \"\"note\"\"\",A7\nP2,.,ros1,male,,0.065,negative,,\n";
    add("week.csv", sheet.as_bytes(), read_sheet);
    let regions = r#"{"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": {"type": "Polygon",
        "coordinates": [[[10, 10], [50, 10], [50, 30], [10, 30], [10, 10]]]}, "properties": {"objectType": "annotation",
        "classification": {"name": "Tumor", "color": [200, 0, 0]}}}]}"#;
    add("tumour.geojson", regions.as_bytes(), read_regions);

    let mut conditions = Conditions::named("easy_positive").expect("known");
    conditions.size_px = 256;
    let simulated = simulate_field(&conditions, 1, 0).expect("a field");
    let reading = Analyser::new(Assay::builtin("alk").expect("built in")).expect("an analyser");
    let reading = reading.analyse(&simulated.field).expect("a reading");
    add("reading.json", serde_json::to_string(&reading).expect("written").as_bytes(), read_saved_reading);

    let images = folder.join("P1");
    fs::create_dir(&images).expect("made");
    write_ome_tiff(images.join("field_000.ome.tif"), &simulated).expect("written");
    let settings = RunSettings::new(Assay::builtin("alk").ok());
    let plan = Plan::from_inputs(&[images], &settings).expect("a plan");
    let out = folder.join("out");
    let run = Run::prepare(plan, RunParameters::new(settings.params), &out, RunOptions::default());
    run.expect("prepared").score(&()).expect("scored");
    files.push(Valid { path: out.join("run.json"), read: read_record });
    files.push(Valid { path: out.join("P1").join(breakapart::run::LEDGER_JSON), read: read_ledger });
    files
}

/// Images of every compression, layout and maker in `tests/data`, labels and pictures.
fn images(folder: &Path) -> Vec<Valid> {
    const SAMPLES: [&str; 22] = [
        "pages_uint16_none_little.tif",
        "pages_uint8_lzw_big.tif",
        "pages_float32_packbits_little.tif",
        "pages_uint16_deflate_big.tif",
        "interleaved_tiled_uint16.tif",
        "planar_tiled_uint8.tif",
        "planar_float32.tif",
        "tiled_float32.tif",
        "zstd_uint16.tif",
        "jpeg2000_uint8.tif",
        "jpeg2000_uint16.tif",
        "jpeg_uint8.tif",
        "bigtiff.tif",
        "rgba.tif",
        "named.ome.tif",
        "pyramid.ome.tif",
        "series.ome.tif",
        "stack_zcyx.ome.tif",
        "imagej_channels.tif",
        "imagej_stack.tif",
        "shaped.tif",
        "thumbnail.tif",
    ];
    let mut paths: Vec<PathBuf> = SAMPLES.iter().map(|name| folder.join(name)).collect();
    for (name, path) in SAMPLES.iter().zip(&paths) {
        let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name);
        fs::copy(data, path).expect("copied");
    }
    let colours = image::RgbImage::from_fn(40, 30, |x, y| image::Rgb([x as u8, y as u8, 9]));
    for name in ["a.png", "a.jpg"] {
        colours.save(folder.join(name)).expect("written");
        paths.push(folder.join(name));
    }
    let labels = ndarray::Array2::from_shape_fn((20, 30), |(y, x)| (y / 7 * 70_000 + x / 9) as u32);
    paths.push(folder.join("labels.tif"));
    breakapart::io::write_labels(folder.join("labels.tif"), &labels).expect("written");
    paths.into_iter().map(|path| Valid { path, read: read_image }).collect()
}

/// Copies of a file: cut at lengths from none to all but one byte, then with bytes changed, removed or repeated.
fn damaged(whole: &[u8], random: &mut ChaCha8Rng) -> Vec<Vec<u8>> {
    let cut = (0..CUTS).map(|i| whole[..whole.len() * i / CUTS].to_vec());
    let last = std::iter::once(whole[..whole.len() - 1].to_vec());
    let mut copies: Vec<Vec<u8>> = cut.chain(last).collect();
    for _ in 0..CHANGED {
        let mut copy = whole.to_vec();
        for _ in 0..random.random_range(1..5) {
            // Headers are a small part of a file, and the more fragile one.
            let range = if random.random() { copy.len().min(400) } else { copy.len() };
            let at = random.random_range(0..range);
            let end = (at + random.random_range(1..20)).min(copy.len());
            match random.random_range(0..5) {
                0 => copy[at] = random.random(),
                1 => copy[at] ^= 1 << random.random_range(0..8),
                2 => {
                    copy[at..end]
                        .fill(*[0, 0xff, b'9', b'['].get(random.random_range(0..4)).expect("a byte"));
                }
                3 if copy.len() > end => drop(copy.drain(at..end)),
                _ => {
                    let again = copy[at..end].to_vec();
                    copy.splice(at..at, again);
                }
            }
        }
        copies.push(copy);
    }
    copies
}

#[test]
fn damaged_files_read_or_are_refused_by_name_in_bounded_time_and_memory() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut random = ChaCha8Rng::seed_from_u64(17);
    let (mut read, mut refused) = (0, 0);
    for Valid { path, read: reader } in valid_files(folder.path()) {
        reader(&path).unwrap_or_else(|error| panic!("the valid file: {error}"));
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let whole = fs::read(&path).expect("read");
        for (number, bytes) in damaged(&whole, &mut random).into_iter().enumerate() {
            fs::write(&path, bytes).expect("written");
            match in_bounded_time(|| reader(&path)) {
                Ok(()) => read += 1,
                Err(error) => {
                    assert!(error.contains(&name), "{name}, copy {number}: {error}");
                    refused += 1;
                }
            }
        }
        fs::write(&path, whole).expect("written");
    }
    // Neither all damage is harmless nor all of it fatal.
    assert!(read > 100 && refused > 1000, "{read} read, {refused} refused");
    if let Some(peak) = cost::peak_memory_bytes() {
        assert!(peak < MAX_MEMORY_BYTES, "{peak} bytes");
    }
}
