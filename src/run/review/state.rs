//! All reviews of a result together.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::agreement::{ConfusionMatrix, Kappa, KappaWeights};
use crate::analyse::SpecimenReading;
use crate::classify::NucleusCall;
use crate::error::{Error, Location, Result};
use crate::report::{READER_CALLS, alike};
use crate::run::review::corrections::corrections;
use crate::run::review::document::{ReviewChange, ReviewEntry};
use crate::summarise::Count;
use crate::words::words;

/// The role of a reader.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ReaderRole {
    /// The reader whose corrections make the result.
    #[default]
    First,
    /// A second reader, who reads by himself: both readings are compared and pooled.
    Second,
}

words!(ReaderRole, "role of a reader", {
    First => "first",
    Second => "second",
});

/// The nucleus that a decision is about.
type Of = (String, u32);

/// A decision, and who made it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Decision {
    entry: ReviewEntry,
    reader: String,
}

/// The decisions of all reviews of a result.
#[derive(Debug, Clone, Default)]
pub(super) struct State {
    first: BTreeMap<Of, Decision>,
    second: BTreeMap<Of, Decision>,
}

impl State {
    fn of(&self, role: ReaderRole) -> &BTreeMap<Of, Decision> {
        match role {
            ReaderRole::First => &self.first,
            ReaderRole::Second => &self.second,
        }
    }

    /// Whether anyone has decided in this role.
    pub(super) fn has(&self, role: ReaderRole) -> bool {
        !self.of(role).is_empty()
    }

    /// Nuclei on which anyone has decided in this role.
    pub(super) fn decisions(&self, role: ReaderRole) -> usize {
        self.of(role).len()
    }

    /// The decisions that hold in this role, each with its reader, by field and nucleus.
    pub(super) fn decided(&self, role: ReaderRole) -> impl Iterator<Item = (&ReviewEntry, &str)> {
        self.of(role).values().map(|decision| (&decision.entry, decision.reader.as_str()))
    }

    /// The persons whose decisions hold in this role, by name.
    pub(super) fn readers(&self, role: ReaderRole) -> Vec<String> {
        let readers: BTreeSet<&str> =
            self.of(role).values().map(|decision| decision.reader.as_str()).collect();
        readers.into_iter().map(str::to_owned).collect()
    }

    /// Adds the decisions of a reader.
    ///
    /// # Errors
    /// [`Error::Undecided`] if another reader decided otherwise on a nucleus, unless `overrules` says that this one overrules.
    pub(super) fn add(
        &mut self,
        entries: &[ReviewEntry],
        (reader, role): (&str, ReaderRole),
        overrules: bool,
        location: &Location,
    ) -> Result<()> {
        let of = |entry: &ReviewEntry| (entry.field.clone(), entry.nucleus_id);
        // The pattern that is counted, if any.
        let outcome = |entry: &ReviewEntry| (entry.change == ReviewChange::Exclude, entry.pattern.clone());
        let differs = |entry: &&ReviewEntry| {
            let earlier = self.of(role).get(&of(entry));
            earlier.is_some_and(|earlier| {
                earlier.reader != reader
                    && !entry.leaves_uncounted()
                    && outcome(&earlier.entry) != outcome(entry)
            })
        };
        let disputed: Vec<String> = (entries.iter().filter(differs))
            .map(|entry| format!("nucleus {} of {}", entry.nucleus_id, entry.field))
            .collect();
        if !disputed.is_empty() && !overrules {
            return Err(Error::Undecided {
                location: location.clone(),
                question: "another reader decided otherwise".to_owned(),
                found: disputed.join(", "),
                remedy: "give the review as a second reading with --second, or let it overrule the other one with --overrule"
                    .to_owned(),
            });
        }
        let decisions = match role {
            ReaderRole::First => &mut self.first,
            ReaderRole::Second => &mut self.second,
        };
        // Who accepts that a nucleus is not counted accepts what was decided on it.
        let is_new = |entry: &&ReviewEntry| !(entry.leaves_uncounted() && decisions.contains_key(&of(entry)));
        let new: Vec<&ReviewEntry> = entries.iter().filter(is_new).collect();
        decisions.extend(
            new.into_iter()
                .map(|entry| (of(entry), Decision { entry: entry.clone(), reader: reader.to_owned() })),
        );
        Ok(())
    }

