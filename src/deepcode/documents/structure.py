"""Lines to sections and blocks with exact places: the last step before a `Document`.

Below: `headings.py`, `scan.py` and `gather.py`. Above: `read.py`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

from deepcode.artifacts.document import Block, BlockId, Section, SectionId, Span
from deepcode.documents.gather import gather
from deepcode.documents.headings import Heading, find_headings, has_title, repaired_levels
from deepcode.documents.scan import Piece, scan

_LINK = re.compile(
    r"!\[[^\]\n]{0,1000}\]\(\s*<?([^)>\s]{1,1000})|<img\b[^>]{0,500}?\bsrc=[\"']([^\"']{1,1000})|"
    r"\\includegraphics(?:\[[^\]\n]{0,200}\])?\{([^}\n]{1,500})\}",
    re.IGNORECASE,
)


class Structure(NamedTuple):
    """Sections as a tree in reading order, and the blocks inside them."""

    sections: tuple[Section, ...]
    blocks: tuple[Block, ...]


def relevelled(lines: Sequence[str], *, base: int = 0) -> tuple[list[str], str]:
    """Rewrite heading lines so that their marks say the repaired level.

    Args:
        lines: Clean Markdown with `#` headings.
        base: How many levels everything goes down.

    Returns:
        As many lines, and the title that the text gives itself (empty when it gives none).
    """
    headings = find_headings(lines, _heading_lines(scan(lines)))
    out = list(lines)
    for heading, level in zip(headings, repaired_levels(headings), strict=True):
        text = lines[heading.line].strip().lstrip("#").strip()
        out[heading.line] = "#" * min(6, level + base) + " " + text
    return out, headings[0].text if has_title(headings) else ""


def structured(
    lines: Sequence[str], pages: Sequence[int | None], assets: Mapping[str, str]
) -> Structure:
    """Lay sections and blocks over the text that the lines make when joined by LF.

    Args:
        lines: Clean Markdown whose heading marks are right (`relevelled`).
        pages: One page for each line.
        assets: Link target to file name, for images that were kept.
    """
    offsets = list(accumulate((len(line) + 1 for line in lines), initial=0))
    pieces = gather(lines, scan(lines))
    headings = find_headings(lines, _heading_lines(pieces))
    sections = _sections(headings, _Places(lines, pages, offsets), pieces)
    return Structure(sections, _blocks(pieces, sections, _Places(lines, pages, offsets), assets))


def _heading_lines(pieces: Sequence[Piece]) -> list[int]:
    return [piece.start for piece in pieces if piece.kind == "heading"]


class _Places(NamedTuple):
    lines: Sequence[str]
    pages: Sequence[int | None]
    offsets: Sequence[int]

    def end(self, line: int) -> int:
        """Offset one past the last character of the line before `line`."""
        return max(0, self.offsets[line] - 1)


def _sections(
    headings: Sequence[Heading], places: _Places, pieces: Sequence[Piece]
) -> tuple[Section, ...]:
    total = places.end(len(places.lines))
    sections = []
    first = headings[0].line if headings else len(places.lines)
    if pieces and pieces[0].start < first:
        end = places.offsets[first] if headings else total
        page = places.pages[pieces[0].start]
        sections.append(
            Section(id=SectionId("s0"), level=0, span=Span(start=0, end=end), page=page)
        )
    levels = [places.lines[h.line].lstrip().split(" ")[0].count("#") for h in headings]
    ends = _ends(headings, levels, places, total)
    open_: list[tuple[int, SectionId]] = []
    for at, heading in enumerate(headings):
        section_id = SectionId(f"s{at + 1}")
        while open_ and open_[-1][0] >= levels[at]:
            open_.pop()
        sections.append(
            Section(
                id=section_id,
                level=levels[at],
                number=heading.number,
                heading=heading.text,
                span=Span(start=places.offsets[heading.line], end=ends[at]),
                parent_id=open_[-1][1] if open_ else None,
                page=places.pages[heading.line],
            )
        )
        open_.append((levels[at], section_id))
    return tuple(sections)


def _ends(
    headings: Sequence[Heading], levels: Sequence[int], places: _Places, total: int
) -> list[int]:
    """Where each section ends: at the next heading of its level or above."""
    ends = [total] * len(headings)
    open_: list[int] = []
    for at, heading in enumerate(headings):
        while open_ and levels[open_[-1]] >= levels[at]:
            ends[open_.pop()] = places.offsets[heading.line]
        open_.append(at)
    return ends


def _blocks(
    pieces: Sequence[Piece],
    sections: Sequence[Section],
    places: _Places,
    assets: Mapping[str, str],
) -> tuple[Block, ...]:
    blocks: list[Block] = []
    by_start = {section.span.start: section.id for section in sections}
    current = SectionId("s0")
    for piece in pieces:
        start = places.offsets[piece.start]
        if piece.kind == "heading":
            current = by_start[start]
            continue
        span = Span(start=start, end=places.end(piece.end))
        blocks.append(
            Block(
                id=BlockId(f"b{len(blocks) + 1}"),
                kind=piece.kind,
                span=span,
                section_id=current,
                page=places.pages[piece.start],
                label=piece.label,
                asset=_asset(places.lines[piece.start : piece.end], assets),
            )
        )
    return tuple(blocks)


def image_targets(lines: Sequence[str]) -> list[str]:
    """Targets of all image links, in order, each once."""
    found: dict[str, None] = {}
    for line in lines:
        if "![" in line or "<img" in line.lower() or "\\includegraphics" in line:
            found.update((a or b or c, None) for a, b, c in _LINK.findall(line))
    return list(found)


def _asset(lines: Sequence[str], assets: Mapping[str, str]) -> str:
    if not assets:
        return ""
    return next((assets[target] for target in image_targets(lines) if target in assets), "")
