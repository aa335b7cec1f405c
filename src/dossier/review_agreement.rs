//! Agreement of the readers who reviewed results: with each other, and with the program.

use std::collections::BTreeMap;

use serde::Serialize;

use super::input::{DossierInput, DossierOptions};
use super::reader_agreement::{Counts, PROGRAM, ReaderPair, compare};
use crate::agreement::{ConfusionMatrix, Kappa};
use crate::decide::Count;
use crate::error::Result;
use crate::run::{ReviewedReadings, matrix_of_calls};

/// The name of the first reader of reviews.
const FIRST: &str = "first reader";

/// The name of the second reader of reviews.
const SECOND: &str = "second reader";

/// Two readings of reviewed results.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ReviewPair {
    /// The specimens.
    pub specimens: ReaderPair,
    /// Nuclei of all specimens: the reference in the rows.
    pub nuclei: ConfusionMatrix,
    /// Cohen's kappa of the nuclei, which it takes as independent; `None` if it does not exist, as where all calls are one.
    pub kappa: Option<Kappa>,
}

/// Agreement of the readers who reviewed results. They corrected the reading of the program, and saw it: they agree more than
/// readers who count by themselves.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ReviewAgreement {
    /// The persons, each with the specimens that it read as first or as second reader.
    pub readers: BTreeMap<String, usize>,
    /// The second reader and the first, then the program and each of them, where there are such readings.
    pub pairs: Vec<ReviewPair>,
}

/// Nuclei by the calls of two readings.
type Calls = [[usize; 3]; 3];

impl ReviewAgreement {
    /// `None` if no result was reviewed.
    pub(super) fn of(input: &DossierInput, options: &DossierOptions) -> Result<Option<Self>> {
        let reviews = &input.reviews;
        let mut readers: BTreeMap<String, usize> = BTreeMap::new();
        for role in reviews.iter().flat_map(|review| [&review.first, &review.second]).flatten() {
            for reader in &role.readers {
                *readers.entry(reader.clone()).or_default() += 1;
            }
        }
        let counts = |count: fn(&ReviewedReadings) -> Option<Count>| -> Counts<'_> {
            reviews.iter().filter_map(|review| Some((review.specimen.as_str(), count(review)?))).collect()
        };
        let calls = |calls: fn(&ReviewedReadings) -> Option<Calls>| sum(reviews.iter().filter_map(calls));
        let first = (FIRST, &counts(|review| Some(review.first.as_ref()?.count)));
        let second = (SECOND, &counts(|review| Some(review.second.as_ref()?.count)));
        let program = (PROGRAM, &counts(|review| Some(review.program)));
        let mut pairs = Vec::new();
        for (reference, reader, calls) in [
            (first, second, calls(|review| review.calls)),
            (first, program, calls(|review| Some(review.first.as_ref()?.calls))),
            (second, program, calls(|review| Some(review.second.as_ref()?.calls))),
        ] {
            let Some(calls) = calls else { continue };
            let specimens = compare(reference, reader, &input.assay, options.level)?;
            let (nuclei, kappa) = matrix_of_calls(&calls, options.level)?;
            pairs.push(ReviewPair { specimens, nuclei, kappa });
        }
        Ok((!pairs.is_empty()).then_some(Self { readers, pairs }))
    }
}

/// The sum over specimens; `None` if there are none.
fn sum(of: impl Iterator<Item = Calls>) -> Option<Calls> {
    of.reduce(|mut sum, calls| {
        for (sum, n) in sum.iter_mut().flatten().zip(calls.iter().flatten()) {
            *sum += n;
        }
        sum
    })
}
