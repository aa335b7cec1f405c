//! Whether a review accepts the patterns that its page showed.

use crate::analyse::SpecimenReading;
use crate::classify::SignalPattern;
use crate::error::{Error, Location, Result};
use crate::run::review::document::{Review, ReviewChange};

/// Refuses a review that accepts or restores a pattern that none of these readings has: a page shows the reading of the program, or
/// one with the reviews until then, so that the file was changed after it was saved.
///
/// # Errors
/// [`Error::Malformed`] naming the nucleus.
pub(super) fn check(review: &Review, readings: &[&SpecimenReading]) -> Result<()> {
    let shown: Vec<_> = readings.iter().map(|reading| reading.places()).collect();
    for entry in &review.entries {
        let Some(text) = entry.pattern.as_ref() else { continue };
        if !matches!(entry.change, ReviewChange::Accept | ReviewChange::Restore) {
            continue;
        }
        let accepted: SignalPattern = text.parse()?;
        let of = (entry.field.as_str(), entry.nucleus_id);
        let mut calls = shown.iter().filter_map(|places| places.get(&of)).peekable();
        // A nucleus that is in no reading is refused where the review is applied.
        if calls.peek().is_some() && !calls.any(|own| as_shown(&own.call.pattern) == accepted) {
            let problem = format!(
                "nucleus {} of {} is accepted as {text}, which no page showed: the file was changed after it was saved. Save the \
                 review again; another pattern is the change `pattern`",
                entry.nucleus_id, entry.field
            );
            return Err(Error::malformed(Location::default().at_key("review"), problem));
        }
    }
    Ok(())
}

/// A pattern as a page shows it: separated signals are counted, paired or not.
fn as_shown(pattern: &SignalPattern) -> SignalPattern {
    SignalPattern::from_counts(pattern.fused, pattern.separated_red(), pattern.separated_green())
}
