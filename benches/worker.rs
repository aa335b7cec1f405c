//! The whole pipeline, from file to tables, each time it is told to: this crate's side of `benches/peers`.
//!
//! `worker FIELD.tif [--table FOLDER] [--threads N]` reads commands, one a line: `run` answers with the milliseconds that
//! one reading took and how many nuclei and signals it found, `places` also where they are, `plain_read` with the
//! milliseconds of reading the file's bytes and nothing else. Answers are lines of JSON.

use std::fs::File;
use std::io::{BufRead, Read, Write, stdin, stdout};
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use breakapart::analyse::{Analyser, FieldReading};
use breakapart::assay::Assay;
use breakapart::io::{ChannelMap, ReadOptions, read_field_reusing};
use breakapart::report::{write_nuclei_csv, write_report_json, write_signals_csv};
use breakapart::{Colour, PixelSize, Workspace};
use clap::Parser;
use serde_json::{Value, json};

#[path = "../program/src/memory.rs"]
mod memory;

/// Bytes that a plain read takes at once.
const READ_AT_ONCE: usize = 256 << 10;

#[derive(Parser)]
struct Arguments {
    /// TIFF of three planes: DAPI, red, green.
    field: PathBuf,
    /// Folder for the tables.
    #[arg(long, default_value = ".")]
    table: PathBuf,
    /// Size of a pixel, um.
    #[arg(long, default_value_t = 0.1)]
    pixel_size: f64,
    /// Threads.
    #[arg(long, default_value_t = 1)]
    threads: usize,
}

fn read(path: &Path, table: &Path, options: &ReadOptions, workspace: &mut Workspace) -> Result<FieldReading> {
    let analyser = Analyser::new(Assay::builtin("alk")?)?;
    let field = read_field_reusing(path, options, workspace)?;
    let measured = analyser.measure_field(&field)?;
    workspace.recycle(field);
    let reading = analyser.read_specimen("peers", vec![measured])?;
    write_nuclei_csv(table.join("nuclei.csv"), &reading.name, &reading.fields)?;
    write_signals_csv(table.join("signals.csv"), &reading.name, &reading.fields)?;
    write_report_json(table.join("report.json"), &reading, &[])?;
    reading.fields.into_iter().next().context("no field")
}

fn plain_read(path: &Path) -> Result<Value> {
    let start = Instant::now();
    let mut file = File::open(path)?;
    let mut bytes = vec![0_u8; READ_AT_ONCE];
    let mut total = 0;
    loop {
        let read = file.read(&mut bytes)?;
        if read == 0 {
            break;
        }
        total += read;
    }
    Ok(json!({ "ms": 1e3 * start.elapsed().as_secs_f64(), "bytes": total }))
}

fn answer(
    command: &str,
    path: &Path,
    table: &Path,
    options: &ReadOptions,
    workspace: &mut Workspace,
) -> Result<Value> {
    if command == "plain_read" {
        return plain_read(path);
    }
    if !matches!(command, "run" | "places") {
        bail!("{command:?} is not a command: run, places, plain_read");
    }
    let start = Instant::now();
    let field = read(path, table, options, workspace)?;
    let ms = 1e3 * start.elapsed().as_secs_f64();
    let signals = |colour: Colour| -> Vec<[f64; 2]> {
        let of_nuclei = field.signals.iter().filter(|s| s.colour == colour && s.nucleus_id > 0);
        of_nuclei.map(|s| [s.y_px, s.x_px]).collect()
    };
    let nuclei: Vec<[f64; 2]> =
        field.nuclei.iter().map(|n| [n.nucleus.centroid_y_px, n.nucleus.centroid_x_px]).collect();
    let (red, green) = (signals(Colour::Red), signals(Colour::Green));
    Ok(if command == "places" {
        json!({ "ms": ms, "nuclei": nuclei, "red": red, "green": green })
    } else {
        json!({ "ms": ms, "nuclei": nuclei.len(), "red": red.len(), "green": green.len() })
    })
}

fn main() -> Result<()> {
    memory::restart_with_huge_pages();
    let arguments = Arguments::parse();
    let path = arguments.field;
    rayon::ThreadPoolBuilder::new().num_threads(arguments.threads).build_global()?;
    let mut options = ReadOptions::default();
    options.channels = Some(ChannelMap { counterstain: 0, red: 1, green: 2 });
    options.pixel_size = Some(PixelSize::from_um(arguments.pixel_size)?);
    println!("{}", json!({ "ready": true }));
    let mut workspace = Workspace::default();
    for line in stdin().lock().lines() {
        println!("{}", answer(line?.trim(), &path, &arguments.table, &options, &mut workspace)?);
        stdout().flush()?;
    }
    Ok(())
}
