"""Headings: their printed number, and levels repaired against the numbering.

Parsers of papers give every heading the same level, and authors skip levels; the printed numbers
are the better witness: `3.2` is one deeper than `3`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

_NUMBER = re.compile(
    r"(?:(?:Appendix|Section|Chapter|Part|Annex)\s+)?"
    r"(?P<number>(?:\d{1,3}|[A-Z]|[IVX]{2,5})(?:\.\d{1,3}){0,5})"
    r"(?P<mark>[.):]?)(?:\s+|(?<=[.):])(?=[A-Z])|$)(?:[:\u2014\u2013-]\s+)?"
)
_MARK = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*))?$")
# A longer line is text that begins with a number sign.
_MAX_LENGTH = 500
_MARKUP = re.compile(r"^[*_]{1,3}|[*_]{1,3}$|\s+#+$|\s*\{#[\w-]+\}$")
_NAMES = (
    "abstract|introduction|background|motivation|overview|preliminaries|related work|method|"
    "methods|methodology|approach|model|experiment|experiments|evaluation|results|discussion|"
    "analysis|limitation|limitations|conclusion|conclusions|future work|acknowledgement|"
    "acknowledgements|acknowledgment|acknowledgments|reference|references|bibliography|"
    "works cited|literature|appendix|appendices|supplementary material|impact statement|"
    "broader impact|ethics statement|reproducibility statement|contents|table of contents|"
    "glossary|datasets|requirements|scope|purpose|goals|features"
)
_KNOWN = frozenset(_NAMES.split("|"))
_BIBLIOGRAPHY = frozenset({"references", "reference", "bibliography", "works cited", "literature"})


class Numbered(NamedTuple):
    """A heading's printed number (empty when there is none) and the rest."""

    number: str
    text: str


@dataclass(frozen=True)
class Heading:
    """One heading line of a draft."""

    line: int
    """Index of its line."""
    raw: int
    """Level as the source gave it, from 1."""
    number: str
    """Printed number, or empty."""
    text: str
    """Without number and markup."""


def heading_mark(line: str) -> tuple[int, str] | None:
    """Level and text of a `#` line; None for every other line and for a heading without text."""
    if len(line) > _MAX_LENGTH + 10 or "#" not in line[:4]:
        return None
    mark = _MARK.match(line)
    text = (mark[2] or "").strip() if mark else ""
    # the marks of a repaired level may not make the line too long to be a heading
    fits = 0 < len(text) <= _MAX_LENGTH and text.strip("# ") != ""
    return (len(mark[1]), text) if mark and fits else None


def split_number(text: str) -> Numbered:
    """Split `3.2. Setup` into `3.2` and `Setup`; a capital letter needs a mark: `A. Proofs`."""
    text = plain(text)
    match = _NUMBER.match(text)
    if not match:
        return Numbered("", text)
    number, rest = match["number"], text[match.end() :].strip()
    named = text[: match.start("number")].strip() != ""
    unsure = number[0].isalpha() and "." not in number and not match["mark"] and not named
    if unsure or not (rest or named):
        return Numbered("", text)
    return Numbered(number, rest)


def split_letter(text: str, expected: str) -> Numbered:
    """Split `B Proofs` where the letter is the one that comes next; else as `split_number`."""
    found = split_number(text)
    plain_text = plain(text)
    if not found.number and plain_text.startswith(f"{expected} ") and plain_text[2:3].isupper():
        return Numbered(expected, plain_text[2:].strip())
    return found


def plain(text: str) -> str:
    """A heading without emphasis, closing marks and anchors."""
    return _MARKUP.sub("", _MARKUP.sub("", text.strip())).strip()


def is_known_name(text: str) -> bool:
    """Whether a heading is one that papers and specifications always use: `Abstract`, ..."""
    return plain(text).rstrip(".:").lower() in _KNOWN


def is_bibliography(text: str) -> bool:
    """Whether a heading announces the list of references."""
    return plain(text).rstrip(".:").lower() in _BIBLIOGRAPHY


def find_headings(lines: Sequence[str], places: Iterable[int]) -> list[Heading]:
    """The headings at the given lines, in order, with their numbers."""
    found: list[Heading] = []
    letter = "A"
    for at in places:
        mark = heading_mark(lines[at])
        if not mark:
            continue
        level, text = mark
        # `A Study of ...` is a title; only after other headings can a bare letter be a number
        numbered = split_letter(text, letter) if len(found) > 1 else split_number(text)
        if numbered.number == letter:
            letter = chr(ord(letter) + 1)
        found.append(Heading(at, level, numbered.number, numbered.text))
    return found


def has_title(headings: Sequence[Heading]) -> bool:
    """Whether the first heading is the document's title and everything else stands under it."""
    if not headings or headings[0].number or is_known_name(headings[0].text):
        return False
    raw, others = headings[0].raw, headings[1:]
    if all(other.raw > raw for other in others):
        return len(others) > 0 or raw == 1
    beside = [other for other in others if other.raw <= raw]
    return any(other.number or other.text.lower() == "abstract" for other in beside)


def repaired_levels(headings: Sequence[Heading]) -> list[int]:
    """Levels from 1 that follow the printed numbers, no level skipped, none above 6.

    A heading with a number such as `3.2` is one deeper than the last `3`, or as deep as the last
    `3.1`; others keep their place relative to the headings around them.
    """
    titled = has_title(headings)
    flat = len(headings) > 3 and len({heading.raw for heading in headings[titled:]}) == 1
    last_number = max((at for at, h in enumerate(headings) if h.number), default=-1)
    open_: list[tuple[int, int]] = []
    by_number: dict[str, int] = {}
    levels: list[int] = []
    for at, heading in enumerate(headings):
        raw = 0 if titled and at == 0 else _raw(heading, flat=flat, inside=at < last_number)
        known = _level_by_number(heading.number, by_number)
        while open_ and (open_[-1][0] >= raw if known is None else open_[-1][1] >= known):
            open_.pop()
        level = min(6, open_[-1][1] + 1 if open_ else 1)
        open_.append((raw, level))
        levels.append(level)
        if heading.number:
            by_number[heading.number] = level
    return levels


def _raw(heading: Heading, *, flat: bool, inside: bool) -> int:
    """The source's level; in a flat source an unnumbered heading between numbered ones is minor."""
    if flat and heading.number:
        return heading.raw + heading.number.count(".")
    minor = flat and inside and not is_known_name(heading.text)
    return heading.raw + 5 if minor else heading.raw


def _level_by_number(number: str, by_number: dict[str, int]) -> int | None:
    parent, _, last = number.rpartition(".")
    if not parent:
        return None
    if parent in by_number:
        return by_number[parent] + 1
    return by_number.get(f"{parent}.{int(last) - 1}") if last.isdigit() else None
