//! Verdicts that findings withhold, and questions to the verdict.

use super::*;
use crate::classify::{ClassifyParams, NucleusEvidence, SignalPattern, classify};
use crate::colour::Colour;
use crate::quality::figures::{DefocusedNuclei, ProbeFailed, RandomDropout};
use crate::quality::{Raised, Withheld};

fn pattern(fused: usize, isolated_red: usize, isolated_green: usize) -> SignalPattern {
    SignalPattern { fused, split: 0, isolated_red, isolated_green }
}

/// So many intact, isolated red and split nuclei, and the shares of red and green lost in each (expected, at most).
fn summary(id: &str, [intact, isolated, split]: [usize; 3], lost: [[f64; 2]; 2]) -> Result<Summary> {
    let assay = Assay::builtin(id)?;
    let nuclei = [(pattern(2, 0, 0), intact), (pattern(1, 1, 0), isolated), (pattern(1, 1, 1), split)];
    let patterns = nuclei.iter().flat_map(|(pattern, n)| std::iter::repeat_n(*pattern, *n));
    let calls: Vec<NucleusCall> = (1..)
        .zip(patterns)
        .map(|(nucleus, pattern)| {
            let mut evidence = NucleusEvidence::of_pattern(nucleus, pattern);
            evidence.lost = lost.map(|[expected, at_most]| LostShare { expected, at_most });
            classify(&evidence, &assay, None, &ClassifyParams::default())
        })
        .collect();
    summarise(&calls, &assay, &Grounds::worksheet(None), &SummariseParams::default())
}

const NONE: [f64; 2] = [0.0, 0.0];

#[test]
fn a_verdict_that_rests_on_lost_green_is_not_given() -> Result<()> {
    let weak = [NONE, [0.07, 0.1]];
    let normal = summary("alk", [82, 16, 2], weak)?;
    assert_eq!(normal.verdict, Verdict::NotEvaluable);
    assert_eq!(normal.by_rule, Verdict::Positive);
    let withheld: Vec<&Finding> = normal.withheld_by().collect();
    let [Finding { effect: Effect::Withhold(Withheld::Positive), detail: Detail::DetectionLoss(loss), .. }] =
        withheld[..]
    else {
        panic!("{:?}", normal.findings)
    };
    assert!((loss.lost.green.expected - 0.07).abs() < 1e-9 && (loss.lost.green.at_most - 0.1).abs() < 1e-9);
    assert!((normal.loss_effect.falsely_isolated.expected - 98.0 * (1.0 - 0.93_f64.powi(2))).abs() < 1e-9);
    // The same counts by a probe that loses nothing, and splits that exceed the cutoff whatever is lost.
    assert_eq!(summary("alk", [82, 16, 2], [NONE; 2])?.verdict, Verdict::Positive);
    assert_eq!(summary("alk", [60, 20, 20], weak)?.verdict, Verdict::Positive);
    // Isolated reds that loss does not explain, told as near the cutoff without those that it does.
    let isolated = summary("alk", [60, 40, 0], weak)?;
    assert_eq!((isolated.verdict, isolated.confirm), (Verdict::Positive, true));
    // Below the cutoff lost green takes nothing away that matters.
    assert_eq!(summary("alk", [92, 8, 0], weak)?.verdict, Verdict::Negative);
    Ok(())
}

#[test]
fn lost_ends_that_may_hide_a_rearrangement_take_the_negative_verdict() -> Result<()> {
    let weak_red = [[0.15, 0.2], NONE];
    let near = summary("alk", [86, 0, 14], weak_red)?;
    assert_eq!(near.verdict, Verdict::NotEvaluable, "{:?}", near.loss_effect);
    assert!(
        near.withheld_by().all(|f| f.effect == Effect::Withhold(Withheld::Negative)),
        "{:?}",
        near.findings
    );
    assert_eq!(summary("alk", [98, 0, 2], weak_red)?.verdict, Verdict::Negative);
    // Where isolated signals are left open, lost green hides splits too.
    let weak_green = [NONE, [0.15, 0.2]];
    assert!(summary("ewsr1", [150, 0, 20], weak_green)?.loss_effect.hidden.expected > 2.0);
    assert!(summary("alk", [150, 0, 20], weak_green)?.loss_effect.hidden.expected < 1e-9);
    Ok(())
}

