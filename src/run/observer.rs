//! What a host sees of a run while it goes on, and how it ends it.

use std::path::Path;

use crate::run::ledger::Outcome;
use crate::run::record::InputRecord;

/// A step of a run.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Event<'a> {
    /// The run begins: so many results, of which some are complete already, and fields to read.
    #[non_exhaustive]
    Started {
        /// Results to give.
        results: usize,
        /// Those that are kept from before.
        kept: usize,
        /// Fields of the others.
        fields: usize,
        /// Bytes of their files.
        bytes: u64,
    },
    /// A result of other images was put aside.
    #[non_exhaustive]
    PutAside {
        /// Its specimen.
        specimen: &'a str,
        /// Where it is now.
        to: &'a Path,
    },
    /// A part of a slide was measured.
    #[non_exhaustive]
    Slide {
        /// Its specimen.
        specimen: &'a str,
        /// Its field.
        field: &'a str,
        /// Pixels that are measured.
        done_px: u64,
        /// All pixels of the slide.
        all_px: u64,
    },
    /// A field was read, or failed.
    #[non_exhaustive]
    Field {
        /// Its specimen.
        specimen: &'a str,
        /// Its name.
        field: &'a str,
        /// Which of the specimen's fields it is, from 1, and how many there are.
        place: (usize, usize),
        /// Its pixels; 0 if it failed.
        pixels: u64,
        /// Bytes of its files.
        bytes: u64,
        /// Why it failed.
        error: Option<&'a str>,
    },
    /// A result is there, or failed.
    #[non_exhaustive]
    Result {
        /// How it went.
        record: &'a InputRecord,
        /// What came out.
        outcome: Option<&'a Outcome>,
        /// Whether it was kept from before.
        kept: bool,
    },
    /// Results are judged again by facts that only the whole run tells: a control out of range, or pixels that specimens share.
    #[non_exhaustive]
    Again {
        /// So many results.
        results: usize,
    },
}

/// Watches a run. It is called from several threads.
///
/// ```
/// use breakapart::run::{Event, Observer};
/// struct Printer;
/// impl Observer for Printer {
///     fn on(&self, event: Event<'_>) {
///         if let Event::Result { record, .. } = event {
///             println!("{:?}: {}", record.specimen, record.status.name());
///         }
///     }
/// }
/// assert!(!Printer.is_cancelled());
/// ```
pub trait Observer: Sync {
    /// A step was taken.
    fn on(&self, event: Event<'_>) {
        let _ = event;
    }

    /// Whether the run shall end: fields that are being read are finished, and nothing is left half-written.
    fn is_cancelled(&self) -> bool {
        false
    }
}

/// Watches nothing.
impl Observer for () {}
