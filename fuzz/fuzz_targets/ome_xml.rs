//! The description of a TIFF: OME-XML, the lines of ImageJ, the axes of tifffile. The pages themselves are sound.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|description: &[u8]| {
    breakapart_fuzz::read_image(&breakapart_fuzz::described_tiff(description));
});
