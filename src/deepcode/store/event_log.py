"""`events.jsonl`: everything that happened in a run, append-only, one JSON object a line."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from deepcode.events import AnyEvent, Record


class EventLog:
    """Appends events in order; opening an existing log goes on after its last whole line."""

    def __init__(self, path: Path, run_id: str) -> None:
        self._path = path
        self._run_id = run_id
        self._lock = threading.Lock()
        self._seq = max((_seq(flat) for flat in read_lines(path)), default=0)
        end_torn_line(path)

    def append(self, event: AnyEvent) -> Record:
        """Write one event as one line and give it back in its envelope."""
        with self._lock:
            seq = self._seq + 1
            record = Record(run_id=self._run_id, seq=seq, at=datetime.now(UTC), event=event)
            line = record.to_line() + "\n"
            with self._path.open("a", encoding="utf-8", newline="\n") as file:
                file.write(line)
            # only now, so that an event that could not be written leaves no gap
            self._seq = seq
            return record


def read_lines(path: Path) -> Iterator[dict[str, object]]:
    """The JSON objects of a JSON Lines file; torn or foreign lines are left out."""
    if not path.is_file():
        return
    with path.open(encoding="utf-8", errors="replace") as file:
        for line in file:
            try:
                value = json.loads(line)
            except (ValueError, RecursionError):
                continue
            if isinstance(value, dict):
                yield value


def read_events(path: Path) -> Iterator[Record]:
    """The events of a log, in order; kinds this version does not know are left out."""
    for flat in read_lines(path):
        record = Record.from_object(flat)
        if record is not None:
            yield record


def _seq(flat: dict[str, object]) -> int:
    """Number of an event, also of a kind that this version does not know."""
    seq = flat.get("seq")
    return seq if isinstance(seq, int) else 0


def end_torn_line(path: Path) -> None:
    """A process killed while appending leaves half a line; the next line must not join it."""
    if path.is_file() and path.stat().st_size:
        with path.open("rb+") as file:
            file.seek(-1, 2)
            if file.read(1) != b"\n":
                file.write(b"\n")
