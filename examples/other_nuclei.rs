//! Nuclei of another program: signals are looked for in its masks, and its numbers are kept.
//!
//! `cargo run --release --example other_nuclei`

use std::collections::BTreeSet;

use breakapart::segment::Segmentation;
use breakapart::simulate::{Conditions, simulate_field};
use breakapart::{Analyser, Assay};

fn main() -> breakapart::Result<()> {
    // Stands for the field and the label image of the other program: 0 is background, any other number a nucleus.
    let mut conditions = Conditions::named("easy_positive")?;
    conditions.size_px = 1536;
    let simulated = simulate_field(&conditions, 3, 0)?;
    let field = simulated.field;
    let labels = simulated.labels.mapv(|label| if label == 0 { 0 } else { label + 1000 });
    let numbers: BTreeSet<u32> = labels.iter().copied().filter(|&label| label > 0).collect();

    let nuclei = Segmentation::from_labels(labels, field.counterstain.view())?;
    let analyser = Analyser::new(Assay::builtin("alk")?)?;
    let measured = analyser.measure_field_in(&field, nuclei)?;
    let reading = analyser.read_specimen(&field.name, vec![measured])?;

    // Every nucleus of the reading names the number that the other program gave it.
    let summary = &reading.summary;
    println!("{} nuclei of the other program", summary.nuclei);
    println!("{} of {} are rearranged: {}", summary.rearranged, summary.evaluable, summary.verdict.name());
    let kept: BTreeSet<u32> = reading.fields[0].nuclei.iter().filter_map(|n| n.nucleus.source_id).collect();
    assert_eq!(kept, numbers);
    assert!(summary.rearranged > 0);

    // Labels of another size than the field are an error.
    let other_size = ndarray::Array2::zeros((32, 32));
    assert!(Segmentation::from_labels(other_size, field.counterstain.view()).is_err());
    Ok(())
}
