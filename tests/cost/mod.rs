//! What reading a file costs: time and memory.
#![allow(dead_code)] // each test uses a part

use std::fs;
use std::time::{Duration, Instant};

/// Longest reading of one file. Those of the tests take milliseconds.
pub(crate) const MAX_TIME: Duration = Duration::from_secs(10);

/// The time that work took: of the processor for this thread where the system says (Linux), as other programs may have the
/// processor meanwhile.
pub(crate) fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let (start, before) = (Instant::now(), processor_time());
    let result = work();
    let time = match (before, processor_time()) {
        (Some(before), Some(after)) => after.saturating_sub(before),
        _ => start.elapsed(),
    };
    (result, time)
}

fn processor_time() -> Option<Duration> {
    let text = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(Duration::from_nanos(text.split_whitespace().next()?.parse().ok()?))
}

/// The result of work that must not take longer than [`MAX_TIME`].
pub(crate) fn in_bounded_time<T>(work: impl FnOnce() -> T) -> T {
    let (result, time) = timed(work);
    assert!(time < MAX_TIME, "{time:?}");
    result
}

/// Memory that this process has now, bytes; `None` where the system does not say.
pub(crate) fn memory_bytes() -> Option<u64> {
    status("VmRSS:")
}

/// The most memory that this process has had, bytes, since its start or since [`forget_peak_memory`].
pub(crate) fn peak_memory_bytes() -> Option<u64> {
    status("VmHWM:")
}

/// Counts the peak from now on (proc(5), `clear_refs`). `false` where the system cannot.
pub(crate) fn forget_peak_memory() -> bool {
    fs::write("/proc/self/clear_refs", "5").is_ok()
}

fn status(key: &str) -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let value = status.lines().find_map(|line| line.strip_prefix(key))?;
    Some(1024 * value.trim().strip_suffix(" kB")?.parse::<u64>().ok()?)
}
