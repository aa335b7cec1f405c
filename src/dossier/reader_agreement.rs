//! Agreement of readers with each other, and of this crate with each.

use std::collections::BTreeMap;

use serde::Serialize;

use super::calls::{BandAgreement, Bands, CallAgreement, count_meets_cutoff};
use super::input::{DossierInput, DossierOptions};
use super::minimum::COMPARED;
use super::part::{Part, TooFew};
use crate::agreement::{BlandAltman, Pair, TwoByTwo, bland_altman};
use crate::assay::Assay;
use crate::decide::Count;
use crate::error::Result;

/// The name of this crate among the readers.
pub(super) const PROGRAM: &str = "breakapart";

/// Two readers.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ReaderPair {
    /// The reader that is compared with.
    pub reference: String,
    /// The other reader, or `breakapart`.
    pub reader: String,
    /// Specimens that both counted.
    pub specimens: usize,
    /// Differences of the percentages, points.
    pub bland_altman: Part<BlandAltman>,
    /// The calls by the cutoff of the assay.
    pub calls: CallAgreement,
    /// Agreement in bands around the cutoff.
    pub bands: Part<BandAgreement>,
}

/// Every two readers, then this crate with each.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ReaderPairs {
    /// The pairs.
    pub pairs: Vec<ReaderPair>,
}

/// Agreement of readers.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Readers {
    /// The readers, each with the specimens that it counted.
    pub readers: BTreeMap<String, usize>,
    /// The agreement; too few if there are no two readers.
    pub part: Part<ReaderPairs>,
}

/// Counts by specimen.
pub(super) type Counts<'a> = BTreeMap<&'a str, Count>;

impl Readers {
    pub(super) fn of(input: &DossierInput, options: &DossierOptions) -> Result<Self> {
        let mut by_reader: BTreeMap<&str, Counts<'_>> = BTreeMap::new();
        for reader in &input.readers {
            by_reader.entry(&reader.reader).or_default().insert(&reader.specimen, reader.count);
        }
        let readers = by_reader.iter().map(|(name, counts)| ((*name).to_owned(), counts.len())).collect();
        if by_reader.len() < 2 {
            let too_few = TooFew { of: "readers".to_owned(), found: by_reader.len(), needed: 2 };
            return Ok(Self { readers, part: Part::TooFew(too_few) });
        }
        let with_result = input.specimens.iter().filter(|specimen| specimen.result_percent().is_some());
        let program: Counts<'_> = with_result.map(|s| (s.specimen.as_str(), s.count)).collect();
        let list: Vec<(&str, &Counts<'_>)> = by_reader.iter().map(|(name, counts)| (*name, counts)).collect();
        let mut pairs = Vec::new();
        for (i, reference) in list.iter().enumerate() {
            for reader in &list[i + 1..] {
                pairs.push(compare(*reference, *reader, &input.assay, options.level)?);
            }
        }
        for reference in &list {
            pairs.push(compare(*reference, (PROGRAM, &program), &input.assay, options.level)?);
        }
        Ok(Self { readers, part: Part::Given(ReaderPairs { pairs }) })
    }
}

/// The agreement of two readers over the specimens that both counted.
pub(super) fn compare(
    (reference, reference_counts): (&str, &Counts<'_>),
    (reader, counts): (&str, &Counts<'_>),
    assay: &Assay,
    level: f64,
) -> Result<ReaderPair> {
    let both: Vec<(Count, Count)> = reference_counts
        .iter()
        .filter_map(|(specimen, count)| Some((*count, *counts.get(specimen)?)))
        .collect();
    let percents: Vec<(f64, f64)> =
        both.iter().filter_map(|(a, b)| Some((a.percent()?, b.percent()?))).collect();
    let pairs: Vec<Pair> = percents.iter().map(|&(reference, test)| Pair { reference, test }).collect();
    let calls = both.iter().map(|(a, b)| (count_meets_cutoff(assay, *b), count_meets_cutoff(assay, *a)));
    let enough = ("specimens that both counted", both.len(), COMPARED);
    Ok(ReaderPair {
        reference: reference.to_owned(),
        reader: reader.to_owned(),
        specimens: both.len(),
        bland_altman: Part::of(enough, || bland_altman(&pairs, level))?,
        calls: CallAgreement::of(TwoByTwo::of_pairs(calls), level)?,
        bands: Part::of(enough, || BandAgreement::of(&Bands::of(assay), &percents, level).map(Some))?,
    })
}
