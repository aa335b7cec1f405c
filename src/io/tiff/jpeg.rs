//! Strips and tiles compressed with JPEG (Adobe's TIFF technical note 2).

use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

/// How the strips and tiles of a page are coded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Jpeg {
    /// Tables that all of them share, as a stream of their own; may be empty.
    pub(super) tables: Vec<u8>,
    /// Whether the colours are luminance and chrominance.
    pub(super) is_ycbcr: bool,
}

/// Width, height and samples per pixel of a strip or tile.
pub(super) type Size = (usize, usize, usize);

impl Jpeg {
    /// The samples of a strip or tile, interleaved, or the fault in it.
    pub(super) fn decompress(&self, stored: &[u8], size: Size) -> Result<Vec<u8>, String> {
        let (width, height, samples) = size;
        let [0xff, 0xd8, body @ ..] = stored else { return Err("the JPEG data have no start".to_owned()) };
        let stream = match self.tables.as_slice() {
            [0xff, 0xd8, tables @ .., 0xff, 0xd9] => [&[0xff, 0xd8], tables, body].concat(),
            _ => stored.to_vec(),
        };
        let damaged = |e| format!("the JPEG data are damaged: {e:?}");
        let options = DecoderOptions::new_safe()
            .set_strict_mode(true)
            .set_max_width(width.max(1))
            .set_max_height(height.max(1));
        let mut decoder = JpegDecoder::new_with_options(ZCursor::new(&stream), options);
        decoder.decode_headers().map_err(damaged)?;
        let info = decoder.info().ok_or("the JPEG data have no frame")?;
        let found = (usize::from(info.width), usize::from(info.height), usize::from(info.components));
        if found != size {
            return Err(format!("JPEG data of {found:?} columns, rows and samples instead of {size:?}"));
        }
        let colours = match (samples, self.is_ycbcr) {
            (1, _) => ColorSpace::Luma,
            (3, true) => ColorSpace::RGB,
            // The samples as they are: no change of colours.
            (3, false) => decoder.input_colorspace().unwrap_or(ColorSpace::YCbCr),
            _ => return Err(format!("JPEG data of {samples} samples per pixel")),
        };
        decoder.set_options(options.jpeg_set_out_colorspace(colours));
        let mut bytes = vec![0; width * height * samples];
        decoder.decode_into(&mut bytes).map_err(damaged)?;
        Ok(bytes)
    }
}
