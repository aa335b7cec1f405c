//! Step 3: red to green within a nucleus.
//!
//! Sister signals of one colour are joined first. Then reds and greens within the fused distance are paired so
//! that as many loci as possible are intact and, among those ways, the distances add up to the least. What is
//! left over is paired to split loci by least distance; the surplus of one colour is isolated.

mod assignment;
mod pairing;
mod rule;

pub use pairing::{Pair, Pairing, SignalStatus};
pub use rule::PairRule;

use crate::colour::Colour;
use crate::detect::Signal;

/// Sorts the signals of one nucleus, given by their indices into `signals`, into loci.
///
/// ```
/// use breakapart::pair::{PairRule, pair};
/// use breakapart::{Colour, detect::Signal};
/// let signals = [
///     Signal::at(Colour::Red, 10.0, 10.0),
///     Signal::at(Colour::Green, 12.0, 10.0),
///     Signal::at(Colour::Red, 40.0, 40.0),
///     Signal::at(Colour::Green, 60.0, 40.0),
/// ];
/// let pairing = pair(1, &signals, &[0, 1, 2, 3], &PairRule::from_diameter(4.5));
/// assert_eq!(pairing.pattern().to_string(), "1F1R1G");
/// ```
#[must_use]
pub fn pair(nucleus_id: u32, signals: &[Signal], indices: &[usize], rule: &PairRule) -> Pairing {
    let mut pairing = Pairing { nucleus_id, ..Pairing::default() };
    let [red, green] = Colour::BOTH.map(|colour| {
        let of_colour: Vec<usize> =
            indices.iter().copied().filter(|&i| signals.get(i).is_some_and(|s| s.colour == colour)).collect();
        join_sisters(signals, &of_colour, rule, &mut pairing.duplicates)
    });
    let [dy, dx] = rule.green_shift_px;
    let distance = |i: usize, j: usize| {
        let (a, b) = (&signals[i], &signals[j]);
        (b.y_px - dy - a.y_px).hypot(b.x_px - dx - a.x_px)
    };
    // A locus is as close as its closest members: sisters spread around their common place.
    let between = |r: &[usize], g: &[usize]| {
        r.iter().flat_map(|&i| g.iter().map(move |&j| distance(i, j))).fold(f64::INFINITY, f64::min)
    };
    let distances: Vec<Vec<f64>> =
        red.iter().map(|r| green.iter().map(|g| between(r, g)).collect()).collect();
    let make = |i: usize, j: usize| Pair {
        red: red[i][0],
        green: green[j][0],
        distance_px: distances[i][j],
        distance_diameters: distances[i][j] / rule.diameter_px,
    };

    // Pairs that are too far cost more than any number of allowed ones, so the most pairs are allowed.
    let too_far = rule.split_distance_px * (1.0 + red.len().min(green.len()) as f64);
    let cost: Vec<Vec<f64>> = distances
        .iter()
        .map(|row| row.iter().map(|&d| if rule.is_fused(d) { d } else { too_far }).collect())
        .collect();
    let (mut red_left, mut green_left) = (vec![true; red.len()], vec![true; green.len()]);
    for (i, j) in assignment::assign(&cost).into_iter().enumerate() {
        if let Some(j) = j.filter(|&j| rule.is_fused(distances[i][j])) {
            pairing.fused.push(make(i, j));
            for (group, partner) in [(&red[i], &green[j]), (&green[j], &red[i])] {
                pairing.doubtful_duplicates.extend(doubtful_sisters(signals, group, partner, rule));
            }
            red_left[i] = false;
            green_left[j] = false;
        }
    }
    let lone_red: Vec<usize> = (0..red.len()).filter(|&i| red_left[i]).collect();
    let lone_green: Vec<usize> = (0..green.len()).filter(|&j| green_left[j]).collect();
    let cost: Vec<Vec<f64>> =
        lone_red.iter().map(|&i| lone_green.iter().map(|&j| distances[i][j]).collect()).collect();
    let mut split_green = vec![false; lone_green.len()];
    for (i, j) in assignment::assign(&cost).into_iter().enumerate() {
        if let Some(j) = j {
            pairing.split.push(make(lone_red[i], lone_green[j]));
            split_green[j] = true;
        } else {
            pairing.isolated_red.push(red[lone_red[i]][0]);
        }
    }
    if lone_red.is_empty() {
        split_green.fill(false);
    }
    for (&j, _) in lone_green.iter().zip(&split_green).filter(|(_, split)| !**split) {
        pairing.isolated_green.push(green[j][0]);
    }
    pairing
}

