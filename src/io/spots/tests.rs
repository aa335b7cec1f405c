use super::*;
use proptest::prelude::*;

const SIZE: (usize, usize) = (50, 80);

fn read(text: &str) -> Result<SpotFile> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("field_000.csv");
    std::fs::write(&path, text).unwrap();
    read_spots(&path, SIZE, PixelSize::from_um(0.5).ok())
}

fn places(text: &str) -> Vec<[f64; 2]> {
    match read(text).unwrap() {
        SpotFile::OneChannel(spots) => spots.iter().map(|spot| [spot.y_px, spot.x_px]).collect(),
        by_channel => panic!("{by_channel:?}"),
    }
}

fn error(text: &str) -> String {
    read(text).unwrap_err().to_string()
}

#[test]
fn the_columns_of_each_program() {
    let expected = [[10.0, 70.5], [-0.25, 3.0]];
    for text in [
        "y,x\n10.0,70.5\n-0.25,3.0\n",
        "y,x,intensity,probability\n10.0,70.5,321,0.9\n-0.25,3.0,45,0.5\n",
        "axis-0,axis-1\n10,70.5\n-0.25,3\n",
        ",axis-0,axis-1,axis-2,intensity\n0,4,10,70.5,3\n1,4,-0.25,3,3\n",
        "x,y,t,c,intensity\n70.5000,10.0000,1,1,300.5\n3.0000,-0.2500,1,1,300.5\n",
        "x,y,z,t,c,intensity\n70.5,10,4.5,1,1,300.5\n3,-0.25,7,1,1,300.5\n",
        "Y;X\r\n10;70.5\r\n\r\n-0.25;3\r\n",
        "10;70.5\n-0.25;3\n",
        "5;10;70.5\n5;-0.25;3\n",
        "field,nucleus_id,channel,y_px,x_px,status\na,1,1,10,70.5,fused\na,0,1,-0.25,3,isolated\n",
        "y_um\tx_um\n5\t35.25\n-0.125\t1.5\n",
        "\u{feff}LABEL,ID,TRACK_ID,QUALITY,POSITION_X,POSITION_Y,POSITION_T,FRAME,MEAN_INTENSITY_CH1\n\
         Label,Spot ID,Track ID,Quality,X,Y,T,Frame,Mean intensity ch1\n\
         Label,Spot ID,Track ID,Quality,X,Y,T,Frame,Mean ch1\n\
         ,,,(quality),(micron),(micron),(sec),,(counts)\n\
         ID7,7,,12.5,35.25,5.0,0.0,0,301.2\nID8,8,,9.5,1.5,-0.125,0.0,0,120.2\n",
        "POSITION_X,POSITION_Y\nX,Y\nX,Y\n(pixels),(pixels)\n70.5,10\n3,-0.25\n",
    ] {
        assert_eq!(places(text), expected, "{text}");
    }
}

#[test]
fn a_column_tells_the_channels_apart() {
    let text = "channel,y,x\nred,1,2\nSpectrumGreen,3,4\nFITC,5,6\n";
    let SpotFile::ByChannel(spots) = read(text).unwrap() else { panic!("one channel") };
    assert_eq!((spots.red.len(), spots.green.len()), (1, 2));
    assert_eq!(spots.green[1], SpotPlace { y_px: 5.0, x_px: 6.0 });
    // The same place in both is a pair, not a repetition.
    assert!(matches!(read("dye,y,x\nred,1,2\ngreen,1,2\n"), Ok(SpotFile::ByChannel(_))));
    assert!(error("channel,y,x\nred,1,2\nDAPI,3,4\n").contains("line 3"));
    assert!(error("channel,y,x\n1,1,2\n2,3,4\n").contains("`1`"));
}

#[test]
fn a_file_without_spots_has_none() {
    for text in ["", "\n\n", "y,x\n", "x,y,t,c,intensity\n"] {
        assert_eq!(places(text).len(), 0, "{text:?}");
    }
}

#[test]
fn faults_name_the_row_or_the_columns() {
    let unknown = error("row,column,score\n1,2,3\n");
    assert!(unknown.contains("row, column, score") && unknown.contains("axis-0,axis-1"), "{unknown}");
    for (text, named) in [
        ("y,x\n1,2\n\n3,NaN\n", "line 4"),
        ("y,x\n1,2\n3,inf\n", "line 3"),
        ("y,x\n1\n", "line 2"),
        ("y;x\n1,5;2\n", "`1,5`"),
        ("y,x\n49.5,2\n", "line 2"),
        ("y,x\n1,80\n", "50 x 80 px"),
        ("y,x\n1,2\n3,4\n1.0,2.00\n", "line 4: the spot of line 2"),
        ("y,x\n0,2\n-0.0,2\n", "line 3"),
        ("1,2,3,4\n", "4 columns"),
    ] {
        let error = read(text).unwrap_err();
        assert_eq!(error.code(), "malformed", "{text}");
        assert!(error.to_string().contains(named), "{error}");
        assert!(error.to_string().contains("field_000.csv"), "{error}");
    }
    for text in [
        "x,y,t,c,intensity\n1,2,1,1,3\n1,5,2,1,3\n",
        "POSITION_X,POSITION_Y\n1,2\n",
        "POSITION_X,POSITION_Y\n(inch),(inch)\n1,2\n",
    ] {
        assert_eq!(read(text).unwrap_err().code(), "undecided", "{text}");
    }
}

#[test]
fn micrometres_need_the_size_of_a_pixel() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.csv");
    std::fs::write(&path, "y_um,x_um\n1,2\n").unwrap();
    assert_eq!(read_spots(&path, SIZE, None).unwrap_err().code(), "undecided");
    assert_eq!(read_spots(folder.path().join("b.csv"), SIZE, None).unwrap_err().code(), "io");
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "[\\x00-\\x7fµ]{0,60}", header in "(y,x\n)?") {
        if let Ok(SpotFile::OneChannel(spots)) = read(&(header + &text)) {
            prop_assert!(spots.iter().all(|spot| spot.lies_in(SIZE)));
        }
    }
}
