"""What a running system takes that has nothing to do."""

from spread import span
from table import Row, number, spread
from tools import Bench, suite


def measure(bench: Bench) -> list:
    return rows(suite(bench, "idle.yaml", *([] if bench.quick else ["--repetitions", "3"])))


def rows(points: list) -> list:
    resident = span([max(b["rss_bytes"] for b in point["timeseries"] if b["t_s"] >= 0) for point in points])
    cores = span([point["cost"]["cpu_seconds"] / point["measured_s"] for point in points])
    percent = lambda value: f"{value * 100:.2f}"
    return [Row("idle", "idle system, resident", spread(resident, "B"), "3 workers, 2 s after the start", "< 50 MB",
                resident.high < 50e6, counted=True),
            Row("idle", "  of one CPU", spread(cores, "%", percent), "idle policy block, a snapshot a second")]
