"""`MemoryEntry`: what CodeMem remembers of one written file (paper 3.2.1)."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from deepcode.artifacts.base import Artifact
from deepcode.artifacts.interface import Interface


class MemoryEntry(Artifact):
    """m_t: core purpose, public interface, dependency edges."""

    schema_version: Literal[1] = 1
    path: str
    """The file it speaks of."""
    purpose: str
    """P_t: its responsibility, in the words of the agent that wrote it."""
    interface: Interface
    """I_t: exact, from the syntax tree; imports are the edges into it (E_t)."""
    used_by: tuple[str, ...] = ()
    """E_t: files not yet written that are expected to use it."""
    units: tuple[str, ...] = ()
    """Requirement units that it implements."""
    lines: int = Field(ge=0)
    """Length."""
    file_hash: str
    """SHA-256 of the text that it was made from."""


class WrittenFile(Artifact):
    """c_t: one file as the coding agent gave it."""

    path: str
    text: str
    purpose: str = ""
    used_by: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
