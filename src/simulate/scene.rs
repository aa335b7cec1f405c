//! Bodies, signals and artefacts brought together: labels, and the light that falls on each pixel.

use ndarray::{Array2, Zip};
use rayon::prelude::*;

use super::appearance::spots;
use super::artefacts::{Artefact, STROMA_COLOURS};
use super::conditions::Conditions;
use super::emitter::Emitter;
use super::lens::{ChannelSpot, Lens, blur_um};
use super::nucleus::Body;
use super::optics::{Spot, add_haze, vignette};
use super::silhouette::Silhouette;
use crate::kernel::gaussian::gaussian;

/// The counterstain is blurred in layers of at most this thickness, um, each by its own distance from focus.
const LAYER_UM: f64 = 1.5;
/// A nucleus is labelled where it is at least this share as thick as in its middle: thinner rims cannot be
/// seen.
const VISIBLE_SHARE: f64 = 0.2;
/// Caps of nuclei thinner than this, um, are too faint to be seen: they add light but count as nothing, and
/// hold no locus.
const VISIBLE_UM: f64 = 0.5;
/// Stroma and nuclei share the section: where a nucleus of this thickness (um) lies, stroma is dimmed most.
const DISPLACING_UM: f64 = 3.0;
/// Share of the stroma's light that such a nucleus takes away.
const DISPLACED_SHARE: f32 = 0.6;

/// Nuclei as stained, before the focus.
#[derive(Debug)]
pub(super) struct Stained {
    /// Middle height (um) and light (photoelectrons a pixel) of each layer, in focus.
    layers: Vec<(f64, Array2<f32>)>,
    pub(super) labels: Array2<u32>,
    pub(super) silhouettes: Vec<Silhouette>,
}

/// Pixels of one body.
struct Stamp {
    y0: usize,
    x0: usize,
    /// Half of the height at each pixel, um; 0 outside.
    half_height: Array2<f32>,
    /// Counterstain, photoelectrons a pixel for each um of thickness.
    density: Array2<f32>,
}

/// Draws the bodies: light in layers, and labels. Where nuclei overlap, a pixel belongs to the brighter one.
pub(super) fn stain(conditions: &Conditions, bodies: &[Body]) -> Stained {
    let size = conditions.size_px;
    let (low, high) = depth_range(conditions, bodies);
    let layer_count = ((high - low) / LAYER_UM).ceil().max(1.0);
    let layer_um = (high - low) / layer_count;
    let mut layers: Vec<(f64, Array2<f32>)> = (0..layer_count as usize)
        .map(|i| (low + (i as f64 + 0.5) * layer_um, Array2::zeros((size, size))))
        .collect();
    let mut labels = Array2::<u32>::zeros((size, size));
    let mut brightest = Array2::<f32>::zeros((size, size));
    let stamps: Vec<Stamp> = bodies.par_iter().map(|body| stamp(conditions, body)).collect();
    let mut silhouettes = vec![Silhouette::default(); bodies.len()];
    let mut next_label = 1;
    for ((body, stamp), silhouette) in bodies.iter().zip(&stamps).zip(&mut silhouettes) {
        let middle_um = body.thickness_between(body.half_height, low, high);
        for ((dy, dx), &half) in stamp.half_height.indexed_iter() {
            let half = f64::from(half);
            let thickness = body.thickness_between(half, low, high);
            if thickness <= 0.0 {
                continue;
            }
            let at = (stamp.y0 + dy, stamp.x0 + dx);
            let density = stamp.density[(dy, dx)];
            for (middle, layer) in &mut layers {
                let within = body.thickness_between(half, *middle - layer_um / 2.0, *middle + layer_um / 2.0);
                layer[at] += density * within as f32;
            }
            if middle_um >= VISIBLE_UM && thickness >= VISIBLE_SHARE * middle_um {
                silhouette.whole_area_px += 1;
                silhouette.border |= at.0 == 0 || at.1 == 0 || at.0 + 1 == size || at.1 + 1 == size;
                let light = density * thickness as f32;
                if light > brightest[at] {
                    brightest[at] = light;
                    labels[at] = next_label;
                }
            }
        }
        if silhouette.whole_area_px > 0 {
            silhouette.label = next_label;
            next_label += 1;
        }
    }
    let mut areas = vec![0; next_label as usize];
    for &label in &labels {
        areas[label as usize] += 1;
    }
    for silhouette in silhouettes.iter_mut().filter(|s| s.label > 0) {
        silhouette.area_px = areas[silhouette.label as usize];
    }
    Stained { layers, labels, silhouettes }
}

