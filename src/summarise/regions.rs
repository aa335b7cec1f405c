//! Counts by region.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::assay::Assay;
use crate::classify::{Exclusion, NucleusCall};
use crate::decide::{Count, Interval, interval};
use crate::error::Result;

/// The nuclei of one region over all fields, or those outside.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RegionSummary {
    /// Name of the region; `outside` for the nuclei in none.
    pub name: String,
    /// Nuclei found in it.
    pub nuclei: usize,
    /// Nuclei counted; of those outside, the ones that would be counted if their place were.
    pub evaluable: usize,
    /// Rearranged among these.
    pub rearranged: usize,
    /// `100 * rearranged / evaluable`; `None` if nothing is evaluable.
    pub percent: Option<f64>,
    /// Interval of the percentage, by the assay's method; `None` if nothing is evaluable.
    pub interval: Option<Interval>,
}

impl RegionSummary {
    fn new(name: &str, nuclei: usize, count: Count, assay: &Assay) -> Result<Self> {
        let limits =
            (count.total > 0).then(|| interval(count, assay.report.ci_level, assay.report.ci)).transpose()?;
        Ok(Self {
            name: name.to_owned(),
            nuclei,
            evaluable: count.total,
            rearranged: count.positive,
            percent: count.percent(),
            interval: limits,
        })
    }
}

/// The regions of these names.
pub(super) fn of_names(names: &[String], calls: &[NucleusCall], assay: &Assay) -> Result<Vec<RegionSummary>> {
    let mut counts: BTreeMap<&str, (usize, Count)> = BTreeMap::new();
    for call in calls {
        let Some(name) = call.region() else { continue };
        let (nuclei, count) = counts.entry(name).or_insert((0, Count { positive: 0, total: 0 }));
        *nuclei += 1;
        count.total += usize::from(call.evaluable());
        count.positive += usize::from(call.evaluable() && call.rearranged);
    }
    let of_name = |name: &String| {
        let (nuclei, count) =
            counts.get(name.as_str()).copied().unwrap_or((0, Count { positive: 0, total: 0 }));
        RegionSummary::new(name, nuclei, count, assay)
    };
    names.iter().map(of_name).collect()
}

/// The nuclei outside.
pub(super) fn outside(calls: &[NucleusCall], assay: &Assay) -> Result<RegionSummary> {
    let there = || calls.iter().filter(|call| call.is_outside());
    let total = there().filter(|call| call.exclusion == Some(Exclusion::OutsideRegion)).count();
    let count = Count { positive: there().filter(|call| call.rearranged_outside).count(), total };
    RegionSummary::new("outside", there().count(), count, assay)
}
