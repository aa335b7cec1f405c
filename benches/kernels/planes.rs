//! Fields as files that every program reads.

use std::fs::File;
use std::path::Path;

use breakapart::{Field, Plane};
use tiff::encoder::colortype::Gray16;
use tiff::encoder::{Compression, TiffEncoder};

/// The three channels as pages.
pub(crate) fn write_planes(path: &Path, field: &Field, compression: Compression) -> anyhow::Result<()> {
    let mut encoder = TiffEncoder::new(File::create(path)?)?.with_compression(compression);
    for plane in [&field.counterstain, &field.red, &field.green] {
        let Plane::U16(samples) = plane else { anyhow::bail!("simulated fields have 16 bits") };
        let (height, width) = samples.dim();
        let samples: Vec<u16> = samples.iter().copied().collect();
        encoder.write_image::<Gray16>(width as u32, height as u32, &samples)?;
    }
    Ok(())
}
