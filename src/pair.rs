//! Step 5: red to green within a nucleus.
//!
//! The signals of a doublet are joined first. Then reds and greens within the fused distance are paired: as many
//! loci as possible are intact, at the smallest sum of distances. The signals left over are paired into split loci,
//! again at the smallest sum of distances. The surplus of one colour is isolated, unless it lies within the fused distance
//! of the other colour of an intact locus: then it is not separated, and counts with that locus.

mod assignment;
mod pairing;
mod rule;

pub use pairing::{Pair, Pairing, SignalStatus};
use rule::MAX_DISTANCE_PX;
pub use rule::{DepthRule, PairRule};

use crate::colour::Colour;
use crate::detect::Signal;
use crate::error::{Error, Result};

/// Sorts the signals of one nucleus, named by their indices into `signals`, into loci.
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
/// let pairing = pair(1, &signals, &[0, 1, 2, 3], &PairRule::from_diameter(4.5))?;
/// assert_eq!(pairing.pattern().to_string(), "1F1R1G");
/// # Ok::<(), breakapart::Error>(())
/// ```
///
/// # Errors
/// [`Error::InvalidParameter`] for a rule that [`PairRule::validate`] refuses, for an index past the end of `signals`,
/// and for a signal whose place or amplitude is not a finite number.
pub fn pair(nucleus_id: u32, signals: &[Signal], indices: &[usize], rule: &PairRule) -> Result<Pairing> {
    rule.validate()?;
    indices.iter().try_for_each(|&i| check_signal(signals, i))?;
    let mut pairing = Pairing { nucleus_id, ..Pairing::default() };
    let [red, green] = Colour::BOTH.map(|colour| {
        let of_colour: Vec<usize> =
            indices.iter().copied().filter(|&i| signals[i].colour == colour).collect();
        join_doublets(signals, &of_colour, rule, &mut pairing.duplicates)
    });
    let distances_px = distances_px(signals, &red, &green, rule);
    let loci = Loci { signals, rule, red, green, distances_px };
    let intact = loci.fuse();
    for &(i, j) in &intact {
        pairing.fused.push(loci.pair(i, j));
        for (group, partner) in [(&loci.red[i], &loci.green[j]), (&loci.green[j], &loci.red[i])] {
            pairing.doubtful_duplicates.extend(doubtful_doublets(signals, group, partner, rule));
        }
    }
    loci.separate(&intact, &mut pairing);
    Ok(pairing)
}

fn check_signal(signals: &[Signal], index: usize) -> Result<()> {
    let Some(signal) = signals.get(index) else {
        let allowed = format!("the index of one of {} signals", signals.len());
        return Err(Error::parameter("signal index", index, allowed));
    };
    for (name, value) in [("y_px", signal.y_px), ("x_px", signal.x_px), ("z_px", signal.z_px.unwrap_or(0.0))]
    {
        if value.is_nan() || value.abs() > MAX_DISTANCE_PX {
            let name = format!("signals[{index}].{name}");
            return Err(Error::parameter(name, value, format!("-{MAX_DISTANCE_PX} to {MAX_DISTANCE_PX} px")));
        }
    }
    if !signal.amplitude.is_finite() {
        let name = format!("signals[{index}].amplitude");
        return Err(Error::parameter(name, signal.amplitude, "a finite number"));
    }
    Ok(())
}

/// Distance of each red group from each green one. A locus is as close as its closest members: the members of a
/// doublet spread around their common place.
fn distances_px(
    signals: &[Signal],
    red: &[Vec<usize>],
    green: &[Vec<usize>],
    rule: &PairRule,
) -> Vec<Vec<f64>> {
    let between = |r: &[usize], g: &[usize]| {
        r.iter()
            .flat_map(|&i| g.iter().map(move |&j| rule.distance_px(&signals[i], &signals[j])))
            .fold(f64::INFINITY, f64::min)
    };
    red.iter().map(|r| green.iter().map(|g| between(r, g)).collect()).collect()
}

/// The loci to be, each a group of signals of one colour led by its highest.
struct Loci<'a> {
    signals: &'a [Signal],
    rule: &'a PairRule,
    red: Vec<Vec<usize>>,
    green: Vec<Vec<usize>>,
    /// By red group, then by green group.
    distances_px: Vec<Vec<f64>>,
}

