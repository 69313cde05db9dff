"""Machines of level `strong`: namespaces by bubblewrap, a system call filter, resource limits.

Above: `machine.py`. Below: the programs `bwrap` (0.8 or newer) and `prlimit`.

What a program inside gets: `/usr` and the interpreter read-only, its own `/tmp`, `/dev/shm`,
`/proc` and a loopback that leads nowhere, the copy of the repository at `/ws`, and nothing else
of the host: no home, no `/etc` but five files written here, no network, no capability, no other
process, no environment. What it does not promise: the kernel is shared, and a fault in it is not
held; the size of `/ws` is bounded a file at a time only.

Three details carry more than they seem to:

- `bwrap` is process 1 inside, so its own environment and arguments can be read there. Its
  environment is empty and its options come by a descriptor.
- `/proc/sys` belongs to the host's root. `bwrap` is never started as host uid 0: when we are root,
  `launchers/stage.py` puts folders that only root can reach (an interpreter under `/root`) where
  an unprivileged user can, in a mount namespace of its own, and changes to that user first.
- `--json-status-fd` tells the exit status of the program from a sandbox that did not start; the
  program cannot reach that descriptor.
"""

from __future__ import annotations

import functools
import os
import platform
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from deepcode.artifacts.check import SandboxLevel
from deepcode.errors import SandboxError
from deepcode.sandbox import limits
from deepcode.sandbox.descriptors import data_fd, text_fd
from deepcode.sandbox.interpreter import host_python, interpreter_folders
from deepcode.sandbox.machine import INSIDE, Command, Room, program_environment
from deepcode.sandbox.process import Launch
from deepcode.sandbox.seccomp import build_filter

# `--size` came with 0.7, `--disable-userns` with 0.8.
MIN_VERSION = (0, 8)

# Whom root becomes: owns no file on any system, and is mapped in containers as well.
NOBODY = 65534

# Memory, in fact: counted on top of the address space of the processes.
SCRATCH_BYTES = 512 * 1024**2

# Written by us; the host's own name users, hosts and services.
_ETC = {
    "passwd": f"nobody:x:{NOBODY}:{NOBODY}:nobody:/tmp:/bin/sh\n",
    "group": f"nogroup:x:{NOBODY}:\n",
    "hosts": "127.0.0.1 localhost\n::1 localhost\n",
    "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
    "resolv.conf": "",
}
# Of the host's /etc: where libraries lie, and which program `awk` is.
_HOST_ETC = ("ld.so.cache", "alternatives")

_LINKS = ("bin", "sbin", "lib", "lib32", "lib64", "libx32")


@dataclass(frozen=True)
class BubblewrapStarter:
    """Starts commands in namespaces of their own."""

    level: SandboxLevel = "strong"

    def prepare(self, room: Room) -> None:
        """Write the small `/etc`; as root, give the copy to the user that root becomes."""
        etc = room.folder / "etc"
        etc.mkdir()
        for name, text in _ETC.items():
            (etc / name).write_text(text, encoding="utf-8")
        for name in _HOST_ETC:
            host = Path("/etc", name)
            if host.is_dir():
                (etc / name).mkdir()
            elif host.is_file():
                (etc / name).touch()
        if os.geteuid() == 0:
            room.folder.chmod(0o711)
            _give_away(room.workspace)
            _give_away(etc)

    def start(self, command: Command, room: Room, files: ExitStack) -> Launch:
        """The launch of one command.

        Raises:
            SandboxError: `bwrap` or `prlimit` is missing or too old.
        """
        program, limiter = find_programs()
        rules = data_fd(build_filter(platform.machine()), files)
        staged = _staged_folders(room) if os.geteuid() == 0 else {}
        options = [*_options(command, room, staged), "--seccomp", str(rules)]
        listed = data_fd(b"".join(option.encode() + b"\0" for option in options), files)
        argv = [program, "--json-status-fd", "{status}", "--args", str(listed), "--"]
        argv += [limiter, *_limits(room), *command.argv]
        return Launch(
            argv=(*_stage(room, staged), *argv),
            stdin=text_fd(command.stdin, files),
            pass_fds=(rules, listed),
            reports=True,
        )


