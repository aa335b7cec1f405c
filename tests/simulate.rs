//! The simulator does what its parameters say: its images are measured, its tables are added up.
#![cfg(feature = "simulate")]
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use breakapart::simulate::{
    AmplitudeDistribution, Conditions, Pattern, SignalKind, SignalTruth, SimulatedField, TrueStatus,
    simulate_field, simulate_specimen, write_specimen,
};
use breakapart::{Colour, Plane, PlaneView};

type TestResult = Result<(), Box<dyn std::error::Error>>;

/// Conditions in which nothing but the thing to be measured shows.
fn plain(size_px: usize) -> Conditions {
    let mut conditions = Conditions::default();
    conditions.size_px = size_px;
    conditions.artefacts.nuclear_glow = 0.0;
    conditions.artefacts.haze = 0.0;
    conditions.optics.vignette = 0.0;
    conditions.optics.depth_of_focus_um = 20.0;
    conditions.probes.doublet_share = 0.0;
    conditions.probes.gain_share = 0.0;
    conditions
}

/// One bright signal in each nucleus and nothing near it.
fn lone_signals(pattern: Pattern) -> Conditions {
    let mut conditions = plain(768);
    conditions.probes.copies = 1;
    conditions.probes.rearranged_share = 1.0;
    conditions.probes.pattern = pattern;
    conditions.probes.signal_electrons = 100_000.0;
    conditions
}

fn mean_and_variance(plane: PlaneView<'_>) -> (f64, f64) {
    let (height, width) = plane.dim();
    let n = (height * width) as f64;
    let samples = || (0..height).flat_map(|y| (0..width).map(move |x| f64::from(plane.at(y, x))));
    let mean = samples().sum::<f64>() / n;
    (mean, samples().map(|v| (v - mean).powi(2)).sum::<f64>() / n)
}

/// Light (grey levels), centroid and variances (y, x; px) of a signal in a window about its place.
struct Measured {
    light: f64,
    centroid: (f64, f64),
    variance: (f64, f64),
}

fn measure(plane: PlaneView<'_>, centre: (f64, f64), background: f64) -> Option<Measured> {
    const HALF: usize = 14;
    let (height, width) = plane.dim();
    let (y0, x0) = (centre.0.round() as usize, centre.1.round() as usize);
    if y0 < HALF || x0 < HALF || y0 + HALF >= height || x0 + HALF >= width {
        return None;
    }
    let window = || (y0 - HALF..=y0 + HALF).flat_map(|y| (x0 - HALF..=x0 + HALF).map(move |x| (y, x)));
    let sum = |f: &dyn Fn(f64, f64) -> f64| -> f64 {
        window().map(|(y, x)| (f64::from(plane.at(y, x)) - background) * f(y as f64, x as f64)).sum()
    };
    let light = sum(&|_, _| 1.0);
    let centroid = (sum(&|y, _| y) / light, sum(&|_, x| x) / light);
    let variance =
        (sum(&|y, _| (y - centroid.0).powi(2)) / light, sum(&|_, x| (x - centroid.1).powi(2)) / light);
    Some(Measured { light, centroid, variance })
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let values: Vec<f64> = values.collect();
    assert!(values.len() >= 15, "too few measurements: {}", values.len());
    values.iter().sum::<f64>() / values.len() as f64
}

fn measured(
    field: &SimulatedField,
    colour: Colour,
    background: f64,
) -> impl Iterator<Item = (&SignalTruth, Measured)> {
    field.signals.iter().filter_map(move |signal| {
        let measured = measure(field.field.probe(colour), (signal.image_y, signal.image_x), background)?;
        Some((signal, measured))
    })
}

fn files_in(dir: &Path) -> Result<BTreeMap<PathBuf, Vec<u8>>, std::io::Error> {
    let mut files = BTreeMap::new();
    for folder in [dir.to_path_buf(), dir.join("truth")] {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_file() {
                files.insert(path.strip_prefix(dir).map_or(path.clone(), Path::to_path_buf), fs::read(path)?);
            }
        }
    }
    Ok(files)
}

