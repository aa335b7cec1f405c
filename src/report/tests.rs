//! The files as whole texts: a change of a name, place or number format must be seen here.

use std::fs;

use super::example::{field_reading, specimen_reading};
use super::*;
use crate::colour::Colour;
use crate::field::Field;
use crate::label_image::LabelImage;

/// What `write` puts into a file.
fn text(write: impl FnOnce(&std::path::Path) -> crate::Result<()>) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sub/file");
    write(&path).unwrap();
    fs::read_to_string(path).unwrap()
}

#[test]
fn nuclei_csv_lists_every_nucleus_counted_or_not() {
    let text = text(|path| write_nuclei_csv(path, "P1", &[field_reading()]));
    assert_eq!(
        text,
        "field,nucleus_id,centroid_y_px,centroid_x_px,area_um2,evaluable,exclusion,fused,split,isolated_red,\
         isolated_green,pattern,rearranged,class,duplicates,area_px,diameter_px,diameter_um,solidity,\
         eccentricity,mean_intensity,score,touches_border,overlapping,red_signals,green_signals,uncertain,\
         probability_rearranged,doubtful,region,specimen,best_focus_z_px,best_focus_z_um,\
         in_focus_z_px,in_focus_z_um,cut_signals\n\
         field_000,1,40.00,40.00,19.63,true,,1,1,0,0,1F1R1G,true,split,0,1963,49.99,5.00,0.9877,0.3000,812.5,\
         0.9100,false,false,2,2,false,0.9700,false,,P1,,,,,\n\
         field_000,2,110.00,110.00,7.06,false,one_colour_only,0,0,1,0,1R,false,unclassified,1,706,29.98,3.00,\
         0.9877,0.3000,812.5,0.9100,false,false,2,0,false,,false,,P1,,,,,\n"
    );
}

#[test]
fn signals_csv_lists_every_signal_inside_nuclei_or_not() {
    let text = text(|path| write_signals_csv(path, "P1", &[field_reading()]));
    assert_eq!(
        text,
        "field,nucleus_id,channel,y_px,x_px,intensity,snr,diameter_px,status,partner_distance_um,signal_id,\
         partner_id,partner_distance_px,partner_distance_diameters,amplitude,probability,specimen,z_px,z_um\n\
         field_000,1,red,30.000,30.000,9064.72,20.00,4.000,fused,0.150,1,2,1.500,0.375,500,0.9990,P1,,\n\
         field_000,1,green,31.500,30.000,9064.72,20.00,4.000,fused,0.150,2,1,1.500,0.375,500,0.9990,P1,,\n\
         field_000,1,red,50.000,40.000,9064.72,20.00,4.000,split,1.562,3,4,15.620,3.905,500,0.9990,P1,,\n\
         field_000,1,green,40.000,52.000,9064.72,20.00,4.000,split,1.562,4,3,15.620,3.905,500,0.9990,P1,,\n\
         field_000,2,red,110.000,110.000,9064.72,20.00,4.000,isolated,,5,,,,500,0.9990,P1,,\n\
         field_000,2,red,110.000,114.000,9064.72,20.00,4.000,duplicate,,6,,,,500,0.9990,P1,,\n\
         field_000,0,green,5.000,120.000,9064.72,20.00,4.000,isolated,,7,,,,500,0.9990,P1,,\n"
    );
}

#[test]
fn an_unknown_pixel_size_leaves_micrometres_empty_and_keeps_pixels() {
    let mut field = field_reading();
    field.pixel_size = None;
    let nuclei = text(|path| write_nuclei_csv(path, "P1", std::slice::from_ref(&field)));
    assert!(nuclei.contains("field_000,1,40.00,40.00,,true,"), "{nuclei}");
    assert!(nuclei.contains(",1963,49.99,,"), "{nuclei}");
    let signals = text(|path| write_signals_csv(path, "P1", &[field]));
    assert!(signals.contains(",fused,,1,2,1.500,0.375,"), "{signals}");
}

#[test]
fn a_name_with_commas_and_quotes_stays_one_cell() {
    let mut field = field_reading();
    field.name = "a, \"b\"".to_owned();
    let text = text(|path| write_signals_csv(path, "P1", &[field]));
    let mut table = csv::Reader::from_reader(text.as_bytes());
    assert!(table.records().all(|r| r.unwrap().get(0) == Some("a, \"b\"")));
}

