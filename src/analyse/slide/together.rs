//! Puts the tiles of a slide together: one measurement in the coordinates of the slide.

use crate::analyse::measure::{FieldMeasurement, FieldNuclei};
use crate::analyse::slide::owners::{Owned, owned_nuclei};
use crate::analyse::slide::tile::MeasuredTile;
use crate::calibrate::nucleus_light::NucleusLight;
use crate::colour::Colour;
use crate::detect::DetectParams;
use crate::detect::candidate::Candidate;
use crate::detect::find::{ChannelCandidates, CutOff};
use crate::detect::nearest_nucleus::nearest_nucleus;
use crate::detect::restore::clipped_peaks::ClippedPeaks;
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

/// The measurement of a slide from those of its tiles, in any order.
pub(super) fn put_together(
    facts: &SlideFacts,
    mut tiles: Vec<MeasuredTile>,
    sample: &FieldMeasurement,
    params: &DetectParams,
) -> FieldMeasurement {
    tiles.sort_by_key(|measured| measured.tile.core);
    let mut owned = owned_nuclei(&tiles);
    let runs: Vec<_> = owned.iter_mut().map(|nucleus| std::mem::take(&mut nucleus.runs)).collect();
    let labels = LabelImage::from_nuclei((facts.height_px, facts.width_px), &runs);
    drop(runs);
    for field in tiles.iter_mut().filter_map(|measured| measured.field.as_mut()) {
        field.segmentation.labels = LabelImage::default();
    }
    let ids = Ids::of(&owned, &tiles);
    let nuclei = nuclei_of(&owned, &tiles);
    let channels = Colour::BOTH.map(|colour| {
        let margin_px = params.nucleus_margin_px(facts.pixel_size, sample.channels[colour.index()].sigma_px);
        channel(colour, &tiles, &owned, &ids, (&labels, margin_px), sample)
    });
    let empty = tiles.iter().filter(|measured| measured.field.is_none());
    FieldMeasurement {
        name: facts.name.clone(),
        pixel_size: facts.pixel_size,
        segmentation: FieldNuclei {
            labels,
            nuclei,
            diameter_px: sample.segmentation.diameter_px,
            notes: sample.segmentation.notes.clone(),
        },
        channels,
        saturated: saturated(&tiles),
        nucleus_saturated: nucleus_saturated(&owned, &tiles),
        noise_correlation: sample.noise_correlation,
        bytes_swapped: sample.bytes_swapped.clone(),
        lights: lights(&tiles, &ids),
        notes: facts.notes.clone(),
        depth: None,
        not_searched: empty.map(|measured| measured.tile.core).collect(),
        regions: None,
    }
}

/// The ids on the slide of the nuclei of the tiles.
struct Ids(Vec<Vec<u32>>);

