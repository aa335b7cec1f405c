//! Images with true nuclei.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use breakapart::simulate::{Artefacts, Conditions, simulate_field};
use breakapart::{PixelSize, Plane};
use ndarray::Array2;
use rayon::prelude::*;
use tiff::decoder::{Decoder, DecodingResult};

/// One image with its truth.
pub(crate) struct Sample {
    /// Data set, or simulated condition.
    pub(crate) set: String,
    /// File, or condition and field, for the record.
    pub(crate) path: PathBuf,
    pub(crate) plane: Plane,
    pub(crate) pixel_size: Option<PixelSize>,
    /// 0 = background, otherwise a nucleus.
    pub(crate) truth: Array2<u32>,
    /// Samples of one group show parts of one field: they stay on one side of a split.
    pub(crate) group: usize,
}

/// First page of a TIFF.
fn read(path: &Path) -> Result<Plane> {
    let file = File::open(path).with_context(|| format!("{}", path.display()))?;
    let mut decoder = Decoder::new(BufReader::new(file)).with_context(|| format!("{}", path.display()))?;
    let (width, height) = decoder.dimensions()?;
    let dim = (height as usize, width as usize);
    Ok(match decoder.read_image().with_context(|| format!("{}", path.display()))? {
        DecodingResult::U8(v) => Array2::from_shape_vec(dim, v)?.into(),
        DecodingResult::U16(v) => Array2::from_shape_vec(dim, v)?.into(),
        DecodingResult::U32(v) => Array2::from_shape_vec(dim, v)?.mapv(|v| v as f32).into(),
        _ => bail!("{}: sample type not read here", path.display()),
    })
}

fn read_labels(path: &Path) -> Result<Array2<u32>> {
    let plane = read(path)?;
    let view = plane.view();
    Ok(Array2::from_shape_fn(plane.dim(), |(y, x)| view.at(y, x) as u32))
}

fn files(dir: &Path, suffix: &str) -> Result<Vec<PathBuf>> {
    let mut out: Vec<PathBuf> = std::fs::read_dir(dir)
        .with_context(|| format!("{}", dir.display()))?
        .map(|e| e.map(|e| e.path()))
        .collect::<std::io::Result<_>>()?;
    out.retain(|p| p.to_string_lossy().ends_with(suffix));
    out.sort();
    Ok(out)
}

/// `DIR/NAME.image.tif` with `DIR/NAME.labels.tif`.
pub(crate) fn image_folder(dir: &Path) -> Result<Vec<Sample>> {
    let set = dir.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let mut out = Vec::new();
    for path in files(dir, ".image.tif")? {
        let labels = PathBuf::from(path.to_string_lossy().replace(".image.tif", ".labels.tif"));
        let (plane, truth) = (read(&path)?, read_labels(&labels)?);
        out.push(Sample { set: set.clone(), path, plane, pixel_size: None, truth, group: 0 });
    }
    group_tiles(&mut out);
    Ok(out)
}

/// Seed of the simulated fields; specimens for scoring are made with others (`simulate` begins at 1).
const SEED: u64 = 770_077;
/// Fields of each clean condition of whole nuclei, and of each one of sections or with debris: overlap and
/// debris are what needs learning.
const FIELDS: (u32, u32) = (1, 4);
/// Fields of packed sections, and of sections in stroma, each of another kind; prime to the strides in [`section`].
const SECTIONS: u32 = 8;
/// Their thickness, um: sections for FISH are 4 to 5 um thick, and few below 3 or above 6.
const SECTION_UM: (f64, f64) = (3.0, 6.0);
/// Their chromatin's relative standard deviation.
const SECTION_TEXTURE: (f64, f64) = (0.14, 0.45);
/// Their counterstain's variation between nuclei.
const SECTION_COUNTERSTAIN_CV: (f64, f64) = (0.2, 0.5);
/// Their share of small nuclei.
const SECTION_SMALL_SHARE: (f64, f64) = (0.0, 0.25);
/// Largest overlap in packed ones: from nuclei that hardly overlap to twice as many as can be told apart.
const PACKED_OVERLAP: (f64, f64) = (0.1, 0.3);
/// Nuclei in 10 000 um2 of packed ones.
const PACKED_PER_10000_UM2: (f64, f64) = (110.0, 190.0);
/// Share of the field under stroma.
const STROMA_COVER: (f64, f64) = (0.35, 0.9);
/// Light of the stroma: half to twice that of the named condition.
const STROMA_ELECTRONS_PER_UM2: (f64, f64) = (12_500.0, 50_000.0);
/// Debris lies over every field of a condition with debris but the first. Its pixels are smaller than the
/// field's, so that it appears larger and softer than in focus, um.
const DEBRIS_PIXEL_UM: f64 = 0.04;
/// Brightness of that debris: about a third of a nucleus where it is brightest.
const DEBRIS_BRIGHTNESS: f64 = 100.0;
/// Clumps of it in 10 000 um2 of its own scale: 34 in a field of 1024 px.
const DEBRIS_PER_10000_UM2: f64 = 200.0;

