"""Runs this crate and its rivals in turn on the same field, one core, and prints ratios, memory and agreement."""

import argparse
import csv
import datetime
import importlib.metadata
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
import tomllib

import numpy as np
import tifffile
from scipy.optimize import linear_sum_assignment
from scipy.spatial import cKDTree

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
# Script, variant, and the package whose version it is known by.
RIVALS = {
    "scikit-image": ("rival_skimage.py", "", "scikit-image"),
    "OpenCV, exact": ("rival_opencv.py", "", "opencv-python-headless"),
    "OpenCV, half resolution": ("rival_opencv.py", "fast", "opencv-python-headless"),
    "big-fish": ("rival_bigfish.py", "", "big-fish-reloaded"),
}
CONDITION = "easy_positive"
NUCLEUS_TOLERANCE_PX = 12.0
SIGNAL_TOLERANCE_PX = 3.0
# Beyond these the comparison is of different work.
# Where the truth is known, this crate's number of nuclei differs from it by no more than this share ...
NUCLEI_DIFFER_FROM_TRUTH = 0.03
# ... and from a rival's by no more than this: rivals cut fewer of the touching nuclei apart, and find 5 % less than the
# truth themselves.
NUCLEI_DIFFER = 0.06
# This crate finds this share of the rival's signals, ...
LEAST_SIGNALS = 0.97
# ... and no more than this share of its own are not among the rival's.
MOST_SURPLUS = 0.03


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--field", help="TIFF of three planes: DAPI, red, green; a simulated one if not given")
    parser.add_argument("--size", type=int, default=2048, help="height and width of the simulated field, px")
    parser.add_argument("--deflate", action="store_true", help="the simulated field compressed by deflate")
    parser.add_argument("--pixel-size", default="0.1", help="um")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--core", type=int, default=0, help="processor on which everything runs")
    parser.add_argument("--json", help="where the figures are written as JSON")
    return parser.parse_args()


def simulated_field(size, deflate):
    """A field by this crate's simulator, as a plain TIFF, raw or compressed."""
    folder = ROOT / "target/peers/fields" / str(size)
    field = folder / ("deflate.tif" if deflate else "raw.tif")
    if not field.exists():
        program = ROOT / "target/release/examples/simulate"
        command = [program, "--condition", CONDITION, "--size", str(size), "--out", folder]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        planes = tifffile.imread(folder / CONDITION / "field_000.ome.tif")
        compression = {"compression": "zlib", "rowsperstrip": 64} if deflate else {}
        tifffile.imwrite(field, planes, photometric="minisblack", metadata={"axes": "CYX"}, **compression)
    return field


def true_nuclei(field):
    """Number of nuclei of a simulated field; None if the truth is not beside it."""
    truth = field.parent / CONDITION / "truth/field_000_nuclei.csv"
    if not truth.exists():
        return None
    with truth.open(newline="") as table:
        return sum(1 for _ in csv.DictReader(table))


def crate_worker():
    """This crate's side: `benches/worker.rs`."""
    worker = ROOT / "target/release/worker"
    if not worker.exists():
        sys.exit("no worker: run `cargo build --release -p breakapart-bench --bin worker` first")
    return worker


