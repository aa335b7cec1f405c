//! How far a slide is measured.

use crate::error::{Error, Result};

/// Watches a slide while it is measured. It is called from several threads.
pub trait Progress: Sync {
    /// So many pixels are measured, of all pixels of the slide.
    fn measured(&self, done_px: u64, all_px: u64) {
        let _ = (done_px, all_px);
    }

    /// Whether the measurement shall end. It then gives [`Error::Cancelled`].
    fn is_cancelled(&self) -> bool {
        false
    }

    /// # Errors
    /// [`Error::Cancelled`] if the measurement shall end.
    fn go_on(&self) -> Result<()> {
        if self.is_cancelled() { Err(Error::Cancelled) } else { Ok(()) }
    }
}

/// Watches nothing.
impl Progress for () {}
