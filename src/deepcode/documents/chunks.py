"""A document's sections cut into chunks of bounded size, for search and for reading in parts.

Chunks end where blocks end; only a block that is too large by itself is cut, at sentence ends, then
at spaces. Sizes are estimated tokens.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from deepcode.artifacts.document import Document, Section, SectionId, Span
from deepcode.artifacts.tokens import CHARS_PER_TOKEN

# About half a page: small enough to be about one thing, large enough to be understood alone.
CHUNK_TOKENS = 400

_SENTENCE_END = re.compile(r"[.!?][\"')\]]?\s+|\n")


@dataclass(frozen=True)
class Chunk:
    """A piece of one section."""

    section_id: SectionId
    """The innermost section that holds it."""
    span: Span
    """Where it stands."""
    page: int | None
    """Page on which it begins, from 1."""


def chunk(document: Document, tokens: int = CHUNK_TOKENS) -> Iterator[Chunk]:
    """Cut a document into chunks in reading order; sections without text give none.

    Args:
        document: What to cut.
        tokens: Largest size of a chunk.
    """
    start = 0
    blocks = document.blocks
    while start < len(blocks):
        end = start + 1
        while end < len(blocks) and blocks[end].section_id == blocks[start].section_id:
            end += 1
        group = blocks[start:end]
        for span in pack(document.text, [block.span for block in group], tokens):
            page = next(
                (block.page for block in reversed(group) if block.span.start <= span.start), None
            )
            yield Chunk(group[0].section_id, span, page)
        start = end


def pack(text: str, spans: Iterable[Span], tokens: int) -> Iterator[Span]:
    """Join neighbouring spans while they fit into `tokens`, and cut those that do not."""
    limit = max(1, tokens) * CHARS_PER_TOKEN
    open_: Span | None = None
    for span in spans:
        for piece in _cut(text, span, limit):
            if open_ and piece.end - open_.start <= limit:
                open_ = Span(start=open_.start, end=piece.end)
                continue
            if open_:
                yield open_
            open_ = piece
    if open_:
        yield open_


def _cut(text: str, span: Span, limit: int) -> Iterator[Span]:
    start = span.start
    while span.end - start > limit:
        end = _cutting_place(text, start, start + limit)
        yield Span(start=start, end=end)
        start = end
        while start < span.end and text[start].isspace():
            start += 1
    if start < span.end:
        yield Span(start=start, end=span.end)


def _cutting_place(text: str, start: int, limit: int) -> int:
    """The last sentence end before `limit`, else the last space, else `limit` itself."""
    least = start + (limit - start) // 3
    ends = [match.end() for match in _SENTENCE_END.finditer(text, least, limit)]
    if ends:
        return len(text[start : ends[-1]].rstrip()) + start
    space = text.rfind(" ", least, limit)
    return space if space > start else limit


def heading_path(section: Section, sections: Sequence[Section]) -> str:
    """Headings from the outermost to this one: `3 Method > 3.2 Loss`."""
    by_id = {other.id: other for other in sections}
    names = [_name(section)]
    while section.parent_id:
        section = by_id[section.parent_id]
        names.append(_name(section))
    return " > ".join(name for name in reversed(names) if name)


def _name(section: Section) -> str:
    return f"{section.number} {section.heading}".strip()
