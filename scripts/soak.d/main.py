"""Many simulated runs and many real ones that are killed, of every protocol. Called by scripts/soak, which builds."""

import argparse
import datetime
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "scripts/shared.d"))

import killed
import pages
import simulated
from state import State

PROTOCOLS = ("stop-the-world", "unaligned", "message-logging")
PAGE = "docs/soak.md"
BEGIN = "<!-- figures: written by scripts/soak --write -->"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/soak", description="Runs every protocol for a long time, simulated and for real.",
        epilog="The exit code is 1 if a promise was broken or a run could not be made.")
    parser.add_argument("--seeds", type=int, default=100_000, help="simulated runs of each protocol")
    parser.add_argument("--kill-runs", type=int, default=200, help="real runs of each protocol, each killed twice")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes at a time")
    parser.add_argument("--folder", type=Path, default=ROOT / "results/soak", help="for progress and findings")
    parser.add_argument("--program", type=Path, default=ROOT / "build/release/apps/holdfast")
    parser.add_argument("--write", action="store_true", help=f"put the table into {PAGE}, between its two marks")
    return parser.parse_args()


def markdown(state: State, commit: str) -> str:
    columns = ("protocol", "simulated runs", "virtual hours", "kills in them", "broken", "real runs",
               "kills and pauses that hit", "of them in a recovery", "outputs judged", "broken or failed",
               "proved nothing")
    line = lambda cells: "| " + " | ".join(str(cell) for cell in cells) + " |"
    rows = [line(columns), "|" + " --- |" + " --: |" * (len(columns) - 1)]
    for protocol in PROTOCOLS:
        s, k = state.of("simulated", protocol), state.of("killed", protocol)
        rows.append(line((f"`{protocol}`", f"{s['runs']:,}", f"{s['virtual_s'] / 3600:.2f}", f"{s['kills']:,.0f}",
                          s["broken"], k["runs"], k["hits"], k["in_recovery"], f"{k['outputs']:,}", k["broken"],
                          k["nothing"])))
    return "\n".join([f"Commit {commit}, {datetime.date.today().isoformat()}.", "", *rows])


def broken(state: State) -> int:
    return sum(state.of(kind, protocol)["broken"] for kind in ("simulated", "killed") for protocol in PROTOCOLS)


def main() -> int:
    given = arguments()
    commit = pages.commit(ROOT)
    state = State(given.folder, commit)
    try:
        for protocol in PROTOCOLS:
            simulated.run(given.program, state, protocol, given.seeds, given.jobs)
        killed.run(given.program, ROOT / "workloads/suites/soak.yaml", state, PROTOCOLS, given.kill_runs, given.jobs)
    except KeyboardInterrupt:
        print("interrupted; the same command goes on from here", file=sys.stderr)
        return 130
    text = markdown(state, commit)
    print(text)
    if given.write:
        page = ROOT / PAGE
        page.write_text(pages.between_marks(page.read_text(), text, BEGIN))
    return int(broken(state) > 0)


if __name__ == "__main__":
    sys.exit(main())
