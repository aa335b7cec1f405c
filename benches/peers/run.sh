#!/usr/bin/env bash
# This crate against scikit-image, OpenCV and big-fish, in turn, on the same field.
#   benches/peers/run.sh [--field FILE] [--size PX] [--rounds N] [--core N]
# Needs cargo, Python 3.11 or newer and network access to the package registries; installs into target/peers only.
set -euo pipefail
cd "$(dirname "$0")/../.."
venv=target/peers/venv

# A list of packages counts as installed once that is through: its copy in the environment says so, and which list it was.
# One that was interrupted, failed or has changed since is installed again.
needed=benches/peers/requirements.txt big_fish=benches/peers/requirements-bigfish.txt
install() {
    local list=$1 stamp
    shift
    stamp="$venv/installed-$(basename "$list")"
    cmp -s "$list" "$stamp" && return
    "$venv/bin/pip" install --quiet -r "$list" "$@" && cp "$list" "$stamp"
}

[ -x "$venv/bin/pip" ] || python3 -m venv --clear "$venv"
install "$needed"
# Together with the others, whose versions it must not change.
install "$big_fish" -r "$needed" || echo "big-fish could not be installed: it is left out, and tried again next time" >&2
cargo build --locked --release --quiet --example batch --example simulate
cargo build --locked --release --quiet -p breakapart-bench --bin worker
exec "$venv/bin/python" benches/peers/compare.py "$@"
