//! OME-TIFF output.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::Path;

use ndarray::Array2;
use tiff::encoder::colortype::{ColorType, Gray8, Gray16};
use tiff::encoder::{Compression, DeflateLevel, TiffEncoder, TiffValue};
use tiff::tags::Tag;

use super::specimen::SimulatedField;
use crate::atomic::write_atomically;
use crate::error::{Error, Result};
use crate::field::Plane;
use crate::io::{DescribedChannel, OmeDescription};

/// Channels: name and wavelength of emission (nm), of DAPI and the Vysis fluorophores.
const CHANNELS: [(&str, u32); 3] = [("DAPI", 461), ("SpectrumOrange", 588), ("SpectrumGreen", 524)];

/// Name of the simulator in the files it writes.
pub(super) const CREATOR: &str = "breakapart simulate";

type Encoder<'a> = TiffEncoder<&'a mut BufWriter<File>>;

/// Writes a simulated field as OME-TIFF: channels DAPI, `SpectrumOrange` and `SpectrumGreen`, plane after
/// plane of a stack, deflated. Noise does not repeat itself from pixel to pixel, so no predictor is used: it
/// would make the files larger.
///
/// # Errors
/// [`Error::Io`] if the file cannot be written. A file of this name is replaced only when the new one is
/// complete.
pub fn write_ome_tiff(path: impl AsRef<Path>, field: &SimulatedField) -> Result<()> {
    let path = path.as_ref();
    let mut description = Some(description(field).xml());
    write_atomically(path, |part| {
        let mut writer = BufWriter::new(File::create(part).map_err(|e| Error::io(path, e))?);
        let mut encoder = encoder(path, &mut writer)?;
        for planes in field.planes() {
            for plane in planes {
                match plane {
                    Plane::U8(a) => write_page::<Gray8>(path, &mut encoder, a, description.take()),
                    Plane::U16(a) => write_page::<Gray16>(path, &mut encoder, a, description.take()),
                    Plane::F32(_) => Err(failure(path, "float planes are not written")),
                }?;
            }
        }
        writer.flush().map_err(|e| Error::io(path, e))
    })
}

fn encoder<'a>(path: &Path, writer: &'a mut BufWriter<File>) -> Result<Encoder<'a>> {
    let encoder = TiffEncoder::new(writer).map_err(|e| failure(path, e))?;
    Ok(encoder.with_compression(Compression::Deflate(DeflateLevel::Best)))
}

fn failure(path: &Path, problem: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::io(path, io::Error::other(problem))
}

fn write_page<C: ColorType>(
    path: &Path,
    encoder: &mut Encoder<'_>,
    plane: &Array2<C::Inner>,
    description: Option<String>,
) -> Result<()>
where
    C::Inner: Clone,
    [C::Inner]: TiffValue,
{
    let (height, width) = plane.dim();
    let mut image = encoder.new_image::<C>(width as u32, height as u32).map_err(|e| failure(path, e))?;
    if let Some(description) = description {
        image
            .encoder()
            .write_tag(Tag::ImageDescription, description.as_str())
            .map_err(|e| failure(path, e))?;
    }
    let samples = plane.as_standard_layout();
    let samples = samples.as_slice().ok_or_else(|| failure(path, "plane is not contiguous"))?;
    image.write_data(samples).map_err(|e| failure(path, e))
}

/// The channels of simulated files.
pub(super) fn channels() -> Vec<DescribedChannel> {
    let channel =
        |(name, wavelength)| DescribedChannel { name: Some(name), emission_nm: Some(wavelength), samples: 1 };
    CHANNELS.into_iter().map(channel).collect()
}

fn description(field: &SimulatedField) -> OmeDescription {
    OmeDescription {
        name: field.name.clone(),
        creator: CREATOR,
        dim: field.field.dim(),
        sample_type: if matches!(field.field.counterstain, Plane::U8(_)) { "uint8" } else { "uint16" },
        significant_bits: field.bits,
        channels: channels(),
        slices: field.planes().count(),
        slice_step_um: field.plane_step_um,
        pixel_size: field.field.pixel_size,
    }
}
