//! A cutoff of the laboratory's own, from normal controls.
//!
//! `cargo run --release --example own_cutoff`

use breakapart::assay::Assay;
use breakapart::summarise::{Count, beta_inverse_cutoff, critical_binomial, exact_upper_bound, mean_plus_sd};

/// Nuclei read as rearranged in each of ten normal specimens of 200 nuclei.
const NORMALS: [usize; 10] = [3, 5, 2, 8, 4, 6, 1, 3, 5, 4];
const NUCLEI: usize = 200;

fn main() -> breakapart::Result<()> {
    let normals =
        NORMALS.into_iter().map(|positive| Count::new(positive, NUCLEI)).collect::<Result<Vec<_>, _>>()?;

    // BETAINV of the worst normal is usual. The others are shown beside it.
    let cutoff = beta_inverse_cutoff(&normals, 0.95)?;
    println!("BETAINV of the worst normal    {:5.2} %", cutoff.percent);
    println!("exact bound of the worst       {:5.2} %", exact_upper_bound(&normals, 0.95)?.percent);
    println!("mean and 3 standard deviations {:5.2} %", mean_plus_sd(&normals, 3.0)?.percent);
    println!(
        "CRITBINOM                      {:5} of {NUCLEI} nuclei",
        critical_binomial(NUCLEI, &normals, 0.95)?
    );

    // The assay with that cutoff, rounded up to a tenth of a percent. It is marked as not validated.
    let percent = (10.0 * cutoff.percent).ceil() / 10.0;
    let ours = Assay::builtin("alk")?.with_cutoff(percent.to_string().parse()?)?;
    println!(
        "cutoff of the built-in assay {}, of ours {}",
        Assay::builtin("alk")?.decision.cutoff(),
        ours.decision.cutoff()
    );

    assert_eq!(format!("{:.2}", cutoff.percent), "6.83");
    assert_eq!(ours.decision.cutoff().to_string(), "6.9 %");
    Ok(())
}
