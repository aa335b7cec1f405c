//! The clinical rules: classes, exclusions, verdicts, as laboratories' worksheets and published rules have them.

mod classes;
mod exclusions;
mod stages;
mod verdicts;

use breakapart::Location;
use breakapart::assay::{Assay, Decision, GreyZoneAction, IsolatedMeaning, Percent, Sex, TwoStage};
use breakapart::classify::NucleusClass::{
    Amplification, ExtraFivePrime, ExtraThreePrime, FewerFused, Gain, IsolatedFivePrime, IsolatedThreePrime,
    Normal, Split, Unclassified,
};
use breakapart::classify::{
    ClassifyParams, Exclusion, NucleusCall, NucleusClass, NucleusEvidence, SignalPattern, class_of, classify,
    is_rearranged,
};
use breakapart::summarise::{
    Count, SummariseParams, Summary, Verdict, per_pattern, single_cutoff, summarise, two_stage,
};
use proptest::prelude::*;

/// The pattern with so many fused, separated red and separated green signals.
pub(crate) fn pattern(fused: usize, red: usize, green: usize) -> SignalPattern {
    let split = red.min(green);
    SignalPattern { fused, split, isolated_red: red - split, isolated_green: green - split }
}

pub(crate) fn builtin(name: &str) -> Assay {
    Assay::builtin(name).unwrap()
}

/// ALK with the two-stage rule of manual readers.
pub(crate) fn alk_two_stage() -> Assay {
    let text = Assay::builtin_toml("alk")
        .unwrap()
        .replace("type = \"single\"\ncells = 50\n", "type = \"two_stage\"\nneg_lt = 5\npos_gt = 25\n")
        .replace("\ncutoff_percent = 15", "\nfinal_cutoff_percent = 15")
        .replace("\"decision.cutoff_percent\"", "\"decision.final_cutoff_percent\"");
    Assay::from_toml(&text, &Location::file("two_stage.toml")).unwrap()
}

pub(crate) fn two_stage_rule() -> TwoStage {
    let Decision::TwoStage(rule) = alk_two_stage().decision else { panic!() };
    rule
}

/// Calls of nuclei with these patterns, each so many times.
pub(crate) fn calls(assay: &Assay, patterns: &[(SignalPattern, usize)]) -> Vec<NucleusCall> {
    let all = patterns.iter().flat_map(|(pattern, times)| std::iter::repeat_n(*pattern, *times));
    all.enumerate()
        .map(|(i, pattern)| {
            let evidence = NucleusEvidence::of_pattern(i as u32 + 1, pattern);
            classify(&evidence, assay, None, &ClassifyParams::default())
        })
        .collect()
}

pub(crate) fn read(assay: &Assay, patterns: &[(SignalPattern, usize)]) -> Summary {
    summarise(&calls(assay, patterns), assay, &SummariseParams::default()).unwrap()
}

pub(crate) fn says(summary: &Summary, words: &str) -> bool {
    summary.advice.iter().any(|line| line.contains(words))
}

pub(crate) const FUSED: (usize, usize, usize) = (2, 0, 0);

/// Patterns by (fused, red, green) counts.
pub(crate) fn of(counts: &[((usize, usize, usize), usize)]) -> Vec<(SignalPattern, usize)> {
    counts.iter().map(|((f, r, g), times)| (pattern(*f, *r, *g), *times)).collect()
}

pub(crate) fn with_grey_zone(action: &str) -> Assay {
    let zone = format!("[split.grey_zone]\nlow = 1.5\nhigh = 2.5\naction = \"{action}\"\n\n[doublet]");
    let text = Assay::builtin_toml("alk").unwrap().replace("[doublet]", &zone);
    Assay::from_toml(&text, &Location::file("grey.toml")).unwrap()
}
