//! Parameter files: what is accepted can be written and read again as the same.
#![no_main]

use breakapart::analyse::AnalyseParams;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(params) = AnalyseParams::from_toml(text, &breakapart_fuzz::no_file()) else { return };
    params.validate().expect("what was read is valid");
    let again: AnalyseParams =
        serde_json::from_str(&serde_json::to_string(&params).expect("written")).expect("read again");
    assert_eq!(again, params);
});
