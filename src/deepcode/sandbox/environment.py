"""`Environment`: a folder with an interpreter and the packages a repository asked for.

Made by `provisioning.py`, bound read-only into machines.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Environment:
    """Provisioned dependencies, complete and never changed again."""

    path: Path
    """The virtual environment, at the same path inside and outside."""
    python: str
    """Its interpreter, as a command's `argv[0]`."""
    base_prefix: Path
    """Prefix of the interpreter it was made from."""
    lock: str
    """One `name==version` with SHA-256 hashes a package, as `uv pip compile` writes it."""
    seconds: float
    """What it took to have it, this time."""
    cached: bool
    """Whether it was there already."""
