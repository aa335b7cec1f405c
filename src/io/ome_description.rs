//! The OME-XML of a file that is written.

use std::fmt::Write as _;

use crate::units::PixelSize;

/// A channel of a file that is written.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct DescribedChannel {
    pub(crate) name: Option<&'static str>,
    /// Wavelength of emission, nm.
    pub(crate) emission_nm: Option<u32>,
    /// 3 for the colours of a picture.
    pub(crate) samples: usize,
}

/// An image of one or more channels and slices, a page for each channel of each slice.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct OmeDescription {
    pub(crate) name: String,
    /// The program that writes it.
    pub(crate) creator: &'static str,
    /// (height, width) in pixels.
    pub(crate) dim: (usize, usize),
    /// `uint8`, `uint16` or `uint32`.
    pub(crate) sample_type: &'static str,
    pub(crate) significant_bits: u8,
    pub(crate) channels: Vec<DescribedChannel>,
    pub(crate) slices: usize,
    /// Distance between slices, um.
    pub(crate) slice_step_um: f64,
    pub(crate) pixel_size: Option<PixelSize>,
}

impl OmeDescription {
    /// The description. The micro sign is written as a character reference: the tag holds ASCII.
    pub(crate) fn xml(&self) -> String {
        let mut physical = String::new();
        if let Some(pixel) = self.pixel_size {
            for axis in ["X", "Y"] {
                let um = pixel.um();
                let _ = write!(physical, r#" PhysicalSize{axis}="{um}" PhysicalSize{axis}Unit="&#181;m""#);
            }
        }
        if self.slices > 1 {
            let um = self.slice_step_um;
            let _ = write!(physical, r#" PhysicalSizeZ="{um}" PhysicalSizeZUnit="&#181;m""#);
        }
        let mut channels = String::new();
        for (i, channel) in self.channels.iter().enumerate() {
            let _ = write!(channels, r#"<Channel ID="Channel:0:{i}""#);
            if let Some(name) = channel.name {
                let _ = write!(channels, r#" Name="{name}""#);
            }
            let _ = write!(channels, r#" SamplesPerPixel="{}""#, channel.samples);
            if let Some(emission) = channel.emission_nm {
                let _ = write!(channels, r#" EmissionWavelength="{emission}" EmissionWavelengthUnit="nm""#);
            }
            channels.push_str("/>");
        }
        let samples: usize = self.channels.iter().map(|channel| channel.samples).sum();
        format!(
            concat!(
                r#"<?xml version="1.0" encoding="UTF-8"?>"#,
                r#"<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06" "#,
                r#"xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" "#,
                r#"xsi:schemaLocation="http://www.openmicroscopy.org/Schemas/OME/2016-06 "#,
                r#"http://www.openmicroscopy.org/Schemas/OME/2016-06/ome.xsd" Creator="{creator}">"#,
                r#"<Image ID="Image:0" Name="{name}">"#,
                r#"<Pixels ID="Pixels:0" DimensionOrder="XYCZT" Type="{sample_type}" SignificantBits="{bits}" "#,
                r#"SizeX="{width}" SizeY="{height}" SizeC="{samples}" SizeZ="{slices}" SizeT="1"{physical}>"#,
                r#"{channels}<TiffData IFD="0" PlaneCount="{pages}"/></Pixels></Image></OME>"#
            ),
            creator = self.creator,
            name = escaped(&self.name),
            sample_type = self.sample_type,
            bits = self.significant_bits,
            width = self.dim.1,
            height = self.dim.0,
            samples = samples,
            slices = self.slices,
            physical = physical,
            channels = channels,
            pages = self.channels.len() * self.slices,
        )
    }
}

/// A name as the value of an attribute, in ASCII.
fn escaped(name: &str) -> String {
    let mut text = String::new();
    for c in name.chars() {
        match c {
            '&' | '<' | '>' | '"' => {
                let _ = write!(text, "&#{};", u32::from(c));
            }
            c if c.is_ascii() && !c.is_ascii_control() => text.push(c),
            c if c.is_control() => text.push(' '),
            c => {
                let _ = write!(text, "&#{};", u32::from(c));
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_ascii() {
        assert_eq!(escaped("a<\u{b5}>\"&\n1"), "a&#60;&#181;&#62;&#34;&#38; 1");
    }
}
