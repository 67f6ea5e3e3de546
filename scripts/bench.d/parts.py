"""Parts on their own, each beside the least that could do the same."""

from spread import paired_ratio, span
from table import Row, ratio, spread
from tools import Bench, google_benchmark

MILLION = "ReadModifyWrite/rows:1000000"

# Program, what is measured, its rival or floor.
PAIRS = (
    ("bench-codecs", "BM_Frame_Open/bytes:4096", "BM_Memcpy/bytes:4096"),
    ("bench-codecs", "BM_Envelope_PutAndTake", "BM_Memcpy/bytes:96"),
    ("bench-codecs", "BM_Message_Encode", "BM_Memcpy/bytes:64"),
    ("bench-codecs", "BM_Message_Decode", "BM_Memcpy/bytes:64"),
    ("bench-codecs", "BM_Effects_WriteAndRead", "BM_Memcpy/bytes:192"),
    ("bench-codecs", "BM_Record_Merge", "BM_Memcpy/bytes:64"),
    ("bench-queue", "BM_MessageQueue_PushPop", "BM_DequeOfStrings_PushPop"),
    ("bench-queue", "BM_EgressGate_Stage", "BM_OneString_Append"),
    ("bench-queue", "BM_Histogram_Record", "BM_Counter_Add"),
    ("bench-state-backend", f"BM_HeapBackend_{MILLION}", f"BM_FlatMap_{MILLION}"),
    ("bench-state-backend", f"BM_HeapBackend_{MILLION}", f"BM_UnorderedMap_{MILLION}"),
    ("bench-disk-state", f"BM_RocksDbBackend_{MILLION}/real_time", f"BM_BareRocksDb_{MILLION}/real_time"),
    ("bench-disk-state", f"BM_LmdbBackend_{MILLION}/real_time", f"BM_BareLmdb_{MILLION}/real_time"),
    ("bench-restore", "BM_Restore_HeapBackend/rows:1000000", "BM_Restore_FlatMap/rows:1000000"),
)


def measure(bench: Bench) -> list:
    repetitions, seconds = (1, 0.02) if bench.quick else (7, 0.3)
    found = []
    for program in dict.fromkeys(program for program, _, _ in PAIRS):
        pairs = [(part, rival) for owner, part, rival in PAIRS if owner == program]
        if bench.quick:
            pairs = [pair for pair in pairs if "1000000" not in pair[0]]
        if not pairs:
            continue
        names = "|".join(f"^{name}$" for name in dict.fromkeys(name for pair in pairs for name in pair))
        measured = google_benchmark(bench.program(program), names, repetitions, seconds)
        found += [row(measured, part, rival) for part, rival in pairs]
    return found


def nanos(one: dict) -> float:
    """CPU time of one item."""
    scale = {"ns": 1, "us": 1e3, "ms": 1e6}[one["time_unit"]]
    return 1e9 / one["items_per_second"] if "items_per_second" in one else one["cpu_time"] * scale


def row(measured: dict, part: str, rival: str) -> Row:
    times, floors = ([nanos(one) for one in measured[name]] for name in (part, rival))
    middle, floor = span(times), f"{span(floors).middle:.3g} ns for {rival.removeprefix('BM_')}"
    return Row("parts", part.removeprefix("BM_"), spread(middle, "ns", "{:.3g}".format),
               f"{floor}; ratio {ratio(paired_ratio(times, floors))}")
