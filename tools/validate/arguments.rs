//! The command line.

use std::path::{Path, PathBuf};

use clap::Parser;

/// Reads simulated specimens and holds what was read against the truth.
///
/// Prints a row for each condition and writes tables and plots. The same arguments give the same bytes for any
/// number of threads.
#[derive(Parser)]
#[command(name = "validate", version)]
pub struct Arguments {
    /// Folder for the results
    #[arg(long, value_name = "DIR", default_value = "results/validate")]
    pub(crate) out: PathBuf,
    /// First seed; nothing was fitted on those from 9000 on
    #[arg(long, value_name = "N", default_value_t = 9000)]
    pub(crate) first_seed: u64,
    /// Specimens of each named condition, each with a seed of its own
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) seeds: u32,
    /// Fields in a specimen
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) fields: u32,
    /// Conditions, or sets of them (`density`, `normal`, `physics`), separated by commas [default: all but `physics`]
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub(crate) conditions: Vec<String>,
    /// Threads to use [default: one for each core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) threads: Option<u16>,
    /// One specimen of one field of 640 px or less for each condition
    #[arg(long)]
    pub(crate) quick: bool,
}

impl Arguments {
    /// Folder for the results.
    #[must_use]
    pub fn out(&self) -> &Path {
        &self.out
    }
}
