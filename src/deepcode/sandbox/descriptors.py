"""Hand bytes to a child process by a descriptor, so that they stand in no command line."""

from __future__ import annotations

import os
import tempfile
from contextlib import ExitStack


def data_fd(data: bytes, files: ExitStack) -> int:
    """A descriptor of an unlinked file that holds `data`, read from its start.

    Args:
        data: Any size.
        files: Closes the descriptor.
    """
    # Closed by `files`; opened without buffering, so that nothing waits in this process.
    file = files.enter_context(tempfile.TemporaryFile(buffering=0))  # noqa: SIM115
    file.write(data)
    os.lseek(file.fileno(), 0, os.SEEK_SET)
    return file.fileno()


def text_fd(text: str, files: ExitStack) -> int:
    """A descriptor to read `text` from as UTF-8; -1 for the empty text."""
    return data_fd(text.encode("utf-8", "surrogatepass"), files) if text else -1
