"""`Contract`: the one list of requirement units, each with its verified place in the document.

Distilled from both analyses and the text itself; the blueprint must give every unit an owner
or a waiver, and every later artifact names units by id.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, get_args

from pydantic import Field

from deepcode.artifacts.base import Artifact
from deepcode.artifacts.document import BlockId, SectionId, Span

UnitKind = Literal[
    "EQ", "ALG", "ARCH", "HP", "DATA", "PROC", "METRIC", "EXP",
    "API", "CLI", "ERR", "RULE", "UI", "DB", "ENV",
]  # fmt: skip
UNIT_KINDS: tuple[str, ...] = get_args(UnitKind)

UnitStatus = Literal["stated", "assumed", "missing"]


class UnitDraft(Artifact):
    """A requirement as an agent writes it: without id and without a verified place."""

    kind: UnitKind = Field(
        description="EQ equation, ALG algorithm, ARCH architecture, HP value or default, DATA data "
        "set or generator, PROC procedure or order of steps, METRIC, EXP experiment, API, "
        "CLI command, ERR error case, RULE behaviour rule, UI page, DB data model, ENV dependency"
    )
    statement: str = Field(description="what must hold, precise enough to code and to test")
    quote: str = Field(
        "", description="the words it rests on, copied character by character, at most 300"
    )
    status: UnitStatus = Field(
        "stated",
        description="stated; assumed: the document leaves it open and you chose; missing: needed "
        "but the document does not hold it",
    )
    reason: str = Field("", description="for assumed or missing: why, and what else was possible")
    must_keep: str = Field("", description="what must not be simplified away or replaced")
    check: str = Field("", description="the check that would show it, with numbers where possible")


class Unit(UnitDraft):
    """A requirement unit."""

    id: str
    """`EQ-1`, `HP-17`, ...: kind and number in document order."""
    section_id: SectionId | None = None
    """Where the quote stands."""
    span: Span | None = None
    """Characters of the quote in the canonical text; None unless `stated`."""


class Excused(Artifact):
    """A section or block that demands nothing, and why."""

    place: SectionId | BlockId
    reason: str


class Contract(Artifact):
    """All requirement units of one document."""

    schema_version: Literal[1] = 1
    document_hash: str
    """`Document.source_hash` of the document it speaks of."""
    units: tuple[Unit, ...]
    """In document order; assumptions last."""
    excused: tuple[Excused, ...] = ()
    """What the completeness pass looked at and found to demand nothing."""

    def unit(self, unit_id: str) -> Unit | None:
        """The unit with that id."""
        return next((unit for unit in self.units if unit.id == unit_id), None)

    def select(self, unit_ids: Iterable[str]) -> tuple[Unit, ...]:
        """The units with those ids, in contract order; unknown ids are left out."""
        wanted = set(unit_ids)
        return tuple(unit for unit in self.units if unit.id in wanted)
