//! The verdicts on stdout: a table on a terminal, a line each in a pipe.

use std::io::{IsTerminal, Write, stdout};

use breakapart::report::{InputRecord, InputStatus, SpecimenRow};

/// Prints a line for each input. That stdout was closed by its reader is no failure of the run.
pub(crate) fn print(rows: &[SpecimenRow], inputs: &[InputRecord]) {
    let mut lines =
        vec![["specimen", "verdict", "rearranged", "%", "95 % interval", "note"].map(str::to_owned)];
    for input in inputs {
        let row = rows.iter().find(|row| Some(&row.specimen) == input.specimen.as_ref());
        lines.push(line(input, row));
    }
    if let Some(level) = rows.iter().find_map(|row| row.level) {
        lines[0][4] = format!("{:.0} % interval", 100.0 * level);
    }
    let mut out = stdout().lock();
    let terminal = out.is_terminal();
    let widths: [usize; 6] =
        std::array::from_fn(|i| lines.iter().map(|line| line[i].chars().count()).max().unwrap_or(0));
    for line in lines.iter().skip(usize::from(!terminal)) {
        let text = if terminal {
            let cells = line.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}"));
            cells.collect::<Vec<_>>().join("  ")
        } else {
            line.join("\t")
        };
        if writeln!(out, "{}", text.trim_end()).is_err() {
            return;
        }
    }
}

fn line(input: &InputRecord, row: Option<&SpecimenRow>) -> [String; 6] {
    let name = input.specimen.clone().unwrap_or_else(|| input.input.clone());
    let Some(row) = row else {
        return [name, "failed".to_owned(), String::new(), String::new(), String::new(), String::new()];
    };
    let mut notes = Vec::new();
    if input.status == InputStatus::Incomplete {
        notes.push(format!("{} of {} fields failed", row.failed_fields, row.fields + row.failed_fields));
    }
    if !row.withheld_by.is_empty() {
        notes.push(format!("withheld: {}", row.withheld_by.join(", ")));
    }
    if row.borderline {
        notes.push("borderline".to_owned());
    }
    if row.confirm {
        notes.push("confirm".to_owned());
    }
    [
        name,
        row.verdict.name().to_owned(),
        format!("{} of {}", row.rearranged, row.evaluable),
        row.percent_rearranged.map_or_else(String::new, |percent| format!("{percent:.1}")),
        row.wilson_percent.map_or_else(String::new, |(low, high)| format!("{low:.1} to {high:.1}")),
        notes.join(", "),
    ]
}
