"""`deepcode resume`: goes on where a run stopped, with contract and blueprint as they are now."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from deepcode.cli.options import (
    BaseUrl,
    Json,
    MaxCalls,
    MaxCost,
    Model,
    Parallel,
    Review,
    Timeout,
    UnsafeLocal,
    settings_from,
)

Run = Annotated[Path, typer.Argument(help="Run directory, or the name of a run in runs/.")]


def resume(  # noqa: PLR0913 - one parameter an option is how typer reads a command line
    run: Run,
    model: Model = None,
    base_url: BaseUrl = None,
    max_cost: MaxCost = None,
    max_calls: MaxCalls = None,
    timeout: Timeout = None,
    parallel: Parallel = None,
    review: Review = False,
    unsafe_local: UnsafeLocal = False,
    as_json: Json = False,
) -> int:
    """Go on with a run, with its own model unless told otherwise; what is done stays done."""
    from deepcode.cli.working import find_run, model_of, work_on_existing

    path = find_run(run)
    if model is None and base_url is None:
        model, base_url = model_of(path)
    settings = settings_from(
        model=model,
        base_url=base_url,
        max_cost=max_cost,
        max_calls=max_calls,
        timeout=timeout,
        parallel=parallel,
        unsafe_local=unsafe_local,
    )
    return work_on_existing(path, settings, plan_only=review, as_json=as_json)
