//! All checks that do not depend on the verdict.

use super::finding::Finding;
use super::view::SpecimenView;
use super::{acquisition, files, hybridisation, run, settings};

/// All findings of a specimen that do not depend on the verdict, in the order of the registry.
pub(crate) fn check(view: &SpecimenView<'_>) -> Vec<Finding> {
    let groups = [acquisition::check, hybridisation::check, settings::check, files::check, run::check];
    groups.iter().flat_map(|check| check(view)).collect()
}
