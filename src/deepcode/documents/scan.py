"""Markdown lines to typed pieces: where each heading, paragraph, equation ... begins and ends.

A scanner by lines and not a Markdown parser: it needs block structure and exact places only, knows
the maths, tables and algorithm boxes that paper parsers write, and is linear in any input.
Above: `gather.py` joins captions to what they describe; `structure.py` makes sections and blocks.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from deepcode.artifacts.document import BlockKind
from deepcode.documents.fences import FENCE, closes
from deepcode.documents.headings import heading_mark

PieceKind = BlockKind | Literal["heading"]

_ENVIRONMENT = re.compile(r"\s*\\begin\{([A-Za-z]+)\*?\}")
_NAMES: dict[BlockKind, str] = {
    "equation": "equation align gather multline eqnarray displaymath math flalign alignat",
    "algorithm": "algorithm algorithmic",
    "table": "table tabular longtable tabularx",
    "figure": "figure wrapfigure",
    "code": "verbatim lstlisting minted",
    "list": "itemize enumerate description",
    "reference": "thebibliography",
}
_ENVIRONMENTS = {name: kind for kind, names in _NAMES.items() for name in names.split()}
_ITEM = re.compile(r"\s*([-*+\u2022\u25aa\u25e6\u2023]|\d{1,9}[.)])(\s|$)")
_IMAGE = re.compile(r"\s*(!\[|<img\b|<figure\b)", re.IGNORECASE)
_HTML_TABLE = re.compile(r"\s*(<html>\s*)?(<body>\s*)?<table\b", re.IGNORECASE)
# What an open construct may reach at most; further on it is taken for text.
_MAX_LINES = {"math": 200, "environment": 5000, "code": 5000, "table": 20_000}


@dataclass(frozen=True)
class Piece:
    """Some lines of one kind."""

    kind: PieceKind
    """What they are."""
    start: int
    """First line."""
    end: int
    """One past the last line, which is not blank."""
    label: str = ""
    """Caption or number, once it is known."""


@dataclass
class _Scanner:
    lines: Sequence[str]
    # For each text that was looked for, all lines that hold it: keeps the scan linear.
    holding: dict[str, list[int]] = field(default_factory=dict)
    headings: list[int] | None = None

    def reach(self, at: int, closing: str, limit: str, *, skip: int = 0) -> int | None:
        """One past the line that holds `closing`, from line `at` (after `skip` characters) on.

        None when it is too far, or when a heading (other than a comment in code) comes first.
        """
        if closing in self.lines[at][skip:]:
            return at + 1
        places = self._places(closing)
        next_ = bisect_right(places, at)
        if next_ == len(places) or places[next_] - at >= _MAX_LINES[limit]:
            return None
        if limit != "code" and self._heading_between(at, places[next_]):
            return None
        return places[next_] + 1

    def _places(self, text: str) -> list[int]:
        if text not in self.holding:
            self.holding[text] = [at for at, line in enumerate(self.lines) if text in line]
        return self.holding[text]

    def _heading_between(self, start: int, end: int) -> bool:
        if self.headings is None:
            self.headings = [at for at, line in enumerate(self.lines) if heading_mark(line)]
        next_ = bisect_right(self.headings, start)
        return next_ < len(self.headings) and self.headings[next_] < end


def scan(lines: Sequence[str]) -> list[Piece]:
    """Cut lines into pieces; every non-blank line belongs to exactly one. Linear."""
    scanner = _Scanner(lines)
    pieces: list[Piece] = []
    at = 0
    while at < len(lines):
        if not lines[at].strip():
            at += 1
            continue
        kind, end = _piece_at(scanner, at)
        pieces.append(Piece(kind, at, _without_blank_tail(lines, at, end)))
        at = end
    return pieces


def _piece_at(scanner: _Scanner, at: int) -> tuple[PieceKind, int]:
    line = scanner.lines[at]
    if heading_mark(line):
        return "heading", at + 1
    for find in _FINDERS:
        found = find(scanner, at)
        if found:
            return found
    return "paragraph", _paragraph_end(scanner, at)


def _fence(scanner: _Scanner, at: int) -> tuple[PieceKind, int] | None:
    opening = FENCE.match(scanner.lines[at])
    if not opening:
        return None
    end = at + 1
    while end < len(scanner.lines):
        fence = FENCE.match(scanner.lines[end])
        end += 1
        if fence and closes(fence, opening[1]):
            break
    return "code", end


def _math(scanner: _Scanner, at: int) -> tuple[PieceKind, int] | None:
    text = scanner.lines[at].lstrip()
    indent = len(scanner.lines[at]) - len(text)
    for opening, closing in (("$$", "$$"), ("\\[", "\\]")):
        if not text.startswith(opening):
            continue
        end = scanner.reach(at, closing, "math", skip=indent + 2)
        # `$$a$$ is a norm` is a sentence that begins with a formula
        tail = scanner.lines[end - 1].rpartition(closing)[2].strip(" .,;") if end else ""
        if end and (not tail or re.fullmatch(r"\(\d{1,3}[a-z]?\)", tail)):
            return "equation", end
    return None


def _environment(scanner: _Scanner, at: int) -> tuple[PieceKind, int] | None:
    begin = _ENVIRONMENT.match(scanner.lines[at])
    if not begin or begin[1] not in _ENVIRONMENTS:
        return None
    name = begin[0].strip()[len("\\begin") :]
    kind = _ENVIRONMENTS[begin[1]]
    end = scanner.reach(at, f"\\end{name}", "code" if kind == "code" else "environment")
    return (kind, end) if end else None


def _table(scanner: _Scanner, at: int) -> tuple[PieceKind, int] | None:
    lines = scanner.lines
    if _HTML_TABLE.match(lines[at]):
        end = scanner.reach(at, "</table>", "table")
        return ("table", end) if end else None
    if "|" not in lines[at] or at + 1 == len(lines) or not _is_delimiter_row(lines[at + 1]):
        return None
    end = at + 2
    while end < len(lines) and "|" in lines[end] and not heading_mark(lines[end]):
        end += 1
    return "table", end


def _is_delimiter_row(line: str) -> bool:
    if "-" not in line or "|" not in line or len(line) > 5000:
        return False
    cells = line.strip().strip("|").split("|")
    return all("-" in cell and not cell.strip(" \t:-") for cell in cells)


def _image(scanner: _Scanner, at: int) -> tuple[PieceKind, int] | None:
    if not _IMAGE.match(scanner.lines[at]):
        return None
    end = at + 1
    while end < len(scanner.lines) and _IMAGE.match(scanner.lines[end]):
        end += 1
    return "figure", end


def _list(scanner: _Scanner, at: int) -> tuple[PieceKind, int] | None:
    lines = scanner.lines
    if not _ITEM.match(lines[at]):
        return None
    end = at + 1
    while end < len(lines):
        line = lines[end]
        if line.strip():
            if _starts_other(scanner, end) or (not lines[end - 1].strip() and not _goes_on(line)):
                break
        elif end + 1 < len(lines) and not lines[end + 1].strip():
            break
        end += 1
    return "list", end


def _goes_on(line: str) -> bool:
    return line.startswith(("  ", "\t")) or bool(_ITEM.match(line))


def _paragraph_end(scanner: _Scanner, at: int) -> int:
    lines = scanner.lines
    end = at + 1
    while end < len(lines) and lines[end].strip():
        item = _ITEM.match(lines[end])
        # as in CommonMark, only `1.` may open a numbered list inside a paragraph
        if (item and (not item[1][0].isdigit() or item[1][:-1] == "1")) or _starts_other(
            scanner, end
        ):
            break
        end += 1
    return end


def _starts_other(scanner: _Scanner, at: int) -> bool:
    """Whether a line begins something that ends a paragraph or list."""
    line = scanner.lines[at]
    start = line.lstrip()[:8].lower()
    if heading_mark(line) or _IMAGE.match(line):
        return True
    if start.startswith(("$$", "\\[", "\\begin", "<table", "<html", "```", "~~~")) or "|" in line:
        return any(find(scanner, at) for find in (_fence_start, _math, _environment, _table))
    return False


def _fence_start(scanner: _Scanner, at: int) -> tuple[PieceKind, int] | None:
    return ("code", at + 1) if FENCE.match(scanner.lines[at]) else None


def _without_blank_tail(lines: Sequence[str], start: int, end: int) -> int:
    while end > start + 1 and not lines[end - 1].strip():
        end -= 1
    return end


_Finder = Callable[[_Scanner, int], tuple[PieceKind, int] | None]
_FINDERS: tuple[_Finder, ...] = (_fence, _math, _environment, _table, _image, _list)
