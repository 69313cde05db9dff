"""Copy a repository into a machine: regular files and inner links, nothing special, no history.

Above: `opening.py`. Below: the file system. The host's repository is only read.
"""

from __future__ import annotations

import shutil
import stat
from pathlib import Path

from deepcode.errors import SandboxError

# History and configuration of git (a program could read other branches), and what can be made
# again or belongs to another machine.
LEFT_OUT = frozenset({".git", ".hg", ".svn", ".venv", "__pycache__"})

# A repository made by DeepCode has kilobytes; somebody's own, with data sets, may have more.
MAX_FILES = 50_000
MAX_BYTES = 2 * 1024**3


def copy_repository(source: Path, target: Path) -> None:
    """Copy what a program may see of `source` to `target`, which must not exist.

    Left out are version control folders, virtual environments, symbolic links that lead outside
    or nowhere, FIFOs, sockets and devices. Set-user-id bits are dropped.

    Raises:
        SandboxError: `source` is not a folder, holds too much, or cannot be read.
    """
    if not source.is_dir():
        message = f"`{source}` is not a folder"
        raise SandboxError(message, hint="Give the folder of a repository.")
    try:
        _copy(source, target)
    except OSError as error:
        message = f"cannot copy `{error.filename or source}` into the sandbox: {error.strerror}"
        raise SandboxError(message, hint="Free some space, or mend the rights.") from error


def _copy(source: Path, target: Path) -> None:
    root = source.resolve()
    files, size_bytes = 0, 0
    pending = [(root, target)]
    while pending:
        folder, into = pending.pop()
        into.mkdir()
        for entry in sorted(folder.iterdir()):
            found = entry.lstat()
            place = into / entry.name
            if stat.S_ISDIR(found.st_mode) and entry.name not in LEFT_OUT:
                pending.append((entry, place))
            elif stat.S_ISLNK(found.st_mode):
                _copy_link(entry, place, root)
            elif stat.S_ISREG(found.st_mode):
                files, size_bytes = files + 1, size_bytes + found.st_size
                _check_size(files, size_bytes, source)
                shutil.copyfile(entry, place, follow_symlinks=False)
                place.chmod(stat.S_IMODE(found.st_mode) & 0o777 | stat.S_IRUSR | stat.S_IWUSR)


def _copy_link(link: Path, place: Path, root: Path) -> None:
    aim = link.readlink()
    reached = link.resolve()
    if not aim.is_absolute() and reached.is_relative_to(root) and reached.exists():
        place.symlink_to(aim)


def _check_size(files: int, size_bytes: int, source: Path) -> None:
    if files > MAX_FILES or size_bytes > MAX_BYTES:
        message = f"`{source}` holds more than {MAX_FILES} files or {MAX_BYTES // 1024**2} MiB"
        raise SandboxError(message, hint="Move data sets out of the repository.")
