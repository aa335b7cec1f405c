//! Ctrl-C: the fields that are being read are finished; what takes longer is abandoned.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::messages::tell;

/// Longest time that a field may take after Ctrl-C.
const PATIENCE: Duration = Duration::from_millis(900);

static IS_INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Whether Ctrl-C was pressed.
pub(super) fn is_interrupted() -> bool {
    IS_INTERRUPTED.load(Ordering::Relaxed)
}

/// Ends the run in order on Ctrl-C, within a second. Every file is written under another name first, so that ending at any
/// moment leaves none half-written.
pub(super) fn watch() {
    // Where the system has no such signal, Ctrl-C ends the program at once.
    let _ = ctrlc::set_handler(|| {
        if IS_INTERRUPTED.swap(true, Ordering::Relaxed) {
            std::process::exit(i32::from(super::INTERRUPTED));
        }
        std::thread::spawn(|| {
            std::thread::sleep(PATIENCE);
            tell("stopped: a field was abandoned; the same command goes on from here");
            std::process::exit(i32::from(super::INTERRUPTED));
        });
    });
}
