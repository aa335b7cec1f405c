//! Slides: measured in tiles, they read as they would as one field.

#[allow(dead_code, reason = "other tests use the rest")]
mod truth;

use std::sync::atomic::{AtomicU64, Ordering};

use breakapart::analyse::{
    AnalyseParams, FieldMeasurement, FieldReading, SlideOptions, SlideShare, SlideTiles, SpecimenReading,
};
use breakapart::classify::SignalPattern;
use breakapart::simulate::{Conditions, SimulatedField, simulate_field};
use breakapart::slide::{Part, Progress, PushedSlide, SlideFacts};
use breakapart::{Analyser, Assay, Error, Field};
use ndarray::{Axis, Slice};

/// Edge of the simulated slides, px: four tiles.
const SIZE_PX: usize = 4608;
/// Edge of a tile, px.
const TILE_PX: usize = 3072;
/// Typical nucleus diameter, px.
const NUCLEUS_PX: f64 = 90.0;

fn simulated(condition: &str, seed: u64) -> SimulatedField {
    let mut conditions = Conditions::named(condition).unwrap();
    conditions.size_px = SIZE_PX;
    simulate_field(&conditions, seed, 0).unwrap()
}

fn analyser() -> Analyser {
    Analyser::new(Assay::builtin("alk").unwrap()).unwrap()
}

fn facts(field: &Field) -> SlideFacts {
    let (height, width) = field.dim();
    let mut facts = SlideFacts::new(&field.name, height, width);
    (facts.pixel_size, facts.saturation_level) = (field.pixel_size, field.saturation_level);
    facts
}

/// Pushes a field in tiles of this edge that overlap by so much, the last tile first.
fn push(field: &Field, tile_px: usize, overlap_px: usize, slide: &mut PushedSlide) {
    let (height, width) = field.dim();
    let starts = |size: usize| (0..size).step_by(tile_px - overlap_px).collect::<Vec<_>>();
    let [counterstain, red, green] =
        [&field.counterstain, &field.red, &field.green].map(|plane| match plane {
            breakapart::Plane::U16(samples) => samples.view(),
            _ => panic!("the simulator gives 16 bits"),
        });
    for (y0, x0) in
        starts(height).into_iter().flat_map(|y| starts(width).into_iter().map(move |x| (y, x))).rev()
    {
        let (y1, x1) = ((y0 + tile_px).min(height), (x0 + tile_px).min(width));
        let planes = [counterstain, red, green].map(|mut plane| {
            plane.slice_axis_inplace(Axis(0), Slice::from(y0..y1));
            plane.slice_axis_inplace(Axis(1), Slice::from(x0..x1));
            plane.into()
        });
        slide.push(Part { y0, x0, y1, x1 }, planes).unwrap();
    }
}

fn pushed(field: &Field, tile_px: usize, overlap_px: usize) -> PushedSlide {
    let mut slide = PushedSlide::in_memory(facts(field));
    push(field, tile_px, overlap_px, &mut slide);
    slide
}

fn measured(slide: &PushedSlide, options: &SlideOptions) -> FieldMeasurement {
    analyser().measure_slide(slide, options, &()).unwrap()
}

fn read(measurement: FieldMeasurement) -> SpecimenReading {
    analyser().read_specimen("slide", vec![measurement]).unwrap()
}

/// For each true nucleus that lies whole in the slide: the nucleus that was read for it.
fn twins(truth: &SimulatedField, reading: &FieldReading) -> Vec<(usize, Option<usize>)> {
    let pairs = truth::twins(&truth.labels, &reading.labels.to_array());
    let of = |label: u32| pairs.get(&label).map(|found| *found as usize - 1);
    truth.nuclei.iter().enumerate().filter(|(_, n)| n.scorable).map(|(i, n)| (i, of(n.nucleus))).collect()
}

