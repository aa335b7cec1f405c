//! Intended use and settings: what was validated.

use serde::Serialize;

use super::input::DossierInput;

/// A rule of the assay in plain words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RuleText {
    /// The subject.
    pub topic: String,
    /// The rule.
    pub text: String,
    /// Keys of the rule that the laboratory must verify.
    pub verify: Vec<String>,
}

/// The subject of the validation: the assay, the settings and the specimens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct UseAndSettings {
    /// Id of the assay.
    pub assay: String,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its gene.
    pub gene: String,
    /// Its rules.
    pub rules: Vec<RuleText>,
    /// Versions of the crate that made the results.
    pub crate_versions: Vec<String>,
    /// Digests of the settings by which they were made.
    pub settings: Vec<String>,
    /// Specimens, without repeats.
    pub specimens: usize,
    /// Repeats of them.
    pub repeats: usize,
    /// Normal controls among the specimens.
    pub normals: usize,
    /// Specimens and repeats without a verdict.
    pub not_evaluable: usize,
    /// Evaluable nuclei of the specimen with the fewest, and of the one with the most; `None` without specimens.
    pub evaluable_nuclei: Option<(usize, usize)>,
    /// Reasons not to rely on the results as one set.
    pub cautions: Vec<String>,
}

impl UseAndSettings {
    pub(super) fn of(input: &DossierInput) -> Self {
        let assay = &input.assay;
        let rule = |rule: crate::assay::RuleInWords| RuleText {
            topic: rule.topic.to_owned(),
            text: rule.text,
            verify: rule.verify,
        };
        let specimens = input.originals().count();
        let nuclei = || input.specimens.iter().map(|specimen| specimen.count.total);
        let mut cautions = Vec::new();
        if input.crate_versions.len() > 1 {
            let versions = input.crate_versions.join(", ");
            cautions
                .push(format!("Several versions made the results: {versions}. Score all of them by one."));
        }
        if input.settings.len() > 1 {
            let settings = input.settings.len();
            cautions.push(format!(
                "The results were made by {settings} different settings. Score all of them by one."
            ));
        }
        let incomplete = input.specimens.iter().filter(|specimen| specimen.failed_fields > 0).count();
        if incomplete > 0 {
            cautions.push(format!("{incomplete} results lack fields that could not be read."));
        }
        Self {
            assay: assay.id.clone(),
            name: assay.name.clone(),
            version: assay.version.clone(),
            gene: assay.gene.clone(),
            rules: assay.in_words().into_iter().map(rule).collect(),
            crate_versions: input.crate_versions.clone(),
            settings: input.settings.clone(),
            specimens,
            repeats: input.specimens.len() - specimens,
            normals: input.originals().filter(|specimen| specimen.is_normal).count(),
            not_evaluable: input.specimens.iter().filter(|s| s.result_percent().is_none()).count(),
            evaluable_nuclei: nuclei().min().zip(nuclei().max()),
            cautions,
        }
    }
}
