"""What every rival shares: its arguments, the pairing, and the loop that runs it when told to.

A worker imports its libraries once and then waits. Every line `run` on its input makes it read the field, find nuclei
and signals, pair them and write its table once more, and answer with a line of JSON: the milliseconds that took, and
what was found. So the rivals can be run in turn, each without its start-up.
"""

import argparse
import json
import os
import resource
import sys
import time


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("field", help="TIFF of three planes: DAPI, red, green")
    parser.add_argument("--variant", default="")
    parser.add_argument("--table", default=os.devnull, help="where the table of nuclei is written")
    parser.add_argument("--once", action="store_true", help="run once and end")
    parsed = parser.parse_args()
    for name in ("OMP", "OPENBLAS", "MKL", "NUMEXPR"):
        os.environ[f"{name}_NUM_THREADS"] = "1"
    return parsed


def pair(count, red, red_nucleus, green, green_nucleus, gate_px=25.0, fused_px=4.5):
    """Nearest red and green of the same nucleus first: pairs up to `fused_px` are fused, up to `gate_px` split."""
    import numpy as np
    from scipy.spatial import cKDTree

    fused, split = np.zeros(count + 1, int), np.zeros(count + 1, int)
    if len(red) and len(green):
        near = cKDTree(red).sparse_distance_matrix(cKDTree(green), gate_px, output_type="ndarray")
        same = (red_nucleus[near["i"]] == green_nucleus[near["j"]]) & (red_nucleus[near["i"]] > 0)
        near = near[same]
        near = near[np.argsort(near["v"], kind="stable")]
        used_red, used_green = set(), set()
        for i, j, distance in zip(near["i"].tolist(), near["j"].tolist(), near["v"].tolist()):
            if i in used_red or j in used_green:
                continue
            used_red.add(i)
            used_green.add(j)
            (fused if distance <= fused_px else split)[red_nucleus[i]] += 1
    lone_red = np.bincount(red_nucleus, minlength=count + 1) - fused - split
    lone_green = np.bincount(green_nucleus, minlength=count + 1) - fused - split
    return fused, split, lone_red, lone_green


def write_table(path, nuclei, counts):
    import numpy as np

    rows = np.column_stack([np.arange(1, len(nuclei) + 1), nuclei, *(c[1:] for c in counts)])
    np.savetxt(path, rows, fmt="%g", delimiter=",", header="label,y,x,area,fused,split,red,green", comments="")


def serve(pipeline, parsed):
    """`pipeline(field, table)` gives the centroids of nuclei, red and green signals inside nuclei, as arrays (y, x)."""

    def run(with_places):
        start = time.perf_counter()
        found = pipeline(parsed.field, parsed.table)
        answer = {"ms": 1000 * (time.perf_counter() - start)}
        for name, places in zip(("nuclei", "red", "green"), found):
            answer[name] = places.tolist() if with_places else len(places)
        answer["peak_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps(answer), flush=True)

    if parsed.once:
        run(False)
        return
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        run(line.strip() == "places")
