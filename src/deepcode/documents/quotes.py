"""Quotes verified by code: where a quoted passage stands in the text, or that it does not.

A model that quotes changes what print changes: line breaks, emphasis marks, typographic signs.
Those differences are forgiven, everything else is not. Nothing here asks a model.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from functools import cached_property
from typing import NamedTuple

from deepcode.artifacts.document import Span

# Shorter quotes stand everywhere and prove nothing.
_MIN_CHARS = 3
# The parts of a quote with an ellipsis stand in one passage.
_ELLIPSIS_WITHIN = 2000
# How many places of a quote's first part are tried.
_MAX_STARTS = 200

_ELLIPSIS = re.compile(
    r"\s*(?:\[\s*(?:\.{3}|\u2026)\s*\]|\(\s*(?:\.{3}|\u2026)\s*\)|\.{3,}|\u2026)\s*"
)
# Marks of Markdown, tables and formulas that a quote may leave out, and invisible characters.
_SKIPPED = frozenset("*_`#\\|$~\u00ad\u200b\u200c\u200d\u2060\ufeff")
_REPLACED = {
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u00b4", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2043\ufe63\uff0d", "-"),
    "\u2026": "...",
}
_TAG = re.compile(
    r"</?(?:td|tr|th|table|thead|tbody|br|html|body|b|i|em|strong|sub|sup)\b[^<>]{0,200}>"
)
# A hyphen between two words of a compound, which print and parsers add and lose at line ends.
_COMPOUND = re.compile(r"(?<=[a-z][a-z])-\s*(?=[a-z][a-z])")
_ITEM = re.compile(r"^[ \t]*[-+\u2022\u25aa\u25e6][ \t]+", re.MULTILINE)
_OUTER_QUOTES = "\"'\u201c\u201d\u2018\u2019"


class _Normal(NamedTuple):
    """Text as it is compared, and for each of its characters the offset it came from."""

    text: str
    offsets: array[int]


class QuoteFinder:
    """Finds quotes in one text; prepares the text once, at the first quote that needs it."""

    def __init__(self, text: str) -> None:
        self.text = text

    def find(self, quote: str) -> Span | None:
        """Where a quote stands.

        Exact first; then insensitive to white space, marks of Markdown, lists and tables,
        typographic quotes, dashes and ligatures, soft hyphens, and hyphens inside compounds. An
        ellipsis (`...` or `[...]`) inside the quote joins parts that stand in order within 2,000
        characters.

        Returns:
            The place in the text, or None when the text does not say it or the quote has fewer than
            3 characters other than white space.
        """
        wanted = quote.strip()
        if len("".join(wanted.split())) < _MIN_CHARS:
            return None
        at = self.text.find(wanted)
        if at >= 0:
            return Span(start=at, end=at + len(wanted))
        return self._find_alike(wanted) or self._find_parts(wanted)

    def _find_alike(self, quote: str) -> Span | None:
        for candidate in dict.fromkeys((quote, quote.strip(_OUTER_QUOTES))):
            wanted = _normal(candidate).text
            if len(wanted) >= _MIN_CHARS:
                at = self._normal.text.find(wanted)
                if at >= 0:
                    return self._span(at, at + len(wanted))
        return None

    def _find_parts(self, quote: str) -> Span | None:
        parts = [part for part in _ELLIPSIS.split(quote.strip(_OUTER_QUOTES)) if part.strip()]
        wanted = [_normal(part).text for part in parts]
        if not wanted or any(len(part) < _MIN_CHARS for part in wanted):
            return None
        start = self._normal.text.find(wanted[0])
        for _ in range(_MAX_STARTS):
            if start < 0:
                return None
            end = self._end_of(wanted, start)
            if end is not None:
                return self._span(start, end)
            start = self._normal.text.find(wanted[0], start + 1)
        return None

    def _end_of(self, parts: list[str], start: int) -> int | None:
        """One past the last part, when all follow each other closely from `start` on."""
        at = start
        for part in parts:
            at = self._normal.text.find(part, at, start + _ELLIPSIS_WITHIN)
            if at < 0:
                return None
            at += len(part)
        offsets = self._normal.offsets
        return at if offsets[at - 1] - offsets[start] <= _ELLIPSIS_WITHIN else None

    def _span(self, start: int, end: int) -> Span:
        offsets = self._normal.offsets
        return Span(start=offsets[start], end=offsets[end - 1] + 1)

    @cached_property
    def _normal(self) -> _Normal:
        return _normal(self.text)


def find_quote(document_text: str, quote: str) -> Span | None:
    """Where a quote stands in a text; see `QuoteFinder.find`, which is faster for many quotes."""
    return QuoteFinder(document_text).find(quote)


def _normal(text: str) -> _Normal:
    skip = bytearray(len(text))
    for pattern in (_TAG, _COMPOUND, _ITEM):
        if pattern is not _TAG or "<" in text:
            for match in pattern.finditer(text):
                skip[match.start() : match.end()] = b"\1" * (match.end() - match.start())
    out: list[str] = []
    offsets = array("Q")
    for at, char in enumerate(text):
        if skip[at] or char in _SKIPPED or char.isspace():
            continue
        plain = char if char < "\x80" else _plain(char)
        out.append(plain)
        offsets.extend([at] * len(plain))
    return _Normal("".join(out), offsets)


def _plain(char: str) -> str:
    if char in _REPLACED:
        return _REPLACED[char]
    plain = unicodedata.normalize("NFKC", char)
    return "".join(_REPLACED.get(part, part) for part in plain if not part.isspace())
