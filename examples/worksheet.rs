//! A worksheet filled in at the microscope: the verdict of the same rules, without an image.
//!
//! `cargo run --release --example worksheet`

use breakapart::assay::Assay;
use breakapart::classify::{ClassifyParams, NucleusEvidence, SignalPattern, classify};
use breakapart::summarise::{Grounds, SummariseParams, Verdict, summarise};

/// Nuclei counted, and the signals of each: fused pairs, split pairs, isolated red, isolated green.
const WORKSHEET: [(usize, [usize; 4]); 4] = [
    (27, [2, 0, 0, 0]), // intact
    (18, [1, 1, 0, 0]), // one locus broken
    (4, [1, 0, 1, 0]),  // the green end of one locus is lost
    (3, [0, 0, 0, 0]),  // no signal: not counted
];

fn main() -> breakapart::Result<()> {
    let alk = Assay::builtin("alk")?;
    let mut calls = Vec::new();
    for (nuclei, [fused, split, isolated_red, isolated_green]) in WORKSHEET {
        for _ in 0..nuclei {
            let pattern = SignalPattern { fused, split, isolated_red, isolated_green };
            let evidence = NucleusEvidence::of_pattern(calls.len() as u32 + 1, pattern);
            calls.push(classify(&evidence, &alk, None, &ClassifyParams::default()));
        }
    }

    let summary = summarise(&calls, &alk, &Grounds::worksheet(None), &SummariseParams::default())?;
    for (pattern, nuclei) in &summary.patterns {
        println!("{nuclei:3} nuclei {pattern}");
    }
    let limits = summary.wilson.map_or(String::new(), |interval| {
        format!(", 95 % interval {:.1} to {:.1} %", interval.low_percent, interval.high_percent)
    });
    println!(
        "{} of {} nuclei are rearranged{limits}: {}",
        summary.rearranged,
        summary.evaluable,
        summary.verdict.name()
    );

    assert_eq!((summary.rearranged, summary.evaluable), (22, 49));
    // 49 nuclei: the assay needs 50.
    assert_eq!(summary.verdict, Verdict::NotEvaluable);
    Ok(())
}
