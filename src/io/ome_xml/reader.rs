//! Reads the OME-XML of a file.

use roxmltree::{Document, Node};

use super::image::{OmeChannel, OmeImage, Run};
use super::place::{Place, child};
use crate::error::{Error, Location, Result};
use crate::io::calibration::micrometres_per;
use crate::io::options::{ReadOptions, is_z_step};
use crate::io::series::choose;

/// What to do with an OME-TIFF that is not read.
const SINGLE_FILE: &str = "convert it to a single file first (Bio-Formats: bfconvert)";

/// Most images and time points of a file.
const MAX_IMAGES: usize = 16_384;

/// Names of the pictures that come with a slide, as slide scanners and Bio-Formats give them.
const ACCOMPANYING: [&str; 5] = ["label", "macro", "overview", "thumbnail", "barcode"];

/// Whether a description is OME-XML.
pub(in crate::io) fn is_ome_xml(description: &str) -> bool {
    let text = description.trim_start_matches('\u{feff}').trim_start();
    text.starts_with('<') && (text.contains("<OME") || text.contains(":OME "))
}

/// Whether a description says that the OME-XML of the file is in another one.
pub(in crate::io) fn is_part(description: &str) -> bool {
    let document = Document::parse(trimmed(description));
    document.is_ok_and(|document| child(document.root_element(), "BinaryOnly").is_some())
}

/// The file that has the OME-XML of a part.
pub(in crate::io) fn metadata_file(description: &str) -> Option<String> {
    let document = Document::parse(trimmed(description)).ok()?;
    let elsewhere = child(document.root_element(), "BinaryOnly")?;
    elsewhere.attribute("MetadataFile").map(str::to_owned)
}

fn trimmed(description: &str) -> &str {
    description.trim_start_matches('\u{feff}').trim()
}

/// Reads the description of the file at `location`. The series of the options counts the images, and the time
/// points of each.
pub(in crate::io) fn parse(
    description: &str,
    location: &Location,
    options: &ReadOptions,
) -> Result<OmeImage> {
    let reader = Reader { location };
    let document = reader.document(description)?;
    let root = document.root_element();
    if let Some(elsewhere) = child(root, "BinaryOnly") {
        let file = elsewhere.attribute("MetadataFile").unwrap_or("another file");
        return Err(reader.unsupported(&format!(
            "a part of an OME-TIFF in several files, described in {file}; copy that file to the same folder, or name it if it is an image"
        )));
    }
    let needed = options.channels.map(|map| map.indices().into_iter().max().unwrap_or(0) + 1);
    let mut images = Vec::new();
    let mut planes_before = 0_usize;
    let place = Place::of(root, location);
    for node in root.children().filter(|n| n.tag_name().name() == "Image") {
        let mut image = reader.image(node, &place, planes_before)?;
        image.read_stack_as_channels(needed);
        planes_before = planes_before.saturating_add(image.planes());
        images.push((node.attribute("Name").unwrap_or("unnamed"), image));
    }
    // An image whose planes are all in other files is none of this one.
    if images.iter().any(|(_, image)| image.has_own_planes()) {
        images.retain(|(_, image)| image.has_own_planes());
    }
    let frames = |(name, image): &(&str, OmeImage)| {
        (0..image.size_t).map(|t| image.describe(name, t)).collect::<Vec<_>>()
    };
    if images.iter().map(|(_, image)| image.size_t).fold(0, usize::saturating_add) > MAX_IMAGES {
        return Err(
            reader.unsupported(&format!("more than {MAX_IMAGES} images and time points; {SINGLE_FILE}"))
        );
    }
    if options.series.is_none() && images.iter().filter(|(name, _)| !is_accompanying(name)).count() == 1 {
        images.retain(|(name, _)| !is_accompanying(name));
    }
    let channels = images.iter().map(|(_, image)| image.size_c).max().unwrap_or(0);
    let words: Vec<String> = images.iter().flat_map(frames).collect();
    let mut index = choose(&words, channels, options.series, location)?;
    for (_, image) in images {
        if index < image.size_t {
            return Ok(OmeImage { frame: index, ..image });
        }
        index -= image.size_t;
    }
    Err(reader.malformed("the OME-XML has no Image element"))
}

/// Whether an image of this name is a picture that comes with a slide: its label, or the whole glass in small.
fn is_accompanying(name: &str) -> bool {
    let name = name.trim().to_lowercase();
    ACCOMPANYING.contains(&name.strip_suffix(" image").unwrap_or(&name))
}

/// The channels of an image, counted from 0; none if there is no such image. The text may stand in a file of its own.
#[cfg(feature = "ome-zarr")]
pub(in crate::io) fn channels_of_image(
    text: &str,
    image: usize,
    location: &Location,
) -> Result<Vec<OmeChannel>> {
    let reader = Reader { location };
    let document = reader.document(text)?;
    let mut images = document.root_element().children().filter(|n| n.tag_name().name() == "Image");
    match images.nth(image).and_then(|image| child(image, "Pixels")) {
        Some(pixels) => reader.channels(pixels),
        None => Ok(Vec::new()),
    }
}

/// Reads attributes, and knows the file for the errors.
struct Reader<'a> {
    location: &'a Location,
}

