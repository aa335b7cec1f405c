//! The results of all parts, in the order of the whole run.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::error::{Error, Location, Result};
use crate::run::facts::Member;
use crate::run::ledger::{Ledger, LedgerState, ResultFile};
use crate::run::merge::agree::Part;
use crate::run::merge::reviews::Reviews;
use crate::run::part::{PartRecord, ResultName};
use crate::run::record::InputRecord;
use crate::run::rejudge::JUDGED_FILES;

/// How parts are merged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct MergeOptions {
    /// Merge although specimens of the run are in no part. The folder is then a part itself, and can be merged again.
    pub partial: bool,
}

/// A result of a part, on its way into the whole run.
pub(super) struct Gathered {
    pub(super) record: InputRecord,
    /// `None` = it failed.
    pub(super) ledger: Option<Ledger>,
    /// The part.
    pub(super) part: PathBuf,
    /// The folder of the result in its part.
    pub(super) from: PathBuf,
    /// The name of its folder in the whole run.
    pub(super) name: String,
    /// Its reviews, of all parts that hold it.
    pub(super) reviews: Reviews,
    /// Whether it was judged again, by the facts that its ledger holds.
    pub(super) is_judged_again: bool,
}

impl Gathered {
    pub(super) fn specimen(&self) -> &str {
        self.record.specimen.as_deref().unwrap_or_default()
    }

    pub(super) fn assay(&self) -> &str {
        self.record.settings.as_ref().map_or("", |settings| &settings.assay)
    }

    pub(super) fn member(&self) -> Member<'_> {
        Member {
            specimen: self.specimen(),
            assay: self.assay(),
            control: self.record.sheet.control,
            ledger: self.ledger.as_ref(),
        }
    }
}

/// The results of all parts.
pub(super) struct AllParts {
    /// In the order of the whole run.
    pub(super) results: Vec<Gathered>,
    /// Inputs in which there is no specimen.
    pub(super) failed_inputs: Vec<InputRecord>,
}

/// Collects the results of all parts. Refuses different results of one specimen, and specimens without any.
pub(super) fn gather(parts: &[Part], whole: &PartRecord, options: MergeOptions) -> Result<AllParts> {
    let mut results: BTreeMap<ResultName, Gathered> = BTreeMap::new();
    let mut failed_inputs: Vec<InputRecord> = Vec::new();
    for part in parts {
        for record in &part.record.inputs {
            let (Some(specimen), Some(settings)) = (&record.specimen, &record.settings) else {
                // Every part has met the inputs without a specimen.
                if !failed_inputs.contains(record) {
                    failed_inputs.push(record.clone());
                }
                continue;
            };
            let name = ResultName { specimen: specimen.clone(), assay: settings.assay.clone() };
            let mut gathered = result_of(part, record)?;
            match results.get_mut(&name) {
                Some(known) if is_same(known, &gathered) => known.reviews.add(&gathered.from)?,
                // The seam for a specimen that was split by region: its parts would be pooled here.
                Some(known) => return Err(two_results(&name, known, part)),
                None => {
                    gathered.reviews.add(&gathered.from)?;
                    results.insert(name, gathered);
                }
            }
        }
    }
    let missing: Vec<String> = (whole.results.iter())
        .filter(|name| !results.contains_key(name))
        .map(|name| format!("{} by {}", name.specimen, name.assay))
        .collect();
    if !missing.is_empty() && !options.partial {
        return Err(Error::Undecided {
            location: Location::default(),
            question: "results of the run are in none of the parts".to_owned(),
            found: format!("missing: {}", missing.join(", ")),
            remedy: "name all parts, or merge what is there with --partial".to_owned(),
        });
    }
    let results = whole.results.iter().filter_map(|name| results.remove(name)).collect();
    Ok(AllParts { results, failed_inputs })
}

fn result_of(part: &Part, record: &InputRecord) -> Result<Gathered> {
    let name = record.folder.clone().unwrap_or_default();
    let from = part.path.join(&name);
    let ledger = match &record.folder {
        None => None,
        Some(name) => {
            let ledger = part.ledgers.get(name).filter(|ledger| ledger.state == LedgerState::Complete);
            let lost = || {
                let problem = "the result is not complete; score the part again";
                Error::malformed(Location::file(&from), problem)
            };
            Some(ledger.cloned().ok_or_else(lost)?)
        }
    };
    Ok(Gathered {
        record: record.clone(),
        ledger,
        part: part.path.clone(),
        from,
        name,
        reviews: Reviews::default(),
        is_judged_again: false,
    })
}

/// Whether two results of one specimen are the same. Only the facts of their parts may differ, and what rests on them.
fn is_same(a: &Gathered, b: &Gathered) -> bool {
    let files = |ledger: &Ledger| -> Vec<ResultFile> {
        ledger.files.iter().filter(|file| !JUDGED_FILES.contains(&file.name.as_str())).cloned().collect()
    };
    match (&a.ledger, &b.ledger) {
        (None, None) => a.record.error == b.record.error,
        (Some(a), Some(b)) => {
            (&a.settings, &a.inputs, &a.planes) == (&b.settings, &b.inputs, &b.planes) && files(a) == files(b)
        }
        _ => false,
    }
}

fn two_results(name: &ResultName, known: &Gathered, part: &Part) -> Error {
    Error::Undecided {
        location: Location::file(&part.path),
        question: format!("two parts hold different results of specimen {} by {}", name.specimen, name.assay),
        found: format!("the other in {}", known.part.display()),
        remedy: "leave the part with the wrong one out, or score it again".to_owned(),
    }
}