class Worker:
    """A process that runs a pipeline whenever it is asked to."""

    def __init__(self, command, core):
        self.process = subprocess.Popen(
            [str(c) for c in command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=HERE,
            preexec_fn=lambda: os.sched_setaffinity(0, {core}),
        )
        if not self.process.stdout.readline():
            raise RuntimeError("it did not start")

    def ask(self, command):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


def whole_process(command, core):
    """Wall time, ms, and peak memory, MiB, of a process from start to end."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [str(c) for c in command],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=HERE,
        preexec_fn=lambda: os.sched_setaffinity(0, {core}),
    )
    _, status, usage = os.wait4(process.pid, 0)
    elapsed = 1000 * (time.perf_counter() - start)
    process.returncode = status
    if status != 0:
        raise RuntimeError(f"{command[0]} ended with {status}")
    return elapsed, usage.ru_maxrss / 1024


def found_too(theirs, ours, tolerance_px):
    """Share of their places that have one of ours, each of which serves once, within the tolerance."""
    theirs, ours = np.asarray(theirs, float), np.asarray(ours, float)
    if len(theirs) == 0 or len(ours) == 0:
        return float(len(theirs) == len(ours))
    far = 1e6
    near = cKDTree(theirs).sparse_distance_matrix(cKDTree(ours), tolerance_px, output_type="ndarray")
    cost = np.full((len(theirs), len(ours)), far)
    cost[near["i"], near["j"]] = near["v"]
    rows, columns = linear_sum_assignment(cost)
    return float((cost[rows, columns] < far).mean()) * min(len(theirs), len(ours)) / len(theirs)


def cpu_name():
    """Model of the processor; with the numbers that tell models apart, since virtual machines may give the maker only."""
    found = {}
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        key, _, value = line.partition(":")
        found.setdefault(key.strip(), value.strip())
    numbers = [f"{key.removeprefix('cpu ')} {found[key]}" for key in ("cpu family", "model", "stepping") if key in found]
    return ", ".join([found.get("model name", "unknown processor"), *numbers])


def version(package):
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "unknown version"


def crate_version():
    manifest = tomllib.loads((ROOT / "Cargo.toml").read_text())["package"]["version"]
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False
    )  # fmt: skip
    return f"{manifest} {commit.stdout.strip()}".strip()


def agreement(field, places, rows):
    """Prints how far they found the same, writes that to the rows, and says whether it is within the tolerances."""
    ours = places["breakapart"]
    nuclei = len(ours["nuclei"])
    same_work = True
    truth = true_nuclei(field)
    if truth is not None:
        print(f"\nOf {truth} true nuclei this crate found {nuclei}.")
        same_work = abs(nuclei - truth) <= NUCLEI_DIFFER_FROM_TRUTH * truth
    print("\nOf what the rival found in nuclei this crate found, and of what this crate found the rival did not:")
    tolerances = {"nuclei": NUCLEUS_TOLERANCE_PX, "red": SIGNAL_TOLERANCE_PX, "green": SIGNAL_TOLERANCE_PX}
    for name in places:
        if name == "breakapart":
            continue
        theirs = places[name]
        shares = {kind: found_too(theirs[kind], ours[kind], px) for kind, px in tolerances.items()}
        surplus = {kind: 1 - found_too(ours[kind], theirs[kind], px) for kind, px in tolerances.items()}
        rows[name] |= {"found_too": shares, "surplus": surplus}
        both = (f"{100 * shares[kind]:.1f} % and {100 * surplus[kind]:.1f} % of {kind}" for kind in tolerances)
        print(f"- {name}: " + ", ".join(both))
        # big-fish does not part touching nuclei: its centroids are those of clumps.
        same_work &= abs(len(theirs["nuclei"]) - nuclei) <= NUCLEI_DIFFER * nuclei or name == "big-fish"
        for colour in ("red", "green"):
            same_work &= shares[colour] >= LEAST_SIGNALS and surplus[colour] <= MOST_SURPLUS
    return same_work


def main():
    options = arguments()
    field = pathlib.Path(options.field or simulated_field(options.size, options.deflate)).resolve()
    folder = tempfile.TemporaryDirectory()
    crate = [crate_worker(), field, "--table", folder.name, "--pixel-size", options.pixel_size]
    workers = {"breakapart": Worker(crate, options.core)}
    commands = {}
    versions = {"breakapart": crate_version()}
    for name, (script, variant, package) in RIVALS.items():
        command = [sys.executable, HERE / script, field, "--variant", variant, "--table", f"{folder.name}/table.csv"]
        try:
            workers[name] = Worker(command, options.core)
            commands[name] = [*command, "--once"]
            versions[name] = version(package)
        except RuntimeError as error:
            print(f"{name} is left out: {error}", file=sys.stderr)

    places = {name: worker.ask("places") for name, worker in workers.items()}
    times = {name: [] for name in workers}
    plain = []
    for _ in range(options.rounds):
        plain.append(workers["breakapart"].ask("plain_read")["ms"])
        for name, worker in workers.items():
            times[name].append(worker.ask("run")["ms"])

    batch = [
        ROOT / "target/release/examples/batch", "--threads", "1", "--channels", "dapi=0,red=1,green=2",
        "--pixel-size", options.pixel_size, "--out", f"{folder.name}/batch", field,
    ]  # fmt: skip
    processes = {"breakapart": [], **{name: [] for name in commands}}
    for _ in range(min(3, options.rounds)):
        processes["breakapart"].append(whole_process(batch, options.core))
        for name, command in commands.items():
            processes[name].append(whole_process(command, options.core))

    ours = statistics.median(times["breakapart"])
    raw_mib = os.path.getsize(field) / 2**20
    print(f"{field.name}, {raw_mib:.1f} MiB; {cpu_name()}; one core; {datetime.date.today()}")
    print(f"medians of {options.rounds} rounds in turn; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors\n")
    print("| | in process, ms | ratio | whole process, ms | ratio | peak MiB | nuclei | red | green |")
    print("|---|---|---|---|---|---|---|---|---|")
    rows = {}
    our_wall = statistics.median(wall for wall, _ in processes["breakapart"])
    for name in workers:
        in_process = statistics.median(times[name])
        wall = statistics.median(wall for wall, _ in processes[name])
        peak = max(peak for _, peak in processes[name])
        ratio = statistics.median(t / o for t, o in zip(times[name], times["breakapart"]))
        counts = [len(places[name][kind]) for kind in ("nuclei", "red", "green")]
        rows[name] = {"ms": in_process, "ratio": ratio, "process_ms": wall, "peak_mib": peak, "counts": counts}
        rows[name]["version"] = versions[name]
        print(
            f"| {name} {versions[name]} | {in_process:.0f} | {ratio:.1f} | {wall:.0f} | {wall / our_wall:.1f} | {peak:.0f} | "
            + " | ".join(map(str, counts)) + " |"
        )  # fmt: skip
    print(f"| plain read of the file | {statistics.median(plain):.1f} | {statistics.median(plain) / ours:.3f} | | | | | | |")

    same_work = agreement(field, places, rows)
    if options.json:
        figures = {"field": field.name, "processor": cpu_name(), "date": str(datetime.date.today()), "plain_read_ms": statistics.median(plain), "rows": rows}
        pathlib.Path(options.json).write_text(json.dumps(figures, indent=1) + "\n")
    if not same_work:
        sys.exit("they did not find the same: the times compare different work")


main()
