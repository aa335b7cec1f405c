//! Puts the tiles of a slide together: one measurement in the coordinates of the slide.

use crate::analyse::measure::{FieldMeasurement, FieldNuclei};
use crate::analyse::slide::owners::{Owned, owned_nuclei};
use crate::analyse::slide::record::TileRecord;
use crate::calibrate::nucleus_light::NucleusLight;
use crate::colour::Colour;
use crate::detect::DetectParams;
use crate::detect::candidate::Candidate;
use crate::detect::find::{ChannelCandidates, CutOff};
use crate::detect::nearest_nucleus::nearest_nucleus;
use crate::detect::restore::clipped_peaks::ClippedPeaks;
use crate::kernel::run::Run;
use crate::label_image::LabelImage;
use crate::segment::Nucleus;
use crate::slide::{Part, SlideFacts};

/// A slide in which nothing stands out.
pub(super) fn without_nuclei(facts: &SlideFacts, sample: FieldMeasurement) -> FieldMeasurement {
    let channels = sample.channels.each_ref().map(without_candidates);
    FieldMeasurement {
        name: facts.name.clone(),
        segmentation: FieldNuclei {
            labels: LabelImage::from_nuclei((facts.height_px, facts.width_px), &[]),
            nuclei: Vec::new(),
            diameter_px: None,
            notes: sample.segmentation.notes.clone(),
        },
        channels,
        nucleus_saturated: Vec::new(),
        lights: Vec::new(),
        not_searched: vec![facts.whole()],
        ..sample
    }
}

/// A channel of a slide before its candidates: noise, width and filter are those of the sample.
fn without_candidates(sample: &ChannelCandidates) -> ChannelCandidates {
    ChannelCandidates {
        candidates: Vec::new(),
        nucleus_noise: Vec::new(),
        local_noise: Vec::new(),
        clipped: ClippedPeaks::default(),
        data_px: 0,
        supplied: None,
        cut_off: sample.cut_off.map(|cut| CutOff { at_floor_px: 0, nuclei_px: 0, ..cut }),
        filter: sample.filter.clone(),
        ..*sample
    }
}

/// The measurement of a slide from the records of its tiles, in any order.
pub(super) fn put_together(
    facts: &SlideFacts,
    mut tiles: Vec<TileRecord>,
    sample: &FieldMeasurement,
    params: &DetectParams,
) -> FieldMeasurement {
    tiles.sort_by_key(|record| record.tile.core);
    let owned = owned_nuclei(&tiles);
    let runs: Vec<Vec<Run>> = owned.iter().map(|nucleus| take_runs(nucleus, &mut tiles)).collect();
    let labels = LabelImage::from_nuclei((facts.height_px, facts.width_px), &runs);
    drop(runs);
    let ids = Ids::of(&owned, &tiles);
    let channels = Colour::BOTH.map(|colour| {
        let margin_px = params.nucleus_margin_px(facts.pixel_size, sample.channels[colour.index()].sigma_px);
        channel(colour, &tiles, &owned, &ids, (&labels, margin_px), sample)
    });
    let empty = tiles.iter().filter(|record| record.found.is_none());
    FieldMeasurement {
        name: facts.name.clone(),
        pixel_size: facts.pixel_size,
        segmentation: FieldNuclei {
            labels,
            nuclei: nuclei(&owned, &tiles),
            diameter_px: sample.segmentation.diameter_px,
            notes: sample.segmentation.notes.clone(),
        },
        channels,
        saturated: saturated(&tiles),
        nucleus_saturated: nucleus_saturated(&owned, &tiles),
        noise_correlation: sample.noise_correlation,
        bytes_swapped: sample.bytes_swapped.clone(),
        lights: lights(&owned, &tiles),
        notes: facts.notes.clone(),
        depth: None,
        not_searched: empty.map(|record| record.tile.core).collect(),
        regions: None,
    }
}

/// The pixels of a nucleus, which its record does not need any more.
fn take_runs(nucleus: &Owned, tiles: &mut [TileRecord]) -> Vec<Run> {
    let found = tiles.get_mut(nucleus.tile).and_then(|record| record.found.as_mut());
    let own = found.and_then(|found| found.nuclei.get_mut(nucleus.index));
    own.map(|own| std::mem::take(&mut own.runs)).unwrap_or_default()
}

/// The ids on the slide of the nuclei of the tiles.
struct Ids(Vec<Vec<u32>>);

impl Ids {
    fn of(owned: &[Owned], tiles: &[TileRecord]) -> Self {
        let mut ids: Vec<Vec<u32>> = tiles.iter().map(|record| vec![0; record.nuclei().len()]).collect();
        for (id, nucleus) in (1..).zip(owned) {
            ids[nucleus.tile][nucleus.index] = id;
        }
        Self(ids)
    }

