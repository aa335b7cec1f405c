use super::*;

const DAPI: Label = Label::Role(ChannelRole::Counterstain);
const RED: Label = Label::Role(ChannelRole::Red);
const GREEN: Label = Label::Role(ChannelRole::Green);

fn by_way(name: &str, way: usize) -> Option<(String, Label)> {
    readings(name)[way].clone().map(|reading| (reading.field, reading.label))
}

#[test]
fn channels_at_the_end_of_a_name() {
    for (name, expected) in [
        ("f1_DAPI", Some(("f1", DAPI))),
        ("f1_Orange", Some(("f1", RED))),
        ("f_1_b", Some(("f_1", DAPI))),
        ("f1_r", Some(("f1", RED))),
        ("f1_g", Some(("f1", GREEN))),
        ("f1_TRITC", Some(("f1", RED))),
        ("f_1-Red", Some(("f_1", RED))),
        ("f1_SpectrumGreen", Some(("f1", GREEN))),
        ("f1_Spectrum Orange", Some(("f1", RED))),
        ("f1_Alexa_Fluor_488", Some(("f1", GREEN))),
        ("f1_Cy3.5", Some(("f1", RED))),
        ("f1_SpO", Some(("f1", RED))),
        ("f1_SpG", Some(("f1", GREEN))),
        ("f1_blue", Some(("f1", DAPI))),
        ("f1_ORANGE1", Some(("f1", RED))),
        ("f1_561nm", Some(("f1", RED))),
        ("f1 (FITC)", Some(("f1 ()", GREEN))),
        ("f1_Grün", Some(("f1", GREEN))),
        ("f1_SpectrumAqua", Some(("f1", Label::Other))),
        ("f1_merged", Some(("f1", Label::Merged))),
        ("f1DAPI", Some(("f1", DAPI))),
        ("_DAPI", Some(("", DAPI))),
        ("DAPI", Some(("", DAPI))),
        ("f1", None),
        ("bored", None),
        ("f_488", None),
        ("f_w2", None),
        ("f-g", None),
    ] {
        let expected = expected.map(|(field, label)| (field.to_owned(), label));
        assert_eq!(by_way(name, 0), expected, "{name}");
    }
    assert_eq!(three_file_name(Path::new("a/f1_DAPI.tif")), "f1");
    assert_eq!(three_file_name(Path::new("a/f1.tif")), "f1");
}

#[test]
fn channels_elsewhere_in_a_name() {
    assert_eq!(by_way("DAPI_f1", 2), Some(("f1".to_owned(), DAPI)));
    assert_eq!(by_way("-FITC-f1", 2), Some(("f1".to_owned(), GREEN)));
    assert_eq!(by_way("img_000_Cy3_007", 4), Some(("img_000_007".to_owned(), RED)));
    assert_eq!(by_way("f1_w2TRITC_t1", 5), Some(("f1_t1".to_owned(), RED)));
    assert_eq!(by_way("f1_w3FITC", 1), Some(("f1".to_owned(), GREEN)));
    assert_eq!(by_way("A (fld 1 wv DAPI - DAPI)", 4).map(|found| found.1), Some(DAPI));
    assert_eq!(by_way("red cells DAPI x", 4), None, "two channels");
}

#[test]
fn numbers_of_channels() {
    for (name, field, number) in [
        ("C1-field0", "field0", (1, true)),
        ("field_ch00", "field", (0, true)),
        ("field_c2", "field", (2, false)),
        ("A01_s1_w3", "A01_s1", (3, true)),
        ("img_channel001_z000", "img_z000", (1, true)),
        ("field3c1", "field3", (1, false)),
    ] {
        let reading = numbered_reading(name).unwrap_or_else(|| panic!("{name}"));
        assert_eq!(
            (reading.field.as_str(), reading.label),
            (field, Label::Number(number.0, number.1)),
            "{name}"
        );
    }
    assert_eq!(numbered_reading("case12"), None);
}

#[test]
fn names_that_are_channels_alone() {
    for (name, label) in
        [("DAPI", DAPI), ("Spectrum Green", GREEN), ("ch01", Label::Number(1, true)), ("01_TRITC", RED)]
    {
        let found = whole_label(name);
        assert_eq!(found, Some(label).filter(|_| name != "01_TRITC"), "{name}");
    }
    assert_eq!(whole_label("case DAPI"), None);
}

#[test]
fn no_name_panics() {
    for name in ["", "_", "é1ü", "1\u{308}DAPI", "\u{300}", "c", "C-", "9é9DAPI", "漢字1c2"] {
        let _ = (readings(name), numbered_reading(name), whole_label(name));
    }
}
