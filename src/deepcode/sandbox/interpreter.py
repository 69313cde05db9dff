"""Which Python runs inside machines, and which folders it needs there.

Above: the starters and `provisioning.py`. Below: `sys`.
Folders are bound at their own paths, so that a virtual environment works without a change.
"""

from __future__ import annotations

import sys
from pathlib import Path

from deepcode.sandbox.environment import Environment

_SYSTEM_PATH = ("/usr/local/bin", "/usr/bin", "/bin")


def host_python() -> str:
    """The interpreter that runs DeepCode, outside any virtual environment."""
    return str(getattr(sys, "_base_executable", "") or sys.executable)


def interpreter_folders(environment: Environment | None) -> tuple[Path, ...]:
    """Folders beside `/usr` that Python needs, outermost first, none twice.

    Args:
        environment: Its folder and the prefix it was made from; None for the host's interpreter.
    """
    base = environment.base_prefix if environment else Path(sys.base_prefix)
    wanted = [base, base.resolve()]
    if environment:
        wanted.append(environment.path)
    kept: list[Path] = []
    for folder in wanted:
        if not any(folder.is_relative_to(outer) for outer in (Path("/usr"), *kept)):
            kept.append(folder)
    return tuple(kept)


def search_path(environment: Environment | None) -> str:
    """The value of PATH inside: the environment's programs, or the interpreter's, then `/usr`."""
    base = environment.base_prefix if environment else Path(sys.base_prefix)
    own = [environment.path / "bin"] if environment else []
    return ":".join(map(str, [*own, base / "bin", *_SYSTEM_PATH]))
