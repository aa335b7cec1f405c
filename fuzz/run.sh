#!/usr/bin/env bash
# Fuzzes the targets for some seconds each (600, all of them). Prints executions and coverage; ends at the first fault.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds="${1:-600}"
shift || true
targets=("$@")
[ ${#targets[@]} -gt 0 ] || mapfile -t targets < <(cargo fuzz list)

# Which dictionary of tokens helps a target.
dictionary() {
    case "$1" in
        tiff_field) echo tiff ;;
        raster_field) echo raster ;;
        ome_xml) echo description ;;
        assay | params) echo toml ;;
        geojson | saved_reading) echo geojson ;;
        sheet) echo sheet ;;
        zarr) echo zarr ;;
    esac
}

cargo run --quiet --manifest-path fuzz/Cargo.toml --example seeds
for target in "${targets[@]}"; do
    dict="$(dictionary "$target")"
    log="$(mktemp)"
    # One thread: what a file costs does not depend on the machine.
    RAYON_NUM_THREADS=1 cargo fuzz run --sanitizer none "$target" -- \
        -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -max_len=65536 -print_final_stats=1 \
        ${dict:+-dict="fuzz/dictionaries/$dict.dict"} >"$log" 2>&1 </dev/null || { tail -n 40 "$log"; exit 1; }
    executions="$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")"
    coverage="$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$log" | tail -n 1)"
    memory="$(sed -n 's/^stat::peak_rss_mb: *//p' "$log")"
    printf '%s: %s executions, %s edges, %s MB at most\n' "$target" "$executions" "$coverage" "$memory"
    rm "$log"
done
