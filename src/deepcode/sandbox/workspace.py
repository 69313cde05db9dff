"""`Workspace`: the repository folder on the host, written so that no link or name leads outside.

Above: `generation/`, `verification/`. Below: `paths.py`, `beneath.py`.
A file is there as a whole or not at all: it is written beside its place and renamed into it.
"""

from __future__ import annotations

import errno
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from deepcode.sandbox.beneath import folder_beneath, read_regular_file, regular_file_beneath
from deepcode.sandbox.paths import check_path as check_name

# A thousand times a usual source file; models that write more are repeating themselves.
MAX_FILE_BYTES = 4 * 1024**2

_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


@dataclass(frozen=True)
class Workspace:
    """The files of one repository.

    Attributes:
        root: Its folder; trusted, and made when the first file is written.
    """

    root: Path

    def check_path(self, path: str) -> str:
        """Accept a path for a file, as `paths.check_path` does, and look at what is there.

        Returns:
            The path in normal form.

        Raises:
            ValueError: It is refused, a file stands where it needs a folder or the other way
                round, or it differs only in case from one that exists.
        """
        accepted = check_name(path)
        parts = accepted.split("/")
        folder = self.root
        for number, part in enumerate(parts):
            self._check_neighbours(folder, part, accepted)
            folder = folder / part
            last = number == len(parts) - 1
            if folder.is_symlink() or (folder.is_dir() == last and folder.exists()):
                kind = "a link" if folder.is_symlink() else "a folder" if last else "a file"
                message = f"the path `{accepted}` is refused: `{part}` is {kind} already"
                raise ValueError(message)
        return accepted

    def write(self, path: str, text: str) -> str:
        """Write a file as UTF-8; a text that begins with `#!` can be executed.

        Returns:
            The path in normal form.

        Raises:
            ValueError: The path is refused (also when a symbolic link appears on it meanwhile),
                or the text is too large or holds NUL or half of a surrogate pair.
            OSError: The disk is full, or similar.
        """
        accepted = self.check_path(path)
        data = _encoded(accepted, text)
        mode = 0o755 if text.startswith("#!") else 0o644
        *folders, name = accepted.split("/")
        self.root.mkdir(parents=True, exist_ok=True)
        with (
            _links_refused(accepted),
            folder_beneath(self.root, tuple(folders), create=True) as folder,
        ):
            _replace(folder, name, data, mode)
        return accepted

    def read(self, path: str) -> str:
        """The text of a file; damaged UTF-8 becomes U+FFFD.

        Raises:
            ValueError: It is not a regular file of at most 4 MiB inside the workspace.
            FileNotFoundError: It is not there.
        """
        try:
            data = read_regular_file(self.root, path, max_bytes=MAX_FILE_BYTES)
        except OSError as error:
            if isinstance(error, FileNotFoundError):
                raise
            message = f"cannot read `{path}`: {error.strerror}"
            raise ValueError(message) from error
        return data.decode("utf-8", "replace")

    def exists(self, path: str) -> bool:
        """Whether there is a regular file at this path, reached without a link."""
        try:
            with regular_file_beneath(self.root, path):
                return True
        except (OSError, ValueError):
            return False

    def files(self) -> list[str]:
        """Paths of all regular files, sorted; without `.git`, links and what lies behind them."""
        if not self.root.is_dir():
            return []
        found: list[str] = []
        pending = [""]
        while pending:
            prefix = pending.pop()
            with os.scandir(self.root / prefix) as entries:
                for entry in entries:
                    if entry.is_file(follow_symlinks=False):
                        found.append(f"{prefix}{entry.name}")
                    elif entry.is_dir(follow_symlinks=False) and entry.name != ".git":
                        pending.append(f"{prefix}{entry.name}/")
        return sorted(found)

    def remove(self, path: str) -> None:
        """Remove a file and the folders that are empty then; nothing when it is not there.

        Raises:
            ValueError: The path is refused, or leads through a link.
        """
        accepted = check_name(path)
        *folders, name = accepted.split("/")
        with _links_refused(accepted), suppress(FileNotFoundError):
            with folder_beneath(self.root, tuple(folders)) as folder:
                os.unlink(name, dir_fd=folder)
            while folders:
                last = folders.pop()
                with folder_beneath(self.root, tuple(folders)) as folder, suppress(OSError):
                    os.rmdir(last, dir_fd=folder)

    def _check_neighbours(self, folder: Path, part: str, path: str) -> None:
        if not folder.is_dir() or folder.is_symlink():
            return
        for there in folder.iterdir():
            if there.name != part and there.name.casefold() == part.casefold():
                message = f"the path `{path}` is refused: `{there.name}` differs only in case"
                raise ValueError(message)


@contextmanager
def _links_refused(path: str) -> Iterator[None]:
    """Say in a sentence what the system says when a link or a file stands in the way."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ELOOP, errno.ENOTDIR, errno.EISDIR):
            raise
        message = f"the path `{path}` is refused: a link or a file stands in its way"
        raise ValueError(message) from error


def _encoded(path: str, text: str) -> bytes:
    if "\0" in text:
        message = f"the text for `{path}` holds a NUL character"
        raise ValueError(message)
    try:
        data = text.encode("utf-8")
    except UnicodeEncodeError as error:
        message = f"the text for `{path}` holds half a surrogate pair at character {error.start}"
        raise ValueError(message) from error
    if len(data) > MAX_FILE_BYTES:
        message = f"the text for `{path}` is larger than {MAX_FILE_BYTES} bytes"
        raise ValueError(message)
    return data


def _replace(folder: int, name: str, data: bytes, mode: int) -> None:
    with suppress(FileNotFoundError):
        kind = os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode
        if not stat.S_ISREG(kind):
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
    new = f".{secrets.token_hex(8)}.new"
    file = os.open(new, _NEW_FILE, mode, dir_fd=folder)
    try:
        with os.fdopen(file, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(file)
            os.fchmod(file, mode)
        os.rename(new, name, src_dir_fd=folder, dst_dir_fd=folder)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(new, dir_fd=folder)
        raise
    os.fsync(folder)
