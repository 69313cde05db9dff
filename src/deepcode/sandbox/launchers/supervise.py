"""Run one program with limits, and with Landlock and seccomp where asked; end its whole tree.

Run as a script: `python -I -S supervise.py PLAN_FD STATUS_FD`. PLAN_FD holds one JSON object:
`argv`, `env`, `cwd`, `limits` (`{"as": bytes, "fsize": bytes, "nofile": n, "processes": n}`) and,
for isolation, `read` and `write` (lists of paths) and `filter` (a BPF program in base64).

When the program has run, `{"exit-code": n}` stands on STATUS_FD, as with `bwrap`. When it could
not be isolated it does not run: one line on standard error, exit status 126, nothing on STATUS_FD.

This process stays outside the isolation. It adopts every orphan of the program, and kills what is
left when the program ends, when SIGTERM comes, or when its own parent is gone.
"""

from __future__ import annotations

import base64
import ctypes
import json
import os
import resource
import signal
import struct
import sys
from contextlib import suppress
from typing import Any, NoReturn

_LINUX = sys.platform == "linux"
_REFUSED, _NOT_FOUND = 126, 127

_SET_PDEATHSIG, _SET_SECCOMP, _CAPBSET_DROP = 1, 22, 24
_SET_SUBREAPER, _SET_NO_NEW_PRIVS, _FILTER_MODE = 36, 38, 2

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
# Below 3 a file outside could be emptied: truncation is not held.
_MIN_ABI = 3
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_FOLDER = 1, 2, 4, 8
_MAKE_DEVICE = 1 << 6 | 1 << 11
_TRUNCATE, _IOCTL = 1 << 14, 1 << 15
_TCP_BIND_AND_CONNECT, _ABSTRACT_SOCKETS_AND_SIGNALS = 3, 3


class Refusal(Exception):
    """The isolation asked for cannot be had; the program must not run."""


class Ended(BaseException):
    """SIGTERM came, from DeepCode or because DeepCode is gone."""


