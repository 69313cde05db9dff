"""What checking makes: findings, executions, test results, and one report over them.

A program that fails is data here; only a machine that fails is an exception.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from deepcode.artifacts.base import Artifact

Severity = Literal["blocking", "error", "warning"]
SandboxLevel = Literal["strong", "reduced", "none"]
Limit = Literal["", "time", "memory", "processes", "output", "disk"]
TestStatus = Literal["passed", "failed", "error", "skipped", "missing"]


class Finding(Artifact):
    """One thing that is wrong at one place."""

    path: str
    """File inside the repository, POSIX; empty for the repository as a whole."""
    line: int = 0
    """From 1; 0 when the whole file is meant."""
    severity: Severity
    """`blocking` keeps the code from running, `error` is wrong, `warning` is advice."""
    rule: str
    """Who says so: `structure/missing-file`, `ty/unresolved-import`, `ruff/F821`, ..."""
    message: str
    """One sentence."""


class Execution(Artifact):
    """One command that ran in a sandbox."""

    argv: tuple[str, ...]
    """The command."""
    exit_code: int
    """As reported by the sandbox, never by the program's output; 128+n after signal n."""
    stdout: str
    """Head and tail when it was long."""
    stderr: str
    """Head and tail when it was long."""
    truncated: bool = False
    """Whether output was cut."""
    limit: Limit = ""
    """The limit that ended it, if one did."""
    duration_s: float = Field(ge=0)
    """Wall time."""
    level: SandboxLevel
    """How well it was isolated."""

    @property
    def ok(self) -> bool:
        """Whether it ended by itself with exit status 0."""
        return self.exit_code == 0 and not self.limit


class TestResult(Artifact):
    """What our own runner saw of one test."""

    __test__ = False

    id: str
    """`tests/test_a.py::test_b`, parameters included."""
    status: TestStatus
    """`missing`: was collected beforehand and never reported."""
    message: str = ""
    """The failure's last lines."""
    units: tuple[str, ...] = ()
    """Requirement units that it shows."""
