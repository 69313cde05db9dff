"""`deepcode demo`: the recorded run of a bundled document; everything but the words is real."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from deepcode.cli.options import Json, Out
from deepcode.cli.output import say

EXAMPLE = "hedge"


def demo(out: Out = None, as_json: Json = False) -> int:
    """Turn the bundled document into a verified repository, without a model."""
    from deepcode.cli.working import work_on_new
    from deepcode.settings import load_settings

    say(
        "The model's words in this demo were recorded. Reading, indexing, files, analysis,\n"
        "sandbox and tests are real and happen now."
    )
    folder = resources.files("deepcode.cli").joinpath("examples")
    with (
        resources.as_file(folder.joinpath(f"{EXAMPLE}.md")) as document,
        resources.as_file(folder.joinpath(f"{EXAMPLE}.recording.jsonl")) as recording,
    ):
        return work_on_new(
            [Path(document)], load_settings(), out=out, recording=Path(recording), as_json=as_json
        )
