//! One field from a file: the call of every nucleus, and the verdict.
//!
//! `cargo run --release --example one_field -- [FILE]`

use std::path::PathBuf;

use breakapart::io::{ReadOptions, read_field};
use breakapart::{Analyser, Assay, Verdict};

const SAMPLE: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/sample_images/alk_split_positive/field_000.ome.tif");

fn main() -> anyhow::Result<()> {
    let given = std::env::args_os().nth(1).map(PathBuf::from);
    let path = given.clone().unwrap_or_else(|| SAMPLE.into());

    // Channels and the size of a pixel come from the file. `ReadOptions` takes them where the file says nothing.
    let field = read_field(&path, &ReadOptions::default())?;
    let reading = Analyser::new(Assay::builtin("alk")?)?.analyse(&field)?;

    for call in reading.fields[0].calls() {
        let result = match call.exclusion {
            Some(reason) => format!("not counted: {}", reason.name()),
            None if call.rearranged => "rearranged".to_owned(),
            None => "not rearranged".to_owned(),
        };
        println!("nucleus {:3}  {:10}  {result}", call.nucleus_id, call.pattern.to_string());
    }
    let summary = &reading.summary;
    println!(
        "{} of {} nuclei are rearranged: {}",
        summary.rearranged,
        summary.evaluable,
        summary.verdict.name()
    );

    for finding in &summary.findings {
        println!("{finding} {}", finding.action().unwrap_or_default());
    }

    // One field of the sample holds fewer nuclei than the 50 that the assay needs: add fields for a verdict.
    if given.is_none() {
        assert!(summary.rearranged > 0);
        assert_eq!(summary.verdict, Verdict::NotEvaluable);
    }
    Ok(())
}
