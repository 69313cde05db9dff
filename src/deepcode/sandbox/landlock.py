"""Machines of level `reduced`: Landlock and a system call filter, where bubblewrap cannot run.

Above: `machine.py`. Below: `supervised.py` and the kernel (Linux 6.2 or newer).

The program sees the real file system through rules: `/usr` and the interpreter to read, the copy
of the repository and a private temporary folder to write. It cannot make a socket, nor reach
shared memory; calls that change modes, owners and times of files do nothing, because Landlock does
not hold them. Weaker than `strong`: names and sizes of host files can be seen by `stat`; there is
no `/dev/shm`; before Linux 6.12 it can send signals to the user's other processes; and for root
the number of processes has no limit.
"""

from __future__ import annotations

import base64
import platform
import sys
from contextlib import ExitStack
from dataclasses import dataclass

from deepcode.artifacts.check import SandboxLevel
from deepcode.errors import SandboxError
from deepcode.sandbox.interpreter import interpreter_folders
from deepcode.sandbox.machine import Command, Room
from deepcode.sandbox.process import Launch
from deepcode.sandbox.seccomp import build_filter
from deepcode.sandbox.supervised import make_scratch, supervise

_READ = (
    *("/usr", "/bin", "/sbin", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/alternatives"),
    # what numerical libraries ask for to size their thread pools
    *("/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/filesystems"),
    "/sys/devices/system/cpu",
)
_DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")


@dataclass(frozen=True)
class LandlockStarter:
    """Starts commands under rules, on the host's own file system."""

    level: SandboxLevel = "reduced"

    def prepare(self, room: Room) -> None:
        """Make the temporary folder."""
        make_scratch(room)

    def start(self, command: Command, room: Room, files: ExitStack) -> Launch:
        """The launch of one command.

        Raises:
            SandboxError: This is not Linux, or the processor is unknown.
        """
        if sys.platform != "linux":
            message = f"the `reduced` sandbox needs Linux, and this is `{sys.platform}`"
            raise SandboxError(message, hint="Run DeepCode in a Linux container or machine.")
        rules = build_filter(platform.machine(), shared_host=True)
        isolation: dict[str, object] = {
            "read": [*_READ, *map(str, interpreter_folders(room.environment))],
            "write": [str(room.workspace), str(room.folder / "tmp"), *_DEVICES],
            "filter": base64.b64encode(rules).decode("ascii"),
        }
        return supervise(command, room, files, isolation)
