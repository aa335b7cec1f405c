//! Parameters of the nuclei.

use serde::{Deserialize, Serialize};

use super::Check;

/// The nuclei: how many, how large, how arranged, how stained.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Nuclei {
    /// Nuclei in 10 000 um2, 0 to 400. As many as find room are placed. Default 55 (a cytospin).
    pub per_10000_um2: f64,
    /// Mean diameter, um, 3 to 20. Tumour nuclei measure 8 to 15 um (background knowledge, verify).
    /// Default 8.8.
    pub diameter_um: f64,
    /// Standard deviation of the diameter, um, 0 to 4. Default 0.9.
    pub diameter_sd_um: f64,
    /// Largest ratio of long to short axis; each nucleus draws its own from 1 to this. 1 to 3. Default 1.4.
    pub elongation: f64,
    /// Root mean square of the outline's departure from an ellipse, as a share of the radius. 0 to 0.15.
    /// Default 0.03.
    pub roughness: f64,
    /// Height of a nucleus as a share of its width, 0.2 to 1.2: nuclei spread on a slide are flat (0.45),
    /// those in fixed tissue round (0.85). Default 0.45.
    pub flatness: f64,
    /// Share of nuclei put against another one, 0 to 1. Default 0.
    pub clustered_share: f64,
    /// Largest overlap of two nuclei in projection, as a share of the sum of their radii, 0 to 0.6.
    /// Default 0.
    pub overlap: f64,
    /// Smallest gap between nuclei that are not clustered, um, 0 to 20. Default 0.8.
    pub gap_um: f64,
    /// Share of small nuclei (lymphocytes, stroma), 0 to 1. They are never rearranged. Default 0.
    pub small_share: f64,
    /// Mean diameter of small nuclei, um, 3 to 20. Lymphocytes measure 6 to 8 um (background knowledge,
    /// verify). Default 6.5.
    pub small_diameter_um: f64,
    /// Brightness of small nuclei relative to the others, 0.2 to 5: condensed chromatin stains densely.
    /// Default 1.35.
    pub small_brightness: f64,
    /// Counterstain, photoelectrons per um3 of nucleus, 100 to 1e6. With nuclei 4 um high and pixels of
    /// 0.1 um the default of 12 000 gives 480 photoelectrons a pixel, well within a 30 000 e full well.
    pub counterstain_electrons_per_um3: f64,
    /// Coefficient of variation of the counterstain between nuclei, 0 to 0.8. Default 0.22.
    pub counterstain_cv: f64,
    /// Relative standard deviation of the chromatin within a nucleus, 0 to 0.8. Default 0.14.
    pub texture: f64,
    /// Mean number of nucleoli, which take up little counterstain, 0 to 6. Default 1.5.
    pub nucleoli: f64,
}

impl Default for Nuclei {
    fn default() -> Self {
        Self {
            per_10000_um2: 55.0,
            diameter_um: 8.8,
            diameter_sd_um: 0.9,
            elongation: 1.4,
            roughness: 0.03,
            flatness: 0.45,
            clustered_share: 0.0,
            overlap: 0.0,
            gap_um: 0.8,
            small_share: 0.0,
            small_diameter_um: 6.5,
            small_brightness: 1.35,
            counterstain_electrons_per_um3: 12_000.0,
            counterstain_cv: 0.22,
            texture: 0.14,
            nucleoli: 1.5,
        }
    }
}

impl Nuclei {
    pub(super) fn checks(&self) -> Vec<Check> {
        vec![
            ("per_10000_um2", self.per_10000_um2, 0.0..=400.0),
            ("diameter_um", self.diameter_um, 3.0..=20.0),
            ("diameter_sd_um", self.diameter_sd_um, 0.0..=4.0),
            ("elongation", self.elongation, 1.0..=3.0),
            ("roughness", self.roughness, 0.0..=0.15),
            ("flatness", self.flatness, 0.2..=1.2),
            ("clustered_share", self.clustered_share, 0.0..=1.0),
            ("overlap", self.overlap, 0.0..=0.6),
            ("gap_um", self.gap_um, 0.0..=20.0),
            ("small_share", self.small_share, 0.0..=1.0),
            ("small_diameter_um", self.small_diameter_um, 3.0..=20.0),
            ("small_brightness", self.small_brightness, 0.2..=5.0),
            ("counterstain_electrons_per_um3", self.counterstain_electrons_per_um3, 100.0..=1e6),
            ("counterstain_cv", self.counterstain_cv, 0.0..=0.8),
            ("texture", self.texture, 0.0..=0.8),
            ("nucleoli", self.nucleoli, 0.0..=6.0),
        ]
    }
}
