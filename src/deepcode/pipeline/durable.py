"""A run as a DBOS workflow, with its journal in a SQLite file in the run's directory."""

from __future__ import annotations

import logging
import os
import sqlite3
import time
import uuid
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

from deepcode.store import RunDirectory

if TYPE_CHECKING:
    from sqlalchemy import Engine

Perform = Callable[[], Awaitable[None]]
Durably = Callable[[str, Perform], Awaitable[None]]
"""Performs a named step and writes into the journal that it was done."""

# Artifacts decide what a resumed run repeats, so the journal of an older program stays readable.
JOURNAL_VERSION = "1"
# As DBOS sets it for a database of its own.
BUSY_TIMEOUT_MS = 30_000


async def run_workflow(directory: RunDirectory, body: Callable[[Durably], Awaitable[None]]) -> None:
    """Run `body` as one workflow of the run's journal.

    Each process is an executor of its own: an interrupted workflow is not taken up again behind
    the user's back, but by `deepcode resume`, as the next workflow of the same journal.

    Args:
        directory: Whose journal it is.
        body: Given `durably` for its steps; must perform them in a fixed order.
    """
    from dbos import DBOS, SetWorkflowID

    engine = _engine(directory.root.absolute() / "state.sqlite")
    attempt = f"{os.getpid()}-{uuid.uuid4().hex[:8]}"
    DBOS(
        config={
            "name": "deepcode",
            "system_database_engine": engine,
            "application_version": JOURNAL_VERSION,
            "executor_id": attempt,
            "log_level": "CRITICAL",
            "console_log_level": "CRITICAL",
        }
    )

    async def durably(name: str, perform: Perform) -> None:
        await DBOS.run_step_async({"name": name}, perform)

    @DBOS.workflow(name="run")
    async def workflow(run_id: str) -> None:
        await body(durably)

    try:
        DBOS.launch()
        with SetWorkflowID(f"{directory.id}-{attempt}"):
            await workflow(directory.id)
    finally:
        DBOS.destroy(destroy_registry=True)
        engine.dispose()
        # its handler keeps the standard error of this run; the next run may have another
        logging.getLogger("dbos").handlers.clear()


def _engine(path: Path) -> Engine:
    """The journal's database; a path with any characters, and any SQLite since 3.38.

    With Python 3.12 and newer DBOS asks SQLite for `unixepoch('subsec')`, which releases before
    3.42 (Debian 12 has 3.40) answer with NULL; there the function is given.
    """
    import sqlalchemy

    engine = sqlalchemy.create_engine(
        sqlalchemy.URL.create("sqlite", database=str(path)),
        connect_args={"check_same_thread": False},
    )

    @sqlalchemy.event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = "IMMEDIATE"
        connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        connection.execute("PRAGMA foreign_keys=ON")
        if sqlite3.sqlite_version_info < (3, 42):
            connection.create_function("unixepoch", 1, lambda _: time.time())

    return engine