#[test]
fn specimens_csv_is_sorted_by_name() {
    let row = |name: &str| {
        let mut row = SpecimenRow::new(&specimen_reading(), 2);
        name.clone_into(&mut row.specimen);
        row
    };
    let mut empty = row("T");
    (empty.evaluable, empty.percent_rearranged, empty.wilson_percent) = (0, None, None);
    let text = text(|path| write_specimens_csv(path, &[empty, row("S2"), row("S10")]));
    assert_eq!(
        text,
        "specimen,assay,fields,nuclei,evaluable,rearranged,percent_rearranged,ci_low,ci_high,verdict,ci_level,\
         clopper_pearson_low,clopper_pearson_high,borderline,failed_fields,warnings,uncertain,confirm,doubtful,\
         percent_without_doubtful,percent_expected,one_colour_only,percent_without_one_colour_only,withheld_by,\
         outside_region,iscn,more_nuclei\n\
         S10,alk,1,2,1,1,100.00,20.65,100.00,not_evaluable,0.950,2.50,100.00,false,2,1,0,false,0,100.00,97.00,0,100.00,,,nuc ish(ALKx2)(3'ALK sep 5'ALKx1)[1],\n\
         S2,alk,1,2,1,1,100.00,20.65,100.00,not_evaluable,0.950,2.50,100.00,false,2,1,0,false,0,100.00,97.00,0,100.00,,,nuc ish(ALKx2)(3'ALK sep 5'ALKx1)[1],\n\
         T,alk,1,2,0,1,,,,not_evaluable,0.950,2.50,100.00,false,2,1,0,false,0,100.00,97.00,0,100.00,,,nuc ish(ALKx2)(3'ALK sep 5'ALKx1)[1],\n"
    );
}

#[test]
fn report_json_tells_of_fields_that_failed() {
    let failed = FailedField { field: "field_001".to_owned(), error: "cut short".to_owned() };
    let text = text(|path| write_report_json(path, &specimen_reading(), &[failed]));
    let head: Vec<&str> = text.lines().take(10).map(str::trim).collect();
    assert_eq!(head[1], "\"schema_version\": 2,");
    assert_eq!(head[3], "\"specimen\": \"S1\",");
    assert_eq!(
        head[5..8],
        ["\"verdict\": \"not_evaluable\",", "\"complete\": false,", "\"by_rule\": \"not_evaluable\","]
    );
    let report: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(report["findings"][0]["code"], "sex_unknown");
    assert_eq!(report["findings"][0]["effect"], "inform");
    assert_eq!(report["findings"][0]["scope"], "specimen");
    assert_eq!(report["findings"][0]["figures"]["gene"], "ALK");
    assert!(report["findings"][0]["message"].is_string() && report["summary"]["findings"].is_null());
    assert_eq!(report["failed_fields"][0]["error"], "cut short");
    assert_eq!(report["summary"]["wilson"]["low_percent"], 20.654_931);
    assert_eq!(report["summary"]["exclusions"]["one_colour_only"], 1);
    let field = &report["fields"][0];
    assert_eq!(field["pixel_size_um"], 0.1);
    assert_eq!(
        (&field["nuclei"], &field["evaluable"], &field["rearranged"]),
        (&2.into(), &1.into(), &1.into())
    );
    assert_eq!(field["signals"]["outside_nuclei"], 1);
    assert_eq!(field["quality"]["nucleus_coverage"], 0.333_333);
    assert_eq!(field["quality"]["signal_diameter_px"]["red"], 4.0);
    assert!(field["quality"]["signal_diameter_px"]["green"].is_null());
}

#[test]
fn a_reading_that_contradicts_itself_reaches_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let mut specimen = specimen_reading();
    specimen.fields[0].nuclei[0].pairing.duplicates = vec![0];
    let path = folder.path().join("x");
    write_nuclei_csv(&path, &specimen.name, &specimen.fields).unwrap_err();
    write_signals_csv(&path, &specimen.name, &specimen.fields).unwrap_err();
    write_report_json(&path, &specimen, &[]).unwrap_err();
    assert!(!path.exists());
}

fn scale_of(reading: &crate::analyse::FieldReading) -> OverlayScale {
    OverlayScale::of_fields([reading])
}

/// A dark field as large as the example reading.
fn dark_field() -> Field {
    let plane = ndarray::Array2::<u16>::zeros((128, 160));
    Field::new("field_000", plane.clone(), plane.clone(), plane).unwrap()
}

