//! What `segment` and `detect` have in common: a result file for each of some single images.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use breakapart::PixelSize;
use breakapart::io::{ReadOptions, SinglePlane, image_stem, read_plane};
use clap::Args;

use crate::USAGE;
use crate::messages::tell;

#[derive(Args)]
pub(crate) struct Images {
    /// Images, each with one channel to read
    #[arg(required = true, value_name = "IMAGE")]
    paths: Vec<PathBuf>,
    /// Folder for the results
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Edge of a pixel, um [default: as the files say]
    #[arg(long, value_name = "UM", value_parser = pixel_size)]
    pixel_size: Option<PixelSize>,
    /// Channel to read, counted from 0; needed for files with several
    #[arg(long, value_name = "N")]
    channel: Option<usize>,
}

fn pixel_size(text: &str) -> Result<PixelSize> {
    Ok(PixelSize::from_um(text.parse()?)?)
}

impl Images {
    /// Has `write` make `DIR/NAME.extension` of each image. A failure is told and the others go on.
    pub(crate) fn each(
        &self,
        extension: &str,
        write: impl Fn(&SinglePlane, &Path) -> Result<()>,
    ) -> ExitCode {
        let results = match self.results(extension) {
            Ok(results) => results,
            Err(error) => {
                tell(format_args!("error: {error:#}"));
                return ExitCode::from(USAGE);
            }
        };
        let mut all_done = true;
        for (result, image) in &results {
            if let Err(error) = self
                .read(image)
                .and_then(|plane| write(&plane, result).with_context(|| image.display().to_string()))
            {
                tell(format_args!("error: {error:#}"));
                all_done = false;
            }
        }
        if all_done { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }

    /// The file to write for each image, in a folder that exists.
    fn results(&self, extension: &str) -> Result<BTreeMap<PathBuf, &Path>> {
        let mut results: BTreeMap<PathBuf, &Path> = BTreeMap::new();
        for image in &self.paths {
            let result = self.out.join(format!("{}.{extension}", image_stem(image)));
            if let Some(first) = results.insert(result, image).filter(|first| first != image) {
                bail!("{} and {} would be written to the same file", first.display(), image.display());
            }
        }
        std::fs::create_dir_all(&self.out).with_context(|| format!("--out {}", self.out.display()))?;
        Ok(results)
    }

    fn read(&self, image: &Path) -> Result<SinglePlane> {
        let mut options = ReadOptions::default();
        options.pixel_size = self.pixel_size;
        let plane = read_plane(image, self.channel, &options)?;
        for note in &plane.notes {
            tell(format_args!("note: {}: {note}", image.display()));
        }
        Ok(plane)
    }
}
