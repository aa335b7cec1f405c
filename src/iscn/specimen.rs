//! The string of a specimen: its evaluable nuclei by pattern.

use std::collections::BTreeMap;

use super::count::Nuclei;
use super::notation::{Iscn, Pattern};
use super::pattern::{Copies, Form, Naming};
use crate::assay::{Assay, Sex};
use crate::classify::{NucleusCall, NucleusClass, SignalPattern, class_of, is_rearranged};
use crate::error::Result;

/// Patterns with a smaller share of the nuclei, percent, are written together with others of their kind. Chosen for this
/// crate: at most 20 patterns stand by themselves.
const RARE_BELOW_PERCENT: usize = 5;

/// The kind of a nucleus. Rare patterns of one kind are written together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Kind {
    rearranged: bool,
    class: NucleusClass,
    form: Form,
}

/// Nuclei with the same copies.
#[derive(Debug, Clone, Copy)]
struct Tally {
    kind: Kind,
    copies: Copies,
    nuclei: usize,
}

impl Iscn {
    /// The evaluable nuclei among the calls of a specimen, by the gene, the order of the ends and the times symbol of the
    /// assay. A nucleus that is called amplified is written as ` amp`, and so is an end with at least
    /// `amplification.min_fused` signals. `None` if no nucleus is evaluable.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`](crate::Error::InvalidParameter) if the assay's gene has a name that an ISCN string cannot
    /// hold.
    pub fn of_calls<'c>(
        calls: impl IntoIterator<Item = &'c NucleusCall>,
        assay: &Assay,
    ) -> Result<Option<Self>> {
        let naming = Naming::of(assay)?;
        let evaluable = calls.into_iter().filter(|call| call.evaluable());
        let nuclei = evaluable.map(|call| {
            let is_amplified = call.class == NucleusClass::Amplification;
            let copies = Copies::of(&call.pattern, is_amplified, &naming);
            (Kind { rearranged: call.rearranged, class: call.class, form: copies.form }, copies, 1)
        });
        written(nuclei, assay, &naming)
    }

    /// Nuclei by pattern in laboratory notation, as in [`Summary::patterns`](crate::summarise::Summary::patterns) or on a
    /// worksheet. Otherwise as [`Iscn::of_calls`].
    ///
    /// # Errors
    /// As [`Iscn::of_calls`]; also if a key is no pattern.
    pub fn of_patterns(
        patterns: &BTreeMap<String, usize>,
        assay: &Assay,
        sex: Option<Sex>,
    ) -> Result<Option<Self>> {
        let naming = Naming::of(assay)?;
        let mut nuclei = Vec::with_capacity(patterns.len());
        for (pattern, number) in patterns.iter().filter(|(_, number)| **number > 0) {
            let pattern: SignalPattern = pattern.parse()?;
            let class = class_of(&pattern, assay, sex);
            let copies = Copies::of(&pattern, class == NucleusClass::Amplification, &naming);
            let rearranged = is_rearranged(&pattern, assay, sex);
            nuclei.push((Kind { rearranged, class, form: copies.form }, copies, *number));
        }
        written(nuclei.into_iter(), assay, &naming)
    }

    /// One pattern without a number of nuclei.
    ///
    /// ```
    /// use breakapart::Assay;
    /// use breakapart::iscn::Iscn;
    /// let alk = Assay::builtin("alk")?;
    /// let iscn = Iscn::of_pattern(&"1F1R".parse()?, &alk, None)?;
    /// assert_eq!(iscn.to_string(), "nuc ish(3'ALKx2,5'ALKx1)(3'ALK con 5'ALKx1)");
    /// # Ok::<(), breakapart::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Iscn::of_calls`].
    pub fn of_pattern(pattern: &SignalPattern, assay: &Assay, sex: Option<Sex>) -> Result<Self> {
        let naming = Naming::of(assay)?;
        let is_amplified = class_of(pattern, assay, sex) == NucleusClass::Amplification;
        let groups = Copies::of(pattern, is_amplified, &naming).groups(&naming);
        Ok(Self::of_set(vec![Pattern { groups, nuclei: None }], naming.times))
    }
}

/// The string of these nuclei.
fn written(
    nuclei: impl Iterator<Item = (Kind, Copies, usize)>,
    assay: &Assay,
    naming: &Naming,
) -> Result<Option<Iscn>> {
    let mut same: BTreeMap<(Kind, Copies), usize> = BTreeMap::new();
    for (kind, copies, number) in nuclei {
        let total = same.entry((kind, copies)).or_default();
        *total = total.saturating_add(number);
    }
    let total = same.values().fold(0_usize, |sum, number| sum.saturating_add(*number));
    let all = same.into_iter().map(|((kind, copies), nuclei)| Tally { kind, copies, nuclei });
    let mut tallies = with_rare_together(all, total);
    tallies.sort_by(|a, b| {
        let order = |t: &Tally| (std::cmp::Reverse(t.nuclei), !t.kind.rearranged, t.kind, t.copies);
        order(a).cmp(&order(b))
    });
    let mut patterns = Vec::with_capacity(tallies.len());
    for tally in tallies {
        let nuclei = Nuclei::new(tally.nuclei, total)?;
        let nuclei = assay.report.denominators.then_some(nuclei);
        patterns.push(Pattern { groups: tally.copies.groups(naming), nuclei });
    }
    Ok((!patterns.is_empty()).then(|| Iscn::of_set(patterns, naming.times)))
}

/// Rare patterns of one kind as one, those with an amplified end by themselves: nothing else is amplified for them.
fn with_rare_together(all: impl Iterator<Item = Tally>, total: usize) -> Vec<Tally> {
    let is_rare = |t: &Tally| t.nuclei as u128 * 100 < total as u128 * RARE_BELOW_PERCENT as u128;
    let (rare, mut tallies): (Vec<Tally>, Vec<Tally>) = all.partition(is_rare);
    let mut by_kind: BTreeMap<(Kind, [bool; 2]), Tally> = BTreeMap::new();
    for tally in rare {
        by_kind
            .entry((tally.kind, tally.copies.amplified()))
            .and_modify(|joined| {
                joined.copies = joined.copies.with(tally.copies);
                joined.nuclei = joined.nuclei.saturating_add(tally.nuclei);
            })
            .or_insert(tally);
    }
    tallies.extend(by_kind.into_values());
    tallies
}
