//! Samples that are written in tiles, and how they are reduced.

/// A sample that is written as it lies in memory.
pub(crate) trait TileSample: bytemuck::Pod + Default + Into<u64> + TryFrom<u64> + Send + Sync {
    /// Its bits in the file.
    const BITS: u16;
}

impl TileSample for u8 {
    const BITS: u16 = 8;
}
impl TileSample for u16 {
    const BITS: u16 = 16;
}
impl TileSample for u32 {
    const BITS: u16 = 32;
}

/// How an image becomes one of half its height and width.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reduction {
    /// Of each 2 x 2 pixels the first: labels stay labels.
    First,
    /// Of each 2 x 2 pixels the mean, rounded half up.
    Mean,
}

impl Reduction {
    /// Rows of `width` pixels of so many samples, halved in height and width. A last row or column stands for itself.
    pub(super) fn halve<T: TileSample>(self, rows: &[T], width: usize, samples: usize) -> Vec<T> {
        let row = width * samples;
        let mut halved = Vec::with_capacity(rows.len() / 4 + row);
        for pair in rows.chunks(2 * row) {
            let (upper, lower) = pair.split_at(row);
            for x in (0..width).step_by(2) {
                for sample in 0..samples {
                    let places = [x, x + 1].map(|x| x * samples + sample);
                    halved.push(match self {
                        Self::First => upper[places[0]],
                        Self::Mean => mean([upper, lower], &places[..(width - x).min(2)]),
                    });
                }
            }
        }
        halved
    }
}

/// The mean of the samples at some places of two rows, of which the second may be missing.
fn mean<T: TileSample>(rows: [&[T]; 2], places: &[usize]) -> T {
    let present = rows.iter().filter(|row| !row.is_empty());
    let values = present.flat_map(|row| places.iter().map(|&place| row[place].into()));
    let (sum, count) = values.fold((0_u64, 0_u64), |(sum, count), value: u64| (sum + value, count + 1));
    T::try_from((sum + count / 2) / count.max(1)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_of_odd_sizes() {
        let rows: [u8; 9] = [1, 2, 9, 3, 5, 11, 7, 8, 200];
        assert_eq!(Reduction::First.halve(&rows, 3, 1), [1, 9, 7, 200]);
        assert_eq!(Reduction::Mean.halve(&rows, 3, 1), [3, 10, 8, 200]);
    }

    #[test]
    fn samples_of_a_pixel_stay_apart() {
        let rows: [u8; 12] = [0, 100, 2, 200, 4, 255, 0, 100, 2, 200, 4, 255];
        assert_eq!(Reduction::Mean.halve(&rows, 3, 2), [1, 150, 4, 255]);
    }

    #[test]
    fn the_highest_samples_do_not_overflow() {
        assert_eq!(Reduction::Mean.halve(&[u32::MAX; 4], 2, 1), [u32::MAX]);
    }
}
