//! Assays without programming: lists them, shows their rules, checks files, and makes files to edit.

mod check;
mod create;
mod show;
pub(crate) mod text;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

/// Lists assays, shows their rules, checks assay files, and makes files to edit.
#[derive(Parser)]
pub struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Lists the built-in assays
    List,
    /// Shows the rules of an assay in plain words, and the values to verify
    Show {
        /// Built-in assay, or an assay file
        #[arg(value_name = "NAME|FILE.toml")]
        assay: String,
        /// Print the text of the file instead
        #[arg(long)]
        toml: bool,
    },
    /// Checks assay files and names every fault; exit status 0 if all files are valid, 1 if not
    Check {
        /// Assay files, or built-in assays
        #[arg(required = true, value_name = "FILE.toml|NAME")]
        files: Vec<PathBuf>,
    },
    /// Makes a complete assay file to edit, from a built-in assay or another file
    New(NewArguments),
}

#[derive(Args)]
pub(crate) struct NewArguments {
    /// Assay to copy
    #[arg(long, value_name = "NAME|FILE.toml")]
    from: String,
    /// Its id: lower-case letters, digits, `_` and `-`
    #[arg(long)]
    id: String,
    /// Its name in reports [default: that of the copied assay]
    #[arg(long)]
    name: Option<String>,
    /// Its gene, with --band [default: that of the copied assay]
    #[arg(long, requires = "band")]
    gene: Option<String>,
    /// Band of the gene, such as 10q11
    #[arg(long, requires = "gene")]
    band: Option<String>,
    /// File to write
    #[arg(long, value_name = "FILE.toml")]
    out: PathBuf,
    /// Write over a file that exists
    #[arg(long)]
    replace: bool,
}

pub(crate) fn run(arguments: Arguments) -> ExitCode {
    match arguments.task {
        Task::List => show::list(),
        Task::Show { assay, toml } => show::show(&assay, toml),
        Task::Check { files } => check::check(&files),
        Task::New(arguments) => create::create(&arguments),
    }
}
