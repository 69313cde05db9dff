"""What a machine does: run a command on its private copy of a repository, and hand out files.

Above: `verification/`, through `opening.py`. Below: a `Starter` (one file each: `bubblewrap.py`,
`landlock.py`, `plain.py`), which knows how to wrap a command; `process.py`, which runs the result.
"""

from __future__ import annotations

import signal
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from deepcode.artifacts.check import Execution, Limit, SandboxLevel
from deepcode.errors import SandboxError
from deepcode.sandbox.beneath import read_regular_file
from deepcode.sandbox.environment import Environment
from deepcode.sandbox.interpreter import search_path
from deepcode.sandbox.process import Ending, Launch, run_to_end
from deepcode.settings import SandboxSettings

# Where the workspace stands for the program; output is shown with it at every level.
INSIDE = "/ws"

# A report of a test runner or a result table; more is not a result but a data set.
MAX_FETCH_BYTES = 32 * 1024**2


@dataclass(frozen=True)
class Command:
    """One program to run inside a machine."""

    argv: tuple[str, ...]
    """Program and arguments; the program is found on the machine's own PATH."""
    timeout_s: float = 120.0
    """Wall time, above 0."""
    env: Mapping[str, str] = field(default_factory=dict)
    """Variables beside PATH, HOME, TMPDIR, LANG and USER; nothing is inherited."""
    cwd: str = "."
    """Working directory, POSIX, relative to the workspace."""
    stdin: str = ""
    """What it reads; the empty text is an input that has ended."""


class Machine(Protocol):
    """A place where programs run that nobody has read."""

    @property
    def level(self) -> SandboxLevel:
        """How well the programs are isolated."""

    @property
    def inside(self) -> str:
        """The workspace's absolute path as programs see it."""

    async def run(self, command: Command) -> Execution:
        """Run one command; when this returns or raises, none of its processes is left.

        Raises:
            SandboxError: The machine failed; says nothing about the program.
            ValueError: `command` itself is not valid.
        """

    async def fetch(self, relative_path: str) -> bytes | None:
        """A file of the machine's workspace.

        Args:
            relative_path: POSIX, below the workspace.

        Returns:
            Its bytes; None for anything but a regular file of at most 32 MiB that is reached
            without a symbolic link.
        """


@dataclass(frozen=True)
class Room:
    """One machine's folders on the host, and its limits."""

    folder: Path
    """Private folder; holds `ws` (the copy) and what a starter adds."""
    environment: Environment | None
    """Provisioned dependencies; None for the bare interpreter."""
    settings: SandboxSettings
    """Limits."""

    @property
    def workspace(self) -> Path:
        """The private copy of the repository."""
        return self.folder / "ws"


class Starter(Protocol):
    """Where machines of one level come from."""

    @property
    def level(self) -> SandboxLevel:
        """What it can promise."""

    def prepare(self, room: Room) -> None:
        """Make the room ready, once, after the repository was copied into it."""

    def start(self, command: Command, room: Room, files: ExitStack) -> Launch:
        """The launch of one command; descriptors it needs are closed by `files`.

        Raises:
            SandboxError: The level cannot be had here.
        """


@dataclass(frozen=True)
class HostMachine:
    """A machine on this computer, at the level of its starter."""

    room: Room
    starter: Starter

    @property
    def level(self) -> SandboxLevel:
        """How well the programs are isolated."""
        return self.starter.level

    @property
    def inside(self) -> str:
        """The workspace's path as programs see it: its own name only where mounts are private."""
        return INSIDE if self.level == "strong" else str(self.room.workspace)

    async def run(self, command: Command) -> Execution:
        """Run one command; see `Machine.run`."""
        check_command(command)
        with ExitStack() as files:
            launch = self.starter.start(command, self.room, files)
            try:
                ending = await run_to_end(launch, timeout_s=command.timeout_s)
            except OSError as error:
                message = f"cannot start `{launch.argv[0]}`: {error.strerror or error}"
                raise SandboxError(message, hint="`deepcode doctor` says what works.") from error
        return self._execution(command, ending)

    async def fetch(self, relative_path: str) -> bytes | None:
        """A file of the workspace; see `Machine.fetch`."""
        try:
            return read_regular_file(self.room.workspace, relative_path, max_bytes=MAX_FETCH_BYTES)
        except (OSError, ValueError):
            return None

    def _execution(self, command: Command, ending: Ending) -> Execution:
        if ending.exit_code is None:
            last = ending.stderr.strip().splitlines()[-1:] or ["it ended without a word"]
            message = f"the `{self.level}` sandbox did not start: {last[0]}"
            raise SandboxError(message, hint="`deepcode doctor` says what works here.")
        return Execution(
            argv=command.argv,
            exit_code=ending.exit_code,
            stdout=self._shown(ending.stdout),
            stderr=self._shown(ending.stderr),
            truncated=ending.truncated,
            limit=_limit(ending),
            duration_s=ending.duration_s,
            level=self.level,
        )

    def _shown(self, text: str) -> str:
        return text.replace(str(self.room.workspace), INSIDE)


def check_command(command: Command) -> None:
    """Refuse a command that no machine can run as it is meant.

    Raises:
        ValueError: No program, a NUL character, a `cwd` outside the workspace, no time.
    """
    words = (*command.argv, *command.env.keys(), *command.env.values(), command.cwd)
    if not command.argv or not command.argv[0]:
        message = "a command needs a program"
    elif any("\0" in word for word in words):
        message = f"the command {command.argv!r} holds a NUL character"
    elif any("=" in name or not name for name in command.env):
        message = f"not a name of a variable in {tuple(command.env)!r}"
    elif command.cwd.startswith("/") or ".." in command.cwd.split("/"):
        message = f"the folder `{command.cwd}` is not inside the workspace"
    elif command.timeout_s <= 0:
        message = f"a time limit of {command.timeout_s!r} s leaves no time"
    else:
        return
    raise ValueError(message)


def program_environment(command: Command, room: Room, scratch: str) -> dict[str, str]:
    """All variables of the program.

    Args:
        command: Its own variables win.
        room: Says where programs are found.
        scratch: Home and temporary folder, as seen by the program.
    """
    return {
        "PATH": search_path(room.environment),
        "HOME": scratch,
        "TMPDIR": scratch,
        "LANG": "C.UTF-8",
        # Libraries ask who they are to name caches, and fail where there is no answer.
        "USER": "nobody",
        **command.env,
    }


def _limit(ending: Ending) -> Limit:
    if ending.timed_out:
        return "time"
    # SIGXFSZ: one file grew past its limit. Python ignores the signal and sees EFBIG instead.
    return "disk" if ending.exit_code == 128 + signal.SIGXFSZ else ""
