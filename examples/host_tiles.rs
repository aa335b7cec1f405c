//! Tiles of a scanner: they are pushed as they come, or read when they are asked for. Both give the reading of the whole field.
//!
//! `cargo run --release --example host_tiles`

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use breakapart::analyse::SlideOptions;
use breakapart::simulate::{Conditions, simulate_field};
use breakapart::slide::{Part, Progress, PushedSlide, SlideFacts, SlideSource};
use breakapart::{Analyser, Assay, ChannelRole, Error, Field, Plane};
use ndarray::Array2;

const TILE_PX: usize = 256;
const TILES_ACROSS: usize = 4;

/// Stands for the host's own slide, of which any part can be read. `breakapart` may read from several threads at once.
struct Scanner {
    facts: SlideFacts,
    field: Field,
}

impl SlideSource for Scanner {
    fn facts(&self) -> &SlideFacts {
        &self.facts
    }

    fn read(&self, role: ChannelRole, part: Part) -> breakapart::Result<Plane> {
        let plane = match role {
            ChannelRole::Counterstain => &self.field.counterstain,
            ChannelRole::Red => &self.field.red,
            ChannelRole::Green => &self.field.green,
        };
        let sample = |(y, x)| plane.view().at(part.y0 + y, part.x0 + x) as u16;
        Ok(Array2::from_shape_fn(part.dim(), sample).into())
    }
}

/// Stands for the host's window, with a bar and a button.
#[derive(Default)]
struct Window {
    percent: AtomicU64,
    stop_was_pressed: AtomicBool,
}

impl Progress for Window {
    fn measured(&self, done_px: u64, all_px: u64) {
        self.percent.store(100 * done_px / all_px, Ordering::Relaxed);
    }

    fn is_cancelled(&self) -> bool {
        self.stop_was_pressed.load(Ordering::Relaxed)
    }
}

fn main() -> breakapart::Result<()> {
    let side = TILE_PX * TILES_ACROSS;
    let mut conditions = Conditions::named("easy_positive")?;
    conditions.size_px = side;
    let field = simulate_field(&conditions, 11, 0)?.field;

    let analyser = Analyser::new(Assay::builtin("alk")?)?;
    let whole = analyser.analyse(&field)?;

    // Facts of the slide that are known before its first tile.
    let mut facts = SlideFacts::new(&field.name, side, side);
    facts.pixel_size = field.pixel_size;
    facts.saturation_level = field.saturation_level;
    let scanner = Scanner { facts: facts.clone(), field };

    // Each tile is pushed with its place. The order is the scanner's. `PushedSlide::in_file` keeps the pixels out of memory.
    let mut slide = PushedSlide::in_memory(facts);
    for number in (0..TILES_ACROSS * TILES_ACROSS).map(|turn| turn * 7 % (TILES_ACROSS * TILES_ACROSS)) {
        let (y0, x0) = (number / TILES_ACROSS * TILE_PX, number % TILES_ACROSS * TILE_PX);
        let tile = Part { y0, x0, y1: y0 + TILE_PX, x1: x0 + TILE_PX };
        let [counterstain, red, green] = ChannelRole::ALL.map(|role| scanner.read(role, tile));
        let planes = [counterstain?, red?, green?];
        slide.push(tile, planes.each_ref().map(Plane::view))?;
    }

    // The button ends the work with an error of its own. A slide of up to 4096 x 4096 px asks once, before it begins.
    let window = Window::default();
    let options = SlideOptions::default();
    window.stop_was_pressed.store(true, Ordering::Relaxed);
    let ended = analyser.measure_slide(&slide, &options, &window);
    assert!(matches!(ended, Err(Error::Cancelled)));

    window.stop_was_pressed.store(false, Ordering::Relaxed);
    let pushed = analyser.measure_slide(&slide, &options, &window)?;
    println!("{} % of the pixels are measured", window.percent.load(Ordering::Relaxed));
    let pushed = analyser.read_specimen(&whole.name, vec![pushed])?;
    let summary = &pushed.summary;
    println!("{} of {} nuclei are rearranged: {}", summary.rearranged, summary.evaluable, summary.verdict);

    // Without a copy of the pixels: the parts are asked for.
    let asked = analyser.measure_slide(&scanner, &options, &())?;
    let asked = analyser.read_specimen(&whole.name, vec![asked])?;

    assert!(summary.rearranged > 0);
    assert_eq!(window.percent.load(Ordering::Relaxed), 100);
    assert_eq!((&pushed, &asked), (&whole, &whole));
    Ok(())
}
