//! Parameters of the loci and their signals.

use serde::{Deserialize, Serialize};

use super::{Check, HeavyTail, Polymer, Sisters};
use crate::colour::Colour;

/// Appearance of a rearranged locus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pattern {
    /// Red and green apart.
    Split,
    /// Green lost. With the ALK probe (red = 3') this is a rearrangement.
    IsolatedRed,
    /// Red lost. With the ALK probe (green = 5') this is no rearrangement.
    IsolatedGreen,
    /// Each rearranged nucleus is split (two in three) or isolated red (one in three).
    Mixed,
}

/// How the brightness of signals varies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AmplitudeDistribution {
    /// Lognormal: `signal_electrons` is the median, `signal_spread` the standard deviation of the logarithm.
    LogNormal,
    /// Gamma: `signal_electrons` is the mean, `signal_spread` the coefficient of variation. Has more weak
    /// signals than the lognormal.
    Gamma,
}

/// The loci: how many, in what state, how bright.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Probes {
    /// Loci in a nucleus, 1 to 4; 1 for an X-linked gene in a man (TFE3). Default 2.
    pub copies: usize,
    /// Share of nuclei with one or two more intact loci, 0 to 1. Default 0.05.
    pub gain_share: f64,
    /// Share of the (not small) nuclei that carry the rearrangement, 0 to 1. Default 0.
    pub rearranged_share: f64,
    /// Share of rearranged nuclei in which two loci are rearranged, 0 to 1. Default 0.
    pub biallelic_share: f64,
    /// Appearance of a rearranged locus. Default [`Pattern::Split`].
    pub pattern: Pattern,
    /// Standard deviation along each axis of the gap between red and green of an intact locus, um, 0 to 0.4.
    /// The gap measured in normal nuclei, 0.33 +- 0.24 um (automated ALK distance cytometry, Cytometry A 2018,
    /// 93:653, at an assumed 0.1 um a pixel), includes the error of the measurement. Default 0.16, which
    /// projects to 0.2 +- 0.1 um.
    pub fused_gap_sd_um: f64,
    /// Largest gap of an intact locus in projection, um, 0.1 to 2: wider gaps are drawn again. Default 0.8,
    /// within two signal diameters.
    pub fused_gap_max_um: f64,
    /// Smallest projected distance of a split pair, um, 0.2 to 8. Two signal diameters (the scoring rule) are
    /// about 0.8 to 1.6 um. Default 1.4.
    pub split_min_um: f64,
    /// Largest projected distance of a split pair, um, not below the smallest, up to 8. Default 3.2.
    pub split_max_um: f64,
    /// Chance that an intact locus is pulled apart as far as a split one, 0 to 0.5: the false positives of
    /// normal nuclei. Default 0.01.
    pub normal_split_share: f64,
    /// Smallest projected distance between loci of one nucleus, um, 0 to 4: no reader could separate nearer
    /// ones. 0 leaves it to chance. Default 1.8.
    pub locus_spacing_um: f64,
    /// Photoelectrons of a typical signal (all its light), 10 to 1e7. Default 10 000: a peak of 460
    /// photoelectrons in pixels of 0.1 um.
    pub signal_electrons: f64,
    /// Light of a typical green signal over the light of a red one, 0.01 to 10: dyes differ, and green is the weaker one as a
    /// rule. Default 1.
    pub green_share: f64,
    /// Spread of the light of signals, 0 to 1.5; see [`AmplitudeDistribution`]. Default 0.3.
    pub signal_spread: f64,
    /// How the light of signals is distributed. Default lognormal.
    pub amplitude_distribution: AmplitudeDistribution,
    /// Standard deviation of the probe target itself, um, 0 to 1: 250 to 300 kb of chromatin. With the point
    /// spread function it gives signals of 0.4 to 0.8 um full width at half maximum (63x to 100x; background
    /// knowledge, verify). Default 0.15.
    pub extent_sigma_um: f64,
    /// Share of signals that are doublets of sister chromatids, 0 to 1. Default 0.08.
    pub doublet_share: f64,
    /// Largest distance within a doublet, um, 0 to 1; the smallest is half of it. Default 0.5, about one
    /// signal diameter.
    pub doublet_max_um: f64,
    /// Chance that a red, a green signal fails to hybridise, 0 to 0.9 each. Default 0, 0.
    pub dropout: [f64; 2],
    /// Signals as chains of emitters. Default none: round spots.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub polymer: Option<Polymer>,
    /// Light with a heavy tail. Default none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heavy_tail: Option<HeavyTail>,
    /// Loci doubled by replication. Default none. They come on top of the doublets of `doublet_share`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sisters: Option<Sisters>,
}

impl Default for Probes {
    fn default() -> Self {
        Self {
            copies: 2,
            gain_share: 0.05,
            rearranged_share: 0.0,
            biallelic_share: 0.0,
            pattern: Pattern::Split,
            fused_gap_sd_um: 0.16,
            fused_gap_max_um: 0.8,
            split_min_um: 1.4,
            split_max_um: 3.2,
            normal_split_share: 0.01,
            locus_spacing_um: 1.8,
            signal_electrons: 10_000.0,
            green_share: 1.0,
            signal_spread: 0.3,
            amplitude_distribution: AmplitudeDistribution::LogNormal,
            extent_sigma_um: 0.15,
            doublet_share: 0.08,
            doublet_max_um: 0.5,
            dropout: [0.0, 0.0],
            polymer: None,
            heavy_tail: None,
            sisters: None,
        }
    }
}

impl Probes {
    pub(super) fn checks(&self) -> Vec<Check> {
        let mut checks = vec![
            ("copies", self.copies as f64, 1.0..=4.0),
            ("gain_share", self.gain_share, 0.0..=1.0),
            ("rearranged_share", self.rearranged_share, 0.0..=1.0),
            ("biallelic_share", self.biallelic_share, 0.0..=1.0),
            ("fused_gap_sd_um", self.fused_gap_sd_um, 0.0..=0.4),
            ("fused_gap_max_um", self.fused_gap_max_um, 0.1..=2.0),
            ("split_min_um", self.split_min_um, 0.2..=8.0),
            ("split_max_um", self.split_max_um, 0.2..=8.0),
            ("normal_split_share", self.normal_split_share, 0.0..=0.5),
            ("locus_spacing_um", self.locus_spacing_um, 0.0..=4.0),
            ("signal_electrons", self.signal_electrons, 10.0..=1e7),
            ("green_share", self.green_share, 0.01..=10.0),
            ("signal_spread", self.signal_spread, 0.0..=1.5),
            ("extent_sigma_um", self.extent_sigma_um, 0.0..=1.0),
            ("doublet_share", self.doublet_share, 0.0..=1.0),
            ("doublet_max_um", self.doublet_max_um, 0.0..=1.0),
            ("dropout[red]", self.dropout[0], 0.0..=0.9),
            ("dropout[green]", self.dropout[1], 0.0..=0.9),
        ];
        checks.extend(self.polymer.iter().flat_map(Polymer::checks));
        checks.extend(self.heavy_tail.iter().flat_map(HeavyTail::checks));
        checks.extend(self.sisters.iter().flat_map(Sisters::checks));
        checks
    }

    /// Photoelectrons of a typical signal of a colour.
    pub(crate) fn typical_electrons(&self, colour: Colour) -> f64 {
        let share = if colour == Colour::Green { self.green_share } else { 1.0 };
        share * self.signal_electrons
    }
}
