use super::*;

fn found(kind: Kind, names: &[&str], fields: &[&str]) -> SuppliedFiles {
    let folder = tempfile::tempdir().unwrap();
    for name in names {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, "").unwrap();
    }
    SuppliedFiles::find(folder.path(), kind, "P1", fields).unwrap()
}

#[test]
fn label_images_by_the_usual_names() {
    for name in [
        "field_1.tif",
        "field_1.labels.tif",
        "field_1_cp_masks.png",
        "field_1.ome_cp_masks.tif",
        "field_1_DAPI_cp_masks.tif",
        "field_1-labels.tiff",
        "field_1_StarDist.ome.tif",
        "label_field_1.tif",
        "label_field_1_mask.tif",
        "P1/field_1.tif",
        "P1/labels/field_1.tif",
        "labels/field_1.tif",
    ] {
        let files = found(Kind::Nuclei, &[name], &["field_1", "field_10", "field"]);
        assert!(files.of_field("field_1").unwrap().ends_with(name), "{name}");
        assert_eq!(files.of_field("field_10").unwrap_err().code(), "undecided", "{name}");
    }
}

#[test]
fn a_field_with_several_label_images_is_undecided() {
    let files = found(Kind::Nuclei, &["a.tif", "a_cp_masks.png", "b.tif", "a_red_mask.tif"], &["a", "b"]);
    let error = files.of_field("a").unwrap_err().to_string();
    assert!(error.contains("a.tif, a_cp_masks.png"), "{error}");
    assert!(files.of_field("b").is_ok());
    assert_eq!(files.unused.len(), 1);
    assert!(files.unused.iter().all(|path| path.ends_with("a_red_mask.tif")));
}

#[test]
fn a_name_that_ends_as_a_suffix_is_a_name_first() {
    let files = found(Kind::Nuclei, &["a_mask.tif", "a_mask_mask.tif"], &["a_mask"]);
    assert_eq!(files.files_of("a_mask").count(), 2);
    let files = found(Kind::Nuclei, &["a_mask.tif", "a_labels.tif"], &["a_mask", "a"]);
    assert!(files.of_field("a_mask").unwrap().ends_with("a_mask.tif"));
    assert!(files.of_field("a").unwrap().ends_with("a_labels.tif"));
}

#[test]
fn files_of_spots_by_colour_and_dye() {
    for (red, green) in [
        ("a_red.csv", "a_green.csv"),
        ("a-SpectrumOrange.csv", "a-SpectrumGreen.csv"),
        ("a_R.csv", "a_G.csv"),
        ("a_Cy3_spots.csv", "a_FITC_spots.csv"),
        ("P1/a_RED.tsv", "P1/a_GREEN.tsv"),
    ] {
        let files = found(Kind::Signals, &[red, green, "a_DAPI.csv"], &["a", "b"]);
        let of = files.of_colours("a").unwrap();
        assert!(of.red.is_some_and(|(path, is_of_both)| path.ends_with(red) && !is_of_both), "{red}");
        assert!(of.green.is_some_and(|(path, is_of_both)| path.ends_with(green) && !is_of_both), "{green}");
        assert!(files.of_colours("b").unwrap_err().to_string().contains("field b in red"));
    }
}

#[test]
fn one_file_may_hold_both_colours_and_one_colour_may_be_supplied_alone() {
    let files = found(Kind::Signals, &["a.csv", "b_spots.csv"], &["a", "b"]);
    let of = files.of_colours("b").unwrap();
    assert_eq!(of.red, of.green);
    assert!(of.red.is_some_and(|(_, is_of_both)| is_of_both));
    let alone = found(Kind::Signals, &["a_red.csv", "b_red.csv"], &["a", "b"]);
    let of = alone.of_colours("a").unwrap();
    assert_eq!((of.red.is_some(), of.green), (true, None));
    let both = found(Kind::Signals, &["a.csv", "a_red.csv"], &["a"]);
    assert_eq!(both.of_colours("a").unwrap_err().code(), "undecided");
    assert_eq!(found(Kind::Signals, &["other.csv"], &["a"]).of_colours("a").unwrap_err().code(), "undecided");
}

#[test]
fn a_folder_that_is_not_there_is_an_error() {
    let error = SuppliedFiles::find(Path::new("no/such"), Kind::Nuclei, "P1", &["a"]).unwrap_err();
    assert_eq!(error.code(), "io");
}
