//! A result that is judged again by other facts of its run, without reading its images.

use std::path::Path;

use crate::analyse::SpecimenReading;
use crate::error::Result;
use crate::quality::RunFacts;
use crate::report::{
    FieldCrops, ReportExtras, SpecimenRow, write_observation_json, write_report_html, write_report_json,
};
use crate::run::digest::Digest;
use crate::run::gallery;
use crate::run::ledger::{Ledger, Outcome};
use crate::run::names::{OBSERVATION_JSON, READING_JSON_GZ, REPORT_HTML, REPORT_JSON};
use crate::run::report_extras::report_extras;
use crate::run::saved;
use crate::run::status::failed_fields;

/// The files of a result that depend on the facts of its run; the ledger apart.
pub(super) const JUDGED_FILES: [&str; 4] = [READING_JSON_GZ, REPORT_JSON, REPORT_HTML, OBSERVATION_JSON];

/// The reading of a result, judged by these facts. What its ledger says of it is changed with it.
///
/// # Errors
/// Those of [`saved::read`]; [`crate::Error::Malformed`] if the reading contradicts itself.
pub(super) fn rejudge(folder: &Path, ledger: &mut Ledger, facts: &RunFacts) -> Result<SpecimenReading> {
    ledger.check_files(folder, &JUDGED_FILES)?;
    let reading = saved::read_checked(folder)?.of_run(facts)?;
    ledger.facts = facts.clone();
    ledger.outcome = ledger.outcome.take().map(|o| Outcome::of(&reading, o.status, o.fields));
    Ok(reading)
}

/// Judges a result again by these facts, and writes the files that depend on them.
///
/// # Errors
/// Those of [`rejudge`]; [`crate::Error::Io`] if a file cannot be written.
pub(super) fn judge_again(folder: &Path, ledger: &mut Ledger, facts: &RunFacts) -> Result<()> {
    let reading = rejudge(folder, ledger, facts)?;
    write_judged(folder, &reading, &gallery::read(folder, &reading.fields)?, ledger)?;
    renew_digests(folder, ledger)
}

/// Writes the pages of a result anew, of which only what its sheet says is another one.
pub(super) fn renew(folder: &Path, ledger: &mut Ledger) -> Result<()> {
    let reading = saved::read(folder, ledger)?;
    let crops = gallery::read(folder, &reading.fields)?;
    write_reports(
        folder,
        &reading,
        (&saved::digest_of_calls(&reading)?, &crops),
        (ledger, report_extras(ledger)),
    )?;
    renew_digests(folder, ledger)
}

/// Notes the digests of the files that [`write_judged`] wrote.
fn renew_digests(folder: &Path, ledger: &mut Ledger) -> Result<()> {
    for file in ledger.files.iter_mut().filter(|file| JUDGED_FILES.contains(&file.name.as_str())) {
        file.blake3 = Some(Digest::of_file(&folder.join(&file.name))?);
    }
    Ok(())
}

/// Writes the files of a result that depend on the facts of its run.
pub(super) fn write_judged(
    folder: &Path,
    reading: &SpecimenReading,
    crops: &[FieldCrops],
    ledger: &Ledger,
) -> Result<()> {
    saved::write(folder, reading)?;
    write_reports(
        folder,
        reading,
        (&saved::digest_of_calls(reading)?, crops),
        (ledger, report_extras(ledger)),
    )
}

/// Writes the reports of a reading into the folder `out`. `digest` is that of the reading by the program, which reviews name.
pub(super) fn write_reports(
    out: &Path,
    reading: &SpecimenReading,
    (digest, crops): (&Digest, &[FieldCrops]),
    (ledger, extras): (&Ledger, ReportExtras),
) -> Result<()> {
    let fields = ledger.outcome.as_ref().map_or(&[][..], |outcome| &outcome.fields);
    let failed = failed_fields(fields);
    write_report_json(out.join(REPORT_JSON), reading, &failed)?;
    let row = SpecimenRow::new(reading, failed.len());
    write_observation_json(out.join(OBSERVATION_JSON), &row, &reading.assay, extras.review.as_ref())?;
    // Nuclei that the page cannot show are not in it.
    let extras =
        if crops.is_empty() { extras } else { extras.with_gallery(reading, crops, digest.as_str())? };
    write_report_html(out.join(REPORT_HTML), reading, &failed, &extras)
}
