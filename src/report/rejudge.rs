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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;

    use super::*;
    use crate::analyse::SpecimenReading;
    use crate::classify::NucleusClass;
    use crate::colour::Colour;
    use crate::field::ChannelRole;
    use crate::pair::{Pair, Pairing};
    use crate::quality::figures::NoNuclei;
    use crate::quality::{FailedControl, Raised, SharedPlane};
    use crate::report::example::{signal, specimen_reading};
    use crate::report::write_report_json;

    /// So many intact and split nuclei, of which some of each are doubtful.
    fn reading(intact: usize, split: usize, doubtful: usize) -> SpecimenReading {
        let mut reading = specimen_reading();
        let field = &mut reading.fields[0];
        let model = field.nuclei.remove(0);
        field.nuclei.clear();
        field.signals.clear();
        for i in 0..intact + split {
            let id = i as u32 + 1;
            let pair = |at: usize| Pair {
                red: 4 * i + at,
                green: 4 * i + at + 1,
                distance_px: 1.0,
                distance_diameters: 0.25,
            };
            let mut pairing = Pairing { nucleus_id: id, fused: vec![pair(0)], ..Pairing::default() };
            if i < intact { &mut pairing.fused } else { &mut pairing.split }.push(pair(2));
            let colours = [Colour::Red, Colour::Green, Colour::Red, Colour::Green];
            field.signals.extend(colours.map(|colour| signal(colour, id, 10.0, 10.0)));
            let mut nucleus = model.clone();
            (nucleus.nucleus.id, nucleus.call.nucleus_id) = (id, id);
            nucleus.call.pattern = pairing.pattern();
            nucleus.call.class = if i < intact { NucleusClass::Normal } else { NucleusClass::Split };
            nucleus.call.rearranged = i >= intact;
            nucleus.call.doubtful = i < doubtful || (intact..intact + doubtful).contains(&i);
            nucleus.pairing = pairing;
            field.nuclei.push(nucleus);
        }
        reading
    }

    /// The report of a reading that was decided with these facts.
    fn report(reading: &SpecimenReading, facts: &RunFacts) -> (SpecimenReading, String) {
        let mut reading = reading.clone();
        reading.grounds.findings.extend(findings_of_run(facts, &reading.assay.id));
        reading.summary = reading.decide().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.json");
        write_report_json(&path, &reading, &[]).unwrap();
        let text = fs::read_to_string(path).unwrap();
        (reading, text)
    }

    fn facts(controls: &[&str], shared: bool) -> RunFacts {
        let control = |assay: &&str| FailedControl {
            specimen: "N1".to_owned(),
            assay: (*assay).to_owned(),
            expected: "negative".to_owned(),
            found: "positive, 31.2 %".to_owned(),
        };
        let plane = SharedPlane {
            field: "field_000".to_owned(),
            channel: ChannelRole::Red,
            other_specimen: "S2".to_owned(),
            other_field: "f".to_owned(),
        };
        RunFacts {
            failed_controls: controls.iter().map(control).collect(),
            shared_planes: shared.then_some(plane).into_iter().collect(),
            skipped_files: vec!["a.czi".to_owned()],
            ..RunFacts::default()
        }
    }

    #[test]
    fn a_saved_report_is_judged_as_its_reading_would_be() {
        let own = facts(&[], false);
        let of_run =
            [facts(&["ret"], false), facts(&["alk"], false), facts(&[], true), facts(&["alk", "ret"], true)];
        let mut seen: BTreeSet<String> = BTreeSet::new();
        // Positive, negative, near the cutoff, turned by doubtful nuclei, too few.
        for (intact, split, doubtful) in [(60, 40, 0), (100, 0, 0), (85, 15, 0), (80, 20, 12), (9, 3, 1)] {
            let mut specimen = reading(intact, split, doubtful);
            specimen
                .grounds
                .findings
                .push(Raised::new(NoNuclei { reason: None }).in_field("field_000").confirm().into());
            let (before, saved) = report(&specimen, &own);
            seen.extend(before.summary.findings.iter().map(|finding| finding.code().to_owned()));
            for facts in &of_run {
                let (judged, expected) = report(&specimen, facts);
                let mut report = SavedReport::parse(&saved, &Location::default()).unwrap();
                report.judge(facts).unwrap();
                let bytes = report.bytes(Path::new("report.json")).unwrap();
                assert_eq!(String::from_utf8(bytes).unwrap(), expected, "{intact} {split} {facts:?}");
                let summary = &judged.summary;
                assert_eq!(report.withheld_by(), summary.withheld_by_codes());
                assert_eq!(report.is_borderline(), summary.borderline);
                assert_eq!(report.asks_for_confirmation(), summary.confirm);
                assert_eq!(report.findings().len(), summary.findings.len());
                // Again, by the same facts and by more of them.
                report.judge(facts).unwrap();
                assert_eq!(report.bytes(Path::new("report.json")).unwrap(), expected.as_bytes());
            }
        }
        for code in ["borderline", "doubtful_nuclei", "too_few_nuclei", "no_nuclei", "files_skipped"] {
            assert!(seen.contains(code), "no specimen has {code}: {seen:?}");
        }
    }

    #[test]
    fn a_verdict_that_was_withheld_is_not_given_back() {
        let (_, withheld) = report(&reading(60, 40, 0), &facts(&[], true));
        let mut report = SavedReport::parse(&withheld, &Location::default()).unwrap();
        assert_eq!(report.judge(&facts(&[], false)).unwrap_err().code(), "malformed");
        assert_eq!(SavedReport::parse("{}", &Location::default()).unwrap_err().code(), "malformed");
    }
}
