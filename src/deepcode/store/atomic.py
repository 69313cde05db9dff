"""Write a file so that a reader sees the old text or the new, never a half."""

from __future__ import annotations

import os
import threading
from pathlib import Path


def write_atomic(path: Path, text: str) -> None:
    """Write UTF-8 `text` by temporary file, fsync, rename, fsync of the folder.

    Raises:
        OSError: The disk is full or not writable, or `path` is a folder.
        UnicodeEncodeError: `text` holds half of a surrogate pair.

    After an error `path` is as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # two writers of one path, in one process or several, must not share a draft
    draft = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}.tmp")
    try:
        with draft.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
