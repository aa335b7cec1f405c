//! The keys of an assay file, in one table.

use super::value::Allowed;
use crate::assay::{
    Comparator, CutoffSource, DiameterFrom, Dimensions, DistanceMeasure, DistanceUnit, GreyZoneAction,
    IntervalMethod, IsolatedMeaning, ProbeEnd, SampleType, TouchingSignals,
};
use crate::colour::Colour;

/// A key of an assay file. A level `*` stands for every key or element.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Key {
    pub(super) path: &'static str,
    pub(super) allowed: Allowed,
    pub(super) needed: Needed,
}

/// Whether a key must be there if its table is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Needed {
    Always,
    Optional,
}

impl Key {
    const fn new(path: &'static str, allowed: Allowed) -> Self {
        Self { path, allowed, needed: Needed::Always }
    }

    const fn optional(mut self) -> Self {
        self.needed = Needed::Optional;
        self
    }
}

const fn real(path: &'static str, low: f64, high: f64, unit: &'static str) -> Key {
    Key::new(path, Allowed::Real { low, high, unit })
}

const fn count(path: &'static str, low: f64, high: f64) -> Key {
    Key::new(path, Allowed::Count { low, high })
}

/// A cutoff. Published ones are 1 to 30 %.
const fn cutoff(path: &'static str) -> Key {
    Key::new(path, Allowed::Percent { low: 0.1, high: 90.0 })
}

const fn text(path: &'static str) -> Key {
    Key::new(path, Allowed::Text)
}

const fn switch(path: &'static str) -> Key {
    Key::new(path, Allowed::Switch)
}

