"""The document's text with the quotes of all units marked, and headings to find one's way."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup, escape

from deepcode.artifacts.document import Document
from deepcode.web.evidence import Evidence
from deepcode.web.places import MAX_DOCUMENT_CHARS, Places, anchor, quoted_units
from deepcode.web.visible import visible

Range = tuple[int, int]


@dataclass(frozen=True)
class Passage:
    """A stretch of text under the same marks."""

    text: str
    refs: Markup
    """Anchors of the quotes that begin here."""
    quoted: bool
    heading: bool


def marked_document(evidence: Evidence, places: Places) -> Markup:
    """The canonical text as one run of escaped passages; empty without a document."""
    document = evidence.document
    if document is None:
        return Markup("")
    quotes = quoted_units(evidence)
    starts: dict[int, list[str]] = {}
    for unit_id, (start, _) in quotes.items():
        starts.setdefault(start, []).append(unit_id)
    headings = _headings(document)
    end = min(len(document.text), MAX_DOCUMENT_CHARS)
    edges = {0, end, *(edge for span in (*quotes.values(), *headings) for edge in span)}
    cuts = sorted(edge for edge in edges if edge <= end)
    marked, titled = _Cover(list(quotes.values())), _Cover(headings)
    return Markup("").join(
        _printed(
            Passage(
                document.text[start:stop],
                _refs(starts.get(start, []), places),
                quoted=marked.covers(start),
                heading=titled.covers(start),
            )
        )
        for start, stop in pairwise(cuts)
    )


class _Cover:
    """Answers whether a place is inside any of many ranges, which may overlap."""

    def __init__(self, ranges: list[Range]) -> None:
        merged: list[Range] = []
        for start, end in sorted(ranges):
            if merged and start <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
            else:
                merged.append((start, end))
        self._starts = [start for start, _ in merged]
        self._ends = [end for _, end in merged]

    def covers(self, place: int) -> bool:
        """Whether `place` is at or after a start and before its end."""
        number = bisect_right(self._starts, place) - 1
        return number >= 0 and place < self._ends[number]


def _headings(document: Document) -> list[Range]:
    found = []
    for section in document.sections:
        if section.level:
            line_end = document.text.find("\n", section.span.start, section.span.end)
            found.append((section.span.start, line_end if line_end > 0 else section.span.end))
    return found


def _printed(passage: Passage) -> Markup:
    text = escape(visible(passage.text))
    if passage.quoted:
        text = Markup("<mark>{}</mark>").format(text)
    if passage.heading:
        text = Markup("<b>{}</b>").format(text)
    return passage.refs + text


def _refs(unit_ids: list[str], places: Places) -> Markup:
    return Markup("").join(
        Markup('<a class="ref" id="{}" href="{}">{}</a>').format(
            anchor(places.quote(unit_id)), places.unit(unit_id), visible(unit_id)
        )
        for unit_id in unit_ids
    )
