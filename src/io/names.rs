//! Names of fields from file names.

use std::path::Path;

use crate::field::ChannelRole;

/// Suffixes of image files, lower case, the longer ones first.
const IMAGE_SUFFIXES: [&str; 7] = [".ome.tiff", ".ome.tif", ".tiff", ".tif", ".png", ".jpeg", ".jpg"];

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

/// The channel that the suffix of a single-channel file names, and the name of the field without the suffix.
pub(super) fn channel_of_file(path: &Path) -> Option<(String, ChannelRole)> {
    let name = field_name(path);
    CHANNEL_SUFFIXES.iter().find_map(|&(suffix, role)| Some((strip_suffix(&name, suffix)?.to_owned(), role)))
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
        ] {
            let expected = expected.map(|(name, role)| (name.to_owned(), role));
            assert_eq!(channel_of_file(Path::new(path)), expected, "{path}");
        }
        assert_eq!(three_file_name(Path::new("a/f1_DAPI.tif")), "f1");
    }
}
