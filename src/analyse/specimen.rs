//! From the measurements of a specimen's fields to its reading, step by step.
//!
//! Each step takes the result of the one before and hands on its own: gathered, calibrated, resolved, called, judged.

mod ambiguous_owner;
mod brightness;
mod calibration;
mod call;
mod crosstalk;
mod debris;
mod depth;
mod false_spots;
mod field_quality;
mod loss;
mod microscope;
mod neighbours;
mod nucleus;
mod outside_spots;
mod placed;
mod regions;
mod registration;
mod repeated;
mod rim;
mod rules;
mod shift;
mod signals;
mod state;
mod supplied;

use crate::analyse::{AnalyseParams, FieldMeasurement, SpecimenReading};
use crate::assay::Assay;
use crate::colour::{Colour, PerColour};
use crate::detect::find::CutOff;
use crate::error::{Error, Result};
use crate::pair::PairRule;
use crate::quality::{
    self, ClippedPeaks, CutOffBackground, FieldFacts, Finding, RunFacts, SpecimenFacts, SpecimenView,
    SuppliedFacts,
};
use crate::reading::{FieldReading, Instrument};
use crate::resolve;
use crate::resolve::nucleus::FusedEnds;
use crate::summarise::{Grounds, summarise};
use calibration::Calibration;
use loss::Loss;
use neighbours::ShownElsewhere;
use nucleus::{NucleusRecord, ResolvedRecord};
use state::Specimen;
pub use state::{CalibratedSpecimen, CalledSpecimen, ResolvedSpecimen};

/// Pools the fields of a specimen, estimates its instrument, and corrects chromatic shift and crosstalk.
pub(super) fn calibrate<'a>(
    name: &str,
    mut fields: Vec<FieldMeasurement>,
    assay: &'a Assay,
    params: &'a AnalyseParams,
) -> Result<CalibratedSpecimen<'a>> {
    if fields.is_empty() {
        return Err(Error::parameter("number of fields", 0, "at least 1"));
    }
    // By name: pooled sums must not depend on the order in which fields arrive.
    fields.sort_by(|a, b| a.name.cmp(&b.name));
    let repeated = repeated::take_out(&mut fields);
    let pixel_size = rules::common_pixel_size(name, &fields)?;
    let regions = regions::names(name, &fields)?;
    let diameters_px = rules::signal_diameters_px(&fields);
    let diameter_px = f64::midpoint(diameters_px[0], diameters_px[1]);
    let mut calibration = Calibration::estimate(&fields, diameters_px, params);
    calibration::even_out(&mut fields, params);
    let mut nuclei = nucleus::gather(&fields);
    let mut facts = field_facts(&fields, &nuclei);
    facts.repeated = repeated.places;
    let found_shift = shift::estimate(&nuclei, diameter_px, params);
    let shift = found_shift.shift;
    let corrected = shift.filter(|s| s.used);
    if let Some(shift) = corrected {
        // Of a slide, two lists of all candidates take much memory.
        drop(std::mem::take(&mut nuclei));
        nuclei = shift::apply(&mut fields, &shift, params);
    }
    if rim::assign(&mut fields, &nuclei, corrected.as_ref(), diameter_px, params) {
        drop(std::mem::take(&mut nuclei));
        nuclei = nucleus::gather_corrected(&fields, corrected.as_ref());
    }
    let crosstalk = crosstalk::estimate(&nuclei, corrected, diameter_px, &params.instrument);
    crosstalk::apply(&mut nuclei, &crosstalk);
    let diameters_px = calibration.measure_diameters(&nuclei, diameters_px, params);
    let mut rule = rules::pair_rule(name, assay, diameters_px, pixel_size, corrected)?;
    rule.depth = depth::rule(name, assay, &fields, &nuclei, (pixel_size, diameter_px))?;
    let specimen = Specimen { name: name.to_owned(), assay, params, pixel_size, diameters_px, regions };
    facts.supplied = SuppliedFacts {
        settings: supplied::settings(params),
        shift: found_shift.contradiction,
        diameter_px: PerColour::from_fn(|colour| supplied::diameter_px(&fields, colour)),
        noise: PerColour::from_fn(|colour| supplied::noise(&fields, colour, params)),
        crosstalk_from: crosstalk.measured(),
        crosstalk_estimated: crosstalk::is_estimated(&params.instrument),
    };
    let elsewhere = repeated.elsewhere;
    Ok(CalibratedSpecimen { specimen, fields, nuclei, elsewhere, calibration, shift, crosstalk, rule, facts })
}

/// Facts of the fields before any correction.
fn field_facts(fields: &[FieldMeasurement], nuclei: &[NucleusRecord]) -> SpecimenFacts {
    let of_field = |(index, field): (usize, &FieldMeasurement)| FieldFacts {
        name: field.name.clone(),
        notes: field.notes.clone(),
        segment_notes: field.segmentation.notes.clone(),
        noise_correlation: field.noise_correlation,
        brightness: PerColour::from_fn(|colour| brightness::brightness(nuclei, index, colour)),
        clipped: PerColour::from_fn(|colour| {
            let clipped = field.channels[colour.index()].clipped;
            ClippedPeaks { peaks: clipped.peaks, restored: clipped.restored }
        }),
        cut_off: PerColour::from_fn(|colour| {
            let cut = field.channels[colour.index()].cut_off?;
            let CutOff { step, at_floor_px, nuclei_px } = cut;
            Some(CutOffBackground { step, at_floor_px, nuclei_px })
        }),
        noise_scale_px: PerColour::from_fn(|colour| field.channels[colour.index()].noise_scale_px),
        bytes_swapped: field.bytes_swapped.clone(),
        supplied_spots: PerColour::from_fn(|colour| field.channels[colour.index()].supplied),
    };
    SpecimenFacts { fields: fields.iter().enumerate().map(of_field).collect(), ..SpecimenFacts::default() }
}

