"""How a run ends: come to its end, stopped by a limit or a failure, or interrupted.

This is the boundary at which what escapes a step is classified; nothing that was made is lost.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from deepcode.artifacts.report import Outcome
from deepcode.errors import (
    BudgetSpentError,
    DeepCodeError,
    PhaseError,
    SandboxError,
)
from deepcode.events import RunFinished
from deepcode.pipeline.open_run import OpenRun, paid_calls
from deepcode.pipeline.outcome import (
    count_checks,
    count_units,
    count_usage,
    outcome_of,
    shown_too_little,
)
from deepcode.sandbox import Workspace
from deepcode.store import commit_all, read_events


@asynccontextmanager
async def ending(run: OpenRun) -> AsyncIterator[None]:
    """Give the run its outcome, whatever happens inside the block.

    A budget that is spent ends the block without an error. Everything else that escapes is
    recorded and raised again; a run that holds nothing that was paid for is removed.

    Raises:
        DeepCodeError: What stopped the run; an error of the program itself becomes a PhaseError.
        OSError: The disk is full, or a folder cannot be written to.
    """
    try:
        yield
    except (KeyboardInterrupt, asyncio.CancelledError):
        _stop(run, "cancelled", "interrupted")
        raise
    except BudgetSpentError as error:
        hint = f" ({error.hint})" if error.hint else ""
        _stop(run, "budget-spent", f"{error}{hint}")
    except SandboxError as error:
        _stop(run, "unverified", str(error))
        raise
    except (DeepCodeError, OSError) as error:
        _stop(run, "failed", str(error))
        raise
    except Exception as error:
        _stop(run, "failed", f"{type(error).__name__}: {error}")
        message = f"DeepCode failed: {type(error).__name__}: {error}"
        hint = "this is a mistake of the program, please report it; the run can be resumed"
        raise PhaseError(message, hint=hint) from error


def conclude(run: OpenRun) -> None:
    """Decide the outcome of a run that came to its end, from what is stored."""
    if run.request.plan_only and not run.record.built_from:
        _finish(run, "incomplete", "planned; `deepcode resume` writes the repository")
        return
    files = _files(run)
    report = run.directory.load_final_check()
    contract, blueprint = run.directory.load_contract(), run.directory.load_blueprint()
    outcome = outcome_of(blueprint, report, files)
    doubt = shown_too_little(count_units(contract, blueprint, report))
    if outcome == "verified" and doubt:
        _finish(run, "unverified", doubt)
    else:
        _finish(run, outcome, "")


def _stop(run: OpenRun, outcome: Outcome, message: str) -> None:
    nothing_made = run.created and paid_calls(run) == 0 and not run.directory.repo.exists()
    if nothing_made:
        run.discard()
        return
    _finish(run, outcome, message)


def _finish(run: OpenRun, outcome: Outcome, message: str) -> None:
    directory = run.directory
    report = directory.load_final_check() or next(iter(directory.load_checks()[-1:]), None)
    files = _files(run)
    if files:
        commit_all(directory.repo, f"Written by DeepCode ({outcome})")
    run.announce(RunFinished(outcome=outcome, message=message))
    run.update(
        outcome=outcome,
        message=message,
        files=files,
        sandbox=report.sandbox if report else None,
        units=count_units(directory.load_contract(), directory.load_blueprint(), report),
        checks=count_checks(report),
        usage=count_usage(read_events(directory.events_path), recorded=run.record.recorded),
        seconds=round(run.record.seconds + time.monotonic() - run.started, 3),
    )


def _files(run: OpenRun) -> tuple[str, ...]:
    repo = run.directory.repo
    return tuple(Workspace(repo).files()) if repo.is_dir() else ()
