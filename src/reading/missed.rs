//! Signals outside nuclei, and the nuclei that they may belong to.

use std::collections::BTreeMap;

use crate::detect::Signal;
use crate::reading::field::FieldReading;

/// Signals that lie in no nucleus, and how many missed nuclei they would make.
///
/// The number is a rough one: a signal outside may be a speckle, or belong to a nucleus that was found and outlined too
/// small.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct MissedNuclei {
    /// Signals of both colours outside nuclei.
    pub signals_outside: usize,
    /// Signals of both colours in all.
    pub signals: usize,
    /// Median number of signals of both colours in an evaluable nucleus; `None` if there is none.
    pub signals_per_nucleus: Option<f64>,
    /// About so many nuclei were missed: the signals outside over that median. `None` if the median is not known, or 0.
    pub nuclei: Option<usize>,
}

impl MissedNuclei {
    /// Of one field, or of all fields of a specimen.
    ///
    /// ```
    /// use breakapart::analyse::{Analyser, MissedNuclei};
    /// use breakapart::{Assay, Field};
    /// use ndarray::Array2;
    /// let dark = || Array2::<u16>::from_elem((64, 64), 100);
    /// let field = Field::new("field_000", dark(), dark(), dark())?;
    /// let reading = Analyser::new(Assay::builtin("alk")?)?.analyse(&field)?;
    /// let missed = MissedNuclei::of_fields(&reading.fields);
    /// assert_eq!((missed.signals_outside, missed.nuclei), (0, None));
    /// # Ok::<(), breakapart::Error>(())
    /// ```
    pub fn of_fields<'f>(fields: impl IntoIterator<Item = &'f FieldReading>) -> Self {
        let (mut outside, mut signals, mut in_evaluable) = (0, 0, Vec::new());
        for field in fields {
            let here = || field.signals.iter().filter(|signal| lies_within(field, signal));
            signals += here().count();
            outside += here().filter(|signal| signal.nucleus_id == 0).count();
            in_evaluable.extend(signals_in_evaluable(field));
        }
        in_evaluable.sort_unstable();
        let at = |place: usize| in_evaluable.get(place).map(|n| *n as f64);
        let last = in_evaluable.len().saturating_sub(1);
        let median = at(last / 2).zip(at(last.div_ceil(2))).map(|(low, high)| f64::midpoint(low, high));
        let of_nuclei = |median: f64| (outside as f64 / median).round() as usize;
        Self {
            signals_outside: outside,
            signals,
            signals_per_nucleus: median,
            nuclei: median.filter(|median| *median > 0.0).map(of_nuclei),
        }
    }
}

/// Whether a signal lies in the picture: the reading of a part of a field lists the signals of the whole field.
fn lies_within(field: &FieldReading, signal: &Signal) -> bool {
    let within = |px: f64, size: usize| px >= -0.5 && px < size as f64 - 0.5;
    within(signal.y_px, field.height_px) && within(signal.x_px, field.width_px)
}

/// The number of signals in each evaluable nucleus.
fn signals_in_evaluable(field: &FieldReading) -> Vec<usize> {
    let mut counts: BTreeMap<u32, usize> =
        field.calls().filter(|call| call.evaluable()).map(|call| (call.nucleus_id, 0)).collect();
    for signal in &field.signals {
        if let Some(count) = counts.get_mut(&signal.nucleus_id) {
            *count += 1;
        }
    }
    counts.into_values().collect()
}