@functools.cache
def find_programs() -> tuple[str, str]:
    """The paths of `bwrap` and `prlimit`.

    Raises:
        SandboxError: One of them is missing, or `bwrap` is too old; the hint says what to install.
    """
    program, limiter = shutil.which("bwrap"), shutil.which("prlimit")
    if program is None:
        message = "the program `bwrap` (bubblewrap) is not installed"
        raise SandboxError(
            message, hint="Install it: `apt install bubblewrap`, or `dnf`, `pacman`."
        )
    if limiter is None:
        message = "the program `prlimit` is not installed"
        raise SandboxError(message, hint="Install it: `apt install util-linux`.")
    version = _version(program)
    if version < MIN_VERSION:
        message = f"bubblewrap {version[0]}.{version[1]} is too old"
        raise SandboxError(message, hint="Install bubblewrap 0.8 or newer.")
    return program, limiter


def _version(program: str) -> tuple[int, int]:
    answer = subprocess.run(
        [program, "--version"], capture_output=True, text=True, timeout=5, check=False, env={}
    )
    found = re.search(r"(\d+)\.(\d+)", answer.stdout)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def _options(command: Command, room: Room, staged: dict[Path, Path]) -> Iterator[str]:
    yield from ("--unshare-all", "--unshare-user", "--disable-userns")
    yield from ("--uid", str(NOBODY), "--gid", str(NOBODY), "--hostname", "sandbox")
    yield from ("--ro-bind", "/usr", "/usr")
    for name in _LINKS:
        top = Path("/", name)
        if top.is_symlink():
            yield from ("--symlink", str(top.readlink()), str(top))
        elif top.is_dir():
            yield from ("--ro-bind", str(top), str(top))
    yield from ("--ro-bind", str(room.folder / "etc"), "/etc")
    for name in _HOST_ETC:
        if (room.folder / "etc" / name).exists():
            yield from ("--ro-bind", f"/etc/{name}", f"/etc/{name}")
    yield from ("--size", str(SCRATCH_BYTES), "--tmpfs", "/tmp")
    for folder in interpreter_folders(room.environment):
        yield from ("--ro-bind", str(staged.get(folder, folder)), str(folder))
    yield from ("--bind", str(room.workspace), INSIDE)
    yield from ("--dev", "/dev", "--size", str(SCRATCH_BYTES), "--tmpfs", "/dev/shm")
    yield from ("--remount-ro", "/dev", "--proc", "/proc", "--ro-bind", "/proc/sys", "/proc/sys")
    yield from ("--die-with-parent", "--new-session", "--cap-drop", "ALL", "--clearenv")
    for name, value in program_environment(command, room, "/tmp").items():
        yield from ("--setenv", name, value)
    yield from ("--remount-ro", "/", "--chdir", str(PurePosixPath(INSIDE, command.cwd)))


def _limits(room: Room) -> list[str]:
    return [
        f"--as={room.settings.memory_bytes}",
        f"--nproc={limits.MAX_PROCESSES}",
        f"--nofile={limits.MAX_OPEN_FILES}",
        f"--fsize={limits.MAX_FILE_BYTES}",
        "--core=0",
        "--",
    ]


def _staged_folders(room: Room) -> dict[Path, Path]:
    """Host folder to the mount point that stands for it where root has become nobody."""
    return {
        folder: room.folder / f"mount{number}"
        for number, folder in enumerate(interpreter_folders(room.environment))
    }


def _stage(room: Room, staged: dict[Path, Path]) -> list[str]:
    if os.geteuid() != 0:
        return []
    script = Path(__file__).with_name("launchers") / "stage.py"
    words = [host_python(), "-I", "-S", str(script), str(NOBODY)]
    for source, target in staged.items():
        target.mkdir(exist_ok=True)
        words += [str(source), str(target)]
    return [*words, "--"]


def _give_away(workspace: Path) -> None:
    for folder, _, names in os.walk(workspace):
        os.chown(folder, NOBODY, NOBODY)
        for name in names:
            os.chown(Path(folder, name), NOBODY, NOBODY, follow_symlinks=False)
