"""The door for files: bytes of a document and its format, or one sentence why not.

Every way in which a path can be wrong ends here, before a parser sees a byte. The format is
decided by the bytes; the ending only tells Markdown from plain text.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from deepcode.errors import DocumentError

Format = Literal["markdown", "text", "pdf"]

# Larger than any paper with figures; keeps memory and parsing time bounded.
MAX_BYTES = 50 * 1024 * 1024

ENDINGS: dict[str, Format] = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".mdown": "markdown",
    ".mkd": "markdown",
    ".txt": "text",
    ".text": "text",
    "": "text",
    ".pdf": "pdf",
}
WORKING = "Markdown (.md), plain text (.txt) and PDF (.pdf)"

# First bytes of what is sometimes given instead of a document.
_MAGIC = (
    (b"GIF8", "a GIF image"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"PK\x03\x04", "a ZIP archive or office file"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"\x7fELF", "a program"),
    (b"SQLite format 3", "a database"),
    (b"{\\rtf", "an RTF file"),
    (b"\xd0\xcf\x11\xe0", "an old office file"),
    (b"%!PS", "a PostScript file"),
)
# PDF readers accept the mark anywhere in the first kilobyte.
_PDF_MARK_WITHIN = 1024


@dataclass(frozen=True)
class Intake:
    """A file that may be read."""

    path: Path
    """As given."""
    data: bytes
    """All of it."""
    format: Format
    """What it is."""


def take(path: Path) -> Intake:
    """Read a file, whatever it is, without ever waiting for it.

    Raises:
        DocumentError: It is missing, empty, no regular file, not readable, too large, or of a
            format that cannot be read.
    """
    data = _bytes_of(path)
    if not data.strip():
        message = f"`{shown(path)}` is empty; give a document with text"
        raise DocumentError(message)
    return Intake(path, data, _format_of(path, data))


def shown(path: Path) -> str:
    """A path as it may be printed: control characters and undecodable bytes escaped."""
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode("ascii")
        for char in str(path)
    )


def _bytes_of(path: Path) -> bytes:
    name = shown(path)
    try:
        # Looked at before it is opened: opening a device can have effects of its own.
        _refuse_other_than_file(name, path.stat())
        # O_NONBLOCK: what is a file now may be a FIFO a moment later, and that would wait for ever.
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError as error:
        message = f"`{name}` does not exist; check the path"
        raise DocumentError(message) from error
    except PermissionError as error:
        message = f"`{name}` may not be read; change its permissions"
        raise DocumentError(message) from error
    except (OSError, ValueError) as error:
        message = f"`{name}` cannot be opened ({_reason(error)}); give a file that can be read"
        raise DocumentError(message) from error
    with os.fdopen(handle, "rb") as file:
        _refuse_other_than_file(name, os.fstat(handle))
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        message = f"`{name}` is larger than {MAX_BYTES // 1024**2} MB; split it or leave out images"
        raise DocumentError(message)
    return data


def _refuse_other_than_file(name: str, status: os.stat_result) -> None:
    if stat.S_ISDIR(status.st_mode):
        message = f"`{name}` is a directory; name the documents inside it"
        raise DocumentError(message)
    if not stat.S_ISREG(status.st_mode):
        message = f"`{name}` is not a regular file; copy its content into one"
        raise DocumentError(message)


def _reason(error: Exception) -> str:
    return (error.strerror or "") if isinstance(error, OSError) else str(error)


def _format_of(path: Path, data: bytes) -> Format:
    if b"%PDF-" in data[:_PDF_MARK_WITHIN]:
        return "pdf"
    name = shown(path)
    wanted = ENDINGS.get(path.suffix.lower())
    what = _recognised(data, html=wanted != "markdown")
    if what:
        message = f"`{name}` is {what}; DeepCode reads {WORKING}"
        raise DocumentError(message)
    if wanted == "pdf":
        message = f"`{name}` is not a PDF, whatever its ending says; DeepCode reads {WORKING}"
        raise DocumentError(message)
    if wanted is None:
        message = f"`{name}` ends in `{shown(Path(path.suffix))}`; DeepCode reads {WORKING}"
        raise DocumentError(message)
    return wanted


def _recognised(data: bytes, *, html: bool) -> str:
    for magic, what in _MAGIC:
        if data.startswith(magic):
            return what
    start = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return "an HTML page" if html and start.startswith((b"<!doctype html", b"<html")) else ""
