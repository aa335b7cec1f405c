//! One pass over a plane: filter, maxima and their measurement, while their rows are in cache. The response of
//! the filter to the whole plane is never kept.

use std::ops::Range;

use rayon::prelude::*;

use crate::detect::filter::MatchedFilter;
use crate::detect::maxima::{Maxima, Spread, push_grid};
use crate::detect::response::Response;
use crate::detect::search_image::SearchImage;
use crate::kernel::separable::BLOCK_ROWS as FILTERED_AT_A_TIME;
use crate::segment::Nucleus;

/// Minimal number of rows of a stretch; the rows around it are filtered for it as well. Even.
const STRETCH_ROWS: usize = 1024;
/// Planes that are scanned at a time: the two probes.
const PLANES: usize = 2;
/// Rows that are examined at a time.
const BAND_ROWS: usize = 2 * FILTERED_AT_A_TIME;
/// Stride of the pixels and rows of a nucleus that give the spread of the response in it.
const NUCLEUS_STRIDE: usize = 3;

/// The result of a pass.
pub(crate) struct Found<T> {
    /// The measurements of the maxima, in reading order.
    pub(crate) made: Vec<T>,
    /// Robust spread of the response over the whole plane.
    pub(crate) overall: f64,
    /// Robust spread of the response in each nucleus.
    pub(crate) nucleus_noise: Vec<f64>,
}

/// A pass over a plane.
pub(crate) struct Scan<'a, 'image> {
    pub(crate) image: &'a SearchImage<'image>,
    pub(crate) filter: &'a MatchedFilter,
    pub(crate) maxima: Maxima<'a, 'image>,
    pub(crate) nuclei: &'a [Nucleus],
    /// Rows beyond a maximum that `make` reads.
    pub(crate) reach: usize,
}

/// The result of a stretch of rows.
struct Stretch<T> {
    made: Vec<T>,
    overall: Spread,
    /// Of the nuclei, by index, that lie in these rows.
    nuclei: Vec<(usize, Spread)>,
}

