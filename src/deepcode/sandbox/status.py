"""What a launcher says about its program, on a descriptor that the program cannot reach.

Above: `process.py`. Below: JSON lines as `bwrap --json-status-fd` writes them: `{"child-pid": n}`
at the start and, only when the program did run, `{"exit-code": n}` at the end.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os

from deepcode.sandbox.capture import HeadTail


class StatusReport(HeadTail):
    """The reading end: follows the first process of the sandbox, and keeps the exit status."""

    def __init__(self) -> None:
        super().__init__()
        self._child = -1

    def data_received(self, data: bytes) -> None:
        """Take what the launcher said."""
        super().data_received(data)
        pid = self._value("child-pid")
        if pid is not None and self._child < 0:
            # Opened while the process is certainly ours: the launcher has not ended yet.
            with contextlib.suppress(OSError, AttributeError):
                self._child = os.pidfd_open(pid)

    @property
    def exit_code(self) -> int | None:
        """The program's exit status; None when it did not run."""
        return self._value("exit-code")

    async def wait_until_empty(self) -> None:
        """Return when the sandbox's first process, and with it every other one, has ended.

        The launcher itself ends a moment earlier, when the kernel has only begun to kill them.
        """
        if self._child < 0:
            return
        loop, gone = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(self._child, gone.set)
        try:
            await gone.wait()
        finally:
            loop.remove_reader(self._child)

    def close(self) -> None:
        """Let go of the process."""
        if self._child >= 0:
            os.close(self._child)
            self._child = -1

    def _value(self, name: str) -> int | None:
        for line in reversed(self.text().splitlines()):
            with contextlib.suppress(ValueError):
                record = json.loads(line)
                if isinstance(record, dict) and isinstance(record.get(name), int):
                    return int(record[name])
        return None