const fn word(path: &'static str, words: &'static [&'static str]) -> Key {
    Key::new(path, Allowed::Word(words))
}

/// Tables that may be left out. If they are there, their keys must be.
pub(super) const OPTIONAL_TABLES: [&str; 7] =
    ["split.grey_zone", "isolated.extra", "borderline", "verify", "validation", "secondary", "codes"];

/// The limits keep out nonsense and do not say what is good practice: published values lie well inside (cutoffs 1 to 30 %,
/// 50 to 500 nuclei, distances 1 to 4 diameters or 0.5 to 1.2 um).
const KEYS: &[Key] = &[
    text("id"),
    text("name"),
    text("version"),
    text("gene"),
    text("band"),
    text("chromosome"),
    switch("x_linked"),
    word("sample_type", SampleType::NAMES),
    switch("report_copy_number"),
    real("section_thickness_um", 1.0, 50.0, " um").optional(),
    real("expected_nucleus_diameter_um", 2.0, 50.0, " um"),
    Key::new("references", Allowed::Texts),
    text("probe.maker").optional(),
    real("probe.gap_kb", 0.0, 10_000.0, " kb").optional(),
    Key::new("probe.iscn_order", Allowed::Two(&Allowed::Word(ProbeEnd::NAMES))),
    word("probe.five_prime.channel", &COLOURS),
    text("probe.five_prime.dye"),
    text("probe.five_prime.colour_name"),
    real("probe.five_prime.kb", 1.0, 10_000.0, " kb").optional(),
    word("probe.three_prime.channel", &COLOURS),
    text("probe.three_prime.dye"),
    text("probe.three_prime.colour_name"),
    real("probe.three_prime.kb", 1.0, 10_000.0, " kb").optional(),
    count("normal.fused.female", 1.0, 2.0),
    count("normal.fused.male", 1.0, 2.0),
    word("split.comparator", Comparator::NAMES),
    word("split.touching_or_overlap", TouchingSignals::NAMES),
    real("split.min_distance.value", 0.05, 100.0, ""),
    word("split.min_distance.unit", DistanceUnit::NAMES),
    word("split.min_distance.measure", DistanceMeasure::NAMES),
    word("split.min_distance.dims", Dimensions::NAMES),
    word("split.min_distance.diameter_from", DiameterFrom::NAMES),
    real("split.min_distance.fixed_um", 0.1, 3.0, " um").optional(),
    real("split.diameter_um.min", 0.1, 3.0, " um"),
    real("split.diameter_um.max", 0.1, 3.0, " um"),
    real("split.grey_zone.low", 0.0, 100.0, ""),
    real("split.grey_zone.high", 0.0, 100.0, ""),
    word("split.grey_zone.action", GreyZoneAction::NAMES),
    switch("doublet.enabled"),
    real("doublet.max_gap_diameter", 0.0, 5.0, " signal diameters"),
    real("doublet.size_ratio_max", 1.0, 20.0, ""),
    word("isolated.three_prime", IsolatedMeaning::NAMES),
    word("isolated.five_prime", IsolatedMeaning::NAMES),
    switch("isolated.requires_fused"),
    word("isolated.extra.three_prime", IsolatedMeaning::NAMES),
    word("isolated.extra.five_prime", IsolatedMeaning::NAMES),
    count("gain.min_fused", 2.0, 20.0),
    count("amplification.min_fused", 3.0, 100.0),
    switch("amplification.cluster"),
    count("evaluable.min_each_colour", 0.0, 10.0),
    count("evaluable.min_fused", 0.0, 2.0),
    switch("evaluable.complete_nuclei_only"),
    count("evaluable.max_signals", 2.0, 1000.0),
    switch("evaluable.exclude_overlap"),
    switch("evaluable.exclude_edge"),
    Key::new("evaluable.area_um2", Allowed::Two(&Allowed::Real { low: 0.0, high: 5000.0, unit: " um2" })),
    real("evaluable.min_snr_green", 0.0, 1000.0, ""),
    real("evaluable.min_snr_red", 0.0, 1000.0, ""),
    count("reading.min_tumour_cells", 1.0, 100_000.0),
    count("reading.fields_min", 1.0, 1000.0),
    count("reading.stages.*.cells", 1.0, 100_000.0),
    count("reading.stages.*.reader", 1.0, 10.0),
    word("decision.type", &["single", "two_stage", "per_pattern"]),
    Key::new("borderline.low_percent", Allowed::Percent { low: 0.0, high: 100.0 }),
    Key::new("borderline.high_percent", Allowed::Percent { low: 0.0, high: 100.0 }),
    text("borderline.action"),
    word("cutoff_provenance.source", CutoffSource::NAMES),
    text("cutoff_provenance.method"),
    count("cutoff_provenance.n_normals", 1.0, 100_000.0).optional(),
    count("cutoff_provenance.cells_per_normal", 1.0, 100_000.0).optional(),
    real("cutoff_provenance.confidence", 0.5, 0.9999, "").optional(),
    text("cutoff_provenance.date").optional(),
    count("report.iscn_edition", 1995.0, 2100.0),
    text("report.times_symbol"),
    switch("report.denominators"),
    word("report.ci", IntervalMethod::NAMES),
    real("report.ci_level", 0.5, 0.9999, ""),
    text("verify.*.key"),
    text("verify.*.reason"),
    text("verify.*.reference"),
    text("validation.laboratory"),
    text("validation.date"),
    text("validation.document").optional(),
    word("secondary.comparator", Comparator::NAMES),
    cutoff("secondary.monosomy_percent").optional(),
    cutoff("secondary.polysomy_percent").optional(),
    cutoff("secondary.amplification_percent").optional(),
    text("codes.system"),
    text("codes.observation"),
    text("codes.test").optional(),
    text("codes.method"),
    text("codes.gene"),
    text("codes.iscn"),
    text("codes.source_class"),
    text("codes.iscn_system"),
];

/// The channels that a probe can be seen in.
const COLOURS: [&str; 2] = [Colour::Red.name(), Colour::Green.name()];

const SINGLE: &[Key] = &[
    count("decision.cells", 1.0, 100_000.0),
    cutoff("decision.cutoff_percent"),
    word("decision.comparator", Comparator::NAMES),
];

const TWO_STAGE: &[Key] = &[
    count("decision.neg_lt", 1.0, 100_000.0),
    count("decision.pos_gt", 1.0, 100_000.0),
    cutoff("decision.final_cutoff_percent"),
    word("decision.comparator", Comparator::NAMES),
];

const PER_PATTERN: &[Key] = &[
    count("decision.cells", 1.0, 100_000.0),
    cutoff("decision.total_cutoff_percent"),
    word("decision.comparator", Comparator::NAMES),
    cutoff("decision.patterns.*"),
];

/// All keys of a file with a type of decision. If the type is missing or unknown, the keys of every type are allowed and
/// none of them is needed.
pub(super) fn keys_for(decision: Option<&str>) -> Vec<Key> {
    let own = match decision {
        Some("single") => SINGLE.to_vec(),
        Some("two_stage") => TWO_STAGE.to_vec(),
        Some("per_pattern") => PER_PATTERN.to_vec(),
        _ => [SINGLE, TWO_STAGE, PER_PATTERN].concat().into_iter().map(Key::optional).collect(),
    };
    KEYS.iter().copied().chain(own).collect()
}
