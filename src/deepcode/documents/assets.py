"""Images of a Markdown document, copied beside the canonical text.

Only regular files in or below the document's own folder, reached without `..` and without
following a link, are copied: a document must not be able to fetch other files of its reader.
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from deepcode.documents.intake import shown

_IMAGES = frozenset({".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".svg", ".tif", ".tiff"})
# Far above any figure; keeps a document from filling the disk.
_MAX_BYTES = 20 * 1024 * 1024


class AssetFolder:
    """Where images go; keeps their names unique over several documents."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._used: set[str] = set()

    def copy(self, targets: Sequence[str], beside: Path) -> tuple[dict[str, str], tuple[str, ...]]:
        """Copy the images that a document links to.

        Args:
            targets: Link targets as written.
            beside: The document's folder.

        Returns:
            Target to file name for those copied, and a warning for each that was not; links to the
            net are left out silently.
        """
        names: dict[str, str] = {}
        warnings = []
        for target in targets:
            if "://" in target or target.startswith(("data:", "//")):
                continue
            source = _open_beside(beside, target)
            if source is None:
                warnings.append(f"image `{shown(Path(target))}` is not a file beside the document")
                continue
            name = self._free_name(PurePosixPath(unquote(target)).name)
            self.folder.mkdir(parents=True, exist_ok=True)
            with os.fdopen(source, "rb") as file, (self.folder / name).open("wb") as copy:
                shutil.copyfileobj(file, copy)
            names[target] = name
        return names, tuple(warnings)

    def _free_name(self, name: str) -> str:
        path = PurePosixPath(name)
        free, count = name, 1
        while free in self._used:
            count += 1
            free = f"{path.stem}-{count}{path.suffix}"
        self._used.add(free)
        return free


def _open_beside(folder: Path, target: str) -> int | None:
    """Open an image below `folder`, one name at a time and never through a link."""
    parts = PurePosixPath(unquote(target)).parts
    named_well = parts and not {"..", "/"} & set(parts) and "\0" not in target
    if not named_well or PurePosixPath(parts[-1]).suffix.lower() not in _IMAGES:
        return None
    try:
        at = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        return None
    for part in parts:
        last = part is parts[-1]
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | (0 if last else os.O_DIRECTORY)
        try:
            below = os.open(part, flags, dir_fd=at)
        except OSError:
            return None
        finally:
            os.close(at)
        at = below
    status = os.fstat(at)
    if stat.S_ISREG(status.st_mode) and status.st_size <= _MAX_BYTES:
        return at
    os.close(at)
    return None
