"""Checks that interval logs travel between Holdfast and the Python HdrHistogram library.

usage: histogram_log_interop.py SAMPLE_PROGRAM SCRATCH_FOLDER
"""
import importlib
import pathlib
import subprocess
import sys

PACKAGE = "hdrhistogram==0.10.8"
PERCENTILES = (50, 90, 99, 99.9, 99.99)
SKIPPED = 77

sample, scratch = sys.argv[1], pathlib.Path(sys.argv[2])
library = scratch / "python"
sys.path.insert(0, str(library))


def import_library():
    try:
        import hdrh.histogram  # noqa: F401
        return
    except ImportError:
        pass
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries", "1",
               "--timeout", "15", "--target", str(library), PACKAGE]
    pip = subprocess.run(command, capture_output=True, text=True)
    if pip.returncode != 0:
        reason = (pip.stderr.strip().splitlines() or ["pip gave no reason"])[-1]
        print(f"skipped: cannot install {PACKAGE} from PyPI: {reason}")
        sys.exit(SKIPPED)
    importlib.invalidate_caches()


def run_sample(verb, path):
    return subprocess.run([sample, verb, str(path)], check=True, capture_output=True, text=True).stdout.splitlines()


def line_of(tag, start_s, histogram):
    values = " ".join(str(histogram.get_value_at_percentile(p)) for p in PERCENTILES)
    return f"{tag} {start_s:.3f} {histogram.get_total_count()} {values}"


def python_reads_ours():
    path = scratch / "ours.hlog"
    expected = run_sample("write", path)
    reader = HistogramLogReader(str(path), HdrHistogram(1, 3_600_000_000_000, 3))
    seen = []
    while (h := reader.get_next_interval_histogram()) is not None:
        start_s = h.get_start_time_stamp() / 1000 - reader.get_start_time_sec()
        seen.append(line_of(h.get_tag(), start_s, h))
    assert seen == expected, f"Python read {seen}, we wrote {expected}"


def we_read_pythons():
    path = scratch / "theirs.hlog"
    h = HdrHistogram(1, 3_600_000_000_000, 3)
    for i in range(1, 10_001):
        h.record_value(i * i * 1000)
    h.set_start_time_stamp(1_700_000_005_000)
    h.set_end_time_stamp(1_700_000_006_000)
    with open(path, "w", encoding="ascii") as file:
        writer = HistogramLogWriter(file)
        writer.output_log_format_version()
        writer.output_base_time(0)
        writer.output_legend()
        writer.output_interval_histogram(h)
    expected = [line_of("-", 0, h)]
    seen = run_sample("read", path)
    assert seen == expected, f"we read {seen}, Python wrote {expected}"


import_library()
from hdrh.histogram import HdrHistogram  # noqa: E402
from hdrh.log import HistogramLogReader, HistogramLogWriter  # noqa: E402

python_reads_ours()
we_read_pythons()
print("interval logs agree both ways")