impl Scan<'_, '_> {
    /// Calls `make` for each maximum and collects its results. `make` has a workspace of its own from one maximum to the
    /// next.
    pub(crate) fn for_each_maximum<T: Send, W: Default>(
        &self,
        make: impl Fn(&mut W, Response<'_>, (usize, usize)) -> Option<T> + Sync,
    ) -> Found<T> {
        self.for_each_place(|response, rows| self.maxima.in_rows(response, rows.clone()), make)
    }

    /// The same for each of the places that `places` gives of some rows, in reading order.
    pub(crate) fn for_each_place<P, T: Send, W: Default>(
        &self,
        places: impl Fn(Response<'_>, &Range<usize>) -> Vec<P> + Sync,
        make: impl Fn(&mut W, Response<'_>, P) -> Option<T> + Sync,
    ) -> Found<T> {
        // No more stretches than keep all threads at work. The result does not depend on them.
        let each = self.image.plane.dim().0.div_ceil(rayon::current_num_threads().div_ceil(PLANES));
        self.for_each_place_by(each.next_multiple_of(2).max(STRETCH_ROWS), places, make)
    }

    /// The same by stretches of `rows` rows.
    fn for_each_place_by<P, T: Send, W: Default>(
        &self,
        rows: usize,
        places: impl Fn(Response<'_>, &Range<usize>) -> Vec<P> + Sync,
        make: impl Fn(&mut W, Response<'_>, P) -> Option<T> + Sync,
    ) -> Found<T> {
        let height = self.image.plane.dim().0;
        let stretches: Vec<Stretch<T>> = (0..height.div_ceil(rows))
            .into_par_iter()
            .map(|i| self.stretch(i * rows..height.min((i + 1) * rows), &places, &make))
            .collect();
        let mut made = Vec::new();
        let mut overall = Spread::default();
        let mut nuclei: Vec<Spread> = self.nuclei.iter().map(|_| Spread::default()).collect();
        for stretch in stretches {
            made.extend(stretch.made);
            overall.append(stretch.overall);
            for (index, spread) in stretch.nuclei {
                nuclei[index].append(spread);
            }
        }
        Found { made, overall: overall.sd(), nucleus_noise: nuclei.iter().map(Spread::sd).collect() }
    }

    fn stretch<P, T, W: Default>(
        &self,
        rows: Range<usize>,
        places: impl Fn(Response<'_>, &Range<usize>) -> Vec<P>,
        make: impl Fn(&mut W, Response<'_>, P) -> Option<T>,
    ) -> Stretch<T> {
        let (height, width) = self.image.plane.dim();
        let around = self.reach.max(self.maxima.reach()).next_multiple_of(2);
        let (begin, end) = (rows.start.saturating_sub(around), height.min(rows.end + around));
        let lies_in = |rows: &Range<usize>, nucleus: &Nucleus| {
            nucleus.bounding_box.y0 < rows.end && rows.start < nucleus.bounding_box.y1
        };
        let nuclei = self.nuclei.iter().enumerate().filter(|(_, n)| lies_in(&rows, n));
        let room = |nucleus: &Nucleus| {
            let b = nucleus.bounding_box;
            (b.y1 - b.y0).div_ceil(NUCLEUS_STRIDE) * (b.x1 - b.x0).div_ceil(NUCLEUS_STRIDE)
        };
        let mut nuclei: Vec<(usize, Spread)> =
            nuclei.map(|(i, n)| (i, Spread::with_capacity(room(n)))).collect();
        let (mut made, mut overall, mut workspace) = (Vec::new(), Spread::default(), W::default());
        let most = (BAND_ROWS + 2 * around).min(end - begin);
        let mut samples = vec![0.0_f32; most * width];
        // The rows that `samples` holds, and the next one to be looked at.
        let (mut held, mut next) = (begin..begin, rows.start);
        let mut filtered = self.filter.rows(self.image.plane, begin);
        while next < rows.end {
            let needed = next.saturating_sub(around).max(begin);
            samples.copy_within((needed - held.start) * width..held.len() * width, 0);
            held.start = needed;
            let mut count = (most - held.len()).min(end - held.end);
            if held.end + count < end {
                count -= count % FILTERED_AT_A_TIME;
            }
            filtered.next_rows(&mut samples[held.len() * width..(held.len() + count) * width]);
            held.end += count;
            let last = if held.end == end { rows.end } else { rows.end.min(held.end - around) };
            let band = next..last;
            let response = Response::new(&samples[..held.len() * width], width, held.start);
            for at in places(response, &band) {
                made.extend(make(&mut workspace, response, at));
            }
            push_grid(&mut overall, self.image, response, band.clone());
            for (index, spread) in &mut nuclei {
                let nucleus = &self.nuclei[*index];
                if lies_in(&band, nucleus) {
                    self.push_nucleus(spread, response, nucleus, &band);
                }
            }
            next = last;
        }
        Stretch { made, overall, nuclei }
    }

    /// Adds the pixels of some rows of a nucleus.
    fn push_nucleus(
        &self,
        spread: &mut Spread,
        response: Response<'_>,
        nucleus: &Nucleus,
        rows: &Range<usize>,
    ) {
        let b = nucleus.bounding_box;
        let first = b.y0 + rows.start.saturating_sub(b.y0).next_multiple_of(NUCLEUS_STRIDE);
        for y in (first..b.y1.min(rows.end)).step_by(NUCLEUS_STRIDE) {
            let (Some(row), Some(ids)) =
                (response.row(y).get(b.x0..b.x1), self.image.nuclei_of_row(y).get(b.x0..b.x1))
            else {
                continue;
            };
            let every = row.chunks(NUCLEUS_STRIDE).zip(ids.chunks(NUCLEUS_STRIDE));
            spread.extend_by(every.map(|(values, ids)| (values[0], ids[0] == nucleus.id)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::filter::Background;
    use crate::detect::maxima::{local_maxima, overall_spread};
    use crate::field::PlaneView;
    use crate::kernel::camera_noise::Noise;
    use ndarray::Array2;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12))]
        #[test]
        fn finds_what_the_whole_response_shows(
            height in prop_oneof![1_usize..40, 120_usize..200, 1010_usize..1100, 2040_usize..2060],
            width in 1_usize..70,
            sigma_px in 0.7..3.0_f64,
            reach in 0_usize..90,
            stretch in prop_oneof![Just(STRETCH_ROWS), Just(3000_usize)],
            seed in any::<u64>(),
        ) {
            use rand::{RngExt as _, SeedableRng as _};
            let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
            let image = Array2::from_shape_fn((height, width), |_| (100.0 * random.random::<f32>()) as u16);
            let noise = Noise { gain: 0.0, offset: 9.0, floor: 9.0 };
            let search_image = SearchImage::new(PlaneView::from(&image), None, None, &noise);
            let filter = MatchedFilter::new(sigma_px, 2.0, Background::Paraboloid);
            let maxima = Maxima::new(&search_image, &filter, 1.0);
            let scan = Scan { image: &search_image, filter: &filter, maxima, nuclei: &[], reach };
            let all = |response: Response<'_>, rows: &Range<usize>| scan.maxima.in_rows(response, rows.clone());
            let found = scan.for_each_place_by(stretch, all, |(), response, (y, x)| {
                let far = (y + reach).min(height - 1);
                Some(((y, x), response.get(y, x), response.get(y.saturating_sub(reach), x), response.get(far, x)))
            });
            let whole = filter.response(PlaneView::from(&image));
            let places: Vec<_> = found.made.iter().map(|f| f.0).collect();
            prop_assert_eq!(&places, &local_maxima(&search_image, &whole, &filter, 1.0));
            prop_assert_eq!(found.overall, overall_spread(&search_image, &whole));
            for ((y, x), own, above, below) in found.made {
                prop_assert_eq!(own, Some(whole[(y, x)]));
                prop_assert_eq!(above, Some(whole[(y.saturating_sub(reach), x)]));
                prop_assert_eq!(below, Some(whole[((y + reach).min(height - 1), x)]));
            }
        }
    }
}
