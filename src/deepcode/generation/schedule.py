"""Which files are written next, and which of them in one answer.

Files are written in dependency order. Small files that belong together share an answer: the
file is the unit of memory, not of cost. Chosen from blueprint and state alone, apart from the
memory (paper 3.2.1, "next implementation target").
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from deepcode.artifacts.blueprint import Blueprint, FilePlan

# About 6k tokens of code: well inside every model's longest answer, and a small library whole.
BATCH_LINES = 500
BATCH_FILES = 8


class Schedule:
    """What is to be written, by state: waiting, under way, done."""

    def __init__(self, blueprint: Blueprint, paths: Iterable[str], *, done: Iterable[str]) -> None:
        """Schedule `paths`; files of the blueprint outside of `paths` count as done."""
        self._blueprint = blueprint
        wanted = set(paths) - set(done)
        self._waiting = {file.path: file for file in blueprint.files if file.path in wanted}
        self._under_way: set[str] = set()
        self._fans = Counter(needed for file in blueprint.files for needed in file.depends_on)

    @property
    def finished(self) -> bool:
        """Whether nothing waits and nothing is under way."""
        return not self._waiting and not self._under_way

    def next_batch(self) -> tuple[FilePlan, ...]:
        """Take the next files to be written in one answer; empty while all that wait are blocked.

        Files come in an order in which each one's dependencies stand before it.
        """
        batch: list[FilePlan] = []
        lines = 0
        while len(batch) < BATCH_FILES:
            ready = self._ready(batch)
            fitting = [file for file in ready if not batch or lines + file.lines <= BATCH_LINES]
            if not fitting:
                break
            file = fitting[0]
            batch.append(file)
            lines += file.lines
            del self._waiting[file.path]
        self._under_way.update(file.path for file in batch)
        return tuple(batch)

    def finish(self, batch: Iterable[FilePlan]) -> None:
        """Mark files as written."""
        self._under_way.difference_update(file.path for file in batch)

    def _ready(self, batch: list[FilePlan]) -> list[FilePlan]:
        """Files that could be written now, what unblocks most first."""
        blocked = set(self._waiting) | self._under_way
        blocked -= {file.path for file in batch}
        ready = [
            file
            for file in self._waiting.values()
            if not blocked & (set(file.depends_on) - {file.path})
        ]
        return sorted(ready, key=lambda file: (-self._fans[file.path], file.priority, file.path))
