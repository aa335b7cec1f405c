#!/usr/bin/env bash
# Instructions that each stage takes on a simulated field, counted by callgrind: the same on a busy machine as on an idle one.
#   benches/instructions.sh [--size PX] [--against FILE] [--out FILE]
# Needs cargo and valgrind. --out keeps the counts as CSV; --against prints the change from counts kept before.
set -euo pipefail
cd "$(dirname "$0")/.."
size=1024 against='' out=''
while [ $# -gt 0 ]; do
    case "$1" in
        --size) size="$2" ;;
        --against) against="$2" ;;
        --out) out="$2" ;;
        *) echo "unknown option $1" >&2; exit 2 ;;
    esac
    shift 2
done
command -v valgrind >/dev/null || { echo "valgrind is needed: it counts the instructions" >&2; exit 1; }
cargo build --locked --release --quiet -p breakapart-bench --bin instructions
bench=target/release/instructions
counts="$(mktemp)"
trap 'rm -f "$counts"' EXIT
echo "stage,instructions" >"$counts"
printf '%-16s %16s %14s%s\n' stage instructions 'for each px' "${against:+     change}"
for stage in $("$bench" --list); do
    found="$(valgrind --tool=callgrind --callgrind-out-file=/dev/null --toggle-collect='*instructions::counted*' \
        "$bench" "$stage" --size "$size" 2>&1 | sed -n 's/.*Collected : \([0-9]*\).*/\1/p')"
    [ "${found:-0}" -gt 0 ] || { echo "FAILED: nothing was counted in $stage" >&2; exit 1; }
    echo "$stage,$found" >>"$counts"
    before="$([ -n "$against" ] && sed -n "s/^$stage,//p" "$against" || true)"
    awk -v stage="$stage" -v n="$found" -v size="$size" -v before="$before" 'BEGIN {
        printf "%-16s %16d %14.1f", stage, n, n / (size * size)
        if (before > 0) printf "    %+6.1f %%", 100 * (n / before - 1)
        print "" }'
done
if [ -n "$out" ]; then cp "$counts" "$out"; fi
