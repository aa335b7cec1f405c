//! The fields of an assay definition (see `assays/*.toml` for the built-in ones).

use serde::{Deserialize, Serialize};

use super::codes::Codes;
use super::decision::{Borderline, CutoffProvenance, Decision, Reading, Report};
use super::probe_end::ProbeEnd;
use super::rules::{Amplification, Doublet, Evaluable, Gain, Isolated, Split};
use super::secondary::Secondary;
use crate::colour::Colour;
use crate::words::words;

/// Which samples a definition was made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SampleType {
    /// Formalin-fixed paraffin-embedded tissue section: nuclei are cut.
    Ffpe,
    /// Smears, touch preparations, cell blocks read as whole nuclei.
    Cytology,
    /// Bone marrow or blood.
    Marrow,
}

words!(SampleType, "sample type", {
    Ffpe => "ffpe",
    Cytology => "cytology",
    Marrow => "marrow",
});

/// Sex of the patient, which sets the normal copy number of an X-linked gene.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sex {
    /// Two X chromosomes.
    Female,
    /// One X chromosome.
    Male,
}

words!(Sex, "sex", {
    Female => "female",
    Male => "male",
});

/// Everything that differs between break-apart probes: colours, distances, the meaning of each
/// pattern, which nuclei may be counted, how many, and the cutoff.
///
/// Written in TOML: the files in `assays/` are the built-in ones and serve as templates. A laboratory's own file works
/// the same way. An assay is validated when it is loaded, when it is deserialised from any format, and when it is used:
/// [`Assay::validate`] is the list of checks.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Assay {
    /// Short name, lower-case letters, digits, `_` and `-`.
    pub id: String,
    /// Name for reports.
    pub name: String,
    /// Version of this definition, for instance `1`. Change it with every change of a value.
    pub version: String,
    /// Gene symbol, as in ISCN strings.
    pub gene: String,
    /// Band, for instance `2p23`.
    pub band: String,
    /// Chromosome: `1` to `22`, `X` or `Y`.
    pub chromosome: String,
    /// Whether the gene lies on X, so that the expected copies depend on the patient's sex.
    pub x_linked: bool,
    /// The samples the values below were made for.
    pub sample_type: SampleType,
    /// Whether the report states the copy number. The IASLC atlas advises against it for ALK.
    pub report_copy_number: bool,
    /// Thickness of the section, um; absent for whole nuclei.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub section_thickness_um: Option<f64>,
    /// Typical diameter of the nuclei to be read, um.
    pub expected_nucleus_diameter_um: f64,
    /// Where the values come from.
    pub references: Vec<String>,
    /// The two probes.
    pub probe: ProbeSet,
    /// The normal pattern.
    pub normal: Normal,
    /// When a red and a green signal are apart.
    pub split: Split,
    /// When two signals of one colour are one.
    pub doublet: Doublet,
    /// The meaning of a signal without partner.
    pub isolated: Isolated,
    /// From how many intact loci on a nucleus has a gain.
    pub gain: Gain,
    /// From how many intact loci on the gene is amplified.
    pub amplification: Amplification,
    /// Which nuclei may be counted.
    pub evaluable: Evaluable,
    /// How many are read.
    pub reading: Reading,
    /// From counts to the verdict.
    pub decision: Decision,
    /// Percentages that need confirmation by another method.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub borderline: Option<Borderline>,
    /// Where the cutoff comes from.
    pub cutoff_provenance: CutoffProvenance,
    /// How results are written.
    pub report: Report,
    /// Values that the laboratory must verify before it relies on them.
    pub verify: Vec<Verify>,
    /// The laboratory's own validation of this definition. With it, no value is listed as not validated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validation: Option<Validation>,
    /// Cutoffs of patterns that are reported beside the verdict.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secondary: Option<Secondary>,
    /// Codes by which other systems know the parts of a result.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub codes: Option<Codes>,
}

impl Assay {
    /// Keys of the values that decide and that this laboratory has not validated; none if the assay has a
    /// [`Validation`].
    pub fn not_validated(&self) -> impl Iterator<Item = &str> {
        /// First levels of the keys that decide on a verdict, or on the word of the result.
        const DECIDING: [&str; 9] = [
            "decision",
            "split",
            "doublet",
            "isolated",
            "probe",
            "evaluable",
            "reading",
            "borderline",
            "secondary",
        ];
        let first = |key: &str| key.split('.').next().is_some_and(|level| DECIDING.contains(&level));
        let marks = self.verify.iter().filter(|_| self.validation.is_none());
        marks.map(|mark| mark.key.as_str()).filter(move |key| first(key))
    }

