"""Machines of level `none`: no isolation; only after `--unsafe-local` was typed.

Above: `machine.py`. Below: `supervised.py`. The environment is empty, the repository is a copy,
limits hold and the process tree ends, but the program can read and change what the user can.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass

from deepcode.artifacts.check import SandboxLevel
from deepcode.sandbox.machine import Command, Room
from deepcode.sandbox.process import Launch
from deepcode.sandbox.supervised import make_scratch, supervise


@dataclass(frozen=True)
class PlainStarter:
    """Starts commands as ordinary processes of this user."""

    level: SandboxLevel = "none"

    def prepare(self, room: Room) -> None:
        """Make the temporary folder."""
        make_scratch(room)

    def start(self, command: Command, room: Room, files: ExitStack) -> Launch:
        """The launch of one command."""
        return supervise(command, room, files, {})
