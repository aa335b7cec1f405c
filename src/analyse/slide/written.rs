//! How the record of a tile is written: floats as their bits, so that a share that is read has every number that was
//! measured, NaN and infinities among them, whatever the format.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::analyse::slide::grid::Tile;
use crate::analyse::slide::record::{TileChannel, TileFindings, TileNucleus, TileRecord};
use crate::calibrate::nucleus_light::NucleusLight;
use crate::detect::candidate::Candidate;
use crate::detect::restore::clipped_peaks::ClippedPeaks;
use crate::kernel::run::Run;
use crate::segment::{BoundingBox, Nucleus};
use crate::slide::Part;

/// First and last rows and columns, as of [`Part`].
type WrittenPart = [usize; 4];

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenTile {
    core: WrittenPart,
    seen: WrittenPart,
    found: Option<WrittenFindings>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenFindings {
    nuclei: Vec<WrittenNucleus>,
    channels: [WrittenChannel; 2],
    saturated: [u64; 3],
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenNucleus {
    id: u32,
    bounds: WrittenPart,
    area_px: usize,
    /// Centroid (row, column), solidity, eccentricity, mean intensity, score.
    floats: [u64; 6],
    touches_border: bool,
    overlapping: bool,
    source_id: Option<u32>,
    /// Row, first column, one past the last column.
    runs: Vec<[u32; 3]>,
    noise: [u64; 2],
    saturated: Option<u64>,
    light: Option<WrittenLight>,
}

/// Id of the nucleus; whether it is cut; place, light and rise.
type WrittenLight = (u32, bool, [u64; 8]);

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenChannel {
    candidates: Vec<WrittenCandidate>,
    data_px: usize,
    /// Peaks, and those that were restored.
    clipped: [usize; 2],
    floor_px: Option<[usize; 2]>,
}

/// Id of the nucleus; floats in the order of the fields of [`Candidate`]; depth.
type WrittenCandidate = (u32, [u64; 9], Option<u64>);

impl Serialize for TileRecord {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { tile: Tile { core, seen }, found } = self;
        let found = found.as_ref().map(|found| WrittenFindings {
            nuclei: found.nuclei.iter().map(write_nucleus).collect(),
            channels: found.channels.each_ref().map(write_channel),
            saturated: found.saturated.map(f64::to_bits),
        });
        WrittenTile { core: write_part(*core), seen: write_part(*seen), found }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for TileRecord {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let WrittenTile { core, seen, found } = WrittenTile::deserialize(deserializer)?;
        let found = found.map(|found| TileFindings {
            nuclei: found.nuclei.into_iter().map(read_nucleus).collect(),
            channels: found.channels.map(read_channel),
            saturated: found.saturated.map(f64::from_bits),
        });
        Ok(Self { tile: Tile { core: read_part(core), seen: read_part(seen) }, found })
    }
}

fn write_part(Part { y0, x0, y1, x1 }: Part) -> WrittenPart {
    [y0, x0, y1, x1]
}

fn read_part([y0, x0, y1, x1]: WrittenPart) -> Part {
    Part { y0, x0, y1, x1 }
}

fn write_nucleus(of: &TileNucleus) -> WrittenNucleus {
    let TileNucleus { nucleus, runs, noise, saturated, light } = of;
    let BoundingBox { y0, x0, y1, x1 } = nucleus.bounding_box;
    let floats = [
        nucleus.centroid_y_px,
        nucleus.centroid_x_px,
        nucleus.solidity,
        nucleus.eccentricity,
        nucleus.mean_intensity,
        nucleus.score,
    ];
    WrittenNucleus {
        id: nucleus.id,
        bounds: [y0, x0, y1, x1],
        area_px: nucleus.area_px,
        floats: floats.map(f64::to_bits),
        touches_border: nucleus.touches_border,
        overlapping: nucleus.overlapping,
        source_id: nucleus.source_id,
        runs: runs.iter().map(|&Run { y, x0, x1 }| [y, x0, x1]).collect(),
        noise: noise.map(f64::to_bits),
        saturated: saturated.map(f64::to_bits),
        light: light.as_ref().map(write_light),
    }
}

fn read_nucleus(written: WrittenNucleus) -> TileNucleus {
    let [y0, x0, y1, x1] = written.bounds;
    let [centroid_y_px, centroid_x_px, solidity, eccentricity, mean_intensity, score] =
        written.floats.map(f64::from_bits);
    let nucleus = Nucleus {
        id: written.id,
        bounding_box: BoundingBox { y0, x0, y1, x1 },
        area_px: written.area_px,
        centroid_y_px,
        centroid_x_px,
        solidity,
        eccentricity,
        mean_intensity,
        touches_border: written.touches_border,
        score,
        overlapping: written.overlapping,
        source_id: written.source_id,
    };
    TileNucleus {
        nucleus,
        runs: written.runs.into_iter().map(|[y, x0, x1]| Run { y, x0, x1 }).collect(),
        noise: written.noise.map(f64::from_bits),
        saturated: written.saturated.map(f64::from_bits),
        light: written.light.map(read_light),
    }
}

fn write_light(of: &NucleusLight) -> WrittenLight {
    let NucleusLight { nucleus_id, place: [y, x], cut, light: [a, b, c], rise: [d, e, f] } = *of;
    (nucleus_id, cut, [y, x, a, b, c, d, e, f].map(f64::to_bits))
}

fn read_light((nucleus_id, cut, floats): WrittenLight) -> NucleusLight {
    let [y, x, a, b, c, d, e, f] = floats.map(f64::from_bits);
    NucleusLight { nucleus_id, place: [y, x], cut, light: [a, b, c], rise: [d, e, f] }
}

fn write_channel(of: &TileChannel) -> WrittenChannel {
    let TileChannel { candidates, data_px, clipped: ClippedPeaks { peaks, restored }, floor_px } = of;
    WrittenChannel {
        candidates: candidates.iter().map(write_candidate).collect(),
        data_px: *data_px,
        clipped: [*peaks, *restored],
        floor_px: *floor_px,
    }
}

fn read_channel(written: WrittenChannel) -> TileChannel {
    let WrittenChannel { candidates, data_px, clipped: [peaks, restored], floor_px } = written;
    TileChannel {
        candidates: candidates.into_iter().map(read_candidate).collect(),
        data_px,
        clipped: ClippedPeaks { peaks, restored },
        floor_px,
    }
}

fn write_candidate(of: &Candidate) -> WrittenCandidate {
    let floats = [
        of.y_px,
        of.x_px,
        of.amplitude,
        of.photon_sd,
        of.texture_sd,
        of.sigma_px,
        of.width_ratio,
        of.background,
        of.threshold,
    ];
    (of.nucleus_id, floats.map(f64::to_bits), of.z_px.map(f64::to_bits))
}

fn read_candidate((nucleus_id, floats, z_px): WrittenCandidate) -> Candidate {
    let [y_px, x_px, amplitude, photon_sd, texture_sd, sigma_px, width_ratio, background, threshold] =
        floats.map(f64::from_bits);
    Candidate {
        y_px,
        x_px,
        nucleus_id,
        amplitude,
        photon_sd,
        texture_sd,
        sigma_px,
        width_ratio,
        background,
        threshold,
        z_px: z_px.map(f64::from_bits),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Any float, by its bits.
    fn float() -> impl Strategy<Value = f64> {
        prop_oneof![
            any::<u64>().prop_map(f64::from_bits),
            Just(f64::NAN),
            Just(-f64::NAN),
            Just(f64::NEG_INFINITY),
            Just(-0.0)
        ]
    }

    fn candidate(floats: &[f64], id: u32, depth: bool) -> Candidate {
        let bits: Vec<u64> = floats.iter().map(|v| v.to_bits()).collect();
        read_candidate((id, bits[..9].try_into().unwrap(), depth.then(|| bits[9])))
    }

    fn record(floats: &[f64], id: u32, flag: bool) -> TileRecord {
        let part = |by: usize| Part { y0: by, x0: 2 * by, y1: 100 + by, x1: 200 + by };
        let bits = |n: usize| floats[n].to_bits();
        let nucleus = read_nucleus(WrittenNucleus {
            id,
            bounds: [1, 2, 30, 40],
            area_px: 77,
            floats: [0, 1, 2, 3, 4, 5].map(bits),
            touches_border: flag,
            overlapping: !flag,
            source_id: flag.then_some(id),
            runs: vec![[1, 2, 30], [4, 5, u32::MAX]],
            noise: [6, 7].map(bits),
            saturated: flag.then(|| bits(8)),
            light: flag.then(|| (id, !flag, [0, 1, 2, 3, 4, 5, 6, 7].map(bits))),
        });
        let channel = |n: usize| TileChannel {
            candidates: vec![candidate(floats, id, flag); n],
            data_px: 10 * n,
            clipped: ClippedPeaks { peaks: n, restored: 0 },
            floor_px: flag.then_some([n, 9]),
        };
        let found = TileFindings {
            nuclei: vec![nucleus],
            channels: [channel(1), channel(2)],
            saturated: [floats[0], floats[1], floats[2]],
        };
        TileRecord { tile: Tile { core: part(5), seen: part(1) }, found: Some(found) }
    }

    proptest! {
        #[test]
        fn a_record_that_is_read_has_every_bit(
            floats in prop::collection::vec(float(), 10),
            id in any::<u32>(),
            flag in any::<bool>(),
        ) {
            let record = record(&floats, id, flag);
            let text = serde_json::to_string(&record).unwrap();
            let read: TileRecord = serde_json::from_str(&text).unwrap();
            // Debug shows all fields. It does not show the sign of NaN, which the second writing does.
            prop_assert_eq!(format!("{record:?}"), format!("{read:?}"));
            prop_assert_eq!(serde_json::to_string(&read).unwrap(), text);
        }
    }
}
