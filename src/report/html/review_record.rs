//! The reviews that a result was made with.

use std::collections::BTreeMap;

use super::figures::shown_interval;
use crate::agreement::Kappa;
use crate::analyse::SpecimenReading;
use crate::classify::NucleusCall;
use crate::decide::{Count, Interval, Verdict};

/// The reviews that a result was made with: who read, and the result of the program beside the reviewed one.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ReviewRecord {
    /// Reviews applied.
    pub reviews: usize,
    /// Who reviewed, and in which role: first readers, then second ones.
    pub readers: Vec<ReaderRecord>,
    /// The result of the program.
    pub program: ResultRecord,
    /// The result with the decisions of the first readers.
    pub reviewed: ResultRecord,
    /// Nuclei that the first readers called otherwise than the program, in the order of the tables.
    pub changed: Vec<ChangedNucleus>,
    /// Nuclei that the first readers called as the program did.
    pub accepted: usize,
    /// BLAKE3 digest of the last line of the audit trail, hexadecimal; empty without a trail.
    pub trail: String,
    /// The second reading beside the first one, if there is one.
    pub second: Option<SecondRecord>,
}

/// A person who reviewed, in one role.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs)]
pub struct ReaderRecord {
    /// The person.
    pub name: String,
    /// Whether the person read a second time what others had read.
    pub is_second: bool,
    /// Reviews by the person.
    pub reviews: usize,
    /// Decisions in them.
    pub decisions: usize,
    /// The time of the earliest decision, as the person's program wrote it.
    pub from: String,
    /// The time of the latest decision.
    pub to: String,
    /// Whether the person overruled decisions of others.
    pub overruled: bool,
}

/// A decision of a person on a nucleus.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs)]
pub struct NucleusDecision {
    /// The field.
    pub field: String,
    /// The nucleus.
    pub nucleus_id: u32,
    /// Why; may be empty.
    pub reason: String,
    /// The person.
    pub reader: String,
}

/// A nucleus that a person called otherwise than the program.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChangedNucleus {
    /// The decision.
    pub decision: NucleusDecision,
    /// The call of the program.
    pub program: CallRecord,
    /// The call of the person.
    pub reviewed: CallRecord,
}

/// The call of a nucleus.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallRecord {
    /// The signal pattern in laboratory notation.
    pub pattern: String,
    /// Whether the nucleus is counted.
    pub counted: bool,
}

/// A result in numbers.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ResultRecord {
    /// The verdict.
    pub verdict: Verdict,
    /// Nuclei rearranged among those counted.
    pub rearranged: usize,
    /// Nuclei counted.
    pub evaluable: usize,
    /// The percentage; `None` if nothing is counted.
    pub percent: Option<f64>,
    /// Its interval, by the method that the assay shows.
    pub interval: Option<Interval>,
}

/// Calls of a nucleus by a reader, in the order of [`SecondRecord::calls`].
pub(crate) const READER_CALLS: [&str; 3] = ["rearranged", "not rearranged", "not counted"];

/// Nuclei that two readings called alike, and all nuclei.
pub(crate) fn alike(calls: &[[usize; 3]; 3]) -> (usize, usize) {
    ((0..3).map(|i| calls[i][i]).sum(), calls.iter().flatten().sum())
}

/// Two readings of one specimen.
#[derive(Debug, Clone, PartialEq)]
#[allow(clippy::exhaustive_structs)]
pub struct SecondRecord {
    /// Rearranged and counted nuclei of the second reader.
    pub count: Count,
    /// The counts of both readers added.
    pub pooled: Count,
    /// Whether the pooled percentage meets the cutoff of the assay.
    pub meets_cutoff: bool,
    /// Nuclei by the calls of the first (row) and the second reader (column): rearranged, not rearranged, not counted.
    pub calls: [[usize; 3]; 3],
    /// Cohen's kappa of these calls; `None` if it does not exist.
    pub kappa: Option<Kappa>,
}

impl ReviewRecord {
    /// The record of decisions that made one reading into another, as [`SpecimenReading::edit`] does. Readers, trail and second
    /// reading are the caller's to add.
    ///
    /// ```
    /// # #[cfg(feature = "simulate")]
    /// # fn main() -> breakapart::Result<()> {
    /// use breakapart::analyse::{Change, Edit};
    /// use breakapart::report::{NucleusDecision, ReviewRecord};
    /// use breakapart::simulate::{Conditions, simulate_field};
    /// use breakapart::{Analyser, Assay};
    /// let field = simulate_field(&Conditions::named("easy_positive")?, 1, 0)?.field;
    /// let program = Analyser::new(Assay::builtin("alk")?)?.analyse(&field)?;
    /// let (field, nucleus_id) = (program.fields[0].name.clone(), program.calls().find(|c| c.rearranged).unwrap().nucleus_id);
    /// let reviewed = program.edit(&[Edit { field: field.clone(), nucleus_id, change: Change::Exclude }])?;
    /// let decision = NucleusDecision { field, nucleus_id, reason: "overlapping".into(), reader: "Dr. A".into() };
    /// let record = ReviewRecord::new(&program, &reviewed, vec![decision]);
    /// assert_eq!((record.changed.len(), record.accepted), (1, 0));
    /// assert_eq!(record.program.rearranged, record.reviewed.rearranged + 1);
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "simulate"))]
    /// # fn main() {}
    /// ```
    #[must_use]
    pub fn new(
        program: &SpecimenReading,
        reviewed: &SpecimenReading,
        decisions: Vec<NucleusDecision>,
    ) -> Self {
        let decided = decisions.len();
        let mut open: BTreeMap<(String, u32), NucleusDecision> = decisions
            .into_iter()
            .map(|decision| ((decision.field.clone(), decision.nucleus_id), decision))
            .collect();
        let fields = program.fields.iter().zip(&reviewed.fields);
        let calls =
            fields.flat_map(|(of, with)| of.calls().zip(with.calls()).map(|pair| (of.name.clone(), pair)));
        let changed: Vec<ChangedNucleus> = calls
            .filter(|(_, (_, is))| is.edited)
            .filter_map(|(field, (was, is))| {
                let decision = open.remove(&(field, is.nucleus_id))?;
                Some(ChangedNucleus { decision, program: CallRecord::of(was), reviewed: CallRecord::of(is) })
            })
            .collect();
        Self {
            reviews: 0,
            readers: Vec::new(),
            program: ResultRecord::of(program),
            reviewed: ResultRecord::of(reviewed),
            accepted: decided.saturating_sub(changed.len()),
            changed,
            trail: String::new(),
            second: None,
        }
    }

    /// Names of the readers of one role, separated by commas; empty if there are none.
    pub(crate) fn names(&self, is_second: bool) -> String {
        let readers = self.readers.iter().filter(|reader| reader.is_second == is_second);
        readers.map(|reader| reader.name.as_str()).collect::<Vec<_>>().join(", ")
    }
}

impl CallRecord {
    fn of(call: &NucleusCall) -> Self {
        Self { pattern: call.pattern.to_string(), counted: call.evaluable() }
    }
}

impl ResultRecord {
    fn of(reading: &SpecimenReading) -> Self {
        let summary = &reading.summary;
        Self {
            verdict: summary.verdict,
            rearranged: summary.rearranged,
            evaluable: summary.evaluable,
            percent: summary.percent_rearranged,
            interval: shown_interval(reading),
        }
    }
}
