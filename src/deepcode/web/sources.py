"""The files of the repository: what each is for, and its text with anchors on every line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup, escape

from deepcode.artifacts.base import text_hash
from deepcode.web.colouring import pieces
from deepcode.web.evidence import Evidence
from deepcode.web.places import Link, Places, anchor
from deepcode.web.trace import symbol_of
from deepcode.web.visible import visible

# Where the author of the acceptance tests writes.
_ACCEPTANCE = "tests/acceptance/"


@dataclass(frozen=True)
class Source:
    """One file."""

    path: str
    anchor: str
    purpose: str
    lines: int
    units: tuple[Link, ...]
    imports: tuple[str, ...]
    note: str
    """What is special about it; may be empty."""
    written: bool
    text: Markup | None
    """Its lines; None where they are not shown."""


def sources(evidence: Evidence, places: Places) -> tuple[Source, ...]:
    """All files, those that are only planned last."""
    margins = _margins(evidence, places)
    return tuple(_source(path, evidence, places, margins.get(path, {})) for path in places.files)


def _source(
    path: str, evidence: Evidence, places: Places, margin: dict[int, dict[str, str]]
) -> Source:
    entry, text = evidence.entries.get(path), evidence.texts.get(path)
    interface = entry.interface if entry else evidence.interfaces.get(path)
    name = anchor(places.file(path))
    return Source(
        path=path,
        anchor=name,
        purpose=_purpose(path, evidence),
        lines=len(text.splitlines()) if text is not None else entry.lines if entry else 0,
        units=tuple(Link(unit, places.unit(unit)) for unit in _units(path, evidence)),
        imports=tuple(dict.fromkeys(each.module for each in interface.imports))
        if interface
        else (),
        note=_note(path, evidence),
        written=path in evidence.paths,
        text=numbered(path, text, name, margin) if text is not None else None,
    )


def _purpose(path: str, evidence: Evidence) -> str:
    entry = evidence.entries.get(path)
    planned = evidence.blueprint.file(path) if evidence.blueprint else None
    if entry and entry.purpose:
        return entry.purpose
    if planned:
        return planned.purpose
    return "Acceptance tests." if path.startswith(_ACCEPTANCE) else ""


def _units(path: str, evidence: Evidence) -> tuple[str, ...]:
    entry = evidence.entries.get(path)
    owned = evidence.blueprint.units_of(path) if evidence.blueprint else ()
    return tuple(dict.fromkeys((*owned, *(entry.units if entry else ()))))


def _note(path: str, evidence: Evidence) -> str:
    if path not in evidence.paths:
        return "planned, not written"
    if path in evidence.unshown:
        return f"not shown: {evidence.unshown[path]}"
    entry, text = evidence.entries.get(path), evidence.texts.get(path)
    if text is None:
        return "not shown: the page is full"
    if entry and entry.file_hash != text_hash(text):
        return "changed since it was written"
    return ""


def _margins(evidence: Evidence, places: Places) -> dict[str, dict[int, dict[str, str]]]:
    """Path -> line -> unit id -> link, where a component with units begins."""
    margins: dict[str, dict[int, dict[str, str]]] = {}
    for part in evidence.blueprint.components if evidence.blueprint else ():
        symbol = symbol_of(part, evidence)
        if symbol is None:
            continue
        here = margins.setdefault(part.file, {}).setdefault(symbol.line, {})
        here.update((unit, places.unit(unit)) for unit in part.units if places.unit(unit))
    return margins


def numbered(path: str, text: str, name: str, margin: dict[int, dict[str, str]]) -> Markup:
    """The text as lines with anchors `NAME-L1`, ..., coloured, and with links to the units.

    The numbers are counted by the style sheet, so that copied text has none.
    """
    lines = "".join(_coloured(path, text)).split("\n")
    if len(lines) > 1 and not lines[-1]:
        lines.pop()
    return Markup("\n").join(
        Markup(f'<code id="{name}-L{number}">{line}{_refs(margin.get(number, {}))}</code>')
        for number, line in enumerate(lines, 1)
    )


def _coloured(path: str, text: str) -> Iterator[str]:
    """Escaped pieces; a colour ends at the end of its line and begins again on the next."""
    for kind, piece in pieces(path, text):
        safe = str(escape(visible(piece)))
        if kind:
            safe = "\n".join(f"<i class={kind}>{part}</i>" for part in safe.split("\n"))
        yield safe


def _refs(units: dict[str, str]) -> Markup:
    """Links from a line to the units that it implements."""
    return Markup("").join(
        Markup(' <a class="ref" href="{}">{}</a>').format(href, visible(unit))
        for unit, href in units.items()
    )