impl Loci<'_> {
    fn pair(&self, i: usize, j: usize) -> Pair {
        Pair {
            red: self.red[i][0],
            green: self.green[j][0],
            distance_px: self.distances_px[i][j],
            distance_diameters: self.distances_px[i][j] / self.rule.diameter_px,
        }
    }

    /// The intact loci: a red and a green group each.
    fn fuse(&self) -> Vec<(usize, usize)> {
        let (red, green, rule) = (&self.red, &self.green, self.rule);
        // A pair that is too far costs more than any number of allowed ones, so the number of allowed ones is maximal.
        let too_far = rule.split_distance_px * (1.0 + red.len().min(green.len()) as f64);
        let cost: Vec<Vec<f64>> = self
            .distances_px
            .iter()
            .map(|row| row.iter().map(|&d| if rule.is_fused(d) { d } else { too_far }).collect())
            .collect();
        let assigned = assignment::assign(&cost).into_iter().enumerate();
        assigned
            .filter_map(|(i, j)| Some((i, j?)))
            .filter(|&(i, j)| rule.is_fused(self.distances_px[i][j]))
            .collect()
    }

    /// Pairs the groups that are in no intact locus, nearest first in total. The surplus of one colour is isolated, or counts
    /// with an intact locus.
    fn separate(&self, intact: &[(usize, usize)], pairing: &mut Pairing) {
        let red_left: Vec<usize> =
            (0..self.red.len()).filter(|i| intact.iter().all(|(red, _)| red != i)).collect();
        let green_left: Vec<usize> =
            (0..self.green.len()).filter(|j| intact.iter().all(|(_, green)| green != j)).collect();
        let cost: Vec<Vec<f64>> =
            red_left.iter().map(|&i| green_left.iter().map(|&j| self.distances_px[i][j]).collect()).collect();
        let mut green_is_split = vec![false; green_left.len()];
        for (&i, j) in red_left.iter().zip(assignment::assign(&cost)) {
            if let Some(j) = j {
                pairing.split.push(self.pair(i, green_left[j]));
                green_is_split[j] = true;
                continue;
            }
            let nearest = nearest(intact, |&(_, j)| self.distances_px[i][j]);
            match nearest.filter(|&(_, distance)| self.rule.is_fused(distance)) {
                Some((&(of, with), _)) => self.join(&self.red[i], &self.red[of], &self.green[with], pairing),
                None => pairing.isolated_red.push(self.red[i][0]),
            }
        }
        for (&j, _) in green_left.iter().zip(green_is_split).filter(|(_, split)| !split) {
            let nearest = nearest(intact, |&(i, _)| self.distances_px[i][j]);
            match nearest.filter(|&(_, distance)| self.rule.is_fused(distance)) {
                Some((&(with, of), _)) => {
                    self.join(&self.green[j], &self.green[of], &self.red[with], pairing);
                }
                None => pairing.isolated_green.push(self.green[j][0]),
            }
        }
    }

    /// Counts the signals of a group with those of their colour `of` in an intact locus, whose other colour is `partner`.
    fn join(&self, group: &[usize], of: &[usize], partner: &[usize], pairing: &mut Pairing) {
        let whole: Vec<usize> = of[..1].iter().chain(group).copied().collect();
        // Its others are duplicates of it already.
        pairing.duplicates.push(group[0]);
        pairing.doubtful_duplicates.extend(doubtful_doublets(self.signals, &whole, partner, self.rule));
    }
}

/// The intact locus at the smallest distance, with that distance.
fn nearest(
    intact: &[(usize, usize)],
    distance_px: impl Fn(&(usize, usize)) -> f64,
) -> Option<(&(usize, usize), f64)> {
    let distances = intact.iter().map(|locus| (locus, distance_px(locus)));
    distances.min_by(|a, b| a.1.total_cmp(&b.1))
}

/// Groups of signals that count once, each led by its highest. The others are noted as duplicates.
///
/// Heights are compared, not intensities: the flank of a neighbour widens a fitted width, and the square of the width
/// enters the intensity.
fn join_doublets(
    signals: &[Signal],
    indices: &[usize],
    rule: &PairRule,
    duplicates: &mut Vec<usize>,
) -> Vec<Vec<usize>> {
    let mut order = indices.to_vec();
    order.sort_by(|&a, &b| signals[b].amplitude.total_cmp(&signals[a].amplitude).then(a.cmp(&b)));
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for i in order {
        let joined = groups.iter_mut().find(|group| {
            let lead = &signals[group[0]];
            let distance = rule.own_distance_px(lead, &signals[i]);
            distance <= rule.doublet_distance_px
                && lead.amplitude <= rule.doublet_height_ratio_max * signals[i].amplitude
        });
        if let Some(group) = joined {
            duplicates.push(i);
            group.push(i);
        } else {
            groups.push(vec![i]);
        }
    }
    // Back to the order of the signals, so that ties are broken by position, not height.
    groups.sort_by_key(|group| group[0]);
    groups
}

