"""Counts: what a unit executes and what it takes from the allocator. They come out the same on any busy machine."""

import re
import shutil
import tempfile
from pathlib import Path

from table import Row
from tools import Bench, json_lines, run

CONTENDERS = ("none", "unaligned", "stop-the-world", "message-logging", "bare-map")
FEW, MANY = 20_000, 60_000  # Units; what a start costs is in both, so it is not in the difference.
KEYS = "--keys=1000"
# Per unit at most: what comes once per block of 64 KiB, which holds hundreds of messages. With message logging a group
# commit comes on top, and where jobs run on the loop there is one per turn, so one per some 120 units.
MOST_ALLOCATIONS = {"none": 0.005, "unaligned": 0.005, "stop-the-world": 0.005, "message-logging": 0.15}
# A tenth above what it was when it was last looked at (docs/performance.md): more than that wants a reason.
MOST_INSTRUCTIONS = {"none": 4750, "unaligned": 4750, "stop-the-world": 4750, "message-logging": 5600}


def measure(bench: Bench) -> list:
    found = [allocations(bench, name) for name in CONTENDERS[:-1]]
    if shutil.which("valgrind") is None:
        return found + [Row("instructions", "instructions per unit", "not counted",
                            "valgrind is missing: scripts/install-deps --bench")]
    floor = per_unit(bench, "bare-map")
    for name in CONTENDERS[:-1]:
        counts = [per_unit(bench, name)]
        if not bench.quick:
            counts.append(per_unit(bench, name))
        found.append(count(name, counts, floor))
    return found


def count(name: str, counts: list, floor: float) -> Row:
    most = MOST_INSTRUCTIONS[name]
    again = f"; counted again: {counts[-1]:.1f}" if len(counts) > 1 else ""
    return Row("instructions", f"instructions per unit, {name}", f"{counts[0]:.1f}",
               f"bare hash maps: {floor:.1f}{again}", f"<= {most}, twice the same",
               max(counts) <= most and max(counts) - min(counts) < 0.05, counted=True,
               raw={"counts": counts, "floor": floor})


def allocations(bench: Bench, name: str) -> Row:
    units = 400_000
    line = json_lines(run([bench.program("bench-worker"), f"--units={units}", KEYS, f"--contenders={name}"]))[0]
    count, most = line["allocations"] / line["units"], MOST_ALLOCATIONS[name]
    return Row("instructions", f"allocations per unit, {name}", f"{count:.4f}",
               f"{line['allocations']} in {line['units']} units", f"< {most}: none per message", count < most,
               counted=True, raw=line)


def per_unit(bench: Bench, name: str) -> float:
    few, many = (instructions(bench, name, units) for units in (FEW, MANY))
    return (many[0] - few[0]) / (many[1] - few[1])


def instructions(bench: Bench, name: str, units: int) -> tuple:
    """Instructions and units of a whole run."""
    with tempfile.TemporaryDirectory(prefix="holdfast-bench-") as folder:
        out = Path(folder) / "callgrind"
        printed = run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", bench.program("bench-worker"),
                       f"--units={units}", KEYS, f"--contenders={name}"])
        total = re.search(r"^(?:summary|totals): (\d+)", out.read_text(), re.MULTILINE)
        return int(total[1]), json_lines(printed)[0]["units"]
