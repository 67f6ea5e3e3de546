#!/usr/bin/env python3
"""Tests of scripts/soak."""

import contextlib
import io
import json
import sys
import tempfile
import unittest
from pathlib import Path

import killed
import main
import simulated
from state import State

SIMULATED = """mean of a run                         unaligned
kills                                      0.97
virtual time                            90.0 ms
runs                                        300
runs with damage                              0
broken promises                               2
"""


def point(verdict: str, *faults: tuple) -> dict:
    """Of faults as (verb, applied at, first output after)."""
    return {"verdict": {"verdict": verdict}, "ledger": {"expected": 10}, "protocol": "unaligned",
            "faults": [{"id": str(i), "verb": verb, "applied_s": at} for i, (verb, at, _) in enumerate(faults)],
            "recovery": [{"fault_id": str(i), "first_output_s": output}
                         for i, (_, at, output) in enumerate(faults) if at is not None]}


class SoakTest(unittest.TestCase):
    def test_the_table_of_simulate_is_read(self):
        counts = simulated.counts_of(SIMULATED)
        self.assertEqual((counts["runs"], counts["broken"]), (300, 2))
        self.assertAlmostEqual(counts["virtual_s"], 27)
        self.assertAlmostEqual(counts["kills"], 291)

    def test_a_table_that_lacks_a_figure_is_no_zero(self):
        with self.assertRaises(TypeError):
            simulated.counts_of("runs          300\n")

    def test_faults_in_a_recovery_are_told_from_others(self):
        self.assertEqual(killed.in_recovery(point("held", ("kill", 1.0, 0.2), ("kill", 2.0, 0.2))), 0)
        self.assertEqual(killed.in_recovery(point("held", ("kill", 1.0, None), ("pause", 1.1, 0.2))), 1)
        self.assertEqual(killed.in_recovery(point("held", ("pause", 1.0, None), ("kill", 1.1, None))), 0)

    def test_what_hit_nothing_is_not_counted_as_a_hit(self):
        counts = killed.counts_of(point("held", ("kill", 1.0, 0.2), ("kill", None, None)))
        self.assertEqual((counts["hits"], counts["broken"], counts["nothing"]), (1, 0, 0))

    def test_verdicts_are_told_apart(self):
        self.assertEqual(killed.counts_of(point("broken"))["broken"], 1)
        self.assertEqual(killed.counts_of(point("failed"))["broken"], 1)
        self.assertEqual(killed.counts_of(point("invalid"))["nothing"], 1)

    def test_a_batch_that_was_interrupted_is_made_again(self):
        with tempfile.TemporaryDirectory() as folder:
            program, left = Path(folder) / "program", Path(folder) / "runs-0-0/old"
            record = json.dumps({"points": [point("held", ("kill", 1.0, 0.1))]})
            program.write_text(f"#!/bin/sh\nmkdir -p $6/new && echo '{record}' >$6/new/results.json\n")
            program.chmod(0o755)
            left.mkdir(parents=True)
            (left / "results.json").write_text("{}")
            state = State(Path(folder), "a")
            with contextlib.redirect_stderr(io.StringIO()):
                killed.run(program, "soak.yaml", state, ["unaligned"], runs=1, jobs=1)
            self.assertEqual(state.of("killed", "unaligned")["runs"], 1)

    def test_counts_last_and_those_of_another_commit_are_put_aside(self):
        with tempfile.TemporaryDirectory() as folder:
            State(Path(folder), "a").add("killed", "unaligned", killed.counts_of(point("held", ("kill", 1.0, 0.1))))
            self.assertEqual(State(Path(folder), "a").of("killed", "unaligned")["runs"], 1)
            self.assertEqual(State(Path(folder), "b").of("killed", "unaligned")["runs"], 0)
            self.assertTrue((Path(folder) / "state-a.json").exists())

    def test_anything_broken_is_seen_in_the_end(self):
        with tempfile.TemporaryDirectory() as folder:
            state = State(Path(folder), "a")
            self.assertEqual(main.broken(state), 0)
            state.add("killed", "unaligned", killed.counts_of(point("broken")))
            self.assertEqual(main.broken(state), 1)
            self.assertIn("| `unaligned` | 0 |", main.markdown(state, "a"))


if __name__ == "__main__":
    sys.exit(unittest.main())
