//! Regions: GeoJSON to areas, and the places of nuclei in them.
#![no_main]

use breakapart::PixelSize;
use breakapart::region::{RegionNote, RegionOptions, RegionUnit, Regions};
use libfuzzer_sys::fuzz_target;

const PLACES_PX: [[f64; 2]; 6] =
    [[0.0, 0.0], [-0.5, -0.5], [20.0, 40.0], [40.0, 20.0], [1e6, 1e6], [9.5, 9.5]];

fuzz_target!(|text: &str| {
    for unit in [RegionUnit::Px, RegionUnit::Um] {
        let mut options = RegionOptions::default();
        options.unit = unit;
        match Regions::from_geojson(text, &breakapart_fuzz::no_file(), &options) {
            Ok(regions) => {
                assert_eq!(regions.areas() == 0, regions.notes().contains(&RegionNote::Empty));
                let size = PixelSize::from_um(0.1).ok();
                let places = regions.places("field_000", size, &PLACES_PX).expect("the pixel size is known");
                assert_eq!(places.len(), PLACES_PX.len());
                let _ = regions.check_fields(&["field_000"]);
            }
            Err(error) => assert!(error.to_string().contains("fuzz")),
        }
    }
});
