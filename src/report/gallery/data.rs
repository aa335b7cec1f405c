//! The data of the gallery's page.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::analyse::{FieldReading, NucleusReading, ReviewItem, SpecimenReading};
use crate::classify::{Exclusion, SignalPattern, is_rearranged};
use crate::decide::deviations;
use crate::error::Result;
use crate::pair::SignalStatus;
use crate::report::fate::{Fate, fates};
use crate::report::gallery::crop::{FieldCrops, NucleusCrop};
use crate::report::gallery::sheet::{CROPS_OF_ROW, CROPS_OF_SHEET, TILE_PX};
use crate::units::PixelSize;

/// Most signals of a kind that a person can enter: patterns with more are amplified or cannot be counted.
const MAX_ENTERED_SIGNALS: usize = 20;

/// The data of the page's program.
#[derive(Debug, Serialize)]
pub(super) struct Data<'a> {
    specimen: &'a str,
    assay: &'a str,
    /// Digest of the saved reading: a review fits this one.
    reading: &'a str,
    cutoff: f64,
    min_cells: usize,
    /// Standard deviations of the interval.
    z: f64,
    tile: usize,
    row: usize,
    sheet: usize,
    max_signals: usize,
    /// For each pattern (fused, red, green; the last runs fastest) whether it counts as rearranged: `1` or `0`.
    rearranged: String,
    fields: Vec<FieldData<'a>>,
    nuclei: Vec<NucleusData>,
}

#[derive(Debug, Serialize)]
struct FieldData<'a> {
    name: &'a str,
    um: Option<f64>,
    /// Its first sheet.
    sheet: usize,
}

#[derive(Debug, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a statement of its own")]
struct NucleusData {
    field: usize,
    id: u32,
    y: f64,
    x: f64,
    /// Its place among the crops of its field; `None` = there is no picture. Then it has no outline and no signals either.
    tile: Option<usize>,
    side: usize,
    pattern: [usize; 3],
    class: &'static str,
    exclusion: Option<&'static str>,
    evaluable: bool,
    rearranged: bool,
    doubtful: bool,
    /// Whether a person may count it here.
    may_count: bool,
    p: Option<f64>,
    outline: Vec<[i64; 2]>,
    /// Colour (0 = red), row, column, fate.
    signals: Vec<(usize, f64, f64, &'static str)>,
}

impl<'a> Data<'a> {
    pub(super) fn of(reading: &'a SpecimenReading, crops: &[FieldCrops], digest: &'a str) -> Result<Self> {
        let assay = &reading.assay;
        let max_signals = assay.evaluable.max_signals.min(MAX_ENTERED_SIGNALS);
        let mut sheet = 0;
        let mut fields = Vec::with_capacity(reading.fields.len());
        for field in &reading.fields {
            let um = field.pixel_size.map(PixelSize::um);
            fields.push(FieldData { name: &field.name, um, sheet });
            sheet +=
                crops_of(crops, &field.name).map_or(0, |crops| FieldCrops::sheet_count(crops.crops.len()));
        }
        Ok(Self {
            specimen: &reading.name,
            assay: &assay.id,
            reading: digest,
            cutoff: assay.decision.cutoff().value(),
            min_cells: assay.reading.min_tumour_cells,
            z: deviations(f64::midpoint(1.0, assay.report.ci_level)),
            tile: TILE_PX,
            row: CROPS_OF_ROW,
            sheet: CROPS_OF_SHEET,
            max_signals,
            rearranged: patterns(reading, max_signals),
            fields,
            nuclei: nuclei(reading, crops, max_signals)?,
        })
    }
}

impl Data<'_> {
    /// Nuclei, and those that have a picture.
    pub(super) fn counts(&self) -> (usize, usize) {
        (self.nuclei.len(), self.nuclei.iter().filter(|nucleus| nucleus.tile.is_some()).count())
    }
}

/// The crops of a field.
pub(super) fn crops_of<'c>(crops: &'c [FieldCrops], field: &str) -> Option<&'c FieldCrops> {
    crops.iter().find(|crops| crops.field == field)
}

fn patterns(reading: &SpecimenReading, max_signals: usize) -> String {
    let counts = 0..=max_signals;
    let all = counts.clone().flat_map(|fused| {
        let counts = counts.clone();
        counts.clone().flat_map(move |red| counts.clone().map(move |green| (fused, red, green)))
    });
    all.map(|(fused, red, green)| {
        let pattern = SignalPattern::from_counts(fused, red, green);
        if is_rearranged(&pattern, &reading.assay, reading.grounds.sex) { '1' } else { '0' }
    })
    .collect()
}

