//! Names of fields from file names.

use std::path::Path;

/// Suffixes of image files, lower case, the longer ones first.
const IMAGE_SUFFIXES: [&str; 16] = [
    ".ome.tiff",
    ".ome.tif",
    ".ome.tf2",
    ".ome.tf8",
    ".ome.btf",
    ZARR_SUFFIXES[0],
    ".tiff",
    ".tif",
    ".tf2",
    ".tf8",
    ".btf",
    ".stk",
    ".png",
    ".jpeg",
    ".jpg",
    ZARR_SUFFIXES[1],
];

/// Suffixes of folders of Zarr, lower case, the longer one first.
const ZARR_SUFFIXES: [&str; 2] = [".ome.zarr", ".zarr"];

/// The file name without its image suffix: the name of a field in the reports.
///
/// ```
/// use breakapart::io::field_name;
/// assert_eq!(field_name("slide 7/field_001.ome.tif"), "field_001");
/// assert_eq!(field_name("a.b.TIFF"), "a.b");
/// ```
#[must_use]
pub fn field_name(path: impl AsRef<Path>) -> String {
    let name = file_name(path.as_ref());
    IMAGE_SUFFIXES.iter().find_map(|suffix| strip_suffix(&name, suffix)).unwrap_or(&name).to_owned()
}

/// As [`field_name`], without a trailing `.image`: the name of the results of a single image.
///
/// ```
/// assert_eq!(breakapart::io::image_stem("nuclei/a3f.image.tif"), "a3f");
/// ```
#[must_use]
pub fn image_stem(path: impl AsRef<Path>) -> String {
    let name = field_name(path);
    strip_suffix(&name, ".image").unwrap_or(&name).to_owned()
}

/// Whether a name is that of a folder of Zarr.
pub(super) fn has_zarr_suffix(name: &str) -> bool {
    ZARR_SUFFIXES.iter().any(|suffix| strip_suffix(name, suffix).is_some())
}

/// Whether a file is an image by its suffix.
pub(super) fn is_image(path: &Path) -> bool {
    let name = file_name(path);
    IMAGE_SUFFIXES.iter().any(|suffix| strip_suffix(&name, suffix).is_some())
}

/// Suffixes of files in the formats of microscope makers, lower case.
const MAKERS_SUFFIXES: [&str; 16] = [
    ".czi", ".lif", ".lof", ".nd2", ".vsi", ".oib", ".oif", ".oir", ".ims", ".lsm", ".mrxs", ".svs", ".ndpi",
    ".scn", ".zvi", ".dv",
];

/// Whether a file is in the format of a microscope maker by its suffix.
pub(super) fn is_of_maker(path: &Path) -> bool {
    let name = file_name(path);
    MAKERS_SUFFIXES.iter().any(|suffix| strip_suffix(&name, suffix).is_some())
}

/// What to do with a file in the format of a microscope maker.
pub(super) const EXPORT: &str = "export files of microscope makers (.czi, .lif, .nd2, .vsi ...) as OME-TIFF, one field a file \
                                 (Bio-Formats: bfconvert)";

/// The suffixes of image files, for messages.
pub(super) fn suffixes_in_words() -> String {
    let single = IMAGE_SUFFIXES.iter().filter(|suffix| !suffix.starts_with(".ome"));
    single.copied().collect::<Vec<_>>().join(", ")
}

/// The last part of a path as text.
pub(crate) fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// `name` without `suffix` in any case, if something is left.
fn strip_suffix<'a>(name: &'a str, suffix: &str) -> Option<&'a str> {
    let stem = name.len().checked_sub(suffix.len()).filter(|&length| length > 0)?;
    let tail = name.get(stem..)?;
    tail.eq_ignore_ascii_case(suffix).then(|| &name[..stem])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suffixes_in_any_case() {
        for (path, name) in [
            ("a.ome.tiff", "a"),
            ("a.OME.TIF", "a"),
            ("a.tif", "a"),
            ("x/y.z.JPG", "y.z"),
            ("a.jpeg", "a"),
            ("a.ome.btf", "a"),
            ("a.TF8", "a"),
            ("a.OME.zarr", "a"),
            ("a.b.zarr", "a.b"),
            ("a.txt", "a.txt"),
            (".tif", ".tif"),
            ("\u{b5}.tif", "\u{b5}"),
            ("a.image.tif", "a.image"),
        ] {
            assert_eq!(field_name(path), name, "{path}");
        }
        assert_eq!(image_stem("a.image.ome.tif"), "a");
        assert!(is_image(Path::new("A.Png")) && !is_image(Path::new("a.csv")) && !is_image(Path::new("tif")));
    }
}
