"""Running the programs that measure, and reading what they say."""

import json
import os
import subprocess
import tempfile
from pathlib import Path


class Bench:
    """Where things are and how thorough to be."""

    def __init__(self, root: Path, build: Path, quick: bool):
        self.root, self.build, self.quick = root, build, quick

    def program(self, name: str) -> str:
        path = self.build / ("apps" if name == "holdfast" else "tests/bench") / name
        if not path.exists():
            raise FileNotFoundError(f"{path} is not built; scripts/bench builds it")
        return str(path)


def run(command: list, **environment) -> str:
    """The output of a program that succeeded; what it complained of stays visible otherwise."""
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **environment})
    if done.returncode != 0:
        said = done.stdout[-2000:] + done.stderr[-2000:]
        raise RuntimeError(f"{' '.join([Path(command[0]).name, *command[1:]])}: exit code {done.returncode}\n{said}")
    return done.stdout


def json_lines(text: str) -> list:
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def google_benchmark(program: str, pattern: str, repetitions: int, seconds: float) -> dict:
    """Name of each benchmark -> its repetitions, which ran in random order among those of the others."""
    out = run([program, f"--benchmark_filter={pattern}", "--benchmark_format=json",
               "--benchmark_enable_random_interleaving=true", f"--benchmark_repetitions={repetitions}",
               f"--benchmark_min_time={seconds}"])
    found = {}
    for one in json.loads(out)["benchmarks"]:
        if one.get("run_type") == "iteration" and not one.get("error_occurred"):
            found.setdefault(one["run_name"], []).append(one)
    return found


def suite(bench: Bench, name: str, *options: str) -> list:
    """The points of a run of a suite; their record goes when they have been read."""
    with tempfile.TemporaryDirectory(prefix="holdfast-bench-") as folder:
        done = subprocess.run([bench.program("holdfast"), "run", str(bench.root / "workloads/suites" / name), "--runs",
                               folder, "--quiet", *options], capture_output=True, text=True)
        records = list(Path(folder).glob("*/results.json"))
        if len(records) != 1:
            raise RuntimeError(f"{name} left no record\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
        return json.loads(records[0].read_text())["points"]


def stamp(point: dict) -> str:
    """The worst test of whether a point's figures may be believed."""
    worst = {"VALID": 0, "SUSPECT": 1, "INVALID": 2}
    return max((test["verdict"] for test in point["validity"]), key=worst.__getitem__, default="VALID")


def believable(points: list) -> str:
    """'' if every point is valid and kept its promise, else why not."""
    for point in points:
        if point["verdict"]["verdict"] in ("failed", "broken", "invalid"):
            return f"{point['verdict']['verdict']}: {point['verdict']['sentence']}"
        if stamp(point) == "INVALID":
            bad = next(test for test in point["validity"] if test["verdict"] == "INVALID")
            return f"INVALID, {bad['check']}: {bad['detail']}"
    return ""
