//! Cohen's kappa.

use serde::{Deserialize, Serialize};

use super::confusion::ConfusionMatrix;
use super::quantile::normal_two_sided;
use crate::error::Result;
use crate::words::words;

/// How far apart two different classes are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum KappaWeights {
    /// Any two are as far apart as any other two.
    Unweighted,
    /// By the number of steps between them.
    Linear,
    /// By the square of the number of steps.
    Quadratic,
}

words!(KappaWeights, "weighting of kappa", {
    Unweighted => "unweighted",
    Linear => "linear",
    Quadratic => "quadratic",
});

impl KappaWeights {
    /// Agreement of two of `classes`, 0 to 1.
    fn agreement(self, i: usize, j: usize, classes: usize) -> f64 {
        let apart = i.abs_diff(j) as f64 / classes.saturating_sub(1).max(1) as f64;
        match self {
            Self::Unweighted => f64::from(u8::from(i == j)),
            Self::Linear => 1.0 - apart,
            Self::Quadratic => 1.0 - apart * apart,
        }
    }
}

/// Cohen's kappa: agreement beyond that of chance, 1 if complete, 0 if that of chance.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Kappa {
    /// The weighting.
    pub weights: KappaWeights,
    /// Kappa, -1 to 1.
    pub kappa: f64,
    /// Its large-sample standard error.
    pub standard_error: f64,
    /// Its interval, low and high. `None` for complete agreement: the standard error is then 0 whatever the number of
    /// specimens.
    pub interval: Option<(f64, f64)>,
    /// Confidence level of the interval.
    pub level: f64,
    /// Specimens.
    pub specimens: usize,
}

impl ConfusionMatrix {
    /// Cohen's kappa (1960, doi 10.1177/001316446002000104), weighted (1968, doi 10.1037/h0026256) if the classes have an
    /// order. Standard error: Fleiss, Cohen and Everitt 1969, doi 10.1037/h0028106. `None` if no more than one class is in
    /// use: chance agrees completely then.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`](crate::Error::InvalidParameter) if the level is not between 0 and 1, or the methods have
    /// different classes.
    pub fn kappa(&self, weights: KappaWeights, level: f64) -> Result<Option<Kappa>> {
        self.check_square()?;
        let z = normal_two_sided(level)?;
        let classes = self.counts().len();
        let total = self.total() as f64;
        let share = |i: usize, j: usize| self.counts()[i][j] as f64 / total;
        let row: Vec<f64> = (0..classes).map(|i| (0..classes).map(|j| share(i, j)).sum()).collect();
        let column: Vec<f64> = (0..classes).map(|j| (0..classes).map(|i| share(i, j)).sum()).collect();
        let weight = |i, j| weights.agreement(i, j, classes);
        let cells = || (0..classes).flat_map(|i| (0..classes).map(move |j| (i, j)));
        let observed: f64 = cells().map(|(i, j)| weight(i, j) * share(i, j)).sum();
        let chance: f64 = cells().map(|(i, j)| weight(i, j) * row[i] * column[j]).sum();
        let in_use = (0..classes).filter(|i| row[*i] > 0.0 || column[*i] > 0.0).count();
        if in_use < 2 {
            return Ok(None);
        }
        let kappa = (observed - chance) / (1.0 - chance);
        let of_row = |i: usize| -> f64 { (0..classes).map(|j| column[j] * weight(i, j)).sum() };
        let of_column = |j: usize| -> f64 { (0..classes).map(|i| row[i] * weight(i, j)).sum() };
        let influence = |(i, j): (usize, usize)| {
            share(i, j) * (weight(i, j) - (of_row(i) + of_column(j)) * (1.0 - kappa)).powi(2)
        };
        let scatter = cells().map(influence).sum::<f64>() - (kappa - chance * (1.0 - kappa)).powi(2);
        let standard_error = (scatter.max(0.0) / total).sqrt() / (1.0 - chance);
        let is_complete = (0..classes).all(|i| row[i] == share(i, i) && column[i] == share(i, i));
        let interval = (!is_complete)
            .then(|| ((kappa - z * standard_error).max(-1.0), (kappa + z * standard_error).min(1.0)));
        let standard_error = if is_complete { 0.0 } else { standard_error };
        Ok(Some(Kappa { weights, kappa, standard_error, interval, level, specimens: self.total() }))
    }
}
