"""Tables in print: lines with gaps that line up, to a Markdown table."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from deepcode.documents.gather import caption_kind
from deepcode.documents.pdf.page import Line, Run
from deepcode.documents.pdf.style import Style, is_heading

# Lines of running text inside a table: a cell that wraps, a heading across it.
_MAX_PLAIN = 2
_NUMERIC = re.compile(r"[-+\u2212\u00b1(~]*\d[\d.,%\u00b1()/kKMx\u00d7]*$|[-\u2013\u2014]$")


def table_end(lines: Sequence[Line], start: int, style: Style) -> int:
    """One past the last line of a table that begins at `start`; `start` when none does."""
    end = at = start
    rows = 0
    while at < len(lines) and _in_table(lines, start, at, style):
        if is_row(lines[at]):
            rows += 1
            end = at + 1
        elif at - end >= _MAX_PLAIN:
            break
        at += 1
    captioned = any(
        caption_kind(lines[at].text) == "table" for at in (start - 1, end) if 0 <= at < len(lines)
    )
    formulas = all(line.share("maths") > 0.5 for line in lines[start:end])
    return end if (rows >= 3 or (rows == 2 and captioned)) and not formulas else start


def is_row(line: Line) -> bool:
    """Whether a line consists of cells."""
    cells = line.cells
    if sum(len(pieces(run)) for run in line.runs) > 3 and all(map(_numeric, line.runs[1:])):
        return True
    if len(cells) < 2 or cells[0][0].text == "\u2022":
        return False
    numbered_formula = len(cells) == 2 and cells[-1][0].text.startswith("(") and line.share("maths")
    return not numbered_formula and line.share("mono") < 0.8


def _in_table(lines: Sequence[Line], start: int, at: int, style: Style) -> bool:
    line = lines[at]
    first = lines[start]
    if line.page != first.page or line.left != first.left or caption_kind(line.text):
        return False
    if at == start:
        return is_row(line)
    near = line.base - lines[at - 1].base < 3.2 * style.pitch
    full = line.x1 - line.x0 > 0.8 * (line.right - line.left) and len(line.cells) == 1
    return near and not full and not is_heading(line, style)


def table_markdown(lines: Sequence[Line]) -> list[str]:
    """Rows as a Markdown table, the first as its head."""
    edges = _column_edges(lines)
    rows = [[" ".join(cell).replace("|", "\\|") for cell in _row(line, edges)] for line in lines]
    kept = [at for at in range(len(edges) + 1) if any(row[at] for row in rows)]
    rows = [[row[at] for at in kept] for row in rows]
    head, *body = [f"| {' | '.join(row)} |" for row in rows]
    return [head, "|" + "---|" * len(kept), *body]


def _column_edges(lines: Sequence[Line]) -> list[float]:
    """Where the columns part: the strips that hardly any full row has text in."""
    widths = Counter(len(line.cells) for line in lines if len(line.cells) > 1)
    usual = max(widths, key=lambda width: (widths[width] * width, width), default=1)
    full = [line for line in lines if len(line.cells) >= usual]
    spans = sorted(
        (start, end) for line in full for cell in line.cells for start, end, _ in _spans(cell)
    )
    if not spans:
        return []
    edges = []
    reach = spans[0][1]
    for start, end in spans[1:]:
        if start > reach + 1:
            edges.append((reach + start) / 2)
        reach = max(reach, end)
    return edges


def _row(line: Line, edges: Sequence[float]) -> list[list[str]]:
    row: list[list[str]] = [[] for _ in range(len(edges) + 1)]
    for run in line.runs:
        for start, end, text in pieces(run):
            row[sum(edge < (start + end) / 2 for edge in edges)].append(text)
    return row


def _spans(cell: Sequence[Run]) -> list[tuple[float, float, str]]:
    if all(map(_numeric, cell)):
        return [piece for run in cell for piece in pieces(run)]
    return [(cell[0].x0, cell[-1].x1, "")]


def _numeric(run: Run) -> bool:
    return all(_NUMERIC.match(word) for word in run.text.split())


def pieces(run: Run) -> list[tuple[float, float, str]]:
    """Left, right and text of the numbers in a run of numbers; of the whole run otherwise."""
    words = run.text.split()
    if len(words) < 2 or not _numeric(run) or any(word.startswith("(") for word in words):
        return [(run.x0, run.x1, run.text)]
    width = (run.x1 - run.x0) / len(run.text)
    found, at = [], 0
    for word in words:
        start = run.text.index(word, at)
        at = start + len(word)
        found.append((run.x0 + start * width, run.x0 + at * width, word))
    return found
