//! Whole fields and specimens, in memory and on disk.

use std::fs;
use std::path::Path;

use ndarray::{Array2, Zip};
use serde::Serialize;

use super::artefacts::{scatter, stroma};
use super::camera::{PlaneIndex, hot_pixels, read_out};
use super::conditions::{Conditions, Pattern};
use super::layout::place_nuclei;
use super::loci::place_signals;
use super::ome_tiff::write_ome_tiff;
use super::random::{Purpose, Streams};
use super::scene::{expose, stain};
use super::truth::{NucleusTruth, SignalTruth, nucleus_truths, signal_truths};
use crate::atomic::write_bytes;
use crate::error::{Error, Result};
use crate::field::{Field, Plane};
use crate::io::write_labels;
use crate::units::PixelSize;

/// A simulated field with its truth.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct SimulatedField {
    /// Name of its files: `field_000` and so on.
    pub name: String,
    /// The image; of a stack, the brightest plane at each pixel.
    pub field: Field,
    /// All planes of a stack, lowest first: counterstain, red, green. Empty for a single image.
    pub stack: Vec<[Plane; 3]>,
    /// Distance between planes of the stack, um.
    pub plane_step_um: f64,
    /// Significant bits of the samples.
    pub bits: u8,
    /// Nucleus of each pixel, 0 for none. Where nuclei overlap, the brighter one.
    pub labels: Array2<u32>,
    /// One record a nucleus, in order of its label.
    pub nuclei: Vec<NucleusTruth>,
    /// One record a signal, in order of nucleus and locus.
    pub signals: Vec<SignalTruth>,
}

impl SimulatedField {
    /// Counterstain, red and green of every plane, one for a single image.
    pub fn planes(&self) -> impl Iterator<Item = [&Plane; 3]> {
        let single = [&self.field.counterstain, &self.field.red, &self.field.green];
        let single = self.stack.is_empty().then_some(single);
        single
            .into_iter()
            .chain(self.stack.iter().map(|[counterstain, red, green]| [counterstain, red, green]))
    }
}

/// A simulated specimen with its truth.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct SimulatedSpecimen {
    /// The fields.
    pub fields: Vec<SimulatedField>,
    /// What it amounts to.
    pub truth: SpecimenTruth,
}

/// What is known of a specimen as a whole; `truth/specimen.json`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SpecimenTruth {
    /// Name of the conditions.
    pub name: String,
    /// Seed.
    pub seed: u64,
    /// Number of fields.
    pub fields: usize,
    /// Height and width of a field, px.
    pub size: usize,
    /// Edge of a pixel, um.
    pub px: f64,
    /// Share of the (not small) nuclei that carry the rearrangement: the chance with which each was drawn.
    pub rearranged: f64,
    /// What a rearranged locus looks like.
    pub mode: Pattern,
    /// Thickness of the section, um; 0 for whole nuclei.
    pub section: f64,
    /// Position of green relative to red in the middle of the field, (y, x) px.
    pub shift: [f64; 2],
    /// Share of red light in green, of green light in red.
    pub crosstalk: [f64; 2],
    /// Planes of the stack.
    pub z: usize,
    /// Significant bits.
    pub bits: u8,
    /// Scorable nuclei.
    pub scorable: usize,
    /// Scorable nuclei that show a rearrangement.
    pub scorable_rearranged: usize,
    /// Rearranged among the scorable, percent; 0 if none is scorable.
    pub percent: f64,
    /// All parameters.
    pub conditions: Conditions,
}

impl SpecimenTruth {
    fn new(conditions: &Conditions, seed: u64) -> Self {
        let optics = &conditions.optics;
        Self {
            name: conditions.name.clone(),
            seed,
            fields: 0,
            size: conditions.size_px,
            px: optics.pixel_um,
            rearranged: conditions.probes.rearranged_share,
            mode: conditions.probes.pattern,
            section: conditions.section_um,
            shift: optics.shift_px,
            crosstalk: optics.crosstalk,
            z: optics.planes,
            bits: conditions.camera.bits,
            scorable: 0,
            scorable_rearranged: 0,
            percent: 0.0,
            conditions: conditions.clone(),
        }
    }

    fn add(&mut self, field: &SimulatedField) {
        let scorable = || field.nuclei.iter().filter(|nucleus| nucleus.scorable);
        self.fields += 1;
        self.scorable += scorable().count();
        self.scorable_rearranged += scorable().filter(|nucleus| nucleus.rearranged).count();
        if self.scorable > 0 {
            self.percent = 100.0 * self.scorable_rearranged as f64 / self.scorable as f64;
        }
    }
}

