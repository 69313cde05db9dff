"""`deepcode run`: the whole job."""

from __future__ import annotations

from deepcode.cli.options import (
    BaseUrl,
    Documents,
    EffortOption,
    Json,
    MaxCalls,
    MaxCost,
    Model,
    Out,
    Parallel,
    Review,
    Timeout,
    UnsafeLocal,
    settings_from,
)


def run(  # noqa: PLR0913 - one parameter an option is how typer reads a command line
    documents: Documents,
    out: Out = None,
    model: Model = None,
    base_url: BaseUrl = None,
    max_cost: MaxCost = None,
    max_calls: MaxCalls = None,
    effort: EffortOption = None,
    timeout: Timeout = None,
    parallel: Parallel = None,
    review: Review = False,
    unsafe_local: UnsafeLocal = False,
    as_json: Json = False,
) -> int:
    """Turn a document into a verified repository."""
    from deepcode.cli.working import work_on_new

    settings = settings_from(
        model=model,
        base_url=base_url,
        max_cost=max_cost,
        max_calls=max_calls,
        effort=effort,
        timeout=timeout,
        parallel=parallel,
        unsafe_local=unsafe_local,
    )
    return work_on_new(documents, settings, out=out, plan_only=review, as_json=as_json)
