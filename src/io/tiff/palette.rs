//! Palettes: the colour of each sample value (TIFF 6.0, section 5).

/// Largest step of a colour from one entry of a tint to the next, as a share of its range.
const MAX_TINT_STEP: f64 = 0.08;
/// Largest step of a tint towards dark, as a share of the range of light.
const MAX_TINT_FALL: f64 = 0.01;
/// Least difference in light between the first and the last entry of a tint, as a share of the range.
const MIN_TINT_RISE: f64 = 0.15;

/// The entries of a palette, in the scale of its samples.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Palette {
    /// Red, green and blue of each index.
    entries: Vec<[u16; 3]>,
    is_of_8_bits: bool,
}

/// What the samples of a page with a palette are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Grey levels: the palette only tints them, from dark to bright.
    GreyLevels,
    /// Places in a palette of greys.
    Greys(Palette),
    /// Places in a palette of colours.
    Colours(Palette),
}

impl Palette {
    fn of(map: &[u64]) -> Self {
        let count = map.len() / 3;
        let highest = map.iter().max().copied().unwrap_or(0);
        // Some programs write the 8 bits of a colour as they are; others repeat them, or fill up with zeros.
        let repeats = |v: u64| v.is_multiple_of(257) || v.is_multiple_of(256);
        let (divisor, is_of_8_bits) = match highest {
            0..=255 => (1, true),
            _ if map.iter().all(|&v| repeats(v)) => (256, true),
            _ => (1, false),
        };
        let entry = |index: usize| [0, 1, 2].map(|colour| (map[colour * count + index] / divisor) as u16);
        Self { entries: (0..count).map(entry).collect(), is_of_8_bits }
    }

    /// The value of a colour (0 red, 1 green, 2 blue) at an index; 0 beyond the end.
    pub(super) fn value(&self, colour: usize, index: usize) -> u16 {
        self.entries.get(index).and_then(|entry| entry.get(colour)).copied().unwrap_or(0)
    }

    /// Whether the values have 8 bits, else 16.
    pub(super) fn is_of_8_bits(&self) -> bool {
        self.is_of_8_bits
    }

    fn is_even_ramp(&self) -> bool {
        let last = (self.entries.len().max(2) - 1) as f64;
        let rises_evenly = |colour: usize| {
            let top = self.entries.last().map_or(0.0, |entry| f64::from(entry[colour]));
            let value = |(index, entry): (usize, &[u16; 3])| {
                (f64::from(entry[colour]) - top * index as f64 / last).abs() <= 0.01 * top.max(1.0)
            };
            self.entries.iter().enumerate().all(value)
        };
        self.entries.last() != Some(&[0, 0, 0]) && (0..3).all(rises_evenly)
    }

    fn is_grey(&self) -> bool {
        self.entries.iter().all(|[r, g, b]| r == g && g == b)
    }

    /// Whether the colours go from dark to bright in small steps, as those of `Fire` and `viridis`.
    fn is_smooth_tint(&self) -> bool {
        let full = if self.is_of_8_bits { 255.0 } else { 65_535.0 };
        let colours: Vec<[f64; 3]> =
            self.entries.iter().map(|entry| entry.map(|v| f64::from(v) / full)).collect();
        let light = |[r, g, b]: [f64; 3]| 0.3 * r + 0.6 * g + 0.1 * b;
        let is_step = |pair: &[[f64; 3]]| {
            let is_small = (0..3).all(|colour| (pair[1][colour] - pair[0][colour]).abs() < MAX_TINT_STEP);
            is_small && light(pair[1]) > light(pair[0]) - MAX_TINT_FALL
        };
        let (Some(first), Some(last)) = (colours.first(), colours.last()) else { return false };
        light(*last) - light(*first) > MIN_TINT_RISE && colours.windows(2).all(is_step)
    }
}

/// What a palette says of the samples. A palette that rises evenly from black to a colour is how microscope programs tint a
/// channel: its samples are the grey levels.
pub(super) fn meaning(map: &[u64]) -> Meaning {
    let palette = Palette::of(map);
    if palette.is_even_ramp() || (!palette.is_grey() && palette.is_smooth_tint()) {
        Meaning::GreyLevels
    } else if palette.is_grey() {
        Meaning::Greys(palette)
    } else {
        Meaning::Colours(palette)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(colour: impl Fn(u64) -> [u64; 3]) -> Vec<u64> {
        (0..3).flat_map(|c| (0..256).map(|i| colour(i)[c]).collect::<Vec<_>>()).collect()
    }

    #[test]
    fn a_tint_leaves_the_grey_levels() {
        for tint in [[257, 257, 257], [0, 257, 0], [256, 0, 128], [1, 1, 0]] {
            assert_eq!(meaning(&map(|i| tint.map(|t| t * i))), Meaning::GreyLevels, "{tint:?}");
        }
        let fire = map(|i| [(2 * i).min(255) * 257, i * 257, (2 * i).saturating_sub(255) * 257]);
        assert_eq!(meaning(&fire), Meaning::GreyLevels);
    }

    #[test]
    fn greys_and_colours_are_looked_up() {
        let Meaning::Greys(inverse) = meaning(&map(|i| [257 * (255 - i); 3])) else { panic!("greys") };
        assert!(inverse.is_of_8_bits());
        assert_eq!((inverse.value(0, 0), inverse.value(0, 255), inverse.value(0, 300)), (255, 0, 0));
        let Meaning::Colours(colours) = meaning(&map(|i| [i % 7 * 9000, 1000, 65_535 - i])) else {
            panic!("colours")
        };
        assert!(!colours.is_of_8_bits());
        assert_eq!(colours.value(2, 5), 65_530);
        assert!(matches!(meaning(&map(|_| [0, 0, 0])), Meaning::Greys(_)));
    }
}