#[test]
fn the_same_seed_gives_the_same_bytes_for_any_number_of_threads() -> TestResult {
    let mut conditions = Conditions::named("tissue_stroma")?;
    conditions.size_px = 200;
    let write = |threads: usize, seed: u64| -> Result<_, Box<dyn std::error::Error>> {
        let dir = tempfile::tempdir()?;
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
        pool.install(|| write_specimen(dir.path(), &conditions, seed, 2))?;
        Ok(files_in(dir.path())?)
    };
    let one = write(1, 5)?;
    assert_eq!(one.len(), 2 * 4 + 1, "{:?}", one.keys());
    assert!(one == write(2, 5)?, "1 and 2 threads differ");
    let other = write(1, 6)?;
    let field = Path::new("field_000.ome.tif");
    assert_ne!(one[field], other[field]);
    assert_ne!(one[field], one[Path::new("field_001.ome.tif")]);
    Ok(())
}

#[test]
fn truth_tables_agree_with_each_other_and_with_the_labels() -> TestResult {
    for (name, size_px) in [("tissue_dense", 512), ("isolated_red", 512), ("crowded", 400), ("zstack", 384)] {
        let mut conditions = Conditions::named(name)?;
        conditions.size_px = size_px;
        let specimen = simulate_specimen(&conditions, 3, 2)?;
        let (mut scorable, mut rearranged) = (0, 0);
        for field in &specimen.fields {
            let last = field.labels.iter().max().copied().unwrap_or(0);
            assert!(last as usize <= field.nuclei.len(), "{name}");
            for (i, nucleus) in field.nuclei.iter().enumerate() {
                assert_eq!(nucleus.nucleus as usize, i + 1);
                let area = field.labels.iter().filter(|&&label| label == nucleus.nucleus).count();
                assert_eq!(area, nucleus.area);
                assert!(nucleus.area <= nucleus.whole_area);
                let count = |status, channel| {
                    let owned = field.signals.iter().filter(|s| s.owner == nucleus.nucleus);
                    owned.filter(|s| s.status == status && s.channel == channel).count()
                };
                for status in [TrueStatus::Fused, TrueStatus::Split] {
                    assert_eq!(count(status, Colour::Red), count(status, Colour::Green));
                }
                assert_eq!(nucleus.fused, count(TrueStatus::Fused, Colour::Red));
                assert_eq!(nucleus.split, count(TrueStatus::Split, Colour::Red));
                assert_eq!(nucleus.red, count(TrueStatus::Isolated, Colour::Red));
                assert_eq!(nucleus.green, count(TrueStatus::Isolated, Colour::Green));
                assert_eq!(nucleus.rearranged, nucleus.split + nucleus.red > 0);
                scorable += usize::from(nucleus.scorable);
                rearranged += usize::from(nucleus.scorable && nucleus.rearranged);
                assert!(!(nucleus.scorable && nucleus.border));
            }
            for signal in &field.signals {
                let at = (signal.y.round() as usize, signal.x.round() as usize);
                assert_eq!(field.labels.get(at), Some(&signal.owner));
            }
        }
        assert_eq!((specimen.truth.scorable, specimen.truth.scorable_rearranged), (scorable, rearranged));
        assert!(scorable > 0, "{name}");
        let percent = 100.0 * rearranged as f64 / scorable as f64;
        assert!((specimen.truth.percent - percent).abs() < 1e-12);
    }
    Ok(())
}

#[test]
fn background_and_noise_follow_the_photon_transfer_curve() -> TestResult {
    let mut conditions = plain(512);
    conditions.nuclei.per_10000_um2 = 0.0;
    // 10, 60 and 200 photoelectrons a pixel, on both sides of the change from Poisson to normal.
    conditions.artefacts.background_electrons_per_um2 = [1000.0, 6000.0, 20_000.0];
    conditions.camera.electrons_per_level = 0.5;
    let field = simulate_field(&conditions, 1, 0)?;
    let planes = [field.field.counterstain.view(), field.field.red.view(), field.field.green.view()];
    for (plane, electrons) in planes.into_iter().zip([10.0, 60.0, 200.0]) {
        let (mean, variance) = mean_and_variance(plane);
        assert!((mean - (100.0 + electrons / 0.5)).abs() < 0.3, "{electrons} e: mean {mean}");
        // Rounding adds a twelfth.
        let expected = (electrons + 1.6 * 1.6) / 0.25 + 1.0 / 12.0;
        assert!((variance / expected - 1.0).abs() < 0.015, "{electrons} e: variance {variance}, {expected}");
    }
    Ok(())
}

