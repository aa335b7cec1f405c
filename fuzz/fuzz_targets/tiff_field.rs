//! TIFF to field.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|bytes: &[u8]| -> Corpus {
    // Other formats have a target of their own.
    if !matches!(bytes, [b'I', b'I', ..] | [b'M', b'M', ..]) {
        return Corpus::Reject;
    }
    breakapart_fuzz::read_image(bytes);
    Corpus::Keep
});
