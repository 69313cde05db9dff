"""What the runner saw: from its result lines to `TestResult`s.

The lines come out of a sandbox in which generated code ran, so they are not taken at their word:
only lines with the run's nonce count, only tests that were expected are believed to exist, and what
never reported is missing, whatever was printed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources

from deepcode.artifacts.check import TestResult, TestStatus
from deepcode.languages.language import CollectedTest

# From good to bad; a parametrised test is as good as its worst case.
_ORDER: tuple[TestStatus, ...] = ("passed", "skipped", "missing", "error", "failed")

_MESSAGE_CHARS = 4_000


@dataclass
class _Seen:
    cases: dict[str, list[tuple[TestStatus, str]]] = field(default_factory=dict)
    """Base id → status and message of each case."""
    broken: dict[str, str] = field(default_factory=dict)
    """What could not be collected → why."""
    status: int | None = None
    """pytest's exit status; None when it never came to its end."""


def runner_source() -> str:
    """The text of the runner script, to be put into a sandbox; see its own first lines."""
    return (
        resources.files("deepcode.languages.python")
        .joinpath("pytest_runner.py")
        .read_text(encoding="utf-8")
    )


def runner_arguments(
    *, root: str, results: str, nonce: str, paths: Sequence[str], test_timeout_s: float = 0
) -> tuple[str, ...]:
    """The runner's command line after `python -I SCRIPT`.

    Args:
        root: The repository's folder as the sandbox sees it.
        results: File for the result lines, as the sandbox sees it; best outside `root`.
        nonce: Text that nobody could know beforehand; `-` when it comes by standard input, so
            that it stands on no command line.
        paths: Test files or folders, relative to `root`.
        test_timeout_s: Longest time of one test in seconds; 0 for no limit.
    """
    return (
        f"--root={root}",
        f"--results={results}",
        f"--nonce={nonce}",
        f"--timeout-s={test_timeout_s:g}",
        "--",
        *paths,
    )


def read_results(text: str, nonce: str, expected: Sequence[CollectedTest]) -> list[TestResult]:
    """Read the runner's result file.

    Args:
        text: The file's content, complete or cut off; empty when there is no file.
        nonce: What the runner was given; lines without it are ignored.
        expected: Tests that were collected beforehand from the source.

    Returns:
        One result for each expected test, in that order: `failed` when one of its cases failed,
        `error` when a case or the whole file could not be set up, `missing` when it or one of its
        cases never reported. Then tests that nobody expected, by id. When the run never came to its
        end, what had passed before still counts, and the rest is missing.
    """
    seen = _read(text, nonce)
    results = [_result(test, seen) for test in expected]
    known = {test.id for test in expected}
    results += [
        TestResult(id=name, status=status, message=message)
        for name, cases in sorted(seen.cases.items())
        if name not in known
        for status, message in [_worst(cases)]
    ]
    return results


def came_to_end(text: str, nonce: str) -> bool:
    """Whether the run finished by itself, with all tests run; what failed does not matter.

    False after a crash, a limit or `os._exit`; true with exit status 0 (all passed) or 1 (some
    failed) in pytest's own last line.
    """
    return _read(text, nonce).status in (0, 1)


def _read(text: str, nonce: str) -> _Seen:
    seen = _Seen()
    for line in text.splitlines():
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(record, dict) and record.get("nonce") == nonce and seen.status is None:
            _note(record, seen)
    return seen


def _note(record: Mapping[str, object], seen: _Seen) -> None:
    kind, name = record.get("kind"), str(record.get("id", ""))
    message = str(record.get("message", ""))[-_MESSAGE_CHARS:]
    if kind == "finish" and isinstance(record.get("status"), int):
        seen.status = int(str(record["status"]))
    elif kind == "collect":
        seen.broken[name] = message
    elif kind == "test":
        outcome = record.get("outcome")
        status: TestStatus = next((each for each in _ORDER if each == outcome), "missing")
        seen.cases.setdefault(base_id(name), []).append((status, message))


def base_id(name: str) -> str:
    """A test's id without its parameters: `a.py::test_b` of `a.py::test_b[1-x::y]`."""
    return name.partition("[")[0]


def _worst(cases: Sequence[tuple[TestStatus, str]]) -> tuple[TestStatus, str]:
    return max(cases, key=lambda case: _ORDER.index(case[0]))


def _result(test: CollectedTest, seen: _Seen) -> TestResult:
    status: TestStatus = "missing"
    message = "it never reported; the run may have been ended before it"
    if test.id in seen.cases:
        status, message = _worst(seen.cases[test.id])
    else:
        for broken, why in seen.broken.items():
            if broken and (test.id == broken or test.id.startswith((f"{broken}::", f"{broken}/"))):
                status, message = "error", why
    return TestResult(id=test.id, status=status, message=message, units=test.units)
