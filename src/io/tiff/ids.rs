//! The samples of a label image, which are numbers of objects: none is rounded, and a palette is only for the eye.

use std::fmt::Display;

use ndarray::Array2;

use super::chunk::Compression;
use super::convert::half;
use super::sample::Sample;
use super::{LocatedPage, TiffFile, Wanted};
use crate::error::{Error, Location, Result};
use crate::io::sample_type::SampleType;
use crate::slide::Part;

impl TiffFile {
    /// Decodes the only sample of a page (a position in `pages`) as whole numbers from 0.
    pub(in crate::io) fn read_ids(&mut self, page: usize) -> Result<Array2<u32>> {
        let located = self.locate(page)?;
        let page = &located.page;
        let decoded = |bytes: u64| (page.width as u64 * page.height as u64).saturating_mul(bytes);
        // As stored, and as numbers.
        let needed = decoded(page.sample_type.decoded_bytes()).saturating_add(decoded(4));
        let limit = self.pixels.limit;
        if needed > limit {
            return Err(Error::Limit { location: page.location.clone(), needed, limit });
        }
        let at = &page.location;
        if page.compression == Compression::Jpeg {
            let feature = "a label image in JPEG, which changes the numbers; save it with Deflate, LZW or without compression";
            return Err(Error::unsupported(at.clone(), feature));
        }
        match page.sample_type {
            SampleType::U8 => Ok(self.plane::<u8>(&located)?.mapv(u32::from)),
            SampleType::U16 | SampleType::Packed(_) => Ok(self.plane::<u16>(&located)?.mapv(u32::from)),
            SampleType::U32 => self.plane::<u32>(&located),
            SampleType::I8 => ids(self.plane::<u8>(&located)?, at, |v| f64::from(v.cast_signed())),
            SampleType::I16 => ids(self.plane::<u16>(&located)?, at, |v| f64::from(v.cast_signed())),
            SampleType::I32 => ids(self.plane::<u32>(&located)?, at, |v| f64::from(v.cast_signed())),
            SampleType::F16 => ids(self.plane::<u16>(&located)?, at, |v| f64::from(half(v))),
            SampleType::F32 => ids(self.plane::<f32>(&located)?, at, f64::from),
            SampleType::F64 => ids(self.plane::<f64>(&located)?, at, std::convert::identity),
        }
    }

    fn plane<T: Sample>(&self, located: &LocatedPage) -> Result<Array2<T>> {
        let page = &located.page;
        let part = Part { y0: 0, x0: 0, y1: page.height, x1: page.width };
        let planes = self.pixels.planes(located, Wanted { samples: &[0], part })?;
        let none = || Error::malformed(page.location.clone(), "a page without samples");
        planes.into_iter().next().ok_or_else(none)
    }
}

/// Samples as whole numbers from 0; another number is an error that names its place.
fn ids<T: Copy>(samples: Array2<T>, location: &Location, number: impl Fn(T) -> f64) -> Result<Array2<u32>> {
    let is_id = |value: f64| (0.0..=f64::from(u32::MAX)).contains(&value) && value.fract() == 0.0;
    match samples.indexed_iter().find(|(_, sample)| !is_id(number(**sample))) {
        Some((place, sample)) => Err(no_id(location, place, number(*sample))),
        None => Ok(samples.mapv(|sample| number(sample) as u32)),
    }
}

fn no_id(location: &Location, (y, x): (usize, usize), value: impl Display) -> Error {
    let problem = format!(
        "the sample at row {y}, column {x} is {value}; a label is 0 (background) or a whole number above, at most {}",
        u32::MAX
    );
    Error::malformed(location.clone(), problem)
}
