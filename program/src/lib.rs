//! The program `breakapart`: each module is a subcommand.
//!
//! The examples `batch`, `segment`, `detect` and `simulate` are the same code under the names that scripts know.

pub mod assay;
pub mod cutoff;
pub mod detect;
mod memory;
pub mod merge;
mod messages;
pub mod review;
pub mod score;
pub mod segment;
pub mod simulate;
mod single_images;
pub mod validate;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Wrong usage: nothing is written.
const USAGE: u8 = 2;

/// Reads break-apart FISH: nuclei, red and green signals, fused or split, rearranged or not.
#[derive(Parser)]
#[command(name = "breakapart", version)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    Score(Box<score::Arguments>),
    Merge(merge::Arguments),
    Review(review::Arguments),
    Segment(segment::Arguments),
    Detect(detect::Arguments),
    Simulate(simulate::Arguments),
    Cutoff(cutoff::Arguments),
    Assay(assay::Arguments),
    Validate(Box<validate::Arguments>),
}

/// `breakapart SUBCOMMAND ...`
#[must_use]
pub fn main() -> ExitCode {
    memory::restart_with_huge_pages();
    match Arguments::parse().task {
        Task::Score(arguments) => score::run(*arguments),
        Task::Merge(arguments) => merge::run(&arguments),
        Task::Review(arguments) => review::run(&arguments),
        Task::Segment(arguments) => segment::run(&arguments),
        Task::Detect(arguments) => detect::run(&arguments),
        Task::Simulate(arguments) => simulate::run(&arguments),
        Task::Cutoff(arguments) => cutoff::run(arguments),
        Task::Assay(arguments) => assay::run(arguments),
        Task::Validate(arguments) => validate::run(*arguments),
    }
}
