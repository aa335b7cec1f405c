//! The document: from GeoJSON text to features, one after the other, so that a large file is never held as a tree.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::area::Area;
use super::feature;
use super::note::RegionNote;
use super::options::RegionOptions;
use super::place_in_file::At;
use crate::error::{Error, Location, Result};

/// Areas and notes of a document.
type Contents = (Vec<Area>, Vec<RegionNote>);

/// # Errors
/// [`Error::Malformed`] if the text is no GeoJSON, or a feature breaks its rules.
pub(super) fn read(text: &str, location: &Location, options: &RegionOptions) -> Result<Contents> {
    let mut found = Found { location, options, number: 0, areas: Vec::new(), notes: Vec::new(), fault: None };
    let mut json = serde_json::Deserializer::from_str(text.trim_start_matches('\u{feff}'));
    let read = Document(&mut found).deserialize(&mut json).and_then(|()| json.end());
    match (found.fault, read) {
        (Some(fault), _) => Err(fault),
        (None, Err(error)) => Err(Error::malformed(location.clone(), format!("no GeoJSON: {error}"))),
        (None, Ok(())) => Ok((found.areas, found.notes)),
    }
}

/// What was found so far.
struct Found<'a> {
    location: &'a Location,
    options: &'a RegionOptions,
    /// Features met.
    number: usize,
    areas: Vec<Area>,
    notes: Vec<RegionNote>,
    /// The fault at which the reading stopped.
    fault: Option<Error>,
}

impl Found<'_> {
    /// Takes up the next feature. `false` if it has a fault.
    fn take(&mut self, feature: &Value) -> bool {
        self.number += 1;
        let at = At { location: self.location, feature: self.number, options: self.options };
        match feature::read(feature, at) {
            Ok(contents) => {
                self.areas.extend(contents.areas);
                for note in contents.notes {
                    if !self.notes.iter_mut().any(|known| known.takes(&note)) {
                        self.notes.push(note);
                    }
                }
            }
            Err(fault) => self.fault = Some(fault),
        }
        self.fault.is_none()
    }

    fn take_all<'de, A: SeqAccess<'de>>(&mut self, mut features: A) -> std::result::Result<(), A::Error> {
        while let Some(feature) = features.next_element::<Value>()? {
            if !self.take(&feature) {
                return Err(A::Error::custom("a faulty feature"));
            }
        }
        Ok(())
    }
}

/// The whole document.
struct Document<'f, 'a>(&'f mut Found<'a>);

impl<'de> DeserializeSeed<'de> for Document<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> std::result::Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Document<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a FeatureCollection, a Feature, a list of features or a geometry")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, features: A) -> std::result::Result<(), A::Error> {
        self.0.take_all(features)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut keys: A) -> std::result::Result<(), A::Error> {
        let (mut others, mut is_collection) = (Map::new(), false);
        while let Some(key) = keys.next_key::<String>()? {
            if key == "features" {
                keys.next_value_seed(Features(&mut *self.0))?;
                is_collection = true;
            } else if is_collection {
                keys.next_value::<IgnoredAny>()?;
            } else {
                others.insert(key, keys.next_value()?);
            }
        }
        if !is_collection && !self.0.take(&Value::Object(others)) {
            return Err(A::Error::custom("a faulty feature"));
        }
        Ok(())
    }
}

/// The list of features of a collection.
struct Features<'f, 'a>(&'f mut Found<'a>);

impl<'de> DeserializeSeed<'de> for Features<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> std::result::Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Features<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of features")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, features: A) -> std::result::Result<(), A::Error> {
        self.0.take_all(features)
    }
}
