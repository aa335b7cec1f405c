//! Step 2: signals in a probe channel.

mod signal;

pub use signal::Signal;
