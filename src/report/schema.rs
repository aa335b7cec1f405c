//! Version of the layout.

/// Version of the files' layout. It grows when a column or key changes its name, place or meaning; new
/// columns and keys at the end do not change it.
pub const SCHEMA_VERSION: u32 = 2;
