"""Runs without a model, and reports about a repository."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from deepcode.artifacts.check import TestResult
from deepcode.artifacts.report import CheckReport
from deepcode.pipeline.open_run import OpenRun, open_new
from deepcode.pipeline.request import RunRequest
from deepcode.settings import Settings


@pytest.fixture
def run(home: Path) -> OpenRun:
    """A new run that replays an empty recording."""
    document = home / "sample.md"
    document.write_text("# Sample\n\nIt adds one.\n")
    recording = home / "recording.jsonl"
    recording.write_text("")
    request = RunRequest(Settings(home=home / "runs"), (document,), recording=recording)
    return open_new(request)


@pytest.fixture(scope="session")
def sound() -> Callable[..., CheckReport]:
    """A report in which one test passes, in a strong sandbox; what is given replaces parts."""

    def make(**changes: Any) -> CheckReport:
        passed = TestResult(id="test_a.py::test_a", status="passed", units=("EQ-1",))
        return CheckReport(**({"iteration": 1, "sandbox": "strong", "tests": (passed,)} | changes))

    return make
