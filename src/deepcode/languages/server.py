"""One visit to one language server: start, open files, collect diagnostics, leave.

Above it, `diagnosis.py` visits several servers at once; below it, `rpc.py` carries the messages.

Source: LSP 3.17, "Server lifecycle", "Pull Diagnostics", "PublishDiagnostics".
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deepcode.languages.language import Server, Workspace
from deepcode.languages.rpc import Connection

if TYPE_CHECKING:
    from lsprotocol.types import Diagnostic

# The polite end takes milliseconds; a server that needs longer is ended.
_LEAVE_S = 2.0

# Only looked at to explain a failure.
_STDERR_BYTES = 4_000

Diagnostics = dict[str, list["Diagnostic"]]


async def visit(server: Server, workspace: Workspace, paths: Sequence[str]) -> Diagnostics:
    """Ask one server about some files of a workspace.

    Args:
        server: What to start.
        workspace: Its sources; the server sees nothing else of the repository.
        paths: Relative paths among the workspace's sources.

    Returns:
        Relative path → diagnostics, one entry for every path.

    Raises:
        ConnectionError: The server could not be started, refused, or went away.
    """
    pushed: dict[str, Any] = {}

    def answer(method: str, params: Any) -> Any:
        if method == "workspace/configuration":
            return [server.options for _ in (params or {}).get("items", [])]
        return None

    def notice(method: str, params: Any) -> None:
        if method == "textDocument/publishDiagnostics":
            pushed[params["uri"]] = params["diagnostics"]

    async with _process(server, workspace) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        async with Connection(
            process.stdout, process.stdin, answer=answer, notice=notice
        ) as connection:
            pulls = await _initialize(connection, server, workspace)
            await _open(connection, server, workspace, paths)
            if pulls:
                raw = await _pull(connection, workspace, paths)
                await _leave(connection)
            else:
                # a server that only pushes has pushed what it knows when it answers `shutdown`
                await _leave(connection)
                raw = {path: pushed.get(_uri(workspace, path), []) for path in paths}
    return _structured(raw)


@asynccontextmanager
async def _process(
    server: Server, workspace: Workspace
) -> AsyncIterator[asyncio.subprocess.Process]:
    """The server's process, ended with whatever it started when the block ends."""
    scratch = str(workspace.scratch)
    try:
        process = await asyncio.create_subprocess_exec(
            *server.argv,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd=scratch,
            env={"PATH": "/usr/bin:/bin", "HOME": scratch, "XDG_CONFIG_HOME": scratch},
            start_new_session=True,
        )
    except OSError as error:
        problem = f"cannot start `{server.argv[0]}`: {error.strerror}"
        raise ConnectionError(problem) from error
    assert process.stderr is not None
    tail = asyncio.create_task(_tail(process.stderr))
    try:
        yield process
    except ConnectionError as error:
        _end(process)
        said = (await tail).strip().splitlines()[-1:]
        problem = ": ".join([str(error), *said])
        raise ConnectionError(problem) from error
    finally:
        _end(process)
        await process.wait()
        tail.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await tail


def _end(process: asyncio.subprocess.Process) -> None:
    # The whole group, and not by `process.kill`, which collects the exit status behind the back of
    # the loop when the process has just ended.
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


async def _tail(stream: asyncio.StreamReader) -> str:
    """The last bytes of a stream, which is read to its end so that it never fills up."""
    kept = b""
    while chunk := await stream.read(65_536):
        kept = (kept + chunk)[-_STDERR_BYTES:]
    return kept.decode("utf-8", "replace")


async def _initialize(connection: Connection, server: Server, workspace: Workspace) -> bool:
    """Introduce ourselves; returns whether the server lets diagnostics be pulled."""
    from lsprotocol import converters, types

    root = workspace.root.as_uri()
    params = types.InitializeParams(
        capabilities=types.ClientCapabilities(
            workspace=types.WorkspaceClientCapabilities(configuration=True, workspace_folders=True),
            text_document=types.TextDocumentClientCapabilities(
                diagnostic=types.DiagnosticClientCapabilities(),
                publish_diagnostics=types.PublishDiagnosticsClientCapabilities(),
            ),
            general=types.GeneralClientCapabilities(
                position_encodings=[types.PositionEncodingKind.Utf16]
            ),
        ),
        root_uri=root,
        workspace_folders=[types.WorkspaceFolder(uri=root, name="repository")],
        initialization_options=dict(server.options),
    )
    converter = converters.get_converter()
    result = await connection.request("initialize", converter.unstructure(params))
    await connection.notify("initialized", {})
    return bool((result or {}).get("capabilities", {}).get("diagnosticProvider"))


async def _open(
    connection: Connection, server: Server, workspace: Workspace, paths: Sequence[str]
) -> None:
    for path in paths:
        document = {
            "uri": _uri(workspace, path),
            "languageId": server.language_id,
            "version": 1,
            # the copy, in which comments silence nothing
            "text": _read(workspace.root / path),
        }
        await connection.notify("textDocument/didOpen", {"textDocument": document})


async def _pull(
    connection: Connection, workspace: Workspace, paths: Sequence[str]
) -> Mapping[str, Any]:
    reports = await asyncio.gather(
        *(
            connection.request(
                "textDocument/diagnostic", {"textDocument": {"uri": _uri(workspace, path)}}
            )
            for path in paths
        )
    )
    return {
        path: (report or {}).get("items", []) for path, report in zip(paths, reports, strict=True)
    }


async def _leave(connection: Connection) -> None:
    # what was asked has been answered, so a rude end loses nothing
    with contextlib.suppress(ConnectionError, TimeoutError):
        async with asyncio.timeout(_LEAVE_S):
            await connection.request("shutdown", None)
            await connection.notify("exit", None)


def _read(path: Path) -> str:
    return path.read_bytes().decode("utf-8")


def _uri(workspace: Workspace, path: str) -> str:
    return (workspace.root / path).as_uri()


def _structured(raw: Mapping[str, Any]) -> Diagnostics:
    from lsprotocol import converters, types

    converter = converters.get_converter()
    return {path: converter.structure(items, list[types.Diagnostic]) for path, items in raw.items()}
