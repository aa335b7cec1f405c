//! Facts that only the whole run knows: results are judged again by them, and no image is read twice.

use std::fs;
use std::path::Path;
use std::sync::Mutex;

use breakapart::Assay;
use breakapart::run::{Event, Observer, Plan, Run, RunOptions, RunParameters, RunSettings, check_results};
use breakapart::simulate::{Conditions, write_specimen};

/// The fields that were read, and the results that were judged again.
#[derive(Default)]
struct Seen {
    fields: Mutex<Vec<(String, String)>>,
    again: Mutex<usize>,
}

impl Observer for Seen {
    fn on(&self, event: Event<'_>) {
        match event {
            Event::Field { specimen, field, .. } => {
                self.fields.lock().unwrap().push((specimen.to_owned(), field.to_owned()));
            }
            Event::Again { results, .. } => *self.again.lock().unwrap() += results,
            _ => {}
        }
    }
}

fn score(folder: &Path, out: &str) -> Seen {
    let settings = RunSettings::new(Some(Assay::builtin("alk").unwrap()));
    let plan = Plan::from_inputs(&[folder.join("in")], &settings).unwrap();
    let parameters = RunParameters::new(settings.params.clone());
    let run = Run::prepare(plan, parameters, &folder.join(out), RunOptions::default()).unwrap();
    let seen = Seen::default();
    let _result = run.score(&seen).unwrap();
    seen
}

#[test]
fn specimens_of_the_same_pixels_are_found_without_reading_them_twice() {
    let folder = tempfile::tempdir().unwrap();
    let mut conditions = Conditions::named("easy_positive").unwrap();
    conditions.size_px = 300;
    for name in ["P1", "P2"] {
        write_specimen(folder.path().join("in").join(name), &conditions, 7, 1).unwrap();
    }
    write_specimen(folder.path().join("in/P3"), &conditions, 8, 1).unwrap();
    let seen = score(folder.path(), "out");
    assert_eq!(seen.fields.lock().unwrap().len(), 3);
    assert_eq!(*seen.again.lock().unwrap(), 2);
    let report =
        |name: &str| fs::read_to_string(folder.path().join("out").join(name).join("report.json")).unwrap();
    for (name, shares) in [("P1", true), ("P2", true), ("P3", false)] {
        assert_eq!(report(name).contains("\"pixels_of_another_specimen\""), shares, "{name}");
    }
    // Results that were judged again are whole, and are kept.
    for result in check_results(folder.path().join("out")).unwrap() {
        assert!(result.stale.is_empty(), "{result:?}");
    }
    let kept = score(folder.path(), "out");
    assert_eq!((kept.fields.lock().unwrap().len(), *kept.again.lock().unwrap()), (0, 0));
}
