"""What the tables need of a run record (docs/reference/results.md)."""

import json
from dataclasses import dataclass
from pathlib import Path

SYSTEMS = {
    "holdfast/heap": "Holdfast, heap",
    "holdfast/rocksdb": "Holdfast, RocksDB",
    "two-tier,variant=naive,hit=services": "services, naive, PostgreSQL",
    "two-tier,variant=idempotent,hit=services": "services, idempotent, PostgreSQL",
    "two-tier,variant=idempotent,hit=services,database=redis": "services, idempotent, Redis",
}


def system(point_name: str) -> str:
    """From the name of a point: workload/engine[/state]/fault, and of a rate's point the same."""
    _, _, rest = point_name.partition("/")
    names = [key for key in SYSTEMS if rest == key or rest.startswith(key + "/")]
    return max(names, key=len)


@dataclass
class Record:
    run: dict

    @staticmethod
    def read(folder: Path) -> "Record":
        return Record(json.loads((folder / "results.json").read_text()))

    def workloads(self) -> list[str]:
        return list(dict.fromkeys(point["axes"]["workload"] for point in self.run["points"]))

    def point(self, workload: str, key: str, fault: str) -> dict | None:
        """`fault` is the beginning of the name."""
        for point in self.run["points"]:
            axes = point["axes"]
            if axes["workload"] == workload and axes["fault"].startswith(fault) and system(point["name"]) == key:
                return point
        return None

    def rate(self, workload: str, key: str) -> dict | None:
        for rate in self.run["rates"]:
            if rate["point"].startswith(workload + "/") and system(rate["point"]) == key:
                return rate
        return None