impl Ids {
    fn of(owned: &[Owned], tiles: &[MeasuredTile]) -> Self {
        let count =
            |measured: &MeasuredTile| measured.field.as_ref().map_or(0, |f| f.segmentation.nuclei.len());
        let mut ids: Vec<Vec<u32>> = tiles.iter().map(|measured| vec![0; count(measured)]).collect();
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

/// The record of each nucleus that is owned, from its tile.
fn of_each<'t, T>(
    owned: &'t [Owned],
    tiles: &'t [MeasuredTile],
    take: impl Fn(&'t FieldMeasurement, usize) -> Option<T> + 't,
) -> impl Iterator<Item = Option<T>> + 't {
    owned.iter().map(move |nucleus| take(tiles[nucleus.tile].field.as_ref()?, nucleus.index))
}

fn nuclei_of(owned: &[Owned], tiles: &[MeasuredTile]) -> Vec<Nucleus> {
    let found = of_each(owned, tiles, |field, index| field.segmentation.nuclei.get(index).cloned());
    let places = owned.iter().map(|nucleus| tiles[nucleus.tile].tile.seen);
    (1..).zip(found.flatten().zip(places)).map(|(id, (nucleus, seen))| moved(nucleus, id, seen)).collect()
}

/// A nucleus of a tile on the slide.
fn moved(mut nucleus: Nucleus, id: u32, seen: Part) -> Nucleus {
    let bounds = &mut nucleus.bounding_box;
    (bounds.y0, bounds.y1) = (bounds.y0 + seen.y0, bounds.y1 + seen.y0);
    (bounds.x0, bounds.x1) = (bounds.x0 + seen.x0, bounds.x1 + seen.x0);
    nucleus.centroid_y_px += seen.y0 as f64;
    nucleus.centroid_x_px += seen.x0 as f64;
    nucleus.id = id;
    nucleus
}

fn channel(
    colour: Colour,
    tiles: &[MeasuredTile],
    owned: &[Owned],
    ids: &Ids,
    (labels, margin_px): (&LabelImage, f64),
    sample: &FieldMeasurement,
) -> ChannelCandidates {
    let mut out = without_candidates(&sample.channels[colour.index()]);
    for (place, measured) in tiles.iter().enumerate() {
        let Some(field) = &measured.field else { continue };
        let found = &field.channels[colour.index()];
        let (core, seen) = (measured.tile.core, measured.tile.seen);
        for candidate in &found.candidates {
            let mut candidate = *candidate;
            let id = ids.on_slide(place, candidate.nucleus_id);
            candidate.y_px += seen.y0 as f64;
            candidate.x_px += seen.x0 as f64;
            candidate.nucleus_id = id;
            if id > 0 || is_outside(&candidate, core, labels, margin_px) {
                out.candidates.push(candidate);
            }
        }
        // The margin counts with its tile and with its neighbours.
        out.data_px += (found.data_px as u64 * core.pixels() / seen.pixels().max(1)) as usize;
        out.clipped.peaks += found.clipped.peaks;
        out.clipped.restored += found.clipped.restored;
        if let (Some(all), Some(cut)) = (&mut out.cut_off, found.cut_off) {
            all.at_floor_px += cut.at_floor_px;
            all.nuclei_px += cut.nuclei_px;
        }
    }
    out.candidates.sort_by(|a, b| a.y_px.total_cmp(&b.y_px).then(a.x_px.total_cmp(&b.x_px)));
    let noise = |field: &FieldMeasurement, index: usize| {
        field.channels[colour.index()].nucleus_noise.get(index).copied()
    };
    out.nucleus_noise = of_each(owned, tiles, noise).map(Option::unwrap_or_default).collect();
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
fn saturated(tiles: &[MeasuredTile]) -> [f64; 3] {
    let all: u64 = tiles.iter().map(|measured| measured.tile.seen.pixels()).sum();
    let mut shares = [0.0; 3];
    for measured in tiles {
        let Some(field) = &measured.field else { continue };
        let weight = measured.tile.seen.pixels() as f64 / all.max(1) as f64;
        shares.iter_mut().zip(field.saturated).for_each(|(share, own)| *share += weight * own);
    }
    shares
}

fn nucleus_saturated(owned: &[Owned], tiles: &[MeasuredTile]) -> Vec<f64> {
    let is_any = |measured: &MeasuredTile| {
        measured.field.as_ref().is_some_and(|field| !field.nucleus_saturated.is_empty())
    };
    if !tiles.iter().any(is_any) {
        return Vec::new();
    }
    let share = |field: &FieldMeasurement, index: usize| field.nucleus_saturated.get(index).copied();
    of_each(owned, tiles, share).map(Option::unwrap_or_default).collect()
}

fn lights(tiles: &[MeasuredTile], ids: &Ids) -> Vec<NucleusLight> {
    let mut lights: Vec<NucleusLight> = Vec::new();
    for (place, measured) in tiles.iter().enumerate() {
        let Some(field) = &measured.field else { continue };
        let seen = measured.tile.seen;
        let on_slide = |light: &NucleusLight| {
            let nucleus_id = ids.on_slide(place, light.nucleus_id);
            let place = [light.place[0] + seen.y0 as f64, light.place[1] + seen.x0 as f64];
            (nucleus_id > 0).then_some(NucleusLight { nucleus_id, place, ..*light })
        };
        lights.extend(field.lights.iter().filter_map(on_slide));
    }
    lights.sort_by_key(|light| light.nucleus_id);
    lights
}