/// Simulates field `index` of a specimen. The same arguments give the same field.
///
/// # Errors
/// [`Error::InvalidParameter`] if a parameter is out of its range.
pub fn simulate_field(conditions: &Conditions, seed: u64, index: u32) -> Result<SimulatedField> {
    conditions.validate()?;
    let streams = Streams::new(seed, &conditions.name);
    let bodies = place_nuclei(conditions, &mut streams.stream(Purpose::Layout, [index, 0, 0]));
    let stained = stain(conditions, &bodies);
    let nuclei: Vec<_> = (0_u32..)
        .zip(bodies.iter().zip(&stained.silhouettes))
        .filter(|(_, (_, silhouette))| silhouette.label > 0)
        .map(|(number, (body, silhouette))| {
            let mut rng = streams.stream(Purpose::Loci, [index, number, 0]);
            (silhouette.label, place_signals(body, conditions, &mut rng))
        })
        .collect();
    let signals = signal_truths(conditions, &stained.labels, &nuclei);
    let truths = nucleus_truths(conditions, &bodies, &stained.silhouettes, &signals);

    let emitters: Vec<_> = nuclei.into_iter().flat_map(|(_, emitters)| emitters).collect();
    let mut rng = streams.stream(Purpose::Artefacts, [index, 0, 0]);
    let scattered = scatter(conditions, &mut rng);
    let stroma = stroma(conditions, &mut rng);
    let hot = hot_pixels(conditions, &streams);
    let optics = &conditions.optics;
    let mut stack: Vec<[Plane; 3]> = (0..optics.planes)
        .map(|z| {
            let above_middle = (z as f64 - (optics.planes as f64 - 1.0) / 2.0) * optics.plane_step_um;
            let focus_um = conditions.middle_um() + optics.defocus_um + above_middle;
            let light = expose(conditions, &stained, &emitters, &scattered, stroma.as_ref(), focus_um);
            let mut channel = 0;
            light.map(|light| {
                let at = PlaneIndex { field: index, z: z as u32, channel };
                channel += 1;
                read_out(light, &conditions.camera, &hot, &streams, at)
            })
        })
        .collect();
    let [counterstain, red, green] = match stack.len() {
        1 => stack.remove(0),
        _ => brightest(&stack)?,
    };
    let name = format!("field_{index:03}");
    let mut field = Field::new(name.as_str(), counterstain, red, green)?
        .with_pixel_size(PixelSize::from_um(optics.pixel_um)?);
    field.saturation_level = Some(f32::from(conditions.camera.highest_level()));
    Ok(SimulatedField {
        name,
        field,
        stack,
        plane_step_um: optics.plane_step_um,
        bits: conditions.camera.bits,
        labels: stained.labels,
        nuclei: truths,
        signals,
    })
}

/// The brightest sample of all planes at each pixel, for each channel.
fn brightest(stack: &[[Plane; 3]]) -> Result<[Plane; 3]> {
    let mut planes = stack.iter().cloned();
    let first = planes.next().ok_or_else(|| Error::parameter("optics.planes", 0, "1 to 64"))?;
    Ok(planes.fold(first, |mut highest, planes| {
        for (highest, plane) in highest.iter_mut().zip(&planes) {
            match (highest, plane) {
                (Plane::U8(a), Plane::U8(b)) => Zip::from(a).and(b).for_each(|a, &b| *a = (*a).max(b)),
                (Plane::U16(a), Plane::U16(b)) => Zip::from(a).and(b).for_each(|a, &b| *a = (*a).max(b)),
                // The camera gives every plane of a stack the same sample type.
                _ => {}
            }
        }
        highest
    }))
}

/// Simulates a specimen of `fields` fields in memory.
///
/// # Errors
/// [`Error::InvalidParameter`] if a parameter is out of its range.
pub fn simulate_specimen(conditions: &Conditions, seed: u64, fields: u32) -> Result<SimulatedSpecimen> {
    let mut truth = SpecimenTruth::new(conditions, seed);
    let mut simulated = Vec::new();
    for index in 0..fields {
        let field = simulate_field(conditions, seed, index)?;
        truth.add(&field);
        simulated.push(field);
    }
    Ok(SimulatedSpecimen { fields: simulated, truth })
}

/// Simulates a specimen field by field into the folder `dir`: `field_000.ome.tif` and so on, and in `truth/`
/// for each field `_labels.tif`, `_nuclei.csv` and `_signals.csv`, and `specimen.json`.
///
/// # Errors
/// [`Error::InvalidParameter`] if a parameter is out of its range, [`Error::Io`] if a file cannot be written.
///
/// ```no_run
/// use breakapart::simulate::{Conditions, write_specimen};
/// let conditions = Conditions::named("tissue_section")?;
/// let truth = write_specimen("specimens/tissue_section", &conditions, 1, 2)?;
/// println!("{:.1} % of {} nuclei", truth.percent, truth.scorable);
/// # Ok::<(), breakapart::Error>(())
/// ```
pub fn write_specimen(
    dir: impl AsRef<Path>,
    conditions: &Conditions,
    seed: u64,
    fields: u32,
) -> Result<SpecimenTruth> {
    conditions.validate()?;
    let dir = dir.as_ref();
    let truth_dir = dir.join("truth");
    fs::create_dir_all(&truth_dir).map_err(|e| Error::io(&truth_dir, e))?;
    let mut truth = SpecimenTruth::new(conditions, seed);
    for index in 0..fields {
        let field = simulate_field(conditions, seed, index)?;
        let name = &field.name;
        write_ome_tiff(dir.join(format!("{name}.ome.tif")), &field)?;
        write_labels(truth_dir.join(format!("{name}_labels.tif")), &field.labels)?;
        write_table(&truth_dir.join(format!("{name}_nuclei.csv")), &NucleusTruth::COLUMNS, &field.nuclei)?;
        write_table(&truth_dir.join(format!("{name}_signals.csv")), &SignalTruth::COLUMNS, &field.signals)?;
        truth.add(&field);
    }
    let path = truth_dir.join("specimen.json");
    let json = serde_json::to_vec_pretty(&truth).map_err(|e| Error::io(&path, e.into()))?;
    write_bytes(&path, &json)?;
    Ok(truth)
}

/// Writes a table with its header, also if it has no rows.
fn write_table<T: Serialize>(path: &Path, columns: &[&str], rows: &[T]) -> Result<()> {
    let failure = |e: csv::Error| Error::io(path, std::io::Error::other(e));
    let mut table = csv::WriterBuilder::new().has_headers(false).from_writer(Vec::new());
    table.write_record(columns).map_err(failure)?;
    for row in rows {
        table.serialize(row).map_err(failure)?;
    }
    let bytes = table.into_inner().map_err(|e| Error::io(path, e.into_error()))?;
    write_bytes(path, &bytes)
}
