"""Run one child process to its end: output, time limit, cancellation. No isolation here.

Above: `machine.py` for generated programs, `provisioning.py` for the installer.
Below: asyncio. The child is started in a session of its own; `Launch.asks` says whether it must be
asked to end its tree, or may be killed because its tree dies with it.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deepcode.sandbox.capture import HeadTail
from deepcode.sandbox.status import StatusReport

# After the main program ended, what a child of it still writes is waited for this long.
DRAIN_S = 0.8
# A supervisor that was asked to end its tree is given this long before it is killed itself.
GRACE_S = 2.0


@dataclass(frozen=True)
class Launch:
    """How to start one child process."""

    argv: tuple[str, ...]
    """The program on the host, with its arguments."""
    env: Mapping[str, str] = field(default_factory=dict)
    """Its whole environment."""
    cwd: Path = Path("/")
    """Its working directory."""
    stdin: int = -1
    """File descriptor to read from; -1 for an empty input."""
    pass_fds: tuple[int, ...] = ()
    """Descriptors it inherits beside the three standard ones."""
    reports: bool = False
    """Whether it says by JSON lines on `{status}` (replaced in `argv`) how the program ended."""
    asks: bool = False
    """Whether it ends its own tree on SIGTERM; else SIGKILL is enough."""


@dataclass(frozen=True)
class Ending:
    """What was seen of a child process."""

    exit_code: int | None
    """128+n after signal n; None when the launcher failed before the program ran."""
    stdout: str
    stderr: str
    truncated: bool
    """Whether output was cut."""
    timed_out: bool
    """Whether the time limit ended it."""
    duration_s: float
    """Wall time."""


async def run_to_end(launch: Launch, *, timeout_s: float) -> Ending:
    """Start a child, read its output, and leave no process behind.

    A cancelled task ends the child first and then raises `asyncio.CancelledError` on.

    Args:
        launch: What to start.
        timeout_s: Wall time, above 0.

    Raises:
        OSError: The program of `launch.argv[0]` cannot be started.
    """
    started = time.monotonic()
    out, err, status = HeadTail(), HeadTail(), StatusReport()
    async with contextlib.AsyncExitStack() as stack:
        stack.callback(status.close)
        child = await _start(launch, (out, err, status), stack)
        try:
            timed_out = await _wait(child, timeout_s)
        finally:
            await asyncio.shield(_end_tree(child, launch, status))
        await _drain(out, err, status)
    exit_code = status.exit_code if launch.reports else _shell_code(child.returncode)
    if timed_out:
        exit_code = 128 + signal.SIGKILL
    return Ending(
        exit_code=exit_code,
        stdout=out.text(),
        stderr=err.text(),
        truncated=out.truncated or err.truncated,
        timed_out=timed_out,
        duration_s=time.monotonic() - started,
    )


async def _start(
    launch: Launch, streams: tuple[HeadTail, HeadTail, HeadTail], stack: contextlib.AsyncExitStack
) -> asyncio.subprocess.Process:
    # Own pipes instead of subprocess.PIPE: the end of the process is then seen although a
    # grandchild still holds the other end open.
    writers = [await _pipe_into(stream, stack) for stream in streams]
    argv = tuple(part.replace("{status}", str(writers[2])) for part in launch.argv)
    try:
        return await asyncio.create_subprocess_exec(
            *argv,
            stdin=launch.stdin if launch.stdin >= 0 else asyncio.subprocess.DEVNULL,
            stdout=writers[0],
            stderr=writers[1],
            pass_fds=(*launch.pass_fds, writers[2]) if launch.reports else launch.pass_fds,
            env=dict(launch.env),
            cwd=launch.cwd,
            umask=0o022,
            start_new_session=True,
        )
    finally:
        for writer in writers:
            os.close(writer)


async def _pipe_into(stream: HeadTail, stack: contextlib.AsyncExitStack) -> int:
    reader, writer = os.pipe()
    pipe = os.fdopen(reader, "rb", buffering=0)
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(lambda: stream, pipe)
    stack.callback(transport.close)
    return writer


async def _wait(child: asyncio.subprocess.Process, timeout_s: float) -> bool:
    try:
        async with asyncio.timeout(timeout_s):
            await child.wait()
    except TimeoutError:
        return True
    return False


async def _end_tree(
    child: asyncio.subprocess.Process, launch: Launch, status: StatusReport
) -> None:
    if child.returncode is None and launch.asks:
        child.send_signal(signal.SIGTERM)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(GRACE_S):
                await child.wait()
    if child.returncode is None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
        await child.wait()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(GRACE_S):
            await status.wait_until_empty()


async def _drain(*streams: HeadTail) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(DRAIN_S):
            for stream in streams:
                await stream.closed.wait()


def _shell_code(returncode: int | None) -> int | None:
    return 128 - returncode if returncode is not None and returncode < 0 else returncode
