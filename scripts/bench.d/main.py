"""Measures what the project promises and prints one table. Called by scripts/bench, which builds what is measured."""

import argparse
import datetime
import os
import platform
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "scripts/shared.d"))

import boundary
import idle
import instructions
import pages
import parts
import recovery
import table
import worker
from tools import Bench

SECTIONS = {"worker": worker, "boundary": boundary, "recovery": recovery, "idle": idle, "instructions": instructions,
            "parts": parts}
PAGE = "docs/performance.md"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/bench", description="Measures what the project promises and prints one table.",
        epilog="The exit code is 1 when a count misses its target; with --strict, when anything does.")
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=f"only these: {', '.join(SECTIONS)}")
    parser.add_argument("--quick", action="store_true", help="under 90 s: counts are judged, times only shown")
    parser.add_argument("--write", action="store_true", help=f"put the table into {PAGE}, between its two marks")
    parser.add_argument("--strict", action="store_true", help="fail on a missed time, too")
    parser.add_argument("--build", type=Path, default=ROOT / "build/release", help="where the programs are")
    given = parser.parse_args()
    if unknown := [name for name in given.sections if name not in SECTIONS]:
        parser.error(f"no section '{unknown[0]}'; there are: {', '.join(SECTIONS)}")
    if given.write and (given.sections or given.quick):
        parser.error("--write wants the whole table of a thorough run: no sections, and not --quick")
    return given


def machine() -> str:
    model = "unknown CPU"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    virtual = ", virtual" if "hypervisor" in Path("/proc/cpuinfo").read_text() else ""
    return f"{os.cpu_count()} CPUs of {model}{virtual}, {memory:.0f} GiB, Linux {platform.release().split('-')[0]}"


def measure(bench: Bench, names: list) -> list:
    rows = []
    for name in names:
        began = time.monotonic()
        print(f"{name} ...", end=" ", file=sys.stderr, flush=True)
        try:
            rows += SECTIONS[name].measure(bench)
        except (RuntimeError, FileNotFoundError) as error:
            rows.append(table.Row(name, f"{name} could not be measured", str(error).splitlines()[0], met=False,
                                  counted=True, unmeasured=True))
            print(error, file=sys.stderr)
        print(f"{time.monotonic() - began:.0f} s", file=sys.stderr)
    return rows


def main() -> int:
    given = arguments()
    load = os.getloadavg()[0]
    rows = measure(Bench(ROOT, given.build, given.quick), given.sections or list(SECTIONS))
    if given.quick:
        table.judge_counts_only(rows)
    where = {"commit": pages.commit(ROOT), "date": datetime.date.today().isoformat(), "machine": machine(),
             "load": load, "quick": given.quick}
    print(table.text(rows))
    out = given.build / "bench"
    out.mkdir(exist_ok=True)
    (out / "figures.json").write_text(table.as_json(rows, where))
    heading = (f"Commit {where['commit']}, {where['date']}; {where['machine']}; "
               f"load average {load:.1f} before the first block.")
    if given.write:
        page = ROOT / PAGE
        try:
            page.write_text(table.page_with(page.read_text(), rows, heading))
        except ValueError as error:
            print(f"{PAGE}: {error}", file=sys.stderr)
    print(f"\n{heading}\nrecord  {out / 'figures.json'}")
    return int(any(row.met is False and (row.counted or given.strict) for row in rows))


if __name__ == "__main__":
    sys.exit(main())
