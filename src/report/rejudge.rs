//! A saved `report.json`, judged by other facts of its run.
//!
//! The facts of a run enter a reading after its last nucleus is called: they raise findings, and these may withhold the
//! verdict. No count, percentage or interval depends on them. So the saved report holds everything that the new one needs,
//! as long as no verdict comes back that was withheld: the questions to that verdict were never asked.

use std::path::Path;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::decide::Verdict;
use crate::error::{Error, Location, Result};
use crate::quality::{Effect, ON_GIVEN_VERDICT, RunFacts, findings_of_run, place_of};
use crate::report::json::exact_bytes;
use crate::report::specimen::FindingReport;
use crate::summarise::Ruled;

/// The group of the checks that look at the run.
const RUN_GROUP: &str = "run";

/// Code of the finding that makes a result borderline.
const BORDERLINE: &str = "borderline";

/// A finding as it stands in a report.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct SavedFinding {
    pub(crate) code: String,
    pub(crate) effect: Effect,
    pub(crate) message: String,
    pub(crate) action: Option<String>,
}

/// A report as it was saved.
#[derive(Debug, Clone)]
pub(crate) struct SavedReport {
    keys: Map<String, Value>,
    ruled: Ruled,
    verdict: Verdict,
    assay: String,
    /// In their order.
    findings: Vec<(SavedFinding, Value)>,
}

impl SavedReport {
    /// A report from its text.
    ///
    /// # Errors
    /// [`Error::Malformed`] if it is no report of this version.
    pub(crate) fn parse(text: &str, location: &Location) -> Result<Self> {
        let fault = |e: serde_json::Error| Error::malformed(location.clone(), format!("no report: {e}"));
        let mut keys: Map<String, Value> = serde_json::from_str(text).map_err(fault)?;
        let summary = &keys.get("summary").cloned().unwrap_or_default();
        let ruled = Ruled {
            verdict: read(&summary["by_rule"]).map_err(fault)?,
            depends_on_isolated: read(&summary["depends_on_isolated"]).map_err(fault)?,
        };
        let findings: Vec<Value> = read(keys.get("findings").unwrap_or(&Value::Null)).map_err(fault)?;
        let findings =
            findings.into_iter().map(|json| Ok((read(&json)?, json))).collect::<serde_json::Result<_>>();
        let verdict = read(keys.get("verdict").unwrap_or(&Value::Null)).map_err(fault)?;
        let assay = read(keys.get("assay").unwrap_or(&Value::Null)).map_err(fault)?;
        // They are put back when the report is judged.
        keys.insert("findings".to_owned(), Value::Null);
        Ok(Self { keys, ruled, verdict, assay, findings: findings.map_err(fault)? })
    }

    /// Judges it by these facts of its run, as the reading itself would be.
    ///
    /// # Errors
    /// [`Error::Malformed`] if a verdict would be given that was withheld: it has to be read again.
    pub(crate) fn judge(&mut self, facts: &RunFacts) -> Result<()> {
        let place = |code: &str| place_of(code).unwrap_or((usize::MAX, ""));
        self.findings.retain(|(finding, _)| place(&finding.code).1 != RUN_GROUP);
        for finding in findings_of_run(facts, &self.assay) {
            let saved = SavedFinding {
                code: finding.code().to_owned(),
                effect: finding.effect,
                message: finding.to_string(),
                action: finding.action(),
            };
            self.findings.push((saved, to_value(&FindingReport::from(&finding))?));
        }
        let verdict = self.ruled.settle(self.findings.iter().map(|(finding, _)| finding.effect));
        if verdict != Verdict::NotEvaluable && self.verdict == Verdict::NotEvaluable {
            let problem =
                "its verdict was withheld by facts that do not hold any more; score the specimen again";
            return Err(Error::malformed(Location::default(), problem));
        }
        if verdict == Verdict::NotEvaluable {
            self.findings.retain(|(finding, _)| !ON_GIVEN_VERDICT.contains(&finding.code.as_str()));
        }
        self.findings.sort_by_key(|(finding, _)| (self.ruled.rank(finding.effect), place(&finding.code).0));
        self.verdict = verdict;
        self.write_judgement()
    }

    /// Puts the judgement into the keys of the report.
    fn write_judgement(&mut self) -> Result<()> {
        let findings = self.findings.iter().map(|(_, json)| json.clone()).collect();
        let judged = [
            ("verdict", to_value(&self.verdict)?),
            ("borderline", Value::Bool(self.is_borderline())),
            ("confirm", Value::Bool(self.asks_for_confirmation())),
        ];
        for (key, value) in judged {
            if let Some(place) = self.keys.get_mut("summary").and_then(|summary| summary.get_mut(key)) {
                place.clone_from(&value);
            }
            // `borderline` stands in the summary alone.
            if let Some(place) = self.keys.get_mut(key) {
                *place = value;
            }
        }
        self.keys.insert("withheld_by".to_owned(), to_value(&self.withheld_by())?);
        self.keys.insert("findings".to_owned(), Value::Array(findings));
        Ok(())
    }

    pub(crate) fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// Its findings, in their order.
    pub(crate) fn findings(&self) -> impl ExactSizeIterator<Item = &SavedFinding> {
        self.findings.iter().map(|(finding, _)| finding)
    }

    /// Codes of the findings that withhold the verdict, each once.
    pub(crate) fn withheld_by(&self) -> Vec<String> {
        let mut codes: Vec<String> = Vec::new();
        for finding in self.findings().filter(|finding| self.ruled.is_withheld_by(finding.effect)) {
            if !codes.contains(&finding.code) {
                codes.push(finding.code.clone());
            }
        }
        codes
    }

    /// Whether the percentage lies near the cutoff.
    pub(crate) fn is_borderline(&self) -> bool {
        self.findings().any(|finding| finding.code == BORDERLINE)
    }

    /// Whether the verdict must be confirmed by another method or reader.
    pub(crate) fn asks_for_confirmation(&self) -> bool {
        let asks = || self.findings().any(|finding| finding.effect == Effect::Confirm);
        self.verdict == Verdict::Equivocal || (self.verdict.is_decided() && asks())
    }

    /// The bytes of the report. Every digit is kept: the numbers are rounded already.
    pub(crate) fn bytes(&self, path: &Path) -> Result<Vec<u8>> {
        exact_bytes(path, &self.keys)
    }
}

fn read<T: for<'de> Deserialize<'de>>(value: &Value) -> serde_json::Result<T> {
    T::deserialize(value)
}

fn to_value(value: &impl serde::Serialize) -> Result<Value> {
    serde_json::to_value(value)
        .map_err(|e| Error::malformed(Location::default(), format!("cannot be written as JSON: {e}")))
}
