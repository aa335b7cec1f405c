//! Readings of simulated specimens with other physics than the crate grew up with: no percentage leans to a side.
#![cfg(feature = "simulate")]

use breakapart::Assay;
use breakapart::analyse::{Analyser, SpecimenReading};
use breakapart::simulate::{Conditions, simulate_field};
use breakapart::summarise::Verdict;

type TestResult = Result<(), Box<dyn std::error::Error>>;

/// A seed that no figure of the documentation was measured on.
const SEED: u64 = 9500;

/// Two fields of a named condition, read by the ALK assay, and the true percentage of their scorable nuclei.
fn read(name: &str) -> Result<(SpecimenReading, f64), Box<dyn std::error::Error>> {
    let conditions = Conditions::named(name)?;
    let analyser = Analyser::new(Assay::builtin("alk")?)?;
    let (mut measurements, mut scorable, mut rearranged) = (Vec::new(), 0, 0);
    for index in 0..2 {
        let simulated = simulate_field(&conditions, SEED, index)?;
        measurements.push(analyser.measure_field(&simulated.field)?);
        let nuclei = simulated.nuclei.iter().filter(|nucleus| nucleus.scorable);
        for nucleus in nuclei {
            scorable += 1;
            rearranged += u32::from(nucleus.rearranged);
        }
    }
    let truth = 100.0 * f64::from(rearranged) / f64::from(scorable.max(1));
    Ok((analyser.read_specimen(name, measurements)?, truth))
}

#[test]
fn speckle_and_doublets_make_no_normal_specimen_positive() -> TestResult {
    for name in ["speckle_negative", "doublets_negative", "polymer_negative", "granules_negative"] {
        let (reading, truth) = read(name)?;
        let percent = reading.summary.percent_rearranged.ok_or("no percentage")?;
        assert!((percent - truth).abs() < 5.0, "{name}: {percent} for {truth}");
        assert_ne!(reading.summary.verdict, Verdict::Positive, "{name}");
    }
    Ok(())
}

#[test]
fn rearranged_nuclei_among_speckle_are_still_found() -> TestResult {
    for name in ["speckle_positive", "polymer_deletion"] {
        let (reading, truth) = read(name)?;
        let percent = reading.summary.percent_rearranged.ok_or("no percentage")?;
        assert!((percent - truth).abs() < 8.0, "{name}: {percent} for {truth}");
        assert_ne!(reading.summary.verdict, Verdict::Negative, "{name}");
    }
    Ok(())
}
