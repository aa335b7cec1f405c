//! Writes the seeds of all targets to `fuzz/corpus`: valid files, most of them by the crate's own writers.
//!
//! With the environment variable `BREAKAPART_DATA` the small image files of its folder `formats` are seeds too.

use std::error::Error;
use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use breakapart::analyse::AnalyseParams;
use breakapart::io::write_labels;
use breakapart::ndarray::Array2;
use breakapart::report::{write_nuclei_geojson, write_signals_geojson};
use breakapart::simulate::{Conditions, simulate_field, write_ome_tiff};
use breakapart::{Analyser, Assay};
use image::{DynamicImage, ImageFormat};

type Outcome = Result<(), Box<dyn Error>>;

/// Larger files are slow to change and to read.
const MAX_SEED_BYTES: u64 = 16_384;

fn package() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The path of a seed of a target.
fn seed(target: &str, name: &str) -> Result<PathBuf, Box<dyn Error>> {
    let folder = package().join("corpus").join(target);
    fs::create_dir_all(&folder)?;
    Ok(folder.join(name))
}

fn main() -> Outcome {
    images()?;
    descriptions()?;
    tables_and_settings()?;
    readings()?;
    zarr()?;
    // Width, then labels.
    fs::write(seed("labels", "two_nuclei")?, [4, 0, 0, 16, 16, 0, 32, 16, 16, 255, 254, 253, 252])?;
    Ok(())
}

/// The small files of a folder and of the folders in it.
fn small_files(folder: &Path, found: &mut Vec<PathBuf>) -> Outcome {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            small_files(&entry.path(), found)?;
        } else if entry.metadata()?.len() <= MAX_SEED_BYTES {
            found.push(entry.path());
        }
    }
    Ok(())
}

fn images() -> Outcome {
    let mut files = Vec::new();
    small_files(&package().join("../tests/data"), &mut files)?;
    if let Some(data) = std::env::var_os("BREAKAPART_DATA") {
        small_files(&Path::new(&data).join("formats"), &mut files)?;
    }
    for path in files {
        let name = path.file_name().ok_or("a file without a name")?.to_string_lossy().into_owned();
        if name.ends_with(".tif") || name.ends_with(".tiff") {
            fs::copy(&path, seed("tiff_field", &name)?)?;
        }
    }
    write_labels(seed("tiff_field", "labels.tif")?, &Array2::from_shape_fn((9, 7), |(y, x)| (y * x) as u32))?;

    let colours = DynamicImage::ImageRgb8(image::RgbImage::from_fn(24, 17, |x, y| {
        image::Rgb([(x * 10) as u8, (y * 15) as u8, (x * y) as u8])
    }));
    let kinds = [
        ("grey8", DynamicImage::from(colours.to_luma8())),
        ("grey16", DynamicImage::from(colours.to_luma16())),
        ("grey_alpha", DynamicImage::from(colours.to_luma_alpha8())),
        ("rgba16", DynamicImage::from(colours.to_rgba16())),
        ("rgb8", colours),
    ];
    for (name, image) in kinds {
        let mut bytes = Cursor::new(Vec::new());
        image.write_to(&mut bytes, ImageFormat::Png)?;
        fs::write(seed("raster_field", &format!("{name}.png"))?, bytes.into_inner())?;
        if name.ends_with('8') {
            image.save_with_format(seed("raster_field", &format!("{name}.jpg"))?, ImageFormat::Jpeg)?;
        }
    }
    Ok(())
}

/// Metadata and first chunk of the folders of OME-Zarr of the crate's tests.
fn zarr() -> Outcome {
    for folder in fs::read_dir(package().join("../tests/data/zarr"))? {
        let folder = folder?.path();
        let is_new = folder.join("zarr.json").exists();
        let files = if is_new {
            ["zarr.json", "0/zarr.json", "0/c/0/0/0"]
        } else {
            [".zattrs", "0/.zarray", "0/0.0.0"]
        };
        let contents = files.map(|file| fs::read(folder.join(file)).unwrap_or_default());
        let name = folder.file_name().ok_or("a folder without a name")?.to_string_lossy().into_owned();
        let mut bytes = vec![u8::from(!is_new)];
        bytes.extend(contents.join(&0));
        if bytes.len() as u64 <= MAX_SEED_BYTES {
            fs::write(seed("zarr", &name)?, bytes)?;
        }
    }
    Ok(())
}

