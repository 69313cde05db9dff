"""Open a machine: choose its level, copy the repository in, and clear everything away at the end.

Above: `pipeline/`. Below: the starters, `copying.py`, `detection.py`.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from deepcode.artifacts.check import SandboxLevel
from deepcode.errors import SandboxError
from deepcode.sandbox.bubblewrap import BubblewrapStarter
from deepcode.sandbox.copying import copy_repository
from deepcode.sandbox.environment import Environment
from deepcode.sandbox.landlock import LandlockStarter
from deepcode.sandbox.machine import HostMachine, Machine, Room, Starter
from deepcode.sandbox.plain import PlainStarter
from deepcode.sandbox.process import Launch, run_to_end
from deepcode.settings import SandboxSettings

STARTERS: dict[SandboxLevel, type[Starter]] = {
    "strong": BubblewrapStarter,
    "reduced": LandlockStarter,
    "none": PlainStarter,
}

# A million small files are gone in this time; what is left then stays in the temporary folder.
_CLEANUP_S = 60.0


@asynccontextmanager
async def open_machine(
    workspace: Path, *, environment: Environment | None, settings: SandboxSettings
) -> AsyncIterator[Machine]:
    """A machine that works on a private copy of a repository.

    Args:
        workspace: Folder of the repository on the host; it is only read.
        environment: Provisioned dependencies; None for the bare interpreter.
        settings: Level and limits; `auto` takes the best that was seen to hold here.

    Raises:
        SandboxError: The level cannot be enforced here, or the copy cannot be made.
    """
    asked = settings.level
    level = await asyncio.to_thread(_detected_level) if asked == "auto" else asked
    async with open_at_level(level, workspace, environment=environment, settings=settings) as it:
        yield it


@asynccontextmanager
async def open_at_level(
    level: SandboxLevel,
    workspace: Path,
    *,
    environment: Environment | None,
    settings: SandboxSettings,
) -> AsyncIterator[HostMachine]:
    """A machine of exactly this level, not tried beforehand; see `open_machine`."""
    starter = STARTERS[level]()
    folder = Path(tempfile.mkdtemp(prefix="deepcode-"))
    room = Room(folder, environment, settings)
    try:
        await asyncio.to_thread(copy_repository, workspace, room.workspace)
        await asyncio.to_thread(starter.prepare, room)
        yield HostMachine(room, starter)
    finally:
        await asyncio.shield(_remove(folder))


def _detected_level() -> SandboxLevel:
    # Detection opens machines itself, so it stands above this module.
    from deepcode.sandbox.detection import detect_level

    detection = detect_level()
    if detection.level == "none":
        message = f"no sandbox holds on this computer: {detection.reason}"
        raise SandboxError(message, hint=detection.hint)
    return detection.level


async def _remove(folder: Path) -> None:
    # `rm` walks without recursion, so a tree ten thousand folders deep does not stop it; folders
    # without rights are opened up in a second round.
    remove = Launch(argv=("/bin/rm", "-rf", "--", str(folder)))
    await run_to_end(remove, timeout_s=_CLEANUP_S)
    if folder.exists():
        rights = Launch(argv=("/bin/chmod", "-R", "u+rwX", "--", str(folder)))
        await run_to_end(rights, timeout_s=_CLEANUP_S)
        await run_to_end(remove, timeout_s=_CLEANUP_S)
