//! Parameters of classification.

use serde::{Deserialize, Deserializer, Serialize, de};

use crate::error::{Error, Result};

/// Probability that a call is wrong for a reason that the signals do not show: a nucleus outlined wrongly, a signal never
/// detected. Measured by `validate --first-seed 5000`.
pub(crate) const UNMODELLED_ERROR: f64 = 0.004;

/// How nuclei are classified, apart from the assay's rules.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ClassifyParams {
    /// Minimum score of a counted nucleus (`Nucleus::score`, the expected overlap with a true nucleus). Default 0.2,
    /// chosen for this crate: it removes only outlines that segmentation itself doubts. Range 0 to 1.
    pub min_nucleus_score: f64,
    /// A counted nucleus is doubtful if its probability of being rearranged lies between these two, or contradicts
    /// its call. Default 0.1 and 0.9, chosen for this crate: outside, fewer than one in ten calls is expected to be
    /// wrong; the table in `docs/validation.md` shows how many are. Range 0 to 1.
    pub doubtful: [f64; 2],
    /// Maximum share of a probe's signals expected below the detection limit in a counted nucleus: each of them turns
    /// an intact locus into an isolated signal. Default 0.05, chosen for this crate: two intact loci then look broken in
    /// at most one nucleus in ten. Range 0 to 1.
    pub max_expected_loss: f64,
    /// Maximum share of a counted nucleus in which a probe channel is clipped by the camera. Default 0.05, chosen for this
    /// crate: the tops of four signals cover less; more is haze that hides signals. Range 0 to 1.
    pub max_saturated_share: f64,
    /// Maximum share of a counted nucleus under debris as bright as signals. Default 0.25, chosen for this crate: one of
    /// four signals is then expected to be hidden. `docs/validation.md` shows how nuclei with less are read. Range 0 to 1.
    pub max_debris_share: f64,
    /// Maximum ratio of the median signal width of a nucleus (of three signals or more) to the signal width of the
    /// specimen; above it, the nucleus is out of focus. Default 1.6, chosen for this crate: such blur takes 60 % of a
    /// signal's height. Range 1 to 5.
    pub max_blur_ratio: f64,
}

impl Default for ClassifyParams {
    fn default() -> Self {
        Self {
            min_nucleus_score: 0.2,
            doubtful: [0.1, 0.9],
            max_expected_loss: 0.05,
            max_saturated_share: 0.05,
            max_debris_share: 0.25,
            max_blur_ratio: 1.6,
        }
    }
}

impl ClassifyParams {
    /// Checks every value against its range.
    ///
    /// ```
    /// let mut params = breakapart::classify::ClassifyParams::default();
    /// params.max_expected_loss = 1.5;
    /// assert!(params.validate().unwrap_err().to_string().contains("allowed is 0 to 1"));
    /// ```
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] naming the first value out of range.
    pub fn validate(&self) -> Result<()> {
        let [unlikely, likely] = self.doubtful;
        for (name, value, [low, high]) in [
            ("min_nucleus_score", self.min_nucleus_score, [0.0, 1.0]),
            ("doubtful[0]", unlikely, [0.0, 1.0]),
            ("doubtful[1]", likely, [unlikely, 1.0]),
            ("max_expected_loss", self.max_expected_loss, [0.0, 1.0]),
            ("max_saturated_share", self.max_saturated_share, [0.0, 1.0]),
            ("max_debris_share", self.max_debris_share, [0.0, 1.0]),
            ("max_blur_ratio", self.max_blur_ratio, [1.0, 5.0]),
        ] {
            if !(low..=high).contains(&value) {
                return Err(Error::parameter(name, value, format!("{low} to {high}")));
            }
        }
        Ok(())
    }
}

/// The fields of [`ClassifyParams`], read without any check of their values. A missing key has the default of
/// [`ClassifyParams`]; the derive requires a `Default` here too, but does not use it.
#[derive(Default, Deserialize)]
#[serde(remote = "ClassifyParams", deny_unknown_fields, default)]
struct Unchecked {
    min_nucleus_score: f64,
    doubtful: [f64; 2],
    max_expected_loss: f64,
    max_saturated_share: f64,
    max_debris_share: f64,
    max_blur_ratio: f64,
}

impl<'de> Deserialize<'de> for ClassifyParams {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let params = Unchecked::deserialize(deserializer)?;
        params.validate().map_err(de::Error::custom)?;
        Ok(params)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_out_of_range_is_refused_wherever_it_is_read() {
        let default = ClassifyParams::default();
        let text = serde_json::to_string(&default).unwrap();
        assert_eq!(serde_json::from_str::<ClassifyParams>(&text).unwrap(), default);
        assert_eq!(serde_json::from_str::<ClassifyParams>("{}").unwrap(), default);
        for (wrong, told) in [
            (r#"{"max_expected_loss": 5}"#, "max_expected_loss"),
            (r#"{"min_nucleus_score": -0.1}"#, "min_nucleus_score"),
            (r#"{"doubtful": [0.9, 0.1]}"#, "doubtful[1]"),
            (r#"{"max_blur_ratio": 0.5}"#, "max_blur_ratio"),
            (r#"{"max_expected_los": 0.5}"#, "max_expected_los"),
        ] {
            let error = serde_json::from_str::<ClassifyParams>(wrong).unwrap_err().to_string();
            assert!(error.contains(told), "{wrong}: {error}");
        }
        assert!(toml::from_str::<ClassifyParams>("max_debris_share = nan").is_err());
    }
}
