//! Whether a review accepts the patterns that its page showed.

use std::collections::HashMap;

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
    let shown: Vec<HashMap<(&str, u32), SignalPattern>> =
        readings.iter().map(|reading| patterns(reading)).collect();
    for entry in &review.entries {
        let Some(text) = entry.pattern.as_ref() else { continue };
        if !matches!(entry.change, ReviewChange::Accept | ReviewChange::Restore) {
            continue;
        }
        let accepted: SignalPattern = text.parse()?;
        let of = (entry.field.as_str(), entry.nucleus_id);
        // A nucleus that is in no reading is refused where the review is applied.
        let is_known = shown.iter().any(|patterns| patterns.contains_key(&of));
        if is_known && !shown.iter().any(|patterns| patterns.get(&of) == Some(&accepted)) {
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

/// The patterns of all nuclei, as a page shows them.
fn patterns(reading: &SpecimenReading) -> HashMap<(&str, u32), SignalPattern> {
    let mut patterns = HashMap::new();
    for field in &reading.fields {
        for own in &field.nuclei {
            let p = &own.call.pattern;
            let shown = SignalPattern::from_counts(p.fused, p.separated_red(), p.separated_green());
            patterns.insert((field.name.as_str(), own.nucleus.id), shown);
        }
    }
    patterns
}
