//! The gallery as a section of the specimen's page.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{Markup, PreEscaped, html};
use serde::Serialize;

use crate::analyse::SpecimenReading;
use crate::classify::Exclusion;
use crate::error::{Error, Location, Result};
use crate::report::gallery::crop::FieldCrops;
use crate::report::gallery::data::{Data, crops_of};
use crate::report::html::{Gallery, ReportExtras};

/// Reasons that a person can leave a nucleus out for, the most common first.
const REASONS: [(&str, &str); 8] = [
    (Exclusion::Overlapping.name(), "overlapping nuclei"),
    ("not_tumour", "not a tumour nucleus"),
    (Exclusion::NotANucleus.name(), "not a nucleus"),
    ("truncated", "truncated"),
    (Exclusion::WeakProbe.name(), "weak signals"),
    (Exclusion::Debris.name(), "debris or background"),
    (Exclusion::OutOfFocus.name(), "out of focus"),
    ("other", "other"),
];

/// Buttons: key, name.
const BUTTONS: [(&str, &str); 7] = [
    ("a", "Accept"),
    ("x", "Exclude"),
    ("r", "Count as read"),
    ("d", "Next doubtful"),
    ("u", "Undo"),
    ("c", "Next channel"),
    ("s", "Save review.csv"),
];

/// Switches: key, name, state of the program, whether it is on.
const SWITCHES: [(&str, &str, &str, bool); 2] =
    [("b", "Subtract background", "background", false), ("m", "Marks", "marks", true)];

impl ReportExtras {
    /// The same with the crops of the nuclei, which a person reviews. `digest` names what was read: a review of the page repeats it.
    ///
    /// # Errors
    /// [`Error::Malformed`] if the reading contradicts itself.
    pub fn with_gallery(
        mut self,
        reading: &SpecimenReading,
        crops: &[FieldCrops],
        digest: &str,
    ) -> Result<Self> {
        self.gallery = Some(gallery(reading, crops, digest)?);
        Ok(self)
    }
}

fn gallery(reading: &SpecimenReading, crops: &[FieldCrops], digest: &str) -> Result<Gallery> {
    let data = Data::of(reading, crops, digest)?;
    let (nuclei, pictured) = data.counts();
    let uri = |jpeg: &Vec<u8>| format!("data:image/jpeg;base64,{}", STANDARD.encode(jpeg));
    let of_fields = reading.fields.iter().filter_map(|field| crops_of(crops, &field.name));
    let sheets: Vec<String> = of_fields.flat_map(|crops| crops.sheets.iter().map(uri)).collect();
    let markup = html! {
        section #review aria-labelledby="gallery" {
            h2 #gallery { "Review of the nuclei" }
            noscript { p { "The gallery needs JavaScript. It loads nothing from outside." } }
            p { "The nuclei that would change the verdict come first, then the least certain. Every decision is kept in this browser until \
                 you save it." }
            @if pictured < nuclei {
                p { (pictured) " of " (nuclei) " nuclei have a picture: the first ones in the order of review." }
            }
            output #live-counts aria-live="polite" {}
            p #review-progress {}
            (tools())
            p #review-message role="status" {}
            (viewer())
            nav aria-label="Pages of nuclei" { p { span #page-place {} " (Page Up, Page Down)" } }
            p .note { "Frames: orange, rearranged; blue, not rearranged; grey and dashed, not counted. " kbd { "?" } " is doubtful, " kbd { "*" } " \
                 is decided." }
            ol #cards .cards aria-label="Nuclei in the order of review" {}
        }
        (json("gallery-data", &data)?)
        (json("gallery-sheets", &sheets)?)
    };
    Ok(Gallery {
        markup,
        style: include_str!("gallery.css").to_owned(),
        script: include_str!("gallery.js").to_owned(),
    })
}

fn tools() -> Markup {
    html! {
        div .review-tools role="group" aria-label="Decisions" {
            label { "Reader" input #reader type="text" autocomplete="name" maxlength="80"; }
            label hidden { "Saved here" select #earlier {} }
            label { "Show" select #filter {
                option value="all" { "all, in the order of review" }
                option value="doubtful" { "doubtful" }
                option value="rearranged" { "rearranged" }
                option value="excluded" { "not counted" }
                option value="changed" { "decided" }
            } }
            @for (key, name) in BUTTONS {
                button type="button" data-key=(key) { (name) " " kbd { (key) } }
            }
            @for (key, name, state, is_on) in SWITCHES {
                button #{ "toggle-" (state) } type="button" data-key=(key) aria-pressed=(is_on) { (name) " " kbd { (key) } }
            }
            label { "Pattern (p)" input #pattern type="text" size="8" maxlength="12" autocomplete="off"; }
            button #set-pattern type="button" { "Set pattern " kbd { "Enter" } }
            label { "Reason to exclude" select #reason {
                @for (word, name) in REASONS { option value=(word) { (name) } }
            } }
        }
    }
}

fn viewer() -> Markup {
    let crops =
        [("merged", "All channels"), ("counterstain", "Counterstain"), ("red", "Red"), ("green", "Green")];
    let facts = [
        ("place", "Place"),
        ("name", "Nucleus"),
        ("read", "Read as"),
        ("probability", "Probability of a rearrangement"),
        ("where", "Place in the field"),
        ("change", "Decision"),
    ];
    html! {
        div #viewer tabindex="0" role="group" aria-label="The nucleus under review: arrow keys go to the next and the last one" {
            div .crops {
                @for (id, name) in crops {
                    figure { canvas #{ "crop-" (id) } role="img" aria-label=(name) {} figcaption { (name) } }
                }
            }
            p .note { "Marks: ring, fused; square, split; diamond, isolated; dotted ring, another spot of a counted signal. Orange marks are of \
                 red signals, white marks of green ones." }
            dl .nucleus-facts {
                @for (id, name) in facts { dt { (name) } dd #{ "nucleus-" (id) } {} }
            }
        }
    }
}

/// Data for the page's program. No text in it can end the element.
fn json(id: &str, value: &impl Serialize) -> Result<Markup> {
    let fault = |e: serde_json::Error| Error::malformed(Location::default(), format!("the gallery: {e}"));
    let text = serde_json::to_string(value).map_err(fault)?.replace('<', "\\u003c");
    Ok(html! { script #(id) type="application/json" { (PreEscaped(text)) } })
}
