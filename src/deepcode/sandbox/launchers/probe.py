"""Try, from inside a sandbox, what must not succeed there; one JSON object on standard output.

Run inside as `python -I -S -c SOURCE PLAN`, PLAN being a JSON object with `secret`, `spoil`,
`socket` (paths of the host), `port`, `token` and `pid`. The answer maps the name of each probe to
what could be done, in words; the empty text says that nothing could.
"""

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import signal
import socket
import struct
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

_TIMEOUT_S = 0.5
_GET_SECCOMP, _GET_NO_NEW_PRIVS, _FILTER_MODE = 21, 39, 2
_CAPABILITY_VERSION = 0x20080522
_AF_VSOCK, _CLONE_NEWUSER = 40, 0x10000000
# The same numbers on x86_64 and aarch64.
_IO_URING_SETUP = 425

Plan = dict[str, Any]


def workspace(plan: Plan) -> str:
    """The control: a place to work is there; here a failure is what is reported."""
    try:
        with open("written", "w", encoding="ascii") as file:  # noqa: PTH123
            file.write("x")
        os.mkdir("folder")  # noqa: PTH102
    except OSError as error:
        return f"the workspace cannot be written: {error.strerror}"
    return ""


def read(plan: Plan) -> str:
    """Read a file of the host."""
    with open(plan["secret"], encoding="ascii") as file:  # noqa: PTH123
        return f"a host file could be read ({len(file.read())} characters)"


def write(plan: Plan) -> str:
    """Write, empty, and add files on the host."""
    for attempt in (
        lambda: os.truncate(plan["spoil"], 0),
        lambda: os.open(plan["spoil"], os.O_WRONLY),
        lambda: os.open(f"{plan['spoil']}.new", os.O_WRONLY | os.O_CREAT),
    ):
        with suppress(OSError):
            attempt()
            return "a host file could be opened for writing"
    return ""


def tcp(plan: Plan) -> str:
    """Connect to a listener of the host."""
    socket.create_connection(("127.0.0.1", plan["port"]), timeout=_TIMEOUT_S).close()
    return "a TCP connection to the host could be opened"


def unix(plan: Plan) -> str:
    """Connect to a socket file of the host."""
    with socket.socket(socket.AF_UNIX) as it:
        it.settimeout(_TIMEOUT_S)
        it.connect(plan["socket"])
    return "a socket file of the host could be reached"


def environ(plan: Plan) -> str:
    """Find a variable of a host process."""
    token = plan["token"].encode()
    for name in ["self", *(entry for entry in os.listdir("/proc") if entry.isdigit())]:  # noqa: PTH208
        with suppress(OSError), open(f"/proc/{name}/environ", "rb") as file:  # noqa: PTH123
            if token in file.read():
                return f"a host variable stands in /proc/{name}/environ"
    return ""


def processes(plan: Plan) -> str:
    """Signal a process of the host."""
    os.kill(plan["pid"], signal.SIGCONT)
    return "a host process could be signalled"


def settings(plan: Plan) -> str:
    """Open settings of the kernel for writing; nothing is written."""
    for path in ("/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger"):
        with suppress(OSError):
            os.close(os.open(path, os.O_WRONLY))
            return f"{path} could be opened for writing"
    return ""


def privileges(plan: Plan) -> str:
    """Look for what should have been given up."""
    libc = ctypes.CDLL(None, use_errno=True)
    kept = {
        "capabilities": _has_capabilities(libc),
        "new privileges": libc.prctl(_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1,
        "all system calls": libc.prctl(_GET_SECCOMP, 0, 0, 0, 0) != _FILTER_MODE,
    }
    names = ", ".join(name for name, is_kept in kept.items() if is_kept)
    return f"it has kept {names}" if names else ""


def _has_capabilities(libc: ctypes.CDLL) -> bool:
    """Whether any capability is effective or permitted."""
    header = struct.pack("Ii", _CAPABILITY_VERSION, 0)
    # Twice (for the low and the high 32) effective, permitted, inheritable.
    sets = ctypes.create_string_buffer(24)
    if libc.capget(header, sets) != 0:
        return True
    low, high = struct.unpack("3I3I", sets.raw)[:2], struct.unpack("3I3I", sets.raw)[3:5]
    return any((*low, *high))


def kernel(plan: Plan) -> str:
    """Knock at doors into the kernel."""
    libc = ctypes.CDLL(None, use_errno=True)
    opened = []
    with suppress(OSError):
        socket.socket(_AF_VSOCK, socket.SOCK_STREAM).close()
        opened.append("vsock")
    if libc.syscall(_IO_URING_SETUP, 4, ctypes.create_string_buffer(256)) >= 0:
        opened.append("io_uring")
    if libc.unshare(_CLONE_NEWUSER) == 0:
        opened.append("user namespaces")
    return f"these are open: {', '.join(opened)}" if opened else ""


def daemon(plan: Plan) -> str:
    """Leave a process behind that holds a lock in the workspace; the host looks for it."""
    file = os.open("held", os.O_RDWR | os.O_CREAT)
    ready, done = os.pipe()
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            fcntl.flock(file, fcntl.LOCK_EX)
            os.close(1)
            os.close(2)
            os.write(done, b"x")
            while True:
                signal.pause()
        os._exit(0)
    os.read(ready, 1)
    return ""


PROBES: tuple[Callable[[Plan], str], ...] = (
    *(workspace, read, write, tcp, unix, environ),
    *(processes, settings, privileges, kernel, daemon),
)


def main(plan: Plan) -> dict[str, str]:
    """All probes; one that cannot even try has nothing to report."""
    found = {}
    for probe in PROBES:
        try:
            found[probe.__name__] = probe(plan)
        except OSError:
            found[probe.__name__] = ""
    return found


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(json.loads(sys.argv[1]))))
