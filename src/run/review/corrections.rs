//! Decisions of a review as corrections of a reading.

use crate::analyse::{Edit, SpecimenReading};
use crate::error::{Error, Location, Result};
use crate::run::digest::Digest;
use crate::run::review::document::{Review, ReviewEntry};
use crate::run::saved;

/// The corrections that decisions are. Who accepts that a nucleus is not counted corrects nothing.
///
/// # Errors
/// [`Error::InvalidParameter`] if a pattern is not readable.
pub(super) fn corrections<'e>(
    entries: impl IntoIterator<Item = &'e ReviewEntry>,
    of: &SpecimenReading,
) -> Result<Vec<Edit>> {
    let places = of.places();
    let is_counted = |entry: &ReviewEntry| {
        places.get(&(entry.field.as_str(), entry.nucleus_id)).is_some_and(|own| own.call.evaluable())
    };
    entries.into_iter().filter_map(|entry| entry.edit(is_counted(entry)).transpose()).collect()
}

impl Review {
    /// The decisions as corrections of a reading in memory, for [`SpecimenReading::edit`]. A host that keeps its readings itself
    /// needs no folder of results; it also keeps who decided and when ([`Review::reader`], [`ReviewEntry::time`]).
    ///
    /// ```
    /// # #[cfg(feature = "simulate")]
    /// # fn main() -> breakapart::Result<()> {
    /// use breakapart::run::Review;
    /// use breakapart::simulate::{Conditions, simulate_field};
    /// use breakapart::{Analyser, Assay, Location};
    /// let field = simulate_field(&Conditions::named("easy_positive")?, 1, 0)?.field;
    /// let reading = Analyser::new(Assay::builtin("alk")?)?.analyse(&field)?;
    /// let call = reading.calls().find(|call| call.rearranged).unwrap();
    /// let text = format!(
    ///     "specimen,field,nucleus_id,change,pattern,reason,reader,time\n\
    ///      {},{},{},exclude,,overlapping,Dr. A,2026-01-31T09:30:00Z\n",
    ///     reading.name, reading.fields[0].name, call.nucleus_id
    /// );
    /// let review = Review::from_csv(&text, &Location::file("review.csv"))?;
    /// let reviewed = reading.edit(&review.edits(&reading)?)?;
    /// assert_eq!(reviewed.summary.rearranged, reading.summary.rearranged - 1);
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "simulate"))]
    /// # fn main() {}
    /// ```
    ///
    /// # Errors
    /// [`Error::Malformed`] if the review is of another specimen or assay, or names another reading;
    /// [`Error::InvalidParameter`] if a pattern is not readable.
    pub fn edits(&self, of: &SpecimenReading) -> Result<Vec<Edit>> {
        if self.reading.is_some() {
            self.check_is_of(of, &saved::digest_of_calls(of)?)?;
        } else {
            self.check_names(of)?;
        }
        corrections(&self.entries, of)
    }

    /// Refuses a review of something else than the reading with this digest.
    pub(super) fn check_is_of(&self, reading: &SpecimenReading, digest: &Digest) -> Result<()> {
        self.check_names(reading)?;
        if self.reading.as_deref() == Some(digest.as_str()) {
            return Ok(());
        }
        Err(fault(
            "it is of another reading of this specimen: the specimen was scored again since, or the column `reading` is missing. \
             Review the present report"
                .to_owned(),
        ))
    }

    /// Refuses a review of another specimen or assay.
    fn check_names(&self, reading: &SpecimenReading) -> Result<()> {
        if self.specimen != reading.name {
            return Err(fault(format!(
                "it is of specimen {}, the result is of {}",
                self.specimen, reading.name
            )));
        }
        match self.assay.as_ref().filter(|assay| **assay != reading.assay.id) {
            None => Ok(()),
            Some(assay) => {
                Err(fault(format!("it is of a reading by {assay}, the result is by {}", reading.assay.id)))
            }
        }
    }
}

fn fault(problem: String) -> Error {
    Error::malformed(Location::default().at_key("review"), problem)
}
