//! Fields as a documentation system saves them: stretched to 8 bits, in one JPEG colour image.

use anyhow::{Context, Result};
use breakapart::{Field, Plane};
use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, ImageFormat};
use ndarray::Array2;

/// Share of the brightest samples that the stretch may clip.
const CLIPPED_SHARE: f64 = 0.0002;

/// Writes a field as red, green and blue = counterstain to a JPEG file in memory and reads it again.
pub(crate) fn through_jpeg(field: &Field, quality: u8) -> Result<Field> {
    let (height, width) = field.dim();
    let planes = [&field.red, &field.green, &field.counterstain].map(stretched);
    let mut samples = vec![0_u8; 3 * height * width];
    for (channel, plane) in planes.iter().enumerate() {
        for (sample, &value) in samples.iter_mut().skip(channel).step_by(3).zip(plane) {
            *sample = value;
        }
    }
    let mut file = Vec::new();
    JpegEncoder::new_with_quality(&mut file, quality).encode(
        &samples,
        u32::try_from(width)?,
        u32::try_from(height)?,
        ExtendedColorType::Rgb8,
    )?;
    let decoded = image::load_from_memory_with_format(&file, ImageFormat::Jpeg)?.into_rgb8().into_raw();
    let plane = |channel: usize| -> Result<Plane> {
        let samples: Vec<u8> = decoded.iter().skip(channel).step_by(3).copied().collect();
        Ok(Array2::from_shape_vec((height, width), samples).context("size of the decoded image")?.into())
    };
    let read = Field::new(field.name.as_str(), plane(2)?, plane(0)?, plane(1)?)?;
    Ok(match field.pixel_size {
        Some(size) => read.with_pixel_size(size),
        None => read,
    })
}

/// Samples from the darkest to the brightest but a few, as 0 to 255.
fn stretched(plane: &Plane) -> Vec<u8> {
    let (height, width) = plane.dim();
    let mut row = vec![0.0; width];
    let mut values = Vec::with_capacity(height * width);
    for y in 0..height {
        plane.view().read_row(y, 0, &mut row);
        values.extend_from_slice(&row);
    }
    let mut sorted = values.clone();
    sorted.sort_by(f32::total_cmp);
    let last = sorted.len().saturating_sub(1);
    let clipped = (CLIPPED_SHARE * sorted.len() as f64) as usize;
    let (Some(&low), Some(&high)) = (sorted.first(), sorted.get(last.saturating_sub(clipped))) else {
        return Vec::new();
    };
    let scale = 255.0 / (high - low).max(1.0);
    values.into_iter().map(|v| ((v - low) * scale).round().clamp(0.0, 255.0) as u8).collect()
}
