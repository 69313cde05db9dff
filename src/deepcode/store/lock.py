"""One process at a time works on a run."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deepcode.errors import UserError


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the run in `folder` for this process; a killed process lets go by itself.

    Raises:
        UserError: Another process works on it.
    """
    with (folder / "run.lock").open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            message = f"process {holder} works on `{folder}`"
            raise UserError(
                message, hint="wait for it, or stop it, then `deepcode resume`"
            ) from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
