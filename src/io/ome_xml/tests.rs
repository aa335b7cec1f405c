use super::*;
use crate::error::{Error, Location, Result};
use crate::io::options::ReadOptions;

fn place() -> Location {
    Location::file("dir/a.ome.tif")
}

/// An OME-XML with the given attributes of `Pixels` and the given elements inside it.
fn xml(attributes: &str, inside: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><OME xmlns=\"http://www.openmicroscopy.org/Schemas/OME/2016-06\" UUID=\"urn:uuid:1\">\
         <Image ID=\"Image:0\"><Pixels SizeX=\"8\" SizeY=\"6\" {attributes}>{inside}</Pixels></Image></OME>"
    )
}

fn parse(attributes: &str, inside: &str) -> Result<OmeImage> {
    super::parse(&xml(attributes, inside), &place(), &ReadOptions::default())
}

const THREE: &str = "SizeC=\"3\" SizeZ=\"1\" SizeT=\"1\" DimensionOrder=\"XYCZT\"";
const STACK_CZ: &str = "SizeC=\"2\" SizeZ=\"3\" SizeT=\"1\" DimensionOrder=\"XYCZT\"";
const STACK_ZC: &str = "SizeC=\"2\" SizeZ=\"3\" SizeT=\"1\" DimensionOrder=\"XYZCT\"";

#[test]
fn names_wavelengths_and_units() {
    let inside = "<Channel Name=\"DAPI\" EmissionWavelength=\"461\"/>\
                  <Channel Fluor=\"Cy3\" EmissionWavelength=\"0.57\" EmissionWavelengthUnit=\"\u{b5}m\"/><Channel/>";
    let attributes = format!(
        "{THREE} PhysicalSizeX=\"65\" PhysicalSizeXUnit=\"nm\" PhysicalSizeY=\"0.065\" SignificantBits=\"12\""
    );
    let image = parse(&attributes, inside).expect("well formed");
    assert_eq!(image.channels[0].name.as_deref(), Some("DAPI"));
    assert_eq!(image.channels[0].emission_nm, Some(461.0));
    assert_eq!(image.channels[1].fluor.as_deref(), Some("Cy3"));
    assert!((image.channels[1].emission_nm.expect("stated") - 570.0).abs() < 1e-9);
    assert_eq!(image.channels[2], OmeChannel::default());
    assert_eq!(image.significant_bits, Some(12));
    let (Some(x), Some(y)) = image.pixel_um else { panic!("no pixel size") };
    assert!((x - 0.065).abs() < 1e-12 && (y - 0.065).abs() < 1e-12);
    let relative = format!("{THREE} PhysicalSizeX=\"1\" PhysicalSizeXUnit=\"pixel\"");
    assert_eq!(parse(&relative, "").expect("well formed").pixel_um, (None, None));
    let comma = parse(&format!("{THREE} PhysicalSizeX=\"0,16\""), "").expect("well formed");
    assert_eq!((comma.pixel_um, comma.pixel_size_problem), ((Some(0.16), None), None));
    let words = parse(&format!("{THREE} PhysicalSizeX=\"1,000.5\""), "").expect("well formed");
    assert_eq!(words.pixel_um, (None, None));
    assert!(words.pixel_size_problem.is_some_and(|problem| problem.contains("PhysicalSizeX")));
}

/// The pages of an image in one file.
fn pages(image: &OmeImage, channels: usize, count: usize) -> Result<Vec<Vec<usize>>> {
    let pages = image.pages(channels, 0, count, &place())?;
    Ok(pages.into_iter().map(|row| row.into_iter().flatten().collect()).collect())
}