/// Groups of signals that count once, each led by its brightest. The others are noted as duplicates.
fn join_sisters(
    signals: &[Signal],
    indices: &[usize],
    rule: &PairRule,
    duplicates: &mut Vec<usize>,
) -> Vec<Vec<usize>> {
    let mut order = indices.to_vec();
    order.sort_by(|&a, &b| signals[b].intensity.total_cmp(&signals[a].intensity).then(a.cmp(&b)));
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for i in order {
        let sister = groups.iter_mut().find(|group| {
            let lead = &signals[group[0]];
            let distance = (lead.y_px - signals[i].y_px).hypot(lead.x_px - signals[i].x_px);
            distance <= rule.doublet_distance_px
                && lead.intensity <= rule.doublet_intensity_ratio_max * signals[i].intensity
        });
        if let Some(group) = sister {
            duplicates.push(i);
            group.push(i);
        } else {
            groups.push(vec![i]);
        }
    }
    // Back to the order of the signals, so that ties are broken by position, not brightness.
    groups.sort_by_key(|group| group[0]);
    groups
}

/// Members of a group that lie far from its brightest, where the locus' other colour has no sister.
fn doubtful_sisters<'a>(
    signals: &'a [Signal],
    group: &'a [usize],
    partner: &[usize],
    rule: &PairRule,
) -> impl Iterator<Item = usize> + 'a {
    let doubtful_px = if partner.len() == 1 { rule.doublet_doubtful_px } else { f64::INFINITY };
    let distance =
        |i: usize, j: usize| (signals[i].y_px - signals[j].y_px).hypot(signals[i].x_px - signals[j].x_px);
    group.iter().skip(1).copied().filter(move |&i| distance(group[0], i) > doubtful_px)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern_of(signals: &[Signal]) -> String {
        let indices: Vec<usize> = (0..signals.len()).collect();
        pair(1, signals, &indices, &PairRule::from_diameter(4.0)).pattern().to_string()
    }

    #[test]
    fn nearest_first_would_lose_a_fused_pair() {
        // The red in the middle is nearest to the first green, but then the outer red would stay alone.
        let signals = [
            Signal::at(Colour::Red, 0.0, 0.0),
            Signal::at(Colour::Green, 0.0, 5.0),
            Signal::at(Colour::Red, 0.0, 9.0),
            Signal::at(Colour::Green, 0.0, 16.0),
        ];
        assert_eq!(pattern_of(&signals), "2F");
    }

    #[test]
    fn the_distance_of_the_rule_is_split_and_just_under_it_fused() {
        for (distance, pattern) in [(8.0, "1R1G"), (7.999, "1F")] {
            let signals = [Signal::at(Colour::Red, 5.0, 5.0), Signal::at(Colour::Green, 5.0, 5.0 + distance)];
            assert_eq!(pattern_of(&signals), pattern);
        }
    }

    #[test]
    fn sisters_count_once_but_unlike_neighbours_do_not() {
        let mut signals = vec![
            Signal::at(Colour::Red, 5.0, 5.0),
            Signal::at(Colour::Red, 5.0, 8.0),
            Signal::at(Colour::Green, 6.0, 6.0),
        ];
        assert_eq!(pattern_of(&signals), "1F");
        signals[1].intensity *= 0.1;
        assert_eq!(pattern_of(&signals), "1F1R");
    }

    #[test]
    fn a_far_sister_of_one_colour_alone_is_doubtful() {
        let doubtful = |red_px: f64, green: &[f64]| {
            let mut signals =
                vec![Signal::at(Colour::Red, 5.0, 5.0), Signal::at(Colour::Red, 5.0, 5.0 + red_px)];
            signals.extend(green.iter().map(|x| Signal::at(Colour::Green, 5.0, *x)));
            let indices: Vec<usize> = (0..signals.len()).collect();
            let pairing = pair(1, &signals, &indices, &PairRule::from_diameter(4.0));
            assert_eq!((pairing.pattern().to_string(), pairing.duplicates.len()), ("1F".into(), green.len()));
            pairing.doubtful_duplicates
        };
        assert!(doubtful(4.0, &[5.0]).is_empty());
        assert_eq!(doubtful(7.0, &[5.0]), [1]);
        assert!(doubtful(7.0, &[5.0, 12.0]).is_empty());
    }

    #[test]
    fn chromatic_shift_is_taken_off() {
        let signals = [Signal::at(Colour::Red, 50.0, 50.0), Signal::at(Colour::Green, 58.0, 43.0)];
        let mut rule = PairRule::from_diameter(4.0);
        assert_eq!(pair(1, &signals, &[0, 1], &rule).pattern().to_string(), "1R1G");
        rule.green_shift_px = [6.0, -7.0];
        assert_eq!(pair(1, &signals, &[0, 1], &rule).pattern().to_string(), "1F");
    }

    #[test]
    fn surplus_of_one_colour_is_isolated() {
        let signals = [
            Signal::at(Colour::Red, 0.0, 0.0),
            Signal::at(Colour::Red, 0.0, 60.0),
            Signal::at(Colour::Green, 0.0, 40.0),
        ];
        let pairing = pair(3, &signals, &[0, 1, 2], &PairRule::from_diameter(4.0));
        assert_eq!(pairing.split.len(), 1);
        assert_eq!(pairing.split[0].red, 1, "the nearer red is the partner");
        assert_eq!(pairing.isolated_red, [0]);
    }
}
