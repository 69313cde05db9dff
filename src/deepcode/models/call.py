"""`Call`: on whose behalf a model is asked. The wrappers around a model read it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class Call:
    """One question to a model, told apart from all others of the run by role and subject."""

    phase: str
    """Phase that pays for it."""
    role: str
    """The agent that asks: `concept`, `planner`, `coder`, ..."""
    subject: str
    """What it asks about: a file, an artifact and the round."""


_CURRENT: ContextVar[Call] = ContextVar("deepcode_call")


@contextmanager
def calling(call: Call) -> Iterator[None]:
    """Everything a model is asked inside the block belongs to `call`."""
    token = _CURRENT.set(call)
    try:
        yield
    finally:
        _CURRENT.reset(token)


def current_call() -> Call:
    """The call under way; asking a model outside of one is a mistake of the program."""
    return _CURRENT.get()
