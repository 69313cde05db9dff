from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
from rich.console import Console

from deepcode.cli import progress as module
from deepcode.cli.progress import Progress
from deepcode.events import AnyEvent, FileWritten, PhaseStarted, Record


def _record(event: AnyEvent) -> Record:
    return Record(run_id="r", seq=1, at=datetime.now(UTC), event=event)


class Clock:
    """A clock that stands where it is put."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now


def _shown(progress: Progress, width: int = 80) -> str:
    console = Console(file=io.StringIO(), width=width)
    with console.capture() as capture:
        console.print(progress._status)
    return capture.get()


def test_the_seconds_go_on_without_an_event_and_what_is_under_way_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    progress = Progress()
    progress.tell(_record(PhaseStarted(phase="generation")))
    progress.tell(_record(FileWritten(path="src/\x1b]core.py", lines=3, attempt=1, findings=0)))

    clock.now = 107.0
    assert "generation  7 s  0 calls" in _shown(progress)
    clock.now = 109.0
    assert "generation  9 s  0 calls" in _shown(progress)
    assert "src/\\x1b]core.py" in _shown(progress)
    assert len(_shown(progress, width=30).splitlines()) == 1
