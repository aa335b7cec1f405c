//! Corrections by a person who looked at the nuclei.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::analyse::SpecimenReading;
use crate::assay::{Assay, Sex};
use crate::classify::{Exclusion, NucleusCall, SignalPattern, class_of, is_rearranged};
use crate::colour::Colour;
use crate::error::{Error, Result};
use crate::reading::FieldReading;

/// A change to the call of a nucleus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Change {
    /// Do not count the nucleus.
    Exclude,
    /// Count the nucleus with these signals, wherever it lies.
    Pattern(SignalPattern),
    /// Count the nucleus with the signals that were read, although it was left out, also if it lies outside the regions.
    Restore,
}

/// A correction of one nucleus.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs)]
pub struct Edit {
    /// Name of the field.
    pub field: String,
    /// The nucleus.
    pub nucleus_id: u32,
    /// The change.
    pub change: Change,
}

/// A call, and the place of its nucleus.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PlacedCall<'s> {
    /// Place of its field among the fields of the reading.
    field: usize,
    /// Place of the nucleus in the field.
    nucleus: usize,
    pub(crate) call: &'s NucleusCall,
}

impl SpecimenReading {
    /// The reading with corrections, decided again by the same assay and findings. Of several corrections of one nucleus the
    /// last counts. The reading itself stays as it is, so that a correction can be taken back.
    ///
    /// ```
    /// use breakapart::analyse::{Analyser, Change, Edit};
    /// use breakapart::{Assay, Field};
    /// use ndarray::Array2;
    /// let dark = || Array2::<u16>::from_elem((64, 64), 100);
    /// let field = Field::new("field_000", dark(), dark(), dark())?;
    /// let reading = Analyser::new(Assay::builtin("alk")?)?.analyse(&field)?;
    /// let edit = Edit { field: "field_000".to_owned(), nucleus_id: 1, change: Change::Exclude };
    /// assert!(reading.edit(&[edit]).is_err()); // there is no nucleus in a dark field
    /// # Ok::<(), breakapart::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] if the reading has no such nucleus, if the nucleus is counted in another field, or if the
    /// pattern has more signals than the assay can count; otherwise as [`crate::summarise::summarise`].
    pub fn edit(&self, edits: &[Edit]) -> Result<Self> {
        let mut edited = self.clone();
        let places = self.places();
        for edit in edits {
            let own = places
                .get(&(edit.field.as_str(), edit.nucleus_id))
                .ok_or_else(|| self.no_such_nucleus(edit))?;
            self.check(edit, own.call)?;
            let field = edited.fields.get_mut(own.field);
            if let Some(edited) = field.and_then(|field| field.nuclei.get_mut(own.nucleus)) {
                edited.call = changed(own.call, edit.change, &self.assay, self.grounds.sex);
            }
        }
        edited.summary = edited.decide()?;
        Ok(edited)
    }

    /// All calls by the name of the field and the number of the nucleus.
    pub(crate) fn places<'s>(&'s self) -> BTreeMap<(&'s str, u32), PlacedCall<'s>> {
        let of_field = |(i, field): (usize, &'s FieldReading)| {
            let calls = field.calls().enumerate();
            calls
                .map(|(j, call)| {
                    ((field.name.as_str(), call.nucleus_id), PlacedCall { field: i, nucleus: j, call })
                })
                .collect::<Vec<_>>()
        };
        // Of several with one number the first is found.
        self.fields.iter().enumerate().flat_map(of_field).rev().collect()
    }

    /// Refuses to count a nucleus twice, and signals that the assay takes for uncountable.
    fn check(&self, edit: &Edit, call: &NucleusCall) -> Result<()> {
        if edit.change != Change::Exclude && call.exclusion == Some(Exclusion::Repeated) {
            let allowed = "a nucleus that no other field shows: this one is counted there";
            return Err(Error::parameter("edit.nucleus_id", edit.nucleus_id, allowed));
        }
        let most = self.assay.evaluable.max_signals;
        if let Change::Pattern(SignalPattern { fused, split, isolated_red, isolated_green }) = edit.change
            && [fused, split, isolated_red, isolated_green].into_iter().any(|n| n > most)
        {
            let allowed = format!("up to {most} signals of a kind, as the assay can count");
            return Err(Error::parameter(
                "edit.pattern",
                [fused, split, isolated_red, isolated_green].map(|n| n.to_string()).join(", "),
                allowed,
            ));
        }
        Ok(())
    }

    fn no_such_nucleus(&self, edit: &Edit) -> Error {
        let Some(field) = self.fields.iter().find(|field| field.name == edit.field) else {
            let fields: Vec<&str> = self.fields.iter().map(|field| field.name.as_str()).collect();
            return Error::parameter("edit.field", &edit.field, format!("one of {}", fields.join(", ")));
        };
        let allowed = format!("a nucleus of field {}, which has {}", field.name, field.nuclei.len());
        Error::parameter("edit.nucleus_id", edit.nucleus_id, allowed)
    }
}

/// The call after a change. A person who looked leaves no doubt, and no signal unseen.
fn changed(call: &NucleusCall, change: Change, assay: &Assay, sex: Option<Sex>) -> NucleusCall {
    let pattern = match change {
        Change::Exclude | Change::Restore => call.pattern,
        Change::Pattern(pattern) => pattern,
    };
    let has_signals = Colour::BOTH.iter().any(|colour| pattern.signals(*colour) > 0);
    let exclusion = match change {
        Change::Exclude => Some(Exclusion::ByReader),
        // Without any signal there is nothing to count.
        Change::Pattern(_) | Change::Restore => (!has_signals).then_some(Exclusion::NoSignal),
    };
    let rearranged = exclusion.is_none() && is_rearranged(&pattern, assay, sex);
    NucleusCall {
        pattern,
        class: class_of(&pattern, assay, sex),
        exclusion,
        rearranged,
        uncertain: false,
        probability_at_cutoff: None,
        probability_rearranged: exclusion.is_none().then_some(if rearranged { 1.0 } else { 0.0 }),
        doubtful: false,
        lost: Default::default(),
        // Who accepts a call changes none.
        edited: (pattern, exclusion, rearranged) != (call.pattern, call.exclusion, call.rearranged),
        rearranged_outside: false,
        ..call.clone()
    }
}