#[test]
fn planes_of_other_files_by_their_number() {
    let inside = "<TiffData IFD=\"0\"/><TiffData IFD=\"3\" FirstC=\"2\"><UUID FileName=\"c.ome.tif\">urn:uuid:3</UUID></TiffData>\
                  <TiffData IFD=\"1\" FirstC=\"1\"><UUID FileName=\"b.ome.tif\">urn:uuid:2</UUID></TiffData>";
    let image = parse(THREE, inside).expect("well formed");
    assert_eq!(image.elsewhere, ["b.ome.tif", "c.ome.tif"]);
    let pages = [0, 1, 2].map(|file| image.pages(3, file, 4, &place()).expect("pages"));
    assert_eq!(pages[0], [[Some(0)], [None], [None]]);
    assert_eq!(pages[1], [[None], [Some(1)], [None]]);
    assert_eq!(pages[2], [[None], [None], [Some(3)]]);
}

#[test]
fn pictures_that_come_with_a_slide_are_not_the_slide() {
    let image = |name: &str, width: usize| {
        format!(
            "<Image Name=\"{name}\"><Pixels DimensionOrder=\"XYCZT\" SizeX=\"{width}\" SizeY=\"4\" SizeC=\"3\" SizeZ=\"1\" \
             SizeT=\"1\"/></Image>"
        )
    };
    let read = |names: [&str; 3], series: Option<usize>| {
        let images: String = names.iter().zip(1..).map(|(name, width)| image(name, width)).collect();
        let options = ReadOptions { series, ..ReadOptions::default() };
        super::parse(&format!("<OME>{images}</OME>"), &place(), &options).map(|image| image.size_x)
    };
    assert_eq!(read(["label image", "scan 1", "macro image"], None).expect("the slide"), 2);
    assert_eq!(read(["label image", "scan 1", "macro image"], Some(0)).expect("asked for"), 1);
    assert_eq!(read(["scan 1", "scan 2", "Macro"], None).expect_err("two").code(), "undecided");
}

#[test]
fn pages_follow_the_dimension_order() {
    let cz = parse(STACK_CZ, "<TiffData IFD=\"0\" PlaneCount=\"6\"/>").expect("well formed");
    assert_eq!(pages(&cz, 2, 6).expect("complete"), [[0, 2, 4], [1, 3, 5]]);
    let zc = parse(STACK_ZC, "<TiffData/>").expect("well formed");
    assert_eq!(pages(&zc, 2, 6).expect("complete"), [[0, 1, 2], [3, 4, 5]]);
    let none = parse(STACK_ZC, "").expect("well formed");
    assert_eq!(pages(&none, 2, 6).expect("complete"), [[0, 1, 2], [3, 4, 5]]);
}

#[test]
fn slices_are_in_order_in_all_dimension_orders() {
    // Pages between two channels and between two slices, with 2 channels, 3 slices and 4 time points.
    for (order, channel, slice, time) in [
        ("XYCZT", 1, 2, 6),
        ("XYCTZ", 1, 8, 2),
        ("XYZCT", 3, 1, 6),
        ("XYZTC", 12, 1, 3),
        ("XYTCZ", 4, 8, 1),
        ("XYTZC", 12, 4, 1),
    ] {
        let attributes = format!(
            r#"SizeC="2" SizeZ="3" SizeT="4" DimensionOrder="{order}" PhysicalSizeZ="400" PhysicalSizeZUnit="nm""#
        );
        for frame in 0..4 {
            let options = ReadOptions { series: Some(frame), ..ReadOptions::default() };
            let image =
                super::parse(&xml(&attributes, "<TiffData/>"), &place(), &options).expect("well formed");
            let expected = [0, 1].map(|c| [0, 1, 2].map(|z| c * channel + z * slice + frame * time));
            assert_eq!(pages(&image, 2, 24).expect("complete"), expected, "{order} {frame}");
            assert!((image.z_step_um.expect("stated") - 0.4).abs() < 1e-12);
        }
    }
}

#[test]
fn slices_may_be_missing() {
    let inside = "<TiffData IFD=\"0\" FirstC=\"0\" FirstZ=\"0\"/><TiffData IFD=\"1\" FirstC=\"0\" FirstZ=\"2\"/>\
                  <TiffData IFD=\"2\" FirstC=\"1\" FirstZ=\"1\"/>";
    let image = parse(STACK_CZ, inside).expect("well formed");
    let found = image.pages(2, 0, 3, &place()).expect("listed");
    assert_eq!(found, [[Some(0), None, Some(1)], [None, Some(2), None]]);
    // Listed, and not in the file: it was cut short.
    assert!(pages(&image, 2, 2).is_err());
}

