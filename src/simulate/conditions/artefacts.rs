//! Parameters of the light that is neither counterstain nor signal.

use serde::{Deserialize, Serialize};

use super::{Check, Granules, Speckle};

/// Background, haze, autofluorescence and non-specific probe. No source gives figures for these; the defaults
/// are those of a clean preparation, and the named conditions go up to poor preparations.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Artefacts {
    /// Even background of counterstain, red and green, photoelectrons per um2, 0 to 1e6 each.
    /// Default 6000 each: 60 photoelectrons in a pixel of 0.1 um.
    pub background_electrons_per_um2: [f64; 3],
    /// Light of nuclei in the red and green channels (unspecific probe, autofluorescence) as a share of their
    /// counterstain, 0 to 1. Default 0.02.
    pub nuclear_glow: f64,
    /// Out-of-focus light: share of each channel that is seen again, spread over some 4 um. 0 to 2.
    /// Default 0.1.
    pub haze: f64,
    /// Clumps of autofluorescent debris in 10 000 um2, bright in both probe channels, 0 to 200. Default 0.
    pub debris_per_10000_um2: f64,
    /// Light of a clump relative to a signal, 0.1 to 100; each clump draws from 0.3 to 2 times this.
    /// Default 12.
    pub debris_brightness: f64,
    /// Specks of non-specific probe in 1000 um2, of one colour, like weak signals. 0 to 100. Default 0.
    pub specks_per_1000_um2: f64,
    /// Light of the brightest speck relative to a signal, 0 to 2; each draws from a quarter of it upwards.
    /// Default 0.4.
    pub speck_brightness: f64,
    /// Share of the field under autofluorescent stroma (collagen, which shines in all channels, most in
    /// green), 0 to 1. Default 0.
    pub stroma_cover: f64,
    /// Mean light of stroma in the green channel where it is, photoelectrons per um2, 0 to 1e6.
    /// Default 15 000.
    pub stroma_electrons_per_um2: f64,
    /// Point sources of one colour, everywhere. Default none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speckle: Option<Speckle>,
    /// Autofluorescent granules. Default none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub granules: Option<Granules>,
}

impl Default for Artefacts {
    fn default() -> Self {
        Self {
            background_electrons_per_um2: [6000.0; 3],
            nuclear_glow: 0.02,
            haze: 0.1,
            debris_per_10000_um2: 0.0,
            debris_brightness: 12.0,
            specks_per_1000_um2: 0.0,
            speck_brightness: 0.4,
            stroma_cover: 0.0,
            stroma_electrons_per_um2: 15_000.0,
            speckle: None,
            granules: None,
        }
    }
}

impl Artefacts {
    pub(super) fn checks(&self) -> Vec<Check> {
        let [counterstain, red, green] = self.background_electrons_per_um2;
        let mut checks = vec![
            ("background_electrons_per_um2[counterstain]", counterstain, 0.0..=1e6),
            ("background_electrons_per_um2[red]", red, 0.0..=1e6),
            ("background_electrons_per_um2[green]", green, 0.0..=1e6),
            ("nuclear_glow", self.nuclear_glow, 0.0..=1.0),
            ("haze", self.haze, 0.0..=2.0),
            ("debris_per_10000_um2", self.debris_per_10000_um2, 0.0..=200.0),
            ("debris_brightness", self.debris_brightness, 0.1..=100.0),
            ("specks_per_1000_um2", self.specks_per_1000_um2, 0.0..=100.0),
            ("speck_brightness", self.speck_brightness, 0.0..=2.0),
            ("stroma_cover", self.stroma_cover, 0.0..=1.0),
            ("stroma_electrons_per_um2", self.stroma_electrons_per_um2, 0.0..=1e6),
        ];
        checks.extend(self.speckle.iter().flat_map(Speckle::checks));
        checks.extend(self.granules.iter().flat_map(Granules::checks));
        checks
    }
}
