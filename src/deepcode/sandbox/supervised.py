"""What the levels `reduced` and `none` share: a plan for `launchers/supervise.py`.

Above: `landlock.py`, `plain.py`. Below: the script, run by the host's interpreter.
"""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path

from deepcode.sandbox import limits
from deepcode.sandbox.descriptors import data_fd, text_fd
from deepcode.sandbox.interpreter import host_python
from deepcode.sandbox.machine import Command, Room, program_environment
from deepcode.sandbox.process import Launch


def make_scratch(room: Room) -> None:
    """Make the folder that serves as the program's home and temporary folder."""
    (room.folder / "tmp").mkdir()


def supervise(
    command: Command, room: Room, files: ExitStack, isolation: dict[str, object]
) -> Launch:
    """The launch of a command under the supervisor.

    Args:
        command: What to run.
        room: Where.
        files: Closes the descriptors.
        isolation: `read`, `write` and `filter` of the plan; empty for none.
    """
    scratch = str(room.folder / "tmp")
    plan = {
        "argv": command.argv,
        "cwd": str(room.workspace / command.cwd),
        "env": program_environment(command, room, scratch),
        "limits": {
            "as": room.settings.memory_bytes,
            "fsize": limits.MAX_FILE_BYTES,
            "nofile": limits.MAX_OPEN_FILES,
            "processes": limits.MAX_PROCESSES,
        },
        **isolation,
    }
    listed = data_fd(json.dumps(plan).encode("utf-8"), files)
    script = Path(__file__).with_name("launchers") / "supervise.py"
    return Launch(
        argv=(host_python(), "-I", "-S", str(script), str(listed), "{status}"),
        stdin=text_fd(command.stdin, files),
        pass_fds=(listed,),
        reports=True,
        asks=True,
    )
