"""`Index`: the hierarchical content index, by which agents read a document in small pieces.

Heading to chunk, with the hierarchy: an outline, keyword search (BM25 over heading path and text),
lists of items by kind, and reading by section, each within a budget of tokens. No model is called.

Source: paper section 3.1.1; SQLite FTS5 for the ranking.
"""

from __future__ import annotations

import difflib
import re
import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from deepcode.artifacts.base import text_hash
from deepcode.artifacts.document import (
    Block,
    BlockId,
    BlockKind,
    Document,
    Section,
    SectionId,
    Span,
)
from deepcode.artifacts.tokens import CHARS_PER_TOKEN, estimate_tokens
from deepcode.documents.chunks import chunk, heading_path, pack
from deepcode.documents.outline import outline

# Changes when chunks or columns do, so that a kept index is made anew.
_LAYOUT = "1"
# A hit in a heading says what the whole section is about.
_HEADING_WEIGHT = 3.0
# Longer queries are whole paragraphs; their first words decide.
_MAX_TERMS = 32
_MAX_QUERY = 2000
# Each result is headed by its place: id, path and page.
_PLACE_TOKENS = 20
_TERM = re.compile(r"[^\W_]+")
_UNTELLING = (
    "a an and are as at be by for from has have how in is it its of on or that the their this to "
    "was we were what when where which who why will with"
)
_STOP_WORDS = frozenset(_UNTELLING.split())
_SCHEMA = """
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT);
CREATE VIRTUAL TABLE chunks USING fts5(
    path, body, section UNINDEXED, start UNINDEXED, "end" UNINDEXED, page UNINDEXED,
    tokenize = "porter unicode61 remove_diacritics 2"
);
"""
_SEARCH = f"""
SELECT section, start, "end", page, bm25(chunks, {_HEADING_WEIGHT}, 1.0) AS score
FROM chunks WHERE chunks MATCH ? ORDER BY score, start LIMIT ?
"""


@dataclass(frozen=True)
class Passage:
    """A piece of the document that a search found."""

    section_id: SectionId
    heading_path: str
    """Headings from the outermost: `3 Method > 3.2 Loss`."""
    span: Span
    page: int | None
    score: float
    """BM25, higher is better, above 0."""
    text: str
    """The text of `span`."""


@dataclass(frozen=True)
class Reading:
    """One part of a section's text."""

    section_id: SectionId
    heading_path: str
    span: Span
    page: int | None
    part: int
    """From 1."""
    parts: int
    """How many there are at this budget."""
    text: str


@dataclass(frozen=True)
class Item:
    """One block of the kind that was asked for."""

    id: BlockId
    label: str
    section_id: SectionId
    heading_path: str
    page: int | None
    text: str
    """Shortened when the budget asks for it, and then ends in an ellipsis."""


