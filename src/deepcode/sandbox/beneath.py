"""Open files below a folder so that no symbolic link, however it got there, leads elsewhere.

Above: `workspace.py`, `machine.py`, `copying.py`. Below: the `*at` system calls.

Each part of a path is opened relative to the descriptor of the part before it, with O_NOFOLLOW.
As `..` is refused beforehand, this holds what `openat2` promises with RESOLVE_BENEATH and
RESOLVE_NO_SYMLINKS, also against a program that swaps folders for links meanwhile, and it works
on systems without that call.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# O_NONBLOCK: opening a FIFO returns at once, and is refused by its kind afterwards.
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@contextmanager
def folder_beneath(root: Path, parts: tuple[str, ...], *, create: bool = False) -> Iterator[int]:
    """The descriptor of `root/parts...`, closed at the end.

    Args:
        root: Trusted; links in it are followed.
        parts: Names of folders, none of them `..`, `.` or with a slash.
        create: Make those that are missing, mode 755.

    Raises:
        OSError: `ELOOP` or `ENOTDIR` where a part is a link or no folder; `ENOENT`.
    """
    current = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for part in parts:
            assert part not in ("", ".", "..")
            assert "/" not in part
            if create:
                with suppress(FileExistsError):
                    os.mkdir(part, 0o755, dir_fd=current)
            below = os.open(part, _FOLDER, dir_fd=current)
            os.close(current)
            current = below
        yield current
    finally:
        os.close(current)


@contextmanager
def regular_file_beneath(root: Path, relative_path: str) -> Iterator[int]:
    """The descriptor of a regular file below `root`, reached without a symbolic link.

    Raises:
        OSError: It is not there, or a part of the path is a link.
        ValueError: The path is not a plain relative one, or the file is not regular.
    """
    parts = plain_parts(relative_path)
    with folder_beneath(root, parts[:-1]) as folder:
        file = os.open(parts[-1], _FILE, dir_fd=folder)
    try:
        if not stat.S_ISREG(os.fstat(file).st_mode):
            message = f"`{relative_path}` is not a regular file"
            raise ValueError(message)
        yield file
    finally:
        os.close(file)


def read_regular_file(root: Path, relative_path: str, *, max_bytes: int) -> bytes:
    """The bytes of a regular file below `root`, reached without a symbolic link.

    Raises:
        OSError: It is not there, or a part of the path is a link.
        ValueError: The path is not a plain relative one, the file is not regular, or too large.
    """
    with (
        regular_file_beneath(root, relative_path) as file,
        os.fdopen(file, "rb", closefd=False) as stream,
    ):
        data = stream.read(max_bytes + 1)
    if len(data) > max_bytes:
        message = f"`{relative_path}` is larger than {max_bytes} bytes"
        raise ValueError(message)
    return data


def plain_parts(relative_path: str) -> tuple[str, ...]:
    """The names along a relative POSIX path; a leading `./` is dropped.

    Raises:
        ValueError: It is empty, absolute, climbs with `..`, or holds NUL.
    """
    parts = tuple(part for part in relative_path.split("/") if part not in ("", "."))
    if not parts or relative_path.startswith("/") or ".." in parts or "\0" in relative_path:
        message = f"{relative_path!r} is not a path inside the workspace"
        raise ValueError(message)
    return parts
