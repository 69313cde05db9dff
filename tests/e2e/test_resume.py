"""A resumed run: what it repeats, what it keeps, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from scripted_server import CORE, ScriptedServer

from deepcode.artifacts.report import RunRecord
from deepcode.errors import PhaseError, UserError
from deepcode.pipeline import RunRequest, resume, start
from deepcode.settings import Settings
from deepcode.store import RunDirectory, locked


def run(settings: Settings, document: Path) -> tuple[RunRecord, RunDirectory]:
    record = start(RunRequest(settings=settings, documents=(document,)))
    return record, RunDirectory(settings.home / record.run_id)


def limited(settings: Settings, calls: int) -> Settings:
    budget = settings.budget.model_copy(update={"max_calls": calls})
    return settings.model_copy(update={"budget": budget})


@pytest.mark.promise("DONE-1")
def test_a_verified_repository_that_somebody_edited_is_measured_again(
    settings: Settings, document: Path, server: ScriptedServer
) -> None:
    _, directory = run(settings, document)
    broken = CORE.replace("return sum(values)", "return 0")
    (directory.repo / "tally/core.py").write_text(broken)
    server.lines["repairer"] = ["I see nothing to mend."]
    record = resume(RunRequest(settings=settings), directory.root)
    assert record.outcome == "checks-failed"


@pytest.mark.promise("DONE-1")
def test_while_a_run_works_no_earlier_outcome_stands(
    settings: Settings, document: Path, server: ScriptedServer
) -> None:
    _, directory = run(settings, document)
    blueprint = directory.root / "blueprint.yaml"
    blueprint.write_text(blueprint.read_text().replace("Adds up numbers.", "Adds numbers up."))
    seen: list[object] = []
    path = directory.root / "run.json"
    server.before_answer = lambda agent: seen.append(json.loads(path.read_text())["outcome"])
    assert resume(RunRequest(settings=settings), directory.root).outcome == "verified"
    assert seen
    assert set(seen) == {None}


@pytest.mark.promise("MONEY-1")
def test_limits_of_a_run_hold_when_it_is_resumed_without_naming_them(
    settings: Settings, document: Path, server: ScriptedServer
) -> None:
    _, directory = run(limited(settings, 2), document)
    assert resume(RunRequest(settings=settings), directory.root).outcome == "budget-spent"
    assert sum(server.asked.values()) == 2
    raised = resume(RunRequest(settings=limited(settings, 9)), directory.root)
    assert raised.outcome == "verified"


@pytest.mark.promise("STOP-1")
def test_answers_that_could_not_be_used_are_not_given_again(
    settings: Settings, document: Path, server: ScriptedServer
) -> None:
    good = server.lines["planner"]
    server.lines["planner"] = ["I would rather not."]
    with pytest.raises(PhaseError, match="no usable answer"):
        run(settings, document)
    server.lines["planner"] = good
    server.asked["planner"] = 0
    record = resume(RunRequest(settings=settings), settings.home / "tally")
    assert record.outcome == "verified"
    assert server.asked["planner"] == 1
    assert server.asked["analyst"] == 1


@pytest.mark.promise("STOP-1")
def test_half_a_line_in_the_recording_costs_only_that_answer(
    settings: Settings, document: Path, server: ScriptedServer
) -> None:
    _, directory = run(limited(settings, 3), document)
    whole = directory.recording_path.read_bytes()
    directory.recording_path.write_bytes(whole[:-200])
    record = resume(RunRequest(settings=limited(settings, 20)), directory.root)
    assert record.outcome == "verified"
    lines = directory.recording_path.read_text().splitlines()
    readable = [line for line in lines if line.startswith("{") and line.endswith("}")]
    # the torn line, and one whole line for every answer that was asked for afterwards
    assert len(lines) - len(readable) == 1
    assert [json.loads(line) for line in readable]


@pytest.mark.promise("STOP-1")
def test_two_processes_do_not_work_on_one_run(
    settings: Settings, document: Path, server: ScriptedServer
) -> None:
    _, directory = run(limited(settings, 2), document)
    with (
        locked(directory.root),
        pytest.raises(UserError, match="works on"),
    ):
        resume(RunRequest(settings=limited(settings, 9)), directory.root)
    assert sum(server.asked.values()) == 2


@pytest.mark.promise("INPUT-1")
def test_folders_of_the_user_are_left_when_a_run_comes_to_nothing(
    settings: Settings, document: Path, tmp_path: Path, server: ScriptedServer
) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    server.refuse(401)
    request = RunRequest(settings=settings, documents=(document,), out=mine / "a" / "run")
    with pytest.raises(Exception, match="refused the key"):
        start(request)
    assert mine.is_dir()
    assert list(mine.iterdir()) == []


@pytest.mark.promise("DONE-1")
def test_a_run_at_the_reduced_level_can_be_verified(settings: Settings, document: Path) -> None:
    sandbox = settings.sandbox.model_copy(update={"level": "reduced"})
    record, _ = run(settings.model_copy(update={"sandbox": sandbox}), document)
    assert (record.outcome, record.sandbox) == ("verified", "reduced")


@pytest.mark.promise("STOP-1")
def test_a_path_may_hold_any_characters(settings: Settings, document: Path, tmp_path: Path) -> None:
    out = tmp_path / "a?b %20 ü"
    record = start(RunRequest(settings=settings, documents=(document,), out=out))
    assert record.outcome == "verified"
    assert (out / "state.sqlite").is_file()
