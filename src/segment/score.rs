//! The learned score: sums of small regression trees.

use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Location, Result};
use crate::segment::{context, features};

/// A tree whose inner node `i` sends values of `feature[i]` up to `threshold[i]` to `left[i]`, others to
/// `right[i]`. A child from 0 on is an inner node, a negative one `-1 - i` is leaf `i`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tree {
    /// Feature that each inner node looks at.
    pub feature: Vec<u16>,
    /// Largest value that goes left.
    pub threshold: Vec<f32>,
    /// Where values up to the threshold go.
    pub left: Vec<i16>,
    /// Where larger values go.
    pub right: Vec<i16>,
    /// Value that each leaf adds.
    pub leaf: Vec<f32>,
}

impl Tree {
    fn value(&self, features: &[f32]) -> f32 {
        let mut node = if self.feature.is_empty() { -1 } else { 0_i16 };
        while node >= 0 {
            let i = node as usize;
            let left = features[self.feature[i] as usize] <= self.threshold[i];
            node = if left { self.left[i] } else { self.right[i] };
        }
        self.leaf[(-1 - node) as usize]
    }

    /// Whether every walk ends in a leaf and reads no feature past `features`. Children come after parents,
    /// so no walk can circle.
    fn is_sound(&self, features: usize) -> bool {
        let n = self.feature.len();
        let child = |i: usize, c: i16| {
            if c < 0 { ((-1 - c) as usize) < self.leaf.len() } else { (c as usize) > i && (c as usize) < n }
        };
        !self.leaf.is_empty()
            && [self.threshold.len(), self.left.len(), self.right.len()] == [n; 3]
            && self.feature.iter().all(|&f| (f as usize) < features)
            && (0..n).all(|i| child(i, self.left[i]) && child(i, self.right[i]))
    }
}

/// A sum of trees over named features.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BoostedTrees {
    /// Names of the features, in order.
    pub features: Vec<String>,
    /// Value before the first tree.
    pub base: f32,
    /// The trees.
    pub trees: Vec<Tree>,
}

impl BoostedTrees {
    /// The sum for one row of features, which must be as many as [`BoostedTrees::features`] names.
    #[must_use]
    pub fn predict(&self, features: &[f32]) -> f32 {
        self.base + self.trees.iter().map(|t| t.value(features)).sum::<f32>()
    }
}

/// The scores: of a candidate by itself, in the context of its image, and in the second pass.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScoreModel {
    /// How the model was fitted.
    pub origin: String,
    /// Score of a candidate by itself.
    pub alone: BoostedTrees,
    /// Score that also sees the candidates that the first score would select in this image.
    pub in_context: BoostedTrees,
    /// Score of a candidate of the second pass.
    pub second_pass: BoostedTrees,
}

impl ScoreModel {
    /// Reads a model from JSON and checks that it fits this version's features.
    ///
    /// # Errors
    /// [`Error::Malformed`] if it is not such JSON, names other features, or has broken trees.
    pub fn from_json(text: &str) -> Result<Self> {
        let location = || Location::default().at_key("score model");
        let model: Self = serde_json::from_str(text).map_err(|e| Error::malformed(location(), e))?;
        let alone = features::NAMES.to_vec();
        let in_context: Vec<&str> = alone.iter().chain(&context::NAMES).copied().collect();
        let parts = [
            (&model.alone, alone),
            (&model.in_context, in_context.clone()),
            (&model.second_pass, in_context),
        ];
        for (part, expected) in parts {
            if part.features != expected {
                return Err(Error::malformed(location(), "was fitted with other features"));
            }
            if let Some(i) = part.trees.iter().position(|t| !t.is_sound(expected.len())) {
                return Err(Error::malformed(location(), format!("tree {i} is broken")));
            }
        }
        Ok(model)
    }

    /// The model that comes with the crate.
    ///
    /// # Errors
    /// [`Error::Malformed`] if it does not fit this version's features.
    pub fn built_in() -> Result<&'static Self> {
        static MODEL: OnceLock<ScoreModel> = OnceLock::new();
        if let Some(model) = MODEL.get() {
            return Ok(model);
        }
        let model = Self::from_json(include_str!("score_model.json"))?;
        Ok(MODEL.get_or_init(|| model))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_is_walked_to_its_leaf() {
        let tree = Tree {
            feature: vec![0, 1],
            threshold: vec![1.0, 5.0],
            left: vec![-1, -2],
            right: vec![1, -3],
            leaf: vec![0.1, 0.2, 0.3],
        };
        assert!(tree.is_sound(2) && !tree.is_sound(1));
        assert_eq!(tree.value(&[1.0, 9.0]), 0.1);
        assert_eq!(tree.value(&[2.0, 5.0]), 0.2);
        assert_eq!(tree.value(&[2.0, 9.0]), 0.3);
        let circle = Tree { right: vec![0, -3], ..tree };
        assert!(!circle.is_sound(2));
    }

    #[test]
    fn the_built_in_model_fits_and_broken_ones_are_refused() {
        let model = ScoreModel::built_in().unwrap();
        assert!(!model.alone.trees.is_empty() && !model.in_context.trees.is_empty());
        let mut other = model.clone();
        other.alone.features.pop();
        let text = serde_json::to_string(&other).unwrap();
        assert!(matches!(ScoreModel::from_json(&text), Err(Error::Malformed { .. })));
        assert!(ScoreModel::from_json("{").is_err());
    }
}
