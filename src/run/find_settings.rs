//! How the files of fields were found, as text.

use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::io::FindOptions;

/// How the files of fields were found, as text: [`FindOptions`] in records.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FindSettings {
    /// How the files are named, if it was told.
    pub files: Option<String>,
    /// Images of files that hold several, if they were told.
    pub series: Option<String>,
}

impl FindSettings {
    /// The options that these settings stand for.
    pub(super) fn options(&self) -> Result<FindOptions> {
        Ok(FindOptions {
            files: self.files.as_deref().map(str::parse).transpose()?,
            series: self.series.as_deref().map(str::parse).transpose()?.unwrap_or_default(),
        })
    }
}

impl From<&FindOptions> for FindSettings {
    fn from(options: &FindOptions) -> Self {
        Self {
            files: options.files.as_ref().map(ToString::to_string),
            series: (!options.series.indices().is_empty()).then(|| options.series.to_string()),
        }
    }
}
