//! The result for the patient and the clinician, for each gene that has a text.
//!
//! The texts follow the patient information on ALK testing (reviewed 2018), Chia 2014 (Clin Epidemiol 6:423) and the
//! guidelines of CAP, IASLC and AMP (doi 10.5858/arpa.2012-0720-OA, doi 10.5858/arpa.2017-0388-CP).

use maud::{Markup, html};

use crate::analyse::SpecimenReading;
use crate::decide::Verdict;

/// The text of one gene.
struct Text {
    gene: &'static str,
    /// The test, and its purpose.
    subject: &'static str,
    /// The meaning of each verdict.
    meanings: [Meaning; 4],
    /// The limits of the test.
    limits: &'static str,
}

/// The meaning of a verdict.
struct Meaning {
    verdict: Verdict,
    means: &'static str,
    does_not_mean: &'static str,
    next: &'static str,
}

/// Said before the meaning of a verdict that needs confirmation.
const CONFIRM_FIRST: &str = "This result is not settled. Another method or a second reader confirms it before treatment is chosen by \
                             it. The text below holds once it is confirmed.";

const TEXTS: &[Text] = &[ALK];

const ALK: Text = Text {
    gene: "ALK",
    subject: "ALK (anaplastic lymphoma receptor tyrosine kinase) is a gene on chromosome 2. In some tumours it breaks and \
              joins another gene, most often EML4. The protein of the joined genes then drives the growth of the tumour. \
              About 3 to 5 of 100 non-small-cell lung cancers have this change, more often in people who never smoked or \
              smoked little. Other names are ALK rearrangement, ALK fusion and EML4-ALK. The test looks at tumour tissue \
              under a microscope: two colours mark the two ends of the gene, and they lie apart where the gene is broken.",
    meanings: [
        Meaning {
            verdict: Verdict::Positive,
            means: "Positive: the gene is broken in a share of the tumour cells that reaches the cutoff of the laboratory. \
                    Such a tumour is more likely to respond to medicines that block ALK (ALK inhibitors).",
            does_not_mean: "It does not say that a medicine will work, for how long, or which partner the gene has. Tumours \
                            can become resistant; later ALK inhibitors exist for that.",
            next: "A pathologist looks at this report and may confirm it by another method, such as staining of the protein \
                   (IHC) or sequencing. The oncologist decides on treatment from the spread of the tumour, the function of \
                   organs, earlier treatment and other changes of the tumour.",
        },
        Meaning {
            verdict: Verdict::Negative,
            means: "Negative: fewer tumour cells than the cutoff show a broken gene. Treatment with an ALK inhibitor is then \
                    usually not the choice, and other treatments are considered.",
            does_not_mean: "It does not rule out other changes of the tumour that can be treated, nor a change in a part of \
                            the tumour that was not looked at.",
            next: "The oncologist combines the result with other tests of the tumour. If other findings point to ALK, the \
                   laboratory can repeat the test by another method.",
        },
        Meaning {
            verdict: Verdict::Equivocal,
            means: "Not decided: the share of cells with a broken gene lies so near the cutoff that this reading does not \
                    settle it.",
            does_not_mean: "It is neither a positive nor a negative result.",
            next: "More cells, a second reader or another method, such as staining of the protein (IHC) or sequencing, settle \
                   the question.",
        },
        Meaning {
            verdict: Verdict::NotEvaluable,
            means: "No verdict: the sample or its images do not allow a reliable count. The findings name the reason.",
            does_not_mean: "It is not a negative result, and says nothing about the tumour.",
            next: "The laboratory repeats the reading or the staining, or uses another method, such as staining of the protein \
                   (IHC) or sequencing, or more tissue.",
        },
    ],
    limits: "This report is no medical advice. Treatment is decided by the oncologist on the whole picture.",
};

/// The section; `None` if the gene has no text.
pub(super) fn section(reading: &SpecimenReading) -> Option<Markup> {
    let text = TEXTS.iter().find(|text| text.gene == reading.assay.gene)?;
    let meaning = text.meanings.iter().find(|meaning| meaning.verdict == reading.summary.verdict)?;
    Some(html! {
        section.plain aria-labelledby="plain-words" data-gene=(text.gene) data-meaning=(meaning.verdict) {
            h2 id="plain-words" { "In plain words, for patient and clinician" }
            div.prose {
                h3 { "The test" }
                p { (text.subject) }
                h3 { "This result" }
                @if reading.summary.confirm { p data-confirm="true" { strong { (CONFIRM_FIRST) } } }
                p { (meaning.means) }
                p { (meaning.does_not_mean) }
                h3 { "What comes next" }
                p { (meaning.next) }
                p { (text.limits) }
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_gene_with_a_text_explains_every_verdict() {
        for text in TEXTS {
            for verdict in Verdict::ALL {
                let of_verdict = text.meanings.iter().filter(|meaning| meaning.verdict == verdict);
                assert_eq!(of_verdict.count(), 1, "{} {verdict}", text.gene);
            }
        }
    }
}
