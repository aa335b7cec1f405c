//! Tests of the page: its codes and its structure.

use std::collections::BTreeSet;

use maud::html;
use proptest::prelude::*;

use super::document::{SECTIONS, report_html};
use super::page::Gallery;
use super::{InputDigest, NucleusDecision, Provenance, ReaderRecord, ReportExtras, ReviewRecord};
use crate::analyse::SpecimenReading;
use crate::decide::Verdict;
use crate::quality::Effect;
use crate::report::example::specimen_reading;

/// A reading with this verdict, as the summary gives it.
fn reading(verdict: Verdict) -> SpecimenReading {
    let mut reading = specimen_reading();
    (reading.summary.verdict, reading.summary.by_rule) = (verdict, verdict);
    reading
}

fn page_of(reading: &SpecimenReading, extras: &ReportExtras) -> String {
    report_html(reading, &[], extras).unwrap()
}

/// The page as a tree: it must be well-formed, as XML is.
fn with_tree<T>(page: &str, look: impl FnOnce(&roxmltree::Document<'_>) -> T) -> T {
    // HTML has elements without an end, and a declaration that XML does not know.
    let mut text = page.replacen("<!DOCTYPE html>", "", 1);
    for element in ["<meta ", "<link "] {
        let mut closed = String::new();
        for (i, piece) in text.split(element).enumerate() {
            if i == 0 {
                closed.push_str(piece);
            } else {
                let (attributes, rest) = piece.split_once('>').unwrap();
                closed.extend([element, attributes, "/>", rest]);
            }
        }
        text = closed;
    }
    look(&roxmltree::Document::parse(&text).unwrap())
}

#[test]
fn headings_stand_in_their_order_and_ids_are_unique() {
    with_tree(&page_of(&reading(Verdict::Positive), &ReportExtras::default()), |tree| {
        let elements = || tree.descendants().filter(roxmltree::Node::is_element);
        let ids: Vec<&str> = elements().filter_map(|node| node.attribute("id")).collect();
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{ids:?}");
        let sections: Vec<&str> = elements()
            .filter(|node| node.has_tag_name("h2"))
            .filter_map(|node| node.attribute("id"))
            .collect();
        let without_gallery: Vec<&str> =
            SECTIONS.iter().map(|(id, _)| *id).filter(|id| !["gallery", "reviewed"].contains(id)).collect();
        assert_eq!(sections, without_gallery);
        for link in elements().filter_map(|node| node.attribute("href")).filter(|href| href.starts_with('#'))
        {
            assert!(ids.contains(&&link[1..]), "{link} leads nowhere");
        }
        assert_eq!(elements().filter(|node| node.has_tag_name("h1")).count(), 1);
        for header in elements().filter(|node| node.has_tag_name("th")) {
            assert!(header.attribute("scope").is_some(), "{:?}", header.text());
        }
    });
}

#[test]
fn the_verdict_its_conclusion_and_its_meaning_are_of_one_mind() {
    for verdict in Verdict::ALL {
        with_tree(&page_of(&reading(verdict), &ReportExtras::default()), |tree| {
            for key in ["data-verdict", "data-conclusion", "data-meaning"] {
                let values: Vec<&str> = tree.descendants().filter_map(|node| node.attribute(key)).collect();
                assert_eq!(values, [verdict.name()], "{key}");
            }
        });
    }
}

#[test]
fn findings_keep_their_order_and_their_effect() {
    let mut reading = reading(Verdict::Positive);
    let finding = reading.summary.findings[0].clone();
    reading.summary.findings = Effect::ALL
        .map(|effect| {
            let mut finding = finding.clone();
            finding.effect = effect;
            finding
        })
        .into();
    with_tree(&page_of(&reading, &ReportExtras::default()), |tree| {
        let effects: Vec<&str> =
            tree.descendants().filter_map(|node| node.attribute("data-effect")).collect();
        assert_eq!(effects, Effect::ALL.map(Effect::name));
    });
}

#[test]
fn patterns_and_exclusions_are_those_of_the_summary() {
    with_tree(&page_of(&reading(Verdict::Positive), &ReportExtras::default()), |tree| {
        let of = |key: &str| -> Vec<String> {
            tree.descendants().filter_map(|node| node.attribute(key)).map(str::to_owned).collect()
        };
        assert_eq!(of("data-pattern"), ["1F1R1G"]);
        assert_eq!(of("data-rearranged"), ["true"]);
        assert_eq!(of("data-exclusion"), ["one_colour_only"]);
        let not_validated: Vec<String> =
            specimen_reading().assay.not_validated().map(str::to_owned).collect();
        assert_eq!(of("data-key"), not_validated);
    });
}

#[test]
fn nothing_is_loaded_from_outside() {
    let input = InputDigest { field: "f".to_owned(), name: "f.tif".to_owned(), blake3: "ab".repeat(32) };
    let mut extras = ReportExtras::default()
        .with_provenance(Provenance::new("cd".repeat(32), vec![input]))
        .with_fact("note", "a <b> & \"c\"");
    let page = page_of(&reading(Verdict::Positive), &extras);
    for outside in ["href=\"http", "src=", "@import", "url(", "<script"] {
        let at = page.find(outside);
        assert!(at.is_none(), "{outside}: {:?}", at.map(|at| page.get(at.saturating_sub(80)..at + 80)));
    }
    assert!(page.contains("a &lt;b&gt; &amp; &quot;c&quot;") && !page.contains("script-src"));
    extras.gallery = Some(Gallery {
        markup: html! { section aria-label="Gallery" { "nuclei" } },
        style: ".mine { color: red; }".to_owned(),
        script: "let mine = 1;".to_owned(),
    });
    let with_gallery = page_of(&reading(Verdict::Positive), &extras);
    for piece in ["script-src 'unsafe-inline'", "<script>let mine = 1;</script>", ".mine { color: red; }"] {
        assert!(with_gallery.contains(piece), "{piece}");
    }
    assert!(with_gallery.contains("<div class=\"gallery\">"));
}

#[test]
fn the_string_of_the_specimen_is_that_of_its_row() {
    let reading = reading(Verdict::Positive);
    let iscn = crate::report::SpecimenIscn::of(&reading).unwrap();
    with_tree(&page_of(&reading, &ReportExtras::default()), |tree| {
        let found: Vec<&str> = tree.descendants().filter_map(|node| node.attribute("data-iscn")).collect();
        assert_eq!(found, [iscn.text.as_str()]);
    });
}

#[test]
fn a_long_review_lists_thirty_nuclei_and_counts_all() {
    let mut program = reading(Verdict::Positive);
    let own = program.fields[0].nuclei[0].clone();
    program.fields[0].nuclei = (1..=40)
        .map(|id| {
            let mut nucleus = own.clone();
            (nucleus.nucleus.id, nucleus.call.nucleus_id) = (id, id);
            nucleus
        })
        .collect();
    let mut reviewed = program.clone();
    for nucleus in reviewed.fields[0].nuclei.iter_mut().take(35) {
        (nucleus.call.rearranged, nucleus.call.edited) = (false, true);
    }
    let field = &program.fields[0].name;
    let decision =
        |id| NucleusDecision { field: field.clone(), nucleus_id: id, ..NucleusDecision::default() };
    let mut record = ReviewRecord::new(&program, &reviewed, (1..=38).map(decision).collect());
    let reader = ReaderRecord { name: "<A>".to_owned(), reviews: 1, ..ReaderRecord::default() };
    record.readers.push(reader);
    with_tree(&page_of(&reviewed, &ReportExtras::default().with_review(record)), |tree| {
        let of =
            |key: &str| -> Vec<&str> { tree.descendants().filter_map(|node| node.attribute(key)).collect() };
        assert_eq!((of("data-changed"), of("data-accepted")), (vec!["35"], vec!["3"]));
        assert_eq!((of("data-nucleus").len(), of("data-reader")), (30, vec!["<A>"]));
        assert_eq!(of("data-verdict").len(), 1);
    });
}

#[test]
fn a_gene_without_a_text_has_no_section_in_plain_words() {
    let mut reading = reading(Verdict::Positive);
    reading.assay.gene = "RET".to_owned();
    let page = page_of(&reading, &ReportExtras::default());
    assert!(!page.contains("plain-words") && page.contains("id=\"settings\""));
}

#[test]
fn a_reading_without_nuclei_signals_or_numbers_has_a_page() {
    let mut empty = reading(Verdict::NotEvaluable);
    empty.summary.percent_rearranged = None;
    (empty.summary.wilson, empty.summary.clopper_pearson) = (None, None);
    (empty.summary.evaluable, empty.summary.rearranged, empty.summary.nuclei) = (0, 0, 0);
    empty.fields[0].nuclei.clear();
    empty.fields[0].pixel_size = None;
    page_of(&empty, &ReportExtras::default());
    empty.fields.clear();
    page_of(&empty, &ReportExtras::default());
}

proptest! {
    #[test]
    fn any_name_and_any_distance_give_a_well_formed_page(name in "\\PC{0,12}", px in any::<f64>(), cutoff in any::<f64>()) {
        let mut reading = reading(Verdict::Positive);
        reading.name.clone_from(&name);
        reading.fields[0].name = name;
        reading.fields[0].nuclei[0].pairing.split[0].distance_px = px;
        reading.instrument.pair_rule.split_distance_px = cutoff;
        let page = page_of(&reading, &ReportExtras::default());
        prop_assert!(with_tree(&page, |tree| tree.root_element().has_tag_name("html")));
    }
}
