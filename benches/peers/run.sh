#!/usr/bin/env bash
# This crate against scikit-image, OpenCV and big-fish, in turn, on the same field.
#   benches/peers/run.sh [--field FILE] [--size PX] [--rounds N] [--core N]
# Needs cargo, Python 3 and network access to the package registries; installs into target/peers only.
set -euo pipefail
cd "$(dirname "$0")/../.."
venv=target/peers/venv
if [ ! -x "$venv/bin/python" ]; then
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet -r benches/peers/requirements.txt
    "$venv/bin/pip" install --quiet -r benches/peers/requirements-bigfish.txt ||
        echo "big-fish could not be installed: it is left out" >&2
fi
cargo build --locked --release --quiet --example batch --example simulate
cargo bench --locked --quiet --no-run --bench worker
exec "$venv/bin/python" benches/peers/compare.py "$@"
