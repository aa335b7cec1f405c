//! Nuclei with signals of one colour only, which some assays count and others leave out: whether the verdict rests on that.

use super::decide::decide;
use super::verdict::Verdict;
use super::{last, votes};
use crate::assay::{Assay, IsolatedMeaning, Sex};
use crate::classify::{Exclusion, NucleusCall, class_of};
use crate::error::Result;

/// Whether the verdict would be another one if nuclei with signals of one colour only were left out, as other
/// assays do.
pub(super) fn turned_without(evaluable: &[&NucleusCall], verdict: Verdict, assay: &Assay) -> Result<bool> {
    if !matches!(verdict, Verdict::Positive | Verdict::Negative) {
        return Ok(false);
    }
    let others: Vec<&NucleusCall> =
        evaluable.iter().copied().filter(|call| !call.pattern.one_colour_only()).collect();
    if others.len() == evaluable.len() {
        return Ok(false);
    }
    let stages = decide(&votes(&others, |call| call.rearranged), assay)?;
    Ok(last(&stages) != verdict)
}

/// Nuclei left out with signals of one colour only, of the kind that counts or is open, if a negative verdict would be another
/// one with them.
pub(super) fn turned_with(
    calls: &[NucleusCall],
    evaluable: &[&NucleusCall],
    verdict: Verdict,
    assay: &Assay,
    sex: Option<Sex>,
) -> Result<Option<usize>> {
    if verdict != Verdict::Negative {
        return Ok(None);
    }
    // What isolated signals mean, were a single one enough.
    let mut counting = assay.clone();
    counting.evaluable.min_each_colour = 0;
    counting.isolated.requires_fused = false;
    let counts = |call: &&NucleusCall| {
        let meaning = class_of(&call.pattern, &counting, sex).isolated_meaning(&counting);
        call.exclusion == Some(Exclusion::OneColourOnly)
            && matches!(meaning, Some(IsolatedMeaning::Positive | IsolatedMeaning::Equivocal))
    };
    let left_out: Vec<&NucleusCall> = calls.iter().filter(counts).collect();
    let mut all = votes(evaluable, |call| call.rearranged);
    all.extend(votes(&left_out, |_| true));
    Ok((last(&decide(&all, assay)?) != verdict).then_some(left_out.len()))
}

#[cfg(test)]
mod tests {
    use crate::assay::Assay;
    use crate::classify::{ClassifyParams, NucleusEvidence, SignalPattern, classify};
    use crate::error::Result;
    use crate::summarise::{SummariseParams, Summary, Verdict, summarise};

    fn summary(id: &str, [intact, red_only, green_only]: [usize; 3], seen: bool) -> Result<Summary> {
        let assay = Assay::builtin(id)?;
        let fused = SignalPattern { fused: 2, ..SignalPattern::default() };
        let red = SignalPattern { isolated_red: 1, ..SignalPattern::default() };
        let green = SignalPattern { isolated_green: 1, ..SignalPattern::default() };
        let patterns = [(fused, intact), (red, red_only), (green, green_only)];
        let all = patterns.into_iter().flat_map(|(pattern, n)| std::iter::repeat_n(pattern, n));
        let calls: Vec<_> = (1..)
            .zip(all)
            .map(|(nucleus, pattern)| {
                let mut evidence = NucleusEvidence::of_pattern(nucleus, pattern);
                evidence.missing_probe_hybridised_nearby = seen;
                classify(&evidence, &assay, None, &ClassifyParams::default())
            })
            .collect();
        summarise(&calls, &assay, &SummariseParams::default())
    }

    #[test]
    fn a_negative_verdict_that_rests_on_leaving_them_out_asks_for_confirmation() -> Result<()> {
        for (id, counts, seen, confirm) in [
            ("ros1", [150, 49, 0], true, true),
            ("ros1", [150, 9, 0], true, false),
            ("ros1", [150, 0, 0], true, false),
            // The end that does not count.
            ("alk", [150, 0, 49], false, false),
            ("alk", [150, 49, 0], false, true),
        ] {
            let summary = summary(id, counts, seen)?;
            assert_eq!((summary.verdict, summary.rearranged), (Verdict::Negative, 0), "{id} {counts:?}");
            assert_eq!(summary.confirm, confirm, "{id} {counts:?}");
            let told =
                summary.advice.iter().any(|line| line.starts_with("49 nuclei with signals of one colour"));
            assert_eq!(told, confirm, "{:?}", summary.advice);
        }
        Ok(())
    }
}
