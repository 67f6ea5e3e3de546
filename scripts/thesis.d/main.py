"""Runs the suite thesis.yaml and the search for its highest rates, and makes tables of both. Called by scripts/thesis,
which builds."""

import argparse
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "scripts/shared.d"))

import pages
import tables
from record import Record

PAGE = "results/published/thesis.md"
BEGIN = "<!-- figures: written by scripts/thesis --write -->"
SUITE = "workloads/suites/thesis.yaml"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/thesis", description="Measures stateful functions against services with a database.")
    parser.add_argument("--run", type=Path, help="the folder of a finished run of the suite, in place of a new one")
    parser.add_argument("--rates", type=Path, help="likewise of a finished search for rates")
    parser.add_argument("--no-rates", action="store_true", help="do not search for the highest rates")
    parser.add_argument("--runs", type=Path, default=ROOT / "results/runs", help="where new runs are kept")
    parser.add_argument("--program", type=Path, default=ROOT / "build/release/apps/holdfast")
    parser.add_argument("--write", action="store_true", help=f"put the tables into {PAGE}, between its two marks")
    return parser.parse_args()


def measured(program: Path, runs: Path, *words: str) -> Path:
    """The folder of a new run. Exit code 1 of the program says that a promise broke or a point failed: the record
    has it, and so will the tables."""
    before = set(runs.glob("*"))
    code = subprocess.run([program, *words, "--runs", runs], cwd=ROOT, check=False).returncode
    new = set(runs.glob("*")) - before
    if len(new) != 1:
        sys.exit(f"scripts/thesis: holdfast {' '.join(words)} ended with code {code} and left no run in {runs}")
    return new.pop()


def main() -> int:
    given = arguments()
    run = given.run or measured(given.program, given.runs, "run", SUITE)
    rates = given.rates
    if rates is None and not given.no_rates:
        rates = measured(given.program, given.runs, "find-rate", SUITE, "--fault", "none", "--p99", "250ms")
    text = tables.page(Record.read(run), Record.read(rates) if rates else None)
    print(text)
    if given.write:
        page = ROOT / PAGE
        page.write_text(pages.between_marks(page.read_text(), text, BEGIN))
    return 0


if __name__ == "__main__":
    sys.exit(main())
