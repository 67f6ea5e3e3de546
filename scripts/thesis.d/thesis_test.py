#!/usr/bin/env python3
"""Tests of scripts/thesis."""

import json
import sys
import tempfile
import unittest
from pathlib import Path

import main
import tables
from record import SYSTEMS, Record, system

IDEMPOTENT = "two-tier,variant=idempotent,hit=services"


def point(key: str, fault: str, verdict: str = "held", **ledger: int) -> dict:
    none = dict.fromkeys(("missing", "duplicate", "contradictory", "phantom", "out_of_order"), 0)
    return {"name": f"greeter/{key}/{fault}", "axes": {"workload": "greeter", "fault": fault},
            "verdict": {"verdict": verdict}, "ledger": {"expected": 100, **none, **ledger}, "measured_s": 10.0,
            "counts": {"offered": 90, "sent": 90}, "cost": {"cpu_seconds": 0.18}, "validity": [],
            "latency": [{"phase": "whole", "response": {"p50_ns": 1_200_000, "p90_ns": 2_500_000}}]}


def record(*points: dict, rates: tuple = ()) -> Record:
    machine = {"cpu_model": "CPU", "cpus": 2, "os": "OS", "filesystem": "ext4 (rw)"}
    return Record({"points": list(points), "rates": list(rates), "environment": machine, "started": "2026-01-02T",
                   "seed": "42", "code": {"commit": "0123456789ab", "modified": True}})


class ThesisTest(unittest.TestCase):
    def test_a_name_that_begins_like_another_is_its_own_system(self):
        for key in SYSTEMS:
            self.assertEqual(system(f"greeter/{key}/none"), key)
            self.assertEqual(system(f"greeter/{key}"), key, "of a search for rates, without faults")

    def test_every_kind_of_damage_is_named(self):
        self.assertEqual(tables.ledger(point("holdfast/heap", "none")), "exact")
        self.assertEqual(tables.ledger(point("holdfast/heap", "storm@2s", missing=7, out_of_order=2)),
                         "**7 lost, 2 out of order**")
        self.assertEqual(tables.ledger(point("holdfast/heap", "storm@2s", "invalid")), "hit nothing")
        self.assertEqual(tables.ledger(None), "-")

    def test_the_page_has_a_row_for_each_system(self):
        run = record(point("holdfast/heap", "none"), point(IDEMPOTENT, "storm@2s..8s", duplicate=3))
        rates = record(point("holdfast/heap", "none"),
                       rates=({"point": "greeter/holdfast/heap", "sustained": 360_000.0, "p99_bound_ns": 250_000_000},
                              {"point": f"greeter/{IDEMPOTENT}", "sustained": None, "p99_bound_ns": 250_000_000}))
        page = tables.page(run, rates)
        for text in ("Commit 0123456+", "n = 2 points", "200 outputs", "| Holdfast, heap | 1.2 / 2.5 |",
                     "| Holdfast, heap | 2.00 |", "| services, idempotent, PostgreSQL | **3 twice** |",
                     "| Holdfast, heap | 360,000 |", "| services, idempotent, PostgreSQL | - |", "under 250 ms"):
            self.assertIn(text, page)

    def test_figures_that_the_run_calls_invalid_say_so(self):
        late = point("holdfast/heap", "none")
        late["validity"] = [{"verdict": "VALID"}, {"verdict": "INVALID", "detail": "records left late", "value": 2.06,
                                                   "limit": 2.0, "unit": "ms"}]
        page = tables.page(record(late), None)
        self.assertIn("| Holdfast, heap | 1.2 / 2.5 (!) |", page)
        self.assertIn("invalid: greeter, Holdfast, heap, none: records left late (2.06 ms, limit 2).", page)
        self.assertNotIn("(!)", tables.page(record(point("holdfast/heap", "none")), None))

    def test_a_run_that_leaves_nothing_is_told_of(self):
        with tempfile.TemporaryDirectory() as folder, self.assertRaises(SystemExit) as ended:
            main.measured(Path("/bin/false"), Path(folder), "run", "a.yaml")
        self.assertIn("holdfast run a.yaml ended with code 1", str(ended.exception))

    def test_a_record_is_read_from_its_folder(self):
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "results.json").write_text(json.dumps(record(point("holdfast/heap", "none")).run))
            self.assertEqual(Record.read(Path(folder)).workloads(), ["greeter"])


if __name__ == "__main__":
    sys.exit(unittest.main())
