"""Which file names a model may choose: one table of refusals, pure.

Above: `workspace.py`. Below: nothing. Names must mean the same file on Linux, macOS and Windows,
must read as what they are in a terminal, and must not be files that tools of the user's computer
obey or load by themselves. The same table for a plan's paths and for written files.

`.env` is refused: it holds secrets, and many tools load it unasked; `.env.example` is allowed.
"""

from __future__ import annotations

import re
import unicodedata

# The shortest limit of the usual file systems is 255 bytes; encrypted home folders leave less.
MAX_PART_BYTES = 200
MAX_PATH_BYTES = 1000
MAX_DEPTH = 20

_RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.I)
_FORBIDDEN = frozenset('<>:"|?*\\')

# Read, run or obeyed by git, editors, shells, package managers and agents of the user.
_TRUSTED_NAMES = frozenset(
    {
        *(".git", ".gitmodules", ".gitconfig", ".hg", ".svn"),
        *(".vscode", ".idea", ".devcontainer", ".envrc", ".env", ".netrc", ".ssh"),
        *(".npmrc", ".yarnrc", ".yarnrc.yml", ".pypirc", "pip.conf", "pip.ini", "uv.toml"),
        *(".mcp.json", ".claude", ".codex", ".cursor", ".bashrc", ".profile", ".zshrc"),
        *("sitecustomize.py", "usercustomize.py", "deepcode.toml"),
    }
)
_TRUSTED_FOLDERS = ((".github", "workflows"), (".github", "actions"))


def check_path(path: str) -> str:
    """Accept a path that a model chose for a file of the repository.

    Args:
        path: POSIX, relative to the repository.

    Returns:
        The path in Unicode's composed form (NFC), without `./` and double slashes.

    Raises:
        ValueError: It is refused; the message is one sentence that a model can act on.
    """
    complaint = _complaint(path)
    if complaint:
        message = f"the path {_shown(path)} is refused: {complaint}"
        raise ValueError(message)
    return "/".join(_parts(path))


def _parts(path: str) -> list[str]:
    normal = unicodedata.normalize("NFC", path)
    return [part for part in normal.split("/") if part not in ("", ".")]


def _complaint(path: str) -> str:
    """Why the path is refused; empty when it is not."""
    parts = _parts(path)
    if not parts or path.endswith("/"):
        return "it names no file"
    if path.startswith(("/", "~")):
        return "it must be relative to the repository"
    if any(unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp") for character in path):
        return "it holds invisible or control characters"
    if _FORBIDDEN & set(path):
        return 'it holds one of < > : " | ? * and the backslash'
    if len(parts) > MAX_DEPTH or len(path.encode()) > MAX_PATH_BYTES:
        return f"it is longer than {MAX_PATH_BYTES} bytes or deeper than {MAX_DEPTH} folders"
    return next(filter(None, map(_part_complaint, parts)), "") or _trust_complaint(parts)


def _part_complaint(part: str) -> str:
    if part == "..":
        return "it climbs out with `..`"
    if len(part.encode()) > MAX_PART_BYTES:
        return f"a part of it is longer than {MAX_PART_BYTES} bytes"
    if part != part.strip() or part.endswith("."):
        return "a part of it begins or ends with a space, or ends with a dot"
    if part.startswith(("-", "~")):
        return "a part of it begins with `-` or `~`"
    if _RESERVED.fullmatch(part):
        return f"`{part}` is a device on Windows"
    return ""


def _trust_complaint(parts: list[str]) -> str:
    folded = [part.casefold() for part in parts]
    for part in folded:
        if part in _TRUSTED_NAMES:
            return f"`{part}` is loaded or obeyed by tools of the user's computer"
    if tuple(folded[:2]) in _TRUSTED_FOLDERS:
        return f"`{'/'.join(folded[:2])}` runs on the user's account"
    return ""


def _shown(path: str) -> str:
    return f"`{ascii(path[:120])[1:-1]}`"
