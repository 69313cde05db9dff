"""The completeness pass: which places of the document no requirement unit covers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from deepcode.artifacts.document import Block, BlockId, Document, Section, SectionId, Span

# Blocks that almost always demand something of code.
TELLING_KINDS = frozenset({"equation", "algorithm", "table"})
# A heading with a line below it demands nothing by itself.
SHORTEST_SECTION_CHARS = 200


@dataclass(frozen=True)
class Place:
    """A section or a block that no unit covers."""

    id: SectionId | BlockId
    span: Span
    what: str
    """`section 3.2 Training`, `equation (4)`, for messages."""


def uncovered(document: Document, covered: Sequence[Span]) -> tuple[Place, ...]:
    """Places without a unit, in document order.

    Args:
        document: The document.
        covered: Spans of all quotes.

    Returns:
        Sections whose own text (subsections apart) no quote touches, and single equations,
        algorithms and tables in other sections that no quote touches.
    """
    places = []
    bare: set[SectionId] = set()
    for section in document.sections:
        own = _own_span(document, section)
        if own is not None and not _touched(own, covered):
            bare.add(section.id)
            name = f"section {section.number} {section.heading}".replace("  ", " ").strip()
            places.append(Place(section.id, own, name))
    for block in document.blocks:
        if _tells(block) and block.section_id not in bare and not _touched(block.span, covered):
            places.append(Place(block.id, block.span, f"{block.kind} {block.label}".strip()))
    return tuple(sorted(places, key=lambda place: place.span.start))


def _own_span(document: Document, section: Section) -> Span | None:
    """From the section's first to its last own block; None when it is short or a bibliography."""
    own = [block for block in document.blocks if block.section_id == section.id]
    if not own or all(block.kind == "reference" for block in own):
        return None
    span = Span(start=own[0].span.start, end=own[-1].span.end)
    return span if span.end - span.start >= SHORTEST_SECTION_CHARS else None


def _tells(block: Block) -> bool:
    return block.kind in TELLING_KINDS


def _touched(span: Span, covered: Sequence[Span]) -> bool:
    return any(quote.start < span.end and span.start < quote.end for quote in covered)
