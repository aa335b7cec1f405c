//! The measured tiles of a share of a slide, and whether shares belong together.

use std::fmt::{self, Debug, Write as _};

use serde::{Deserialize, Serialize};

use crate::analyse::AnalyseParams;
use crate::analyse::slide::grid::Tile;
use crate::analyse::slide::record::TileRecord;
use crate::analyse::slide::share::SlideShare;
use crate::analyse::slide::survey::Survey;
use crate::error::{Error, Location, Result};
use crate::slide::SlideFacts;

/// The measured tiles of one share of a slide: nuclei and signal candidates, without pixels. It can be written in any format
/// of `serde`; its floats are written as their bits.
///
/// [`Analyser::measure_slide_share`](crate::Analyser::measure_slide_share) has an example.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlideTiles {
    share: SlideShare,
    basis: Basis,
    tiles: Vec<TileRecord>,
}

/// All that shares of one measurement have in common.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Basis {
    crate_version: String,
    size_px: [usize; 2],
    /// Size of a pixel and level at which the camera saturates, as bits.
    pixel_size: Option<u64>,
    saturation_level: Option<u32>,
    grid_offset_px: [usize; 2],
    params: AnalyseParams,
    /// Fingerprint of the survey.
    survey: u64,
}

impl Basis {
    pub(super) fn of(
        facts: &SlideFacts,
        params: &AnalyseParams,
        grid_offset_px: [usize; 2],
        survey: &Survey,
    ) -> Self {
        Self {
            crate_version: env!("CARGO_PKG_VERSION").to_owned(),
            size_px: [facts.height_px, facts.width_px],
            pixel_size: facts.pixel_size.map(|size| size.um().to_bits()),
            saturation_level: facts.saturation_level.map(f32::to_bits),
            grid_offset_px,
            params: params.without_sex(),
            survey: fingerprint(survey),
        }
    }

    /// Where it differs from that of the slide; `None` if it does not.
    fn difference(&self, slide: &Self) -> Option<String> {
        let Self { crate_version, size_px: [height, width], .. } = self;
        let reason = if *crate_version != slide.crate_version {
            format!("it was measured by version {crate_version}, this is version {}", slide.crate_version)
        } else if self.size_px != slide.size_px {
            let [h, w] = slide.size_px;
            format!("it is of a slide of {height} x {width} px, this one has {h} x {w} px")
        } else if (self.pixel_size, self.saturation_level) != (slide.pixel_size, slide.saturation_level) {
            "its pixel size or saturation level is another one".to_owned()
        } else if self.grid_offset_px != slide.grid_offset_px {
            "its grid of tiles is another one".to_owned()
        } else if self.params != slide.params {
            "it was measured with other parameters".to_owned()
        } else if self.survey != slide.survey {
            "its survey of the slide is another one: the pixels differ".to_owned()
        } else {
            return None;
        };
        Some(reason)
    }
}

impl SlideTiles {
    pub(super) fn new(share: SlideShare, basis: Basis, tiles: Vec<TileRecord>) -> Self {
        Self { share, basis, tiles }
    }

    /// The share that it is.
    #[must_use]
    pub fn share(&self) -> SlideShare {
        self.share
    }

    /// Number of its tiles.
    #[must_use]
    pub fn tile_count(&self) -> usize {
        self.tiles.len()
    }

    /// Pixels of its tiles, without the margins that they share with others.
    #[must_use]
    pub fn pixels(&self) -> u64 {
        self.tiles.iter().map(|record| record.tile.core.pixels()).sum()
    }
}

/// The remedy for a share that does not belong to its slide.
const AGAIN: &str = "measure this share again, from the same file with the same settings";

/// The tiles of a slide from its shares: each tile of the grid once.
///
/// # Errors
/// [`Error::Undecided`] that names the share and the reason if one does not belong to the slide, is missing or comes twice.
pub(super) fn gathered(
    name: &str,
    shares: Vec<SlideTiles>,
    basis: &Basis,
    grid: &[Tile],
) -> Result<Vec<TileRecord>> {
    let refused = |found: String, remedy: &str| Error::Undecided {
        location: Location::file(name),
        question: "the measured tiles are not those of this slide".to_owned(),
        found,
        remedy: remedy.to_owned(),
    };
    let there: Vec<SlideShare> = shares.iter().map(|tiles| tiles.share).collect();
    let Some(first) = there.first() else {
        return Err(refused("no share".to_owned(), "measure all shares"));
    };
    if let Some(other) = there.iter().find(|share| share.of() != first.of()) {
        let found = format!("shares {first} and {other} of two splits");
        return Err(refused(found, "name the shares of one split"));
    }
    if let Some((_, share)) = there.iter().enumerate().find(|(i, share)| there[..*i].contains(share)) {
        return Err(refused(format!("share {share} twice"), "name each share once"));
    }
    let missing = first.missing(&there);
    if !missing.is_empty() {
        let missing = missing.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        return Err(refused(format!("no share {missing}"), "measure what is missing"));
    }
    let mut tiles = Vec::with_capacity(grid.len());
    for share in shares {
        if let Some(reason) = share.basis.difference(basis) {
            return Err(refused(format!("share {}: {reason}", share.share), AGAIN));
        }
        let own = &grid[share.share.places(grid.len())];
        let are_own = share.tiles.len() == own.len()
            && share.tiles.iter().zip(own).all(|(record, tile)| record.tile == *tile && record.is_sound());
        if !are_own {
            return Err(refused(
                format!("share {}: its tiles are not those of the grid", share.share),
                AGAIN,
            ));
        }
        tiles.extend(share.tiles);
    }
    Ok(tiles)
}

/// FNV-1a over all figures of a survey as text, which shows each float exactly.
fn fingerprint(survey: &Survey) -> u64 {
    let Survey { sample, plan } = survey;
    let mut hash = Fnv(0xcbf2_9ce4_8422_2325);
    let (nuclei, channels) = (&sample.segmentation.nuclei, &sample.channels);
    let figures: [&dyn Debug; 5] = [plan, nuclei, channels, &sample.noise_correlation, &sample.bytes_swapped];
    // The writer takes any text.
    let _ = write!(hash, "{figures:?}");
    hash.0
}

struct Fnv(u64);

impl fmt::Write for Fnv {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        Ok(())
    }
}
