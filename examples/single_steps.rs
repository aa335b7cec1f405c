//! The steps by themselves: nuclei, signals of one probe, loci, the call of each nucleus, the verdict.
//!
//! `cargo run --release --example single_steps`
//!
//! `Analyser` does more than this: it estimates the microscope from the specimen, corrects chromatic shift and crosstalk, and
//! reads all fields together. Use the steps where a part of that is wanted.

use breakapart::assay::Assay;
use breakapart::classify::{ClassifyParams, NucleusEvidence, classify};
use breakapart::detect::{DetectParams, detect};
use breakapart::pair::{PairRule, pair};
use breakapart::segment::{SegmentParams, segment};
use breakapart::simulate::{Conditions, simulate_field};
use breakapart::summarise::{SummariseParams, Verdict, summarise};
use breakapart::{Colour, PixelSize};

fn main() -> breakapart::Result<()> {
    let field = simulate_field(&Conditions::named("easy_positive")?, 5, 0)?.field;
    let pixel_size = field.pixel_size.or(PixelSize::from_um(0.1).ok());

    // Nuclei of the counterstain, then the signals of each probe, each with the nucleus that it lies in.
    let nuclei = segment(field.counterstain.view(), pixel_size, &SegmentParams::default())?;
    let mut signals = Vec::new();
    for colour in Colour::BOTH {
        signals.extend(detect(field.probe(colour), colour, pixel_size, &DetectParams::default())?);
    }
    for signal in &mut signals {
        signal.nucleus_id = nuclei.nucleus_at(signal.y_px, signal.x_px);
    }

    // Loci of each nucleus: a red and a green signal nearer than two signal diameters are intact.
    let mut diameters: Vec<f64> = signals.iter().map(|signal| signal.diameter_px).collect();
    diameters.sort_by(f64::total_cmp);
    let rule = PairRule::from_diameter(diameters[diameters.len() / 2]);
    let alk = Assay::builtin("alk")?;
    let mut calls = Vec::new();
    for nucleus in &nuclei.nuclei {
        let own: Vec<usize> = (0..signals.len()).filter(|&i| signals[i].nucleus_id == nucleus.id).collect();
        let loci = pair(nucleus.id, &signals, &own, &rule);
        let mut evidence = NucleusEvidence::of_pattern(nucleus.id, loci.pattern());
        evidence.touches_border = nucleus.touches_border;
        evidence.overlapping = nucleus.overlapping;
        calls.push(classify(&evidence, &alk, None, &ClassifyParams::default()));
    }

    let summary = summarise(&calls, &alk, &SummariseParams::default())?;
    println!(
        "{} nuclei, {} signals: {} of {} are rearranged, {}",
        nuclei.nuclei.len(),
        signals.len(),
        summary.rearranged,
        summary.evaluable,
        summary.verdict.name()
    );
    assert_eq!(summary.verdict, Verdict::Positive);
    Ok(())
}
