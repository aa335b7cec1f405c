//! Loci counted in nuclei for all displacements of a grid.

use ndarray::Array2;

use crate::label_image::LabelImage;
use crate::statistics::median;

/// A cell inside the picture counts this much and one in a nucleus 1 more: the counts of both are added up in one number.
const IN_PICTURE: u32 = 1 << 16;
/// So many loci of a field are compared: the counts of one field fit half a number, and more make them no better.
const MAX_LOCI: usize = 20_000;
/// Share of the loci in nuclei at the best displacement from which another one belongs to the same peak.
const ALMOST: f64 = 0.9;
/// Median of the absolute values of a standard normal distribution.
const MEDIAN_DEVIATION: f64 = 0.6745;

/// A way to turn or mirror a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Turn {
    /// Rows and columns are exchanged first.
    transposed: bool,
    /// Then rows and columns are reversed.
    reversed: [bool; 2],
}

impl Turn {
    /// All but the identity, mirrored ones first.
    pub(super) const ALL: [Self; 7] = [
        Self { transposed: false, reversed: [false, true] },
        Self { transposed: false, reversed: [true, false] },
        Self { transposed: false, reversed: [true, true] },
        Self { transposed: true, reversed: [false, true] },
        Self { transposed: true, reversed: [true, false] },
        Self { transposed: true, reversed: [false, false] },
        Self { transposed: true, reversed: [true, true] },
    ];

    /// In words: what undoes it.
    pub(super) fn words(self) -> &'static str {
        match (self.transposed, self.reversed) {
            (false, [false, _]) => "mirrored left to right",
            (false, [true, false]) => "mirrored top to bottom",
            (false, [true, true]) => "turned by 180 degrees",
            (true, [false, true]) => "turned by 90 degrees clockwise",
            (true, [true, false]) => "turned by 90 degrees counterclockwise",
            (true, [false, false]) => "mirrored along a diagonal",
            (true, [true, true]) => "mirrored along the other diagonal",
        }
    }
}

/// The nuclei of a field, in cells of some pixels.
pub(super) struct Mask {
    /// Whether each cell lies in a nucleus.
    cells: Array2<bool>,
    cell_px: usize,
}

impl Mask {
    /// Each cell by its middle pixel.
    pub(super) fn new(labels: &LabelImage, cell_px: usize) -> Self {
        let (height, width) = labels.dim();
        let middle = |cell: usize, size: usize| (cell * cell_px + cell_px / 2).min(size - 1);
        let cells = Array2::from_shape_fn((height.div_ceil(cell_px), width.div_ceil(cell_px)), |(y, x)| {
            labels.at(middle(y, height), middle(x, width)) > 0
        });
        Self { cells, cell_px }
    }

    /// The nuclei after a turn of the counterstain; `None` if the picture then has another size.
    pub(super) fn turned(&self, turn: Turn) -> Option<Self> {
        let (height, width) = self.cells.dim();
        if turn.transposed && height != width {
            return None;
        }
        let cells = Array2::from_shape_fn((height, width), |(y, x)| {
            let y = if turn.reversed[0] { height - 1 - y } else { y };
            let x = if turn.reversed[1] { width - 1 - x } else { x };
            self.cells[if turn.transposed { (x, y) } else { (y, x) }]
        });
        Some(Self { cells, ..*self })
    }

    /// Counts the loci in nuclei that are moved by up to `reach` cells.
    pub(super) fn counts(&self, loci: &[[f64; 2]], reach: usize) -> Counts {
        let (height, width) = self.cells.dim();
        // Mirrored, so that the loci of growing displacements lie one after the other; with nothing beyond the edges.
        let wide = width + 2 * reach;
        let mut padded = vec![0_u32; (height + 2 * reach) * wide];
        for ((y, x), cell) in self.cells.indexed_iter() {
            padded[(height - 1 - y + reach) * wide + (width - 1 - x + reach)] = IN_PICTURE + u32::from(*cell);
        }
        let edge = 2 * reach + 1;
        let mut sums = vec![0_u32; edge * edge];
        for [y, x] in loci.iter().take(MAX_LOCI) {
            let cell = |v: f64, size: usize| ((v.max(0.0).round() as usize) / self.cell_px).min(size - 1);
            let (y, x) = (height - 1 - cell(*y, height), width - 1 - cell(*x, width));
            for (row, sums) in sums.chunks_exact_mut(edge).enumerate() {
                let start = (y + row) * wide + x;
                for (sum, cell) in sums.iter_mut().zip(&padded[start..start + edge]) {
                    *sum += cell;
                }
            }
        }
        let split = |sum: u32| [f64::from(sum / IN_PICTURE), f64::from(sum % IN_PICTURE)];
        Counts { reach, sums: sums.into_iter().map(split).collect() }
    }
}

