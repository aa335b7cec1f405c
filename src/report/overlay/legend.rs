//! The strip below the field that says what is what.

use std::collections::BTreeMap;

use crate::analyse::{FieldReading, MissedNuclei};
use crate::classify::Exclusion;
use crate::report::overlay::call_colour::{NOT_EVALUABLE, NOT_REARRANGED, REARRANGED};
use crate::report::overlay::canvas::{Canvas, Rgb};
use crate::report::overlay::lettering::{TEXT_HEIGHT, text_width, write};
use crate::report::overlay::marks::{OUTSIDE, diamond_corners, square_corners, ticks};
use crate::report::overlay::outline::DASH_PX;
use crate::report::overlay::wording::{DOUBTFUL, short_word};

/// Colour of the text.
const TEXT: Rgb = [225, 225, 225];
/// Height of a line of the legend, px.
const LINE: usize = TEXT_HEIGHT + 8;
/// Space at the edges, between entries, and between a symbol and its text, px.
const MARGIN: usize = 10;
/// Width of a symbol, px.
const SYMBOL: usize = 22;
/// Lengths that a scale bar may have, um, the longest that fits being taken.
const SCALE_BARS_UM: [f64; 8] = [200.0, 100.0, 50.0, 20.0, 10.0, 5.0, 2.0, 1.0];

/// What stands before a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Symbol {
    None,
    Outline { colour: Rgb, width: usize, dashed: bool },
    Ring { dots: usize },
    Square,
    Diamond,
    Ticks,
    ScaleBar { length_px: usize },
}

impl Symbol {
    fn width(self) -> usize {
        match self {
            Self::None => 0,
            Self::ScaleBar { length_px } => length_px + MARGIN,
            _ => SYMBOL + MARGIN,
        }
    }
}

/// A symbol and its meaning.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    symbol: Symbol,
    text: String,
}

impl Entry {
    fn width(&self) -> usize {
        self.symbol.width() + text_width(&self.text)
    }
}

/// The entries, broken into lines of at most `width` pixels.
pub(crate) fn lines(width: usize, reading: &FieldReading, scale: usize) -> Vec<Vec<Entry>> {
    let mut lines: Vec<Vec<Entry>> = Vec::new();
    let mut used = usize::MAX;
    for entry in entries(width, reading, scale) {
        let needed = MARGIN * 2 + entry.width();
        if used.saturating_add(needed) > width {
            lines.push(Vec::new());
            used = 0;
        }
        used += needed;
        if let Some(line) = lines.last_mut() {
            line.push(entry);
        }
    }
    lines
}

fn entries(width: usize, reading: &FieldReading, scale: usize) -> Vec<Entry> {
    let entry = |symbol, text: &str| Entry { symbol, text: text.to_owned() };
    let evaluable = reading.calls().filter(|c| c.evaluable()).count();
    let rearranged = reading.calls().filter(|c| c.evaluable() && c.rearranged).count();
    let outline = |colour, width, dashed| Symbol::Outline { colour, width, dashed };
    let reasons = reasons(reading).into_iter().map(|text| Entry { symbol: Symbol::None, text });
    let mut entries = vec![
        Entry { symbol: Symbol::None, text: reading.name.clone() },
        Entry { symbol: outline(REARRANGED, 3, false), text: format!("rearranged {rearranged}") },
        Entry {
            symbol: outline(NOT_REARRANGED, 1, false),
            text: format!("not rearranged {}", evaluable - rearranged),
        },
        Entry {
            symbol: outline(NOT_EVALUABLE, 1, true),
            text: format!("not evaluable {}", reading.nuclei.len() - evaluable),
        },
    ];
    entries.extend(reasons);
    entries.extend([
        entry(Symbol::Ring { dots: 0 }, "fused pair"),
        entry(Symbol::Square, "split"),
        entry(Symbol::Diamond, "isolated"),
        entry(Symbol::Ring { dots: 8 }, "duplicate"),
        Entry { symbol: Symbol::Ticks, text: outside(reading) },
        entry(Symbol::None, "1F1R1G = fused, separated red, separated green"),
        entry(Symbol::None, "#7 = nucleus 7 of nuclei.csv"),
        Entry {
            symbol: Symbol::None,
            text: format!("{DOUBTFUL} = doubtful {}", reading.calls().filter(|c| c.doubtful).count()),
        },
        entry(Symbol::None, "red and green without local background"),
    ]);
    if let Some(pixel) = reading.pixel_size {
        let px = |um| (pixel.um_to_px(um) * scale as f64).round() as usize;
        if let Some(um) = SCALE_BARS_UM.into_iter().find(|&um| px(um) <= width / 8 && px(um) > 0) {
            entries.push(Entry { symbol: Symbol::ScaleBar { length_px: px(um) }, text: format!("{um} um") });
        }
    }
    entries
}

