//! The record of all reviews of a result, as its page and its Observation show it.

use crate::analyse::SpecimenReading;
use crate::report::{NucleusDecision, ReaderRecord, ReviewRecord, SecondRecord};
use crate::run::review::audit::Trail;
use crate::run::review::state::{ReaderRole, SecondReading, State};

/// The record of the reviews of a trail that made `program` into `reviewed`.
pub(super) fn review_record(
    (program, reviewed): (&SpecimenReading, &SpecimenReading),
    (trail, state): (&Trail, &State),
    second: Option<&SecondReading>,
) -> ReviewRecord {
    let decisions = state.decided(ReaderRole::First).map(|(entry, reader)| NucleusDecision {
        field: entry.field.clone(),
        nucleus_id: entry.nucleus_id,
        reason: entry.reason.clone(),
        reader: reader.to_owned(),
    });
    let mut record = ReviewRecord::new(program, reviewed, decisions.collect());
    record.reviews = trail.lines.len();
    record.readers = ReaderRole::ALL.iter().flat_map(|role| readers(trail, *role)).collect();
    record.trail = trail.last().map_or_else(String::new, |digest| digest.as_str().to_owned());
    record.second = second.map(|second| SecondRecord {
        count: second.second,
        pooled: second.pooled,
        meets_cutoff: second.meets_cutoff,
        calls: second.calls,
        kappa: second.kappa,
    });
    record
}

/// The readers of a role, in the order in which they came.
fn readers(trail: &Trail, role: ReaderRole) -> Vec<ReaderRecord> {
    let mut readers: Vec<ReaderRecord> = Vec::new();
    for line in trail.lines.iter().filter(|line| line.role == role) {
        let at = readers.iter().position(|reader| reader.name == line.reader).unwrap_or_else(|| {
            let is_second = role == ReaderRole::Second;
            readers.push(ReaderRecord { name: line.reader.clone(), is_second, ..ReaderRecord::default() });
            readers.len() - 1
        });
        let Some(reader) = readers.get_mut(at) else { continue };
        reader.reviews += 1;
        reader.decisions += line.decisions.len();
        reader.overruled |= line.overrules;
        // Times of one form sort as texts.
        for time in line.decisions.iter().map(|decision| &decision.time) {
            if reader.from.is_empty() || *time < reader.from {
                reader.from.clone_from(time);
            }
            if *time > reader.to {
                reader.to.clone_from(time);
            }
        }
    }
    readers
}