/// The nuclei in the order of review.
fn nuclei(reading: &SpecimenReading, crops: &[FieldCrops], max_signals: usize) -> Result<Vec<NucleusData>> {
    let mut signals = Vec::with_capacity(reading.fields.len());
    for field in &reading.fields {
        signals.push(by_nucleus(field, &fates(field)?));
    }
    let places: Vec<BTreeMap<u32, (usize, &NucleusCrop)>> = (reading.fields.iter())
        .map(|field| {
            let crops = crops_of(crops, &field.name).map_or(&[][..], |crops| &crops.crops);
            crops.iter().enumerate().map(|(i, crop)| (crop.nucleus_id, (i, crop))).collect()
        })
        .collect();
    let order = reading.review_order();
    let of = |item: &ReviewItem| {
        let nucleus = &reading.fields[item.field].nuclei[item.nucleus];
        let crop = places[item.field].get(&nucleus.nucleus.id).copied();
        let own = signals[item.field].get(&nucleus.nucleus.id).map_or(&[][..], Vec::as_slice);
        NucleusData::of(item.field, nucleus, crop, (own, max_signals))
    };
    Ok(order.iter().map(of).collect())
}

/// A signal: colour, row, column, fate.
type Mark = (usize, f64, f64, &'static str);

fn by_nucleus(field: &FieldReading, fates: &[Fate]) -> BTreeMap<u32, Vec<Mark>> {
    let mut marks: BTreeMap<u32, Vec<Mark>> = BTreeMap::new();
    for (signal, fate) in field.signals.iter().zip(fates).filter(|(signal, _)| signal.nucleus_id > 0) {
        let status = fate.status.map_or("isolated", SignalStatus::name);
        let mark = (signal.colour.index(), signal.y_px, signal.x_px, status);
        marks.entry(signal.nucleus_id).or_default().push(mark);
    }
    marks
}

impl NucleusData {
    fn of(
        field: usize,
        own: &NucleusReading,
        crop: Option<(usize, &NucleusCrop)>,
        (marks, max_signals): (&[Mark], usize),
    ) -> Self {
        let NucleusReading { nucleus, call, .. } = own;
        let pattern = &call.pattern;
        let corner = crop.map_or([0, 0], |(_, crop)| [crop.y0_px, crop.x0_px]);
        let tenth = |px: f64| (10.0 * px).round() / 10.0;
        Self {
            field,
            id: nucleus.id,
            y: tenth(nucleus.centroid_y_px),
            x: tenth(nucleus.centroid_x_px),
            tile: crop.map(|(tile, _)| tile),
            side: crop.map_or(1, |(_, crop)| crop.side_px),
            pattern: [pattern.fused, pattern.separated_red(), pattern.separated_green()],
            class: call.class.name(),
            exclusion: call.exclusion.map(Exclusion::name),
            evaluable: call.evaluable(),
            rearranged: call.rearranged,
            doubtful: call.doubtful || call.uncertain,
            may_count: call.exclusion != Some(Exclusion::Repeated)
                && [pattern.fused, pattern.separated_red(), pattern.separated_green()]
                    .iter()
                    .all(|n| *n <= max_signals),
            p: call.probability_rearranged.map(|p| (1000.0 * p).round() / 1000.0),
            outline: crop.map_or_else(Vec::new, |(_, crop)| crop.outline_px.clone()),
            signals: (marks.iter().filter(|_| crop.is_some()))
                .map(|&(colour, y, x, fate)| {
                    (colour, tenth(y - corner[0] as f64), tenth(x - corner[1] as f64), fate)
                })
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::colour::Colour;
    use crate::report::example::specimen_reading;

    /// A crop of the first nucleus in the order of review.
    fn crops_of_first(reading: &SpecimenReading) -> FieldCrops {
        let first = reading.review_order()[0];
        let field = &reading.fields[first.field];
        let nucleus_id = field.nuclei[first.nucleus].nucleus.id;
        let crop = NucleusCrop { nucleus_id, y0_px: 0, x0_px: 0, side_px: 9, outline_px: vec![[1, 1]] };
        FieldCrops { field: field.name.clone(), crops: vec![crop], sheets: Vec::new() }
    }

    #[test]
    fn every_nucleus_is_listed_with_what_its_patterns_count_as() {
        let reading = specimen_reading();
        let crops = [crops_of_first(&reading)];
        let data = Data::of(&reading, &crops, "x").unwrap();
        let nuclei: usize = reading.fields.iter().map(|field| field.nuclei.len()).sum();
        assert_eq!(data.nuclei.len(), nuclei);
        assert_eq!(data.rearranged.len(), (data.max_signals + 1).pow(3));
        let n = data.max_signals + 1;
        let at = |fused: usize, red: usize, green: usize| {
            data.rearranged.as_bytes()[(fused * n + red) * n + green]
        };
        assert_eq!([at(2, 0, 0), at(1, 1, 1), at(1, 1, 0), at(1, 0, 1)], *b"0110");
        assert_eq!(data.nuclei[0].signals.iter().filter(|mark| mark.0 == Colour::Red.index()).count(), 2);
        assert_eq!(data.counts(), (nuclei, 1));
        let is_bare = |nucleus: &NucleusData| nucleus.signals.is_empty() && nucleus.outline.is_empty();
        assert!(data.nuclei[1..].iter().all(|nucleus| nucleus.tile.is_none() && is_bare(nucleus)));
    }
}
