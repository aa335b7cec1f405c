//! Files in the folder of a specimen that look like fields and are not read.

use std::path::{Path, PathBuf};

/// Suffixes of formats that microscopes and slide scanners write, and of pictures that are not read.
const UNREAD: [&str; 30] = [
    "czi",
    "lsm",
    "zvi",
    "nd2",
    "lif",
    "lof",
    "oib",
    "oif",
    "oir",
    "vsi",
    "ets",
    "svs",
    "scn",
    "ndpi",
    "mrxs",
    "bif",
    "ims",
    "dv",
    "r3d",
    "stk",
    "sld",
    "slidebook",
    "isyntax",
    "mcs",
    "jp2",
    "j2k",
    "bmp",
    "gif",
    "webp",
    "heic",
];

/// Suffixes of raw data, beside which a PNG or JPEG is a picture made from it: an overview, a preview, an overlay.
const DATA: [&str; 5] = ["tif", "tiff", "tf2", "tf8", "btf"];

fn has_suffix(path: &Path, suffixes: &[&str]) -> bool {
    let suffix = path.extension().unwrap_or_default();
    suffixes.iter().any(|known| suffix.eq_ignore_ascii_case(known))
}

/// Whether the file is an image of a format that is not read.
pub(super) fn is_unread(path: &Path) -> bool {
    has_suffix(path, &UNREAD)
}

/// Parts the images of a folder into fields and pictures beside them.
pub(super) fn without_pictures(images: Vec<PathBuf>) -> (Vec<PathBuf>, Vec<PathBuf>) {
    if images.iter().any(|path| has_suffix(path, &DATA)) {
        images.into_iter().partition(|path| has_suffix(path, &DATA))
    } else {
        (images, Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_beside_data_is_no_field_and_pictures_alone_are() {
        let paths = |names: &[&str]| names.iter().map(PathBuf::from).collect::<Vec<_>>();
        let (fields, pictures) = without_pictures(paths(&["a.ome.TIF", "b.tif", "overview.png"]));
        assert_eq!((fields.len(), pictures), (2, paths(&["overview.png"])));
        let (fields, pictures) = without_pictures(paths(&["a.png", "b.jpg"]));
        assert_eq!((fields.len(), pictures.len()), (2, 0));
        assert!(is_unread(Path::new("slide.CZI")) && !is_unread(Path::new("notes.txt")));
    }
}