#[test]
fn a_level_out_of_range_is_refused() {
    let assay = Assay::builtin("alk").unwrap();
    for (loss_level, is_right) in [(0.5, true), (0.9999, true), (0.3, false), (f64::NAN, false)] {
        let params = SummariseParams { loss_level, ..SummariseParams::default() };
        assert_eq!(
            summarise(&[], &assay, &Grounds::worksheet(None), &params).is_ok(),
            is_right,
            "{loss_level}"
        );
    }
}

fn of_one_colour(id: &str, [intact, red_only, green_only]: [usize; 3], seen: bool) -> Result<Summary> {
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
    summarise(&calls, &assay, &Grounds::worksheet(None), &SummariseParams::default())
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
        let summary = of_one_colour(id, counts, seen)?;
        assert_eq!((summary.verdict, summary.rearranged), (Verdict::Negative, 0), "{id} {counts:?}");
        assert_eq!(summary.confirm, confirm, "{id} {counts:?}");
        assert_eq!(summary.has("one_colour_left_out"), confirm, "{:?}", summary.findings);
    }
    Ok(())
}

fn any_verdict(colour: Colour) -> Finding {
    let detail = ProbeFailed { without: 60, weak: 0, nuclei: 100 };
    Raised::new(detail).of_colour(colour).withhold(Withheld::AnyVerdict).into()
}

fn random(colour: Colour, is_decisive: bool) -> Finding {
    let detail = RandomDropout { lacking: [80, 20, 5], share: 0.15, odds: 50.0 };
    let finding = Raised::new(detail).of_colour(colour);
    if is_decisive { finding.withhold(Withheld::PositiveOnIsolated).into() } else { finding.into() }
}

/// The verdict on so many intact, isolated red and split nuclei with these findings.
fn with(counts: [usize; 3], findings: Vec<Finding>) -> Result<Summary> {
    let assay = Assay::builtin("alk")?;
    let plain = summary("alk", counts, [NONE; 2])?;
    assert!(plain.verdict.is_decided());
    let nuclei =
        [(pattern(2, 0, 0), counts[0]), (pattern(1, 1, 0), counts[1]), (pattern(1, 1, 1), counts[2])];
    let patterns = nuclei.iter().flat_map(|(pattern, n)| std::iter::repeat_n(*pattern, *n));
    let calls: Vec<NucleusCall> = (1..)
        .zip(patterns)
        .map(|(id, pattern)| {
            classify(&NucleusEvidence::of_pattern(id, pattern), &assay, None, &ClassifyParams::default())
        })
        .collect();
    let mut grounds = Grounds::worksheet(None);
    grounds.findings = findings;
    summarise(&calls, &assay, &grounds, &SummariseParams::default())
}

#[test]
fn every_finding_that_withholds_is_named_and_comes_first() -> Result<()> {
    let summary = with(
        [60, 40, 0],
        vec![random(Colour::Green, true), any_verdict(Colour::Red), any_verdict(Colour::Green)],
    )?;
    assert_eq!((summary.by_rule, summary.verdict), (Verdict::Positive, Verdict::NotEvaluable));
    assert_eq!(summary.withheld_by().count(), 3);
    assert!(summary.findings[..3].iter().all(|f| matches!(f.effect, Effect::Withhold(_))));
    assert!(!summary.confirm && !summary.borderline, "there is no verdict to confirm");
    Ok(())
}

#[test]
fn a_decisive_loss_of_one_colour_counts_whatever_is_found_of_the_other() -> Result<()> {
    for findings in [
        vec![random(Colour::Red, true), random(Colour::Green, false)],
        vec![random(Colour::Red, false), random(Colour::Green, true)],
    ] {
        assert_eq!(with([60, 40, 0], findings.clone())?.verdict, Verdict::NotEvaluable);
        // Splits carry the verdict by themselves.
        assert_eq!(with([60, 0, 40], findings)?.verdict, Verdict::Positive);
    }
    Ok(())
}