#[test]
fn signals_have_the_light_height_width_and_place_of_the_truth() -> TestResult {
    let mut conditions = lone_signals(Pattern::IsolatedRed);
    conditions.probes.signal_spread = 0.0;
    let field = simulate_field(&conditions, 2, 0)?;
    assert!(field.signals.iter().all(|s| s.kind == SignalKind::Red && s.channel == Colour::Red));
    let background = 100.0 + 60.0 / 0.46;
    let all = || measured(&field, Colour::Red, background);
    let light = mean(all().map(|(_, m)| m.light));
    assert!((light * 0.46 / 100_000.0 - 1.0).abs() < 0.01, "{light}");
    let expected = (0.11_f64.powi(2) + 0.15_f64.powi(2)) / 0.01 + 1.0 / 12.0;
    let variance = mean(all().map(|(_, m)| f64::midpoint(m.variance.0, m.variance.1)));
    assert!((variance / expected - 1.0).abs() < 0.05, "{variance}, {expected}");
    for (dy, dx) in all().map(|(s, m)| (m.centroid.0 - s.y, m.centroid.1 - s.x)) {
        assert!(dy.hypot(dx) < 0.25, "{dy} {dx}");
    }
    // The amplitude is the height of the peak; sampling at the nearest pixel loses a few percent.
    let plane = field.field.probe(Colour::Red);
    let height = mean(all().map(|(s, _)| {
        let peak = f64::from(plane.at(s.image_y.round() as usize, s.image_x.round() as usize));
        (peak - background) / s.amplitude
    }));
    assert!((0.92..1.0).contains(&height), "{height}");
    Ok(())
}

#[test]
fn defocus_widens_signals_and_astigmatism_does_so_unequally() -> TestResult {
    let mut conditions = lone_signals(Pattern::IsolatedRed);
    conditions.nuclei.flatness = 0.2;
    conditions.optics.depth_of_focus_um = 1.0;
    conditions.optics.defocus_um = 1.5;
    conditions.optics.astigmatism_um = 3.0;
    let field = simulate_field(&conditions, 4, 0)?;
    let background = 100.0 + 60.0 / 0.46;
    let y = mean(measured(&field, Colour::Red, background).map(|(_, m)| m.variance.0));
    let x = mean(measured(&field, Colour::Red, background).map(|(_, m)| m.variance.1));
    // With the focus 1.5 um above, columns are in focus and rows 3 um away.
    assert!(x < 5.0 && y > 2.0 * x, "{y} {x}");
    Ok(())
}

#[test]
fn green_is_shifted_as_set_and_more_so_outwards() -> TestResult {
    let mut conditions = lone_signals(Pattern::IsolatedGreen);
    conditions.optics.shift_px = [3.0, -4.0];
    conditions.optics.shift_magnification = 0.01;
    let field = simulate_field(&conditions, 2, 0)?;
    let all = || measured(&field, Colour::Green, 100.0 + 60.0 / 0.46);
    let middle = (768.0 - 1.0) / 2.0;
    let dy = mean(all().map(|(s, m)| m.centroid.0 - s.y - 0.01 * (s.y - middle)));
    let dx = mean(all().map(|(s, m)| m.centroid.1 - s.x - 0.01 * (s.x - middle)));
    assert!((dy - 3.0).abs() < 0.05 && (dx + 4.0).abs() < 0.05, "{dy} {dx}");
    Ok(())
}

#[test]
fn crosstalk_passes_the_set_share_of_light() -> TestResult {
    let mut conditions = lone_signals(Pattern::IsolatedRed);
    conditions.optics.crosstalk = [0.2, 0.0];
    let field = simulate_field(&conditions, 2, 0)?;
    let background = 100.0 + 60.0 / 0.46;
    let red = mean(measured(&field, Colour::Red, background).map(|(_, m)| m.light));
    let green = mean(measured(&field, Colour::Green, background).map(|(_, m)| m.light));
    assert!((green / red - 0.2).abs() < 0.01, "{}", green / red);
    Ok(())
}

