"""`deepcode show`: what one run did, and its cost by phase."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deepcode.cli.options import Json
from deepcode.cli.output import clean
from deepcode.cli.resume import Run

if TYPE_CHECKING:
    from deepcode.artifacts.report import RunRecord


def show(run: Run, as_json: Json = False) -> None:
    """Show one run."""
    from deepcode.cli.progress import line_of
    from deepcode.cli.working import find_run, summary
    from deepcode.store import RunDirectory, read_events

    path = find_run(run)
    directory = RunDirectory(path)
    record = directory.load_record()
    if as_json:
        print(record.model_dump_json(indent=2))
        return
    for event in read_events(directory.events_path):
        line = line_of(event.event)
        if line:
            print(clean(f"{event.at:%H:%M:%S} {line}"))
    for line in (*_phases(record), *summary(record, path, path / "report.html")):
        print(line)


def _phases(record: RunRecord) -> list[str]:
    lines = ["", "phase          calls     input    output    cost"]
    lines += [
        f"{phase:<14} {usage.calls:>5} {usage.input_tokens:>9} {usage.output_tokens:>9} "
        f"{usage.cost_usd:>7.2f}"
        for phase, usage in record.usage.by_phase.items()
    ]
    return lines
