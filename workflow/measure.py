#!/usr/bin/env python3
"""Runs a command and prints its processor time, memory and bytes. Linux only.

Usage: workflow/measure.py COMMAND [ARGUMENT]...

Bytes are those of all `read` and `write` calls of the command, whether they came from a disk or from memory (/proc/PID/io).
Files that a command maps into memory are not counted.
"""

import os
import resource
import subprocess
import sys
import time


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    began = time.monotonic()
    process = subprocess.Popen(sys.argv[1:])
    # The process stays until its counters are read.
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    wall = time.monotonic() - began
    with open(f"/proc/{process.pid}/io", encoding="ascii") as file:
        io = dict(line.split(": ") for line in file.read().splitlines())
    status = process.wait()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(
        f"status {status}, wall {wall:.1f} s, CPU {used.ru_utime + used.ru_stime:.1f} s,"
        f" peak {used.ru_maxrss / 1024:.0f} MiB,"
        f" read {int(io['rchar']) / 1e6:.1f} MB, written {int(io['wchar']) / 1e6:.1f} MB",
        file=sys.stderr,
    )
    sys.exit(status)


if __name__ == "__main__":
    main()
