//! Fields whose file names a channel otherwise than the supplied channel map.

use serde::{Deserialize, Serialize};

use crate::quality::about::About;
use crate::quality::check::{Check, Figures, Raised};
use crate::quality::view::SpecimenView;

use crate::field::{ChannelRole, FieldNote};
use crate::quality::field_names::named;

/// Fields whose file names a channel otherwise than the supplied channel map.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelMapContradicted {
    /// Names of the fields.
    pub fields: Vec<String>,
    /// Index of the channel in the file, from 0.
    pub index: usize,
    /// The role it was read as.
    pub used: ChannelRole,
    /// Roles that the file states.
    pub stated: Vec<ChannelRole>,
}

pub(crate) const CHECK: Check = Check {
    code: "channel_map_contradicted",
    meaning: "The supplied channel map gives a channel another role than its name or emission wavelength in the file.",
    effect: "informs",
    limits: &[],
    sound: 0,
};

impl Figures for ChannelMapContradicted {
    fn message(&self, _: &About) -> String {
        let stated: Vec<&str> = self.stated.iter().map(|role| role.name()).collect();
        format!(
            "Channel {} was read as {}, as supplied, but the file says {} ({}).",
            self.index,
            self.used,
            stated.join(" or "),
            named(&self.fields)
        )
    }

    fn action(&self, _: &About) -> Option<String> {
        Some("Check the channel map (--channels).".to_owned())
    }
}

pub(super) fn check(view: &SpecimenView<'_>) -> Vec<Raised<ChannelMapContradicted>> {
    let mut found: Vec<ChannelMapContradicted> = Vec::new();
    for field in &view.facts.fields {
        for note in &field.notes {
            let FieldNote::ChannelContradicted { index, used, stated } = note else { continue };
            let alike =
                |f: &&mut ChannelMapContradicted| (f.index, f.used, &f.stated) == (*index, *used, stated);
            if let Some(known) = found.iter_mut().find(alike) {
                known.fields.push(field.name.clone());
            } else {
                let fields = vec![field.name.clone()];
                found.push(ChannelMapContradicted {
                    fields,
                    index: *index,
                    used: *used,
                    stated: stated.clone(),
                });
            }
        }
    }
    found.into_iter().map(Raised::new).collect()
}