    /// The reading with the decisions of one role.
    ///
    /// # Errors
    /// As [`SpecimenReading::edit`].
    pub(super) fn reading(&self, of: &SpecimenReading, role: ReaderRole) -> Result<SpecimenReading> {
        of.edit(&corrections(self.of(role).values().map(|decision| &decision.entry), of)?)
    }

    /// The second reading beside the first one, `first`; `None` if nobody read a second time.
    ///
    /// # Errors
    /// As [`SpecimenReading::edit`].
    pub(super) fn second_reading(
        &self,
        of: &SpecimenReading,
        first: &SpecimenReading,
    ) -> Result<Option<SecondReading>> {
        if !self.has(ReaderRole::Second) {
            return Ok(None);
        }
        SecondReading::of(first, &self.reading(of, ReaderRole::Second)?).map(Some)
    }
}

/// Rearranged and counted nuclei of a reading.
pub(super) fn counted_of(reading: &SpecimenReading) -> Result<Count> {
    Count::new(reading.summary.rearranged, reading.summary.evaluable)
}

/// Nuclei by two readings of them (rows, columns): rearranged, not rearranged, not counted.
pub(super) fn calls_of(rows: &SpecimenReading, columns: &SpecimenReading) -> [[usize; 3]; 3] {
    let place = |call: &NucleusCall| match (call.evaluable(), call.rearranged) {
        (true, true) => 0,
        (true, false) => 1,
        (false, _) => 2,
    };
    let mut calls = [[0; 3]; 3];
    for (a, b) in rows.calls().zip(columns.calls()) {
        calls[place(a)][place(b)] += 1;
    }
    calls
}

/// Such calls as a matrix, and Cohen's kappa of them with its interval at this level; `None` if it does not exist.
pub(crate) fn matrix_of_calls(
    calls: &[[usize; 3]; 3],
    level: f64,
) -> Result<(ConfusionMatrix, Option<Kappa>)> {
    let rows = calls.iter().map(|row| row.to_vec()).collect();
    let matrix = ConfusionMatrix::new(&READER_CALLS, &READER_CALLS, rows)?;
    let kappa = matrix.kappa(KappaWeights::Unweighted, level)?;
    Ok((matrix, kappa))
}

/// Two readings of one specimen, nucleus by nucleus.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SecondReading {
    /// Rearranged and counted nuclei of the first reader.
    pub first: Count,
    /// Those of the second reader.
    pub second: Count,
    /// Nuclei by the calls of the first (row) and the second (column): rearranged, not rearranged, not counted.
    pub calls: [[usize; 3]; 3],
    /// Cohen's kappa of these calls with its interval; `None` if it does not exist, as where all calls are one.
    pub kappa: Option<Kappa>,
    /// Counts of both summed, as the two-stage rule asks: nuclei are counted twice, once by each.
    pub pooled: Count,
    /// The pooled percentage; `None` if nothing is counted.
    pub pooled_percent: Option<f64>,
    /// Whether the pooled percentage meets the cutoff.
    pub meets_cutoff: bool,
}

impl SecondReading {
    /// Nuclei that both called alike, and all nuclei.
    #[must_use]
    pub fn alike(&self) -> (usize, usize) {
        alike(&self.calls)
    }

    /// The pooled counts, and the side of the cutoff that they are on: `12 of 100 (12.0 %), below the cutoff`.
    #[must_use]
    pub fn in_words(&self) -> String {
        let percent = self.pooled_percent.map_or_else(String::new, |percent| format!(" ({percent:.1} %)"));
        let side = if self.meets_cutoff { "at or above" } else { "below" };
        format!("{} of {}{percent}, {side} the cutoff", self.pooled.positive, self.pooled.total)
    }

    fn of(first: &SpecimenReading, second: &SpecimenReading) -> Result<Self> {
        let calls = calls_of(first, second);
        let (one, two) = (counted_of(first)?, counted_of(second)?);
        let pooled = Count::new(one.positive + two.positive, one.total + two.total)?;
        let decision = &first.assay.decision;
        let (_, kappa) = matrix_of_calls(&calls, first.assay.report.ci_level)?;
        Ok(Self {
            kappa,
            first: one,
            second: two,
            calls,
            pooled,
            pooled_percent: pooled.percent(),
            meets_cutoff: decision.cutoff().is_met_by(pooled.positive, pooled.total, decision.comparator()),
        })
    }
}
