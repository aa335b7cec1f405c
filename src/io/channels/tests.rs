use super::*;
use crate::error::{Error, Location, Result};
use crate::field::{ChannelRole, FieldNote};
use crate::io::channel::Channel;

fn named(name: &str) -> Channel {
    Channel { name: Some(name.to_owned()), ..Channel::default() }
}

fn emitting(nm: f64) -> Channel {
    Channel { emission_nm: Some(nm), ..Channel::default() }
}

fn decide_of(channels: &[Channel]) -> Result<ChannelMap> {
    decide(channels, &Location::file("field.tif"))
}

#[test]
fn vendors_spellings() {
    let counterstain =
        ["DAPI", "dapi", "C1: DAPI", "DAPI_405", "Hoechst 33342", "Hoechst33342", "HOECHST", "Blue"];
    let red = [
        "SpectrumOrange",
        "Spectrum Orange",
        "spectrum-orange",
        "SpOrange",
        "Orange",
        "Cy3",
        "Cy 3",
        "Cy3.5",
        "CY3",
        "TRITC",
        "Texas Red",
        "TexasRed",
        "TxRed",
        "red",
        "Red",
        "R",
        "Alexa 555",
        "Alexa Fluor 555",
        "Alexa Fluor\u{ae} 594",
        "AF568",
        "dTomato",
        "tdTomato",
        "DsRed",
        "mCherry",
        "RFP",
        "SpectrumRed",
        "Rhodamine",
        "5-TAMRA",
        "ZyOrange",
        "PlatinumBright 550",
    ];
    let green = [
        "SpectrumGreen",
        "Spectrum Green",
        "SPECTRUM_GREEN",
        "SpGreen",
        "Green",
        "FITC",
        "FITC (ex 488)",
        "GFP",
        "eGFP",
        "Alexa 488",
        "Alexa Fluor 488",
        "AlexaFluor488",
        "AF488",
        "Cy2",
        "5-FAM",
        "Oregon Green 488",
        "g",
    ];
    for (names, role) in [
        (&counterstain[..], ChannelRole::Counterstain),
        (&red[..], ChannelRole::Red),
        (&green[..], ChannelRole::Green),
    ] {
        for name in names {
            assert_eq!(roles_of_name(name), Some(vec![role]), "{name}");
        }
    }
}

#[test]
fn known_labels_without_a_role() {
    let names = [
        "SpectrumAqua",
        "Spectrum Aqua",
        "Cy5",
        "Cy5.5",
        "Far Red",
        "far-red",
        "FarRed",
        "Infra-red",
        "Alexa 647",
        "Alexa Fluor 647",
        "SpectrumFarRed",
        "Spectrum Blue",
        "SpectrumGold",
        "Brightfield",
        "Phase contrast",
    ];
    for name in names {
        assert_eq!(roles_of_name(name), Some(vec![]), "{name}");
    }
}

#[test]
fn names_that_say_nothing() {
    for name in [
        "",
        "Channel 1",
        "C=1",
        "595",
        "Ex 61",
        "Ch0",
        "Greenland",
        "infrared27",
        "Redshirt",
        "bored",
        "Cy35",
    ] {
        assert_eq!(roles_of_name(name), None, "{name}");
    }
}

#[test]
fn lines_of_lasers_numbered_names_and_filters_for_several_labels() {
    for (name, role) in [
        ("405", ChannelRole::Counterstain),
        ("Laser 488", ChannelRole::Green),
        ("CSU561", ChannelRole::Red),
        ("365 nm LED", ChannelRole::Counterstain),
        ("561 nm", ChannelRole::Red),
        ("488nm", ChannelRole::Green),
        ("DAPI1", ChannelRole::Counterstain),
        ("ORANGE1", ChannelRole::Red),
        ("SpGr", ChannelRole::Green),
        ("SpO", ChannelRole::Red),
    ] {
        assert_eq!(roles_of_name(name), Some(vec![role]), "{name}");
    }
    assert_eq!(roles_of_name("640"), Some(vec![]));
    let map =
        decide_of(&["DAPI", "Orange", "Green", "DAPI/FITC/TRITC"].map(named)).expect("the fourth is none");
    assert_eq!(map, ChannelMap { counterstain: 0, red: 1, green: 2 });
    assert!(decide_of(&["DAPI/FITC/TRITC", "Orange", "Green"].map(named)).is_err());
}

#[test]
fn names_in_other_languages_and_further_dyes() {
    let (dapi, red, green) = (ChannelRole::Counterstain, ChannelRole::Red, ChannelRole::Green);
    for (names, role) in [
        (&["Blau", "bleu", "Azul", "bl\u{e5}", "bla\u{30a}", "Синий", "蓝色", "青"][..], dapi),
        (
            &["Rot", "Rouge", "rojo", "R\u{f6}d", "Naranja", "橙色", "красный", "Rhod", "Quasar 570", "TxR"]
                [..],
            red,
        ),
        (
            &["Gr\u{fc}n", "Gru\u{308}n", "gruen", "Vert", "verde", "绿", "緑", "зелёный", "SpG", "A488"][..],
            green,
        ),
    ] {
        for name in names {
            assert_eq!(roles_of_name(name), Some(vec![role]), "{name}");
        }
    }
    for name in ["Quasar 670", "STAR RED", "Durchlicht", "SpA"] {
        assert_eq!(roles_of_name(name), Some(vec![]), "{name}");
    }
}