    /// The id on the slide of a nucleus of a tile, by its id there; 0 if it is another tile's, or none.
    fn on_slide(&self, tile: usize, id: u32) -> u32 {
        let index = (id as usize).checked_sub(1);
        index.and_then(|index| self.0[tile].get(index)).copied().unwrap_or(0)
    }
}

/// The nuclei that are owned, by their ids on the slide.
fn nuclei(owned: &[Owned], tiles: &[TileRecord]) -> Vec<Nucleus> {
    let found = owned.iter().filter_map(|nucleus| nucleus.of(tiles));
    (1..).zip(found).map(|(id, found)| Nucleus { id, ..found.nucleus.clone() }).collect()
}

fn channel(
    colour: Colour,
    tiles: &[TileRecord],
    owned: &[Owned],
    ids: &Ids,
    (labels, margin_px): (&LabelImage, f64),
    sample: &FieldMeasurement,
) -> ChannelCandidates {
    let mut out = without_candidates(&sample.channels[colour.index()]);
    for (place, record) in tiles.iter().enumerate() {
        let Some(found) = record.found.as_ref().map(|found| &found.channels[colour.index()]) else {
            continue;
        };
        let (core, seen) = (record.tile.core, record.tile.seen);
        for candidate in &found.candidates {
            let candidate = Candidate { nucleus_id: ids.on_slide(place, candidate.nucleus_id), ..*candidate };
            if candidate.nucleus_id > 0 || is_outside(&candidate, core, labels, margin_px) {
                out.candidates.push(candidate);
            }
        }
        // The margin counts with its tile and with its neighbours.
        out.data_px += (found.data_px as u64 * core.pixels() / seen.pixels().max(1)) as usize;
        out.clipped.peaks += found.clipped.peaks;
        out.clipped.restored += found.clipped.restored;
        if let (Some(all), Some([at_floor_px, nuclei_px])) = (&mut out.cut_off, found.floor_px) {
            all.at_floor_px += at_floor_px;
            all.nuclei_px += nuclei_px;
        }
    }
    out.candidates.sort_by(|a, b| a.y_px.total_cmp(&b.y_px).then(a.x_px.total_cmp(&b.x_px)));
    let noise = |nucleus: &Owned| nucleus.of(tiles).map_or(0.0, |found| found.noise[colour.index()]);
    out.nucleus_noise = owned.iter().map(noise).collect();
    out
}

/// Whether a candidate that is of no nucleus of its tile lies in the tile, and in no nucleus of another tile.
fn is_outside(candidate: &Candidate, core: Part, labels: &LabelImage, margin_px: f64) -> bool {
    let (height, width) = labels.dim();
    let [y, x] = [candidate.y_px, candidate.x_px].map(|px| px.round().max(0.0) as usize);
    let (y, x) = (y.min(height.saturating_sub(1)), x.min(width.saturating_sub(1)));
    let is_own = (core.y0..core.y1).contains(&y) && (core.x0..core.x1).contains(&x);
    is_own && nearest_nucleus(labels, y, x, margin_px) == 0
}

/// Share of the samples at the limit of the camera, for each channel.
fn saturated(tiles: &[TileRecord]) -> [f64; 3] {
    let all: u64 = tiles.iter().map(|record| record.tile.seen.pixels()).sum();
    let mut shares = [0.0; 3];
    for record in tiles {
        let Some(found) = &record.found else { continue };
        let weight = record.tile.seen.pixels() as f64 / all.max(1) as f64;
        shares.iter_mut().zip(found.saturated).for_each(|(share, own)| *share += weight * own);
    }
    shares
}

/// Saturated share of each nucleus; empty if no tile has any.
fn nucleus_saturated(owned: &[Owned], tiles: &[TileRecord]) -> Vec<f64> {
    if !tiles.iter().flat_map(TileRecord::nuclei).any(|nucleus| nucleus.saturated.is_some()) {
        return Vec::new();
    }
    let share = |nucleus: &Owned| nucleus.of(tiles).and_then(|found| found.saturated).unwrap_or_default();
    owned.iter().map(share).collect()
}

/// The light of the nuclei, by their ids on the slide.
fn lights(owned: &[Owned], tiles: &[TileRecord]) -> Vec<NucleusLight> {
    let light =
        |(nucleus_id, nucleus): (u32, &Owned)| Some(NucleusLight { nucleus_id, ..nucleus.of(tiles)?.light? });
    (1..).zip(owned).filter_map(light).collect()
}
