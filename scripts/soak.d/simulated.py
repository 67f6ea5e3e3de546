"""Simulated runs: all workloads in turn, seed after seed."""

import re
import subprocess
import sys

from state import State

WORKLOADS = ("greeter", "random-programs", "fraud-detection", "payment", "key-value", "chain", "fraud-bandit",
             "shopping-cart", "iot-aggregates")
STEP = 5_000


def run(program, state: State, protocol: str, seeds: int, jobs: int) -> None:
    while (done := state.of("simulated", protocol)["runs"]) < seeds:
        turn = done // STEP
        count = min(STEP, seeds - done)
        command = [str(program), "simulate", "--workload", WORKLOADS[turn % len(WORKLOADS)], "--protocol", protocol,
                   "--from", str(done + 1), "--seeds", str(count), "--jobs", str(jobs)]
        said = subprocess.run(command, capture_output=True, text=True)
        if said.returncode != 0:
            (state.folder / f"simulated-{protocol}-{done + 1}.txt").write_text(said.stdout + said.stderr)
            print(said.stdout, said.stderr, sep="", file=sys.stderr)
        state.add("simulated", protocol, counts_of(said.stdout))
        print(f"{protocol}: {done + count:,} of {seeds:,} simulated runs", file=sys.stderr, flush=True)


def counts_of(text: str) -> dict:
    """The figures of the table that `holdfast simulate` prints for one protocol."""
    figure = lambda name: re.search(rf"^{name}  +([\d.]+)", text, re.MULTILINE)[1]
    runs = int(figure("runs"))
    length = re.search(r"^virtual time +([\d.]+) ms", text, re.MULTILINE)[1]
    return {"runs": runs, "virtual_s": float(length) / 1000 * runs, "kills": float(figure("kills")) * runs,
            "broken": int(figure("broken promises"))}
