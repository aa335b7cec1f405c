//! The tables agree with their documentation and with one another.
#![cfg(all(feature = "report", feature = "simulate"))]

use std::collections::BTreeMap;
use std::path::Path;

use breakapart::analyse::{Analyser, SpecimenReading};
use breakapart::assay::Assay;
use breakapart::report::{
    LIS_COLUMNS, NUCLEI_COLUMNS, SIGNALS_COLUMNS, SPECIMENS_COLUMNS, SpecimenRow, write_nuclei_csv,
    write_report_json, write_signals_csv, write_specimens_csv,
};
use breakapart::simulate::{Conditions, simulate_field};

/// Columns that other programs read: their names and places are fixed.
const NUCLEI: &str = "field,nucleus_id,centroid_y_px,centroid_x_px,area_um2,evaluable,exclusion,fused,split,\
                      isolated_red,isolated_green,pattern,rearranged";
const SIGNALS: &str =
    "field,nucleus_id,channel,y_px,x_px,intensity,snr,diameter_px,status,partner_distance_um";
const SPECIMENS: &str =
    "specimen,assay,fields,nuclei,evaluable,rearranged,percent_rearranged,ci_low,ci_high,verdict";

type Row = BTreeMap<String, String>;

fn reading() -> SpecimenReading {
    let mut conditions = Conditions::named("easy_positive").unwrap();
    conditions.size_px = 512;
    let analyser = Analyser::new(Assay::builtin("alk").unwrap()).unwrap();
    let fields =
        (0..2).map(|i| analyser.measure_field(&simulate_field(&conditions, 3, i).unwrap().field).unwrap());
    analyser.read_specimen("S1", fields.collect()).unwrap()
}

fn rows(path: &Path) -> Vec<Row> {
    csv::Reader::from_path(path).unwrap().deserialize().map(Result::unwrap).collect()
}

#[test]
fn the_first_columns_are_fixed() {
    for (fixed, columns) in
        [(NUCLEI, &NUCLEI_COLUMNS[..]), (SIGNALS, &SIGNALS_COLUMNS[..]), (SPECIMENS, &SPECIMENS_COLUMNS[..])]
    {
        let fixed: Vec<&str> = fixed.split(',').collect();
        assert_eq!(columns[..fixed.len()], fixed);
    }
}

#[test]
fn every_column_is_documented() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/outputs.md");
    let page = std::fs::read_to_string(page).unwrap();
    for column in NUCLEI_COLUMNS.iter().chain(&SIGNALS_COLUMNS).chain(&SPECIMENS_COLUMNS).chain(&LIS_COLUMNS)
    {
        assert!(page.contains(&format!("`{column}`")), "`{column}` is not in docs/outputs.md");
    }
}

#[test]
fn the_tables_tell_the_same_story() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let reading = reading();
    write_nuclei_csv(at("nuclei.csv"), &reading.name, &reading.fields).unwrap();
    write_signals_csv(at("signals.csv"), &reading.name, &reading.fields).unwrap();
    write_specimens_csv(at("specimens.csv"), &[SpecimenRow::new(&reading, 0)]).unwrap();
    write_report_json(at("report.json"), &reading, &[]).unwrap();

    let (nuclei, signals) = (rows(&at("nuclei.csv")), rows(&at("signals.csv")));
    let specimen = &rows(&at("specimens.csv"))[0];
    let report: serde_json::Value =
        serde_json::from_slice(&std::fs::read(at("report.json")).unwrap()).unwrap();

    assert!(nuclei.len() > 10 && signals.len() > 20, "{} nuclei, {} signals", nuclei.len(), signals.len());
    let count = |column: &str| nuclei.iter().filter(|n| n[column] == "true").count();
    for (column, counted) in
        [("nuclei", nuclei.len()), ("evaluable", count("evaluable")), ("rearranged", count("rearranged"))]
    {
        assert_eq!(specimen[column], counted.to_string(), "{column}");
        assert_eq!(report["summary"][column], counted, "{column}");
    }
    assert_eq!(report["verdict"], specimen["verdict"]);

    for nucleus in &nuclei {
        let excluded = !nucleus["exclusion"].is_empty();
        assert_eq!(nucleus["evaluable"] == "false", excluded);
        assert!(!excluded || nucleus["rearranged"] == "false");
        let same = |s: &&Row| s["field"] == nucleus["field"] && s["nucleus_id"] == nucleus["nucleus_id"];
        let here: Vec<&Row> = signals.iter().filter(same).collect();
        let with = |channel: &str, status: &str| {
            here.iter().filter(|s| s["channel"] == channel && s["status"] == status).count().to_string()
        };
        for channel in ["red", "green"] {
            assert_eq!(nucleus["fused"], with(channel, "fused"), "{nucleus:?}");
            assert_eq!(nucleus["split"], with(channel, "split"), "{nucleus:?}");
            assert_eq!(nucleus[&format!("isolated_{channel}")], with(channel, "isolated"), "{nucleus:?}");
        }
    }
    for signal in signals.iter().filter(|s| !s["partner_id"].is_empty()) {
        let partner = signals
            .iter()
            .find(|s| s["field"] == signal["field"] && s["signal_id"] == signal["partner_id"])
            .unwrap();
        assert_eq!(partner["partner_id"], signal["signal_id"]);
        assert_eq!(partner["partner_distance_um"], signal["partner_distance_um"]);
        assert_ne!(partner["channel"], signal["channel"]);
    }
}
