//! OME-XML in the image description: sizes, channels, pixel size, and which page holds which plane.
//!
//! Follows the OME-TIFF specification 6: <https://docs.openmicroscopy.org/ome-model/latest/ome-tiff/specification.html>.

use std::path::Path;

use roxmltree::{Document, Node};

use super::calibration::micrometres_per;
use crate::error::{Error, Location, Result};

/// One channel of the `Pixels` element.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct OmeChannel {
    pub(super) name: Option<String>,
    pub(super) fluor: Option<String>,
    pub(super) emission_nm: Option<f64>,
}

/// The single image of a file.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct OmeImage {
    pub(super) size_x: usize,
    pub(super) size_y: usize,
    pub(super) size_c: usize,
    pub(super) size_z: usize,
    pub(super) channels: Vec<OmeChannel>,
    /// Edges (x, y) of a pixel in micrometres, each if stated in a unit of length.
    pub(super) pixel_um: (Option<f64>, Option<f64>),
    /// Why the edges could not be read, if they could not: no fault where the caller knows them.
    pub(super) pixel_size_problem: Option<String>,
    pub(super) significant_bits: Option<u32>,
    /// `C` and `Z` in the order in which they follow from page to page.
    c_before_z: bool,
    runs: Vec<Run>,
}

/// A `TiffData` element: a run of pages and the first plane it holds.
#[derive(Debug, Clone, PartialEq)]
struct Run {
    ifd: Option<usize>,
    count: Option<usize>,
    first_c: usize,
    first_z: usize,
}

/// Whether a description is OME-XML.
pub(super) fn is_ome_xml(description: &str) -> bool {
    let text = description.trim_start_matches('\u{feff}').trim_start();
    text.starts_with('<') && (text.contains("<OME") || text.contains(":OME "))
}

impl OmeImage {
    /// Reads the description of the file at `location`.
    pub(super) fn parse(description: &str, location: &Location) -> Result<Self> {
        let text = description.trim_start_matches('\u{feff}').trim();
        let document = Document::parse(text).map_err(|e| {
            Error::malformed(location.clone(), format!("the OME-XML is not well formed: {e}"))
        })?;
        let reader = Reader { location };
        let root = document.root_element();
        if let Some(elsewhere) = child(root, "BinaryOnly") {
            let file = elsewhere.attribute("MetadataFile").unwrap_or("another file");
            return Err(reader.unsupported(&format!(
                "a part of an OME-TIFF in several files, described in {file}; {SINGLE_FILE}"
            )));
        }
        let images: Vec<_> = root.children().filter(|n| n.tag_name().name() == "Image").collect();
        let &[image] = images.as_slice() else {
            let names: Vec<_> = images.iter().map(|n| n.attribute("Name").unwrap_or("unnamed")).collect();
            return Err(reader.unsupported(&format!(
                "{} images in one OME-TIFF ({}); save each field in a file of its own",
                images.len(),
                names.join(", ")
            )));
        };
        let pixels =
            child(image, "Pixels").ok_or_else(|| reader.malformed("the OME-XML has no Pixels element"))?;
        let size = |name: &str| match reader.number(pixels, name)? {
            Some(0) | None => Err(reader.malformed(&format!("{name} is missing or 0 in the OME-XML"))),
            Some(n) => Ok(n),
        };
        let frames = size("SizeT")?;
        if frames > 1 {
            let feature = format!("a time series of {frames} time points; save one time point");
            return Err(reader.unsupported(&feature));
        }
        let order = pixels.attribute("DimensionOrder").unwrap_or_default();
        if !["XYZCT", "XYZTC", "XYCZT", "XYCTZ", "XYTCZ", "XYTZC"].contains(&order) {
            return Err(reader.malformed(&format!("DimensionOrder `{order}` in the OME-XML")));
        }
        let edges = ["PhysicalSizeX", "PhysicalSizeY"].map(|name| reader.length_um(pixels, name));
        let problem_of = |edge: &Result<Option<f64>>| match edge {
            Err(Error::Malformed { problem, .. }) => Some(problem.clone()),
            _ => None,
        };
        let pixel_size_problem = edges.iter().find_map(problem_of);
        let [x_um, y_um] = edges.map(|edge| edge.ok().flatten());
        Ok(Self {
            size_x: size("SizeX")?,
            size_y: size("SizeY")?,
            size_c: size("SizeC")?,
            size_z: size("SizeZ")?,
            channels: reader.channels(pixels)?,
            pixel_um: (x_um, y_um),
            pixel_size_problem,
            significant_bits: reader.number(pixels, "SignificantBits")?.and_then(|n| u32::try_from(n).ok()),
            c_before_z: order.find('C') < order.find('Z'),
            runs: reader.runs(root, pixels)?,
        })
    }

