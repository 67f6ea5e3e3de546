"""How soon a killed system with 10^6 keys works again, and how soon that shows."""

from spread import span
from table import Row, number, promises, spread
from tools import Bench, believable, suite

GRACE = 0.1  # Seconds between a snapshot's completion and its output at the sink, or a start and its first trigger.


def measure(bench: Bench) -> list:
    options = ["--set", "load.warm-up=1s", "--set", "load.duration=4s", "--set", "workload.keys=20000", "--fault",
               "kill@2s"]
    return rows(suite(bench, "recovery.yaml", *(options if bench.quick else ["--repetitions", "3"])))


def rows(points: list) -> list:
    trouble = believable(points)
    steps = [of(point) for point in points]
    seconds = lambda name: span([step[name] for step in steps])
    size = f"{number(min(step['rows'] for step in steps))}B in the part"
    first, egress, rest = seconds("first_unit"), seconds("first_output"), seconds("beyond_snapshot")
    return [
        Row("recovery", "kill -9, first unit beyond process start", spread(first, "s"), trouble or size, "<= 0.5 s",
            first.middle <= 0.5 and not trouble, raw={"steps": steps}),
        Row("recovery", "  of which until the state is restored", spread(seconds("restored"), "s")),
        Row("recovery", "  new visible egress beyond process start", spread(egress, "s"),
            f"the first snapshot takes {spread(seconds('snapshot'), 's')}"),
        Row("recovery", "  beyond first unit and that snapshot", spread(rest, "s"), trouble, f"<= {GRACE} s",
            rest.middle <= GRACE and not trouble),
        promises("recovery", points),
    ]


def of(point: dict) -> dict:
    recovery, fault = point["recovery"][0], point["faults"][0]
    start = recovery["restarted_s"]
    began = fault["applied_s"] + start
    after = [s for s in point["snapshots"] if s["status"] == "completed" and s["start_s"] >= began]
    before = [s for s in point["snapshots"] if s["status"] == "completed" and s["start_s"] < began]
    if not after or not before:
        raise RuntimeError("recovery: no snapshot was completed before the kill, or none after it")
    snapshot = after[0]["end_s"] - after[0]["start_s"]
    first_unit, output = recovery["first_unit_s"] - start, recovery["first_output_s"] - start
    return {"restored": recovery["restored_s"] - start, "first_unit": first_unit, "first_output": output,
            "snapshot": snapshot, "beyond_snapshot": output - first_unit - snapshot, "rows": before[-1]["bytes"]}
