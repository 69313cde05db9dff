"""Keep the beginning and the end of a stream, whatever its length, in flat memory.

Above: `process.py`, which reads two of them at once. Below: nothing.
"""

from __future__ import annotations

import asyncio

# A traceback, a pytest summary or a compiler's complaint fits ten times over; a model reads less.
KEPT_BYTES = 64 * 1024


class HeadTail(asyncio.Protocol):
    """The reading end of a pipe: holds at most twice `kept_bytes`, counts the rest.

    Attributes:
        closed: Done when the last writer closed its end.
    """

    def __init__(self, kept_bytes: int = KEPT_BYTES) -> None:
        self._kept = kept_bytes
        self._head = bytearray()
        self._tail = bytearray()
        self.size_bytes = 0
        self.closed: asyncio.Event = asyncio.Event()

    def data_received(self, data: bytes) -> None:
        """Take what the pipe gave."""
        self.size_bytes += len(data)
        room = self._kept - len(self._head)
        if room > 0:
            self._head += data[:room]
            data = data[room:]
        self._tail += data
        # Cut seldom, so that a flood of small writes costs one copy per `kept_bytes`.
        if len(self._tail) > 2 * self._kept:
            del self._tail[: -self._kept]

    def connection_lost(self, exc: Exception | None) -> None:
        """The last writer is gone."""
        self.closed.set()

    @property
    def truncated(self) -> bool:
        """Whether something in the middle was let go."""
        return self.size_bytes > 2 * self._kept

    def text(self) -> str:
        """Head, a line that counts what was left out, and tail; damaged UTF-8 becomes U+FFFD."""
        tail = bytes(self._tail[-self._kept :])
        if not self.truncated:
            return bytes(self._head + tail).decode("utf-8", "replace")
        left_out = self.size_bytes - len(self._head) - len(tail)
        head = self._head.decode("utf-8", "replace")
        return f"{head}\n[... {left_out} bytes left out ...]\n{tail.decode('utf-8', 'replace')}"
