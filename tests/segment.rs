//! Segmentation: invariances, images that show nothing, and what it reaches on real and simulated nuclei.

use std::path::{Path, PathBuf};

use breakapart::segment::{SegmentNote, SegmentParams, Segmentation, segment};
use breakapart::{PixelSize, Plane, PlaneView};
use ndarray::{Array2, Axis};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Normal};

fn run(image: &Array2<u16>) -> Segmentation {
    segment(PlaneView::from(image), None, &SegmentParams::default()).unwrap()
}

/// Discs (row, column, radius, brightness) on a ground of 200, with an edge a few pixels wide and noise.
fn field(height: usize, width: usize, discs: &[(f64, f64, f64, f64)], noise: f64) -> Array2<u16> {
    let mut random = ChaCha8Rng::seed_from_u64(7);
    let normal = Normal::new(0.0, noise).unwrap();
    Array2::from_shape_fn((height, width), |(y, x)| {
        let light: f64 = discs
            .iter()
            .map(|&(cy, cx, r, b)| b / (1.0 + (((y as f64 - cy).hypot(x as f64 - cx) - r) / 1.2).exp()))
            .sum();
        (200.0 + light + normal.sample(&mut random)).round().clamp(0.0, 65_535.0) as u16
    })
}

const DISCS: [(f64, f64, f64, f64); 6] = [
    (40.0, 45.0, 18.0, 900.0),
    (60.0, 130.0, 20.0, 700.0),
    (130.0, 60.0, 17.0, 1100.0),
    (133.0, 93.0, 18.0, 1000.0),
    (150.0, 170.0, 19.0, 500.0),
    (60.0, 206.0, 16.0, 800.0),
];

fn sample() -> Array2<u16> {
    field(200, 230, &DISCS, 15.0)
}

/// For each true disc the largest intersection over union with a nucleus.
fn overlaps(found: &Segmentation, discs: &[(f64, f64, f64, f64)]) -> Vec<f64> {
    discs
        .iter()
        .map(|&(cy, cx, r, _)| {
            let id = found.nucleus_at(cy, cx);
            let (mut both, mut either) = (0.0, 0.0);
            for ((y, x), &label) in found.labels.indexed_iter() {
                let inside = (y as f64 - cy).hypot(x as f64 - cx) <= r;
                let own = id != 0 && label == id;
                both += f64::from(u8::from(inside && own));
                either += f64::from(u8::from(inside || own));
            }
            both / either
        })
        .collect()
}

#[test]
fn finds_apart_and_touching_discs() {
    let found = run(&sample());
    assert_eq!(found.nuclei.len(), DISCS.len());
    let overlaps = overlaps(&found, &DISCS);
    assert!(overlaps.iter().all(|&o| o > 0.8), "{overlaps:?}");
    assert!(found.notes.is_empty());
    assert!((found.diameter_px.unwrap() - 36.0).abs() < 8.0, "{:?}", found.diameter_px);
}

#[test]
fn nuclei_and_labels_agree() {
    let found = run(&sample());
    for (i, nucleus) in found.nuclei.iter().enumerate() {
        assert_eq!(nucleus.id as usize, i + 1);
        let pixels = found.labels.iter().filter(|&&v| v == nucleus.id).count();
        assert_eq!(nucleus.area_px, pixels);
        assert_eq!(found.nucleus_at(nucleus.centroid_y_px, nucleus.centroid_x_px), nucleus.id);
        assert!((0.0..=1.0).contains(&nucleus.score) && nucleus.solidity <= 1.0);
    }
    assert!(found.labels.iter().all(|&v| v as usize <= found.nuclei.len()));
}

#[test]
fn labels_given_back_are_the_same_nuclei() {
    let image = sample();
    let found = run(&image);
    // Other ids, as another program numbers them.
    let other = |label: u32| if label == 0 { 0 } else { 1000 - 7 * label };
    let again = Segmentation::from_labels(found.labels.mapv(other), PlaneView::from(&image)).unwrap();
    assert_eq!(again.labels, found.labels);
    let expected: Vec<_> = found
        .nuclei
        .iter()
        .map(|nucleus| {
            let mut nucleus = nucleus.clone();
            (nucleus.score, nucleus.overlapping) = (1.0, false);
            nucleus.source_id = Some(other(nucleus.id));
            nucleus
        })
        .collect();
    assert_eq!(again.nuclei, expected);
    assert!(again.notes.is_empty());
    assert!((again.diameter_px.unwrap() / found.diameter_px.unwrap() - 1.0).abs() < 0.3);
}

