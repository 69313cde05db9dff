"""A run as a DBOS workflow, with its journal in a SQLite file in the run's directory."""

from __future__ import annotations

import logging
import os
import uuid
from collections.abc import Awaitable, Callable

from deepcode.store import RunDirectory

Perform = Callable[[], Awaitable[None]]
Durably = Callable[[str, Perform], Awaitable[None]]
"""Performs a named step and writes into the journal that it was done."""

# Artifacts decide what a resumed run repeats, so the journal of an older program stays readable.
JOURNAL_VERSION = "1"


async def run_workflow(directory: RunDirectory, body: Callable[[Durably], Awaitable[None]]) -> None:
    """Run `body` as one workflow of the run's journal.

    Each process is an executor of its own: an interrupted workflow is not taken up again behind
    the user's back, but by `deepcode resume`, as the next workflow of the same journal.

    Args:
        directory: Whose journal it is.
        body: Given `durably` for its steps; must perform them in a fixed order.
    """
    from dbos import DBOS, SetWorkflowID

    attempt = f"{os.getpid()}-{uuid.uuid4().hex[:8]}"
    DBOS(
        config={
            "name": "deepcode",
            "system_database_url": f"sqlite:///{directory.root.absolute() / 'state.sqlite'}",
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
        # its handler keeps the standard error of this run; the next run may have another
        logging.getLogger("dbos").handlers.clear()
