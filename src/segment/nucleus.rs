//! What segmentation hands on: a label image and one record per nucleus.

use ndarray::Array2;
use serde::{Deserialize, Serialize};

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
    /// Whether the edge of the image cuts it: part of it is not seen. A nucleus that only meets the edge by as much
    /// as its outline is uncertain, 1 px, is not cut.
    pub touches_border: bool,
    /// How nucleus-like its outline and contrast are, 0 to 1 (the expected overlap with a true nucleus).
    pub score: f64,
    /// Whether the segmentation found it to lie over or under another nucleus that it could not part cleanly.
    pub overlapping: bool,
}

/// Nuclei of one field.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Segmentation {
    /// 0 = background, otherwise the id of a nucleus; same size as the field.
    pub labels: Array2<u32>,
    /// Nuclei by id: `nuclei[i].id == i + 1`, in reading order of their first pixel.
    pub nuclei: Vec<Nucleus>,
    /// Typical nucleus diameter estimated from this image, px; `None` if nothing was found.
    pub diameter_px: Option<f64>,
    /// Anything the reader of the result must know (no contrast, scale not plausible, ...).
    pub warnings: Vec<String>,
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