#[test]
fn near_seams_nuclei_are_read_as_well_as_elsewhere() {
    let mut totals = [[0_usize; 3]; 4];
    for (seed, condition) in
        ["easy_positive", "crowded", "tissue_section", "tissue_dense"].into_iter().enumerate()
    {
        let truth = simulated(condition, 40 + seed as u64);
        let whole = read(analyser().measure_field(&truth.field).unwrap());
        let slide = read(measured(&pushed(&truth.field, 1024, 0), &SlideOptions::default()));
        for (kind, reading) in [&whole, &slide].into_iter().enumerate() {
            let field = &reading.fields[0];
            for (nucleus, twin) in twins(&truth, field) {
                let nucleus = &truth.nuclei[nucleus];
                let near = |at: f64| (at - TILE_PX as f64).abs() < NUCLEUS_PX;
                let at_seam = near(nucleus.y) || near(nucleus.x);
                let total = &mut totals[2 * kind + usize::from(at_seam)];
                total[0] += 1;
                total[1] += usize::from(twin.is_some());
                let pattern = twin.map(|i| field.nuclei[i].call.pattern);
                let true_pattern = SignalPattern {
                    fused: nucleus.fused,
                    split: nucleus.split,
                    isolated_red: nucleus.red,
                    isolated_green: nucleus.green,
                };
                total[2] += usize::from(pattern == Some(true_pattern));
            }
        }
        let (a, b) = (&whole.summary, &slide.summary);
        assert_eq!(a.verdict, b.verdict, "{condition}");
    }
    let [whole, whole_at_seams, tiles, at_seams] = totals;
    println!(
        "nuclei, found, patterns right: {whole:?} {whole_at_seams:?} as one field, {tiles:?} {at_seams:?} in tiles"
    );
    for figure in [1, 2] {
        let share = |total: [usize; 3]| total[figure] as f64 / total[0] as f64;
        // Two nuclei in a hundred at seams are chance: there are 500 of them.
        assert!(share(at_seams) > share(whole_at_seams) - 0.02, "{figure}");
        assert!(share(tiles) > share(whole) - 0.005, "{figure}");
    }
}

#[test]
fn the_grid_matters_little() {
    let truth = simulated("tissue_section", 50);
    let slide = pushed(&truth.field, 1024, 0);
    let reading = |offset| {
        let mut options = SlideOptions::default();
        options.grid_offset_px = [offset, 2 * offset];
        read(measured(&slide, &options))
    };
    let first = reading(0);
    for offset in [700, 1111] {
        let other = reading(offset);
        let places = |r: &SpecimenReading| -> Vec<([i64; 2], String)> {
            let of = |n: &breakapart::analyse::NucleusReading| {
                (
                    [n.nucleus.centroid_y_px.round() as i64, n.nucleus.centroid_x_px.round() as i64],
                    format!("{:?} {}", n.call.pattern, n.call.evaluable()),
                )
            };
            r.fields[0].nuclei.iter().map(of).collect()
        };
        let (a, b) = (places(&first), places(&other));
        let near = |p: &[i64; 2], q: &[i64; 2]| (p[0] - q[0]).abs() <= 3 && (p[1] - q[1]).abs() <= 3;
        let lost = a.iter().filter(|(p, _)| !b.iter().any(|(q, _)| near(p, q))).count();
        let gained = b.iter().filter(|(p, _)| !a.iter().any(|(q, _)| near(p, q))).count();
        let other_calls = a.iter().filter(|(p, c)| b.iter().any(|(q, d)| near(p, q) && c != d)).count();
        let percent = [&first, &other].map(|r| r.summary.percent_rearranged.unwrap());
        println!(
            "{} nuclei, {lost} lost, {gained} gained, {other_calls} called otherwise; {percent:?} %",
            a.len()
        );
        assert!((lost + gained + other_calls) as f64 <= 0.003 * a.len() as f64);
        assert!((percent[0] - percent[1]).abs() <= 0.1);
    }
}

/// The tiles that a host pushes, px: edge and overlap.
const HOST_TILES: [(usize, usize); 5] = [(1024, 0), (1024, 64), (1024, 128), (768, 128), (512, 128)];

#[test]
fn tiles_of_a_host_count_every_nucleus_once() {
    let mut conditions = Conditions::named("easy_positive").unwrap();
    conditions.size_px = 2048;
    let field = simulate_field(&conditions, 8, 0).unwrap().field;
    let whole = read(analyser().measure_field(&field).unwrap());
    let folder = tempfile::tempdir().unwrap();
    for (tile_px, overlap_px) in HOST_TILES {
        let path = folder.path().join(format!("{tile_px}_{overlap_px}"));
        let mut in_file = PushedSlide::in_file(facts(&field), &path).unwrap();
        push(&field, tile_px, overlap_px, &mut in_file);
        for slide in [in_file, pushed(&field, tile_px, overlap_px)] {
            let reading = read(measured(&slide, &SlideOptions::default()));
            assert_eq!(reading.fields, whole.fields, "{tile_px}/{overlap_px}");
        }
        assert!(!path.exists());
    }
}

