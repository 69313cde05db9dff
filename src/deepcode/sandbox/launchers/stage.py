"""Become an unprivileged user, with root-only folders mounted where that user can reach them.

Run by root as a script: `python -I -S stage.py UID [SOURCE TARGET]... -- PROGRAM ARGUMENTS...`.
The mounts live in a mount namespace of their own and end with the program. On any failure the
program is not started: one line on standard error, exit status 126.
"""

from __future__ import annotations

import ctypes
import os
import sys

_CLONE_NEWNS = 0x00020000
_MS_RDONLY, _MS_REMOUNT, _MS_BIND, _MS_REC, _MS_SLAVE = 1, 32, 4096, 16384, 1 << 19
_REFUSED = 126


def main(words: list[str]) -> None:
    """Stage, drop, replace this process."""
    end = words.index("--")
    uid, pairs, program = int(words[0]), words[1:end], words[end + 1 :]
    libc = ctypes.CDLL(None, use_errno=True)
    if pairs:
        _checked(libc.unshare(_CLONE_NEWNS), "unshare")
        _checked(libc.mount(None, b"/", None, _MS_REC | _MS_SLAVE, None), "mount /")
    for source, target in zip(pairs[::2], pairs[1::2], strict=True):
        _bind(libc, source, target)
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    os.execve(program[0], program, {})


def _bind(libc: ctypes.CDLL, source: str, target: str) -> None:
    place = target.encode()
    _checked(libc.mount(source.encode(), place, None, _MS_BIND, None), source)
    flags = _MS_REMOUNT | _MS_BIND | _MS_RDONLY
    _checked(libc.mount(None, place, None, flags, None), target)


def _checked(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), what)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except OSError as error:
        sys.stderr.write(f"cannot become an unprivileged user: {error}\n")
        sys.exit(_REFUSED)
