//! Saved readings: what is accepted can be decided again, corrected and written.
#![no_main]

use breakapart::analyse::{Change, Edit, SpecimenReading};
use breakapart::report::write_report_json;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(reading) = serde_json::from_str::<SpecimenReading>(text) else { return };
    let _ = reading.decide();
    let first = reading.rows().next().map(|row| (row.field.to_owned(), row.nucleus.nucleus.id));
    if let Some((field, nucleus_id)) = first {
        let _ = reading.edit(&[Edit { field, nucleus_id, change: Change::Exclude }]);
    }
    let _ = write_report_json(breakapart_fuzz::on_disk(&[]), &reading, &[]);
});
