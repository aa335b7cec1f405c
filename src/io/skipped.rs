//! Files in the folder of a specimen that look like fields and are none, or are not read.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use super::names::{file_name, is_of_maker};

/// Words in the names of pictures that programs and people put beside fields.
const PICTURE_WORDS: [&str; 9] =
    ["overview", "preview", "thumbnail", "thumb", "overlay", "macro", "screenshot", "montage", "navigator"];

/// Suffixes of raw data, beside which a PNG or JPEG of another size is a picture made from it.
const DATA: [&str; 5] = ["tif", "tiff", "tf2", "tf8", "btf"];

/// Parts the images of a folder into fields and pictures beside them. Pictures among pictures alone are fields.
pub(super) fn without_pictures(images: &[PathBuf]) -> (Vec<PathBuf>, Vec<PathBuf>) {
    let (named, rest): (Vec<PathBuf>, Vec<PathBuf>) =
        images.iter().cloned().partition(|path| is_named_as_picture(path));
    if rest.is_empty() {
        return (named, Vec::new());
    }
    let (data, other): (Vec<PathBuf>, Vec<PathBuf>) = rest.into_iter().partition(|path| is_data(path));
    let sizes: Vec<(u32, u32)> =
        if other.is_empty() { Vec::new() } else { data.iter().filter_map(|path| tiff_size(path)).collect() };
    let has_other_size =
        |path: &PathBuf| !sizes.is_empty() && raster_size(path).is_some_and(|size| !sizes.contains(&size));
    let (unlike, alike): (Vec<PathBuf>, Vec<PathBuf>) = other.into_iter().partition(has_other_size);
    let mut fields = [data, alike].concat();
    let mut pictures = [named, unlike].concat();
    fields.sort();
    pictures.sort();
    (fields, pictures)
}

fn is_data(path: &Path) -> bool {
    let suffix = path.extension().unwrap_or_default();
    DATA.iter().any(|known| suffix.eq_ignore_ascii_case(known))
}

fn is_named_as_picture(path: &Path) -> bool {
    let name = file_name(path).to_lowercase();
    let mut words = name.split(|c: char| !c.is_alphabetic());
    words.any(|word| PICTURE_WORDS.contains(&word))
}

/// Width and height of a TIFF.
fn tiff_size(path: &Path) -> Option<(u32, u32)> {
    let file = BufReader::new(File::open(path).ok()?);
    tiff::decoder::Decoder::new(file).ok()?.dimensions().ok()
}

/// Width and height of a PNG or JPEG.
fn raster_size(path: &Path) -> Option<(u32, u32)> {
    image::ImageReader::open(path).ok()?.with_guessed_format().ok()?.into_dimensions().ok()
}

/// Files in a folder that are in the format of a microscope maker, by name.
pub(super) fn files_of_makers(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> =
        entries.map(|entry| entry.path()).filter(|path| is_of_maker(path)).collect();
    files.sort();
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_beside_data_is_no_field_and_pictures_alone_are() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, size: u32| {
            let path = folder.path().join(name);
            image::GrayImage::new(size, size).save(&path).unwrap();
            path
        };
        let small = write("map_3.png", 16);
        let alike = write("c.png", 32);
        let data = folder.path().join("a.TIF");
        let mut encoder = tiff::encoder::TiffEncoder::new(File::create(&data).unwrap()).unwrap();
        encoder.write_image::<tiff::encoder::colortype::Gray8>(32, 32, &[0; 1024]).unwrap();
        let named = folder.path().join("case7_Overview-2.tif");
        let all = [data.clone(), alike.clone(), named.clone(), small.clone()];
        let (fields, pictures) = without_pictures(&all);
        assert_eq!((fields, pictures), (vec![data, alike.clone()], vec![named.clone(), small.clone()]));
        for only in [vec![alike, small], vec![named]] {
            assert_eq!(without_pictures(&only), (only.clone(), Vec::new()));
        }
    }
}
