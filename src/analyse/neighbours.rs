//! Whether a probe hybridised where a nucleus does not show it.

use crate::analyse::alarms::AlarmParams;
use crate::classify::SignalPattern;
use crate::field::Colour;

/// A nucleus: its centroid, y and x in px, and what it shows.
pub(super) type Shown = ([f64; 2], SignalPattern);

/// For each nucleus of a field, whether the colour that it lacks is seen in its neighbours, so that the lack tells of
/// this nucleus and not of the hybridisation; `true` for nuclei that show both colours or none.
///
/// Neighbours are the nearest nuclei that show the colour it does have.
pub(super) fn lacking_colour_is_seen(nuclei: &[Shown], params: &AlarmParams) -> Vec<bool> {
    nuclei
        .iter()
        .enumerate()
        .map(|(i, (place, pattern))| {
            let lacking = if pattern.signals(Colour::Red) == 0 { Colour::Red } else { Colour::Green };
            !pattern.one_colour_only() || is_seen_near(*place, lacking, i, nuclei, params)
        })
        .collect()
}

fn is_seen_near(place: [f64; 2], colour: Colour, own: usize, nuclei: &[Shown], params: &AlarmParams) -> bool {
    let mut neighbours: Vec<(f64, bool)> = nuclei
        .iter()
        .enumerate()
        .filter(|(j, (_, pattern))| *j != own && pattern.signals(colour.other()) > 0)
        .map(|(_, (there, pattern))| {
            let distance_px = (there[0] - place[0]).hypot(there[1] - place[1]);
            (distance_px, pattern.signals(colour) > 0)
        })
        .collect();
    neighbours.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    neighbours.truncate(params.neighbours);
    let showing = neighbours.iter().filter(|(_, shows)| *shows).count();
    2 * neighbours.len() >= params.neighbours
        && showing as f64 >= params.neighbours_showing_min * neighbours.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lack_is_believed_only_among_neighbours_that_show_the_colour() {
        let both = SignalPattern { fused: 2, ..SignalPattern::default() };
        let red = SignalPattern { isolated_red: 1, ..SignalPattern::default() };
        let row = |patterns: &[SignalPattern]| -> Vec<Shown> {
            patterns.iter().enumerate().map(|(i, p)| ([0.0, 100.0 * i as f64], *p)).collect()
        };
        let first =
            |patterns: &[SignalPattern]| lacking_colour_is_seen(&row(patterns), &AlarmParams::default())[0];
        assert!(first(&[&[red][..], &[both; 10]].concat()));
        assert!(first(&[&[red, red, red][..], &[both; 10]].concat()));
        assert!(!first(&[&[red, red, red, red, red][..], &[both; 10]].concat()), "four of ten lack it");
        assert!(first(&[&[red][..], &[both; 10], &[red; 50]].concat()), "far away does not matter");
        assert!(!first(&[&[red][..], &[both; 4]].concat()), "too few to tell");
        assert!(first(&[both, red, red]));
        let empty = SignalPattern::default();
        assert!(
            first(&[&[red][..], &[empty; 20], &[both; 10]].concat()),
            "nuclei without signals tell nothing"
        );
        assert!(first(&[empty, red]));
    }
}
