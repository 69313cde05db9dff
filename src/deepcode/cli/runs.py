"""`deepcode runs`: the runs that there are."""

from __future__ import annotations

import json

from deepcode.cli.options import Json
from deepcode.cli.output import clean, say
from deepcode.errors import ArtifactError


def runs(as_json: Json = False) -> None:
    """List the runs in the runs folder."""
    from deepcode.settings import load_settings
    from deepcode.store import find_runs

    home = load_settings().home
    records = []
    for run in find_runs(home):
        try:
            records.append(run.load_record())
        except ArtifactError as error:
            say(f"note: {error}")
    if as_json:
        print(json.dumps({"runs": [record.model_dump(mode="json") for record in records]}))
        return
    for record in records:
        title = record.document.title if record.document else "(not read)"
        print(
            clean(
                f"{record.run_id:<24} {record.outcome or 'not finished':<14} "
                f"{len(record.files):>3} files  {record.checks.passed:>3} passed  "
                f"${record.usage.cost_usd:.2f}  {title[:60]}"
            )
        )
    if not records:
        say(f"no runs in `{home}`; start one with `deepcode run DOCUMENT` or `deepcode demo`")
