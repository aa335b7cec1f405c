//! Names of fields from file names.

use std::path::Path;

use super::channels::roles_of_name;
use crate::field::ChannelRole;

/// Suffixes of image files, lower case, the longer ones first.
const IMAGE_SUFFIXES: [&str; 13] = [
    ".ome.tiff",
    ".ome.tif",
    ".ome.tf2",
    ".ome.tf8",
    ".ome.btf",
    ".tiff",
    ".tif",
    ".tf2",
    ".tf8",
    ".btf",
    ".png",
    ".jpeg",
    ".jpg",
];

/// Suffixes of the files of a field in three files, lower case.
const CHANNEL_SUFFIXES: [(&str, ChannelRole); 7] = [
    ("_dapi", ChannelRole::Counterstain),
    ("_orange", ChannelRole::Red),
    ("_red", ChannelRole::Red),
    ("_green", ChannelRole::Green),
    ("_b", ChannelRole::Counterstain),
    ("_r", ChannelRole::Red),
    ("_g", ChannelRole::Green),
];

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

/// Whether a file is an image by its suffix.
pub(super) fn is_image(path: &Path) -> bool {
    let name = file_name(path);
    IMAGE_SUFFIXES.iter().any(|suffix| strip_suffix(&name, suffix).is_some())
}

/// The channel that the suffix of a single-channel file names, and the name of the field without the suffix. A suffix is one
/// of the table, or the name of a label behind the last `_` or `-`.
pub(super) fn channel_of_file(path: &Path) -> Option<(String, ChannelRole)> {
    let name = field_name(path);
    let by_table =
        CHANNEL_SUFFIXES.iter().find_map(|&(suffix, role)| Some((strip_suffix(&name, suffix)?, role)));
    by_table.or_else(|| channel_of_label(&name)).map(|(field, role)| (field.to_owned(), role))
}

/// Whether a file has a suffix of the table: then it holds one channel, whatever lies beside it.
pub(super) fn has_channel_suffix(path: &Path) -> bool {
    let name = field_name(path);
    CHANNEL_SUFFIXES.iter().any(|(suffix, _)| strip_suffix(&name, suffix).is_some())
}

/// The field and the channel of a name that ends in the name of a label. `MetaMorph` writes the number of the wavelength
/// before it: `_w2TRITC`.
fn channel_of_label(name: &str) -> Option<(&str, ChannelRole)> {
    let (field, label) = name.rsplit_once(['_', '-']).filter(|(field, _)| !field.is_empty())?;
    let numbered =
        label.strip_prefix(['w', 'W']).map(|rest| rest.trim_start_matches(|c: char| c.is_ascii_digit()));
    let label = numbered.filter(|rest| rest.len() + 1 < label.len()).unwrap_or(label);
    // A number may be that of the field, and a letter anything.
    if label.len() < 2 || label.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    match roles_of_name(label)?.as_slice() {
        [role] => Some((field, *role)),
        _ => None,
    }
}

/// The name of a field in three files, from any of them.
pub(super) fn three_file_name(path: &Path) -> String {
    channel_of_file(path).map_or_else(|| field_name(path), |(name, _)| name)
}

/// The last part of a path as text.
pub(super) fn file_name(path: &Path) -> String {
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

    #[test]
    fn channels_by_suffix() {
        for (path, expected) in [
            ("f1_DAPI.tif", Some(("f1", ChannelRole::Counterstain))),
            ("f1_Orange.tif", Some(("f1", ChannelRole::Red))),
            ("f1_red.ome.tif", Some(("f1", ChannelRole::Red))),
            ("f1_GREEN.png", Some(("f1", ChannelRole::Green))),
            ("f_1_b.jpg", Some(("f_1", ChannelRole::Counterstain))),
            ("f1_r.tif", Some(("f1", ChannelRole::Red))),
            ("f1_g.tif", Some(("f1", ChannelRole::Green))),
            ("f1.tif", None),
            ("bored.tif", None),
            ("_DAPI.tif", None),
            ("f1_TRITC.tif", Some(("f1", ChannelRole::Red))),
            ("f1_w3FITC.tif", Some(("f1", ChannelRole::Green))),
            ("f_1-Red.tif", Some(("f_1", ChannelRole::Red))),
            ("f1_SpectrumGreen.tif", Some(("f1", ChannelRole::Green))),
            ("f1_Cy3.tif", Some(("f1", ChannelRole::Red))),
            ("f_488.tif", None),
            ("f_w2.tif", None),
            ("f-g.tif", None),
            ("f_SpectrumAqua.tif", None),
            ("f_DAPI FITC.tif", None),
        ] {
            let expected = expected.map(|(name, role)| (name.to_owned(), role));
            assert_eq!(channel_of_file(Path::new(path)), expected, "{path}");
        }
        assert_eq!(three_file_name(Path::new("a/f1_DAPI.tif")), "f1");
    }
}