/// Descriptions for pages of 4 x 4 px.
fn descriptions() -> Outcome {
    let ome = |pixels: &str, inside: &str| {
        format!(
            "<?xml version=\"1.0\"?><OME xmlns=\"http://www.openmicroscopy.org/Schemas/OME/2016-06\" UUID=\"urn:uuid:1\">\
             <Image ID=\"Image:0\" Name=\"a\"><Pixels SizeX=\"4\" SizeY=\"4\" Type=\"uint8\" {pixels}>{inside}</Pixels></Image></OME>"
        )
    };
    let channels = "<Channel Name=\"DAPI\" EmissionWavelength=\"461\"/><Channel Fluor=\"SpectrumOrange\"/>\
                    <Channel Name=\"FITC\" EmissionWavelength=\"0.52\" EmissionWavelengthUnit=\"\u{b5}m\"/>";
    let stack = "SizeC=\"3\" SizeZ=\"2\" SizeT=\"1\" DimensionOrder=\"XYZCT\" PhysicalSizeX=\"0.1\" PhysicalSizeY=\"0.1\"";
    let placed = "<TiffData IFD=\"2\" FirstC=\"0\" FirstZ=\"0\" FirstT=\"0\" PlaneCount=\"1\">\
                  <UUID FileName=\"a.ome.tif\">urn:uuid:1</UUID></TiffData><TiffData IFD=\"0\" FirstC=\"1\"/><TiffData IFD=\"1\" FirstC=\"2\"/>";
    let frames = "SizeC=\"3\" SizeZ=\"1\" SizeT=\"2\" DimensionOrder=\"XYCZT\" PhysicalSizeX=\"65\" PhysicalSizeXUnit=\"nm\" \
                  PhysicalSizeY=\"0,065\" SignificantBits=\"7\"";
    let plain = "SizeC=\"3\" SizeZ=\"1\" SizeT=\"1\" DimensionOrder=\"XYCZT\"";
    for (name, text) in [
        ("ome_stack", ome(stack, &format!("{channels}<TiffData/>"))),
        ("ome_placed", ome(plain, &format!("{channels}{placed}"))),
        ("ome_frames", ome(frames, channels)),
        ("ome_elsewhere", "<OME><BinaryOnly MetadataFile=\"all.companion.ome\"/></OME>".to_owned()),
        (
            "imagej",
            "ImageJ=1.53t\nimages=6\nchannels=3\nslices=2\nframes=1\nhyperstack=true\nmode=grayscale\nunit=micron\nspacing=0.3\nmin=0\nmax=255\n"
                .to_owned(),
        ),
        ("shaped", r#"{"shape": [3, 2, 4, 4], "axes": "CZYX", "Channel": {"Name": ["DAPI", "red", "green"]}, "PhysicalSizeX": 0.1}"#.to_owned()),
    ] {
        fs::write(seed("ome_xml", name)?, text)?;
    }
    Ok(())
}

fn tables_and_settings() -> Outcome {
    for name in Assay::builtin_names() {
        fs::write(seed("assay", name)?, Assay::builtin_toml(name)?)?;
    }
    fs::write(seed("params", "template.toml")?, AnalyseParams::TEMPLATE)?;
    for (name, text) in [
        (
            "all_columns.csv",
            "specimen,path,assay,sex,channels,pixel_size_um,control,regions,note,block\n\
             P1,.,alk,f,\"dapi=0,red=1,green=2\",0.1,,,\"a \"\"note\"\"\",A7\nP2,.,ros1,male,,0.065,negative,,,\n",
        ),
        ("semicolons.csv", "\u{feff}sep=;\r\nspecimen;path;assay\r\nP1;.;ALK\r\n\r\nP1;.;ret\r\n"),
        ("tabs.csv", "Path\tSpecimen\n.\tP1\n"),
    ] {
        fs::write(seed("sheet", name)?, text)?;
    }
    let ring = "[[10, 10], [50, 10], [50, 30], [10, 30], [10, 10]]";
    let hole = "[[12, 12], [14, 12], [14, 14], [12, 12]]";
    for (name, text) in [
        ("geometry.geojson", format!(r#"{{"type": "Polygon", "coordinates": [{ring}, {hole}]}}"#)),
        (
            "list.geojson",
            format!(
                r#"[{{"type": "Feature", "geometry": {{"type": "MultiPolygon", "coordinates": [[{ring}]]}}, "properties": {{"name": "A", "field": "field_000"}}}}]"#
            ),
        ),
        (
            "collection.geojson",
            format!(
                r#"{{"type": "FeatureCollection", "features": [{{"type": "Feature", "id": "PathAnnotationObject", "geometry": {{"type": "GeometryCollection", "geometries": [{{"type": "Polygon", "coordinates": [{ring}]}}, {{"type": "Point", "coordinates": [1, 2.5e1]}}]}}, "properties": {{"objectType": "annotation", "classification": {{"names": ["Tumor", "Ignore*"], "color": [200, 0, 0]}}, "childObjects": []}}}}]}}"#
            ),
        ),
    ] {
        fs::write(seed("geojson", name)?, text)?;
    }
    Ok(())
}

/// A reading of a small simulated field, and the objects written from it.
fn readings() -> Outcome {
    let mut conditions = Conditions::named("easy_positive")?;
    conditions.size_px = 256;
    let simulated = simulate_field(&conditions, 1, 0)?;
    let whole = Analyser::new(Assay::builtin("alk")?)?.analyse(&simulated.field)?;
    fs::write(seed("saved_reading", "reading.json")?, serde_json::to_string(&whole)?)?;
    write_nuclei_geojson(seed("geojson", "nuclei.geojson")?, &whole, &whole.fields[0])?;
    write_signals_geojson(seed("geojson", "signals.geojson")?, &whole, &whole.fields[0])?;
    conditions.size_px = 64;
    write_ome_tiff(seed("tiff_field", "simulated.ome.tif")?, &simulate_field(&conditions, 1, 0)?)?;
    Ok(())
}
