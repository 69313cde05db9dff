"""What `run`, `plan`, `resume` and `demo` share: progress while it works, a summary at the end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from deepcode.artifacts.report import RunRecord
from deepcode.cli.output import clean, say
from deepcode.cli.progress import Progress
from deepcode.pipeline import RunRequest, new_run_path, resume, start
from deepcode.settings import Settings, load_settings
from deepcode.store import RunDirectory

VERIFIED, UNVERIFIED = 0, 1


def work_on_new(
    documents: list[Path],
    settings: Settings,
    *,
    out: Path | None,
    plan_only: bool = False,
    recording: Path | None = None,
    as_json: bool = False,
) -> int:
    """Start a run; gives the exit code."""
    with Progress() as progress:
        request = RunRequest(
            settings=settings,
            documents=tuple(documents),
            out=out,
            plan_only=plan_only,
            recording=recording,
            listeners=(progress.tell,),
        )
        path = new_run_path(request)
        with page_after_failure(path):
            record = start(replace(request, out=path))
    return finish(record, path, as_json=as_json)


def work_on_existing(path: Path, settings: Settings, *, plan_only: bool, as_json: bool) -> int:
    """Resume a run; gives the exit code."""
    with Progress() as progress, page_after_failure(path):
        request = RunRequest(settings=settings, plan_only=plan_only, listeners=(progress.tell,))
        record = resume(request, path)
    return finish(record, path, as_json=as_json)


@contextmanager
def page_after_failure(path: Path) -> Iterator[None]:
    """A run that a failure stopped gets its report page too, if there is a run."""
    try:
        yield
    except BaseException:
        if (path / "run.json").is_file():
            from deepcode.web import write_report

            say(f"report      {write_report(RunDirectory(path))}")
        raise


def find_run(named: Path) -> Path:
    """A run by its directory or by its name."""
    home = load_settings().home
    if not (named / "run.json").is_file() and (home / named / "run.json").is_file():
        return home / named
    return named


def model_of(path: Path) -> tuple[str | None, str | None]:
    """Model and base URL that a run was started with; None where it does not say."""
    if not (path / "run.json").is_file():
        return None, None
    settings = RunDirectory(path).load_record().settings
    model, base_url = (str(settings.get(name) or "") or None for name in ("model", "base_url"))
    # credentials in an address are masked in the record, so it cannot be used again
    return model, None if base_url and "*" in base_url else base_url


def finish(record: RunRecord, path: Path, *, as_json: bool) -> int:
    """Write the report page, print the result, and say where to look."""
    from deepcode.web import write_report

    page = write_report(RunDirectory(path))
    if as_json:
        print(record.model_dump_json(indent=2))
    for line in summary(record, path, page):
        say(line)
    planned = record.outcome == "incomplete" and not record.files
    return VERIFIED if record.outcome == "verified" or planned else UNVERIFIED


def summary(record: RunRecord, path: Path, page: Path) -> list[str]:
    """What a run came to, in a few lines."""
    units, usage, checks = record.units, record.usage, record.checks
    words = " (the model's words were recorded)" if record.recorded else ""
    lines = [
        "",
        f"outcome     {record.outcome}{f': {record.message}' if record.message else ''}",
        f"model       {record.model}{words}",
        f"units       {units.total} in all, {units.owned} owned, {units.tested} shown by a test, "
        f"{units.waived} waived",
        f"checks      {checks.passed} passed, {checks.failed} failed"
        f"{f' (sandbox {record.sandbox})' if record.sandbox else ''}",
        f"usage       {usage.calls} calls, {usage.input_tokens} + {usage.output_tokens} tokens, "
        f"${usage.cost_usd:.2f}, {record.seconds:.0f} s",
        f"report      {page}",
    ]
    if record.files:
        lines.append(f"repository  {path / 'repo'}")
    else:
        lines.append(f"plan        {path / 'blueprint.yaml'} and contract.yaml beside it")
    return [clean(line) for line in lines]
