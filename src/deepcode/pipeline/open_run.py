"""`OpenRun`: a run while this process works on it - its directory, its events, its model."""

from __future__ import annotations

import json
import os
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from deepcode.artifacts.report import RunRecord
from deepcode.errors import ArtifactError, UserError
from deepcode.events import AnyEvent, Phase
from deepcode.models import Asker, Choice, choose_model
from deepcode.pipeline.request import RunRequest, new_run_path
from deepcode.settings import BudgetSettings, Settings
from deepcode.store import EventLog, RunDirectory, end_torn_line, read_events, read_lines

if TYPE_CHECKING:
    from pydantic_ai.models import Model

RECORDED = "recorded"


@dataclass
class OpenRun:
    """What the steps of a run share."""

    request: RunRequest
    directory: RunDirectory
    record: RunRecord
    choice: Choice | None
    """The model; None when a recording is replayed."""
    created: bool
    """Whether this process made the run."""
    made_parents: tuple[Path, ...] = ()
    """Folders above the run that this process made, innermost first."""
    started: float = field(default_factory=time.monotonic)
    _log: EventLog = field(init=False)
    _model: Model | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._log = self.directory.open_log()

    @property
    def settings(self) -> Settings:
        """Settings of this process."""
        return self.request.settings

    def announce(self, event: AnyEvent) -> None:
        """Store an event, then tell the listeners."""
        record = self._log.append(event)
        for listener in self.request.listeners:
            listener(record)

    def asker(self, phase: Phase) -> Asker:
        """Asks the run's model on behalf of a phase."""
        if self._model is None:
            self._model = self._wrapped_model()
        return Asker(self._model, phase, self.announce)

    def update(self, **changes: object) -> None:
        """Change `run.json`."""
        self.record = self.record.model_copy(update=changes)
        self.directory.save_record(self.record)

    def discard(self) -> None:
        """Remove a run that this process made and that holds nothing yet."""
        root = self.directory.root
        shutil.rmtree(root, ignore_errors=True)
        for folder in self.made_parents:
            with suppress(OSError):
                # refused when something else came to stand there meanwhile
                folder.rmdir()

    def _wrapped_model(self) -> Model:
        from deepcode.pipeline.model import live_model, replayed_model

        path = self.directory.recording_path
        if self.request.recording is not None:
            return replayed_model(read_lines(self.request.recording), self.announce)
        assert self.choice is not None

        end_torn_line(path)

        def append(entry: object) -> None:
            with path.open("a", encoding="utf-8", newline="\n") as file:
                file.write(json.dumps(entry, ensure_ascii=False) + "\n")
                file.flush()
                os.fsync(file.fileno())

        return live_model(
            self.choice,
            self.settings,
            entries=list(read_lines(path)),
            append=append,
            announce=self.announce,
        )


def open_new(request: RunRequest) -> OpenRun:
    """Make the directory of a new run.

    Raises:
        UserError: No model, no budget, or `--out` exists; nothing was made.
    """
    choice = _choice(request)
    path = new_run_path(request)
    made = tuple(folder for folder in path.absolute().parents if not folder.exists())
    path.mkdir(parents=True)
    directory = RunDirectory(path)
    record = RunRecord(
        run_id=directory.id,
        inputs=tuple(str(document.absolute()) for document in request.documents),
        model=choice.label if choice else RECORDED,
        recorded=choice is None,
        settings=request.settings.masked(),
    )
    directory.save_record(record)
    return OpenRun(request, directory, record, choice, created=True, made_parents=made)


def open_existing(request: RunRequest, path: Path) -> OpenRun:
    """Open the directory of a run that is there.

    Raises:
        UserError: There is no run, or no model.
        ArtifactError: `run.json` is damaged.
    """
    if not (path / "run.json").is_file():
        message = f"there is no run at `{path}`"
        raise UserError(message, hint="`deepcode runs` lists the runs that there are")
    directory = RunDirectory(path)
    record = directory.load_record()
    if record.recorded:
        message = f"`{path}` is a demo; it has no model to go on with"
        raise ArtifactError(message, hint="start a run of your own with `deepcode run`")
    request = replace(request, settings=_with_limits_of(record, request.settings))
    choice = _choice(request)
    settings = request.settings.masked()
    model = choice.label if choice else record.model
    record = record.model_copy(update={"model": model, "settings": settings})
    return OpenRun(request, directory, record, choice, created=False)


def _with_limits_of(record: RunRecord, settings: Settings) -> Settings:
    """The settings with the run's own limits where none are given now."""
    stored = BudgetSettings.model_validate(record.settings.get("budget") or {})
    given = settings.budget.model_dump(exclude_none=True)
    return settings.model_copy(update={"budget": stored.model_copy(update=given)})


def paid_calls(run: OpenRun) -> int:
    """Answers that the run has paid for so far."""
    kinds = (record.event for record in read_events(run.directory.events_path))
    return sum(event.kind == "model-called" and not event.replayed for event in kinds)


def _choice(request: RunRequest) -> Choice | None:
    if request.recording is not None:
        return None
    limits = request.settings.budget
    if limits.max_calls == 0 or limits.max_cost_usd == 0:
        message = "a budget of zero lets no model call through"
        raise UserError(message, hint="raise --max-cost or --max-calls, or leave it out")
    return choose_model(request.settings)
