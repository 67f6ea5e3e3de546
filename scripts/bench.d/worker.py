"""(a) One worker alone: what a unit costs, what a snapshot protocol adds, how long the loop stands still."""

from spread import paired_ratio, span
from table import Row, millis, number, ratio, spread
from tools import Bench, json_lines, run

PROTOCOLS = ("none", "unaligned", "stop-the-world", "message-logging")
FLOOR = "bare-map"


def measure(bench: Bench) -> list:
    size = ["--blocks=2", "--block-ms=400", "--interval-ms=200", "--keys=50000"] if bench.quick else ["--blocks=15"]
    return rows(json_lines(run([bench.program("bench-worker"), *size])))


def rows(lines: list) -> list:
    by = {name: [line for line in lines if line["contender"] == name] for name in (*PROTOCOLS, FLOOR)}
    speed = lambda name, cpu="loop_cpu_s": [line["units"] / line[cpu] for line in by[name]]
    found = []
    for name in PROTOCOLS:
        snapshots = sum(line["snapshots"] for line in by[name])
        judged = name == "unaligned"
        enough = name == "none" or snapshots >= 5
        rate = span(speed(name))
        beside = "" if name == "none" else f"{snapshots} snapshots of {number(by[name][-1]['part_bytes'])}B"
        found.append(Row("worker", f"one worker, {name}", spread(rate, "units/s of loop CPU"), beside,
                         ">= 1 M, >= 5 snapshots" if judged else "",
                         rate.middle >= 1e6 and enough if judged else None, raw={"lines": by[name]}))
        if name != "none":
            change = paired_ratio(speed(name), speed("none"))
            found.append(Row("worker", f"  {name} to none, paired", ratio(change), "95 % interval of the median",
                             ">= 0.95" if judged else "", change.middle >= 0.95 if judged else None))
    whole = span(speed("unaligned", "process_cpu_s"))
    found.append(Row("worker", "  unaligned, per CPU-second of the whole process", spread(whole, "units"),
                     "with the threads that upload"))
    floor = span(speed(FLOOR))
    above = paired_ratio(speed("none"), speed(FLOOR))
    found.append(Row("worker", "floor: the same work in bare hash maps", spread(floor, "units/s"),
                     f"none reaches {ratio(above)} of it"))
    last = by["unaligned"][-1]
    found.append(Row("worker", "  state in memory", f"{last['state_bytes'] / last['rows']:.0f} bytes/row",
                     f"{by[FLOOR][-1]['state_bytes'] / by[FLOOR][-1]['rows']:.0f} in bare hash maps; "
                     f"{number(last['rows'])} rows"))
    return found + stalls(by)


def of_a_snapshot(line: dict) -> float:
    """What the loop did for a snapshot while no unit ran, all together; a log's answers are among it."""
    return line["events_s"] / max(line["snapshots"], 1)


def slow_turn(line: dict) -> float:
    """How much longer than usual the slowest 256 units were: rows that a cut froze are copied when next written."""
    return line["longest_turn_s"] - line["loop_cpu_s"] / line["turns"]


def stalls(by: dict) -> list:
    usual = span([slow_turn(line) for line in by["none"]])
    found = []
    for name in PROTOCOLS[1:]:
        longest = span([line["longest_event_s"] for line in by[name]])
        together, turn = (span([of(line) for line in by[name]]) for of in (of_a_snapshot, slow_turn))
        found.append(Row("worker", f"loop stall per snapshot, {name}", spread(longest, "ms of thread CPU", millis),
                         f"all events, per snapshot: {spread(together, 'ms', millis)}", "<= 1 ms",
                         longest.middle <= 1e-3))
        found.append(Row("worker", "  slowest 256 units beyond the usual", spread(turn, "ms of thread CPU", millis),
                         f"none: {spread(usual, 'ms', millis)}"))
    return found
