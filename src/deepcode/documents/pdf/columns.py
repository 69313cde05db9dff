"""Runs of a page to lines in reading order: one column or two, and what spans both.

A document's gutter is where hardly any run passes although text stands on both sides. What does
pass it cuts the page into bands; within a band the left column comes before the right one.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from deepcode.documents.pdf.page import Line, Page, Run

# The gutter is looked for in this middle part of the page's text.
_MIDDLE = (0.35, 0.65)
# Share of text that may pass the gutter on a page with two columns: titles, tables, figures.
_MAX_CROSSING = 0.45
# Narrower gaps are spaces between words.
_MIN_GUTTER = 9.0
# Rows of one table, and its caption, stand closer than this.
_NEAR = 25.0
# How far first lines, and the other lines of references, are moved in.
_INDENT = 14.0


def reading_lines(page: Page) -> list[Line]:
    """The page's lines in reading order; turned text (stamps, axis labels) is left out."""
    runs = [run for run in page.runs if not run.turned]
    if not runs:
        return []
    left, right = _edges(runs)
    gutter = _gutter(runs, left, right)
    if gutter is None:
        return _lines(runs, page.number, (left, right))
    full, sided = _split(runs, gutter)
    rows = _lines(full, page.number, (left, right))
    return _in_bands(rows, sided, gutter, page.number, (left, right))


