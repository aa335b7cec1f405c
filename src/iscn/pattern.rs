//! The signals of a nucleus as copies of the two ends of a gene.

use super::count::{Count, Times};
use super::notation::{Counted, Group};
use super::probe::{ProbeName, Relation, Target};
use crate::assay::Assay;
use crate::classify::SignalPattern;
use crate::colour::Colour;
use crate::error::Result;

/// The names that an assay's strings are written with.
#[derive(Debug, Clone)]
pub(super) struct Naming {
    gene: ProbeName,
    /// The end next to the short arm's tip first, each with its colour.
    ends: [(ProbeName, Colour); 2],
    /// Copies from which a probe is amplified.
    amplified_from: usize,
    pub(super) times: Times,
}

impl Naming {
    pub(super) fn of(assay: &Assay) -> Result<Self> {
        let [first, second] = assay.probe.iscn_order;
        let named = |end: crate::assay::ProbeEnd| {
            Ok::<_, crate::Error>((
                ProbeName::new(format!("{}{}", end.name(), assay.gene))?,
                assay.colour_of(end),
            ))
        };
        Ok(Self {
            gene: ProbeName::new(&assay.gene)?,
            ends: [named(first)?, named(second)?],
            amplified_from: assay.amplification.min_fused,
            times: assay.report.times_symbol.parse()?,
        })
    }
}

/// The form of the string of a nucleus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Form {
    /// As many of both ends, all joined.
    Joined,
    /// As many of both ends, some of them separated.
    Separated,
    /// More of one end: of the first one or not, and with joined pairs or without.
    Unequal { more_of_first: bool, has_joined: bool },
}

/// Copies of both ends in a nucleus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Copies {
    pub(super) form: Form,
    /// Copies of each end.
    ends: [Count; 2],
    /// Separated pairs if there are as many of both ends, otherwise joined ones.
    pairs: Count,
}

impl Copies {
    /// The copies that a pattern shows. `is_amplified`: the nucleus is called amplified, whatever could be counted.
    pub(super) fn of(pattern: &SignalPattern, is_amplified: bool, naming: &Naming) -> Self {
        let exact = |n: usize| Count::Exact(u32::try_from(n).unwrap_or(u32::MAX));
        let of_end = |n: usize| {
            if is_amplified || n >= naming.amplified_from { Count::Amplified } else { exact(n) }
        };
        let [first, second] = [0, 1].map(|end: usize| pattern.signals(naming.ends[end].1));
        let separated = pattern.separated(naming.ends[0].1);
        let (form, pairs) = if first == second {
            (if separated > 0 { Form::Separated } else { Form::Joined }, separated)
        } else {
            let more_of_first = first > second;
            (Form::Unequal { more_of_first, has_joined: pattern.fused > 0 }, pattern.fused)
        };
        Self { form, ends: [of_end(first), of_end(second)], pairs: exact(pairs) }
    }

    /// Whether each end is amplified.
    pub(super) fn amplified(self) -> [bool; 2] {
        self.ends.map(|count| count == Count::Amplified)
    }

    /// The copies of both nuclei, of one form and with the same ends amplified, as ranges.
    pub(super) fn with(self, other: Self) -> Self {
        let [first, second] = self.ends;
        let [other_first, other_second] = other.ends;
        Self {
            form: self.form,
            ends: [first.with(other_first), second.with(other_second)],
            pairs: self.pairs.with(other.pairs),
        }
    }

    /// As they are written.
    pub(super) fn groups(self, naming: &Naming) -> Vec<Group> {
        let [first, second] = [0, 1].map(|end: usize| naming.ends[end].0.clone());
        let each = |counted: Vec<(Target, Count)>| {
            Group::Each(counted.into_iter().map(|(target, count)| Counted::new(target, count)).collect())
        };
        let pairs =
            |relation| each(vec![(Target::pair(first.clone(), relation, second.clone()), self.pairs)]);
        let of_gene = || each(vec![(Target::probe(naming.gene.clone()), self.ends[0])]);
        let is_amplified = self.ends.contains(&Count::Amplified);
        match self.form {
            Form::Joined => vec![of_gene()],
            Form::Separated => vec![of_gene(), pairs(Relation::Sep)],
            Form::Unequal { has_joined, .. } => {
                let [a, b] = self.ends;
                let ends = each(vec![(Target::probe(first.clone()), a), (Target::probe(second.clone()), b)]);
                // Joined pairs are not counted among more signals than can be counted.
                if has_joined && !is_amplified { vec![ends, pairs(Relation::Con)] } else { vec![ends] }
            }
        }
    }
}
