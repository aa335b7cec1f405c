//! The page to be signed: who reviewed, and the result before.

use std::fs;

use breakapart::run::{AUDIT_JSONL, ReaderRole, ReviewOptions, review};

use super::Copy;

/// The values of an attribute in a page.
fn attributes(page: &str, name: &str) -> Vec<String> {
    let start = format!(" {name}=\"");
    page.split(&start).skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

#[test]
fn the_page_to_be_signed_says_who_reviewed_and_what_the_program_had() {
    let result = Copy::new();
    let (rearranged, intact) = (result.nuclei(true, true), result.nuclei(true, false));
    let (n, x) = (rearranged.len() + intact.len(), rearranged.len());
    let a = [(&rearranged[0], "pattern", "2F"), (&rearranged[1], "exclude", ""), (&intact[0], "accept", "")];
    let first = result.apply(&result.review("Dr. A", &a)).unwrap();
    let page = |below: &str| fs::read_to_string(result.path.join(below)).unwrap();
    assert!(attributes(&page("reviewed/report.html"), "data-kappa").is_empty());

    let b = result.review("Dr. B", &[(&rearranged[0], "pattern", "1F1R1G")]);
    let second = review(&result.path, &b, ReviewOptions::new(ReaderRole::Second, false)).unwrap();
    assert_eq!((second.reader.as_str(), second.role), ("Dr. B", ReaderRole::Second));
    // The second reader agrees with the program; the first reader makes the result.
    assert_eq!((second.after.evaluable, second.after.rearranged), (n, x));
    assert_eq!((second.in_force, second.first_readers), (first.after, vec!["Dr. A".to_owned()]));

    let signed = page("reviewed/report.html");
    let of = |name: &str| attributes(&signed, name);
    assert_eq!(of("data-reader"), ["Dr. A", "Dr. B"]);
    assert_eq!(of("data-role"), ["first", "second"]);
    assert_eq!((of("data-reviews"), of("data-changed"), of("data-accepted")), (one("2"), one("2"), one("1")));
    assert_eq!(of("data-result"), ["program", "reviewed", "second", "pooled"]);
    let counts = [(x, n), (x - 2, n - 1), (x, n), (2 * x - 2, 2 * n - 1)];
    assert_eq!(of("data-count"), counts.map(|(positive, total)| format!("{positive}/{total}")));
    let mut changed = [0, 1].map(|i| format!("{}/{}", rearranged[i].0, rearranged[i].1));
    changed.sort();
    let mut listed = of("data-nucleus");
    listed.sort();
    assert_eq!(listed, changed);
    let kappa = second.second_reading.unwrap().kappa.unwrap().kappa;
    assert_eq!(of("data-kappa"), [format!("{kappa:.3}")]);
    let trail = page(AUDIT_JSONL);
    let last = trail.split_inclusive('\n').next_back().unwrap();
    assert_eq!(of("data-trail"), [blake3::hash(last.as_bytes()).to_string()]);

    // The documents of the program name nobody.
    let program = page("report.html");
    for name in ["data-reader", "data-reviews", "data-result", "data-kappa", "data-trail"] {
        assert!(attributes(&program, name).is_empty(), "{name}");
    }
    let observed = |below: &str| -> serde_json::Value { serde_json::from_str(&page(below)).unwrap() };
    let (own, with) = (observed("observation.json"), observed("reviewed/observation.json"));
    assert_ne!(own["method"]["text"], with["method"]["text"]);
    assert!(with["note"].to_string().contains("Dr. A") && !own["note"].to_string().contains("Dr. A"));
}

fn one(text: &str) -> Vec<String> {
    vec![text.to_owned()]
}
