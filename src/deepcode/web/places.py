"""`Places`: the anchors of the page. Every link of the report is made here, and leads to one.

Anchors are numbers (`u3`, `f2-L14`), never names from the document or the model.
"""

from __future__ import annotations

from dataclasses import dataclass

from deepcode.web.evidence import Evidence

# Characters of the document that are printed; a long paper has a tenth.
MAX_DOCUMENT_CHARS = 600_000


@dataclass(frozen=True)
class Link:
    """Some words, and where they lead."""

    text: str
    href: str = ""
    """`#anchor` inside the page; empty when there is nothing to lead to."""


class Places:
    """Where things stand on the page. Each method gives `#anchor`, or "" for what is not there."""

    def __init__(self, evidence: Evidence) -> None:
        self._units = {unit.id: f"u{n}" for n, unit in enumerate(evidence.units, 1)}
        planned = [file.path for file in evidence.blueprint.files] if evidence.blueprint else []
        every = dict.fromkeys((*evidence.paths, *planned))
        self._files = {path: f"f{number}" for number, path in enumerate(every, 1)}
        self._lines = {path: text.count("\n") + 1 for path, text in evidence.texts.items()}
        self._quotes = frozenset(quoted_units(evidence))

    @property
    def files(self) -> tuple[str, ...]:
        """Paths of all files, written or planned, in the order of the page."""
        return tuple(self._files)

    def unit(self, unit_id: str) -> str:
        """The row of a unit."""
        return _link(self._units.get(unit_id, ""))

    def quote(self, unit_id: str) -> str:
        """The place of a unit's quote in the document's text."""
        return _link(f"q{self._units[unit_id][1:]}") if unit_id in self._quotes else ""

    def file(self, path: str) -> str:
        """The row of a file."""
        return _link(self._files.get(path, ""))

    def line(self, path: str, number: int) -> str:
        """A line of a file's text; the file when that line is not shown."""
        if 1 <= number <= self._lines.get(path, 0):
            return f"{self.file(path)}-L{number}"
        return self.file(path)


def quoted_units(evidence: Evidence) -> dict[str, tuple[int, int]]:
    """Unit id -> characters of its quote, for quotes that stand in the printed text."""
    if evidence.document is None:
        return {}
    end = min(len(evidence.document.text), MAX_DOCUMENT_CHARS)
    return {
        unit.id: (unit.span.start, unit.span.end)
        for unit in evidence.units
        if unit.span and unit.span.start < unit.span.end <= end
    }


def anchor(href: str) -> str:
    """The id that a link leads to."""
    return href.removeprefix("#")


def _link(name: str) -> str:
    return f"#{name}" if name else ""
