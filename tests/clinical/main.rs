//! The clinical rules: classes, exclusions, verdicts, as laboratories' worksheets and published rules have them.

mod classes;
mod exclusions;
mod two_stage;
mod verdicts;

use breakapart::assay::Assay;
use breakapart::classify::{ClassifyParams, NucleusCall, NucleusEvidence, SignalPattern, classify};
use breakapart::quality::Finding;
use breakapart::summarise::{Grounds, SummariseParams, Summary, summarise};

/// Counts of fused, separated red and separated green signals.
type Counts = (usize, usize, usize);

/// The pattern with so many fused, separated red and separated green signals.
fn pattern(fused: usize, red: usize, green: usize) -> SignalPattern {
    let split = red.min(green);
    SignalPattern { fused, split, isolated_red: red - split, isolated_green: green - split }
}

fn builtin(name: &str) -> Assay {
    Assay::builtin(name).unwrap()
}
/// ALK with the two-stage rule of manual readers.
fn alk_two_stage() -> Assay {
    builtin("alk_two_stage")
}

/// Calls of nuclei with these patterns, each so many times.
fn calls(assay: &Assay, patterns: &[(SignalPattern, usize)]) -> Vec<NucleusCall> {
    let all = patterns.iter().flat_map(|(pattern, times)| std::iter::repeat_n(*pattern, *times));
    all.enumerate()
        .map(|(i, pattern)| {
            let evidence = NucleusEvidence::of_pattern(i as u32 + 1, pattern);
            classify(&evidence, assay, None, &ClassifyParams::default())
        })
        .collect()
}

fn read(assay: &Assay, patterns: &[(SignalPattern, usize)]) -> Summary {
    summarise(&calls(assay, patterns), assay, &Grounds::worksheet(None), &SummariseParams::default()).unwrap()
}

/// The only finding of a check.
fn only<'s>(summary: &'s Summary, code: &'s str) -> &'s Finding {
    let found: Vec<&Finding> = summary.found(code).collect();
    let [only] = found[..] else { panic!("{} findings of {code}: {:?}", found.len(), summary.findings) };
    only
}

const FUSED: Counts = (2, 0, 0);

/// Patterns by (fused, red, green) counts.
fn of(counts: &[(Counts, usize)]) -> Vec<(SignalPattern, usize)> {
    counts.iter().map(|((f, r, g), times)| (pattern(*f, *r, *g), *times)).collect()
}