class Index:
    """Reads one document; safe for several threads and coroutines of one process."""

    def __init__(self, document: Document, connection: sqlite3.Connection) -> None:
        self.document = document
        self._connection = connection
        # sqlite serialises calls on one connection, but a cursor's rows must be read undisturbed
        self._lock = threading.Lock()
        self._sections = {section.id: section for section in document.sections}
        self._paths = {
            section.id: heading_path(section, document.sections) for section in document.sections
        }

    @classmethod
    def build(cls, document: Document, *, path: Path | None = None) -> Index:
        """Index a document.

        Args:
            document: What to index.
            path: SQLite file to keep the index in; what another document left there is replaced,
                and an index of the same document is used as it is. None keeps it in memory.

        Raises:
            OSError: The file's folder cannot be written to.
        """
        if path is None:
            connection = _connect(":memory:")
            _fill(connection, document)
            return cls(document, connection)
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = _connect(str(path))
        if not _holds(connection, document):
            connection.close()
            path.unlink(missing_ok=True)
            connection = _connect(str(path))
            _fill(connection, document)
        return cls(document, connection)

    def close(self) -> None:
        """Give the database back; the index cannot be searched any more."""
        self._connection.close()

    def outline(self, *, budget_tokens: int = 2000) -> str:
        """The tree of sections, one line each: id, number, heading, size, what it holds.

        The deepest levels are left out first when the budget asks for it, and a last line says so.
        """
        return outline(self.document, budget_tokens=budget_tokens)

    def search(self, query: str, *, limit: int = 8, budget_tokens: int = 3000) -> list[Passage]:
        """The passages that share most with a query, best first.

        Args:
            query: Plain words; signs mean nothing. Without any word the result is empty.
            limit: Most passages.
            budget_tokens: Most tokens in all passages together; a passage that does not fit any
                more is shortened or left out.
        """
        terms = _terms(query)
        if not terms or limit < 1:
            return []
        with self._lock:
            rows = self._connection.execute(_SEARCH, (terms, limit)).fetchall()
        found: list[Passage] = []
        left = budget_tokens
        for section, start, end, page, score in rows:
            room = (left - _PLACE_TOKENS) * CHARS_PER_TOKEN
            if room < min(end - start, 200):
                break
            span = Span(start=start, end=min(end, start + room))
            text = self.document.slice(span)
            section_id = SectionId(section)
            found.append(Passage(section_id, self._paths[section_id], span, page, -score, text))
            left -= _PLACE_TOKENS + estimate_tokens(text)
        return found

    def read(self, section_id: str, *, budget_tokens: int = 4000, part: int = 1) -> Reading:
        """A section's text with its subsections, in parts that fit the budget.

        Args:
            section_id: `s4`, or the printed number `3.2`.
            budget_tokens: Most tokens of one part.
            part: Which part, from 1.

        Raises:
            ValueError: There is no such section (the sentence names the nearest), or no such part.
        """
        section = self._section(section_id)
        inside = [section.span]
        if estimate_tokens(self.document.slice(section.span)) > budget_tokens:
            inside = self._pieces(section)
        parts = list(pack(self.document.text, inside, budget_tokens))
        if not 1 <= part <= len(parts):
            message = f"`{section_id}` has parts 1 to {len(parts)}; there is no part `{part}`"
            raise ValueError(message)
        span = parts[part - 1]
        return Reading(
            section.id,
            self._paths[section.id],
            span,
            self._page(span, section),
            part,
            len(parts),
            self.document.slice(span).rstrip(),
        )

    def items(self, kind: BlockKind, *, budget_tokens: int = 3000) -> list[Item]:
        """All blocks of a kind in reading order, shortened evenly when they pass the budget."""
        blocks = self.document.of_kind(kind)
        texts = [self.document.slice(block.span) for block in blocks]
        most = _even_share([len(text) for text in texts], budget_tokens, len(blocks))
        return [self._item(block, text, most) for block, text in zip(blocks, texts, strict=True)]

    def _item(self, block: Block, text: str, most: int) -> Item:
        short = text if len(text) <= most else text[: max(0, most - 1)].rstrip() + "\u2026"
        path = self._paths.get(block.section_id, "")
        return Item(block.id, block.label, block.section_id, path, block.page, short)

    def _section(self, wanted: str) -> Section:
        name = wanted.strip()
        if name in self._sections:
            return self._sections[SectionId(name)]
        numbered = [s for s in self.document.sections if s.number and s.number == name.rstrip(".")]
        if numbered:
            return numbered[0]
        nearest = difflib.get_close_matches(name, self._sections, n=3, cutoff=0.0)
        shown = ", ".join(f"`{near}` ({self._paths[SectionId(near)]})" for near in nearest)
        message = f"there is no section `{wanted[:80]}`; the nearest ids are {shown or 'none'}"
        raise ValueError(message)

    def _pieces(self, section: Section) -> list[Span]:
        """Headings and blocks of a section, in order."""
        inside = section.span
        headings = [
            self._heading_span(other)
            for other in self.document.sections
            if other.level and inside.start <= other.span.start < inside.end
        ]
        blocks = [
            block.span
            for block in self.document.blocks
            if inside.start <= block.span.start < inside.end
        ]
        return sorted([*headings, *blocks], key=lambda span: span.start)

    def _heading_span(self, section: Section) -> Span:
        line_end = self.document.text.find("\n", section.span.start)
        return Span(start=section.span.start, end=line_end if line_end >= 0 else section.span.end)

    def _page(self, span: Span, section: Section) -> int | None:
        pages = [
            block.page
            for block in self.document.blocks
            if span.start <= block.span.start < span.end
        ]
        return pages[0] if pages else section.page


def _connect(name: str) -> sqlite3.Connection:
    return sqlite3.connect(name, check_same_thread=False)


def _holds(connection: sqlite3.Connection, document: Document) -> bool:
    try:
        rows = dict(connection.execute("SELECT name, value FROM about").fetchall())
    except sqlite3.DatabaseError:
        return False
    return rows == {"layout": _LAYOUT, "text": text_hash(document.text)}


def _fill(connection: sqlite3.Connection, document: Document) -> None:
    paths = {section.id: heading_path(section, document.sections) for section in document.sections}
    with connection:
        connection.executescript(_SCHEMA)
        connection.executemany(
            'INSERT INTO chunks(path, body, section, start, "end", page) VALUES (?, ?, ?, ?, ?, ?)',
            (
                (
                    paths[piece.section_id],
                    document.slice(piece.span),
                    piece.section_id,
                    piece.span.start,
                    piece.span.end,
                    piece.page,
                )
                for piece in chunk(document)
            ),
        )
        connection.executemany(
            "INSERT INTO about VALUES (?, ?)",
            [("layout", _LAYOUT), ("text", text_hash(document.text))],
        )


def _terms(query: str) -> str:
    """A query as FTS5 reads it: its words, each in quotes so that none is an operator."""
    words = list(dict.fromkeys(word.lower() for word in _TERM.findall(query[:_MAX_QUERY])))
    telling = [word for word in words if word not in _STOP_WORDS]
    return " OR ".join(f'"{word}"' for word in (telling or words)[:_MAX_TERMS])


def _even_share(sizes: Sequence[int], budget_tokens: int, count: int) -> int:
    """The length to cut texts to so that all together fit; what short ones spare goes to long."""
    left = max(0, budget_tokens - count * _PLACE_TOKENS) * CHARS_PER_TOKEN
    if sum(sizes) <= left:
        return max(sizes, default=0)
    for at, size in enumerate(sorted(sizes)):
        share = left // (count - at)
        if size > share:
            return share
        left -= size
    return 0
