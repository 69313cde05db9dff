"""How much one program may use, at every level; `SandboxSettings` holds what a user may change.

Above: the starters. Below: nothing. Limits are per process unless their line says otherwise.
"""

from __future__ import annotations

# Of the whole sandbox. Enough for pytest with workers and BLAS threads on many cores.
MAX_PROCESSES = 512

# Data loaders with workers open hundreds; nothing in a test opens thousands.
MAX_OPEN_FILES = 4096

# A checkpoint of a small model; a file that grows past it is a runaway.
MAX_FILE_BYTES = 1024**3
