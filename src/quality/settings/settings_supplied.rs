//! Properties of the microscope that were supplied or disabled rather than estimated.

use serde::{Deserialize, Serialize};

use crate::quality::about::About;
use crate::quality::check::{Check, Figures, Raised};
use crate::quality::view::SpecimenView;

/// A property of the microscope and the value that was used.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SuppliedSetting {
    /// The property.
    pub property: String,
    /// `off`, or the value.
    pub value: String,
}

/// Properties of the microscope that were supplied or disabled.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SettingsSupplied {
    /// The properties.
    pub settings: Vec<SuppliedSetting>,
}

pub(crate) const CHECK: Check = Check {
    code: "settings_supplied",
    meaning: "Properties of the microscope were supplied or disabled, not estimated. Whoever signs the result should know them.",
    effect: "informs",
    limits: &[],
    sound: 0,
};

impl Figures for SettingsSupplied {
    fn message(&self, _: &About) -> String {
        let named: Vec<String> =
            self.settings.iter().map(|s| format!("{} {}", s.property, s.value)).collect();
        format!("Not estimated: {}.", named.join("; "))
    }

    fn action(&self, _: &About) -> Option<String> {
        None
    }
}

pub(super) fn check(view: &SpecimenView<'_>) -> Vec<Raised<SettingsSupplied>> {
    let supplied = view.facts.supplied.settings.iter();
    let settings: Vec<SuppliedSetting> = supplied
        .map(|(property, value)| SuppliedSetting { property: property.clone(), value: value.clone() })
        .collect();
    if settings.is_empty() {
        return Vec::new();
    }
    vec![Raised::new(SettingsSupplied { settings })]
}