/// Lowest and highest point of the specimen on the slide.
fn depth_range(conditions: &Conditions, bodies: &[Body]) -> (f64, f64) {
    if conditions.section_um > 0.0 {
        return (0.0, conditions.section_um);
    }
    let half = bodies.iter().map(|body| body.half_height).fold(0.5, f64::max);
    (-half, half)
}

fn stamp(conditions: &Conditions, body: &Body) -> Stamp {
    let pixel_um = conditions.optics.pixel_um;
    let reach = body.reach();
    let range = |centre: f64| {
        let first = ((centre - reach) / pixel_um).floor().clamp(0.0, conditions.size_px as f64) as usize;
        let end = ((centre + reach) / pixel_um).ceil() + 1.0;
        (first, end.clamp(first as f64, conditions.size_px as f64) as usize - first)
    };
    let ((y0, height), (x0, width)) = (range(body.y), range(body.x));
    let mut half_height = Array2::<f32>::zeros((height, width));
    let mut density = Array2::<f32>::zeros((height, width));
    let per_um = conditions.nuclei.counterstain_electrons_per_um3 * pixel_um * pixel_um;
    for (((dy, dx), half), density) in half_height.indexed_iter_mut().zip(&mut density) {
        let (y, x) = ((y0 + dy) as f64 * pixel_um, (x0 + dx) as f64 * pixel_um);
        *half = body.half_height_at(body.relative_distance(y, x)) as f32;
        if *half > 0.0 {
            *density = (per_um * body.density(y, x)) as f32;
        }
    }
    Stamp { y0, x0, half_height, density }
}

/// Expected photoelectrons a pixel in counterstain, red and green, with the focus at `focus_um`.
pub(super) fn expose(
    conditions: &Conditions,
    stained: &Stained,
    signals: &[Emitter],
    artefacts: &[Artefact],
    stroma: Option<&Array2<f32>>,
    focus_um: f64,
) -> [Array2<f32>; 3] {
    let (optics, light) = (&conditions.optics, &conditions.artefacts);
    let mut counterstain = Array2::<f32>::zeros(stained.labels.dim());
    for (middle, layer) in &stained.layers {
        counterstain += &gaussian(layer.into(), blur_um(optics, 0, middle - focus_um) / optics.pixel_um);
    }
    let glow = light.nuclear_glow as f32;
    let mut planes = [counterstain.clone(), &counterstain * glow, &counterstain * glow];
    let drawn = all_spots(conditions, signals, artefacts, focus_um);
    let lens = Lens::new(optics, &drawn);
    for spot in &drawn {
        lens.add(&mut planes[spot.0], spot);
    }
    for plane in &mut planes {
        add_haze(plane, light.haze, optics.pixel_um);
    }
    if let Some(stroma) = stroma {
        let full = (conditions.nuclei.counterstain_electrons_per_um3
            * DISPLACING_UM
            * optics.pixel_um.powi(2)) as f32;
        for (plane, share) in planes.iter_mut().zip(STROMA_COLOURS) {
            Zip::from(plane).and(stroma).and(&counterstain).for_each(|pixel, stroma, nuclear| {
                *pixel += share * stroma * (1.0 - DISPLACED_SHARE * (nuclear / full).min(1.0));
            });
        }
    }
    let [mut counterstain, mut red, mut green] = planes;
    let [to_green, to_red] = optics.crosstalk.map(|share| share as f32);
    Zip::from(&mut red).and(&mut green).for_each(|red, green| {
        (*red, *green) = (*red + to_red * *green, *green + to_green * *red);
    });
    let pixel_um2 = optics.pixel_um.powi(2);
    for (plane, background) in
        [&mut counterstain, &mut red, &mut green].into_iter().zip(light.background_electrons_per_um2)
    {
        *plane += (background * pixel_um2) as f32;
        vignette(plane, optics.vignette);
    }
    [counterstain, red, green]
}

/// What is drawn spot by spot: signals, then artefacts.
fn all_spots(
    conditions: &Conditions,
    signals: &[Emitter],
    artefacts: &[Artefact],
    focus_um: f64,
) -> Vec<ChannelSpot> {
    let mut all: Vec<ChannelSpot> =
        signals.iter().flat_map(|signal| spots(conditions, signal, focus_um)).collect();
    for artefact in artefacts {
        let spot = artefact.spot;
        let height_um = spot.height_um + conditions.middle_um() - focus_um;
        let lit = artefact.colours.into_iter().enumerate().filter(|(_, share)| *share > 0.0);
        all.extend(lit.map(|(channel, share)| {
            (channel, Spot { height_um, electrons: spot.electrons * share, ..spot })
        }));
    }
    all
}
