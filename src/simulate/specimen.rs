//! Whole fields and specimens, in memory and on disk.

use ndarray::Array2;
use serde::Serialize;

use super::appearance::typical_heights;
use super::artefacts::{Artefact, scatter, stroma};
use super::camera::{PlaneIndex, hot_pixels, read_out};
use super::camera_map::camera_map;
use super::conditions::{Conditions, Pattern};
use super::drift::displaced;
use super::granules::scatter_granules;
use super::layout::{Edges, place_nuclei};
use super::loci::place_signals;
use super::random::{Purpose, Streams};
use super::reader::see;
use super::scene::{expose, stain};
use super::shape::shape_signals;
use super::speckle::scatter_speckle;
use super::truth::{NucleusTruth, SignalTruth, nucleus_truths, signal_truths};
use crate::error::Result;
use crate::field::{Field, Plane};
use crate::stack::StackProjector;
use crate::units::PixelSize;

/// A simulated field with its truth.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct SimulatedField {
    /// Name of its files: `field_000` and so on.
    pub name: String,
    /// The image; of a stack, as it is read from a file.
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
    /// Totals over the fields.
    pub truth: SpecimenTruth,
}

/// The truth of a specimen as a whole; `truth/specimen.json`.
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
    /// Appearance of a rearranged locus.
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
    pub(super) fn new(conditions: &Conditions, seed: u64) -> Self {
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

    pub(super) fn add(&mut self, field: &SimulatedField) {
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
/// [`crate::Error::InvalidParameter`] if a parameter is out of its range.
pub fn simulate_field(conditions: &Conditions, seed: u64, index: u32) -> Result<SimulatedField> {
    simulate(conditions, seed, index, Edges::Crossed)
}

/// Simulates a field with or without nuclei across its edges.
pub(super) fn simulate(
    conditions: &Conditions,
    seed: u64,
    index: u32,
    edges: Edges,
) -> Result<SimulatedField> {
    conditions.validate()?;
    let streams = Streams::new(seed, &conditions.name);
    let bodies = place_nuclei(conditions, edges, &mut streams.stream(Purpose::Layout, [index, 0, 0]));
    let stained = stain(conditions, &bodies);
    let nuclei: Vec<_> = (0_u32..)
        .zip(bodies.iter().zip(&stained.silhouettes))
        .filter(|(_, (_, silhouette))| silhouette.label > 0)
        .map(|(number, (body, silhouette))| {
            let mut rng = streams.stream(Purpose::Loci, [index, number, 0]);
            let mut signals = place_signals(body, conditions, &mut rng);
            shape_signals(&mut signals, conditions, &streams, [index, number]);
            (silhouette.label, signals)
        })
        .collect();
    let mut rng = streams.stream(Purpose::Artefacts, [index, 0, 0]);
    let mut scattered = scatter(conditions, &mut rng);
    let stroma = stroma(conditions, &mut rng);
    scattered.extend(fine_artefacts(conditions, &streams, index));

    let mut signals = signal_truths(conditions, &stained.labels, &nuclei);
    let doubtful = see(conditions, &stained, stroma.as_ref(), &nuclei, &mut signals);
    let truths = nucleus_truths(conditions, &bodies, &stained.silhouettes, &signals, &doubtful);

    let emitters: Vec<_> = nuclei.into_iter().flat_map(|(_, emitters)| emitters).collect();
    let hot = hot_pixels(conditions, &streams);
    let map = camera_map(conditions, &streams);
    let optics = &conditions.optics;
    let mut stack: Vec<[Plane; 3]> = (0..)
        .zip(conditions.foci_um())
        .map(|(z, focus_um)| {
            let light = expose(conditions, &stained, &emitters, &scattered, stroma.as_ref(), focus_um);
            let mut channel = 0;
            light.map(|light| {
                let at = PlaneIndex { field: index, z, channel };
                channel += 1;
                let drift = optics.drift_of_plane_px(z as usize);
                let light = if let Some(px) = drift { displaced(&light, px) } else { light };
                read_out(light, &conditions.camera, &hot, map.as_ref(), &streams, at)
            })
        })
        .collect();
    let name = format!("field_{index:03}");
    let pixel_size = PixelSize::from_um(optics.pixel_um)?;
    let mut field = match stack.len() {
        1 => {
            let [counterstain, red, green] = stack.remove(0);
            Field::new(name.as_str(), counterstain, red, green)?
        }
        _ => read_stack(&stack, &name, pixel_size, optics.plane_step_um)?,
    }
    .with_pixel_size(pixel_size);
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

/// Speckle and granules, from streams of their own.
fn fine_artefacts(conditions: &Conditions, streams: &Streams, field: u32) -> Vec<Artefact> {
    let artefacts = &conditions.artefacts;
    let mut scattered = Vec::new();
    if artefacts.speckle.is_none() && artefacts.granules.is_none() {
        return scattered;
    }
    let typical = typical_heights(conditions, streams);
    if let Some(speckle) = &artefacts.speckle {
        let mut rng = streams.stream(Purpose::Speckle, [field, 0, 0]);
        scattered.extend(scatter_speckle(conditions, speckle, typical, &mut rng));
    }
    if let Some(granules) = &artefacts.granules {
        let mut rng = streams.stream(Purpose::Granules, [field, 0, 0]);
        scattered.extend(scatter_granules(conditions, granules, typical, &mut rng));
    }
    scattered
}

/// The field that is read from a stack.
fn read_stack(stack: &[[Plane; 3]], name: &str, pixel_size: PixelSize, step_um: f64) -> Result<Field> {
    let mut projector = StackProjector::new(Some(pixel_size));
    for (z, planes) in stack.iter().enumerate() {
        projector.push(z as f64, planes.each_ref().map(|plane| Some(plane.clone())))?;
    }
    projector.finish(name, Some(step_um))
}

/// Simulates a specimen of `fields` fields in memory.
///
/// # Errors
/// [`crate::Error::InvalidParameter`] if a parameter is out of its range.
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
