//! Progress and results for a person.

use std::io::{IsTerminal, Write, stdout};
use std::path::Path;
use std::sync::Mutex;
use std::time::Instant;

use breakapart::run::{Event, InputRecord, Observer, Outcome, RunResult, Urgency, notes};
use indicatif::{ProgressBar, ProgressStyle};

use super::interrupt;
use crate::messages::tell;

/// A bar on a terminal, failures on stderr.
pub(super) struct Screen {
    bar: ProgressBar,
    read: Mutex<Read>,
}

/// What was read so far.
struct Read {
    pixels: u64,
    since: Instant,
}

impl Screen {
    pub(super) fn new() -> Self {
        let bar = ProgressBar::new(0);
        if let Ok(style) = ProgressStyle::with_template("{wide_bar} {percent} %, {msg}, {eta} left") {
            bar.set_style(style);
        }
        Self { bar, read: Mutex::new(Read { pixels: 0, since: Instant::now() }) }
    }

    /// Megapixels, their rate, and the specimen that is being read.
    fn advance(&self, specimen: &str, (field, fields): (usize, usize), pixels: u64, bytes: u64) {
        if let Ok(mut read) = self.read.lock() {
            read.pixels += pixels;
            let megapixels = read.pixels as f64 / 1e6;
            let rate = megapixels / read.since.elapsed().as_secs_f64().max(1e-3);
            self.bar.set_message(format!(
                "{megapixels:.0} Mpx, {rate:.0} Mpx/s, {specimen}: field {field} of {fields}"
            ));
        }
        self.bar.inc(bytes);
    }

    /// Megapixels of the slide that is being read.
    fn show_slide(&self, specimen: &str, done_px: u64, all_px: u64) {
        let [done, all] = [done_px, all_px].map(|pixels| pixels as f64 / 1e6);
        self.bar.set_message(format!("{specimen}: {done:.0} of {all:.0} Mpx"));
        self.bar.tick();
    }
}

impl Observer for Screen {
    fn on(&self, event: Event<'_>) {
        match event {
            Event::Started { kept, bytes, .. } => {
                self.bar.set_length(bytes);
                if kept > 0 {
                    self.bar.println(format!("{kept} results are complete and are kept"));
                }
            }
            Event::PutAside { specimen, to, .. } => self.bar.suspend(|| tell_put_aside(specimen, to)),
            Event::Slide { specimen, done_px, all_px, .. } => self.show_slide(specimen, done_px, all_px),
            Event::Field { specimen, place, pixels, bytes, .. } => {
                self.advance(specimen, place, pixels, bytes);
            }
            Event::Result { record, outcome, kept, .. } => {
                self.bar.suspend(|| tell_failures(record));
                if let Some(line) = (!kept).then(|| line(record, outcome).join("  ")) {
                    self.bar.println(line);
                }
            }
            Event::Again { results, .. } => {
                self.bar.println(format!("{results} results are judged again, after the whole run"));
            }
            _ => {}
        }
    }

    fn is_cancelled(&self) -> bool {
        interrupt::is_interrupted()
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// Nothing but failures, on stderr.
pub(super) struct Quiet;

impl Observer for Quiet {
    fn on(&self, event: Event<'_>) {
        match event {
            Event::Result { record, .. } => tell_failures(record),
            Event::PutAside { specimen, to, .. } => tell_put_aside(specimen, to),
            _ => {}
        }
    }

    fn is_cancelled(&self) -> bool {
        interrupt::is_interrupted()
    }
}

fn tell_put_aside(specimen: &str, to: &Path) {
    tell(format_args!("note: {specimen}: the old result is of other images; it is kept at {}", to.display()));
}

fn tell_failures(record: &InputRecord) {
    match (&record.specimen, &record.error) {
        (Some(specimen), Some(error)) => tell(format_args!("error: {specimen}: {error}")),
        // The error of an input without a specimen names the input.
        (None, Some(error)) => tell(format_args!("error: {error}")),
        (_, None) => {}
    }
    // The error of an only field is that of its specimen.
    for field in record.fields.iter().filter(|_| record.fields.len() > 1) {
        if let Some(error) = &field.error {
            let specimen = record.specimen.as_deref().unwrap_or_default();
            tell(format_args!("error: {specimen}/{}: {error}", field.field));
        }
    }
}

/// Prints a line for each input, those that ask for something first: a table on a terminal, tabs in a pipe. That stdout was
/// closed by its reader is no failure of the run.
pub(crate) fn print_results(result: &RunResult) {
    let outcome = |i: usize| result.results[i].as_ref().and_then(|ledger| ledger.outcome.as_ref());
    let inputs = &result.record.inputs;
    let mut order: Vec<usize> = (0..inputs.len()).collect();
    order.sort_by_key(|&i| Urgency::of(outcome(i)));
    let level = order.iter().find_map(|&i| outcome(i)?.row.level).unwrap_or(0.95);
    let interval = format!("{:.0} % interval", 100.0 * level);
    let mut lines =
        vec![["specimen", "verdict", "rearranged", "%", &interval, "assay", "note"].map(str::to_owned)];
    lines.extend(order.into_iter().map(|i| line(&inputs[i], outcome(i))));
    let mut out = stdout().lock();
    let terminal = out.is_terminal();
    let widths: [usize; 7] =
        std::array::from_fn(|i| lines.iter().map(|line| line[i].chars().count()).max().unwrap_or(0));
    for line in lines.iter().skip(usize::from(!terminal)) {
        let text = if terminal {
            let cells = line.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}"));
            cells.collect::<Vec<_>>().join("  ")
        } else {
            line.join("\t")
        };
        if writeln!(out, "{}", text.trim_end()).is_err() {
            return;
        }
    }
    for earlier in &result.record.earlier {
        let told = format!("{} by {} is in this folder from an earlier run", earlier.specimen, earlier.assay);
        if terminal && writeln!(out, "{told}").is_err() {
            return;
        }
    }
}

fn line(record: &InputRecord, outcome: Option<&Outcome>) -> [String; 7] {
    let name = record.specimen.clone().unwrap_or_else(|| record.input.clone());
    let assay = record.settings.as_ref().map_or(String::new(), |settings| settings.assay.clone());
    let Some(outcome) = outcome else {
        return [
            name,
            "failed".to_owned(),
            String::new(),
            String::new(),
            String::new(),
            assay,
            record.error.clone().unwrap_or_default(),
        ];
    };
    let row = &outcome.row;
    [
        name,
        row.verdict.name().to_owned(),
        format!("{} of {}", row.rearranged, row.evaluable),
        row.percent_rearranged.map_or_else(String::new, |percent| format!("{percent:.1}")),
        row.wilson_percent.map_or_else(String::new, |(low, high)| format!("{low:.1} to {high:.1}")),
        assay,
        notes(record, Some(outcome)).join(", "),
    ]
}
