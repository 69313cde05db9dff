"""What a run is asked to do, and where it goes."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deepcode.errors import UserError
from deepcode.events import Record
from deepcode.settings import Settings

# File names that say nothing about the document; its folder's name says more.
_GENERIC = frozenset({"document", "paper", "spec", "srs", "prd", "readme", "index", "main"})

Listener = Callable[[Record], None]


@dataclass(frozen=True)
class RunRequest:
    """One call of `deepcode run`, `plan`, `resume` or `demo`."""

    settings: Settings
    documents: tuple[Path, ...] = ()
    """Input files, in order; empty when a run is resumed."""
    out: Path | None = None
    """The run directory to make; None for a new name under `settings.home`."""
    plan_only: bool = False
    """Stop after the blueprint."""
    recording: Path | None = None
    """Replay this recording instead of asking a model."""
    listeners: Sequence[Listener] = field(default=())
    """Told of every event, after it was stored."""


def new_run_path(request: RunRequest) -> Path:
    """The folder of a new run, which does not exist yet.

    Raises:
        UserError: `--out` exists.
    """
    if request.out is not None:
        if request.out.exists():
            message = f"`{request.out}` exists already"
            hint = "name a new folder with --out, or `deepcode resume` the run that is there"
            raise UserError(message, hint=hint)
        return request.out
    name = _name_of(request.documents[0])
    path, number = request.settings.home / name, 2
    while path.exists():
        path, number = request.settings.home / f"{name}-{number}", number + 1
    return path


def _name_of(document: Path) -> str:
    stem = document.stem
    if stem.lower() in _GENERIC:
        folder = document.absolute().parent
        stem = (folder.parent if folder.name.lower() in _GENERIC else folder).name
    return re.sub(r"[^a-z0-9]+", "-", stem.lower()).strip("-")[:60].rstrip("-") or "run"
