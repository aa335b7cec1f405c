//! The path of machines with the baseline alone, on any machine: for tests that compare the two.

use std::any::type_name;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

/// Whether kernels take this path.
static ON: AtomicBool = AtomicBool::new(false);
/// The kernels that took it since it was last on.
static TAKEN: Mutex<BTreeSet<&str>> = Mutex::new(BTreeSet::new());
/// Held by the one caller of [`alone`].
static ALONE: Mutex<()> = Mutex::new(());

/// Whether this kernel is to take the baseline path.
pub(super) fn takes<K>() -> bool {
    let on = ON.load(Ordering::Relaxed);
    if on {
        TAKEN.lock().unwrap_or_else(PoisonError::into_inner).insert(type_name::<K>());
    }
    on
}

/// What `work` gives with every kernel on the baseline path, also those of tests that run meanwhile, and the types of all
/// kernels that took it.
pub(crate) fn alone<R>(work: impl FnOnce() -> R) -> (R, BTreeSet<&'static str>) {
    /// Ends it also where `work` panics.
    struct Off;
    impl Drop for Off {
        fn drop(&mut self) {
            ON.store(false, Ordering::Relaxed);
        }
    }
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    ON.store(true, Ordering::Relaxed);
    let off = Off;
    let result = work();
    drop(off);
    (result, std::mem::take(&mut *TAKEN.lock().unwrap_or_else(PoisonError::into_inner)))
}
