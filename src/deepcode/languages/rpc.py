"""JSON-RPC 2.0 over a child process's pipes, framed as language servers want it.

Above it, `server.py` says what the messages mean; below it are two byte streams.

Source: LSP 3.17, "Base Protocol".
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

# A server that announces more has lost count; a large file's diagnostics are some hundred kB.
_MAX_MESSAGE_BYTES = 64 * 1024**2
_MAX_HEADER_LINES = 16

Answer = Callable[[str, Any], Any]
"""Method and parameters of the server's own request → result."""
Notice = Callable[[str, Any], None]
"""Method and parameters of a notification."""


class Connection:
    """One conversation; requests may be under way at the same time.

    Every request ends: with its result, or with ConnectionError when the other side refused it,
    broke the protocol, or went away.
    """

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        answer: Answer,
        notice: Notice,
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._answer = answer
        self._notice = notice
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._task: asyncio.Task[None] | None = None
        self._end = ""

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._listen())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._task is not None
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task
        self._writer.close()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()

    async def request(self, method: str, params: Any) -> Any:
        """Ask, and wait for the result.

        Raises:
            ConnectionError: The other side refused, broke the protocol, or went away.
        """
        number = next(self._ids)
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        if self._end:
            raise ConnectionError(self._end)
        self._waiting[number] = future
        try:
            await self._send({"id": number, "method": method, "params": params})
            return await future
        finally:
            self._waiting.pop(number, None)

    async def notify(self, method: str, params: Any) -> None:
        """Tell, without an answer.

        Raises:
            ConnectionError: The other side went away.
        """
        await self._send({"method": method, "params": params})

    async def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._writer.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        await self._writer.drain()

    async def _listen(self) -> None:
        try:
            while (message := await self._receive()) is not None:
                await self._dispatch(message)
            self._end = "it closed the connection"
        except (OSError, ValueError, asyncio.IncompleteReadError) as error:
            self._end = f"it broke the protocol: {error}"
        finally:
            for future in self._waiting.values():
                if not future.done():
                    future.set_exception(ConnectionError(self._end or "the connection was closed"))

    async def _receive(self) -> dict[str, Any] | None:
        """The next message; None at the end of the stream."""
        length = 0
        for _ in range(_MAX_HEADER_LINES):
            line = await self._reader.readline()
            if not line:
                return None
            if not line.strip():
                break
            name, _, value = line.partition(b":")
            if name.strip().lower() == b"content-length":
                length = int(value)
        if not 0 < length <= _MAX_MESSAGE_BYTES:
            problem = f"a message of {length} bytes"
            raise ValueError(problem)
        message = json.loads(await self._reader.readexactly(length))
        if not isinstance(message, dict):
            problem = "a message that is no object"
            raise ValueError(problem)
        return message

    async def _dispatch(self, message: dict[str, Any]) -> None:
        method, number = message.get("method"), message.get("id")
        if isinstance(method, str):
            if number is None:
                self._notice(method, message.get("params"))
            else:
                result = self._answer(method, message.get("params"))
                await self._send({"id": number, "result": result})
            return
        future = self._waiting.get(number) if isinstance(number, int) else None
        if future is None or future.done():
            return
        if "error" in message:
            future.set_exception(ConnectionError(f"it refused: {message['error']}"))
        else:
            future.set_result(message.get("result"))