#[test]
fn gain_and_offset_change_nothing() {
    let image = sample();
    let found = run(&image);
    for (gain, offset) in [(2, 0), (4, 100), (16, 5000)] {
        let other = run(&image.mapv(|v| v * gain + offset));
        assert_eq!(other.nuclei.len(), found.nuclei.len());
        let differing = other.labels.iter().zip(&found.labels).filter(|(a, b)| a != b).count();
        assert!(differing < found.labels.len() / 500, "gain {gain}, offset {offset}: {differing} px");
    }
    let as_float = image.mapv(|v| f32::from(v) / 1024.0);
    let other = segment(PlaneView::from(&as_float), None, &SegmentParams::default()).unwrap();
    assert_eq!(other.labels, found.labels);
}

#[test]
fn turning_and_flipping_keep_the_nuclei() {
    let image = sample();
    let found = run(&image);
    let mut flipped = image.clone();
    flipped.invert_axis(Axis(1));
    let turned = flipped.t().as_standard_layout().to_owned();
    let other = run(&turned);
    assert_eq!(other.nuclei.len(), found.nuclei.len());
    for nucleus in &found.nuclei {
        let (y, x) = (image.ncols() as f64 - 1.0 - nucleus.centroid_x_px, nucleus.centroid_y_px);
        let twin = other.nucleus_at(y, x);
        assert!(twin != 0, "nucleus {} is lost", nucleus.id);
        let area = other.nuclei[twin as usize - 1].area_px as f64;
        assert!((area / nucleus.area_px as f64 - 1.0).abs() < 0.08, "{area} {nucleus:?}");
    }
}

#[test]
fn uneven_illumination_loses_no_nucleus() {
    let image = sample();
    let (height, width) = image.dim();
    let shaded = Array2::from_shape_fn((height, width), |(y, x)| {
        let light = 0.45 + 0.55 * x as f64 / width as f64;
        (f64::from(image[(y, x)]) * light + 150.0 * y as f64 / height as f64) as u16
    });
    let overlaps = overlaps(&run(&shaded), &DISCS);
    assert!(overlaps.iter().all(|&o| o > 0.7), "{overlaps:?}");
}

#[test]
fn images_that_show_nothing_give_no_nucleus_and_a_note() {
    let mut random = ChaCha8Rng::seed_from_u64(3);
    let normal = Normal::new(500.0_f64, 20.0).unwrap();
    let noise = |height: usize, width: usize, random: &mut ChaCha8Rng| {
        Array2::from_shape_fn((height, width), |_| normal.sample(random).max(0.0) as u16)
    };
    let nothing = [
        Array2::zeros((128, 128)),
        Array2::from_elem((128, 128), 4095),
        noise(256, 256, &mut random),
        noise(1024, 700, &mut random),
    ];
    for image in nothing {
        let found = run(&image);
        assert_eq!(found.nuclei.len(), 0, "{:?}", image.dim());
        assert!(matches!(
            found.notes[..],
            [SegmentNote::NothingStandsOut | SegmentNote::NoContrast | SegmentNote::NoNucleus]
        ));
        assert_eq!(found.diameter_px, None);
    }
}

#[test]
fn images_of_any_size_are_answered() {
    for (height, width) in [(0, 0), (0, 5), (1, 1), (1, 64), (2, 2), (3, 200), (200, 3), (17, 5)] {
        let image = Array2::from_shape_fn((height, width), |(y, x)| ((y * 37 + x * 101) % 251) as u16);
        for pixel in [None, Some(PixelSize::from_um(0.1).unwrap())] {
            let found = segment(PlaneView::from(&image), pixel, &SegmentParams::default()).unwrap();
            assert_eq!(found.labels.dim(), (height, width));
        }
    }
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let image = sample();
    let with = |threads: usize| {
        rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(|| run(&image))
    };
    assert_eq!(with(1), with(3));
}