#[test]
fn cameras_saturate_at_their_bits_and_keep_their_hot_pixels() -> TestResult {
    let mut conditions = Conditions::named("saturated")?;
    conditions.size_px = 256;
    conditions.camera.hot_pixel_share = 0.001;
    conditions.camera.hot_pixel_electrons = 1e5;
    let fields = [simulate_field(&conditions, 1, 0)?, simulate_field(&conditions, 1, 1)?];
    assert_eq!(fields[0].field.saturation_level, Some(4095.0));
    let Plane::U16(counterstain) = &fields[0].field.counterstain else { panic!("not 16-bit") };
    assert_eq!(counterstain.iter().max(), Some(&4095));
    let hot = |plane: PlaneView<'_>| -> Vec<(usize, usize)> {
        let all = (0..256).flat_map(|y| (0..256).map(move |x| (y, x)));
        all.filter(|&(y, x)| plane.at(y, x) >= 4095.0).collect()
    };
    let (first, second) = (hot(fields[0].field.red.view()), hot(fields[1].field.green.view()));
    let shared = first.iter().filter(|pixel| second.contains(pixel)).count();
    assert!(shared >= 50, "{shared} of 66 hot pixels in both");

    let mut eight_bit = Conditions::named("eight_bit")?;
    eight_bit.size_px = 128;
    assert!(matches!(simulate_field(&eight_bit, 1, 0)?.field.red, Plane::U8(_)));
    Ok(())
}

#[test]
fn sections_cut_nuclei_short_and_lose_loci() -> TestResult {
    let mut conditions = Conditions::named("tissue_section")?;
    conditions.probes.rearranged_share = 0.0;
    conditions.probes.normal_split_share = 0.0;
    let section = simulate_field(&conditions, 1, 0)?;
    assert!(section.signals.iter().all(|s| (0.0..=4.5).contains(&s.z)));
    assert!(section.signals.iter().any(|s| s.status == TrueStatus::Isolated));
    conditions.section_um = 0.0;
    let whole = simulate_field(&conditions, 1, 0)?;
    let pairs = |field: &SimulatedField| {
        let inside = || field.nuclei.iter().filter(|n| !n.border);
        inside().map(|n| n.fused).sum::<usize>() as f64 / inside().count() as f64
    };
    assert!(pairs(&whole) > 1.9, "{}", pairs(&whole));
    assert!((0.6..1.7).contains(&pairs(&section)), "{}", pairs(&section));
    Ok(())
}

#[test]
fn shares_gaps_and_amplitudes_follow_their_distributions() -> TestResult {
    let mut conditions = Conditions::default();
    conditions.size_px = 2048;
    conditions.probes.rearranged_share = 0.4;
    conditions.probes.normal_split_share = 0.0;
    let field = simulate_field(&conditions, 9, 0)?;
    let carriers = field.nuclei.iter().filter(|n| n.carries).count() as f64 / field.nuclei.len() as f64;
    // Three standard deviations of a share of 0.4 among 240 nuclei.
    assert!((carriers - 0.4).abs() < 0.095, "{carriers}");
    for red in field.signals.iter().filter(|s| s.channel == Colour::Red) {
        let of_locus = |s: &&SignalTruth| (s.nucleus, s.locus) == (red.nucleus, red.locus);
        let mut signals = field.signals.iter().filter(of_locus);
        let Some(green) = signals.find(|s| s.channel == Colour::Green) else { continue };
        let gap_um = 0.1 * (red.y - green.y).hypot(red.x - green.x);
        let allowed = if red.kind == SignalKind::Split { 1.399..=3.201 } else { 0.0..=0.801 };
        assert!(allowed.contains(&gap_um), "{:?} {gap_um}", red.kind);
    }
    let statistics = |field: &SimulatedField| {
        let mut amplitudes: Vec<f64> = field.signals.iter().map(|s| s.amplitude).collect();
        amplitudes.sort_by(f64::total_cmp);
        let mean = amplitudes.iter().sum::<f64>() / amplitudes.len() as f64;
        let variance = amplitudes.iter().map(|a| (a - mean).powi(2)).sum::<f64>() / amplitudes.len() as f64;
        (amplitudes[amplitudes.len() / 2], mean, variance.sqrt() / mean)
    };
    let peak = 10_000.0 * 0.01 / (std::f64::consts::TAU * 0.0346) / 0.46;
    let (median, _, _) = statistics(&field);
    assert!((median / peak - 1.0).abs() < 0.05, "{median} {peak}");
    conditions.probes.amplitude_distribution = AmplitudeDistribution::Gamma;
    conditions.probes.signal_spread = 0.5;
    let (_, mean, variation) = statistics(&simulate_field(&conditions, 9, 0)?);
    assert!((mean / peak - 1.0).abs() < 0.06 && (variation - 0.5).abs() < 0.06, "{mean} {variation}");
    Ok(())
}

