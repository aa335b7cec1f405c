//! Two pictures of one place: an image given twice, also turned, mirrored or at another scale, a place acquired twice, tiles
//! that overlap, or a picture beside its copy.

use serde::{Deserialize, Serialize};

use crate::quality::about::About;
use crate::quality::check::{Check, Figures, Raised};
use crate::quality::view::{RepeatedFields, SpecimenView};

/// Turns below this are told as none, degrees.
const MIN_TURN_DEGREES: f64 = 1.0;
/// Scales that differ from one by less are told as one.
const MIN_SCALE_APART: f64 = 0.02;

/// Two pictures of one place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RepeatedField {
    /// The two fields; one name twice if one field holds both pictures.
    pub fields: [String; 2],
    /// Nuclei that both show.
    pub nuclei: usize,
    /// Displacement of the second picture, rows and columns, px: where it shows the first pixel of the first one.
    pub moved_px: [f64; 2],
    /// Turn of the second picture, clockwise, -180 to 180 degrees.
    pub turned_degrees: f64,
    /// Whether left and right are mirrored in the second picture, before it is turned.
    pub is_mirrored: bool,
    /// Scale of the second picture over that of the first.
    pub scale: f64,
    /// The field that is left out, since it shows the place at another scale.
    pub left_out: Option<String>,
}

pub(crate) const CHECK: Check = Check {
    code: "repeated_field",
    meaning: "Two fields, or two parts of one, show one place, moved, turned, mirrored or at another scale. Each of its nuclei \
              is counted once. A copy at another scale is left out.",
    effect: "informs",
    limits: &[],
    sound: 0,
};

impl RepeatedField {
    /// How the second picture differs from the first.
    fn difference(&self) -> String {
        let [y, x] = self.moved_px;
        let mut words = Vec::new();
        if self.is_mirrored {
            words.push("mirrored".to_owned());
        }
        if self.turned_degrees.abs() >= MIN_TURN_DEGREES {
            let degrees = self.turned_degrees.abs().round();
            let way = if self.turned_degrees < 0.0 { "counterclockwise" } else { "clockwise" };
            words.push(format!("turned by {degrees} degrees {way}"));
        }
        if (self.scale - 1.0).abs() >= MIN_SCALE_APART {
            words.push(format!("{:.2} times as large", self.scale));
        }
        if words.is_empty() {
            let [y, x] = [y, x].map(|v| v.round() as i64);
            words.push(format!("moved by {y} px in rows and {x} px in columns"));
        }
        words.join(", ")
    }
}

impl Figures for RepeatedField {
    fn message(&self, _: &About) -> String {
        let ([a, b], difference) = (&self.fields, self.difference());
        let shown = if a == b {
            format!("Field {a} shows one place twice")
        } else {
            format!("Fields {a} and {b} show one place")
        };
        let done = match &self.left_out {
            Some(field) => format!("Field {field} is left out."),
            None => "Each nucleus is counted once.".to_owned(),
        };
        format!("{shown} ({} nuclei; the second is {difference}). {done}", self.nuclei)
    }

    fn action(&self, _: &About) -> Option<String> {
        None
    }
}

pub(super) fn check(view: &SpecimenView<'_>) -> Vec<Raised<RepeatedField>> {
    let finding = |repeated: &RepeatedFields| {
        Raised::new(RepeatedField {
            fields: repeated.fields.clone(),
            nuclei: repeated.nuclei,
            moved_px: repeated.moved_px,
            turned_degrees: repeated.turned_degrees,
            is_mirrored: repeated.is_mirrored,
            scale: repeated.scale,
            left_out: repeated.left_out.clone(),
        })
    };
    view.facts.repeated.iter().map(finding).collect()
}
