"""The whole life of a run on one screen: steps in order, each stored and announced, one outcome.

A run is a DBOS workflow and each step of it a DBOS step; their journal is `state.sqlite` in the
run's directory. What a step made is in the run's artifacts, so a resumed run performs only the
steps whose artifacts are missing or no longer stand for what is on disk.
"""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path

from deepcode.artifacts.report import RunRecord
from deepcode.events import PhaseFinished, PhaseStarted, RunStarted
from deepcode.pipeline.durable import Durably, run_workflow
from deepcode.pipeline.ending import conclude, ending
from deepcode.pipeline.open_run import OpenRun, open_existing, open_new
from deepcode.pipeline.request import RunRequest
from deepcode.pipeline.steps import STEPS, Step
from deepcode.store import locked


def start(request: RunRequest) -> RunRecord:
    """Start a new run and work on it to its end.

    Raises:
        DeepCodeError: The run could not come to its end; its record says how far it came.
    """
    return asyncio.run(work(open_new(request)))


def resume(request: RunRequest, path: Path) -> RunRecord:
    """Go on with a run where it stopped; a verified run is left as it is."""
    return asyncio.run(work(open_existing(request, path)))


async def work(run: OpenRun) -> RunRecord:
    """Perform the steps that are not done, and decide the outcome."""

    async def life(durably: Durably) -> None:
        for step in steps_of(run):
            if not step.done(run):
                await durably(step.phase, partial(perform, step, run))

    with locked(run.directory.root):
        async with ending(run):
            # until it is decided anew, an earlier outcome says nothing
            run.update(outcome=None, message="")
            run.announce(
                RunStarted(
                    settings=run.settings.masked(),
                    documents=tuple(Path(path).name for path in run.record.inputs),
                    resumed=not run.created,
                )
            )
            await run_workflow(run.directory, life)
            conclude(run)
    return run.record


def steps_of(run: OpenRun) -> tuple[Step, ...]:
    """All steps, or those up to the blueprint."""
    phases = [step.phase for step in STEPS]
    return STEPS[: phases.index("blueprint") + 1] if run.request.plan_only else STEPS


async def perform(step: Step, run: OpenRun) -> None:
    """Perform one step, between its two announcements."""
    started = asyncio.get_running_loop().time()
    run.announce(PhaseStarted(phase=step.phase))
    summary = await step.perform(run)
    seconds = asyncio.get_running_loop().time() - started
    run.announce(PhaseFinished(phase=step.phase, seconds=round(seconds, 3), summary=summary))