/// Fields of the crate's own simulator, in every condition it has a name for, one plane each. Every field is
/// drawn anew, so each is a group of its own.
pub(crate) fn simulated() -> Result<Vec<Sample>> {
    let mut wanted = Vec::new();
    for name in Conditions::names()? {
        let mut conditions = Conditions::named(&name)?;
        conditions.optics.planes = 1;
        let demanding = conditions.section_um > 0.0 || conditions.artefacts.debris_per_10000_um2 > 0.0;
        let fields = if demanding { FIELDS.1 } else { FIELDS.0 };
        wanted.extend((0..fields).map(|index| (conditions.clone(), index, index > 0)));
    }
    for index in 0..SECTIONS {
        wanted.push((section("tissue_dense", "packed section", index)?, index, false));
        wanted.push((section("tissue_stroma", "section in stroma", index)?, index, false));
    }
    wanted
        .into_par_iter()
        .enumerate()
        .map(|(group, (conditions, index, dirty))| {
            let field = simulate_field(&conditions, SEED, index)?;
            let mut plane = field.field.counterstain;
            if dirty {
                plane = under_debris(&plane, &conditions, index)?;
            }
            Ok(Sample {
                set: format!("simulated {}", conditions.name),
                path: PathBuf::from(format!("{} {index}", conditions.name)),
                plane,
                pixel_size: Some(PixelSize::from_um(conditions.optics.pixel_um)?),
                truth: field.labels,
                group,
            })
        })
        .collect()
}

/// A section such as `base`, the kind of which differs from field to field.
fn section(base: &str, name: &str, index: u32) -> Result<Conditions> {
    let mut conditions = Conditions::named(base)?;
    name.clone_into(&mut conditions.name);
    conditions.optics.planes = 1;
    // From 0 to 1, in an order of its own for each property.
    let place = |stride: u32| f64::from(index * stride % SECTIONS) / f64::from(SECTIONS - 1);
    let between = |(low, high): (f64, f64), stride: u32| low + (high - low) * place(stride);
    conditions.section_um = between(SECTION_UM, 5);
    conditions.nuclei.texture = between(SECTION_TEXTURE, 7);
    conditions.nuclei.counterstain_cv = between(SECTION_COUNTERSTAIN_CV, 11);
    conditions.nuclei.small_share = between(SECTION_SMALL_SHARE, 13);
    if conditions.artefacts.stroma_cover > 0.0 {
        conditions.artefacts.stroma_cover = between(STROMA_COVER, 1);
        conditions.artefacts.stroma_electrons_per_um2 = between(STROMA_ELECTRONS_PER_UM2, 3);
    } else {
        conditions.nuclei.overlap = between(PACKED_OVERLAP, 1);
        conditions.nuclei.per_10000_um2 = between(PACKED_PER_10000_UM2, 3);
    }
    Ok(conditions)
}

/// The plane with the light of large, soft debris added.
fn under_debris(plane: &Plane, conditions: &Conditions, index: u32) -> Result<Plane> {
    let mut debris = conditions.clone();
    debris.section_um = 0.0;
    debris.nuclei.per_10000_um2 = 0.0;
    debris.optics.pixel_um = DEBRIS_PIXEL_UM;
    debris.artefacts = Artefacts::default();
    debris.artefacts.background_electrons_per_um2 = [0.0; 3];
    debris.artefacts.debris_per_10000_um2 = DEBRIS_PER_10000_UM2;
    debris.artefacts.debris_brightness = DEBRIS_BRIGHTNESS;
    let light = simulate_field(&debris, SEED, index)?.field.counterstain;
    let (view, light) = (plane.view(), light.view());
    let offset = debris.camera.offset_levels as f32;
    Ok(Array2::from_shape_fn(plane.dim(), |p| {
        let sum = view.at(p.0, p.1) + (light.at(p.0, p.1) - offset).max(0.0);
        sum.round() as u16
    })
    .into())
}

/// Correlation of facing borders from which two images are taken for neighbouring tiles of one field.
const TILE_CORRELATION: f64 = 0.9;

/// Groups images whose facing borders match.
fn group_tiles(samples: &mut [Sample]) {
    let n = samples.len();
    let mut group: Vec<usize> = (0..n).collect();
    let borders: Vec<[Vec<f64>; 4]> = samples.iter().map(borders).collect();
    for i in 0..n {
        for j in 0..n {
            if i != j && samples[i].plane.dim() == samples[j].plane.dim() {
                let right_left = correlation(&borders[i][1], &borders[j][0]);
                let bottom_top = correlation(&borders[i][3], &borders[j][2]);
                if right_left.max(bottom_top) > TILE_CORRELATION {
                    let (a, b) = (group[i].min(group[j]), group[i].max(group[j]));
                    group.iter_mut().filter(|g| **g == b).for_each(|g| *g = a);
                }
            }
        }
    }
    for (sample, g) in samples.iter_mut().zip(group) {
        sample.group = g;
    }
}

/// Left, right, top and bottom border.
fn borders(sample: &Sample) -> [Vec<f64>; 4] {
    let view = sample.plane.view();
    let (h, w) = view.dim();
    let column = |x: usize| (0..h).map(|y| f64::from(view.at(y, x))).collect();
    let row = |y: usize| (0..w).map(|x| f64::from(view.at(y, x))).collect();
    [column(0), column(w - 1), row(0), row(h - 1)]
}

fn correlation(a: &[f64], b: &[f64]) -> f64 {
    let n = a.len() as f64;
    let (ma, mb) = (a.iter().sum::<f64>() / n, b.iter().sum::<f64>() / n);
    let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
    for (x, y) in a.iter().zip(b) {
        ab += (x - ma) * (y - mb);
        aa += (x - ma).powi(2);
        bb += (y - mb).powi(2);
    }
    if aa > 0.0 && bb > 0.0 { ab / (aa * bb).sqrt() } else { 0.0 }
}
