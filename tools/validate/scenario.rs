//! What is read: the named conditions, a grid around two of them, weak signals, normals, and other physics.

use std::ops::Range;

use anyhow::{Result, bail};
use breakapart::simulate::{Conditions, SimulatedField, simulate_field};

use crate::arguments::Arguments;
use crate::grid;
use crate::jpeg;

/// Edge of a field with `--quick`, px.
const QUICK_SIZE_PX: usize = 640;

/// What the names of normals begin with.
const NORMAL: &str = "normal/";

/// Which set of conditions a scenario belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Set {
    /// The simulator's named conditions.
    Named,
    /// One parameter varied at a time.
    Grid,
    /// Green so weak that signals are lost below detection: what counts is that no verdict rests on them.
    Weak,
    /// Named conditions without any rearrangement.
    Normal,
    /// The simulator's named conditions with other physics. Read only if asked for, so that what is pooled over all
    /// specimens stays comparable.
    Physics,
}

impl Set {
    pub(crate) const ALL: [Self; 5] = [Self::Named, Self::Grid, Self::Weak, Self::Normal, Self::Physics];

    /// The word used in tables.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Named => "named",
            Self::Grid => "grid",
            Self::Weak => "weak_signals",
            Self::Normal => "normal",
            Self::Physics => "physics",
        }
    }
}

/// One condition to read.
#[derive(Debug, Clone)]
pub(crate) struct Scenario {
    pub(crate) set: Set,
    pub(crate) conditions: Conditions,
    /// Quality at which the fields pass through a JPEG file.
    pub(crate) jpeg_quality: Option<u8>,
    /// Seeds of the specimens to simulate.
    pub(crate) seeds: Range<u64>,
}

impl Scenario {
    pub(crate) fn name(&self) -> &str {
        &self.conditions.name
    }

    /// The named condition that a scenario is, or is the normal of.
    pub(crate) fn named(&self) -> &str {
        self.name().strip_prefix(NORMAL).unwrap_or(self.name())
    }

    /// Simulates a field as the reader gets it.
    pub(crate) fn field(&self, seed: u64, index: u32) -> Result<SimulatedField> {
        let mut simulated = simulate_field(&self.conditions, seed, index)?;
        if let Some(quality) = self.jpeg_quality {
            simulated.field = jpeg::through_jpeg(&simulated.field, quality)?;
        }
        Ok(simulated)
    }

    /// Whether it goes by this name or belongs to the set or grid axis of this name.
    fn is(&self, name: &str) -> bool {
        let own = self.name();
        own == name
            || self.set.name() == name
            || own.strip_prefix(name).is_some_and(|rest| rest.starts_with('/'))
    }
}

/// The scenarios that were asked for, in the order of the table.
pub(crate) fn chosen(arguments: &Arguments) -> Result<Vec<Scenario>> {
    let first = arguments.first_seed;
    let seeds = first..first + u64::from(arguments.seeds);
    let mut scenarios = named(&seeds)?;
    scenarios.extend(grid::scenarios(first)?);
    scenarios.extend(grid::weak(first)?);
    scenarios.extend(normals(first)?);
    scenarios.extend(physics(&seeds)?);
    for name in &arguments.conditions {
        if !scenarios.iter().any(|scenario| scenario.is(name)) {
            let known: Vec<&str> = scenarios.iter().map(Scenario::name).collect();
            bail!("no condition or set of them is named `{name}`; there are {}", known.join(", "));
        }
    }
    if arguments.conditions.is_empty() {
        scenarios.retain(|scenario| scenario.set != Set::Physics);
    } else {
        scenarios.retain(|scenario| arguments.conditions.iter().any(|name| scenario.is(name)));
    }
    if arguments.quick {
        for scenario in &mut scenarios {
            scenario.seeds.end = scenario.seeds.start + 1;
            scenario.conditions.size_px = scenario.conditions.size_px.min(QUICK_SIZE_PX);
        }
    }
    Ok(scenarios)
}

/// All named conditions but stacks, which this crate does not read yet.
fn named(seeds: &Range<u64>) -> Result<Vec<Scenario>> {
    let mut scenarios = of_names(Conditions::names()?, Set::Named, seeds)?;
    scenarios.retain(|scenario| scenario.conditions.optics.planes == 1);
    Ok(scenarios)
}

/// The conditions with other physics; stacks among them are read as their projection.
fn physics(seeds: &Range<u64>) -> Result<Vec<Scenario>> {
    of_names(Conditions::physics_names()?, Set::Physics, seeds)
}

fn of_names(names: Vec<String>, set: Set, seeds: &Range<u64>) -> Result<Vec<Scenario>> {
    let scenario = |name: String| -> Result<Scenario> {
        let conditions = Conditions::named(&name)?;
        Ok(Scenario { set, conditions, jpeg_quality: None, seeds: seeds.clone() })
    };
    names.into_iter().map(scenario).collect()
}

/// The hard ones among the named conditions, with no nucleus carrying a rearrangement.
fn normals(first_seed: u64) -> Result<Vec<Scenario>> {
    const HARD: [&str; 18] = [
        "astigmatic",
        "chromatic_magnification",
        "chromatic_shift",
        "coarse",
        "crosstalk",
        "crowded",
        "debris",
        "dim",
        "eight_bit",
        "gain",
        "hot_pixels",
        "saturated",
        "tissue_dense",
        "tissue_negative",
        "tissue_section",
        "tissue_stroma",
        "weak",
        "weak_green",
    ];
    let normal = |name: &str| -> Result<Scenario> {
        let mut conditions = Conditions::named(name)?;
        conditions.name = format!("{NORMAL}{name}");
        conditions.probes.rearranged_share = 0.0;
        Ok(Scenario { set: Set::Normal, conditions, jpeg_quality: None, seeds: first_seed..first_seed + 1 })
    };
    HARD.into_iter().map(normal).collect()
}
