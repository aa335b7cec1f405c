//! What a file is read for.

/// What a file is read for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// All channels of a field.
    Field,
    /// One channel: the file may be a part of a set of files.
    Channel,
}