/// Members of a doublet that lie far from its highest signal, if the other colour of the locus has no doublet.
fn doubtful_doublets<'a>(
    signals: &'a [Signal],
    group: &'a [usize],
    partner: &[usize],
    rule: &'a PairRule,
) -> impl Iterator<Item = usize> + 'a {
    let doubtful_px = if partner.len() == 1 { rule.doublet_doubtful_px } else { f64::INFINITY };
    let distance = |i: usize, j: usize| rule.own_distance_px(&signals[i], &signals[j]);
    group.iter().skip(1).copied().filter(move |&i| distance(group[0], i) > doubtful_px)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern_of(signals: &[Signal]) -> String {
        let indices: Vec<usize> = (0..signals.len()).collect();
        pair(1, signals, &indices, &PairRule::from_diameter(4.0)).unwrap().pattern().to_string()
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
    fn doublets_count_once_but_unlike_neighbours_do_not() {
        let mut signals = vec![Signal::at(Colour::Red, 5.0, 5.0), Signal::at(Colour::Red, 5.0, 8.0)];
        assert_eq!(pattern_of(&signals), "1R");
        signals[1].amplitude *= 0.1;
        assert_eq!(pattern_of(&signals), "2R");
    }

    #[test]
    fn one_colour_beside_an_intact_locus_is_not_separated() {
        let pattern = |x: f64, height: f64| {
            let mut signals = vec![
                Signal::at(Colour::Red, 5.0, 5.0),
                Signal::at(Colour::Green, 5.0, 9.0),
                Signal::at(Colour::Red, 5.0, x),
            ];
            signals[2].amplitude = height;
            pattern_of(&signals)
        };
        // Out of reach of the other red, within reach of the green.
        assert_eq!((pattern(16.9, 1.0), pattern(17.0, 1.0)), ("1F".into(), "1F1R".into()));
        assert_eq!(pattern(12.0, 0.1), "1F");
    }

    #[test]
    fn a_doublet_beside_an_intact_locus_is_sorted_once() {
        let signals = [
            Signal::at(Colour::Red, 5.0, 5.0),
            Signal::at(Colour::Green, 5.0, 9.0),
            Signal::at(Colour::Red, 5.0, 16.0),
            Signal::at(Colour::Red, 5.0, 19.0),
        ];
        let pairing = pair(1, &signals, &[0, 1, 2, 3], &PairRule::from_diameter(4.0)).unwrap();
        assert_eq!(pairing.pattern().to_string(), "1F");
        let mut duplicates = pairing.duplicates;
        duplicates.sort_unstable();
        assert_eq!(duplicates, [2, 3]);
    }

    #[test]
    fn a_far_end_beside_an_intact_locus_still_splits_from_its_own_partner() {
        let signals = [
            Signal::at(Colour::Red, 5.0, 5.0),
            Signal::at(Colour::Green, 5.0, 9.0),
            Signal::at(Colour::Red, 5.0, 16.0),
            Signal::at(Colour::Green, 5.0, 60.0),
        ];
        assert_eq!(pattern_of(&signals), "1F1R1G");
    }

    #[test]
    fn a_wide_doublet_of_one_colour_alone_is_doubtful() {
        let doubtful = |red_px: f64, green: &[f64]| {
            let mut signals =
                vec![Signal::at(Colour::Red, 5.0, 5.0), Signal::at(Colour::Red, 5.0, 5.0 + red_px)];
            signals.extend(green.iter().map(|x| Signal::at(Colour::Green, 5.0, *x)));
            let indices: Vec<usize> = (0..signals.len()).collect();
            let pairing = pair(1, &signals, &indices, &PairRule::from_diameter(4.0)).unwrap();
            assert_eq!((pairing.pattern().to_string(), pairing.duplicates.len()), ("1F".into(), green.len()));
            pairing.doubtful_duplicates
        };
        assert!(doubtful(4.0, &[5.0]).is_empty());
        assert_eq!(doubtful(7.0, &[5.0]), [1]);
        // Beyond the other red, within reach of the green.
        assert_eq!(doubtful(9.0, &[7.0]), [1]);
        assert!(doubtful(7.0, &[5.0, 12.0]).is_empty());
    }

    #[test]
    fn chromatic_shift_is_taken_off() {
        let signals = [Signal::at(Colour::Red, 50.0, 50.0), Signal::at(Colour::Green, 58.0, 43.0)];
        let mut rule = PairRule::from_diameter(4.0);
        assert_eq!(pair(1, &signals, &[0, 1], &rule).unwrap().pattern().to_string(), "1R1G");
        rule.green_shift_px = [6.0, -7.0];
        assert_eq!(pair(1, &signals, &[0, 1], &rule).unwrap().pattern().to_string(), "1F");
    }

    #[test]
    fn surplus_of_one_colour_is_isolated() {
        let signals = [
            Signal::at(Colour::Red, 0.0, 0.0),
            Signal::at(Colour::Red, 0.0, 60.0),
            Signal::at(Colour::Green, 0.0, 40.0),
        ];
        let pairing = pair(3, &signals, &[0, 1, 2], &PairRule::from_diameter(4.0)).unwrap();
        assert_eq!(pairing.split.len(), 1);
        assert_eq!(pairing.split[0].red, 1, "the nearer red is the partner");
        assert_eq!(pairing.isolated_red, [0]);
    }
}
