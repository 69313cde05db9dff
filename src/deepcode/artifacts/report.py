"""`CheckReport` of one measurement, and `RunRecord`: what `run.json` holds."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from deepcode.artifacts.base import Artifact
from deepcode.artifacts.check import Execution, Finding, SandboxLevel, TestResult
from deepcode.settings import Effort

Outcome = Literal[
    "verified", "unverified", "checks-failed", "incomplete", "budget-spent", "cancelled", "failed"
]


class CheckReport(Artifact):
    """Everything that one iteration of verification measured."""

    schema_version: Literal[1] = 1
    iteration: int = Field(ge=0)
    """Number of the measurement; 1 is the repository as generated."""
    tree_hash: str = ""
    """Hash over the repository that was measured."""
    findings: tuple[Finding, ...] = ()
    """Static analysis, blocking first."""
    provision_error: str = ""
    """Why the environment could not be made; empty when it was."""
    lock: str = ""
    """Versions that were installed."""
    entries: tuple[Execution, ...] = ()
    """Entry commands of the blueprint."""
    test_run: Execution | None = None
    """The run of the acceptance tests; None when there was none."""
    tests: tuple[TestResult, ...] = ()
    """One for each collected test."""
    empty_tree_passed: tuple[str, ...] = ()
    """Tests that passed without any code: they show nothing and do not count."""
    sandbox: SandboxLevel | None = None
    """Isolation that was used; None when nothing ran."""

    @property
    def blocking(self) -> tuple[Finding, ...]:
        """Findings that keep the repository from being what it should be."""
        return tuple(found for found in self.findings if found.severity != "warning")

    @property
    def counted(self) -> tuple[TestResult, ...]:
        """Tests that can show something."""
        return tuple(test for test in self.tests if test.id not in self.empty_tree_passed)

    @property
    def passed(self) -> int:
        """Tests and entry commands that passed."""
        return sum(test.status == "passed" for test in self.counted) + sum(
            entry.ok for entry in self.entries
        )

    @property
    def failed(self) -> int:
        """Tests and entry commands that did not pass."""
        return len(self.counted) + len(self.entries) - self.passed

    @property
    def sound(self) -> bool:
        """Whether there are tests, everything passes, and nothing but warnings was found."""
        return self.badness == (0, 0, 0) and not self.provision_error

    @property
    def badness(self) -> tuple[int, int, int]:
        """For comparing two states of a repository; smaller is better."""
        blocked = sum(found.severity == "blocking" for found in self.findings)
        return (self.failed + (0 if self.counted else 1), blocked, len(self.blocking))


class Usage(Artifact):
    """What model calls took."""

    calls: int = 0
    input_tokens: int = 0
    cached_tokens: int = 0
    """Part of `input_tokens` that the provider served from its prompt cache."""
    output_tokens: int = 0
    cost_usd: float = 0.0
    seconds: float = 0.0
    """Sum over calls, not wall time."""

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            calls=self.calls + other.calls,
            input_tokens=self.input_tokens + other.input_tokens,
            cached_tokens=self.cached_tokens + other.cached_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
            cost_usd=self.cost_usd + other.cost_usd,
            seconds=self.seconds + other.seconds,
        )


class UsageReport(Usage):
    """Usage in all and by phase."""

    by_phase: dict[str, Usage] = Field(default_factory=dict)
    replayed_calls: int = 0
    """Calls among `calls` that were answered from a recording and cost nothing now."""


class DocumentFacts(Artifact):
    """Which document a run is about."""

    title: str
    hash: str
    files: tuple[str, ...]


class UnitCounts(Artifact):
    """How many requirement units are where."""

    total: int = 0
    owned: int = 0
    tested: int = 0
    """Owned, and shown by a passing test."""
    waived: int = 0


class CheckCounts(Artifact):
    """Tests and entry commands of the last kept state."""

    passed: int = 0
    failed: int = 0


class RunRecord(Artifact):
    """`run.json`: what a run did and what it came to."""

    schema_version: Literal[1] = 1
    run_id: str
    outcome: Outcome | None = None
    """None while it runs, or when it was killed."""
    message: str = ""
    """What stopped it, when it did not come to its end."""
    document: DocumentFacts | None = None
    inputs: tuple[str, ...] = ()
    """Absolute paths of the documents, for `resume`."""
    model: str = ""
    recorded: bool = False
    """Whether the model's words came from a recording."""
    effort: Effort | None = None
    """The effort that was chosen; None before that."""
    sandbox: SandboxLevel | None = None
    files: tuple[str, ...] = ()
    """Paths inside `repo/`."""
    units: UnitCounts = UnitCounts()
    checks: CheckCounts = CheckCounts()
    usage: UsageReport = UsageReport()
    seconds: float = 0.0
    """Wall time, stops left out."""
    built_from: str = ""
    """Hash of contract and blueprint that `repo/` was written from."""
    settings: dict[str, object] = Field(default_factory=dict)
    """Resolved, secrets masked."""