def _edges(runs: Sequence[Run]) -> tuple[float, float]:
    """Left and right edge of the text, without the odd mark in the margin."""
    wide = [run for run in runs if len(run.text) > 20] or list(runs)
    lefts = sorted(run.x0 for run in wide)
    rights = sorted(run.x1 for run in wide)
    return lefts[len(lefts) // 20], rights[-1 - len(rights) // 20]


def _gutter(runs: Sequence[Run], left: float, right: float) -> tuple[float, float] | None:
    """The empty strip between two columns, or None on a page with one."""
    width = right - left
    total = sum(len(run.text) for run in runs)
    best: tuple[float, float] | None = None
    fewest = _MAX_CROSSING * total
    low, high = left + _MIDDLE[0] * width, left + _MIDDLE[1] * width
    for step in range(int(low), int(high), 2):
        crossing = sum(len(run.text) for run in runs if run.x0 < step < run.x1)
        if crossing >= fewest:
            continue
        strip = _strip(runs, step)
        if strip and _two_sided(runs, strip, total):
            best, fewest = strip, crossing
    return best


def _strip(runs: Sequence[Run], at: float) -> tuple[float, float] | None:
    """The gap around `at` between where wide runs end left of it and begin right of it."""
    before = sorted(run.x1 for run in runs if run.x1 <= at and len(run.text) > 15)
    after = sorted(run.x0 for run in runs if run.x0 >= at and len(run.text) > 15)
    if not before or not after:
        return None
    # a few lines stick out into the margin
    start, end = before[int(len(before) * 0.95) - 1], after[int(len(after) * 0.05)]
    return (start, end) if end - start >= _MIN_GUTTER else None


def _two_sided(runs: Sequence[Run], strip: tuple[float, float], total: int) -> bool:
    """Whether both sides hold text that lines up along the gutter, as columns do."""
    before = [run for run in runs if run.x1 <= strip[1] and len(run.text) > 15]
    after = [run for run in runs if run.x0 >= strip[0] and len(run.text) > 15]
    flush = sum(run.x0 - strip[1] < _INDENT for run in after)
    wide = [sum(len(run.text) for run in side) for side in (before, after)]
    return flush >= 5 and flush * 3 >= len(after) and min(wide) > 0.12 * total


def _split(runs: Sequence[Run], gutter: tuple[float, float]) -> tuple[list[Run], list[Run]]:
    """Runs of full-width lines, and those that stay on their side of the gutter."""
    start, end = gutter
    slack = min(4.0, (end - start) / 3)
    crossing = [run for run in runs if run.x0 < start - slack and run.x1 > end + slack]
    crossing += _bridges(runs, gutter)
    taken = {id(run) for run in crossing}
    crossing += _wide_rows([run for run in runs if id(run) not in taken], gutter, crossing)
    taken = {id(run) for run in crossing}
    rest = [run for run in runs if id(run) not in taken]
    heights = _Heights()
    for run in crossing:
        heights.add(run, [run])
    beside = [run for run in rest if heights.fits(run, 0.55)]
    taken |= {id(run) for run in beside}
    return [*crossing, *beside], [run for run in rest if id(run) not in taken]


def _bridges(runs: Sequence[Run], gutter: tuple[float, float]) -> list[Run]:
    """Runs that stand inside the gutter: part of a line that passes it."""
    start, end = gutter
    slack = (end - start) * 0.35
    return [
        run
        for run in runs
        if (run.x0 < start - slack and start + slack < run.x1 <= end + 4)
        or (run.x1 > end + slack and start - 4 <= run.x0 < end - slack)
        if len(run.text) > 3
    ]


def _wide_rows(
    runs: Sequence[Run], gutter: tuple[float, float], crossing: Sequence[Run]
) -> list[Run]:
    """Rows of tables and author lists over both columns: many short runs on one line.

    Two tables side by side look the same; what tells them apart is that a line over both columns,
    such as the caption, stands near.
    """
    groups: list[list[Run]] = []
    for row in _rows(runs):
        sides = [run.x1 <= gutter[1] for run in row]
        prose = any(run.text.count(" ") > 4 and not run.text[0].isdigit() for run in row)
        gaps = [b.x0 - a.x1 for a, b in pairwise(row)]
        apart = sum(gap > 8 for gap in gaps)
        if not 2 <= sum(sides) <= len(row) - 2 or apart < 3 or prose:
            continue
        if groups and row[0].y0 - groups[-1][-1].y1 < _NEAR:
            groups[-1] += row
        else:
            groups.append(row)
    return [
        run
        for group in groups
        if any(_is_near(group, other) for other in crossing)
        for run in group
    ]


def _is_near(group: Sequence[Run], other: Run) -> bool:
    return group[0].y0 - other.y1 < _NEAR and other.y0 - group[-1].y1 < _NEAR


def _rows(runs: Sequence[Run]) -> list[list[Run]]:
    """Runs grouped by line over the whole width, each from left to right."""
    rows: list[list[Run]] = []
    for run in sorted(runs, key=lambda run: run.middle):
        if rows and _same_row(run, rows[-1][-1]):
            rows[-1].append(run)
        else:
            rows.append([run])
    return [sorted(row, key=lambda run: run.x0) for row in rows]


def _same_row(first: Run, second: Run) -> bool:
    return _overlap(first, second) > 0.55


def _lines(runs: Sequence[Run], page: int, edges: tuple[float, float]) -> list[Line]:
    """Runs of one column to lines from top to bottom.

    A run belongs to the line whose height it mostly shares; indices and braces follow the line
    they touch most.
    """
    rows: list[list[Run]] = []
    heights = _Heights()
    for run in sorted(runs, key=lambda run: (run.x0 - run.x1, run.y0)):
        home = heights.fits(run, 0.5)
        if home is None:
            home = []
            rows.append(home)
            heights.add(run, home)
        home.append(run)
    rows = _with_strays(sorted(rows, key=lambda row: row[0].middle))
    return [
        Line(tuple(sorted(row, key=lambda run: run.x0)), page, edges[0], edges[1]) for row in rows
    ]


def _with_strays(rows: list[list[Run]]) -> list[list[Run]]:
    """Put parts of tall formulas (a bar, a limit) back into the line whose gap they fill."""
    out: list[list[Run]] = []
    strays: list[list[Run]] = []
    for row in rows:
        small = sum(len(run.text) for run in row) <= 40 and all(run.maths for run in row)
        (strays if small else out).append(row)
    for row in strays:
        near = [other for other in out if _fills_gap(row, other)]
        if near:
            min(near, key=lambda other: abs(other[0].middle - row[0].middle)).extend(row)
        else:
            out.append(row)
    return sorted(out, key=lambda row: row[0].middle)


def _fills_gap(row: Sequence[Run], other: Sequence[Run]) -> bool:
    close = abs(row[0].middle - other[0].middle) < 0.7 * other[0].size
    inside = min(run.x0 for run in other) <= row[0].x0 <= max(run.x1 for run in other) + 20
    return close and inside


def _overlap(run: Run, other: Run) -> float:
    """Share of the lower run's height that both have in common; 0 or less for none."""
    top = run.y0 if run.y0 > other.y0 else other.y0
    bottom = run.y1 if run.y1 < other.y1 else other.y1
    return (bottom - top) / max(0.1, min(run.y1 - run.y0, other.y1 - other.y0))


class _Heights:
    """Rows by the strips of the page that they touch, so that a look-up costs what is near."""

    _STRIP = 8

    def __init__(self) -> None:
        self._strips: dict[int, list[tuple[Run, list[Run]]]] = {}

    def add(self, run: Run, row: list[Run]) -> None:
        """Enter a row under the height of its widest run."""
        for strip in self._touched(run):
            self._strips.setdefault(strip, []).append((run, row))

    def fits(self, run: Run, least: float) -> list[Run] | None:
        """The row that shares most of a run's height, if it is more than `least` of it."""
        best: list[Run] | None = None
        for strip in self._touched(run):
            for other, row in self._strips.get(strip, ()):
                share = _overlap(run, other)
                if share > least:
                    best, least = row, share
        return best

    def _touched(self, run: Run) -> range:
        # a page is at most some hundred strips high, whatever a file says
        first, last = (max(0, min(2000, int(y // self._STRIP))) for y in (run.y0, run.y1))
        return range(first, last + 1)


def _in_bands(
    rows: Sequence[Line],
    sided: Sequence[Run],
    gutter: tuple[float, float],
    page: int,
    edges: tuple[float, float],
) -> list[Line]:
    """Left column, right column, and the next full-width line, from the top down."""
    middle = sum(gutter) / 2
    columns = {
        True: _lines([run for run in sided if run.x0 < middle], page, (edges[0], gutter[0])),
        False: _lines([run for run in sided if run.x0 >= middle], page, (gutter[1], edges[1])),
    }
    out: list[Line] = []
    for row in rows:
        for side in (True, False):
            above = [line for line in columns[side] if line.base < row.base]
            out += above
            columns[side] = columns[side][len(above) :]
        out.append(row)
    return [*out, *columns[True], *columns[False]]


def line_pitch(lines: Sequence[Line]) -> float:
    """Usual distance from one line to the next, in points."""
    steps = [
        below.base - above.base
        for above, below in pairwise(lines)
        if above.page == below.page and 0 < below.base - above.base < 40
    ]
    return median(steps) if steps else 12.0
