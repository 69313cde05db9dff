"""What happened in a run: the vocabulary that command line, pages and reports read.

Events are appended to `events.jsonl` by `store/` as one JSON object a line: the envelope
(`run_id`, `seq`, `at`), `kind`, and the event's own fields beside them. Readers ignore kinds
they do not know; a kind never changes its meaning.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

Phase = Literal["document", "analysis", "contract", "blueprint", "generation", "verification"]


class Event(BaseModel):
    """One thing that happened."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class RunStarted(Event):
    """A run began, or went on after a stop."""

    kind: Literal["run-started"] = "run-started"
    settings: dict[str, object]
    """The resolved settings, secrets masked."""
    documents: tuple[str, ...]
    """File names of the inputs."""
    resumed: bool = False
    """Whether the run existed before."""


class PhaseStarted(Event):
    """A phase began."""

    kind: Literal["phase-started"] = "phase-started"
    phase: Phase


class PhaseFinished(Event):
    """A phase stored its artifact."""

    kind: Literal["phase-finished"] = "phase-finished"
    phase: Phase
    seconds: float
    """Wall time; 0.0 when the artifact was there already."""
    summary: str
    """What came out, in a few words."""


class EffortChosen(Event):
    """How much machinery the document needs was decided."""

    kind: Literal["effort-chosen"] = "effort-chosen"
    effort: str
    """`fast`, `standard` or `max`."""
    reason: str
    """Why, with the figures that decided it."""


class ModelCalled(Event):
    """A model answered one request."""

    kind: Literal["model-called"] = "model-called"
    phase: str
    role: str
    subject: str
    """What the call was about: a file, an artifact."""
    attempt: int
    """Number of the request for this role and subject, from 1."""
    input_tokens: int
    output_tokens: int
    cached_tokens: int = 0
    """Part of `input_tokens` that came from the provider's prompt cache."""
    cost_usd: float
    seconds: float
    prompt_hash: str
    replayed: bool
    """Whether the answer came from a recording instead of the provider."""


class PromptDrifted(Event):
    """A replayed answer was given to a prompt with other words than when it was recorded."""

    kind: Literal["prompt-drifted"] = "prompt-drifted"
    role: str
    subject: str
    attempt: int


class AnswerRejected(Event):
    """An answer did not have the form asked for, and the model was asked again."""

    kind: Literal["answer-rejected"] = "answer-rejected"
    role: str
    subject: str
    reason: str


class GapsFound(Event):
    """A check of a planning artifact found something to mend."""

    kind: Literal["gaps-found"] = "gaps-found"
    artifact: str
    """`contract` or `blueprint`."""
    gaps: tuple[str, ...]


class FileWritten(Event):
    """A file of the repository was written."""

    kind: Literal["file-written"] = "file-written"
    path: str
    lines: int
    attempt: int
    findings: int
    """Birth checks that it still fails."""


class ChecksFinished(Event):
    """One iteration of verification was measured."""

    kind: Literal["checks-finished"] = "checks-finished"
    iteration: int
    findings: int
    """Blocking findings and errors of the static analysis."""
    passed: int
    failed: int
    summary: str


class EditsApplied(Event):
    """A repair changed files by line edits."""

    kind: Literal["edits-applied"] = "edits-applied"
    iteration: int
    paths: tuple[str, ...]
    kept: bool
    """False when the edits made things worse and were rolled back."""
    reason: str


class Noted(Event):
    """Something that the user should know, in one sentence."""

    kind: Literal["noted"] = "noted"
    message: str


class RunFinished(Event):
    """The run stopped, for whatever reason."""

    kind: Literal["run-finished"] = "run-finished"
    outcome: str
    message: str = ""
    """What stopped it, when it did not come to its end."""


AnyEvent = Annotated[
    RunStarted
    | PhaseStarted
    | PhaseFinished
    | EffortChosen
    | ModelCalled
    | PromptDrifted
    | AnswerRejected
    | GapsFound
    | FileWritten
    | ChecksFinished
    | EditsApplied
    | Noted
    | RunFinished,
    Field(discriminator="kind"),
]

_EVENTS: TypeAdapter[AnyEvent] = TypeAdapter(AnyEvent)

Announce = Callable[[AnyEvent], None]
"""What a phase is handed to say that something happened."""


class Record(BaseModel):
    """An event in its envelope."""

    model_config = ConfigDict(frozen=True)

    run_id: str
    seq: int
    """From 1, without gaps."""
    at: datetime
    """UTC."""
    event: AnyEvent

    def to_line(self) -> str:
        """The event as one flat JSON object, without a line end."""
        envelope = _Envelope(run_id=self.run_id, seq=self.seq, at=self.at)
        return f"{envelope.model_dump_json()[:-1]},{self.event.model_dump_json()[1:]}"

    @classmethod
    def from_object(cls, flat: dict[str, object]) -> Record | None:
        """Read one line's JSON object back; None for a kind this version does not know."""
        envelope = {name: flat.get(name) for name in ("run_id", "seq", "at")}
        payload = {key: value for key, value in flat.items() if key not in envelope}
        try:
            event = _EVENTS.validate_python(payload)
            return cls.model_validate({**envelope, "event": event})
        except ValidationError:
            return None


class _Envelope(BaseModel):
    run_id: str
    seq: int
    at: datetime
