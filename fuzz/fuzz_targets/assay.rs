//! Assay files: what is accepted can be stated in words, written, and read again as the same.
#![no_main]

use breakapart::{Analyser, Assay};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let checked = Assay::check_toml(text);
    assert_eq!(checked.assay.is_some(), checked.faults.is_empty());
    let Some(assay) = checked.assay else { return };
    assay.validate().expect("what was read is valid");
    let again: Assay =
        serde_json::from_str(&serde_json::to_string(&assay).expect("written")).expect("read again");
    assert_eq!(again, assay);
    assert!(!assay.in_words().is_empty());
    Analyser::new(assay).expect("an analyser for any valid assay");
});