#[test]
fn pages_given_one_by_one_win_over_the_order() {
    let inside = "<TiffData IFD=\"2\" FirstC=\"0\"/><TiffData IFD=\"0\" FirstC=\"1\" PlaneCount=\"1\"/>\
                  <TiffData IFD=\"1\" FirstC=\"2\"/>";
    let image = parse(THREE, inside).expect("well formed");
    assert_eq!(pages(&image, 3, 3).expect("complete"), [[2], [0], [1]]);
}

#[test]
fn incomplete_and_contradictory_pages_are_errors() {
    let image = parse(THREE, "<TiffData IFD=\"0\"/>").expect("well formed");
    let message = pages(&image, 3, 3).expect_err("two planes lack a page").to_string();
    assert!(message.contains("channel 1") && message.contains("a.ome.tif"), "{message}");
    assert!(pages(&image, 3, 2).is_err(), "fewer pages than planes");
    let twice =
        parse(THREE, "<TiffData PlaneCount=\"3\"/><TiffData IFD=\"2\" FirstC=\"0\"/>").expect("well formed");
    assert!(pages(&twice, 3, 3).is_err());
    let outside = parse(THREE, "<TiffData IFD=\"0\" FirstC=\"7\"/>").expect("well formed");
    assert!(pages(&outside, 3, 3).is_err());
}

#[test]
fn other_files_are_named() {
    let inside = "<TiffData IFD=\"0\"><UUID FileName=\"b.ome.tif\">urn:uuid:2</UUID></TiffData>";
    assert_eq!(parse(THREE, inside).expect("well formed").elsewhere, ["b.ome.tif"]);
    for own in
        ["<UUID FileName=\"a.ome.tif\">urn:uuid:9</UUID>", "<UUID FileName=\"old.tif\">urn:uuid:1</UUID>"]
    {
        let inside = format!("<TiffData PlaneCount=\"3\">{own}</TiffData>");
        assert!(parse(THREE, &inside).expect("well formed").elsewhere.is_empty(), "{own} is this file");
    }
    // Renamed: it has no name of its own, and the only file that it speaks of is not there.
    let renamed = |names: [&str; 3]| {
        let data =
            names.map(|name| format!("<TiffData><UUID FileName=\"{name}\">urn:uuid:2</UUID></TiffData>"));
        let text = xml(THREE, &data.concat()).replace(" UUID=\"urn:uuid:1\"", "");
        super::parse(&text, &place(), &ReadOptions::default()).expect("well formed").elsewhere
    };
    assert!(renamed(["old.tif"; 3]).is_empty());
    assert_eq!(renamed(["old.tif", "old.tif", "other.tif"]), ["old.tif", "other.tif"]);
    assert_eq!(renamed(["old.tif", "old.tif", "a.ome.tif"]), ["old.tif"]);
    let part = "<OME><BinaryOnly MetadataFile=\"all.companion.ome\"/></OME>";
    let message =
        super::parse(part, &place(), &ReadOptions::default()).expect_err("another file").to_string();
    assert!(message.contains("all.companion.ome"), "{message}");
}

#[test]
fn what_is_not_read_is_said() {
    let series = THREE.replace("SizeT=\"1\"", "SizeT=\"5\"");
    assert!(matches!(parse(&series, ""), Err(Error::Undecided { .. })));
    for broken in ["<OME><Image>", "<OME/>", "<!DOCTYPE a><OME/>"] {
        assert!(super::parse(broken, &place(), &ReadOptions::default()).is_err(), "{broken}");
    }
    for attributes in [THREE.replace("XYCZT", "CXYZT"), THREE.replace("SizeC=\"3\"", "SizeC=\"three\"")] {
        assert!(matches!(parse(&attributes, ""), Err(Error::Malformed { .. })), "{attributes}");
    }
}
