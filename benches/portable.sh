#!/usr/bin/env bash
# The kernels compiled for the baseline of the processor family alone against those chosen when they run: the results
# must be the same bytes; prints the processor times of both, in turn, on one core.
#   benches/portable.sh [--rounds N] [--size PX] [--core N]
# Needs cargo and taskset. Builds into target/portable.
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=7 size=2048 core=0
while [ $# -gt 0 ]; do
    case "$1" in
        --rounds) rounds="$2" ;;
        --size) size="$2" ;;
        --core) core="$2" ;;
        *) echo "unknown option $1" >&2; exit 2 ;;
    esac
    shift 2
done
cargo build --locked --release --quiet --example batch --example simulate
RUSTFLAGS="${RUSTFLAGS:-} --cfg breakapart_portable" \
    cargo build --locked --release --quiet --example batch --target-dir target/portable
out="$(mktemp -d)"
trap 'rm -rf "$out"' EXIT
target/release/examples/simulate --condition easy_positive --fields 1 --size "$size" --seed 1 --out "$out/field" >/dev/null

batch() { # which folder
    rm -rf "$2"
    taskset -c "$core" "$1/release/examples/batch" "$out/field" --threads 1 --labels --out "$2" >/dev/null
}
# Processor time: it does not count what else the machine does.
milliseconds() { # which folder
    local TIMEFORMAT='%U'
    { time batch "$@"; } 2>&1 | awk '{ print 1000 * $1 }'
}
median() { sort -n "$1" | sed -n "$((rounds / 2 + 1))p"; }

for _ in $(seq "$rounds"); do
    milliseconds target "$out/chosen" >>"$out/chosen.ms"
    milliseconds target/portable "$out/portable" >>"$out/portable.ms"
done
diff -r "$out/chosen" "$out/portable" || { echo "FAILED: the results differ" >&2; exit 1; }
echo "same bytes"
chosen="$(median "$out/chosen.ms")" portable="$(median "$out/portable.ms")"
echo "processor time of a whole process, median of $rounds in turn: chosen $chosen ms, portable $portable ms"
awk -v a="$portable" -v b="$chosen" 'BEGIN { printf "portable / chosen: %.2f\n", a / b }'
