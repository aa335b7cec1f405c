//! Figures of every check.

pub use super::registry::figures::*;
