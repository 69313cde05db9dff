"""Live progress from the event stream: a status line in a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from rich.console import Console
from rich.status import Status
from rich.text import Text

from deepcode.cli.output import clean
from deepcode.events import (
    AnswerRejected,
    AnyEvent,
    ChecksFinished,
    EditsApplied,
    EffortChosen,
    FileWritten,
    GapsFound,
    ModelCalled,
    Noted,
    PhaseFinished,
    PhaseStarted,
    PromptDrifted,
    Record,
)


class Progress:
    """Shows what a run does while it does it, on stderr."""

    def __init__(self) -> None:
        self._console = Console(stderr=True, highlight=False)
        # the figures are made anew at each refresh, so that the seconds go on between events
        self._status = Status(_Live(self._state), console=self._console, spinner=self._spinner())
        self._phase = ""
        self._newest = ""
        self._calls = 0
        self._tokens = 0
        self._cost_usd = 0.0
        self._started = time.monotonic()
        self._drifted = 0

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._status.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._status.stop()
        if self._drifted:
            self._line(f"{self._drifted} recorded answers were given to prompts with other words")

    def tell(self, record: Record) -> None:
        """Take in one event."""
        self._count(record.event)
        line = line_of(record.event)
        if line:
            self._line(line)

    def _count(self, event: AnyEvent) -> None:
        match event:
            case PhaseStarted():
                self._phase, self._newest = event.phase, ""
            case FileWritten():
                self._newest = event.path
            case AnswerRejected():
                self._newest = event.subject
            case EditsApplied():
                self._newest = ", ".join(event.paths)
            case ModelCalled():
                self._newest = event.subject
                self._calls += 1
                self._tokens += event.input_tokens + event.output_tokens
                self._cost_usd += 0.0 if event.replayed else event.cost_usd
            case PromptDrifted():
                self._drifted += 1

    def _state(self) -> str:
        seconds = time.monotonic() - self._started
        return (
            f"{self._phase}  {seconds:.0f} s  {self._calls} calls  {self._tokens} tokens  "
            f"${self._cost_usd:.2f}  {clean(_short(self._newest))}"
        ).strip()

    def _spinner(self) -> str:
        return "dots" if self._console.encoding.startswith("utf") else "line"

    def _line(self, text: str) -> None:
        if self._console.is_terminal:
            self._console.print(Text(clean(text)))
        else:
            print(clean(text), file=sys.stderr, flush=True)


class _Live:
    """One line of text that is asked for whenever the terminal is refreshed."""

    def __init__(self, text: Callable[[], str]) -> None:
        self._text = text

    def __rich__(self) -> Text:
        return Text(self._text(), no_wrap=True, overflow="ellipsis")


def line_of(event: AnyEvent) -> str:
    """One line for an event; empty for what only moves the counters."""
    form = _LINES.get(type(event))
    return form(event) if form else ""


def _called(event: ModelCalled) -> str:
    replayed = ", recorded" if event.replayed else ""
    return (
        f"  {event.role} on {_short(event.subject)}: {event.input_tokens} + "
        f"{event.output_tokens} tokens, {event.seconds:.0f} s{replayed}"
    )


def _written(event: FileWritten) -> str:
    left = f", {event.findings} findings left" if event.findings else ""
    return f"  wrote {event.path} ({event.lines} lines{left})"


def _checked(event: ChecksFinished) -> str:
    return (
        f"  measurement {event.iteration}: {event.passed} passed, {event.failed} failed, "
        f"{event.findings} findings {_short(event.summary)}"
    ).rstrip()


def _edited(event: EditsApplied) -> str:
    kept = "kept" if event.kept else "rolled back"
    return f"  repair of {_short(', '.join(event.paths))} {kept}: {event.reason}"


def _short(text: str, most: int = 90) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


_LINES: dict[type, Callable[[Any], str]] = {
    PhaseStarted: lambda event: f"{event.phase} ...",
    PhaseFinished: lambda event: f"{event.phase}: {event.summary} ({event.seconds:.1f} s)",
    EffortChosen: lambda event: f"  effort {event.effort}: {event.reason}",
    ModelCalled: _called,
    AnswerRejected: lambda event: f"  {event.role} is asked again: {_short(event.reason)}",
    GapsFound: lambda event: (
        f"  {len(event.gaps)} gaps in the {event.artifact}: {_short(event.gaps[0])}"
    ),
    FileWritten: _written,
    ChecksFinished: _checked,
    EditsApplied: _edited,
    Noted: lambda event: f"  note: {event.message}",
}