/// Loci in the picture and in nuclei, for each displacement of the nuclei.
pub(super) struct Counts {
    reach: usize,
    /// By rows, then columns, from the most negative one.
    sums: Vec<[f64; 2]>,
}

impl Counts {
    pub(super) fn new(reach: usize) -> Self {
        let edge = 2 * reach + 1;
        Self { reach, sums: vec![[0.0; 2]; edge * edge] }
    }

    pub(super) fn add(&mut self, other: &Self) {
        for (sum, own) in self.sums.iter_mut().zip(&other.sums) {
            *sum = [sum[0] + own[0], sum[1] + own[1]];
        }
    }

    fn index(&self, [y, x]: [isize; 2]) -> usize {
        let at = |d: isize| (d + self.reach as isize) as usize;
        at(y) * (2 * self.reach + 1) + at(x)
    }

    fn displacement(&self, index: usize) -> [isize; 2] {
        let edge = 2 * self.reach + 1;
        [index / edge, index % edge].map(|i| i as isize - self.reach as isize)
    }

    /// Loci in the picture and in nuclei for a displacement.
    pub(super) fn at(&self, displacement: [isize; 2]) -> (usize, usize) {
        let [loci, inside] = self.sums[self.index(displacement)];
        (loci as usize, inside as usize)
    }

    /// Share of the loci in nuclei over all displacements: what chance gives.
    pub(super) fn chance(&self) -> f64 {
        let [loci, inside] = self.sums.iter().fold([0.0; 2], |sum, own| [sum[0] + own[0], sum[1] + own[1]]);
        if loci > 0.0 { inside / loci } else { 0.0 }
    }

    /// By how much more loci lie in nuclei than by chance, in standard deviations of as many single loci.
    fn above_chance(&self, index: usize, chance: f64) -> f64 {
        let [loci, inside] = self.sums[index];
        let variance = loci * chance * (1.0 - chance);
        if variance > 0.0 { (inside - loci * chance) / variance.sqrt() } else { 0.0 }
    }

    /// The displacement of at most `within` cells with most loci in nuclei beyond chance; the smallest of several.
    pub(super) fn best(&self, within: usize) -> [isize; 2] {
        let chance = self.chance();
        let is_near = |i: &usize| self.displacement(*i).iter().all(|d| d.unsigned_abs() <= within);
        let length = |i: usize| self.displacement(i).map(|d| d * d).iter().sum::<isize>();
        let order = |a: usize, b: usize| {
            let (high, low) = (self.above_chance(a, chance), self.above_chance(b, chance));
            high.total_cmp(&low).then(length(b).cmp(&length(a))).then(b.cmp(&a))
        };
        let near = (0..self.sums.len()).filter(is_near);
        self.displacement(near.max_by(|a, b| order(*a, *b)).unwrap_or(self.sums.len() / 2))
    }

    /// The middle of the displacements around the best one, at most `within` cells from it, that put almost as many loci into
    /// nuclei: several put all of them there.
    pub(super) fn centre(&self, best: [isize; 2], within: usize) -> [f64; 2] {
        let share = |i: usize| {
            let [loci, inside] = self.sums[i];
            if loci > 0.0 { inside / loci } else { 0.0 }
        };
        let least = ALMOST * share(self.index(best));
        let (mut sum, mut moment) = (0.0, [0.0; 2]);
        for i in 0..self.sums.len() {
            let place = self.displacement(i);
            let is_near = (0..2).all(|axis| place[axis].abs_diff(best[axis]) <= within);
            let weight = share(i) - least;
            if is_near && weight > 0.0 {
                sum += weight;
                moment = [0, 1].map(|axis| moment[axis] + weight * place[axis] as f64);
            }
        }
        if sum > 0.0 { moment.map(|m| m / sum) } else { best.map(|d| d as f64) }
    }

    /// How far the numbers of loci in nuclei spread over the displacements, in standard deviations of single loci, and at
    /// least 1: loci lie in groups, as nuclei do. From the median, which the few displacements near the true one do not move.
    fn spread(&self, chance: f64) -> f64 {
        let mut all: Vec<f64> = (0..self.sums.len()).map(|i| self.above_chance(i, chance).abs()).collect();
        (median(&mut all) / MEDIAN_DEVIATION).max(1.0)
    }

    /// By how much more loci lie in nuclei than by chance for a displacement, in standard deviations.
    pub(super) fn deviations(&self, displacement: [isize; 2]) -> f64 {
        let chance = self.chance();
        self.above_chance(self.index(displacement), chance) / self.spread(chance)
    }

    /// The same without displacement, if half of the loci that chance puts outside nuclei lay in them.
    pub(super) fn deviations_if_half(&self) -> f64 {
        let chance = self.chance();
        let loci = self.sums[self.index([0, 0])][0];
        let single = if chance > 0.0 { 0.5 * (loci * (1.0 - chance) / chance).sqrt() } else { 0.0 };
        single / self.spread(chance)
    }
}
