//! Whether a probe hybridised where a nucleus does not show it.

use crate::classify::SignalPattern;
use crate::colour::Colour;

/// Nearest nuclei of the same field that tell whether the colour hybridised which a nucleus lacks. Chosen for this crate.
const NEIGHBOURS: usize = 10;
/// Share of them that must show that colour; otherwise a nucleus with signals of one colour only is left out. In sections
/// that read well one nucleus in ten shows one colour only; more than three of ten then come by chance for 1 in 80.
const MIN_SHOWING: f64 = 0.7;

/// A nucleus: its centroid, y and x in px, and its signals.
pub(super) type Shown = ([f64; 2], SignalPattern);

/// How many nuclei of a specimen show each colour where they show the other one.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct ShownElsewhere {
    /// Nuclei that show the other colour, and how many of them show this one too: red, green.
    shown: [(usize, usize); 2],
}

impl ShownElsewhere {
    /// Adds a nucleus with signals of red, of green, of both or of none.
    pub(super) fn add(&mut self, shows: [bool; 2]) {
        for (colour, (nuclei, showing)) in self.shown.iter_mut().enumerate() {
            if shows[1 - colour] {
                *nuclei += 1;
                *showing += usize::from(shows[colour]);
            }
        }
    }

    /// The share that shows a colour, if at least so many tell.
    fn share(&self, colour: Colour, least: usize) -> Option<f64> {
        let (nuclei, showing) = self.shown[colour.index()];
        (nuclei > 0 && nuclei >= least).then(|| showing as f64 / nuclei as f64)
    }
}

/// For each nucleus of a field, whether the colour that it lacks is seen in its neighbours, so that the lack tells of
/// this nucleus and not of the hybridisation; `true` for nuclei that show both colours or none.
///
/// Neighbours are the nearest nuclei that show the colour it does have. Where a field has few, those of the whole specimen
/// stand in for the missing ones.
pub(super) fn missing_probe_hybridised_nearby(nuclei: &[Shown], specimen: &ShownElsewhere) -> Vec<bool> {
    nuclei
        .iter()
        .enumerate()
        .map(|(i, (place, pattern))| {
            let lacking = if pattern.signals(Colour::Red) == 0 { Colour::Red } else { Colour::Green };
            !pattern.one_colour_only() || is_seen_near((*place, i), lacking, nuclei, specimen)
        })
        .collect()
}

fn is_seen_near(
    (place, own): ([f64; 2], usize),
    colour: Colour,
    nuclei: &[Shown],
    specimen: &ShownElsewhere,
) -> bool {
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
    neighbours.truncate(NEIGHBOURS);
    let showing = neighbours.iter().filter(|(_, shows)| *shows).count();
    let mut asked = neighbours.len() as f64;
    let mut showing = showing as f64;
    if 2 * neighbours.len() < NEIGHBOURS {
        let Some(share) = specimen.share(colour, NEIGHBOURS) else { return false };
        let missing = (NEIGHBOURS - neighbours.len()) as f64;
        asked += missing;
        showing += share * missing;
    }
    showing >= MIN_SHOWING * asked
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
        let alone = ShownElsewhere::default();
        let first = |patterns: &[SignalPattern]| missing_probe_hybridised_nearby(&row(patterns), &alone)[0];
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

    #[test]
    fn in_a_field_of_few_nuclei_the_specimen_tells() {
        let specimen = |both: usize, red_only: usize| {
            let mut shown = ShownElsewhere::default();
            (0..both).for_each(|_| shown.add([true, true]));
            (0..red_only).for_each(|_| shown.add([true, false]));
            shown
        };
        let both = ([0.0, 0.0], SignalPattern { fused: 2, ..SignalPattern::default() });
        let red = ([9.0, 9.0], SignalPattern { isolated_red: 1, ..SignalPattern::default() });
        let first =
            |field: &[Shown], specimen: &ShownElsewhere| missing_probe_hybridised_nearby(field, specimen)[0];
        assert!(first(&[red, both, both], &specimen(75, 25)));
        assert!(first(&[red], &specimen(75, 25)));
        assert!(!first(&[red, both, both], &specimen(55, 45)), "the probe failed in the specimen");
        assert!(!first(&[red, red, red, red, red], &specimen(90, 10)), "it failed in this field");
        assert!(!first(&[red, both, both], &specimen(8, 1)), "too few in all");
    }
}
