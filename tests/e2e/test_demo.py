"""The demo: the recorded run of the bundled document, everything else for real, without a model."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from deepcode.cli import main
from deepcode.store import RunDirectory


@pytest.mark.promise("DEMO-1")
def test_the_demo_ends_verified_without_a_model(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["demo", "--json"])
    told = capsys.readouterr()
    assert stopped.value.code == 0, told.err
    record = json.loads(told.out)
    assert record["outcome"] == "verified"
    assert record["recorded"] is True
    assert record["usage"]["calls"] == record["usage"]["replayed_calls"] > 0
    assert record["checks"]["failed"] == 0
    assert record["units"]["tested"] > 30
    assert "were recorded" in told.err
    directory = RunDirectory(home / "runs" / "hedge")
    assert (directory.root / "report.html").is_file()
    check = directory.load_final_check()
    assert check is not None
    # the generated code itself ran: its experiment in the scaled-down setting among others
    assert any("--quick" in entry.argv and entry.ok for entry in check.entries)
    # a recording stays usable after a prompt is reworded, and says that it drifted; a fresh one
    # has not drifted
    assert "prompts with other words" not in told.err
