//! Conditions of a simulation: every parameter of the model, and the named sets of them.

mod artefacts;
mod camera;
mod camera_map;
mod check;
mod granules;
mod heavy_tail;
mod nuclei;
mod optics;
mod polymer;
mod probes;
mod pupil;
mod reader;
mod sisters;
mod speckle;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use self::artefacts::Artefacts;
pub use self::camera::Camera;
pub use self::camera_map::CameraMap;
pub use self::granules::Granules;
pub use self::heavy_tail::HeavyTail;
pub use self::nuclei::Nuclei;
pub use self::optics::Optics;
pub use self::polymer::Polymer;
pub use self::probes::{AmplitudeDistribution, Pattern, Probes};
pub use self::pupil::Pupil;
pub use self::reader::Reader;
pub use self::sisters::Sisters;
pub use self::speckle::Speckle;

use self::check::Check;
use crate::error::{Error, Location, Result};

/// The named conditions; each table changes some of the defaults.
const PRESETS: &str = include_str!("conditions/presets.toml");
/// Those of other physics.
const PHYSICS: &str = include_str!("conditions/physics.toml");
/// Thickness that is taken for the depth over which artefacts lie on a slide of whole nuclei, um.
const SLIDE_DEPTH_UM: f64 = 2.0;

/// All parameters of a simulated specimen.
///
/// The default is a good preparation of whole nuclei without rearrangement. Lengths are micrometres in the
/// specimen, light is in photoelectrons, so that a change of pixel size or camera changes the image as it
/// would on a microscope.
///
/// ```
/// use breakapart::simulate::Conditions;
/// let mut conditions = Conditions::named("tissue_section")?;
/// conditions.probes.rearranged_share = 0.1;
/// conditions.validate()?;
/// # Ok::<(), breakapart::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Conditions {
    /// Name, part of the random seed: two conditions with one seed show different nuclei. Default `"default"`.
    pub name: String,
    /// Purpose of the condition, in a sentence. Default empty.
    pub purpose: String,
    /// Height and width of a field, px, 64 to 8192. Default 1024.
    pub size_px: usize,
    /// Thickness of the section, um, 0 to 20; 0 means whole nuclei on the slide (cytospin, touch print).
    /// Sections for FISH are 4 to 5 um thick. Default 0.
    pub section_um: f64,
    /// The nuclei and their counterstain.
    pub nuclei: Nuclei,
    /// The loci and their signals.
    pub probes: Probes,
    /// Light that is neither counterstain nor signal.
    pub artefacts: Artefacts,
    /// The microscope.
    pub optics: Optics,
    /// The camera.
    pub camera: Camera,
    /// Truth as a perfect reader sees it. Default none: truth as drawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reader: Option<Reader>,
}

impl Default for Conditions {
    fn default() -> Self {
        Self {
            name: "default".to_owned(),
            purpose: String::new(),
            size_px: 1024,
            section_um: 0.0,
            nuclei: Nuclei::default(),
            probes: Probes::default(),
            artefacts: Artefacts::default(),
            optics: Optics::default(),
            camera: Camera::default(),
            reader: None,
        }
    }
}

fn presets(text: &str) -> Result<BTreeMap<String, Conditions>> {
    toml::from_str(text).map_err(|e| Error::malformed(Location::default().at_key("conditions"), e))
}

impl Conditions {
    /// The conditions of this name.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] if there are none; the message lists [`Conditions::names`] and
    /// [`Conditions::physics_names`].
    pub fn named(name: &str) -> Result<Self> {
        let mut presets = presets(PRESETS)?;
        presets.extend(self::presets(PHYSICS)?);
        let Some(mut conditions) = presets.remove(name) else {
            let known: Vec<String> = presets.into_keys().collect();
            return Err(Error::parameter("condition", name, format!("one of {}", known.join(", "))));
        };
        name.clone_into(&mut conditions.name);
        Ok(conditions)
    }

    /// Names of the conditions with the physics described in the [module](crate::simulate), in alphabetical order.
    ///
    /// # Errors
    /// None in practice: the table is part of the crate and its tests read it.
    pub fn names() -> Result<Vec<String>> {
        Ok(presets(PRESETS)?.into_keys().collect())
    }

