//! Strips and tiles compressed with JPEG 2000 (ISO/IEC 15444-1), as codestreams by themselves.

use hayro_jpeg2000::{DecodeSettings, DecoderContext, Image};

use super::jpeg::Size;

/// The markers at the start of a codestream: its beginning and the size of the image.
const START: [u8; 4] = [0xff, 0x4f, 0xff, 0x51];
/// Where the number of components stands.
const COMPONENTS_AT: usize = 40;

/// How the samples of strips and tiles are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Jpeg2000 {
    /// Whether samples have 16 bits, else 8.
    pub(super) is_wide: bool,
    /// The order of bytes of the file.
    pub(super) little_endian: bool,
}

impl Jpeg2000 {
    /// The samples of a strip or tile, interleaved, in the byte order of the file, or the fault in it.
    pub(super) fn decompress(self, stored: &[u8], size: Size) -> Result<Vec<u8>, String> {
        let (width, height, samples) = size;
        let components = match stored.get(COMPONENTS_AT..COMPONENTS_AT + 2) {
            Some(&[high, low]) if stored.starts_with(&START) => usize::from(u16::from_be_bytes([high, low])),
            _ => return Err("the JPEG 2000 data are no codestream".to_owned()),
        };
        let damaged = |e: &dyn std::fmt::Display| format!("the JPEG 2000 data are damaged: {e}");
        let settings =
            DecodeSettings { resolve_palette_indices: false, strict: true, target_resolution: None };
        let image = Image::new(stored, &settings).map_err(|e| damaged(&e))?;
        let found = (image.width() as usize, image.height() as usize, components);
        if found != size {
            return Err(format!("JPEG 2000 data of {found:?} columns, rows and samples instead of {size:?}"));
        }
        let mut context = DecoderContext::default();
        let decoded = image.decode(&mut context).map_err(|e| damaged(&e))?;
        let planes: Vec<&[f32]> =
            decoded.components().iter().map(hayro_jpeg2000::ComponentData::samples).collect();
        if planes.len() != samples || planes.iter().any(|plane| plane.len() != width * height) {
            return Err("the JPEG 2000 data have components of different sizes".to_owned());
        }
        let values = (0..width * height).flat_map(|i| planes.iter().map(move |plane| plane[i].round()));
        Ok(match (self.is_wide, self.little_endian) {
            (false, _) => values.map(|v| v as u8).collect(),
            (true, true) => values.flat_map(|v| (v as u16).to_le_bytes()).collect(),
            (true, false) => values.flat_map(|v| (v as u16).to_be_bytes()).collect(),
        })
    }
}
