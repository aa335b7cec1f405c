//! Tells the observer of a run how far a slide is measured.

use crate::run::observer::{Event, Observer};
use crate::slide::Progress;

/// Tells the observer of a run how far a slide is measured.
pub(super) struct Watch<'a> {
    pub(super) specimen: &'a str,
    pub(super) field: &'a str,
    pub(super) observer: &'a dyn Observer,
}

impl Progress for Watch<'_> {
    fn measured(&self, done_px: u64, all_px: u64) {
        let &Self { specimen, field, observer } = self;
        observer.on(Event::Slide { specimen, field, done_px, all_px });
    }

    fn is_cancelled(&self) -> bool {
        self.observer.is_cancelled()
    }
}