impl Reader<'_> {
    fn document<'x>(&self, text: &'x str) -> Result<Document<'x>> {
        let not_well_formed = |e| self.malformed(&format!("the OME-XML is not well formed: {e}"));
        Document::parse(trimmed(text)).map_err(not_well_formed)
    }

    fn malformed(&self, problem: &str) -> Error {
        Error::malformed(self.location.clone(), problem)
    }

    fn unsupported(&self, feature: &str) -> Error {
        Error::unsupported(self.location.clone(), feature)
    }

    fn number(&self, node: Node<'_, '_>, name: &str) -> Result<Option<usize>> {
        let parse = |text: &str| text.trim().parse().map_err(|_| self.not_a_number(name, text));
        node.attribute(name).map(parse).transpose()
    }

    fn not_a_number(&self, name: &str, text: &str) -> Error {
        self.malformed(&format!("{name}=\"{text}\" in the OME-XML is not a number"))
    }

    /// A length attribute with the unit in `<name>Unit`, in micrometres.
    fn length_um(&self, node: Node<'_, '_>, name: &str) -> Result<Option<f64>> {
        let Some(text) = node.attribute(name) else { return Ok(None) };
        // Some systems write a decimal comma.
        let number = if text.contains('.') { text.to_owned() } else { text.replacen(',', ".", 1) };
        let value: f64 = number.trim().parse().map_err(|_| self.not_a_number(name, text))?;
        let unit = node.attribute(format!("{name}Unit").as_str()).unwrap_or("\u{b5}m");
        Ok(micrometres_per(unit).map(|um| value * um))
    }

    fn channels(&self, pixels: Node<'_, '_>) -> Result<Vec<OmeChannel>> {
        let text = |node: Node<'_, '_>, name: &str| {
            node.attribute(name).map(str::trim).filter(|t| !t.is_empty()).map(ToOwned::to_owned)
        };
        let channel = |node: Node<'_, '_>| {
            let emission = "EmissionWavelength";
            let emission_nm = match node.attribute(emission) {
                None => None,
                Some(value) => {
                    let number: f64 = value.trim().parse().map_err(|_| self.not_a_number(emission, value))?;
                    let unit = node.attribute("EmissionWavelengthUnit").unwrap_or("nm");
                    micrometres_per(unit).map(|um| number * um * 1e3)
                }
            };
            Ok(OmeChannel { name: text(node, "Name"), fluor: text(node, "Fluor"), emission_nm })
        };
        pixels.children().filter(|n| n.tag_name().name() == "Channel").map(channel).collect()
    }

    fn image(&self, node: Node<'_, '_>, place: &Place<'_>, planes_before: usize) -> Result<OmeImage> {
        let pixels =
            child(node, "Pixels").ok_or_else(|| self.malformed("the OME-XML has no Pixels element"))?;
        let size = |name: &str| match self.number(pixels, name)? {
            Some(0) | None => Err(self.malformed(&format!("{name} is missing or 0 in the OME-XML"))),
            Some(n) => Ok(n),
        };
        let order = pixels.attribute("DimensionOrder").unwrap_or_default();
        let axes = order.strip_prefix("XY").and_then(|axes| <[u8; 3]>::try_from(axes.as_bytes()).ok());
        let Some(axes) = axes.filter(|axes| b"CZT".iter().all(|axis| axes.contains(axis))) else {
            return Err(self.malformed(&format!("DimensionOrder `{order}` in the OME-XML")));
        };
        let edges = ["PhysicalSizeX", "PhysicalSizeY"].map(|name| self.length_um(pixels, name));
        let problem_of = |edge: &Result<Option<f64>>| match edge {
            Err(Error::Malformed { problem, .. }) => Some(problem.clone()),
            _ => None,
        };
        let pixel_size_problem = edges.iter().find_map(problem_of);
        let [x_um, y_um] = edges.map(|edge| edge.ok().flatten());
        let (runs, elsewhere) = self.runs(pixels, place)?;
        Ok(OmeImage {
            size_x: size("SizeX")?,
            size_y: size("SizeY")?,
            size_c: size("SizeC")?,
            size_z: size("SizeZ")?,
            size_t: size("SizeT")?,
            frame: 0,
            channels: self.channels(pixels)?,
            pixel_um: (x_um, y_um),
            z_step_um: self.length_um(pixels, "PhysicalSizeZ").ok().flatten().filter(|um| is_z_step(*um)),
            pixel_size_problem,
            significant_bits: self.number(pixels, "SignificantBits")?.and_then(|n| u32::try_from(n).ok()),
            elsewhere,
            order: axes,
            runs,
            planes_before,
        })
    }

    /// The `TiffData` elements of an image, and the other files that hold planes of it.
    fn runs(&self, pixels: Node<'_, '_>, place: &Place<'_>) -> Result<(Vec<Run>, Vec<String>)> {
        let data = || pixels.children().filter(|n| n.tag_name().name() == "TiffData");
        let mut others: Vec<String> =
            data().filter_map(|data| place.other_file(data).map(str::to_owned)).collect();
        others.sort_unstable();
        others.dedup();
        let mut runs = Vec::new();
        for data in data() {
            let other = place.other_file(data);
            let number = |name: &str| others.iter().position(|other| other == name).map_or(0, |at| at + 1);
            runs.push(Run {
                ifd: self.number(data, "IFD")?,
                count: self.number(data, "PlaneCount")?,
                first_c: self.number(data, "FirstC")?.unwrap_or(0),
                first_z: self.number(data, "FirstZ")?.unwrap_or(0),
                first_t: self.number(data, "FirstT")?.unwrap_or(0),
                file: other.map_or(0, number),
            });
        }
        Ok((runs, others))
    }
}
