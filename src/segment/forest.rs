//! The components of the image at every cut, each with those within it.

use crate::kernel::runs::Regions;
use crate::segment::candidate::{Candidate, Origin};
use crate::segment::working_image::WorkingImage;

/// A component that has lost less than this share of its area since the last cut is not taken up again.
const MIN_CHANGE: f64 = 0.04;

/// Marks an index into the components of a [`Forest`], beside those local to one component's list.
pub(super) const COMPONENT: usize = 1 << (usize::BITS - 1);

/// The components of all cuts, each before those within it.
pub(super) struct Forest {
    pub(super) components: Vec<Candidate>,
    /// Components within each at the next cut where anything changes.
    pub(super) children: Vec<Vec<usize>>,
}

impl Forest {
    pub(super) fn link(cuts: &[Regions], image: &WorkingImage) -> Self {
        const NONE: u32 = u32::MAX;
        let (height, width) = image.levels.dim();
        let mut components: Vec<Candidate> = Vec::new();
        let mut children: Vec<Vec<usize>> = Vec::new();
        let mut holder = vec![NONE; height * width];
        for (level, cut) in cuts.iter().enumerate() {
            let parents: Vec<usize> = (0..cut.len())
                .map(|i| {
                    let first = cut.runs(i)[0];
                    holder[first.y as usize * width + first.x0 as usize] as usize
                })
                .collect();
            let mut siblings = vec![0_u32; components.len()];
            for &p in &parents {
                if let Some(n) = siblings.get_mut(p) {
                    *n += 1;
                }
            }
            for (i, p) in parents.into_iter().enumerate() {
                let parent = Some(p).filter(|&p| p < siblings.len());
                if let Some(p) = parent
                    && siblings[p] == 1
                    && cut.area(i) as f64 > (1.0 - MIN_CHANGE) * components[p].area as f64
                {
                    continue;
                }
                let index = components.len();
                let mut component = Candidate::new(cut.runs(i).to_vec(), level, Origin::Component);
                component.is_root = parent.is_none();
                components.push(component);
                children.push(Vec::new());
                if let Some(p) = parent {
                    children[p].push(index);
                }
                for run in cut.runs(i) {
                    let row = run.y as usize * width;
                    holder[row + run.x0 as usize..row + run.x1 as usize].fill(index as u32);
                }
            }
        }
        Self { components, children }
    }

    /// Components that are roots, have siblings, or have lost at least `share` of their area since the last
    /// such one around them.
    pub(super) fn changed(&self, share: f64) -> Vec<bool> {
        let mut out: Vec<bool> = self.components.iter().map(|c| c.is_root).collect();
        let mut last: Vec<usize> = self.components.iter().map(|c| c.area).collect();
        for (i, children) in self.children.iter().enumerate() {
            for &d in children {
                let kept = self.components[d].area as f64 <= (1.0 - share) * last[i] as f64;
                out[d] = children.len() > 1 || kept;
                if !out[d] {
                    last[d] = last[i];
                }
            }
        }
        out
    }

    /// Puts the candidates found within each component after it. The first entry of a list stands for the component
    /// itself; indices count in the list, or are marked with [`COMPONENT`].
    pub(super) fn assemble(self, within: Vec<Vec<Candidate>>) -> Vec<Candidate> {
        let mut place = Vec::with_capacity(within.len());
        let mut next = 0;
        for list in &within {
            place.push(next);
            next += list.len().max(1);
        }
        let mut all = Vec::with_capacity(next);
        for (i, (mut component, list)) in self.components.into_iter().zip(within).enumerate() {
            let global = |k: usize| if k >= COMPONENT { place[k - COMPONENT] } else { place[i] + k };
            let renumber = |c: &mut Candidate| {
                c.alternatives.iter_mut().flatten().for_each(|k| *k = global(*k));
            };
            component.alternatives.extend(
                Some(&self.children[i])
                    .filter(|c| !c.is_empty())
                    .map(|c| c.iter().map(|k| k + COMPONENT).collect::<Vec<_>>()),
            );
            let mut list = list.into_iter();
            if let Some(whole) = list.next() {
                component.alternatives.extend(whole.alternatives);
                (component.neck_within, component.basins) = (whole.neck_within, whole.basins);
            }
            renumber(&mut component);
            all.push(component);
            all.extend(list.map(|mut c| {
                renumber(&mut c);
                c
            }));
        }
        all
    }
}
