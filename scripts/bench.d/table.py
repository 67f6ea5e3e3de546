"""The one table: a row per figure, with its rival or floor, its target and whether that was met."""

import json
from dataclasses import asdict, dataclass, field
from typing import Iterable, Optional

from pages import between_marks
from spread import Spread

COLUMNS = ("figure", "measured", "beside it", "target", "")
BEGIN = "<!-- figures: written by scripts/bench --write -->"


@dataclass
class Row:
    section: str
    figure: str
    measured: str
    beside: str = ""  # A rival, or the floor: what the machine could do at best.
    target: str = ""
    met: Optional[bool] = None  # None: shown, not judged.
    counted: bool = False  # A count is the same on any machine and under any load, so it is judged in a quick run, too.
    unmeasured: bool = False  # A section that failed, in place of its figures.
    raw: dict = field(default_factory=dict)

    @property
    def outcome(self) -> str:
        return "" if self.met is None else "met" if self.met else "missed"

    def cells(self) -> tuple:
        return self.figure, self.measured, self.beside, self.target, self.outcome


def promises(section: str, points: list) -> Row:
    """Whether the oracles found what was promised: a count, so never excused by a busy machine."""
    broken = [point["verdict"] for point in points if point["verdict"]["verdict"] in ("failed", "broken")]
    return Row(section, "  runs whose promise was broken", f"{len(broken)} of {len(points)}",
               broken[0]["sentence"] if broken else "", "0", not broken, counted=True)


def judge_counts_only(rows: Iterable[Row]) -> None:
    """Times of a short run on a busy machine are shown, never judged."""
    for row in rows:
        if not row.counted:
            row.met = None


def page_with(page: str, rows: list, heading: str) -> str:
    """The page with the new table. A table that lacks a section is no table of the page's: refused."""
    if missing := [row.section for row in rows if row.unmeasured]:
        raise ValueError(f"not written: {', '.join(missing)} could not be measured")
    return between_marks(page, markdown(rows, heading), BEGIN)


def text(rows: list) -> str:
    widths = [max(len(cells[i]) for cells in [COLUMNS, *(row.cells() for row in rows)]) for i in range(len(COLUMNS))]
    line = lambda cells: "  ".join(cell.ljust(width) for cell, width in zip(cells, widths)).rstrip()
    out, section = [line(COLUMNS), line(["-" * width for width in widths])], ""
    for row in rows:
        if section and row.section != section:
            out.append("")
        section = row.section
        out.append(line(row.cells()))
    return "\n".join(out)


def markdown(rows: list, heading: str) -> str:
    line = lambda cells: "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
    return "\n".join([heading, "", line(COLUMNS), "|" + " --- |" * len(COLUMNS), *(line(row.cells()) for row in rows)])


def as_json(rows: list, where: dict) -> str:
    return json.dumps({**where, "rows": [{**asdict(row), "outcome": row.outcome} for row in rows]}, indent=1) + "\n"


def number(value: float) -> str:
    """Three digits, with the letter of its thousands."""
    for factor, letter in ((1e9, " G"), (1e6, " M"), (1e3, " k")):
        if abs(value) >= 0.9995 * factor:
            return f"{value / factor:.3g}{letter}"
    return f"{value:.3g}"


def spread(values: Spread, unit: str = "", scale=number) -> str:
    gap = "" if not unit else " " + unit
    if values.count == 1:
        return f"{scale(values.middle)}{gap}"
    return f"{scale(values.middle)}{gap} ({scale(values.low)} .. {scale(values.high)}, n = {values.count})"


def ratio(values: Spread) -> str:
    return f"{values.middle:.3f} ({values.low:.3f} .. {values.high:.3f}, n = {values.count})"


def millis(value: float) -> str:
    return f"{value * 1e3:.3g}"
