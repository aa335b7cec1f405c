//! The steps of a reading one by one, and a correction by a person: they give the verdict of `Analyser::analyse`.
//!
//! `cargo run --release --example single_steps`

use breakapart::analyse::{Change, Edit, SpecimenReading};
use breakapart::segment::{SegmentParams, segment};
use breakapart::simulate::{Conditions, simulate_field};
use breakapart::{Analyser, Assay};

fn main() -> anyhow::Result<()> {
    let mut conditions = Conditions::named("easy_positive")?;
    conditions.size_px = 1536;
    let field = simulate_field(&conditions, 5, 0)?.field;
    let analyser = Analyser::new(Assay::builtin("alk")?)?;

    // Nuclei, then signal candidates in them. The pixels are not needed after that.
    let nuclei = segment(field.counterstain.view(), field.pixel_size, &SegmentParams::default())?;
    let measured = analyser.measure_field_in(&field, nuclei)?;

    // The instrument is estimated from all fields of the specimen, here one.
    let calibrated = analyser.calibrate("specimen", vec![measured])?;
    println!("split from {:.1} px on", calibrated.pair_rule().split_distance_px);
    // Which candidates are signals, then the loci and the call of every nucleus.
    let resolved = calibrated.resolve();
    println!("signals of {:.1} px", resolved.instrument().signal_diameter_px.red);
    let called = resolved.call()?;
    println!("{} findings before the verdict", called.check().len());
    let reading = called.judge()?;
    assert!(reading.summary.rearranged > 0);
    assert_eq!(reading.summary, analyser.analyse(&field)?.summary);

    // A person leaves a nucleus out. The verdict is made again, by the same findings.
    let first = reading.rows().find(|row| row.nucleus.call.rearranged).map(|row| row.nucleus.nucleus.id);
    let edit = Edit { field: field.name, nucleus_id: first.unwrap_or_default(), change: Change::Exclude };
    let edited = reading.edit(&[edit])?;
    assert_eq!(edited.summary.rearranged + 1, reading.summary.rearranged);

    // Saved and loaded, it gives the same verdict.
    let saved = serde_json::to_string(&edited)?;
    let loaded: SpecimenReading = serde_json::from_str(&saved)?;
    assert_eq!(loaded.decide()?, edited.summary);
    println!("{} of {}: {}", edited.summary.rearranged, edited.summary.evaluable, edited.summary.verdict);
    Ok(())
}
