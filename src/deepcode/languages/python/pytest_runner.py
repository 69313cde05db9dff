"""Runs the tests of a generated repository; a script of its own, sent into the sandbox.

    python -I pytest_runner.py --root DIR --results FILE --nonce TEXT [--timeout-s N] PATH...

Nothing of DeepCode is there, only the repository, the standard library and pytest. Configuration of
the repository is not read: no `addopts`, no `pytest.ini`, no `conftest.py` above the given paths.

The result is one JSON object a line, each with the nonce: what could not be collected (`collect`),
each test with its outcome (`test`), and at the very end pytest's own exit status (`finish`). Every
line is on disk before the next test starts, so what a crash or `os._exit` leaves is still right,
and the missing end tells. A test is judged by the exception that left it, not by its report.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import re
import signal
import sys
import time
from pathlib import Path
from typing import Any

import pytest

# The end of a failure names it; `results.py` promises this length to its readers.
MESSAGE_CHARS = 4_000

_WHITE = re.compile(r"[ \t]+\n")


class Recorder:
    """The plugin that watches pytest and writes down what it sees."""

    def __init__(self, results: Any, nonce: str, timeout_s: float) -> None:
        self._results = results
        self._nonce = nonce
        self._timeout_s = timeout_s
        # kept here, because a program under test may exchange what is in the modules
        self._encode = json.JSONEncoder().encode
        self._clock = time.monotonic
        self._outcomes: dict[str, tuple[str, str]] = {}
        self._started: dict[str, float] = {}

    def write(self, **record: Any) -> None:
        """Put one record on disk."""
        self._results.write(self._encode({"nonce": self._nonce, **record}) + "\n")
        self._results.flush()

    def pytest_configure(self, config: Any) -> None:
        """Make the marker of requirement units known."""
        config.addinivalue_line("markers", "units(*ids): requirement units that the test shows")

    def pytest_collectreport(self, report: Any) -> None:
        """Write down what cannot be imported."""
        if report.failed:
            self.write(kind="collect", id=report.nodeid, message=_tail(report.longreprtext))

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Begin one test."""
        self._started[nodeid] = self._clock()
        self._outcomes[nodeid] = ("missing", "")

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(self, item: Any, call: Any) -> Any:
        """Judge one part of a test by the exception that left it."""
        report = yield
        outcome, message = self._outcomes.get(item.nodeid, ("missing", ""))
        part, told = _judged(report, call)
        # the first bad part decides; passing needs the call itself to have passed
        bad = part in ("failed", "error") and outcome not in ("failed", "error")
        if bad or (part == "skipped" and outcome == "missing"):
            outcome, message = part, told
        elif part == "passed" and call.when == "call" and outcome == "missing":
            outcome = "passed"
        self._outcomes[item.nodeid] = (outcome, message)
        return report

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        """End one test."""
        outcome, message = self._outcomes.pop(nodeid, ("missing", ""))
        seconds = self._clock() - self._started.pop(nodeid, self._clock())
        self.write(
            kind="test", id=nodeid, outcome=outcome, message=message, seconds=round(seconds, 3)
        )

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self, item: Any) -> Any:
        """Bound the time of a test's fixtures."""
        with self._limit():
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: Any) -> Any:
        """Bound the time of a test."""
        with self._limit():
            return (yield)

    def _limit(self) -> _Alarm:
        return _Alarm(self._timeout_s)


class _Alarm:
    """Raises TimeoutError in the main thread when its block takes too long; 0 for no limit."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def __enter__(self) -> None:
        if self._seconds > 0:
            signal.signal(signal.SIGALRM, self._ring)
            signal.setitimer(signal.ITIMER_REAL, self._seconds)

    def __exit__(self, *error: object) -> None:
        if self._seconds > 0:
            signal.setitimer(signal.ITIMER_REAL, 0)

    def _ring(self, number: int, frame: object) -> None:
        message = f"the test took longer than {self._seconds:g} s"
        raise TimeoutError(message)


def _judged(report: Any, call: Any) -> tuple[str, str]:
    """Outcome and message of one part (setup, call, teardown) of a test."""
    if call.excinfo is None:
        # a strict xfail that passed, or a subtest, fails without an exception of its own
        return ("failed", _tail(report.longreprtext)) if report.failed else ("passed", "")
    if call.excinfo.errisinstance(pytest.skip.Exception) or hasattr(report, "wasxfail"):
        return "skipped", str(getattr(report, "wasxfail", "") or call.excinfo.value)[:MESSAGE_CHARS]
    told = report.longreprtext or call.excinfo.exconly()
    return ("failed" if call.when == "call" else "error"), _tail(told)


def _tail(text: str) -> str:
    return _WHITE.sub("\n", text)[-MESSAGE_CHARS:]


def main() -> int:
    """Run pytest as the command line says; returns its exit status."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--root", required=True)
    parser.add_argument("--results", required=True)
    parser.add_argument("--nonce", required=True, help="`-`: the first line of standard input")
    parser.add_argument("--timeout-s", type=float, default=0.0)
    parser.add_argument("paths", nargs="+")
    options = parser.parse_args()
    nonce = sys.stdin.readline().strip() if options.nonce == "-" else options.nonce
    # programs under test find the usual command line
    del sys.argv[1:]
    root = Path(options.root).resolve()
    os.chdir(root)
    _prepare_environment(root, options.paths)
    with Path(options.results).open("w", encoding="utf-8") as results:
        recorder = Recorder(results, nonce, options.timeout_s)
        status = pytest.main(_arguments(root, options.paths), plugins=[recorder])
        recorder.write(kind="finish", status=int(status))
    return int(status)


def _prepare_environment(root: Path, paths: list[str]) -> None:
    """Let tests import the repository and each other, and nothing steer pytest."""
    for name in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS"):
        # this script never runs inside DeepCode; the sandbox's environment is its own
        os.environ.pop(name, None)  # noqa: TID251
    files = [root / path.partition("::")[0] for path in paths]
    folders = [str(file if file.is_dir() else file.parent) for file in files]
    sources = [str(root), *([str(root / "src")] if (root / "src").is_dir() else [])]
    sys.path[:0] = sources
    sys.path += [folder for folder in dict.fromkeys(folders) if folder not in sources]


def _arguments(root: Path, paths: list[str]) -> list[str]:
    first = root / paths[0].partition("::")[0]
    tests = first if first.is_dir() else first.parent
    fixed = [
        *("-c", os.devnull, f"--rootdir={root}", f"--confcutdir={tests}"),
        *("-p", "no:cacheprovider", "-p", "no:randomly", "--import-mode=importlib"),
        *("--tb=short", "-q", "--continue-on-collection-errors", "--strict-markers"),
    ]
    if importlib.util.find_spec("pytest_asyncio"):
        fixed += ["-o", "asyncio_mode=auto", "-o", "asyncio_default_fixture_loop_scope=function"]
    return [*fixed, *paths]


if __name__ == "__main__":
    sys.exit(main())
