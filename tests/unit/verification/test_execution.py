"""What is believed of a run: only what our own runner reports and the sandbox confirms."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from deepcode.artifacts.check import Execution, SandboxLevel
from deepcode.sandbox import Command
from deepcode.verification import Subject
from deepcode.verification.execution import RESULTS, collected, run_tests

MakeSubject = Callable[..., Subject]
Ran = Callable[..., Execution]

PATH = "tests/acceptance/test_a.py"
TEST = """\
import pytest


@pytest.mark.units("EQ-1", "HP-2")
def test_a():
    assert 1


def test_b():
    assert 2
"""


class ReportingMachine:
    """Ends each command as it is told, and leaves a result file under the run's own nonce."""

    level: SandboxLevel = "strong"
    inside = "/ws"

    def __init__(
        self,
        execution: Execution,
        outcomes: Mapping[str, str],
        *,
        finish: int | None = 0,
        nonce: str = "",
    ) -> None:
        self.execution, self.outcomes = execution, outcomes
        self.finish, self.nonce = finish, nonce
        self.commands: list[Command] = []

    async def run(self, command: Command) -> Execution:
        self.commands.append(command)
        return self.execution

    async def fetch(self, relative_path: str) -> bytes | None:
        assert relative_path == RESULTS
        # it comes by standard input and stands on no command line
        said = self.commands[-1].stdin.strip()
        assert said
        assert not any(said in word for word in self.commands[-1].argv)
        nonce = self.nonce or said
        lines: list[dict[str, Any]] = [
            {"kind": "test", "id": f"{PATH}::{name}", "outcome": outcome}
            for name, outcome in self.outcomes.items()
        ]
        if self.finish is not None:
            lines.append({"kind": "finish", "status": self.finish})
        return "".join(json.dumps({"nonce": nonce, **line}) + "\n" for line in lines).encode()


@pytest.fixture
def subject(make_subject: MakeSubject) -> Subject:
    return make_subject({"core.py": "x = 1\n", PATH: TEST, "tests/test_own.py": TEST})


async def statuses(subject: Subject, machine: ReportingMachine) -> dict[str, str]:
    run = await run_tests(machine, subject)
    assert run is not None
    return {result.id.partition("::")[2]: result.status for result in run.results}


def test_tests_are_collected_from_the_acceptance_folder_with_their_units(subject: Subject) -> None:
    assert [(test.id, test.units) for test in collected(subject)] == [
        (f"{PATH}::test_a", ("EQ-1", "HP-2")),
        (f"{PATH}::test_b", ()),
    ]


async def test_without_acceptance_tests_nothing_is_run(make_subject: MakeSubject, ran: Ran) -> None:
    machine = ReportingMachine(ran(), {})
    assert await run_tests(machine, make_subject({"core.py": "x = 1\n"})) is None
    assert machine.commands == []


async def test_reported_tests_are_believed_when_the_run_came_to_its_end(
    subject: Subject, ran: Ran
) -> None:
    machine = ReportingMachine(ran(exit_code=1), {"test_a": "passed", "test_b": "failed"}, finish=1)
    assert await statuses(subject, machine) == {"test_a": "passed", "test_b": "failed"}


async def test_units_of_a_result_are_those_that_its_source_names(
    subject: Subject, ran: Ran
) -> None:
    run = await run_tests(ReportingMachine(ran(), {"test_a": "passed"}), subject)
    assert run is not None
    assert run.results[0].units == ("EQ-1", "HP-2")


@pytest.mark.parametrize(
    ("ending", "finish"),
    [
        ({"exit_code": 139}, None),
        ({"exit_code": 0}, None),
        ({"exit_code": 137, "limit": "time"}, 0),
        ({"exit_code": 0, "limit": "memory"}, 0),
    ],
)
async def test_a_run_that_did_not_come_to_its_end_passes_nothing(
    subject: Subject, ran: Ran, ending: dict[str, Any], finish: int | None
) -> None:
    outcomes = {"test_a": "passed", "test_b": "failed"}
    machine = ReportingMachine(ran(**ending), outcomes, finish=finish)
    assert await statuses(subject, machine) == {"test_a": "missing", "test_b": "failed"}


async def test_a_test_that_never_reported_is_missing(subject: Subject, ran: Ran) -> None:
    machine = ReportingMachine(ran(), {"test_a": "passed"})
    assert await statuses(subject, machine) == {"test_a": "passed", "test_b": "missing"}


async def test_results_without_the_runs_nonce_count_for_nothing(subject: Subject, ran: Ran) -> None:
    outcomes = {"test_a": "passed", "test_b": "passed"}
    machine = ReportingMachine(ran(), outcomes, nonce="guessed")
    assert await statuses(subject, machine) == {"test_a": "missing", "test_b": "missing"}


async def test_each_run_has_a_nonce_of_its_own_and_never_shows_it(
    subject: Subject, ran: Ran
) -> None:
    machine = ReportingMachine(ran(), {"test_a": "passed", "test_b": "passed"})
    shown = []
    for _ in range(2):
        run = await run_tests(machine, subject)
        assert run is not None
        shown.append(run.execution.argv)
    nonces = [command.stdin for command in machine.commands]
    assert len(set(nonces)) == 2
    assert all("nonce" not in word for argv in shown for word in argv)
