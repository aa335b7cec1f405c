//! How often each check speaks on sound specimens.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;
use breakapart::quality::Finding;

use crate::print;
use crate::read::Specimen;

/// Conditions without a fault that a person should hear of.
const SOUND: [&str; 14] = [
    "alk_negative",
    "alk_split_positive",
    "alk_tissue_section",
    "chromatic_magnification",
    "chromatic_shift",
    "crosstalk",
    "easy_negative",
    "easy_positive",
    "eight_bit",
    "gain",
    "hot_pixels",
    "tissue_negative",
    "tissue_section",
    "tissue_stroma",
];

/// Prints and writes how many sound specimens each check speaks on, and how many findings a specimen has.
pub(crate) fn report(specimens: &[Specimen<'_>], path: &Path) -> Result<()> {
    let sound: Vec<&Specimen<'_>> =
        specimens.iter().filter(|s| SOUND.contains(&s.scenario.named())).collect();
    let mut spoke: BTreeMap<&str, usize> = BTreeMap::new();
    for specimen in &sound {
        let mut codes: Vec<&str> = specimen.findings.iter().map(Finding::code).collect();
        codes.sort_unstable();
        codes.dedup();
        for code in codes {
            *spoke.entry(code).or_default() += 1;
        }
    }
    let findings: usize = sound.iter().map(|s| s.findings.len()).sum();
    let asking = sound.iter().filter(|s| s.findings.iter().any(|f| f.action().is_some())).count();
    print::line(format_args!(
        "findings on {} sound specimens: {:.2} a specimen, {asking} specimens with one that asks for an action",
        sound.len(),
        findings as f64 / sound.len().max(1) as f64
    ));
    let mut table = csv::Writer::from_path(path)?;
    table.write_record(["code", "sound_specimens", "spoke"])?;
    for (code, count) in spoke {
        print::line(format_args!("{code:<28}{count:>4}"));
        table.write_record([code.to_owned(), sound.len().to_string(), count.to_string()])?;
    }
    print::line("");
    Ok(table.flush()?)
}