#[test]
fn channels_by_the_names_that_the_user_gives() {
    let names: ChannelNames = "dapi=CH1, red=3'ALK ,green=ch3".parse().expect("three names");
    let place = Location::file("field.tif");
    let channels = ["CH3", "CH1", "3'ALK"].map(named);
    let map = names.find(&channels, &place).expect("each is there");
    assert_eq!(map, ChannelMap { counterstain: 1, red: 2, green: 0 });
    let message = names.find(&channels[..2], &place).expect_err("no 3'ALK").to_string();
    assert!(
        message.contains("3'ALK") && message.contains("0 \"CH3\"") && message.contains("--channels"),
        "{message}"
    );
    assert_eq!(names.to_string().parse::<ChannelNames>().expect("what it writes"), names);
    for wrong in ["", "dapi=a,red=b", "dapi=a,red=b,green=", "dapi=a,red=b,green=c,red=d"] {
        assert!(wrong.parse::<ChannelNames>().is_err(), "{wrong}");
    }
}

#[test]
fn order_does_not_matter() {
    let channels = ["FITC", "DAPI", "TRITC"].map(named);
    let map = decide_of(&channels).expect("each name is clear");
    assert_eq!(map, ChannelMap { counterstain: 1, red: 2, green: 0 });
}

#[test]
fn wavelengths_decide_where_names_do_not() {
    let map = decide_of(&[emitting(588.0), emitting(524.0), emitting(461.0)]).expect("one in each band");
    assert_eq!(map, ChannelMap { counterstain: 2, red: 0, green: 1 });
    let numbered = Channel { name: Some("Channel 1".to_owned()), ..emitting(461.0) };
    assert!(decide_of(&[numbered, named("Cy3"), named("FITC")]).is_ok());
    for between in [495.0, 552.0, 670.0] {
        assert!(decide_of(&[named("DAPI"), emitting(between), named("FITC")]).is_err(), "{between}");
    }
}

#[test]
fn further_channels_are_allowed() {
    let aqua = Channel { emission_nm: Some(480.0), ..named("SpectrumAqua") };
    let channels = [named("DAPI"), aqua, named("SpectrumOrange"), named("SpectrumGreen"), named("Cy5")];
    let map = decide_of(&channels).expect("one for each role");
    assert_eq!(map, ChannelMap { counterstain: 0, red: 2, green: 3 });
}

#[test]
fn doubt_is_an_error_that_lists_the_channels() {
    let doubtful: [(&[Channel], &str); 5] = [
        (&["DAPI", "Cy3", "Texas Red", "FITC"].map(named), "channels 1 and 2 are red"),
        (
            &["DAPI", "Cy3"].map(named),
            "field.tif: the file has no green channel (found 2 channels: 0 \"DAPI\", 1 \"Cy3\"); was it exported?",
        ),
        (&[Channel::default(), Channel::default(), Channel::default()], "the channels have no names"),
        (&["DAPI", "Red/Green", "Cy5"].map(named), "red and green"),
        (
            &[named("DAPI"), Channel { emission_nm: Some(520.0), ..named("Red") }, named("Cy5")],
            "red and green",
        ),
    ];
    for (channels, expected) in doubtful {
        let error = decide_of(channels).expect_err("not clear");
        assert!(matches!(error, Error::Undecided { .. }), "{error}");
        let message = error.to_string();
        assert!(message.contains(expected), "{message}");
        assert!(message.contains("field.tif") && message.contains("--channels"), "{message}");
        assert!(message.contains(&list(channels)), "{message}");
    }
}

#[test]
fn channel_maps_from_text() {
    let map: ChannelMap = "green=2, DAPI=0 ,orange=1".parse().expect("in any order");
    assert_eq!(map, ChannelMap { counterstain: 0, red: 1, green: 2 });
    assert_eq!(map.to_string().parse::<ChannelMap>().expect("what it writes"), map);
    for wrong in ["", "dapi=0", "dapi=0,red=1,green=x", "dapi=0,red=1,green=-1", "dapi=0,red=1,red=2,green=3"]
    {
        let message = wrong.parse::<ChannelMap>().expect_err(wrong).to_string();
        assert!(message.contains("dapi=N,red=N,green=N"), "{message}");
    }
    assert!("dapi=0,red=1,green=1".parse::<ChannelMap>().is_err(), "one channel for two roles");
    assert!("dapi=0,red=1,green=2,aqua=3".parse::<ChannelMap>().is_err());
}

#[test]
fn maps_out_of_range_name_what_the_file_has() {
    let map = ChannelMap { counterstain: 0, red: 1, green: 3 };
    let channels = ["DAPI", "Cy3", "FITC"].map(named);
    let message = map.check(&channels, &Location::file("field.tif")).expect_err("no channel 3").to_string();
    for part in ["green", "3", "0 to 2", "field.tif", "\"FITC\""] {
        assert!(message.contains(part), "{message}");
    }
}

#[test]
fn channels_given_against_what_the_file_says_are_contradicted() {
    let channels = ["DAPI", "SpectrumOrange", "FITC", "Cy5 far red"].map(named);
    let contradicted = |red, green| ChannelMap { counterstain: 0, red, green }.contradictions(&channels);
    assert!(contradicted(1, 2).is_empty());
    let swapped = contradicted(2, 1);
    assert_eq!(swapped.len(), 2, "{swapped:?}");
    let (used, stated) = (ChannelRole::Red, vec![ChannelRole::Green]);
    assert!(swapped.contains(&FieldNote::ChannelContradicted { index: 2, used, stated }), "{swapped:?}");
    let unnamed = [Channel::default(), Channel::default(), Channel::default()];
    assert!(ChannelMap { counterstain: 2, red: 0, green: 1 }.contradictions(&unnamed).is_empty());
}
