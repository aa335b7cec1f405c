//! PNG and JPEG to field.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|bytes: &[u8]| -> Corpus {
    if !matches!(bytes, [0x89, b'P', b'N', b'G', ..] | [0xff, 0xd8, 0xff, ..]) {
        return Corpus::Reject;
    }
    breakapart_fuzz::read_image(bytes);
    Corpus::Keep
});