    /// The page (position in the main chain of the file) of each plane: `[c][z]`, with `size_c` channels of
    /// which each page may hold several samples.
    pub(super) fn pages(
        &self,
        channels: usize,
        page_count: usize,
        location: &Location,
    ) -> Result<Vec<Vec<usize>>> {
        let total = channels.checked_mul(self.size_z).filter(|&total| total <= page_count);
        let Some(total) = total else {
            let problem = format!(
                "the file is incomplete: copy it again (the OME-XML names {channels} x {} planes (SizeC x SizeZ), \
                 the file has {page_count} pages)",
                self.size_z
            );
            return Err(Error::malformed(location.clone(), problem));
        };
        let mut pages = vec![vec![None; self.size_z]; channels];
        let everything = [Run { ifd: None, count: None, first_c: 0, first_z: 0 }];
        for run in if self.runs.is_empty() { &everything } else { self.runs.as_slice() } {
            if run.first_c >= channels || run.first_z >= self.size_z {
                let problem = format!(
                    "TiffData in the OME-XML begins at channel {}, slice {}; there are {channels} and {}",
                    run.first_c, run.first_z, self.size_z
                );
                return Err(Error::malformed(location.clone(), problem));
            }
            let first = if self.c_before_z {
                run.first_z.saturating_mul(channels).saturating_add(run.first_c)
            } else {
                run.first_c.saturating_mul(self.size_z).saturating_add(run.first_z)
            };
            // Without a count: one plane if the page is given, else all of them.
            let count = run.count.unwrap_or(if run.ifd.is_some() { 1 } else { total });
            let planes = first..first.saturating_add(count).min(total);
            for (step, plane) in planes.enumerate() {
                let (c, z) = if self.c_before_z {
                    (plane % channels, plane / channels)
                } else {
                    (plane / self.size_z, plane % self.size_z)
                };
                let page = run.ifd.unwrap_or(0).saturating_add(step);
                if let Some(earlier) = pages[c][z].replace(page)
                    && earlier != page
                {
                    let problem = format!(
                        "the OME-XML gives two pages, {earlier} and {page}, for channel {c}, slice {z}"
                    );
                    return Err(Error::malformed(location.clone(), problem));
                }
            }
        }
        let missing = |c, z| {
            let problem = format!("the OME-XML gives no page for channel {c}, slice {z}");
            Error::malformed(location.clone(), problem)
        };
        let row = |(c, row): (usize, Vec<Option<usize>>)| {
            row.into_iter().enumerate().map(|(z, page)| page.ok_or_else(|| missing(c, z))).collect()
        };
        pages.into_iter().enumerate().map(row).collect()
    }
}

const SINGLE_FILE: &str = "convert it to a single file first (Bio-Formats: bfconvert)";

fn child<'a, 'x>(node: Node<'a, 'x>, name: &str) -> Option<Node<'a, 'x>> {
    node.children().find(|n| n.tag_name().name() == name)
}

/// Reads attributes, and knows the file for the errors.
struct Reader<'a> {
    location: &'a Location,
}

impl Reader<'_> {
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
        let value: f64 = text.trim().parse().map_err(|_| self.not_a_number(name, text))?;
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

    /// Whether a file of the folder of this one has a name.
    fn is_beside(&self, name: &str) -> bool {
        self.location.path().is_some_and(|path| path.with_file_name(name).exists())
    }

    /// The `TiffData` elements, if all of them speak of this file. One that was renamed speaks of a single file that is not
    /// there.
    fn runs(&self, root: Node<'_, '_>, pixels: Node<'_, '_>) -> Result<Vec<Run>> {
        let own_id = root.attribute("UUID").map(str::trim);
        let own_name = self.location.path().and_then(Path::file_name).map(|n| n.to_string_lossy());
        let mut others: Vec<&str> = Vec::new();
        let (mut runs, mut own) = (Vec::new(), 0_usize);
        for data in pixels.children().filter(|n| n.tag_name().name() == "TiffData") {
            if let Some(id) = child(data, "UUID") {
                let name = id.attribute("FileName");
                let same_id = own_id.is_some() && id.text().map(str::trim) == own_id;
                if !same_id && name.is_none_or(|name| own_name.as_deref() != Some(name)) {
                    others.push(name.unwrap_or("a file without a name"));
                } else {
                    own += 1;
                }
            }
            runs.push(Run {
                ifd: self.number(data, "IFD")?,
                count: self.number(data, "PlaneCount")?,
                first_c: self.number(data, "FirstC")?.unwrap_or(0),
                first_z: self.number(data, "FirstZ")?.unwrap_or(0),
            });
        }
        others.sort_unstable();
        others.dedup();
        let is_renamed =
            matches!(others.as_slice(), [only] if own_id.is_none() && own == 0 && !self.is_beside(only));
        if !others.is_empty() && !is_renamed {
            let names = others.join(", ");
            return Err(self.unsupported(&format!(
                "an OME-TIFF whose planes lie in other files ({names}); {SINGLE_FILE}"
            )));
        }
        Ok(runs)
    }
}

#[cfg(test)]
mod tests;
