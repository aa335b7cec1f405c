use super::*;
use crate::assay::Sex;
use crate::run::control::Control;
use crate::run::reference::{Ihc, Ngs};

/// A sheet in a folder that holds `p1`, `p2` and `area.geojson`.
fn parsed(text: &str, needs_assay: bool) -> std::result::Result<SampleSheet, Vec<SheetFault>> {
    let folder = tempfile::tempdir().unwrap();
    for name in ["p1", "p2"] {
        std::fs::create_dir(folder.path().join(name)).unwrap();
    }
    std::fs::write(folder.path().join("area.geojson"), "{}").unwrap();
    SampleSheet::parse(text, &folder.path().join("week.csv"), needs_assay).map_err(|error| match error {
        SheetError::Faults { faults, .. } => faults,
        SheetError::Unreadable(error) => panic!("{error}"),
    })
}

#[test]
fn every_column_is_read() {
    let text = "specimen,path,assay,sex,channels,pixel_size_um,control,regions,note,Block,received\n\
                P1,p1,ALK,F,\"dapi=2,red=0,green=1\",0.1,positive(20-60),area.geojson,urgent,A7,Monday\n\
                P2,p2,tfe3,male,,,negative,,,,\n";
    let sheet = parsed(text, true).unwrap();
    assert_eq!(sheet.other_columns, ["Block", "received"]);
    let [first, second] = &sheet.rows[..] else { panic!("{:?}", sheet.rows) };
    assert_eq!((first.specimen.as_str(), first.line), ("P1", 2));
    assert!(first.path.ends_with("p1"));
    assert_eq!(first.assay.as_ref().unwrap().id, "alk");
    assert_eq!((first.sex, second.sex), (Some(Sex::Female), Some(Sex::Male)));
    assert_eq!(first.channels.as_ref().unwrap().to_string(), "dapi=2,red=0,green=1");
    assert_eq!(first.pixel_size.unwrap().um(), 0.1);
    assert_eq!(first.control, Some(Control::Positive { min_percent: 20.0, max_percent: 60.0 }));
    assert!(first.regions.as_ref().unwrap().ends_with("area.geojson"));
    assert_eq!(
        (first.note.as_str(), first.other.as_slice()),
        ("urgent", &["A7", "Monday"].map(str::to_owned)[..])
    );
    assert_eq!(
        (second.control, second.channels.clone(), second.pixel_size),
        (Some(Control::Negative), None, None)
    );
}

#[test]
fn sheets_are_read_as_spreadsheets_write_them() {
    for text in [
        "specimen;path;assay\nP1;p1;alk\n",
        "specimen\tpath\tassay\r\nP1\tp1\talk\r\n",
        "\u{feff}Specimen, PATH ,Assay\n\n P1 , p1 , alk ,,\n,,\n",
    ] {
        let sheet = parsed(text, true).unwrap();
        assert_eq!(sheet.rows.len(), 1, "{text}");
        assert_eq!(sheet.rows[0].specimen, "P1", "{text}");
    }
    assert!(parsed("specimen,path\nP1,p1\n", false).unwrap().rows[0].assay.is_none());
}

#[test]
fn one_specimen_may_be_read_by_two_assays_and_not_twice_by_one() {
    assert_eq!(parsed("specimen,path,assay\nP1,p1,alk\nP1,p1,ros1\n", true).unwrap().rows.len(), 2);
    let faults = parsed("specimen,path,assay\nP1,p1,alk\np1,p2,ALK\n", true).unwrap_err();
    assert_eq!((faults.len(), faults[0].line, faults[0].column.as_str()), (1, 3, "specimen"));
}

#[test]
fn every_fault_is_told_at_once_with_its_line_and_column() {
    let text = "specimen,path,asay,sex,channels,pixel_size_um,control,regions,verdict\n\
                ,p1,,x,\"dapi=0,red=0,green=1\",\"0,1\",positive(9-1),nowhere,\n\
                a/b,nowhere,,,,,,,,too,many\n";
    let faults = parsed(text, true).unwrap_err();
    let at: Vec<(usize, &str)> = faults.iter().map(|fault| (fault.line, fault.column.as_str())).collect();
    for expected in [
        (1, "asay"),
        (1, "assay"),
        (1, "verdict"),
        (2, "specimen"),
        (2, "sex"),
        (2, "channels"),
        (2, "pixel_size_um"),
        (2, "control"),
        (2, "regions"),
        (3, ""),
        (3, "specimen"),
        (3, "path"),
    ] {
        assert!(at.contains(&expected), "{expected:?} is not among {at:?}");
    }
    assert_eq!(faults.len(), 12, "{faults:#?}");
    assert!(faults.iter().any(|fault| fault.to_string().contains("did you mean `assay`?")));
}

#[test]
fn values_of_other_methods_are_read_and_carried_through() {
    let text = "specimen,path,assay,IHC,ngs,block,Manual_Percent,repeat_of\n\
                P1,p1,alk,3,Positive,A7,22.5,\n\
                P2,p2,alk,1+,failed,,0,P1\n";
    let sheet = parsed(text, true).unwrap();
    assert_eq!(sheet.other_columns, ["ihc", "ngs", "block", "manual_percent", "repeat_of"]);
    let [first, second] = &sheet.rows[..] else { panic!("{:?}", sheet.rows) };
    assert_eq!(first.other, ["3", "Positive", "A7", "22.5", ""]);
    assert_eq!((first.reference.ihc, second.reference.ihc), (Some(Ihc::Strong), Some(Ihc::Weak)));
    assert_eq!((first.reference.ngs, second.reference.ngs), (Some(Ngs::Positive), Some(Ngs::Failed)));
    assert_eq!((first.reference.manual_percent, second.reference.manual_percent), (Some(22.5), Some(0.0)));
    assert_eq!(second.reference.repeat_of.as_deref(), Some("P1"));
}

#[test]
fn values_of_other_methods_that_are_none_are_faults() {
    let text = "specimen,path,assay,manual_percent,ihc,ngs,repeat_of\n\
                P1,p1,alk,101,4+,maybe,P1\n\
                P2,p2,alk,NaN,++,,P9\n\
                P3,p1,alk,\"22,5\",,,P2\n";
    let faults = parsed(text, true).unwrap_err();
    let at: Vec<(usize, &str)> = faults.iter().map(|fault| (fault.line, fault.column.as_str())).collect();
    let expected = [
        (2, "manual_percent"),
        (2, "ihc"),
        (2, "ngs"),
        (2, "repeat_of"),
        (3, "manual_percent"),
        (3, "ihc"),
        (3, "repeat_of"),
        (4, "manual_percent"),
        (4, "repeat_of"),
    ];
    assert_eq!(at, expected);
    let slip = parsed("specimen,path,assay,manual_precent\nP1,p1,alk,5\n", true).unwrap_err();
    assert_eq!(slip[0].column, "manual_precent");
}

#[test]
fn a_sheet_of_nothing_is_a_fault() {
    for text in ["", "\n\n", "specimen,path,assay\n", "\"unclosed"] {
        assert!(!parsed(text, true).unwrap_err().is_empty(), "{text:?}");
    }
}

#[test]
fn the_schema_knows_the_columns_of_the_sheet() {
    let schema: serde_json::Value = serde_json::from_str(SampleSheet::SCHEMA).unwrap();
    let properties = schema["items"]["properties"].as_object().unwrap();
    assert_eq!(properties.keys().map(String::as_str).collect::<Vec<_>>(), SHEET_COLUMNS);
    assert_eq!(schema["items"]["required"], serde_json::json!(NEEDED));
}
