"""The events of a run that a person would read: decisions, gaps, repairs, ends of phases."""

from __future__ import annotations

from dataclasses import dataclass
from functools import singledispatch
from typing import Literal

from deepcode.events import (
    AnswerRejected,
    ChecksFinished,
    EditsApplied,
    EffortChosen,
    Event,
    FileWritten,
    GapsFound,
    Noted,
    PhaseFinished,
    PromptDrifted,
    Record,
    RunFinished,
    RunStarted,
)
from deepcode.web.summary import duration

Tone = Literal["", "ok", "warn", "bad"]

# A run that was resumed again and again has more; its newest moments matter.
_MOST_MOMENTS = 300


@dataclass(frozen=True)
class Told:
    """What an event says."""

    title: str
    text: str = ""
    items: tuple[str, ...] = ()
    tone: Tone = ""


@dataclass(frozen=True)
class Moment:
    """An event that is worth reading."""

    time: str
    """Time of day, UTC."""
    told: Told


def timeline(records: tuple[Record, ...]) -> tuple[Moment, ...]:
    """The newest moments worth reading, in order."""
    told = ((record.at, tell(record.event)) for record in records)
    moments = [Moment(f"{at:%H:%M:%S}", what) for at, what in told if what]
    return tuple(moments[-_MOST_MOMENTS:])


@singledispatch
def tell(event: Event) -> Told | None:
    """What an event says to a person; None for what only machines read."""
    return None


@tell.register
def _(event: RunStarted) -> Told:
    return Told("run resumed" if event.resumed else "run started", ", ".join(event.documents))


@tell.register
def _(event: RunFinished) -> Told:
    tone: Tone = "ok" if event.outcome == "verified" else "warn"
    return Told(f"run ended: {event.outcome}", event.message, tone=tone)


@tell.register
def _(event: PhaseFinished) -> Told:
    return Told(f"{event.phase} done", f"{event.summary} ({duration(event.seconds)})")


@tell.register
def _(event: EffortChosen) -> Told:
    return Told(f"effort: {event.effort}", event.reason)


@tell.register
def _(event: GapsFound) -> Told:
    gaps = "1 gap" if len(event.gaps) == 1 else f"{len(event.gaps)} gaps"
    return Told(f"{event.artifact}: {gaps} to mend", items=event.gaps, tone="warn")


@tell.register
def _(event: PromptDrifted) -> Told:
    text = f"attempt {event.attempt} was recorded for a prompt with other words"
    return Told(f"drift: {event.role}, {event.subject}", text, tone="warn")


@tell.register
def _(event: AnswerRejected) -> Told:
    return Told(f"answer rejected: {event.role}, {event.subject}", event.reason, tone="warn")


@tell.register
def _(event: FileWritten) -> Told | None:
    if not event.findings:
        return None
    text = f"written with {event.findings} findings left after attempt {event.attempt}"
    return Told(event.path, text, tone="warn")


@tell.register
def _(event: ChecksFinished) -> Told:
    text = f"{event.passed} passed, {event.failed} failed, {event.findings} findings"
    clean = not event.failed and not event.findings
    return Told(
        f"measurement {event.iteration}", f"{text}. {event.summary}", tone="ok" if clean else "warn"
    )


@tell.register
def _(event: EditsApplied) -> Told:
    fate = "kept" if event.kept else "rolled back"
    return Told(
        f"repair {event.iteration} {fate}",
        f"{event.reason} in {', '.join(event.paths)}",
        tone="ok" if event.kept else "warn",
    )


@tell.register
def _(event: Noted) -> Told:
    return Told("note", event.message, tone="warn")
