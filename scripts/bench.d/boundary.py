"""(b) Over the process boundary: records come over a Unix socket, output goes back over it and is judged."""

from spread import paired_ratio, span
from table import Row, number, promises, ratio, spread
from tools import Bench, believable, google_benchmark, suite

UNITS_PER_RECORD = 2  # A visit and the greeting it leads to.


def measure(bench: Bench) -> list:
    options = ["--set", "load.warm-up=500ms", "--set", "load.duration=2s", "--set", "workload.keys=20000"]
    if not bench.quick:
        options = ["--repetitions", "5"]
    return rows(suite(bench, "boundary.yaml", *options)) + floors(bench)


def rows(points: list) -> list:
    trouble = believable(points)
    by = {name: sorted((point for point in points if point["protocol"] == name), key=lambda point: point["block"])
          for name in ("none", "unaligned")}
    rate = lambda name: [point["counts"]["units"] / point["measured_s"] for point in by[name]]
    per_cpu = lambda name: [point["counts"]["units"] / point["cost"]["cpu_seconds"] for point in by[name]]
    found = []
    for name in by:
        judged = name == "unaligned"
        speed = span(rate(name))
        snapshots = sum(s["status"] == "completed" for point in by[name] for s in point["snapshots"])
        found.append(Row("boundary", f"over the process boundary, {name}", spread(speed, "units/s"),
                         trouble or f"VALID; {snapshots} snapshots", ">= 0.5 M, VALID" if judged else "",
                         speed.middle >= 0.5e6 and not trouble if judged else None,
                         raw={"units_per_s": rate(name), "units_per_cpu_s": per_cpu(name)}))
        found.append(Row("boundary", "  per CPU-second of the system's process", spread(span(per_cpu(name)), "units"),
                         f"generator: {number(generator_cost(by[name]))} units per CPU-second of its own"))
    change = paired_ratio(rate("unaligned"), rate("none"))
    return found + [Row("boundary", "  unaligned to none, paired", ratio(change), "95 % interval of the median"),
                    promises("boundary", points)]


def generator_cost(points: list) -> float:
    return span([point["counts"]["units"] / point["cost"]["generator_cpu_seconds"] for point in points]).middle


def floors(bench: Bench) -> list:
    found = []
    measured = google_benchmark(bench.program("bench-boundary"), ".", 1 if bench.quick else 5,
                                0.1 if bench.quick else 1)
    for name, runs in measured.items():
        speed = span([one["items_per_second"] * UNITS_PER_RECORD for one in runs])
        name = name.removeprefix("BM_").removesuffix("/real_time")
        found.append(Row("boundary", f"floor: {name}", spread(speed, "units/s' worth of records")))
    return found