    /// Whether the laboratory has to verify a code before other systems rely on it: `codes.test`, for instance. A mark of
    /// the whole table holds for all codes in it. `false` with a [`validation`](Assay::validation).
    ///
    /// ```
    /// use breakapart::Assay;
    /// let alk = Assay::builtin("alk")?;
    /// assert!(alk.codes.is_some() && alk.is_code_unverified("codes.observation"));
    /// # Ok::<(), breakapart::Error>(())
    /// ```
    #[must_use]
    pub fn is_code_unverified(&self, key: &str) -> bool {
        let marks =
            |mark: &str| key.strip_prefix(mark).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
        self.validation.is_none() && self.verify.iter().any(|mark| marks(&mark.key))
    }

    /// The colour that marks an end of the gene.
    ///
    /// ```
    /// use breakapart::Colour;
    /// use breakapart::assay::{Assay, ProbeEnd};
    /// let alk = Assay::builtin("alk")?;
    /// assert_eq!(alk.colour_of(ProbeEnd::ThreePrime), Colour::Red);
    /// assert_eq!(alk.end_of(Colour::Green), ProbeEnd::FivePrime);
    /// # Ok::<(), breakapart::Error>(())
    /// ```
    #[must_use]
    pub fn colour_of(&self, end: ProbeEnd) -> Colour {
        match end {
            ProbeEnd::FivePrime => self.probe.five_prime.channel,
            ProbeEnd::ThreePrime => self.probe.three_prime.channel,
        }
    }

    /// The end of the gene that a colour marks.
    #[must_use]
    pub fn end_of(&self, colour: Colour) -> ProbeEnd {
        if self.probe.five_prime.channel == colour { ProbeEnd::FivePrime } else { ProbeEnd::ThreePrime }
    }

    /// Intact loci in a normal nucleus. Without the patient's sex the female number is taken; for an X-linked
    /// gene [`summarise`](crate::summarise) then says so in its advice.
    ///
    /// ```
    /// use breakapart::assay::{Assay, Sex};
    /// let tfe3 = Assay::builtin("tfe3")?;
    /// assert_eq!(tfe3.expected_fused(Some(Sex::Male)), 1);
    /// assert_eq!(tfe3.expected_fused(Some(Sex::Female)), 2);
    /// assert_eq!(Assay::builtin("alk")?.expected_fused(Some(Sex::Male)), 2);
    /// # Ok::<(), breakapart::Error>(())
    /// ```
    #[must_use]
    pub fn expected_fused(&self, sex: Option<Sex>) -> usize {
        match sex {
            Some(Sex::Male) => self.normal.fused.male,
            Some(Sex::Female) | None => self.normal.fused.female,
        }
    }
}

/// The two probes of the set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ProbeSet {
    /// Maker and product, if the values hold for one product only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maker: Option<String>,
    /// Distance between the two probes on the normal chromosome, kb.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gap_kb: Option<f64>,
    /// Order of the two ends from the short arm's tip to the long arm's, for ISCN strings.
    pub iscn_order: [ProbeEnd; 2],
    /// The probe on the 5' side of the breakpoint.
    pub five_prime: Probe,
    /// The probe on the 3' side of the breakpoint.
    pub three_prime: Probe,
}

/// One probe.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Probe {
    /// The image channel in which it is seen.
    pub channel: Colour,
    /// Its fluorophore.
    pub dye: String,
    /// The colour's name in the laboratory's language, such as `orange`.
    pub colour_name: String,
    /// Its length, kb.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kb: Option<f64>,
}

/// The normal pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Normal {
    /// Intact loci in a normal nucleus.
    pub fused: FusedCopies,
}

/// Intact loci in a normal nucleus, by sex.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct FusedCopies {
    /// Female.
    pub female: usize,
    /// Male: one fewer for an X-linked gene.
    pub male: usize,
}

/// The laboratory's own validation of an assay definition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Validation {
    /// The laboratory.
    pub laboratory: String,
    /// When, `YYYY-MM-DD`.
    pub date: String,
    /// The document that describes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
}

/// A value that the laboratory must verify: it was reported as a range, or taken from a document that was not
/// read in the original.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Verify {
    /// Key of the value, with dots between levels, such as `split.min_distance.value`.
    pub key: String,
    /// Why it must be verified.
    pub reason: String,
    /// Where the value, or the doubt about it, comes from.
    pub reference: String,
}
