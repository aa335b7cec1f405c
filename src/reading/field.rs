//! The reading of one field.

use serde::{Deserialize, Serialize};

use crate::classify::NucleusCall;
use crate::colour::{PerChannel, PerColour};
use crate::detect::Signal;
use crate::label_image::LabelImage;
use crate::pair::Pairing;
use crate::reading::depth::{FieldDepth, NucleusDepth};
use crate::resolve::RejectedCandidate;
#[cfg(feature = "run")]
use crate::segment::BoundingBox;
use crate::segment::Nucleus;
#[cfg(feature = "run")]
use crate::slide::Part;
use crate::units::PixelSize;

/// Measured quality of one field.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FieldQuality {
    /// Median nucleus diameter, px.
    pub nucleus_diameter_px: Option<f64>,
    /// Share of the field covered by nuclei, 0 to 1.
    pub nucleus_coverage: f64,
    /// Measured signal diameter (full width at half maximum), px; `None` = too few signals.
    pub signal_diameter_px: PerColour<Option<f64>>,
    /// Median signal-to-noise ratio of the signals in nuclei.
    pub signal_snr: PerColour<Option<f64>>,
    /// Median height of the signals in nuclei above their background, grey levels.
    pub signal_amplitude: PerColour<Option<f64>>,
    /// Share of the samples at the saturation level, 0 to 1.
    pub saturated: PerChannel<f64>,
}

/// One nucleus: its outline's measurements, its loci and its call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NucleusReading {
    /// The segmented nucleus.
    pub nucleus: Nucleus,
    /// Its loci; indices are into the signals of the field.
    pub pairing: Pairing,
    /// Its call.
    pub call: NucleusCall,
    /// Whether signals of each colour may be too weak to be seen in it.
    pub weak: PerColour<bool>,
    /// Its depth; `None` if the field is a single plane.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub depth: Option<NucleusDepth>,
}

/// The reading of one field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FieldReading {
    /// The field's name.
    pub name: String,
    /// Rows.
    pub height_px: usize,
    /// Columns.
    pub width_px: usize,
    /// Size of a pixel, if known.
    pub pixel_size: Option<PixelSize>,
    /// Nuclei by id: `nuclei[i].nucleus.id == i + 1`.
    pub nuclei: Vec<NucleusReading>,
    /// Signals of both colours, inside and outside nuclei.
    pub signals: Vec<Signal>,
    /// Candidates in nuclei that are no signals, red before green, each with the reason.
    pub rejected: Vec<RejectedCandidate>,
    /// Quality figures.
    pub quality: FieldQuality,
    /// Its depth; `None` if it is a single plane.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub depth: Option<FieldDepth>,
    /// Label image: 0 = background, otherwise a nucleus id. Empty in a reading that was loaded from a file.
    #[serde(skip)]
    pub labels: LabelImage,
}

/// A nucleus and its field, for flat tables.
#[derive(Debug, Clone, Copy, PartialEq)]
#[allow(clippy::exhaustive_structs)]
pub struct NucleusRow<'a> {
    /// Name of the field.
    pub field: &'a str,
    /// The nucleus.
    pub nucleus: &'a NucleusReading,
}

impl FieldReading {
    /// The calls of the nuclei by id.
    pub fn calls(&self) -> impl Iterator<Item = &NucleusCall> {
        self.nuclei.iter().map(|nucleus| &nucleus.call)
    }

    /// The pairings of the nuclei by id.
    pub fn pairings(&self) -> impl Iterator<Item = &Pairing> {
        self.nuclei.iter().map(|nucleus| &nucleus.pairing)
    }

    /// The outline of a nucleus: the centres of its outermost pixels (row, column), px, clockwise from the first pixel in
    /// reading order. Empty if there is no such nucleus, or if the reading was loaded without label images.
    ///
    /// ```
    /// # #[cfg(feature = "simulate")]
    /// # fn main() -> breakapart::Result<()> {
    /// use breakapart::simulate::{Conditions, simulate_field};
    /// use breakapart::{Analyser, Assay};
    /// let field = simulate_field(&Conditions::named("easy_positive")?, 1, 0)?.field;
    /// let reading = Analyser::new(Assay::builtin("alk")?)?.analyse(&field)?;
    /// assert!(reading.fields[0].outline(1).len() > 20);
    /// assert!(reading.fields[0].outline(0).is_empty());
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "simulate"))]
    /// # fn main() {}
    /// ```
    #[must_use]
    pub fn outline(&self, nucleus_id: u32) -> Vec<[usize; 2]> {
        let nucleus = (nucleus_id as usize).checked_sub(1).and_then(|i| self.nuclei.get(i));
        let Some(bounds) = nucleus.map(|n| n.nucleus.bounding_box) else { return Vec::new() };
        self.labels.outline_of(nucleus_id, bounds.y0..bounds.y1)
    }

    /// The reading of a part of the field, with places from the corner of the part: the nuclei that the part meets, and all
    /// signals.
    #[cfg(feature = "run")]
    pub(crate) fn part(&self, part: Part) -> Self {
        let meets = |n: &&NucleusReading| {
            let BoundingBox { y0, x0, y1, x1 } = n.nucleus.bounding_box;
            Part { y0, x0, y1, x1 }.common(&part).pixels() > 0
        };
        let (dy, dx) = (part.y0 as f64, part.x0 as f64);
        let mut out = Self {
            name: self.name.clone(),
            height_px: part.dim().0,
            width_px: part.dim().1,
            nuclei: self.nuclei.iter().filter(meets).cloned().collect(),
            signals: self.signals.clone(),
            rejected: Vec::new(),
            labels: self.labels.part(part),
            pixel_size: self.pixel_size,
            quality: self.quality.clone(),
            depth: self.depth,
        };
        for NucleusReading { nucleus, .. } in &mut out.nuclei {
            let b = &mut nucleus.bounding_box;
            (b.y0, b.y1) = (b.y0.saturating_sub(part.y0), b.y1.min(part.y1) - part.y0);
            (b.x0, b.x1) = (b.x0.saturating_sub(part.x0), b.x1.min(part.x1) - part.x0);
            nucleus.centroid_y_px -= dy;
            nucleus.centroid_x_px -= dx;
        }
        for signal in &mut out.signals {
            signal.y_px -= dy;
            signal.x_px -= dx;
        }
        out
    }

    /// One row a nucleus, by id.
    pub fn rows(&self) -> impl Iterator<Item = NucleusRow<'_>> {
        self.nuclei.iter().map(|nucleus| NucleusRow { field: &self.name, nucleus })
    }
}