#[test]
fn files_read_back_as_they_were_simulated() -> TestResult {
    let mut conditions = Conditions::named("zstack_tissue")?;
    conditions.size_px = 96;
    conditions.optics.planes = 3;
    let dir = tempfile::tempdir()?;
    write_specimen(dir.path(), &conditions, 8, 1)?;
    let field = simulate_field(&conditions, 8, 0)?;

    let mut reader = tiff::decoder::Decoder::new(fs::File::open(dir.path().join("field_000.ome.tif"))?)?;
    let description = reader.get_tag_ascii_string(tiff::tags::Tag::ImageDescription)?;
    assert!(description.is_ascii());
    for text in
        ["SizeZ=\"3\"", "PhysicalSizeX=\"0.1\"", "&#181;m", "SpectrumOrange", "SignificantBits=\"16\""]
    {
        assert!(description.contains(text), "{text} in {description}");
    }
    for (page, plane) in field.planes().flatten().enumerate() {
        if page > 0 {
            reader.next_image()?;
        }
        let tiff::decoder::DecodingResult::U16(samples) = reader.read_image()? else { panic!("not 16-bit") };
        let Plane::U16(plane) = plane else { panic!("not 16-bit") };
        assert!(plane.iter().eq(&samples), "page {page}");
    }
    assert!(!reader.more_images());

    let labels = fs::File::open(dir.path().join("truth/field_000_labels.tif"))?;
    let mut reader = tiff::decoder::Decoder::new(labels)?;
    let tiff::decoder::DecodingResult::U16(samples) = reader.read_image()? else { panic!("not 16-bit") };
    assert!(field.labels.iter().copied().eq(samples.into_iter().map(u32::from)));

    let header = |name: &str| -> Result<String, std::io::Error> {
        let table = fs::read_to_string(dir.path().join("truth").join(name))?;
        Ok(table.lines().next().unwrap_or_default().to_owned())
    };
    let nuclei =
        "nucleus,y,x,radius_px,carries,whole_area,border,area,fused,split,red,green,rearranged,scorable";
    assert!(header("field_000_nuclei.csv")?.starts_with(nuclei));
    let signals = "nucleus,locus,channel,y,x,z,amplitude,kind,owner,status";
    assert!(header("field_000_signals.csv")?.starts_with(signals));
    Ok(())
}

/// The specimens of `sample_images`, made with seed 1 and two fields.
const SAMPLES: [&str; 4] =
    ["alk_negative", "alk_split_positive", "alk_isolated_red_positive", "alk_tissue_section"];

#[test]
fn sample_images_are_what_the_simulator_makes_and_small() -> TestResult {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_images");
    let mut bytes = 0;
    for name in SAMPLES {
        let committed = files_in(&samples.join(name))?;
        bytes += committed.values().map(Vec::len).sum::<usize>();
        let specimen: serde_json::Value =
            serde_json::from_slice(&committed[Path::new("truth/specimen.json")])?;
        assert!(specimen["scorable"].as_u64() >= Some(70), "{name}: {}", specimen["scorable"]);
        let percent = specimen["percent"].as_f64().unwrap_or(f64::NAN);
        let clear = if name == "alk_negative" { 0.0..=5.0 } else { 30.0..=100.0 };
        assert!(clear.contains(&percent), "{name}: {percent} %");
        let dir = tempfile::tempdir()?;
        write_specimen(dir.path(), &Conditions::named(name)?, 1, 1)?;
        for (path, made) in files_in(dir.path())? {
            let whole_specimen = path.ends_with("specimen.json");
            assert!(whole_specimen || committed[&path] == made, "{name}/{} differs", path.display());
        }
    }
    assert!(bytes < 8_000_000, "{bytes} bytes");
    Ok(())
}