    /// Names of the conditions with other physics (polymers, sisters, speckle, granules, pupils, camera maps), in
    /// alphabetical order.
    ///
    /// # Errors
    /// None in practice: the table is part of the crate and its tests read it.
    pub fn physics_names() -> Result<Vec<String>> {
        Ok(presets(PHYSICS)?.into_keys().collect())
    }

    /// Checks every parameter against its documented range.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] with the name of the first parameter out of range, its value and the range.
    pub fn validate(&self) -> Result<()> {
        let own: Vec<Check> = vec![
            ("size_px", self.size_px as f64, 64.0..=8192.0),
            ("section_um", self.section_um, 0.0..=20.0),
        ];
        let groups = [
            ("", own),
            ("nuclei.", self.nuclei.checks()),
            ("probes.", self.probes.checks()),
            ("artefacts.", self.artefacts.checks()),
            ("optics.", self.optics.checks()),
            ("camera.", self.camera.checks()),
            ("reader.", self.reader.iter().flat_map(Reader::checks).collect()),
        ];
        for (group, checks) in groups {
            for (name, value, range) in checks {
                if !range.contains(&value) {
                    let allowed = format!("{} to {}", range.start(), range.end());
                    return Err(Error::parameter(format!("{group}{name}"), value, allowed));
                }
            }
        }
        if self.probes.split_max_um < self.probes.split_min_um {
            let allowed = format!("at least split_min_um, {}", self.probes.split_min_um);
            return Err(Error::parameter("probes.split_max_um", self.probes.split_max_um, allowed));
        }
        Ok(())
    }

    /// Height of the middle of the specimen, um: the section reaches from 0 to its thickness, whole nuclei
    /// are centred on 0.
    pub(super) fn middle_um(&self) -> f64 {
        self.section_um / 2.0
    }

    /// Height of the focus of each plane, um.
    pub(super) fn foci_um(&self) -> Vec<f64> {
        let optics = &self.optics;
        let focus_um = |z: usize| {
            let above_middle = (z as f64 - (optics.planes as f64 - 1.0) / 2.0) * optics.plane_step_um;
            self.middle_um() + optics.defocus_um + above_middle
        };
        (0..optics.planes).map(focus_um).collect()
    }

    /// Artefacts lie up to this far above and below the middle of the specimen, um.
    pub(super) fn half_depth_um(&self) -> f64 {
        self.section_um.max(SLIDE_DEPTH_UM) / 2.0
    }

    /// Mean number in a field of what has this mean number on the area of a mean nucleus.
    pub(super) fn per_field(&self, per_nucleus: f64) -> f64 {
        let side_um = self.size_px as f64 * self.optics.pixel_um;
        per_nucleus * side_um.powi(2) / (std::f64::consts::FRAC_PI_4 * self.nuclei.diameter_um.powi(2))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_named_condition_is_valid_and_says_what_it_is_for() -> Result<()> {
        let mut names = Conditions::names()?;
        assert!(names.len() >= 20, "{names:?}");
        let physics = Conditions::physics_names()?;
        assert!(physics.iter().all(|name| !names.contains(name)), "{physics:?}");
        names.extend(physics);
        for name in names {
            let conditions = Conditions::named(&name)?;
            conditions.validate()?;
            assert_eq!(conditions.name, name);
            assert!(!conditions.purpose.is_empty(), "{name}");
        }
        Ok(())
    }

    #[test]
    fn wrong_values_and_unknown_names_are_refused_by_name() {
        let error = Conditions::named("nonsense").unwrap_err().to_string();
        assert!(error.contains("nonsense") && error.contains("easy_negative"), "{error}");
        let mut conditions = Conditions::default();
        conditions.optics.pixel_um = f64::NAN;
        let error = conditions.validate().unwrap_err().to_string();
        assert!(error.contains("optics.pixel_um"), "{error}");
        conditions = Conditions::default();
        conditions.probes.split_max_um = 0.5;
        assert!(conditions.validate().is_err());
    }
}