impl<'a> CalibratedSpecimen<'a> {
    /// The distances that decide, px.
    #[must_use]
    pub fn pair_rule(&self) -> &PairRule {
        &self.rule
    }

    /// The same specimen as part of a run.
    #[must_use]
    pub fn of_run(mut self, facts: RunFacts) -> Self {
        self.facts.run = facts;
        self
    }

    /// Decides which candidates are signals, from all nuclei together.
    #[must_use]
    pub fn resolve(self) -> ResolvedSpecimen<'a> {
        let Self { specimen, fields, mut nuclei, elsewhere, calibration, shift, crosstalk, rule, facts } =
            self;
        let params = specimen.params;
        let corrected = shift.filter(|s| s.used);
        let diameter_px = f64::midpoint(specimen.diameters_px[0], specimen.diameters_px[1]);
        let false_spots = outside_spots::learn(&fields, &nuclei, corrected.as_ref(), diameter_px);
        let candidates = nucleus::take_candidates(&mut nuclei);
        let teaching = nucleus::not_saturated(&nuclei, &candidates, params.classify.max_saturated_share);
        let crosstalk_share = crosstalk.crosstalk_share.into();
        let model = resolve::fit(&teaching, rule.split_distance_px, crosstalk_share, false_spots);
        let cutoff = specimen.assay.decision.cutoff().value() / 100.0;
        let decisions = resolve::resolve(&candidates, &model, cutoff);
        let mut nuclei = nucleus::resolved(nuclei, candidates, decisions, elsewhere);
        let deviations = params.summarise.deviations();
        let losses: [Option<Loss>; 2] = loss::estimate(&fields, &nuclei, &model, &params.detect, deviations);
        loss::apply(&losses, &mut nuclei);
        let fused = FusedEnds::sum(nuclei.iter().map(|n| n.decision.fused));
        let mut shown = ShownElsewhere::default();
        nuclei.iter().for_each(|n| shown.add(Colour::BOTH.map(|c| n.decision.shows(c))));
        let found = microscope::Found {
            calibration: &calibration,
            shift,
            crosstalk: &crosstalk,
            losses: &losses,
            fused: &fused,
            rule,
        };
        let instrument = microscope::instrument(&specimen, &fields, &model, &found);
        let shift = corrected;
        ResolvedSpecimen { specimen, fields, nuclei, model, shift, rule, shown, instrument, facts }
    }
}

impl<'a> ResolvedSpecimen<'a> {
    /// The instrument as estimated or supplied.
    #[must_use]
    pub fn instrument(&self) -> &Instrument {
        &self.instrument
    }

    /// Pairs the signals of every nucleus and calls the nuclei.
    ///
    /// # Errors
    /// As [`crate::pair::pair`]: the pairing rule and the places of the signals are finite numbers.
    pub fn call(mut self) -> Result<CalledSpecimen<'a>> {
        let mut rest = std::mem::take(&mut self.nuclei).into_iter();
        let mut readings = Vec::with_capacity(self.fields.len());
        for field in std::mem::take(&mut self.fields) {
            let own: Vec<ResolvedRecord> = rest.by_ref().take(field.segmentation.nuclei.len()).collect();
            readings.push(self.read_field(field, &own)?);
        }
        let deviations = self.specimen.params.summarise.deviations();
        let mut grounds = Grounds::worksheet(self.specimen.params.sex);
        grounds.fields = Some(readings.len());
        grounds.regions = self.specimen.regions.take();
        grounds.false_spots = false_spots::rate(&readings, &self.rule, deviations);
        let [red_px, green_px] = self.specimen.diameters_px;
        let Self { specimen, instrument, mut facts, .. } = self;
        facts.registration = registration::measure(&readings, f64::midpoint(red_px, green_px), self.shift);
        Ok(CalledSpecimen { specimen, fields: readings, instrument, grounds, facts })
    }
}

impl CalledSpecimen<'_> {
    /// The fields with their nuclei, signals, pairs and calls.
    #[must_use]
    pub fn fields(&self) -> &[FieldReading] {
        &self.fields
    }

    /// Checks the specimen: the findings that do not depend on the verdict.
    #[must_use]
    pub fn check(&self) -> Vec<Finding> {
        quality::check(&SpecimenView {
            assay: self.specimen.assay,
            sex: self.specimen.params.sex,
            fields: &self.fields,
            instrument: &self.instrument,
            facts: &self.facts,
        })
    }

    /// Checks the specimen and gives the verdict.
    ///
    /// # Errors
    /// As [`summarise`].
    pub fn judge(mut self) -> Result<SpecimenReading> {
        self.grounds.findings = self.check();
        let calls: Vec<_> = self.fields.iter().flat_map(|field| field.calls().cloned()).collect();
        let Specimen { name, assay, params, .. } = self.specimen;
        let summary = summarise(&calls, assay, &self.grounds, &params.summarise)?;
        Ok(SpecimenReading {
            schema_version: crate::analyse::SchemaVersion,
            name,
            assay: assay.clone(),
            fields: self.fields,
            instrument: self.instrument,
            grounds: self.grounds,
            params: params.summarise,
            summary,
        })
    }
}
