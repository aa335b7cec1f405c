//! Progress for programs: a JSON object a line on stdout.

use std::io::{Write, stdout};

use breakapart::run::{Event, Observer, Urgency};
use serde_json::{Value, json};

use super::interrupt;

/// Writes each step as a line of JSON.
pub(super) struct JsonLines;

impl Observer for JsonLines {
    fn on(&self, event: Event<'_>) {
        if let Some(line) = line(event) {
            // A reader that closes stdout has read enough; the results are in files.
            let _ = writeln!(stdout(), "{line}");
        }
    }

    fn is_cancelled(&self) -> bool {
        interrupt::is_interrupted()
    }
}

fn line(event: Event<'_>) -> Option<Value> {
    Some(match event {
        Event::Started { results, kept, fields, bytes, .. } => {
            json!({"event": "started", "results": results, "kept": kept, "fields": fields, "bytes": bytes})
        }
        Event::PutAside { specimen, to, .. } => {
            json!({"event": "put_aside", "specimen": specimen, "to": to.display().to_string()})
        }
        Event::Field { specimen, field, place: (number, of), pixels, bytes, error, .. } => json!({
            "event": "field", "specimen": specimen, "field": field, "number": number, "of": of, "pixels": pixels, "bytes": bytes, "error": error,
        }),
        Event::Result { record, outcome, kept, .. } => {
            let row = outcome.map(|outcome| &outcome.row);
            json!({
                "event": "result",
                "specimen": record.specimen,
                "assay": record.settings.as_ref().map(|settings| &settings.assay),
                "input": record.input,
                "status": record.status,
                "error": record.error,
                "kept": kept,
                "verdict": row.map(|row| row.verdict),
                "rearranged": row.map(|row| row.rearranged),
                "evaluable": row.map(|row| row.evaluable),
                "percent_rearranged": row.and_then(|row| row.percent_rearranged),
                "confirm": row.map(|row| row.confirm),
                "withheld_by": row.map(|row| &row.withheld_by),
                "asks_for_attention": Urgency::of(outcome) != Urgency::Clear,
            })
        }
        Event::Slide { specimen, field, done_px, all_px, .. } => {
            json!({"event": "slide", "specimen": specimen, "field": field, "done_px": done_px, "all_px": all_px})
        }
        Event::Again { results, .. } => json!({"event": "again", "results": results}),
        _ => return None,
    })
}
