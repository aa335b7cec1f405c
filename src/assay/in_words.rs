//! The rules of an assay in plain words.

mod beside;
mod decision;
mod signals;

use super::definition::{Assay, SampleType};

/// A rule of an assay in plain words.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RuleInWords {
    /// The subject, such as `split` or `verdict`.
    pub topic: &'static str,
    /// The rule.
    pub text: String,
    /// Keys of the rule that the laboratory must verify ([`Assay::verify`]).
    pub verify: Vec<String>,
}

/// The topics in their order, each with the first levels or whole keys that it is about.
const TOPICS: [(&str, &[&str]); 14] = [
    ("sample", &["sample_type", "section_thickness_um", "expected_nucleus_diameter_um"]),
    ("probes", &["probe"]),
    ("normal", &["normal", "x_linked"]),
    ("split", &["split"]),
    ("doublets", &["doublet"]),
    ("isolated", &["isolated"]),
    ("copies", &["gain", "amplification", "report_copy_number"]),
    ("counted", &["evaluable"]),
    ("reading", &["reading"]),
    ("verdict", &["decision", "borderline"]),
    ("cutoff from", &["cutoff_provenance"]),
    ("beside it", &["secondary"]),
    ("report", &["report"]),
    ("codes", &["codes"]),
];

impl Assay {
    /// The rules in plain words, in the order of the file. Each has the keys that the laboratory must verify.
    ///
    /// ```
    /// use breakapart::Assay;
    /// let rules = Assay::builtin("alk")?.in_words();
    /// let verdict = rules.iter().find(|rule| rule.topic == "verdict").map(|rule| rule.text.as_str());
    /// assert!(verdict.is_some_and(|text| text.starts_with("positive if at least 15 % of 50 or more evaluable nuclei")));
    /// # Ok::<(), breakapart::Error>(())
    /// ```
    #[must_use]
    pub fn in_words(&self) -> Vec<RuleInWords> {
        let rule = |(topic, levels): (&'static str, &[&str])| {
            let is_about = |key: &str| {
                levels.iter().any(|level| {
                    key.strip_prefix(level).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
                })
            };
            let verify =
                self.verify.iter().map(|mark| mark.key.clone()).filter(|key| is_about(key)).collect();
            RuleInWords { topic, text: self.words_of(topic), verify }
        };
        // An optional table that an assay does not have is no rule.
        TOPICS.into_iter().map(rule).filter(|rule| !rule.text.is_empty()).collect()
    }

    fn words_of(&self, topic: &str) -> String {
        match topic {
            "sample" => self.sample_in_words(),
            "probes" => signals::probes(self),
            "normal" => signals::normal(self),
            "split" => signals::split(self),
            "doublets" => signals::doublets(self),
            "isolated" => signals::isolated(self),
            "copies" => signals::copies(self),
            "counted" => decision::counted(self),
            "reading" => decision::reading(self),
            "verdict" => decision::verdict(self),
            "cutoff from" => decision::source(self),
            "beside it" => beside::secondary(self),
            "codes" => beside::codes(self),
            _ => decision::report(self),
        }
    }

    fn sample_in_words(&self) -> String {
        let sample = match self.sample_type {
            SampleType::Ffpe => "sections of fixed tissue (FFPE)",
            SampleType::Cytology => "cytology: whole nuclei",
            SampleType::Marrow => "bone marrow or blood",
        };
        let thickness = self.section_thickness_um.map_or_else(String::new, |um| format!(", {um} um thick"));
        format!("{sample}{thickness}; nuclei of about {} um", self.expected_nucleus_diameter_um)
    }
}
