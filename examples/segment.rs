//! Nuclei of single images.
//!
//! `cargo run --release --example segment -- IMAGE... --out DIR [--pixel-size UM] [--channel N]`
//!
//! Writes `DIR/NAME.tif` per image: 0 = background, otherwise the number of the nucleus. A trailing `.image` in
//! the file's stem is dropped from NAME. Exit status: 0 all done; 1 some input failed (the others are complete);
//! 2 wrong usage.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use breakapart::PixelSize;
use breakapart::segment::{SegmentParams, segment};
use clap::Parser;

#[derive(Parser)]
struct Arguments {
    /// Images.
    #[arg(required = true)]
    images: Vec<PathBuf>,
    /// Where the label images go.
    #[arg(long)]
    out: PathBuf,
    /// Size of a pixel, um; overrides what a file says.
    #[arg(long, value_parser = pixel_size)]
    pixel_size: Option<PixelSize>,
    /// Channel that shows the nuclei, the first being 0.
    #[arg(long)]
    channel: Option<usize>,
}

fn pixel_size(text: &str) -> Result<PixelSize> {
    Ok(PixelSize::from_um(text.parse()?)?)
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if let Err(e) = std::fs::create_dir_all(&arguments.out) {
        eprintln!("{}: {e}", arguments.out.display());
        return ExitCode::FAILURE;
    }
    let mut failed = false;
    for image in &arguments.images {
        if let Err(e) = one(image, &arguments) {
            eprintln!("{}: {e:#}", image.display());
            failed = true;
        }
    }
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn one(image: &Path, arguments: &Arguments) -> Result<()> {
    let (plane, stored) = io::read_plane(image, arguments.channel)?;
    let pixel_size = arguments.pixel_size.or(stored);
    let found = segment(plane.view(), pixel_size, &SegmentParams::default())?;
    for warning in &found.warnings {
        eprintln!("{}: {warning}", image.display());
    }
    let path = arguments.out.join(format!("{}.tif", io::image_stem(image)));
    io::write_labels(&path, &found.labels).with_context(|| format!("{}", path.display()))
}

/// Stands in for `breakapart::io`: plain TIFF, one page per channel.
mod io {
    use std::fs::File;
    use std::io::{BufReader, BufWriter};
    use std::path::Path;

    use anyhow::{Result, bail};
    use breakapart::{PixelSize, Plane};
    use ndarray::Array2;
    use tiff::decoder::{Decoder, DecodingResult};
    use tiff::encoder::{Compression, TiffEncoder, colortype};

    pub(crate) fn read_plane(path: &Path, channel: Option<usize>) -> Result<(Plane, Option<PixelSize>)> {
        let mut decoder = Decoder::new(BufReader::new(File::open(path)?))?;
        decoder.seek_to_image(channel.unwrap_or(0))?;
        let (width, height) = decoder.dimensions()?;
        let dim = (height as usize, width as usize);
        let plane = match decoder.read_image()? {
            DecodingResult::U8(v) => Array2::from_shape_vec(dim, v)?.into(),
            DecodingResult::U16(v) => Array2::from_shape_vec(dim, v)?.into(),
            DecodingResult::F32(v) => Array2::from_shape_vec(dim, v)?.into(),
            _ => bail!("sample type not read here"),
        };
        Ok((plane, None))
    }

    pub(crate) fn image_stem(path: &Path) -> String {
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let stem = [".ome.tif", ".ome.tiff", ".tif", ".tiff"]
            .iter()
            .find_map(|s| name.strip_suffix(s))
            .unwrap_or(&name);
        stem.strip_suffix(".image").unwrap_or(stem).to_string()
    }

    pub(crate) fn write_labels(path: &Path, labels: &Array2<u32>) -> Result<()> {
        let (height, width) = (labels.nrows() as u32, labels.ncols() as u32);
        let file = BufWriter::new(File::create(path)?);
        let mut encoder = TiffEncoder::new(file)?.with_compression(Compression::Deflate(Default::default()));
        if labels.iter().all(|&v| v <= u32::from(u16::MAX)) {
            let samples: Vec<u16> = labels.iter().map(|&v| v as u16).collect();
            encoder.write_image::<colortype::Gray16>(width, height, &samples)?;
        } else {
            let samples: Vec<u32> = labels.iter().copied().collect();
            encoder.write_image::<colortype::Gray32>(width, height, &samples)?;
        }
        Ok(())
    }
}