/// Counts the megapixels, and ends the work after some.
struct Watch {
    done_px: AtomicU64,
    most_px: u64,
}

impl Progress for Watch {
    fn measured(&self, done_px: u64, all_px: u64) {
        assert!(done_px <= all_px);
        self.done_px.fetch_max(done_px, Ordering::SeqCst);
    }

    fn is_cancelled(&self) -> bool {
        self.done_px.load(Ordering::SeqCst) > self.most_px
    }
}

#[test]
fn the_same_whatever_the_storage_the_threads_and_the_memory() {
    let truth = simulated("easy_positive", 60);
    let whole_px = (SIZE_PX * SIZE_PX) as u64;
    let slide = pushed(&truth.field, 1024, 0);
    let first = measured(&slide, &SlideOptions::default());
    let text = format!("{first:?}");
    let mut little = SlideOptions::default();
    little.memory_bytes = Some(400 << 20);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let other = pool.install(|| measured(&pushed(&truth.field, 700, 30), &little));
    assert!(format!("{other:?}") == text);
    little.memory_bytes = Some(50 << 20);
    let error = analyser().measure_slide(&slide, &little, &()).unwrap_err();
    assert!(
        matches!(error, Error::Limit { needed, limit, .. } if needed > limit && limit == 50 << 20),
        "{error}"
    );
    let watch = Watch { done_px: AtomicU64::new(0), most_px: u64::MAX };
    analyser().measure_slide(&slide, &SlideOptions::default(), &watch).unwrap();
    assert_eq!(watch.done_px.load(Ordering::SeqCst), whole_px);
    let watch = Watch { done_px: AtomicU64::new(1), most_px: 0 };
    let error = analyser().measure_slide(&slide, &SlideOptions::default(), &watch).unwrap_err();
    assert!(matches!(error, Error::Cancelled));
}

/// The tiles of a share, as a machine writes them and another one reads them.
fn share(analyser: &Analyser, slide: &PushedSlide, number: usize, of: usize) -> SlideTiles {
    let share = SlideShare::new(number, of).unwrap();
    let tiles = analyser.measure_slide_share(slide, share, &SlideOptions::default(), &()).unwrap();
    let text = serde_json::to_string(&tiles).unwrap();
    let read: SlideTiles = serde_json::from_str(&text).unwrap();
    assert_eq!(read.share(), share);
    assert_eq!(serde_json::to_string(&read).unwrap(), text);
    read
}

#[test]
fn shares_give_the_measurement_of_the_slide() {
    let truth = simulated("crowded", 70);
    let slide = pushed(&truth.field, 1024, 0);
    let analyser = analyser();
    let whole = measured(&slide, &SlideOptions::default());
    let is_across = |n: &&breakapart::segment::Nucleus| {
        let b = n.bounding_box;
        (b.y0..b.y1).contains(&TILE_PX) || (b.x0..b.x1).contains(&TILE_PX)
    };
    assert!(whole.nuclei().iter().filter(is_across).count() > 20);
    // Of more shares than tiles some are empty.
    for of in [3, 9] {
        let shares: Vec<SlideTiles> =
            (1..=of).rev().map(|number| share(&analyser, &slide, number, of)).collect();
        assert_eq!(shares.iter().map(SlideTiles::tile_count).sum::<usize>(), 4);
        assert_eq!(shares.iter().map(SlideTiles::pixels).sum::<u64>(), (SIZE_PX * SIZE_PX) as u64);
        let joined = analyser.join_slide_shares(&slide, shares, &SlideOptions::default(), &()).unwrap();
        assert!(format!("{joined:?}") == format!("{whole:?}"), "{of} shares");
    }
}

