"""Find out what this computer can enforce, by trying to break out of each kind of machine.

Above: `opening.py` for `auto`, `cli/` for `deepcode doctor`. Below: `launchers/probe.py`, which
runs inside; canaries outside (a file, a listener, a socket, a process with a variable) say whether
it got through. A level that is configured and does not hold is not used.
"""

from __future__ import annotations

import asyncio
import fcntl
import functools
import json
import secrets
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deepcode.artifacts.check import Execution, SandboxLevel
from deepcode.errors import SandboxError
from deepcode.sandbox.interpreter import host_python
from deepcode.sandbox.machine import Command
from deepcode.sandbox.opening import open_at_level
from deepcode.settings import SandboxSettings

Probe = tuple[str, bool, str]
"""Name, whether it held, and what was seen when it did not."""

# A probe run takes a tenth of a second; a machine that hangs is not one.
_PROBE_TIMEOUT_S = 5.0

# Held at every level but these. Landlock keeps signals in from Linux 6.12 on.
_OPTIONAL: dict[SandboxLevel, frozenset[str]] = {
    "strong": frozenset(),
    "reduced": frozenset({"processes"}),
}

_TRIED: tuple[SandboxLevel, ...] = ("strong", "reduced")

# A piece of what the launcher said, and the sentence that mends it; the first that fits.
_HINTS = (
    ("RTM_NEWADDR", "AppArmor forbids it: `apt install apparmor-profiles` and load the profile "
     "`bwrap-userns-restrict`, or set sysctl `kernel.apparmor_restrict_unprivileged_userns=0`."),
    ("uid map", "AppArmor forbids it: set sysctl `kernel.apparmor_restrict_unprivileged_userns=0`, "
     "or load an AppArmor profile for bwrap."),
    ("mount proc", "The container masks /proc: start it with "
     "`--security-opt systempaths=unconfined`."),
    ("namespace", "Namespaces are forbidden here: in Docker use `--security-opt "
     "seccomp=unconfined`, elsewhere set sysctl `user.max_user_namespaces=10000`."),
    ("slave", "The container forbids mounts: in Docker use `--security-opt seccomp=unconfined "
     "--security-opt apparmor=unconfined`."),
    ("unprivileged user: [Errno 1]", "The container's root may not mount: run DeepCode as "
     "another user."),
    ("Landlock", "Install bubblewrap, or use Linux 6.2 or newer with Landlock switched on."),
)  # fmt: skip


@dataclass(frozen=True)
class Detection:
    """What this computer can enforce."""

    level: SandboxLevel
    """The best level that held; `none` when nothing did."""
    reason: str
    """Why it is not better, in one sentence; empty at `strong`."""
    hint: str
    """What to do about it; empty at `strong`, and where nothing is known."""
    probes: tuple[Probe, ...]
    """Of the level that held, else of the last that was tried."""


@functools.cache
def detect_level() -> Detection:
    """Try the levels from the best down; once a process, at most 2 s where nothing hangs.

    Works with and without a running event loop; in one, call it by `asyncio.to_thread`.
    """
    with ThreadPoolExecutor(1) as own_thread:
        return own_thread.submit(asyncio.run, _detect()).result()


async def probe_level(level: SandboxLevel) -> tuple[Probe, ...]:
    """Run all probes at one level.

    Raises:
        SandboxError: No machine of this level can be had here.
    """
    with _canaries() as (folder, plan, listener):
        work = folder / "repository"
        work.mkdir()
        settings = SandboxSettings()
        async with open_at_level(level, work, environment=None, settings=settings) as machine:
            execution = await machine.run(_probe_command(plan))
            left = is_locked(machine.room.workspace / "held")
        found = _answers(execution)
        if _was_reached(listener):
            found["tcp"] = "the host's listener was reached"
        if (folder / "spoil").read_text(encoding="ascii") != plan["token"]:
            found["write"] = "a host file was changed"
        if left:
            found["daemon"] = "a process was left behind"
    return tuple((name, not detail, detail) for name, detail in found.items())


async def _detect() -> Detection:
    reasons: list[str] = []
    hint = ""
    probes: tuple[Probe, ...] = ()
    for level in _TRIED:
        try:
            probes = await probe_level(level)
        except SandboxError as error:
            reasons.append(f"{level}: {error}")
            hint = hint or _hint(error)
            continue
        broken = [detail for name, held, detail in probes if not held and _counts(level, name)]
        if not broken:
            return Detection(level, "; ".join(reasons), hint, probes)
        reasons.append(f"{level}: {'; '.join(broken)}")
    return Detection("none", "; ".join(reasons), hint, probes)


def _counts(level: SandboxLevel, name: str) -> bool:
    return name not in _OPTIONAL[level]


def _hint(error: SandboxError) -> str:
    known = (sentence for sign, sentence in _HINTS if sign in str(error))
    return next(known, "" if "doctor" in error.hint else error.hint)


def _probe_command(plan: dict[str, object]) -> Command:
    source = (Path(__file__).with_name("launchers") / "probe.py").read_text(encoding="utf-8")
    argv = (host_python(), "-I", "-S", "-c", source, json.dumps(plan))
    return Command(argv, timeout_s=_PROBE_TIMEOUT_S)


def _answers(execution: Execution) -> dict[str, str]:
    """What the probes said; the control says so when they could not run."""
    try:
        found = json.loads(execution.stdout)
        return {"python": "", **{str(name): str(detail) for name, detail in found.items()}}
    except (ValueError, AttributeError):
        last = execution.stderr.strip().splitlines()[-1:] or [f"status {execution.exit_code}"]
        return {"python": f"Python does not run inside: {last[0]}"}


@contextmanager
def _canaries() -> Iterator[tuple[Path, dict[str, object], socket.socket]]:
    """Things of the host, open to every user, so that only the sandbox can be what holds."""
    token = secrets.token_hex(16)
    with (
        tempfile.TemporaryDirectory(prefix="deepcode-canary-") as name,
        socket.create_server(("127.0.0.1", 0)) as listener,
        socket.socket(socket.AF_UNIX) as file_socket,
    ):
        folder = Path(name)
        folder.chmod(0o755)
        for file in ("secret", "spoil"):
            (folder / file).write_text(token, encoding="ascii")
            (folder / file).chmod(0o666)
        file_socket.bind(str(folder / "socket"))
        (folder / "socket").chmod(0o777)
        file_socket.listen()
        listener.setblocking(False)
        sleeper = subprocess.Popen(["/bin/sleep", "30"], env={"DEEPCODE_CANARY": token})
        plan: dict[str, object] = {
            "secret": str(folder / "secret"),
            "spoil": str(folder / "spoil"),
            "socket": str(folder / "socket"),
            "port": listener.getsockname()[1],
            "token": token,
            "pid": sleeper.pid,
        }
        try:
            yield folder, plan, listener
        finally:
            sleeper.kill()
            sleeper.wait()


def _was_reached(listener: socket.socket) -> bool:
    try:
        listener.accept()[0].close()
    except BlockingIOError:
        return False
    return True


def is_locked(path: Path) -> bool:
    """Whether a process holds a lock on this file."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