def main(plan_fd: int, status_fd: int) -> int:
    """Supervise one program; see the module."""
    with os.fdopen(plan_fd, "rb") as file:
        plan = json.load(file)
    parent = os.getppid()
    signal.signal(signal.SIGTERM, _on_sigterm)
    _prctl(_SET_SUBREAPER, 1)
    _prctl(_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        return _REFUSED
    os.set_inheritable(status_fd, False)
    try:
        child = _start(plan)
    except Refusal as error:
        sys.stderr.write(f"{error}\n")
        return _REFUSED
    try:
        code = _wait_for(child)
    except Ended:
        code = 128 + signal.SIGTERM
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    _kill_all(child)
    os.write(status_fd, json.dumps({"exit-code": code}).encode() + b"\n")
    return 0


def _on_sigterm(number: int, frame: object) -> None:
    raise Ended


def _start(plan: dict[str, Any]) -> int:
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        _become(plan, writer)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        complaint = pipe.read()
    if complaint:
        os.waitpid(child, 0)
        raise Refusal(complaint.decode())
    return child


def _become(plan: dict[str, Any], complaints: int) -> NoReturn:
    argv = plan["argv"]
    try:
        os.setsid()
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        _prctl(_SET_PDEATHSIG, signal.SIGKILL)
        os.chdir(plan["cwd"])
        _limit(plan["limits"])
        if "filter" in plan:
            _isolate(plan)
    except (OSError, ValueError, Refusal) as error:
        os.write(complaints, str(error).encode())
        os._exit(_REFUSED)
    try:
        os.execvpe(argv[0], argv, plan["env"])
    except OSError as error:
        # As a shell and `prlimit` do: a program that is not there is the caller's fault.
        os.write(2, f"cannot run {argv[0]}: {error.strerror}\n".encode())
        os._exit(_NOT_FOUND)


def _limit(limits: dict[str, int]) -> None:
    _set_limit(resource.RLIMIT_CORE, 0)
    _set_limit(resource.RLIMIT_NOFILE, limits["nofile"])
    _set_limit(resource.RLIMIT_FSIZE, limits["fsize"])
    if _LINUX:
        _set_limit(resource.RLIMIT_AS, limits["as"])
        # Counted over everything this user runs, so what runs already comes on top.
        _set_limit(resource.RLIMIT_NPROC, limits["processes"] + _tasks_of_user())


def _set_limit(which: int, value: int) -> None:
    hard = resource.getrlimit(which)[1]
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(which, (value, value))


def _tasks_of_user() -> int:
    count, user = 0, os.getuid()
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            with suppress(OSError):
                if entry.stat().st_uid == user:
                    count += sum(1 for _ in os.scandir(f"/proc/{entry.name}/task"))
    return count


def _isolate(plan: dict[str, Any]) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    for capability in range(64):
        # Fails past the last one the kernel knows, and for users that have none to drop.
        libc.prctl(_CAPBSET_DROP, capability, 0, 0, 0)
    _held(libc.prctl(_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0, "the kernel refused no_new_privs")
    _restrict_files(libc, plan["read"], plan["write"])
    program = base64.b64decode(plan["filter"])
    buffer = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("HxxxxxxQ", len(program) // 8, ctypes.addressof(buffer))
    loaded = libc.prctl(_SET_SECCOMP, _FILTER_MODE, ctypes.c_char_p(header), 0, 0)
    _held(loaded == 0, "the kernel refused the system call filter")


def _restrict_files(libc: ctypes.CDLL, read: list[str], write: list[str]) -> None:
    abi = libc.syscall(_CREATE_RULESET, None, 0, 1)
    _held(abi >= _MIN_ABI, f"Landlock ABI {max(abi, 0)} is below {_MIN_ABI} (Linux 6.2)")
    every = (1 << 15) - 1 | (_IOCTL if abi >= 5 else 0)
    words = [every, _TCP_BIND_AND_CONNECT, _ABSTRACT_SOCKETS_AND_SIGNALS]
    words = words[: 1 + (abi >= 4) + (abi >= 6)]
    attributes = struct.pack(f"{len(words)}Q", *words)
    rules = libc.syscall(_CREATE_RULESET, attributes, len(attributes), 0)
    _held(rules >= 0, "the kernel refused a Landlock rule set")
    for path in [*read, f"/proc/{os.getpid()}"]:
        _allow(libc, rules, path, _EXECUTE | _READ_FILE | _READ_FOLDER)
    for path in write:
        _allow(libc, rules, path, every & ~_MAKE_DEVICE)
    _held(libc.syscall(_RESTRICT_SELF, rules, 0) == 0, "the kernel did not enforce Landlock")
    os.close(rules)


def _allow(libc: ctypes.CDLL, rules: int, path: str, access: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    if not os.path.isdir(path):  # noqa: PTH112
        access &= _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE
    rule = struct.pack("=Qi", access, place)
    _held(libc.syscall(_ADD_RULE, rules, 1, rule, 0) == 0, f"no Landlock rule for {path}")
    os.close(place)


def _held(condition: bool, complaint: str) -> None:
    if not condition:
        raise Refusal(complaint)


def _wait_for(child: int) -> int:
    while True:
        pid, status = os.waitpid(-1, 0)
        if pid == child:
            code = os.waitstatus_to_exitcode(status)
            return code if code >= 0 else 128 - code


def _kill_all(child: int) -> None:
    """Kill until nobody is left; orphans become our own children, so each pass goes deeper."""
    with suppress(OSError):
        os.killpg(child, signal.SIGKILL)
    with suppress(ChildProcessError):
        while True:
            for pid in _children():
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            os.waitpid(-1, 0)


def _children() -> list[int]:
    me = os.getpid()
    try:
        with open(f"/proc/{me}/task/{me}/children", encoding="ascii") as file:  # noqa: PTH123
            return [int(word) for word in file.read().split()]
    except OSError:
        return []


def _prctl(option: int, value: int) -> None:
    if _LINUX:
        ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
