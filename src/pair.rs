//! Step 3: red to green within a nucleus.

mod pairing;

pub use pairing::{Pair, Pairing, SignalStatus};