#[test]
fn the_overlay_leaves_signals_free_and_colours_outlines_by_call() {
    let reading = field_reading();
    let image = overlay(&dark_field(), &reading, scale_of(&reading)).unwrap();
    let (height, width, _) = image.dim();
    assert!(
        height > 128 * 2 && width == 160 * 2,
        "{height} x {width}: nuclei of 40 px are drawn twice as large"
    );
    let at = |y: usize, x: usize| [image[(y, x, 0)], image[(y, x, 1)], image[(y, x, 2)]];
    for signal in &reading.signals {
        let (y, x) = (2 * signal.y_px as usize + 1, 2 * signal.x_px as usize + 1);
        assert_eq!(at(y, x), [0, 0, 0], "the signal at {y}, {x} is covered");
    }
    // Leftmost pixels of nucleus 1 (rearranged, orange) and of nucleus 2 (not evaluable, grey dashes).
    let [red, green, blue] = at(2 * 40, 2 * 16);
    assert!(red > green && green > blue, "{red} {green} {blue}");
    let dashes = (2 * 110 - 8..2 * 110 + 8).map(|y| at(y, 2 * 96));
    assert!(dashes.clone().any(|p| p == [0, 0, 0]) || dashes.clone().any(|p| p[0] == p[2]));
}

#[test]
fn the_overlay_of_a_field_without_nuclei_or_with_odd_values_does_not_fail() {
    let mut reading = field_reading();
    reading.signals[0].diameter_px = f64::NAN;
    reading.signals[1].y_px = f64::INFINITY;
    reading.signals[2].x_px = -1e12;
    overlay(&dark_field(), &reading, scale_of(&reading)).unwrap();
    reading.nuclei.clear();
    reading.signals.retain(|s| s.colour == Colour::Green && s.nucleus_id == 0);
    overlay(&dark_field(), &reading, scale_of(&reading)).unwrap();
}

#[test]
fn dropped_labels_are_an_error_and_a_written_overlay_is_a_png_of_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("overlays/field_000.png");
    write_overlay(&path, &dark_field(), &field_reading(), scale_of(&field_reading())).unwrap();
    let first = fs::read(&path).unwrap();
    assert_eq!(&first[1..4], b"PNG");
    write_overlay(&path, &dark_field(), &field_reading(), scale_of(&field_reading())).unwrap();
    assert_eq!(first, fs::read(&path).unwrap());
    let mut reading = field_reading();
    reading.labels = LabelImage::default();
    let error = overlay(&dark_field(), &reading, scale_of(&reading)).unwrap_err();
    assert!(error.to_string().contains("0 x 0 px"), "{error}");
}

#[test]
fn signals_outside_nuclei_tell_how_many_were_missed() {
    use crate::analyse::MissedNuclei;
    let mut reading = field_reading();
    let missed = MissedNuclei::of_fields([&reading]);
    assert_eq!((missed.signals_outside, missed.signals, missed.nuclei), (1, 7, Some(0)));
    // The evaluable nucleus shows 4 signals; 10 more outside make 11.
    let outside = reading.signals[6].clone();
    reading.signals.extend(std::iter::repeat_n(outside, 10));
    let missed = MissedNuclei::of_fields([&reading]);
    assert_eq!((missed.signals_per_nucleus, missed.nuclei), (Some(4.0), Some(3)));
    let report = text(|path| {
        let mut specimen = specimen_reading();
        specimen.fields = vec![reading.clone()];
        write_report_json(path, &specimen, &[])
    });
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report["fields"][0]["signals"]["missed_nuclei"], 3);
    // Signals that lie past the edge of a part of a field are not of this part.
    reading.signals.iter_mut().filter(|s| s.nucleus_id == 0).for_each(|s| s.y_px = 500.0);
    assert_eq!(MissedNuclei::of_fields([&reading]).signals_outside, 0);
    reading.nuclei.clear();
    assert_eq!(MissedNuclei::of_fields([&reading]).nuclei, None);
}

#[test]
fn all_fields_of_a_specimen_are_drawn_at_one_scale() {
    let (small, mut large) = (field_reading(), field_reading());
    assert_eq!(OverlayScale::of_fields([&small]).factor(), 2);
    large.nuclei.iter_mut().for_each(|nucleus| nucleus.nucleus.area_px = 10_000);
    large.nuclei.extend(large.nuclei.clone());
    assert_eq!(OverlayScale::of_fields([&small, &large]).factor(), 1);
    large.nuclei.clear();
    assert_eq!(OverlayScale::of_fields([&large]).factor(), 1);
    (large.height_px, large.width_px) = (6000, 6000);
    assert_eq!(OverlayScale::of_fields([&small, &large]).factor(), 1);
}

#[test]
fn a_signal_outside_nuclei_is_marked_beside_it() {
    let reading = field_reading();
    let image = overlay(&dark_field(), &reading, scale_of(&reading)).unwrap();
    let at = |y: usize, x: usize| image[(y, x, 0)];
    // The green one at (5, 120), drawn twice as large, with a reach of 10 px: ticks from 10 to 13 px away.
    let (y, x) = (2 * 5 + 1, 2 * 120 + 1);
    assert!((9..=14).any(|away| at(y, x + away) > 100), "no tick");
    assert!((0..8).all(|away| at(y, x + away) == 0), "the signal is covered");
}