#[test]
fn shares_that_do_not_belong_together_are_refused() {
    let truth = simulated("easy_positive", 71);
    let slide = pushed(&truth.field, 1024, 0);
    let analyser = analyser();
    let [one, two] = [1, 2].map(|number| share(&analyser, &slide, number, 2));
    let refused = |shares: Vec<SlideTiles>, words: &str| {
        let error = analyser.join_slide_shares(&slide, shares, &SlideOptions::default(), &()).unwrap_err();
        assert_eq!(error.code(), "undecided");
        assert!(error.to_string().contains(words), "{error}");
    };
    refused(Vec::new(), "no share");
    refused(vec![two.clone()], "1/2");
    refused(vec![one.clone(), two.clone(), one.clone()], "1/2 twice");
    refused(vec![one.clone(), share(&analyser, &slide, 3, 3)], "3/3");
    let mut params = AnalyseParams::default();
    params.detect.candidate_snr += 0.5;
    let other = Analyser::new(Assay::builtin("alk").unwrap()).unwrap().with_params(params).unwrap();
    refused(
        vec![one.clone(), share(&other, &slide, 2, 2)],
        "share 2/2: it was measured with other parameters",
    );
    let elsewhere = pushed(&simulated("easy_positive", 72).field, 1024, 0);
    refused(vec![share(&analyser, &elsewhere, 1, 2), two.clone()], "share 1/2: its survey");
    let changed = |from: &str, to: &str| -> SlideTiles {
        let text = serde_json::to_string(&two).unwrap();
        assert!(text.contains(from), "{from}");
        serde_json::from_str(&text.replacen(from, to, 1)).unwrap()
    };
    refused(vec![one.clone(), changed("\"core\":[3072,0,", "\"core\":[3071,0,")], "share 2/2: its tiles");
    refused(vec![one.clone(), changed("\"id\":1,", "\"id\":7,")], "share 2/2: its tiles");
    let version = format!("\"crate_version\":\"{}\"", env!("CARGO_PKG_VERSION"));
    refused(vec![one.clone(), changed(&version, "\"crate_version\":\"0.0.1\"")], "0.0.1");
    let small = pushed(&simulate_small().field, 256, 0);
    let whole = SlideShare::new(1, 1).unwrap();
    let error = analyser.measure_slide_share(&small, whole, &SlideOptions::default(), &()).unwrap_err();
    assert_eq!(error.code(), "unsupported");
}

fn simulate_small() -> SimulatedField {
    let mut conditions = Conditions::named("easy_positive").unwrap();
    conditions.size_px = 512;
    simulate_field(&conditions, 1, 0).unwrap()
}

#[test]
fn a_slide_of_glass_has_no_nucleus() {
    let glass = ndarray::Array2::from_shape_fn((4200, 4100), |(y, x)| 100 + ((y * 7 + x * 13) % 11) as u16);
    let mut slide = PushedSlide::in_memory(SlideFacts::new("glass", 4200, 4100));
    slide.push(Part { y0: 0, x0: 0, y1: 4200, x1: 4100 }, [breakapart::PlaneView::from(&glass); 3]).unwrap();
    let reading = read(measured(&slide, &SlideOptions::default()));
    assert_eq!((reading.summary.nuclei, reading.summary.evaluable), (0, 0));
    let (analyser, options) = (analyser(), SlideOptions::default());
    let shares = [1, 2].map(|number| share(&analyser, &slide, number, 2)).to_vec();
    let joined = analyser.join_slide_shares(&slide, shares, &options, &()).unwrap();
    assert!(format!("{joined:?}") == format!("{:?}", measured(&slide, &options)));
}

#[test]
fn tiles_that_do_not_fit_are_refused() {
    let mut slide = PushedSlide::in_memory(SlideFacts::new("S1", 100, 100));
    let (tile, bytes) = (ndarray::Array2::<u16>::zeros((50, 50)), ndarray::Array2::<u8>::zeros((50, 50)));
    let wide = ndarray::array![[f32::NAN]];
    let at = |y0: usize, x0: usize| Part { y0, x0, y1: y0 + 50, x1: x0 + 50 };
    let planes = |tile| [breakapart::PlaneView::from(tile); 3];
    slide.push(at(0, 0), planes(&tile)).unwrap();
    assert!(slide.push(at(60, 0), planes(&tile)).is_err());
    assert!(slide.push(Part { y1: 40, ..at(0, 0) }, planes(&tile)).is_err());
    assert!(slide.push(Part { y1: 0, ..at(0, 0) }, planes(&tile)).is_err());
    assert!(slide.push(at(0, 0), [breakapart::PlaneView::from(&bytes); 3]).is_err());
    let mut floats = PushedSlide::in_memory(SlideFacts::new("S1", 1, 1));
    let error = floats
        .push(Part { y0: 0, x0: 0, y1: 1, x1: 1 }, [breakapart::PlaneView::from(&wide); 3])
        .unwrap_err();
    assert_eq!(error.code(), "malformed");
}
