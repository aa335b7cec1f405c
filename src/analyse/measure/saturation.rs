//! Samples at the limit of the camera.

use ndarray::ArrayView2;

use crate::field::PlaneView;
use crate::kernel::dispatch::vectorised;
use crate::segment::Segmentation;

/// Saturated shares of the channels, and of the nuclei if there are any.
pub(super) fn saturation(
    planes: [PlaneView<'_>; 3],
    level: Option<f32>,
    segmentation: &Segmentation,
) -> ([f64; 3], Vec<f64>) {
    let saturated = planes.map(|plane| saturated_share(plane, level));
    let of_nuclei = if saturated[1] > 0.0 || saturated[2] > 0.0 {
        saturated_nuclei([planes[1], planes[2]], level, segmentation)
    } else {
        Vec::new()
    };
    (saturated, of_nuclei)
}

/// The level from which a sample is at the camera's limit; `None` where there is no limit. A level that is no number is none.
pub(super) fn limit(plane: PlaneView<'_>, level: Option<f32>) -> Option<f32> {
    let level = level.filter(|level| !level.is_nan());
    match plane {
        PlaneView::U8(_) => Some(f32::from(u8::MAX)),
        PlaneView::U16(_) => Some(level.map_or(f32::from(u16::MAX), |l| l.clamp(0.0, f32::from(u16::MAX)))),
        PlaneView::F32(_) => level,
    }
}

/// Share of each nucleus that is at the limit, in the plane in which it is larger.
fn saturated_nuclei(planes: [PlaneView<'_>; 2], level: Option<f32>, segmentation: &Segmentation) -> Vec<f64> {
    let mut shares = vec![0.0_f64; segmentation.nuclei.len()];
    for plane in planes {
        let Some(limit) = limit(plane, level) else { continue };
        let mut counts = vec![0_usize; shares.len()];
        let mut row = vec![0.0_f32; plane.dim().1];
        for (y, labels) in segmentation.labels.rows().into_iter().enumerate() {
            plane.read_row(y, 0, &mut row);
            for (&label, _) in labels.iter().zip(&row).filter(|(label, v)| **label > 0 && **v >= limit) {
                if let Some(count) = counts.get_mut(label as usize - 1) {
                    *count += 1;
                }
            }
        }
        for ((share, count), nucleus) in shares.iter_mut().zip(counts).zip(&segmentation.nuclei) {
            *share = share.max(count as f64 / nucleus.area_px.max(1) as f64);
        }
    }
    shares
}

/// Share of samples at the highest level that the camera can give: as stated by the file, or the highest of
/// the sample type.
fn saturated_share(plane: PlaneView<'_>, level: Option<f32>) -> f64 {
    // By chunks, in a narrow type that holds the count of one: many samples at a time.
    fn count<T: Copy>(a: ArrayView2<'_, T>, saturated: impl Fn(T) -> bool) -> usize {
        let Some(all) = a.as_slice_memory_order() else {
            return a.iter().filter(|v| saturated(**v)).count();
        };
        vectorised(
            #[inline(always)]
            || {
                let mut count = 0;
                for chunk in all.chunks(4096) {
                    let mut of_chunk = 0_u16;
                    for v in chunk {
                        of_chunk += u16::from(saturated(*v));
                    }
                    count += usize::from(of_chunk);
                }
                count
            },
        )
    }
    let limit = limit(plane, level);
    let count = limit.map_or(0, |limit| match plane {
        PlaneView::U8(a) => count(a, |v| v == u8::MAX),
        PlaneView::U16(a) => {
            let limit = limit.ceil() as u16;
            count(a, |v| v >= limit)
        }
        PlaneView::F32(a) => count(a, |v| v >= limit),
    });
    let (height, width) = plane.dim();
    count as f64 / ((height * width).max(1)) as f64
}

#[cfg(test)]
mod tests;
