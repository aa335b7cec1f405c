//! Label images of other programs: written, read back as the same, and measured as nuclei.
#![no_main]

use breakapart::io::{ReadOptions, read_plane, write_labels};
use breakapart::ndarray::Array2;
use breakapart::segment::Segmentation;
use breakapart::{Plane, PlaneView};
use libfuzzer_sys::fuzz_target;

/// The labels that bytes stand for: few nuclei, gaps, and both ends of the range.
fn label(byte: u8) -> u32 {
    match byte {
        0..=250 => u32::from(byte / 16),
        251 => 65_535,
        252 => 65_536,
        253 => 1 << 24,
        254 => (1 << 24) + 1,
        255 => u32::MAX,
    }
}

fuzz_target!(|bytes: &[u8]| {
    let [width, labels @ ..] = bytes else { return };
    let width = usize::from(*width).max(1);
    let height = labels.len() / width;
    if height == 0 {
        return;
    }
    let labels = labels[..height * width].iter().map(|byte| label(*byte)).collect();
    let labels = Array2::from_shape_vec((height, width), labels).expect("a rectangle");
    let counterstain = labels.mapv(|label| (label % 4096) as u16);

    let nuclei = Segmentation::from_labels(labels.clone(), PlaneView::from(&counterstain)).expect("one size");
    let area: usize = nuclei.nuclei.iter().map(|nucleus| nucleus.area_px).sum();
    assert_eq!(area, labels.iter().filter(|label| **label > 0).count());

    let path = breakapart_fuzz::on_disk(&[]);
    write_labels(path, &labels).expect("written");
    match read_plane(path, None, &ReadOptions::default()).expect("what was written reads").plane {
        Plane::U8(read) => assert_eq!(read.mapv(u32::from), labels),
        Plane::U16(read) => assert_eq!(read.mapv(u32::from), labels),
        // Floats hold whole numbers up to 2^24.
        Plane::F32(read) => assert_eq!(read, labels.mapv(|label| label as f32)),
        other => panic!("labels as {:?}", other.dim()),
    }
});
