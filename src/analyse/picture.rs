//! Measures the part of a field that holds a picture.

use crate::analyse::AnalyseParams;
use crate::analyse::measure::{self, FieldMeasurement, Known, SuppliedMeasurements};
use crate::analyse::padding::Padding;
use crate::error::Result;
use crate::field::FieldView;
use crate::segment::{Segmentation, segment};

/// Measures a field, with what another program found in it.
pub(super) fn measure_supplied(
    field: &FieldView<'_>,
    supplied: SuppliedMeasurements,
    params: &AnalyseParams,
) -> Result<FieldMeasurement> {
    let SuppliedMeasurements { nuclei, signals } = supplied;
    let nuclei = |field: &FieldView<'_>, _| {
        let segmented = || segment(field.counterstain, field.pixel_size, &params.segment);
        nuclei.map_or_else(segmented, Ok)
    };
    measure_picture(field, nuclei, Known { spots: Some(&signals), like: None }, params)
}

/// Measures the part of a field that holds a picture, in the nuclei of that. `nuclei` is told whether padding was darkened.
pub(super) fn measure_picture(
    field: &FieldView<'_>,
    nuclei: impl FnOnce(&FieldView<'_>, bool) -> Result<Segmentation>,
    known: Known<'_>,
    params: &AnalyseParams,
) -> Result<FieldMeasurement> {
    let Some(mut padding) = Padding::of(field) else {
        return measure_nuclei(field, nuclei(field, false)?, None, known, params);
    };
    match padding.darkened(field) {
        Some(planes) => {
            let field = field.with_planes(&planes);
            measure_nuclei(&field, nuclei(&field, true)?, Some(&padding), known, params)
        }
        None => measure_nuclei(field, nuclei(field, false)?, Some(&padding), known, params),
    }
}

/// Measures a field in its nuclei, some of which padding may cut.
fn measure_nuclei(
    field: &FieldView<'_>,
    mut nuclei: Segmentation,
    padding: Option<&Padding>,
    known: Known<'_>,
    params: &AnalyseParams,
) -> Result<FieldMeasurement> {
    if let Some(padding) = padding
        && nuclei.labels.dim() == field.dim()
    {
        padding.mark_cut(&mut nuclei, field.counterstain);
    }
    measure::measure(field, nuclei, &params.detect, &params.instrument, known)
}