#[test]
fn parameters_out_of_range_are_refused() {
    let image = sample();
    let mut params = SegmentParams::default();
    params.min_score = 1.5;
    let error = segment(PlaneView::from(&image), None, &params).unwrap_err();
    assert!(error.to_string().contains("min_score = 1.5"), "{error}");
    params = SegmentParams::default();
    params.diameter_px = Some(f64::NAN);
    assert!(segment(PlaneView::from(&image), None, &params).is_err());
}

#[test]
fn an_implausible_diameter_is_reported() {
    // Discs of 36 px at 2 um a pixel would be 72 um wide.
    let found =
        segment(PlaneView::from(&sample()), PixelSize::from_um(2.0).ok(), &SegmentParams::default()).unwrap();
    assert!(
        matches!(found.notes[..], [SegmentNote::ImplausibleDiameter { found_um, used_um }] if found_um > 60.0 && used_um == 25.0),
        "{:?}",
        found.notes
    );
}

/// The shared data, where there is any.
fn data(folder: &str) -> Option<PathBuf> {
    let dir = std::env::var_os("BREAKAPART_DATA").map(|d| Path::new(&d).join(folder)).filter(|d| d.is_dir());
    if dir.is_none() {
        println!("skipped: BREAKAPART_DATA has no {folder}");
    }
    dir
}

fn read(path: &Path) -> Plane {
    let mut decoder = tiff::decoder::Decoder::new(std::fs::File::open(path).unwrap()).unwrap();
    let (width, height) = decoder.dimensions().unwrap();
    let dim = (height as usize, width as usize);
    match decoder.read_image().unwrap() {
        tiff::decoder::DecodingResult::U8(v) => Array2::from_shape_vec(dim, v).unwrap().into(),
        tiff::decoder::DecodingResult::U16(v) => Array2::from_shape_vec(dim, v).unwrap().into(),
        _ => panic!("{}: sample type", path.display()),
    }
}

/// Matched nuclei (intersection over union above 0.5) over matched, spurious and missed.
fn average_precision(pairs: &[(PathBuf, PathBuf)], pixel: Option<PixelSize>) -> f64 {
    let (mut matched, mut found_count, mut true_count) = (0, 0, 0);
    for (image, truth) in pairs {
        let found = segment(read(image).view(), pixel, &SegmentParams::default()).unwrap();
        let truth = read(truth);
        let truth = Array2::from_shape_fn(truth.dim(), |(y, x)| truth.view().at(y, x) as usize);
        let mut area = vec![0_usize; truth.iter().max().unwrap() + 1];
        truth.iter().for_each(|&t| area[t] += 1);
        let mut common = std::collections::BTreeMap::new();
        for (&t, &f) in truth.iter().zip(&found.labels) {
            if t != 0 && f != 0 {
                *common.entry((t, f)).or_insert(0_usize) += 1;
            }
        }
        matched += common
            .iter()
            .filter(|((t, f), n)| 3 * **n > area[*t] + found.nuclei[*f as usize - 1].area_px)
            .count();
        found_count += found.nuclei.len();
        true_count += area[1..].iter().filter(|a| **a > 0).count();
    }
    matched as f64 / (found_count + true_count - matched) as f64
}

#[test]
fn real_nuclei_of_unseen_images() {
    let Some(dir) = data("nuclei/dsb2018_stage1_test") else { return };
    let mut pairs: Vec<(PathBuf, PathBuf)> = std::fs::read_dir(dir)
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.to_string_lossy().ends_with(".image.tif"))
        .map(|p| {
            let truth = PathBuf::from(p.to_string_lossy().replace(".image.tif", ".labels.tif"));
            (p, truth)
        })
        .collect();
    pairs.sort();
    let precision = average_precision(&pairs, None);
    assert!(precision >= 0.62, "{precision}");
}

#[test]
fn simulated_specimens() {
    let Some(dir) = data("specimens") else { return };
    for (specimen, least) in [("easy_positive", 0.95), ("crowded", 0.95), ("isolated_red", 0.95)] {
        let dir = dir.join(specimen);
        let pair = (dir.join("field_000.ome.tif"), dir.join("truth").join("field_000_labels.tif"));
        let precision = average_precision(&[pair], PixelSize::from_um(0.1).ok());
        assert!(precision >= least, "{specimen}: {precision}");
    }
}
