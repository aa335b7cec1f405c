//! Allowed ranges of all numbers of an assay, in one table.

use toml::Value;

use super::problem::Problem;

/// Allowed range of the number at a key. A level `*` stands for every key or element.
struct Allowed {
    key: &'static str,
    low: f64,
    high: f64,
    whole: bool,
    unit: &'static str,
}

const fn real(key: &'static str, low: f64, high: f64, unit: &'static str) -> Allowed {
    Allowed { key, low, high, whole: false, unit }
}

const fn count(key: &'static str, low: f64, high: f64) -> Allowed {
    Allowed { key, low, high, whole: true, unit: "" }
}

/// The limits keep out nonsense and do not say what is good practice: published values lie well inside (cutoffs 1 to 30 %,
/// 50 to 500 nuclei, distances 1 to 4 diameters or 0.5 to 1.2 um).
const ALLOWED: &[Allowed] = &[
    real("section_thickness_um", 1.0, 50.0, " um"),
    real("expected_nucleus_diameter_um", 2.0, 50.0, " um"),
    real("probe.gap_kb", 0.0, 10_000.0, " kb"),
    real("probe.five_prime.kb", 1.0, 10_000.0, " kb"),
    real("probe.three_prime.kb", 1.0, 10_000.0, " kb"),
    count("normal.fused.female", 1.0, 2.0),
    count("normal.fused.male", 1.0, 2.0),
    real("split.min_distance.value", 0.05, 100.0, ""),
    real("split.min_distance.fixed_um", 0.1, 3.0, " um"),
    real("split.diameter_um.min", 0.1, 3.0, " um"),
    real("split.diameter_um.max", 0.1, 3.0, " um"),
    real("split.grey_zone.low", 0.0, 100.0, ""),
    real("split.grey_zone.high", 0.0, 100.0, ""),
    real("doublet.max_gap_diameter", 0.0, 5.0, " signal diameters"),
    real("doublet.size_ratio_max", 1.0, 20.0, ""),
    count("gain.min_fused", 2.0, 20.0),
    count("amplification.min_fused", 3.0, 100.0),
    count("evaluable.min_each_colour", 0.0, 10.0),
    count("evaluable.min_fused", 0.0, 2.0),
    count("evaluable.max_signals", 2.0, 1000.0),
    real("evaluable.area_um2.*", 0.0, 5000.0, " um2"),
    real("evaluable.min_snr_green", 0.0, 1000.0, ""),
    real("evaluable.min_snr_red", 0.0, 1000.0, ""),
    count("reading.min_tumour_cells", 1.0, 100_000.0),
    count("reading.fields_min", 1.0, 1000.0),
    count("reading.stages.*.cells", 1.0, 100_000.0),
    count("reading.stages.*.reader", 1.0, 10.0),
    count("decision.cells", 1.0, 100_000.0),
    real("decision.cutoff_percent", 0.1, 90.0, " %"),
    real("decision.final_cutoff_percent", 0.1, 90.0, " %"),
    real("decision.total_cutoff_percent", 0.1, 90.0, " %"),
    real("decision.patterns.*", 0.1, 90.0, " %"),
    count("decision.neg_lt", 1.0, 100_000.0),
    count("decision.pos_gt", 1.0, 100_000.0),
    real("borderline.low_percent", 0.0, 100.0, " %"),
    real("borderline.high_percent", 0.0, 100.0, " %"),
    count("cutoff_provenance.n_normals", 1.0, 100_000.0),
    count("cutoff_provenance.cells_per_normal", 1.0, 100_000.0),
    real("cutoff_provenance.confidence", 0.5, 0.9999, ""),
    count("report.iscn_edition", 1995.0, 2100.0),
    real("report.ci_level", 0.5, 0.9999, ""),
];

/// Checks every number that is there; a missing one is left to the type's own rules.
pub(super) fn check(values: &Value) -> Result<(), Problem> {
    ALLOWED.iter().try_for_each(|allowed| {
        let levels: Vec<&str> = allowed.key.split('.').collect();
        check_level(values, &levels, &mut Vec::new(), allowed)
    })
}

fn check_level(
    value: &Value,
    levels: &[&str],
    path: &mut Vec<String>,
    allowed: &Allowed,
) -> Result<(), Problem> {
    let Some((level, rest)) = levels.split_first() else {
        return check_number(value, path, allowed);
    };
    let children: Vec<(String, &Value)> = match (value, *level) {
        (Value::Table(table), "*") => table.iter().map(|(k, v)| (k.clone(), v)).collect(),
        (Value::Array(items), "*") => items.iter().enumerate().map(|(i, v)| (i.to_string(), v)).collect(),
        (Value::Table(table), key) => table.get(key).map(|v| (key.to_owned(), v)).into_iter().collect(),
        _ => Vec::new(),
    };
    for (key, child) in children {
        path.push(key);
        check_level(child, rest, path, allowed)?;
        path.pop();
    }
    Ok(())
}

fn check_number(value: &Value, path: &[String], allowed: &Allowed) -> Result<(), Problem> {
    let number = match value {
        Value::Integer(n) => Some(*n as f64),
        Value::Float(x) if !allowed.whole => Some(*x),
        _ => None,
    };
    let kind = if allowed.whole { "a whole number, " } else { "" };
    let range = format!("{kind}{} to {}{}", allowed.low, allowed.high, allowed.unit);
    // NaN and infinities are in no range.
    match number {
        Some(x) if (allowed.low..=allowed.high).contains(&x) => Ok(()),
        Some(_) => {
            Err(Problem::new(path.join("."), format!("{} is out of range: allowed is {range}", shown(value))))
        }
        None => Err(Problem::new(
            path.join("."),
            format!("{} is not such a number: allowed is {range}", shown(value)),
        )),
    }
}

/// A value as in a message.
fn shown(value: &Value) -> String {
    match value {
        Value::Integer(n) => n.to_string(),
        Value::Float(x) => x.to_string(),
        Value::String(s) => format!("the text \"{s}\""),
        Value::Boolean(b) => b.to_string(),
        Value::Datetime(_) => "a date".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        Value::Table(_) => "a table".to_owned(),
    }
}
