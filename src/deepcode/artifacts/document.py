"""`Document`: one canonical Markdown text and, over it, a tree of sections and typed blocks.

Made by `documents/`, read by the index and by everything that quotes. All places are
character offsets into `Document.text`, so that a quote can be verified by slicing.
"""

from __future__ import annotations

from typing import Literal, NewType

from pydantic import Field

from deepcode.artifacts.base import Artifact

SectionId = NewType("SectionId", str)
BlockId = NewType("BlockId", str)

BlockKind = Literal[
    "paragraph", "equation", "algorithm", "table", "figure", "code", "list", "reference"
]


class Span(Artifact):
    """Half-open character range `[start, end)` of the canonical text."""

    start: int = Field(ge=0)
    """First character."""
    end: int = Field(ge=0)
    """One past the last character."""


class Block(Artifact):
    """One typed piece of the text: a paragraph, an equation, a table, ..."""

    id: BlockId
    """`b1`, `b2`, ... in reading order."""
    kind: BlockKind
    """What the piece is."""
    span: Span
    """Where it stands, without surrounding blank lines."""
    section_id: SectionId
    """The innermost section that holds it."""
    page: int | None = None
    """Page of the source, from 1; None where the format has no pages."""
    label: str = ""
    """Its number or caption in the document: `(3)`, `Algorithm 1`, `Table 2: ...`; may be empty."""
    asset: str = ""
    """File name under `document/assets/` for an image; empty when there is none."""


class Section(Artifact):
    """A heading and everything up to the next heading of its level or above."""

    id: SectionId
    """`s0` is the text before the first heading, then `s1`, `s2`, ... in reading order."""
    level: int = Field(ge=0, le=6)
    """1 for the outermost; 0 only for `s0`."""
    number: str = ""
    """The printed number, `3.2` or `A.1`; empty where there is none."""
    heading: str = ""
    """The heading's text without number and markup."""
    span: Span
    """Heading and body, subsections included."""
    parent_id: SectionId | None = None
    """The enclosing section."""
    page: int | None = None
    """Page on which the heading stands, from 1."""


class Document(Artifact):
    """A document, whatever its format and from however many files."""

    schema_version: Literal[1] = 1
    title: str
    """The document's own title, else its file name without ending."""
    text: str
    """Canonical Markdown, UTF-8, LF, LaTeX maths; all spans point into it."""
    sections: tuple[Section, ...]
    """In reading order; a tree by `parent_id`."""
    blocks: tuple[Block, ...]
    """In reading order; they do not overlap."""
    files: tuple[str, ...]
    """Names (not paths) of the files it came from, in order."""
    source_hash: str
    """SHA-256 over the bytes of the files, in order."""
    warnings: tuple[str, ...] = ()
    """What the reader should know: a page without text, a part that was left out."""

    def slice(self, span: Span) -> str:
        """The text of `span`."""
        return self.text[span.start : span.end]

    def of_kind(self, kind: BlockKind) -> tuple[Block, ...]:
        """All blocks of one kind, in reading order."""
        return tuple(block for block in self.blocks if block.kind == kind)
