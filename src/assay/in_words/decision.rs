//! Rules about the nuclei that count, and the verdict.

use crate::assay::{Assay, Comparator, CutoffSource, Decision, IntervalMethod, Percent, TwoStage};

pub(super) fn counted(assay: &Assay) -> String {
    let rule = &assay.evaluable;
    let [low, high] = rule.area_um2;
    let mut parts = vec![
        match rule.min_each_colour {
            0 => "nuclei with signals of one colour only count too".to_owned(),
            n => format!("at least {n} signal of each colour"),
        },
        format!("at most {} signals of a colour", rule.max_signals),
        format!("area {low} to {high} um2"),
        format!("SNR of at least {} in green and {} in red", rule.min_snr_green, rule.min_snr_red),
    ];
    if rule.min_fused > 0 {
        parts.push(format!("at least {} fused pairs", rule.min_fused));
    }
    if rule.complete_nuclei_only {
        parts.push("only nuclei with every expected locus, intact or split".to_owned());
    }
    match (rule.exclude_overlap, rule.exclude_edge) {
        (true, true) => parts.push("not overlapping, not cut by the edge".to_owned()),
        (true, false) => parts.push("not overlapping".to_owned()),
        (false, true) => parts.push("not cut by the edge".to_owned()),
        (false, false) => {}
    }
    parts.join("; ")
}

pub(super) fn reading(assay: &Assay) -> String {
    let reading = &assay.reading;
    format!("at least {} tumour nuclei in at least {} fields", reading.min_tumour_cells, reading.fields_min)
}

pub(super) fn verdict(assay: &Assay) -> String {
    let mut parts = vec![match &assay.decision {
        Decision::Single(rule) => {
            let from = meets(rule.cutoff_percent, rule.comparator);
            format!("positive if {from} of {} or more evaluable nuclei are rearranged", rule.cells)
        }
        Decision::TwoStage(rule) => two_stage(assay, rule),
        Decision::PerPattern(rule) => {
            let from = |percent: Percent| meets(percent, rule.comparator);
            let pattern = |(pattern, percent): (&String, &Percent)| format!("{} {pattern}", from(*percent));
            let patterns: Vec<String> = rule.patterns.iter().map(pattern).collect();
            format!(
                "positive if {} of {} or more evaluable nuclei are rearranged, or {}",
                from(rule.total_cutoff_percent),
                rule.cells,
                patterns.join(", or ")
            )
        }
    }];
    parts.extend(assay.borderline.as_ref().map(|band| {
        format!("borderline from {} to below {}: {}", band.low_percent, band.high_percent, band.action)
    }));
    parts.join("; ")
}

fn meets(percent: Percent, comparator: Comparator) -> String {
    match comparator {
        Comparator::AtLeast => format!("at least {percent}"),
        Comparator::MoreThan => format!("more than {percent}"),
    }
}

fn two_stage(assay: &Assay, rule: &TwoStage) -> String {
    let cells = |stage: usize| assay.reading.stages.get(stage).map_or(0, |stage| stage.cells);
    format!(
        "a first reader counts {} nuclei: fewer than {} rearranged are negative, more than {} positive; otherwise a second \
         reader counts {} more, and both counts together are positive if {} are rearranged",
        cells(0),
        rule.neg_lt,
        rule.pos_gt,
        cells(1),
        meets(rule.final_cutoff_percent, rule.comparator)
    )
}

pub(super) fn source(assay: &Assay) -> String {
    let provenance = &assay.cutoff_provenance;
    let source = match provenance.source {
        CutoffSource::Kit => "the kit's instructions",
        CutoffSource::Literature => "literature",
        CutoffSource::LabValidated => "the laboratory's own normal controls",
        CutoffSource::Unstated => "not stated",
    };
    let mut parts = vec![format!("{source}: {}", provenance.method)];
    if let (Some(normals), Some(cells)) = (provenance.n_normals, provenance.cells_per_normal) {
        parts.push(format!("{normals} normal controls of {cells} nuclei or more"));
    }
    parts.extend(provenance.confidence.map(|confidence| format!("confidence {} %", as_percent(confidence))));
    parts.extend(provenance.date.clone());
    parts.join("; ")
}

/// A share in percent without the digits that binary numbers add.
fn as_percent(share: f64) -> f64 {
    (1e6 * share).round() / 1e4
}

pub(super) fn report(assay: &Assay) -> String {
    let report = &assay.report;
    let interval = match report.ci {
        IntervalMethod::Wilson => "Wilson",
        IntervalMethod::ClopperPearson => "Clopper-Pearson",
    };
    let level = as_percent(report.ci_level);
    format!("{level} % interval by {interval}; ISCN {}", report.iscn_edition)
}
