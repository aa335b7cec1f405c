//! The record of a tile: all that the slide needs of its measurement.

use std::collections::HashMap;

use crate::analyse::measure::{FieldMeasurement, FieldNuclei};
use crate::analyse::slide::grid::Tile;
use crate::calibrate::nucleus_light::NucleusLight;
use crate::detect::candidate::Candidate;
use crate::detect::find::ChannelCandidates;
use crate::detect::restore::clipped_peaks::ClippedPeaks;
use crate::kernel::run::Run;
use crate::segment::Nucleus;
use crate::slide::Part;

/// A tile that was measured. All places are on the slide.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct TileRecord {
    pub(super) tile: Tile,
    /// `None` if it has no nucleus: signals were not sought in it.
    pub(super) found: Option<TileFindings>,
}

/// Nuclei and candidates of a tile and of the margin around it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct TileFindings {
    /// By id in the tile: `nuclei[i].nucleus.id == i + 1`.
    pub(super) nuclei: Vec<TileNucleus>,
    /// Red and green.
    pub(super) channels: [TileChannel; 2],
    /// Share of the samples at the limit of the camera, for each channel.
    pub(super) saturated: [f64; 3],
}

/// A nucleus of a tile.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct TileNucleus {
    pub(super) nucleus: Nucleus,
    /// Its pixels, in reading order.
    pub(super) runs: Vec<Run>,
    /// Spread of the filter response in it: red, green.
    pub(super) noise: [f64; 2],
    /// Share of it in which the more saturated probe channel is at its limit; `None` if no nucleus of the tile has any.
    pub(super) saturated: Option<f64>,
    /// `None` if it has no surroundings.
    pub(super) light: Option<NucleusLight>,
}

/// A probe channel of a tile.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct TileChannel {
    /// With the ids that the nuclei have in the tile.
    pub(super) candidates: Vec<Candidate>,
    /// Pixels with data.
    pub(super) data_px: usize,
    pub(super) clipped: ClippedPeaks,
    /// Pixels of nuclei at the level at which the background is cut off, and all pixels of nuclei; `None` if it is not cut off.
    pub(super) floor_px: Option<[usize; 2]>,
}

impl TileRecord {
    /// The record of a tile without nuclei.
    pub(super) fn empty(tile: Tile) -> Self {
        Self { tile, found: None }
    }

    /// The record of a measurement with places in [`Tile::seen`].
    pub(super) fn of(tile: Tile, measured: FieldMeasurement) -> Self {
        let FieldMeasurement { segmentation, channels, saturated, nucleus_saturated, lights, .. } = measured;
        let (dy, dx) = (tile.seen.y0, tile.seen.x0);
        let lights: HashMap<u32, NucleusLight> = (lights.into_iter())
            .map(|light| {
                let [y, x] = light.place;
                (light.nucleus_id, NucleusLight { place: [y + dy as f64, x + dx as f64], ..light })
            })
            .collect();
        let FieldNuclei { labels, nuclei, .. } = segmentation;
        let noise = |index: usize| {
            channels.each_ref().map(|found| found.nucleus_noise.get(index).copied().unwrap_or_default())
        };
        let of_nucleus = |(index, nucleus): (usize, Nucleus)| {
            let runs = labels.runs_of(nucleus.id, nucleus.bounding_box.y0..nucleus.bounding_box.y1);
            TileNucleus {
                runs: runs.map(|run| on_slide(run, [dy as u32, dx as u32])).collect(),
                noise: noise(index),
                saturated: nucleus_saturated.get(index).copied(),
                light: lights.get(&nucleus.id).copied(),
                nucleus: moved(nucleus, tile.seen),
            }
        };
        let nuclei = nuclei.into_iter().enumerate().map(of_nucleus).collect();
        let channels = channels.map(|found| TileChannel::of(found, tile.seen));
        Self { tile, found: Some(TileFindings { nuclei, channels, saturated }) }
    }

    /// The nuclei.
    pub(super) fn nuclei(&self) -> &[TileNucleus] {
        self.found.as_ref().map_or(&[], |found| &found.nuclei)
    }

    /// Whether every number of it that leads to another one lies in the tile. A file may hold anything.
    pub(super) fn is_sound(&self) -> bool {
        let Part { y0, x0, y1, x1 } = self.tile.seen;
        let is_in_tile = |run: &Run| {
            (y0..y1).contains(&(run.y as usize))
                && x0 <= run.x0 as usize
                && run.x0 < run.x1
                && run.x1 as usize <= x1
        };
        let is_sound = |(id, TileNucleus { nucleus, runs, light, .. }): (u32, &TileNucleus)| {
            let b = nucleus.bounding_box;
            let bounds = Part { y0: b.y0, x0: b.x0, y1: b.y1, x1: b.x1 };
            nucleus.id == id
                && bounds.pixels() > 0
                && bounds.common(&self.tile.seen) == bounds
                && runs.iter().all(is_in_tile)
                && light.is_none_or(|light| light.nucleus_id == id)
        };
        let most = self.tile.seen.pixels() as usize;
        let is_plausible = |channel: &TileChannel| {
            let TileChannel { data_px, clipped, floor_px, .. } = channel;
            let [at_floor_px, nuclei_px] = floor_px.unwrap_or_default();
            [*data_px, clipped.peaks, clipped.restored, at_floor_px, nuclei_px].iter().all(|n| *n <= most)
        };
        (1..).zip(self.nuclei()).all(is_sound)
            && self.found.iter().flat_map(|found| &found.channels).all(is_plausible)
    }
}

impl TileChannel {
    fn of(found: ChannelCandidates, seen: Part) -> Self {
        let (dy, dx) = (seen.y0 as f64, seen.x0 as f64);
        let mut candidates = found.candidates;
        for candidate in &mut candidates {
            candidate.y_px += dy;
            candidate.x_px += dx;
        }
        candidates.shrink_to_fit();
        Self {
            candidates,
            data_px: found.data_px,
            clipped: found.clipped,
            floor_px: found.cut_off.map(|cut| [cut.at_floor_px, cut.nuclei_px]),
        }
    }
}

fn on_slide(run: Run, [dy, dx]: [u32; 2]) -> Run {
    Run { y: run.y + dy, x0: run.x0 + dx, x1: run.x1 + dx }
}

/// A nucleus of a tile on the slide.
fn moved(mut nucleus: Nucleus, seen: Part) -> Nucleus {
    let bounds = &mut nucleus.bounding_box;
    (bounds.y0, bounds.y1) = (bounds.y0 + seen.y0, bounds.y1 + seen.y0);
    (bounds.x0, bounds.x1) = (bounds.x0 + seen.x0, bounds.x1 + seen.x0);
    nucleus.centroid_y_px += seen.y0 as f64;
    nucleus.centroid_x_px += seen.x0 as f64;
    nucleus
}
