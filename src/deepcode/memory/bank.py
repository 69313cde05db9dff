"""M: the memory bank, and SelectRelevantMemory (paper 3.2.1, eq. 4).

The selection follows the dependency graph first, shared requirement units and named symbols
second, within a token budget; so the size of a prompt does not grow with the repository.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from deepcode.artifacts.blueprint import Blueprint
from deepcode.artifacts.memory import MemoryEntry
from deepcode.artifacts.tokens import estimate_tokens

Detail = Literal["full", "condensed"]


@dataclass(frozen=True)
class Recalled:
    """One selected entry and how much of it is to be shown."""

    entry: MemoryEntry
    detail: Detail
    """`full` shows every signature; `condensed` shows purpose and names."""


class MemoryBank:
    """The entries of all files written so far.

    Args:
        entries: Entries of files written before.
        keep: Stores an entry durably as soon as it is made.
    """

    def __init__(
        self,
        entries: Iterable[MemoryEntry] = (),
        keep: Callable[[MemoryEntry], None] = lambda entry: None,
    ) -> None:
        self._entries = {entry.path: entry for entry in entries}
        self._keep = keep

    @property
    def entries(self) -> Mapping[str, MemoryEntry]:
        """Path -> entry."""
        return self._entries

    def update(self, entry: MemoryEntry) -> None:
        """M_t = M with m_t; a rewritten file supersedes its entry."""
        self._keep(entry)
        self._entries[entry.path] = entry

    def select(
        self, targets: Iterable[str], blueprint: Blueprint, *, budget_tokens: int
    ) -> tuple[Recalled, ...]:
        """What a writer of the targets must know of the files already written.

        Args:
            targets: Paths about to be written.
            blueprint: For the graph and the units.
            budget_tokens: Most that the entries may take when shown, estimated.

        Returns:
            Direct dependencies in full while the budget lasts, then farther dependencies, files
            that say they serve a target, and files that share units, condensed. In order of
            relevance.
        """
        wanted = set(targets)
        direct = {
            needed
            for path in wanted
            if (file := blueprint.file(path))
            for needed in file.depends_on
        } - wanted
        chosen: list[Recalled] = []
        left = budget_tokens
        for path in self._ranked(wanted, direct, blueprint):
            entry = self._entries[path]
            condensed = _condensed_tokens(entry)
            full = condensed + estimate_tokens(entry.interface.model_dump_json(include={"symbols"}))
            detail: Detail = "full" if path in direct and full <= left else "condensed"
            cost = full if detail == "full" else condensed
            if cost > left:
                continue
            left -= cost
            chosen.append(Recalled(entry, detail))
        return tuple(chosen)

    def _ranked(self, wanted: set[str], direct: set[str], blueprint: Blueprint) -> list[str]:
        far = _reachable(direct, blueprint) - direct
        units = {unit for path in wanted for unit in blueprint.units_of(path)}
        ranks: dict[str, int] = {}
        for path, entry in self._entries.items():
            if path in wanted:
                continue
            if path in direct:
                ranks[path] = 0
            elif wanted & set(entry.used_by):
                ranks[path] = 1
            elif path in far:
                ranks[path] = 2
            elif units & set(entry.units):
                ranks[path] = 3
        return sorted(ranks, key=lambda path: (ranks[path], path))


def _condensed_tokens(entry: MemoryEntry) -> int:
    """What path, purpose and names of an entry take."""
    names = " ".join(symbol.name for symbol in entry.interface.symbols)
    return estimate_tokens(f"{entry.path} {entry.purpose} {names}")


def _reachable(start: set[str], blueprint: Blueprint) -> set[str]:
    seen: set[str] = set()
    waiting = list(start)
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        file = blueprint.file(path)
        waiting.extend(file.depends_on if file else ())
    return seen
