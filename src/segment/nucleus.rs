//! The result of segmentation: a label image and one record per nucleus.

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::note::SegmentNote;

/// Half-open pixel rectangle: rows `y0..y1`, columns `x0..x1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoundingBox {
    /// First row.
    pub y0: usize,
    /// First column.
    pub x0: usize,
    /// One past the last row.
    pub y1: usize,
    /// One past the last column.
    pub x1: usize,
}

/// One nucleus of the counterstain.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Nucleus {
    /// Value of its pixels in the label image; 1 is the first.
    pub id: u32,
    /// Smallest rectangle that holds all its pixels.
    pub bounding_box: BoundingBox,
    /// Number of pixels.
    pub area_px: usize,
    /// Row of the centroid, px.
    pub centroid_y_px: f64,
    /// Column of the centroid, px.
    pub centroid_x_px: f64,
    /// Area over the area of the convex hull of its pixels, 0 to 1.
    pub solidity: f64,
    /// Eccentricity of the ellipse with the same second moments: 0 for a circle, towards 1 for a line.
    pub eccentricity: f64,
    /// Mean counterstain over its pixels, in the image's own grey levels.
    pub mean_intensity: f64,
    /// Whether the edge of the image cuts it, so that part of it is not seen. A nucleus that reaches the edge by no more
    /// than the error of its outline (1 px) is not cut. Of a field that is analysed, the edges of parts without picture (the
    /// corners of a turned picture, gaps between tiles) cut nuclei as well.
    pub touches_border: bool,
    /// How nucleus-like its outline and contrast are, 0 to 1 (the expected overlap with a true nucleus).
    pub score: f64,
    /// Whether it lies over or under another nucleus, so that the outline between them is uncertain.
    pub overlapping: bool,
    /// Its id in the label image of the program that found it; `None` if this crate found it. See
    /// [`Segmentation::from_labels`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_id: Option<u32>,
}

/// Nuclei of one field.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Segmentation {
    /// 0 = background, otherwise the id of a nucleus; same size as the field.
    pub labels: Array2<u32>,
    /// Nuclei by id: `nuclei[i].id == i + 1`, in reading order of their first pixel.
    pub nuclei: Vec<Nucleus>,
    /// Typical nucleus diameter in this image, px; `None` if there is no nucleus.
    pub diameter_px: Option<f64>,
    /// Facts that the user of the nuclei should know.
    pub notes: Vec<SegmentNote>,
}

impl Segmentation {
    /// The nucleus at a sub-pixel position, 0 if none. Positions outside the image give 0.
    #[must_use]
    pub fn nucleus_at(&self, y_px: f64, x_px: f64) -> u32 {
        let (height, width) = self.labels.dim();
        let (y, x) = (y_px.round(), x_px.round());
        if y < 0.0 || x < 0.0 || y >= height as f64 || x >= width as f64 {
            return 0;
        }
        self.labels[(y as usize, x as usize)]
    }
}
