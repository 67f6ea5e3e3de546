"""The bench's own arithmetic: spreads, the table, and what is read out of measurements."""

import sys
import unittest
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "shared.d")]

import instructions
import main
import pages
import recovery
import table
import tools
import worker
from spread import paired_ratio, span
from table import Row


class SpreadTest(unittest.TestCase):
    def test_span_is_median_smallest_and_largest(self):
        self.assertEqual(span([5, 1, 100]), (5, 1, 100, 3))

    def test_what_happens_to_both_of_a_pair_cancels(self):
        rivals = [1.0, 10.0, 100.0, 3.0, 7.0]
        ratio = paired_ratio([0.9 * value for value in rivals], rivals)
        for value in ratio[:3]:
            self.assertAlmostEqual(value, 0.9)

    def test_an_outlier_moves_the_interval_and_not_the_median(self):
        ratio = paired_ratio([0.97, 0.98, 0.99, 0.5, 0.96], [1] * 5)
        self.assertAlmostEqual(ratio.middle, 0.97)
        self.assertLess(ratio.low, 0.96)
        self.assertLessEqual(ratio.high, 0.99 + 1e-9)

    def test_the_interval_is_the_same_every_time(self):
        values, rivals = [1.0, 2.0, 3.0, 4.0], [1.1, 1.9, 3.3, 3.8]
        self.assertEqual(paired_ratio(values, rivals), paired_ratio(values, rivals))

    def test_what_is_not_paired_is_refused(self):
        with self.assertRaises(ValueError):
            paired_ratio([1.0, 2.0], [1.0])


class TableTest(unittest.TestCase):
    rows = [Row("a", "speed", "2 M", "floor: 4 M", ">= 1 M", True), Row("b", "stall", "7 ms", "", "<= 1 ms", False)]

    def test_a_row_says_whether_it_met_its_target(self):
        lines = table.text(self.rows).splitlines()
        self.assertTrue(lines[2].endswith("met"))
        self.assertTrue(lines[-1].endswith("missed"))

    def test_the_table_goes_between_the_marks_and_nowhere_else(self):
        page = f"before\n{table.BEGIN}\nold\n{pages.END}\nafter\n"
        written = pages.between_marks(page, "new", table.BEGIN)
        self.assertEqual(written, f"before\n{table.BEGIN}\n\nnew\n\n{pages.END}\nafter\n")
        self.assertEqual(pages.between_marks(written, "new", table.BEGIN), written)

    def test_a_page_without_marks_is_refused(self):
        with self.assertRaises(ValueError):
            pages.between_marks("no place", "new", table.BEGIN)

    def test_a_table_without_a_section_is_not_written(self):
        lacking = Row("parts", "parts could not be measured", "exit code -6", unmeasured=True)
        with self.assertRaisesRegex(ValueError, "not written: parts could not be measured"):
            table.page_with(f"{table.BEGIN}\nold\n{pages.END}", [Row("worker", "rate", "1"), lacking], "heading")

    def test_a_quick_run_judges_counts_only(self):
        rows = [Row("a", "time", "1 s", met=False), Row("a", "count", "1", met=False, counted=True)]
        table.judge_counts_only(rows)
        self.assertEqual([row.met for row in rows], [None, False])

    def test_numbers_have_three_digits_and_a_letter(self):
        self.assertEqual([table.number(value) for value in (1_234_567, 999_600, 45_600, 789, 0.25)],
                         ["1.23 M", "1 M", "45.6 k", "789", "0.25"])


def line(contender, block, speed, **other):
    return {"contender": contender, "block": block, "units": speed, "loop_cpu_s": 1.0, "process_cpu_s": 1.25,
            "turns": 1000, "longest_turn_s": 0.0013, "events_s": 0.0008, "longest_event_s": 0.0001, "snapshots": 2,
            "part_bytes": 10, "rows": 10, "state_bytes": 1000, **other}


class SectionTest(unittest.TestCase):
    def lines(self, unaligned):
        blocks = range(3)
        return [line(name, block, {"unaligned": unaligned}.get(name, 2_000_000)) for block in blocks
                for name in (*worker.PROTOCOLS, worker.FLOOR)]

    def row(self, rows, figure):
        return next(row for row in rows if row.figure.strip() == figure)

    def test_more_than_five_percent_below_none_is_missed(self):
        figure = "unaligned to none, paired"
        self.assertTrue(self.row(worker.rows(self.lines(1_910_000)), figure).met)
        self.assertFalse(self.row(worker.rows(self.lines(1_890_000)), figure).met)

    def test_a_million_units_do_not_count_without_five_snapshots(self):
        lines = [{**one, "snapshots": 1} for one in self.lines(1_910_000)]
        self.assertFalse(self.row(worker.rows(lines), "one worker, unaligned").met)

    def test_stalls_are_events_of_a_snapshot_and_slow_turns_what_exceeds_the_usual(self):
        self.assertAlmostEqual(worker.of_a_snapshot(line("unaligned", 0, 1)), 0.0004)
        self.assertAlmostEqual(worker.slow_turn(line("unaligned", 0, 1)), 0.0003)

    def test_recovery_counts_from_the_start_of_the_new_process(self):
        snapshots = [{"start_s": at, "end_s": at + 0.2, "status": "completed", "bytes": 7} for at in (3.0, 4.5, 5.5)]
        steps = recovery.of({
            "faults": [{"applied_s": 4.0}], "snapshots": snapshots,
            "recovery": [{"restarted_s": 0.1, "restored_s": 0.3, "first_unit_s": 0.4, "first_output_s": 0.75}]})
        self.assertAlmostEqual(steps["first_unit"], 0.3)
        self.assertAlmostEqual(steps["first_output"], 0.65)
        self.assertAlmostEqual(steps["snapshot"], 0.2)
        self.assertAlmostEqual(steps["beyond_snapshot"], 0.15)

    def test_a_count_that_differs_or_grows_is_missed(self):
        self.assertTrue(instructions.count("none", [4318.0, 4318.0], 1341.0).met)
        self.assertFalse(instructions.count("none", [4318.0, 4319.0], 1341.0).met)
        self.assertFalse(instructions.count("none", [4800.0, 4800.0], 1341.0).met)

    def test_an_invalid_point_is_not_believed(self):
        point = {"verdict": {"verdict": "held", "sentence": ""},
                 "validity": [{"verdict": "INVALID", "check": "generator", "detail": "it was late"}]}
        self.assertEqual(tools.believable([point]), "INVALID, generator: it was late")
        point["validity"][0]["verdict"] = "VALID"
        self.assertEqual(tools.believable([point]), "")

    def test_a_broken_promise_is_a_count_that_missed(self):
        held, broken = ({"verdict": {"verdict": word, "sentence": f"it {word}"}} for word in ("held", "broken"))
        self.assertTrue(table.promises("boundary", [held]).met)
        row = table.promises("boundary", [held, broken])
        self.assertEqual((row.met, row.counted, row.measured, row.beside), (False, True, "1 of 2", "it broken"))

    def test_the_machine_is_named_without_its_name(self):
        self.assertNotIn(Path("/proc/sys/kernel/hostname").read_text().strip() or "-", main.machine().split())


if __name__ == "__main__":
    unittest.main()
