"""The trace table: one row per unit, from the words of the document to code and tests."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from deepcode.artifacts.blueprint import Component
from deepcode.artifacts.check import TestStatus
from deepcode.artifacts.contract import Unit
from deepcode.artifacts.document import Document
from deepcode.artifacts.interface import Symbol
from deepcode.web.evidence import Evidence
from deepcode.web.places import Link, Places

RowStatus = Literal["shown", "failing", "not shown", "not written", "no owner", "waived"]
Shown = TestStatus | Literal["not run", "shows nothing"]

# More of a quote than this is read in the document itself.
_QUOTE_CHARS = 700


@dataclass(frozen=True)
class TestPlace:
    """A test, and how it went."""

    __test__ = False

    link: Link
    """Its whole id."""
    status: Shown
    message: str = ""
    units: tuple[str, ...] = ()

    @property
    def name(self) -> Link:
        """Its name inside its file."""
        return Link(self.link.text.partition("::")[2] or self.link.text, self.link.href)


@dataclass(frozen=True)
class CodePlace:
    """A file that owns a unit, and its components that do."""

    file: Link
    parts: tuple[Link, ...]
    written: bool


@dataclass(frozen=True)
class Row:
    """A unit and all that is known of it."""

    unit: Unit
    status: RowStatus
    quote: str
    """The words as they stand in the document; empty when there are none."""
    where: str
    """Headings and page of the quote."""
    code: tuple[CodePlace, ...]
    tests: tuple[TestPlace, ...]
    waiver: str
    """Why nothing implements it; empty when something should."""


def trace(evidence: Evidence, tests: Iterable[TestPlace], places: Places) -> tuple[Row, ...]:
    """All units in contract order."""
    naming: dict[str, list[TestPlace]] = {}
    for test in tests:
        for unit_id in test.units:
            naming.setdefault(unit_id, []).append(test)
    waivers = _waivers(evidence)
    place_of = Headings(evidence.document)
    return tuple(
        _row(unit, _code(unit.id, evidence, places), naming.get(unit.id, []), waivers, place_of)
        for unit in evidence.units
    )


def tests_of(evidence: Evidence, places: Places) -> tuple[TestPlace, ...]:
    """The measured tests; without a measurement those in the repository, as not run."""
    lines = {test.id: test.line for test in evidence.collected.values()}
    if evidence.report is None:
        return tuple(
            TestPlace(Link(test.id, _href(test.id, lines, places)), "not run", units=test.units)
            for test in evidence.collected.values()
        )
    hollow = set(evidence.report.empty_tree_passed)
    return tuple(
        TestPlace(
            Link(test.id, _href(test.id, lines, places)),
            "shows nothing" if test.id in hollow else test.status,
            test.message,
            test.units,
        )
        for test in evidence.report.tests
    )


def _href(test_id: str, lines: dict[str, int], places: Places) -> str:
    """The line of a test, whatever its parameters."""
    base = test_id.partition("[")[0]
    return places.line(base.partition("::")[0], lines.get(base, 0))


def _row(
    unit: Unit,
    code: tuple[CodePlace, ...],
    tests: list[TestPlace],
    waivers: dict[str, str],
    headings: Headings,
) -> Row:
    return Row(
        unit=unit,
        status=_status(code, tests, waived=unit.id in waivers),
        quote=headings.quote(unit),
        where=headings.where(unit),
        code=code,
        tests=tuple(tests),
        waiver=waivers.get(unit.id, ""),
    )


def _status(code: tuple[CodePlace, ...], tests: Iterable[TestPlace], *, waived: bool) -> RowStatus:
    """What is known of a unit; a passing test counts only where somebody owns the unit."""
    if not code:
        return "waived" if waived else "no owner"
    if not any(place.written for place in code):
        return "not written"
    seen = {test.status for test in tests}
    if seen & {"failed", "error", "missing"}:
        return "failing"
    return "shown" if "passed" in seen else "not shown"


def _waivers(evidence: Evidence) -> dict[str, str]:
    blueprint = evidence.blueprint
    return {waiver.unit: waiver.reason for waiver in blueprint.waivers} if blueprint else {}


def _code(unit_id: str, evidence: Evidence, places: Places) -> tuple[CodePlace, ...]:
    if evidence.blueprint is None:
        return ()
    owned: dict[str, list[Link]] = {}
    for part in evidence.blueprint.components:
        if unit_id in part.units:
            owned.setdefault(part.file, []).append(_part(part, evidence, places))
    return tuple(
        CodePlace(Link(path, places.file(path)), tuple(parts), path in evidence.paths)
        for path, parts in owned.items()
    )


def _part(part: Component, evidence: Evidence, places: Places) -> Link:
    symbol = symbol_of(part, evidence)
    if symbol is None:
        return Link(part.name)
    words = f"{part.name} · {symbol.line}-{symbol.end_line}"
    return Link(words, places.line(part.file, symbol.line))


def symbol_of(part: Component, evidence: Evidence) -> Symbol | None:
    """Where a component stands in its file; a method that is not public stands in its class."""
    interface = evidence.interfaces.get(part.file)
    symbols = {symbol.name: symbol for symbol in interface.symbols} if interface else {}
    return symbols.get(part.name) or symbols.get(part.name.rpartition(".")[0])


def _pages(document: Document) -> Iterator[tuple[int, int]]:
    """Where in the text it is known on which page one is."""
    for section in document.sections:
        if section.page is not None:
            yield section.span.start, section.page
    for block in document.blocks:
        if block.page is not None:
            yield block.span.start, block.page


class Headings:
    """Tells where in the document a unit's quote stands."""

    def __init__(self, document: Document | None) -> None:
        self._document = document
        self._sections = {part.id: part for part in document.sections} if document else {}
        self._pages = sorted(_pages(document)) if document else []

    def quote(self, unit: Unit) -> str:
        """The words at the unit's span, whatever the contract says that they are."""
        if self._document is None or unit.span is None:
            return ""
        words = self._document.slice(unit.span).strip()
        return words if len(words) <= _QUOTE_CHARS else f"{words[:_QUOTE_CHARS]}…"

    def where(self, unit: Unit) -> str:
        """Headings from the outermost below the title to the innermost, and the page."""
        names: list[str] = []
        title = self._document.title if self._document else ""
        section = self._sections.get(unit.section_id) if unit.section_id else None
        # as many steps as there are sections, so that a ring of parents ends
        for _ in self._sections:
            if section is None:
                break
            names.append(f"{section.number} {section.heading}".strip())
            section = self._sections.get(section.parent_id) if section.parent_id else None
        path = " → ".join(name for name in reversed(names) if name not in ("", title))
        return ", ".join(part for part in (path, self._page(unit)) if part)

    def _page(self, unit: Unit) -> str:
        if unit.span is None:
            return ""
        before = bisect_right(self._pages, unit.span.start, key=lambda entry: entry[0])
        return f"p. {self._pages[before - 1][1]}" if before else ""


def lost_quotes(evidence: Evidence) -> tuple[Unit, ...]:
    """Units that claim to be stated although their quote has no place in the document."""
    document = evidence.document
    if document is None:
        return ()
    return tuple(
        unit
        for unit in evidence.units
        if unit.status == "stated" and not (unit.span and document.slice(unit.span).strip())
    )
