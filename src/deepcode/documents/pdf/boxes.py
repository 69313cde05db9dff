"""What stands apart from running text in print: algorithms, code, figures, list items, contents."""

from __future__ import annotations

import re
from collections.abc import Sequence
from statistics import median

from deepcode.documents.gather import caption_kind
from deepcode.documents.pdf.page import Line
from deepcode.documents.pdf.style import Style, heading_number, is_heading

_PSEUDO = re.compile(
    r"\W*(\d+\s*:|input\b|output\b|require\b|ensure\b|initiali[sz]|for\b|while\b|if\b|else\b|end\b|"
    r"return\b|repeat\b|until\b|function\b|procedure\b|set\b|sample\b|compute\b|update\b)",
    re.IGNORECASE,
)
_ITEM = re.compile(r"(\u2022|\d{1,2}[.)]|\([a-z0-9ivx]{1,3}\)|[a-z]\)|[\u2013\u2014-])(?=\s+\S)")
_CONTENTS = re.compile(r"(.+?)[\s.\u00b7]*\s(\d{1,4}|[ivxl]{1,5})$")
_CODE_SIGNS = re.compile(r"[(){}=;<>$/\\]|--")
_ADDRESS = re.compile(r"(https?://|www\.)\S+$")
_MAX_LINES = 120


def algorithm_end(lines: Sequence[Line], start: int, style: Style) -> int:
    """One past the last line of an algorithm box whose caption is at `start`."""
    first = lines[start]
    end = start + 1
    while end < min(len(lines), start + _MAX_LINES):
        line = lines[end]
        if line.page != first.page or line.left != first.left or caption_kind(line.text):
            break
        step = line.base - lines[end - 1].base
        small = line.size < 0.95 * style.body
        if step > 2.4 * style.pitch or (heading_number(line.text) and is_heading(line, style)):
            break
        inset = line.x0 > first.x0 + 4
        if not small and not inset and not _PSEUDO.match(line.text):
            break
        end += 1
    return end


def code_end(lines: Sequence[Line], start: int, style: Style) -> int:
    """One past the last line of code that begins at `start`; `start` when none does."""
    end = start
    if not _is_code(lines[start]) or _goes_on(lines, start, style):
        return start
    while end < len(lines) and _is_code(lines[end]):
        if end > start and not style.close(lines[end - 1], lines[end], factor=1.7):
            break
        end += 1
    alone = end == start + 1 and len(lines[start].text.split()) > 4
    # one line that begins with a name in fixed-width type is reported as a whole in that type
    return start if alone and not _CODE_SIGNS.search(lines[start].text) else end


def _goes_on(lines: Sequence[Line], at: int, style: Style) -> bool:
    """Whether a line only ends the sentence of the line above, as a wrapped address does."""
    if at == 0 or not style.close(lines[at - 1], lines[at]):
        return False
    above = lines[at - 1]
    return not _is_code(above) and above.text[-1] not in ".:;!?)" and len(above.text) > 30


def _is_code(line: Line) -> bool:
    mono = line.share("mono") > 0.85 and len(line.text) > 1
    return mono and not _ADDRESS.match(line.text)


def code_markdown(lines: Sequence[Line], info: str) -> list[str]:
    """Lines in a fence, indented as they are in print."""
    left = min(line.x0 for line in lines)
    widths = [(run.x1 - run.x0) / len(run.text) for line in lines for run in line.runs if run.text]
    width = max(2.0, median(widths))
    if info:
        # proportional type is set in by about two letters for each level
        width *= 1.2
    body = [" " * round((line.x0 - left) / width) + line.text for line in lines]
    return [f"```{info}", *(text.replace("```", "'''") for text in body), "```"]


def figure_texts(lines: Sequence[Line], style: Style) -> dict[int, int]:
    """Lines that stand inside figures, each with the line of its figure's caption.

    A figure's letters stand directly above its caption, in the same column, and do not read like
    running text.
    """
    found: dict[int, int] = {}
    pages: dict[int, list[int]] = {}
    for at, line in enumerate(lines):
        pages.setdefault(line.page, []).append(at)
    for at, line in enumerate(lines):
        if caption_kind(line.text) == "figure":
            inside = _above(lines, pages[line.page], at, style)
            found.update((place, at) for place in inside if place not in found)
    return dict(sorted(found.items()))


def _above(lines: Sequence[Line], on_page: Sequence[int], caption: int, style: Style) -> list[int]:
    """The lines of a figure over its caption, from the bottom up to the first running text."""
    below = lines[caption]
    column = [
        at
        for at in on_page
        if lines[at].base < below.base
        and lines[at].x1 > below.left - 5
        and lines[at].x0 < below.right + 5
    ]
    inside: list[int] = []
    for at in sorted(column, key=lambda at: -lines[at].base)[:_MAX_LINES]:
        if caption_kind(lines[at].text) == "table":
            return []
        if not _in_figure(lines[at], style):
            break
        inside.append(at)
    return inside


def _in_figure(line: Line, style: Style) -> bool:
    if caption_kind(line.text) or (heading_number(line.text) and line.share("bold") > 0.8):
        return False
    body_like = abs(line.size - style.body) < 0.35
    wide = line.x1 - line.x0 > 0.55 * (line.right - line.left) and len(line.cells) == 1
    letters = sum(char.isalpha() for char in line.text)
    prose = wide and letters > 30 and line.text.count(" ") > 3
    tail = body_like and line.x0 < line.left + 4 and line.text.endswith((".", ":"))
    formula = body_like and line.share("maths") > 0.5
    return not (prose or tail or formula)


def item_mark(line: Line) -> str:
    """The mark that a list item begins with; empty for other lines."""
    match = _ITEM.match(line.text)
    return match[1] if match and not heading_number(line.text.replace(match[1], "", 1)) else ""


def contents_entry(line: Line) -> str:
    """A line of a table of contents as `Title (page)`; empty for other lines."""
    match = _CONTENTS.match(line.text)
    return f"{match[1].rstrip(' .')} ({match[2]})" if match else ""
