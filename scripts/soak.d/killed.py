"""Real runs: processes that are killed and paused at instants drawn from a seed (workloads/suites/soak.yaml)."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

from state import State

SEED = 1_000_000  # Of the first batch; each batch has the next.


def run(program, suite, state: State, protocols, runs: int, jobs: int) -> None:
    """In batches: one of each point of the suite, `jobs` batches at a time."""
    while (done := min(state.of("killed", protocol)["runs"] for protocol in protocols)) < runs:
        folders = [state.folder / f"runs-{done}-{job}" for job in range(jobs)]
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)  # Of a batch that was interrupted and is not counted.
        batches = [subprocess.Popen([str(program), "run", str(suite), "--seed", str(SEED + done + job), "--runs",
                                     str(folder), "--placement", "float", "--quiet"],
                                    stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
                   for job, folder in enumerate(folders)]
        said = [batch.communicate()[0] for batch in batches]
        for batch, folder, text in zip(batches, folders, said):
            keep(state, folder, batch.returncode, text)
        print(f"{min(state.of('killed', p)['runs'] for p in protocols)} of {runs} real runs of each protocol",
              file=sys.stderr, flush=True)


def keep(state: State, folder: Path, code: int, said: str) -> None:
    """Adds a batch to the counts; its record stays if something in it was broken."""
    records = list(folder.glob("*/results.json"))
    if len(records) != 1:
        raise RuntimeError(f"no record in {folder}\n{said}")
    for point in json.loads(records[0].read_text())["points"]:
        state.add("killed", point["protocol"], counts_of(point))
    if code == 0:
        shutil.rmtree(folder)
    else:
        print(said, file=sys.stderr)


def counts_of(point: dict) -> dict:
    verdict = point["verdict"]["verdict"]
    return {"runs": 1, "hits": sum(fault["applied_s"] is not None for fault in point["faults"]),
            "in_recovery": in_recovery(point), "outputs": point["ledger"]["expected"],
            "broken": int(verdict in ("broken", "failed")), "nothing": int(verdict == "invalid")}


def in_recovery(point: dict) -> int:
    """Faults that struck after a kill, before there was output again."""
    recovery = {each["fault_id"]: each for each in point["recovery"]}
    hits = sorted((fault for fault in point["faults"] if fault["applied_s"] is not None), key=lambda f: f["applied_s"])
    return sum(fault["verb"] == "kill" and recovery[fault["id"]]["first_output_s"] is None
               for fault in hits[:-1])