/// Why nuclei are not evaluable: the short word of each reason and its nuclei, the most frequent first.
fn reasons(reading: &FieldReading) -> Vec<String> {
    let mut reasons: BTreeMap<Exclusion, usize> = BTreeMap::new();
    for exclusion in reading.calls().filter_map(|call| call.exclusion) {
        *reasons.entry(exclusion).or_default() += 1;
    }
    let mut reasons: Vec<(Exclusion, usize)> = reasons.into_iter().collect();
    reasons.sort_by_key(|(_, nuclei)| std::cmp::Reverse(*nuclei));
    reasons.into_iter().map(|(reason, nuclei)| format!("{} {nuclei}", short_word(reason))).collect()
}

/// How many signals lie outside nuclei, and how many nuclei they would make.
fn outside(reading: &FieldReading) -> String {
    let missed = MissedNuclei::of_fields([reading]);
    let signals = missed.signals_outside;
    match missed.nuclei.filter(|_| signals > 0) {
        Some(1) => format!("signals outside nuclei {signals}: about 1 nucleus missed"),
        Some(nuclei) => format!("signals outside nuclei {signals}: about {nuclei} nuclei missed"),
        None => format!("signals outside nuclei {signals}"),
    }
}

/// Height of the strip, px.
pub(crate) fn height(lines: &[Vec<Entry>]) -> usize {
    lines.len() * LINE + MARGIN
}

/// Draws the strip from row `top` on.
pub(crate) fn draw(lines: &[Vec<Entry>], top: usize, canvas: &mut Canvas) {
    for (i, line) in lines.iter().enumerate() {
        let y = top + MARGIN / 2 + i * LINE;
        let mut x = MARGIN;
        for entry in line {
            symbol(canvas, y, x, entry.symbol);
            let text_x = x + entry.symbol.width();
            let text_y = y + (LINE - TEXT_HEIGHT) / 2;
            write(canvas, (text_y as isize, text_x as isize), &entry.text, TEXT);
            x += entry.width() + 2 * MARGIN;
        }
    }
}

fn symbol(canvas: &mut Canvas, y: usize, x: usize, symbol: Symbol) {
    let middle = ((y + LINE / 2) as f64, (x + SYMBOL / 2) as f64);
    let row = y + LINE / 2;
    match symbol {
        Symbol::None => {}
        Symbol::Outline { colour, width, dashed } => {
            let first = row - width / 2;
            for column in (x..x + SYMBOL).filter(|c| !dashed || ((c - x) / DASH_PX).is_multiple_of(2)) {
                canvas.fill(first..first + width, column..column + 1, colour);
            }
        }
        Symbol::Ring { dots } => canvas.ring(middle, 8.0, dots, [255; 3]),
        Symbol::Square => square_corners(canvas, middle, 7.0, [255; 3]),
        Symbol::Diamond => diamond_corners(canvas, middle, 7.0, [255; 3]),
        Symbol::Ticks => ticks(canvas, middle, 5.0, OUTSIDE),
        Symbol::ScaleBar { length_px } => canvas.fill(row - 1..row + 2, x..x + length_px, [255; 3]),
    }
}
