//! All checks that do not depend on the verdict.

use super::finding::Finding;
use super::view::SpecimenView;
use super::{acquisition, files, hybridisation, settings};

/// All findings of a specimen that do not depend on the verdict, in the order of the registry.
pub(crate) fn check(view: &SpecimenView<'_>) -> Vec<Finding> {
    [acquisition::check(view), hybridisation::check(view), settings::check(view), files::check(view)].concat()
}
