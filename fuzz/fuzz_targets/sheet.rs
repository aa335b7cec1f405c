//! Sample sheets: each row that is accepted has a cell for every column.
#![no_main]

use std::path::Path;

use breakapart::run::SampleSheet;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    for needs_assay in [false, true] {
        match SampleSheet::parse(text, Path::new("week.csv"), needs_assay) {
            Ok(sheet) => {
                assert!(!sheet.rows.is_empty());
                for row in &sheet.rows {
                    assert_eq!(row.other.len(), sheet.other_columns.len());
                    assert!(!row.specimen.is_empty() && (row.assay.is_some() || !needs_assay));
                }
            }
            Err(error) => assert!(error.to_string().contains("line ")),
        }
    }
});