#[test]
fn nuclei_in_which_nothing_is_seen_allow_no_negative_verdict() -> Result<()> {
    let detail = DefocusedNuclei { blurred: 40, empty: 20, nuclei: 160, blurred_signals: 0.6 };
    let finding: Finding = Raised::new(detail).withhold(Withheld::Negative).into();
    assert_eq!(with([95, 0, 5], vec![finding.clone()])?.verdict, Verdict::NotEvaluable);
    let positive = with([60, 0, 40], vec![finding])?;
    assert_eq!((positive.verdict, positive.withheld_by().count()), (Verdict::Positive, 0));
    Ok(())
}

#[test]
fn an_assay_that_was_made_invalid_is_refused() -> Result<()> {
    let mut assay = Assay::builtin("alk")?;
    if let crate::assay::Decision::Single(rule) = &mut assay.decision {
        rule.cells = 0;
    }
    assert!(summarise(&[], &assay, &Grounds::worksheet(None), &SummariseParams::default()).is_err());
    Ok(())
}

/// 50 nuclei by ALK, of which so many show an isolated red, and grounds changed so.
fn of_fifty(isolated: u32, change: impl FnOnce(&mut [NucleusCall], &mut Grounds)) -> Result<Summary> {
    let assay = Assay::builtin("alk")?;
    let mut calls: Vec<NucleusCall> = (1..=50)
        .map(|id| {
            let shown = pattern(2, usize::from(id <= isolated), 0);
            classify(&NucleusEvidence::of_pattern(id, shown), &assay, None, &ClassifyParams::default())
        })
        .collect();
    let mut grounds = Grounds::worksheet(None);
    change(&mut calls, &mut grounds);
    summarise(&calls, &assay, &grounds, &SummariseParams::default())
}

/// Of 50 nuclei 20 show an isolated red, and so many red spots a nucleus lie outside nuclei.
fn speckled(per_nucleus: f64, at_most: f64) -> Result<Summary> {
    of_fifty(20, |_, grounds| grounds.false_spots.red = FalseSpotRate { per_nucleus, at_most })
}

#[test]
fn a_positive_verdict_that_speckle_explains_is_not_given() -> Result<()> {
    let speckle = speckled(0.5, 0.6)?;
    assert_eq!((speckle.by_rule, speckle.verdict), (Verdict::Positive, Verdict::NotEvaluable));
    assert_eq!(speckle.withheld_by().map(Finding::code).collect::<Vec<_>>(), ["false_spots"]);
    // Few spots explain few nuclei.
    let told = speckled(0.09, 0.11)?;
    assert_eq!((told.verdict, told.has("false_spots")), (Verdict::Positive, true));
    assert!(!speckled(0.01, 0.02)?.has("false_spots"));
    assert!(speckled(f64::NAN, 0.1).is_err());
    Ok(())
}

/// 50 intact nuclei, each rearranged with this probability if rearranged nuclei are as common as at the cutoff.
fn at_cutoff(probability: f64) -> Result<Summary> {
    of_fifty(0, |calls, _| calls.iter_mut().for_each(|call| call.probability_at_cutoff = Some(probability)))
}

#[test]
fn a_negative_verdict_that_could_not_be_another_one_is_not_given() -> Result<()> {
    // Where nothing tells, each nucleus is rearranged as the cutoff says: 7.5 of 50, and chance.
    let blind = at_cutoff(0.15)?;
    assert_eq!((blind.by_rule, blind.verdict), (Verdict::Negative, Verdict::NotEvaluable));
    assert_eq!(blind.withheld_by().map(Finding::code).collect::<Vec<_>>(), ["detection_loss"]);
    let hidden = blind.loss_effect.hidden.at_most;
    assert!((hidden - 7.5 - 1.6449 * (50.0 * 0.15 * 0.85_f64).sqrt()).abs() < 1e-3, "{hidden}");
    assert_eq!(at_cutoff(0.01)?.verdict, Verdict::Negative);
    assert!(!at_cutoff(0.01)?.has("detection_loss"));
    assert!(at_cutoff(f64::NAN).is_err());
    Ok(())
}
