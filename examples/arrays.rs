//! Planes from memory: a specimen of two fields whose pixels the host holds.
//!
//! `cargo run --release --example arrays`

use breakapart::simulate::{Conditions, simulate_field};
use breakapart::{Analyser, Assay, Field, PixelSize, Plane, Verdict};
use ndarray::Array2;

/// Stands for the host's own acquisition: counterstain, red and green as arrays of (row, column).
fn acquire(index: u32) -> breakapart::Result<[Array2<u16>; 3]> {
    let field = simulate_field(&Conditions::named("easy_positive")?, 7, index)?.field;
    Ok([field.counterstain, field.red, field.green].map(|plane| match plane {
        Plane::U16(samples) => samples,
        _ => Array2::default((0, 0)),
    }))
}

fn main() -> breakapart::Result<()> {
    let analyser = Analyser::new(Assay::builtin("alk")?)?;

    // Each field is measured by itself. Its pixels are not needed after that.
    let mut measured = Vec::new();
    for index in 0..2 {
        let [counterstain, red, green] = acquire(index)?;
        let field = Field::new(format!("field {index}"), counterstain, red, green)?
            .with_pixel_size(PixelSize::from_um(0.1)?);
        measured.push(analyser.measure_field(&field)?);
    }

    // The microscope is estimated from all fields together, and the verdict is given on all of them.
    let reading = analyser.read_specimen("specimen", measured)?;
    let summary = &reading.summary;
    println!(
        "{} fields: {} of {} nuclei are rearranged, {}",
        reading.fields.len(),
        summary.rearranged,
        summary.evaluable,
        summary.verdict.name()
    );
    assert_eq!(summary.verdict, Verdict::Positive);

    // Planes that do not fit together are an error, never a guess.
    let plane = |size| Array2::<u16>::zeros((size, size));
    assert!(Field::new("mixed", plane(64), plane(64), plane(32)).is_err());
    Ok(())
}
