//! Specimens by the classes that two methods or readers gave them.

use serde::Serialize;

use super::estimate::Proportion;
use crate::decide::Count;
use crate::error::{Error, Result};

/// Specimens by the classes that two methods or readers gave them.
///
/// ```
/// use breakapart::agreement::{ConfusionMatrix, KappaWeights};
/// let classes = ["negative", "positive"];
/// let read = [("negative", "negative"), ("positive", "positive"), ("positive", "negative")];
/// let table = ConfusionMatrix::of_pairs(&classes, &classes, read)?;
/// assert_eq!((table.total(), table.count(1, 0)), (3, 1));
///
/// let table = ConfusionMatrix::new(&classes, &classes, vec![vec![20, 5], vec![10, 15]])?;
/// let kappa = table.kappa(KappaWeights::Unweighted, 0.95)?.expect("two classes are in use");
/// assert_eq!(format!("{:.2}", kappa.kappa), "0.40");
/// # Ok::<(), breakapart::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConfusionMatrix {
    row_labels: Vec<String>,
    column_labels: Vec<String>,
    counts: Vec<Vec<usize>>,
}

impl ConfusionMatrix {
    /// A table from its counts: a row for each class of the first method, in it a count for each class of the second.
    /// Classes that have an order stand in it.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] if the rows are not as many, or not as long, as the labels say, or a label stands twice.
    pub fn new(row_labels: &[&str], column_labels: &[&str], counts: Vec<Vec<usize>>) -> Result<Self> {
        for labels in [row_labels, column_labels] {
            let repeated = (1..labels.len()).find(|i| labels[..*i].contains(&labels[*i]));
            if let Some(i) = repeated {
                return Err(Error::parameter("label", labels[i], "each label once"));
            }
        }
        let (rows, columns) = (row_labels.len(), column_labels.len());
        if counts.len() != rows || counts.iter().any(|row| row.len() != columns) {
            let allowed = format!("{rows} rows of {columns} counts, as the labels say");
            return Err(Error::parameter("counts", format!("{} rows", counts.len()), allowed));
        }
        let owned = |labels: &[&str]| labels.iter().map(|label| (*label).to_owned()).collect();
        Ok(Self { row_labels: owned(row_labels), column_labels: owned(column_labels), counts })
    }

    /// A table of specimens, each with the class by the first and by the second method.
    ///
    /// # Errors
    /// [`Error::UnknownName`] if a class is not among the labels; as [`ConfusionMatrix::new`].
    pub fn of_pairs<'a>(
        row_labels: &[&str],
        column_labels: &[&str],
        pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self> {
        let mut counts = vec![vec![0; column_labels.len()]; row_labels.len()];
        let place = |labels: &[&str], class: &str| {
            let found = labels.iter().position(|label| *label == class);
            found.ok_or_else(|| Error::unknown("class", class, labels.iter().copied()))
        };
        for (first, second) in pairs {
            counts[place(row_labels, first)?][place(column_labels, second)?] += 1;
        }
        Self::new(row_labels, column_labels, counts)
    }

    /// Classes of the first method.
    #[must_use]
    pub fn row_labels(&self) -> &[String] {
        &self.row_labels
    }

    /// Classes of the second method.
    #[must_use]
    pub fn column_labels(&self) -> &[String] {
        &self.column_labels
    }

    /// The counts, a row for each class of the first method.
    #[must_use]
    pub fn counts(&self) -> &[Vec<usize>] {
        &self.counts
    }

    /// Specimens of a class by the first and by the second method, by the places of their labels; 0 outside the table.
    #[must_use]
    pub fn count(&self, row: usize, column: usize) -> usize {
        self.counts.get(row).and_then(|row| row.get(column)).copied().unwrap_or_default()
    }

    /// All specimens.
    #[must_use]
    pub fn total(&self) -> usize {
        self.counts.iter().flatten().sum()
    }

    /// Specimens that both methods gave one class, of all; `None` of nothing.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] if the level is not between 0 and 1, or the methods have different classes.
    pub fn overall_agreement(&self, level: f64) -> Result<Option<Proportion>> {
        self.check_square()?;
        let positive = (0..self.counts.len()).map(|i| self.counts[i][i]).sum();
        Proportion::of(Count { positive, total: self.total() }, level)
    }

    pub(super) fn check_square(&self) -> Result<()> {
        if self.row_labels == self.column_labels {
            return Ok(());
        }
        let allowed = format!("those of the rows: {}", self.row_labels.join(", "));
        Err(Error::parameter("classes of the columns", self.column_labels.join(", "), allowed))
    }
}
