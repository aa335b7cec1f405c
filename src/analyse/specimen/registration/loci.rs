//! Intact loci of a field, in nuclei or not: a red signal with a green one beside it.

use crate::calibrate::ChromaticShift;
use crate::colour::Colour;
use crate::reading::FieldReading;

/// Places (row, column) of the loci in red, px: signals of both colours, each the nearest of the other, that lie no further
/// apart than a signal is wide.
pub(super) fn loci(field: &FieldReading, diameter_px: f64, shift: Option<ChromaticShift>) -> Vec<[f64; 2]> {
    let centre = [field.height_px, field.width_px].map(|n| 0.5 * (n as f64 - 1.0));
    let of = |colour: Colour| {
        let own = field.signals.iter().filter(move |signal| signal.colour == colour);
        own.map(|signal| [signal.y_px, signal.x_px])
    };
    let by_row = |mut places: Vec<[f64; 2]>| {
        places.sort_by(|a, b| a[0].total_cmp(&b[0]).then(a[1].total_cmp(&b[1])));
        places
    };
    let red = by_row(of(Colour::Red).collect());
    let green = of(Colour::Green).map(|place| shift.map_or(place, |s| s.undo(place, centre)));
    let green = by_row(green.collect());
    let partner = |own: &[f64; 2], others: &[[f64; 2]]| nearest(own, others, diameter_px);
    red.iter()
        .enumerate()
        .filter(|(i, own)| partner(own, &green).is_some_and(|j| partner(&green[j], &red) == Some(*i)))
        .map(|(_, own)| *own)
        .collect()
}

/// The nearest of places sorted by row, no further away than `reach_px`.
fn nearest(own: &[f64; 2], places: &[[f64; 2]], reach_px: f64) -> Option<usize> {
    let first = places.partition_point(|place| place[0] < own[0] - reach_px);
    let near = places[first..].iter().take_while(|place| place[0] <= own[0] + reach_px);
    let distances = near.enumerate().map(|(i, [y, x])| ((y - own[0]).hypot(x - own[1]), first + i));
    let nearest = distances.reduce(|a, b| if b.0 < a.0 { b } else { a });
    nearest.filter(|(distance, _)| *distance <= reach_px).map(|(_, i)| i)
}
