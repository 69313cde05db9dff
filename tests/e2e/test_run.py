"""Whole runs over HTTP against a scripted model: real files, real sandbox, real tests."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from scripted_server import (
    BLUEPRINT,
    CORE,
    CORE_ANSWER,
    TESTS,
    TESTS_ANSWER,
    ScriptedServer,
    edit_block,
    file_block,
)

from deepcode.artifacts.report import RunRecord
from deepcode.errors import ArtifactError
from deepcode.pipeline import RunRequest, resume, start
from deepcode.settings import Settings
from deepcode.store import RunDirectory, read_events


def run(settings: Settings, document: Path, **asked: object) -> tuple[RunRecord, RunDirectory]:
    record = start(RunRequest(settings=settings, documents=(document,), **asked))  # type: ignore[arg-type]
    return record, RunDirectory(settings.home / record.run_id)


def with_budget(settings: Settings, calls: int) -> Settings:
    budget = settings.budget.model_copy(update={"max_calls": calls})
    return settings.model_copy(update={"budget": budget})


@pytest.mark.promise("DONE-1")
def test_a_document_becomes_a_verified_repository(
    settings: Settings, document: Path, server: ScriptedServer
) -> None:
    record, directory = run(settings, document)
    assert record.outcome == "verified"
    assert (directory.repo / "tally/core.py").read_text() == CORE
    assert (record.units.total, record.units.owned, record.units.tested) == (3, 3, 3)
    # three tests, the entry command, and the build of a wheel
    assert (record.checks.passed, record.checks.failed) == (5, 0)
    assert record.usage.calls == sum(server.asked.values()) == 5
    assert record.usage.cost_usd == 0.0
    assert record.sandbox in ("strong", "reduced")
    assert (directory.repo / ".git").is_dir()
    assert json.loads((directory.root / "run.json").read_text())["outcome"] == "verified"


@pytest.mark.promise("PLAN-1")
def test_every_quote_of_the_contract_stands_in_the_document(
    settings: Settings, document: Path
) -> None:
    _, directory = run(settings, document)
    contract, read = directory.load_contract(), directory.load_document()
    assert contract is not None
    assert read is not None
    for unit in contract.units:
        assert unit.span is not None
        assert " ".join(read.slice(unit.span).split()) == unit.quote


@pytest.mark.promise("PLAN-1")
def test_a_quote_that_is_not_in_the_document_becomes_an_assumption(
    settings: Settings, document: Path, server: ScriptedServer
) -> None:
    invented = json.loads(server.lines["analyst"][0])
    invented["units"][2]["quote"] = "the mean is computed with compensated summation"
    server.lines["analyst"] = [json.dumps(invented)]
    server.lines["quotes"] = [json.dumps({"fixes": [{"number": 2, "quote": ""}]})]
    _, directory = run(settings, document)
    contract = directory.load_contract()
    assert contract is not None
    assumed = [unit for unit in contract.units if unit.status == "assumed"]
    assert [(unit.quote, unit.span) for unit in assumed] == [("", None)]
    assert "not found in the document" in assumed[0].reason


@pytest.mark.promise("REPAIR-1")
def test_a_wrong_function_is_repaired_by_a_line_edit(
    settings: Settings, document: Path, server: ScriptedServer
) -> None:
    wrong = CORE.replace("/ len(values)", "/ (len(values) + 1)")
    server.lines["coder"] = [file_block("tally/core.py", wrong)]
    server.lines["repairer"] = [
        edit_block(
            "tally/core.py",
            "    return total(values) / (len(values) + 1)\n",
            "    return total(values) / len(values)\n",
        )
    ]
    record, directory = run(settings, document)
    assert record.outcome == "verified"
    assert (directory.repo / "tally/core.py").read_text() == CORE
    assert [report.failed for report in directory.load_checks()] == [1, 0]


@pytest.mark.promise("REPAIR-1")
def test_a_repair_that_makes_it_worse_is_rolled_back(
    settings: Settings, document: Path, server: ScriptedServer
) -> None:
    wrong = CORE.replace("/ len(values)", "/ (len(values) + 1)")
    server.lines["coder"] = [file_block("tally/core.py", wrong)]
    server.lines["repairer"] = [
        edit_block("tally/core.py", "    return sum(values)\n", "    return 0\n")
    ]
    record, directory = run(settings, document)
    assert record.outcome == "checks-failed"
    assert (directory.repo / "tally/core.py").read_text() == wrong
    # no progress twice in a row ends the loop
    assert server.asked["repairer"] == 2


@pytest.mark.promise("DONE-2")
def test_tests_that_pass_without_code_prove_nothing(
    settings: Settings, document: Path, server: ScriptedServer
) -> None:
    hollow = 'import pytest\n\n\n@pytest.mark.units("API-1")\ndef test_nothing():\n    assert 1\n'
    server.lines["tester"] = [file_block("tests/acceptance/test_tally.py", hollow)]
    server.lines["repairer"] = ["I see nothing to mend."]
    record, _ = run(settings, document)
    assert record.outcome == "checks-failed"
    assert record.units.tested == 0


@pytest.mark.promise("DONE-2")
def test_tests_of_one_requirement_do_not_verify_three(
    settings: Settings, document: Path, server: ScriptedServer
) -> None:
    one = TESTS.split('@pytest.mark.units("ERR-1")')[0].rstrip() + "\n"
    server.lines["tester"] = [file_block("tests/acceptance/test_tally.py", one)]
    record, _ = run(settings, document)
    assert record.outcome == "unverified"
    assert "1 of 3 units" in record.message


@pytest.mark.promise("DONE-3")
def test_a_wrong_test_is_mended_by_its_author_not_by_the_programmer(
    settings: Settings, document: Path, server: ScriptedServer
) -> None:
    path = "tests/acceptance/test_tally.py"
    server.lines["tester"] = [file_block(path, TESTS.replace("6]) == 3", "6]) == 4"))]
    challenge = (
        f"=== CHALLENGE {path}::test_mean_divides_by_the_count\n(1 + 2 + 6) / 3 is 3\n"
        f"=== END {path}::test_mean_divides_by_the_count\n"
    )
    forbidden = edit_block(path, "    assert mean([1, 2, 6]) == 4\n", "    assert True\n")
    server.lines["repairer"] = [forbidden, challenge]
    server.lines["author"] = [
        edit_block(path, "    assert mean([1, 2, 6]) == 4\n", "    assert mean([1, 2, 6]) == 3\n")
    ]
    record, directory = run(settings, document)
    assert record.outcome == "verified"
    assert (directory.repo / path).read_text() == TESTS
    author_prompt = next(words for words in server.prompts if "You are the author" in words)
    assert "def mean(values" not in author_prompt


@pytest.mark.promise("CODE-1")
def test_a_stub_is_sent_back_before_anything_runs(
    settings: Settings, document: Path, server: ScriptedServer
) -> None:
    stub = CORE.replace("    return total(values) / len(values)\n", "    pass  # TODO\n")
    server.lines["coder"] = [file_block("tally/core.py", stub)]
    server.lines["coder-mend"] = [CORE_ANSWER]
    record, directory = run(settings, document)
    assert record.outcome == "verified"
    assert server.asked["coder-mend"] == 1
    assert (directory.repo / "tally/core.py").read_text() == CORE


@pytest.mark.promise("PLAN-2")
def test_a_blueprint_that_does_not_hold_is_mended_by_a_patch(
    settings: Settings, document: Path, server: ScriptedServer
) -> None:
    broken = json.loads(json.dumps(BLUEPRINT))
    broken["components"][1]["units"] = []
    server.lines["planner"] = [json.dumps(broken)]
    server.lines["planner-mend"] = [
        json.dumps({"assignments": [{"unit": "API-2", "file": "tally/core.py", "name": "mean"}]})
    ]
    record, _ = run(settings, document)
    assert record.outcome == "verified"
    assert record.units.owned == 3


@pytest.mark.promise("MONEY-1")
def test_a_run_over_budget_stops_and_goes_on_without_paying_twice(
    settings: Settings, document: Path, server: ScriptedServer
) -> None:
    record, directory = run(with_budget(settings, 4), document)
    assert record.outcome == "budget-spent"
    assert "4 model calls" in record.message
    assert (directory.repo / "tally/core.py").is_file()
    resumed = resume(RunRequest(settings=with_budget(settings, 5)), directory.root)
    assert resumed.outcome == "verified"
    assert sum(server.asked.values()) == resumed.usage.calls == 5


@pytest.mark.promise("MONEY-1")
def test_a_verified_run_is_left_as_it_is(
    settings: Settings, document: Path, server: ScriptedServer
) -> None:
    _, directory = run(settings, document)
    before = sum(server.asked.values())
    assert resume(RunRequest(settings=settings), directory.root).outcome == "verified"
    assert sum(server.asked.values()) == before


@pytest.mark.promise("PLAN-3")
def test_an_edited_blueprint_is_what_the_repository_is_written_from(
    settings: Settings, document: Path, server: ScriptedServer
) -> None:
    planned, directory = run(settings, document, plan_only=True)
    assert planned.outcome == "incomplete"
    assert not directory.repo.exists()
    assert server.asked["coder"] == 0
    path = directory.root / "blueprint.yaml"
    path.write_text(path.read_text().replace("tally/core.py", "tally/sums.py"))
    server.lines["coder"] = [file_block("tally/sums.py", CORE)]
    server.lines["tester"] = [TESTS_ANSWER.replace("tally.core", "tally.sums")]
    path.write_text(path.read_text().replace("import tally.core", "import tally.sums"))
    record = resume(RunRequest(settings=settings), directory.root)
    assert record.outcome == "verified"
    assert (directory.repo / "tally/sums.py").is_file()
    assert not (directory.repo / "tally/core.py").exists()


@pytest.mark.promise("PLAN-2")
def test_an_edited_blueprint_that_does_not_hold_is_refused_before_money_is_spent(
    settings: Settings, document: Path, server: ScriptedServer
) -> None:
    _, directory = run(settings, document, plan_only=True)
    path = directory.root / "blueprint.yaml"
    path.write_text(path.read_text().replace("- API-2", "- API-9"))
    with pytest.raises(ArtifactError, match="API-9"):
        resume(RunRequest(settings=settings), directory.root)
    assert server.asked["coder"] == 0
    assert path.is_file()


@pytest.mark.promise("TRACE-2")
def test_events_tell_the_whole_story_in_order(settings: Settings, document: Path) -> None:
    _, directory = run(settings, document)
    records = list(read_events(directory.events_path))
    assert [record.seq for record in records] == list(range(1, len(records) + 1))
    finished = [record.event.phase for record in records if record.event.kind == "phase-finished"]
    assert finished == [
        "document", "analysis", "contract", "blueprint", "generation", "verification",
    ]  # fmt: skip
    assert records[-1].event.kind == "run-finished"
