//! What became of each signal of a field, read from the pairings of its nuclei.

use crate::analyse::{FieldReading, NucleusReading};
use crate::colour::Colour;
use crate::error::{Error, Location, Result};
use crate::pair::{Pair, Pairing, SignalStatus};

/// What became of one signal.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Fate {
    /// Fused, split, isolated or duplicate; `None` for a signal in a nucleus whose signals were not sorted.
    pub status: Option<SignalStatus>,
    /// Index of the partner in the field's list of signals, for fused and split.
    pub partner: Option<usize>,
    /// The pair, for fused and split.
    pub pair: Option<Pair>,
}

impl Fate {
    const fn alone(status: Option<SignalStatus>) -> Self {
        Self { status, partner: None, pair: None }
    }
}

/// The fate of every signal of `reading`, in the order of `reading.signals`. A signal outside every nucleus
/// has no partner by definition: it is isolated, and counted nowhere.
///
/// # Errors
/// [`Error::Malformed`] if the reading contradicts itself: lists of unequal length, an index past the end, a
/// signal sorted twice, in the wrong colour or into another nucleus than its own, or a call whose pattern is
/// not that of its pairing. Such a reading must not become a table.
pub fn fates(reading: &FieldReading) -> Result<Vec<Fate>> {
    let contradiction = |problem: String| {
        let location = Location::default().at_key(format!("field {}", reading.name));
        Err(Error::malformed(location, format!("the reading contradicts itself: {problem}")))
    };
    let mut fates: Vec<Fate> = reading
        .signals
        .iter()
        .map(|s| Fate::alone((s.nucleus_id == 0).then_some(SignalStatus::Isolated)))
        .collect();
    for NucleusReading { nucleus, pairing, call, .. } in &reading.nuclei {
        let id = nucleus.id;
        if pairing.nucleus_id != id || call.nucleus_id != id {
            return contradiction(format!(
                "nucleus {id} beside the pairing of {} and the call of {}",
                pairing.nucleus_id, call.nucleus_id
            ));
        }
        // A person may have seen other signals.
        if !call.edited && pairing.pattern() != call.pattern {
            return contradiction(format!(
                "nucleus {id} is called {} but paired {}",
                call.pattern,
                pairing.pattern()
            ));
        }
        for (index, colour, fate) in sorted(pairing) {
            let Some(signal) = reading.signals.get(index) else {
                return contradiction(format!("nucleus {id} has signal {index} of {}", fates.len()));
            };
            if signal.nucleus_id != id {
                return contradiction(format!("signal {index} of nucleus {} in {id}", signal.nucleus_id));
            }
            if colour.is_some_and(|c| c != signal.colour) {
                return contradiction(format!("signal {index} is {}, sorted as the other", signal.colour));
            }
            match fates.get_mut(index) {
                Some(slot) if slot.status.is_none() => *slot = fate,
                _ => return contradiction(format!("signal {index} is sorted twice")),
            }
        }
    }
    Ok(fates)
}

/// Every signal of a pairing with the colour it must have and what became of it.
fn sorted(pairing: &Pairing) -> impl Iterator<Item = (usize, Option<Colour>, Fate)> + '_ {
    let pairs = |pairs: &'_ [Pair], status: SignalStatus| {
        let both = |pair: Pair| {
            let fate = |partner| Fate { status: Some(status), partner: Some(partner), pair: Some(pair) };
            [
                (pair.red, Some(Colour::Red), fate(pair.green)),
                (pair.green, Some(Colour::Green), fate(pair.red)),
            ]
        };
        pairs.iter().copied().flat_map(both).collect::<Vec<_>>()
    };
    let isolated = Fate::alone(Some(SignalStatus::Isolated));
    let duplicate = Fate::alone(Some(SignalStatus::Duplicate));
    pairs(&pairing.fused, SignalStatus::Fused)
        .into_iter()
        .chain(pairs(&pairing.split, SignalStatus::Split))
        .chain(pairing.isolated_red.iter().map(move |&i| (i, Some(Colour::Red), isolated)))
        .chain(pairing.isolated_green.iter().map(move |&i| (i, Some(Colour::Green), isolated)))
        .chain(pairing.duplicates.iter().map(move |&i| (i, None, duplicate)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::example::field_reading;

    #[test]
    fn every_signal_has_its_status_and_partner() {
        let reading = field_reading();
        let fates = fates(&reading).unwrap();
        let words: Vec<_> = fates.iter().map(|f| f.status.map_or("", SignalStatus::name)).collect();
        assert_eq!(words, ["fused", "fused", "split", "split", "isolated", "duplicate", "isolated"]);
        assert_eq!(fates[2].partner, Some(3));
        assert_eq!(fates[3].partner, Some(2));
        assert_eq!(fates[6].partner, None);
    }

    #[test]
    fn a_reading_that_contradicts_itself_is_refused() {
        type Spoil = fn(&mut FieldReading);
        let spoil: [(&str, Spoil); 6] = [
            ("index past the end", |r| r.nuclei[0].pairing.isolated_red = vec![99]),
            ("sorted twice", |r| r.nuclei[0].pairing.duplicates = vec![0]),
            ("colour", |r| r.signals[0].colour = Colour::Green),
            ("other nucleus", |r| r.signals[0].nucleus_id = 2),
            ("pattern", |r| r.nuclei[0].call.pattern.fused = 7),
            ("ids", |r| {
                let first = r.nuclei[0].pairing.clone();
                r.nuclei[0].pairing = std::mem::replace(&mut r.nuclei[1].pairing, first);
            }),
        ];
        for (what, spoil) in spoil {
            let mut reading = field_reading();
            spoil(&mut reading);
            let error = fates(&reading).expect_err(what);
            assert!(error.to_string().contains("contradicts itself"), "{what}: {error}");
        }
    }

    #[test]
    fn a_signal_in_a_nucleus_that_was_not_sorted_has_no_status() {
        let mut reading = field_reading();
        reading.nuclei[0].pairing = Pairing { nucleus_id: 1, ..Pairing::default() };
        reading.nuclei[0].call.pattern = crate::classify::SignalPattern::default();
        assert!(fates(&reading).unwrap()[..4].iter().all(|f| f.status.is_none()));
    }
}
