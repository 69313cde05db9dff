"""Whole runs in which an agent tries to make the checks hold without the code holding."""

from __future__ import annotations

from pathlib import Path

import pytest
from scripted_server import CORE, TESTS, ScriptedServer, edit_block, file_block

from deepcode.artifacts.report import RunRecord
from deepcode.pipeline import RunRequest, start
from deepcode.settings import Settings
from deepcode.store import RunDirectory

PATH = "tests/acceptance/test_tally.py"
WRONG = CORE.replace("/ len(values)", "/ (len(values) + 1)")


def run(settings: Settings, document: Path) -> tuple[RunRecord, RunDirectory]:
    record = start(RunRequest(settings=settings, documents=(document,)))
    return record, RunDirectory(settings.home / record.run_id)


@pytest.mark.promise("DONE-3")
def test_a_challenge_of_one_test_hollows_out_no_other(
    settings: Settings, document: Path, server: ScriptedServer
) -> None:
    server.lines["coder"] = [file_block("tally/core.py", WRONG)]
    name = f"{PATH}::test_total_is_the_sum"
    mean = f"{PATH}::test_mean_divides_by_the_count"
    server.lines["repairer"] = [f"=== CHALLENGE {mean}\nthe text is vague\n=== END {mean}\n"]
    right = "    assert mean([1, 2, 6]) == 3\n"
    server.lines["author"] = [
        edit_block(PATH, "    assert total([1, 2, 4]) == 7\n", "    assert total\n"),
        edit_block(PATH, right, "    mean([1, 2, 6])\n"),
        "KEEP: the mean of three numbers is their total divided by three",
    ]
    record, directory = run(settings, document)
    assert record.outcome == "checks-failed"
    assert (directory.repo / PATH).read_text() == TESTS
    assert any("outside of `test_mean_divides_by_the_count`" in words for words in server.prompts)
    assert any("asserts nothing" in words for words in server.prompts)
    assert name in {test.id for test in directory.load_checks()[-1].tests}


@pytest.mark.promise("DONE-1")
def test_a_repository_without_a_promised_function_is_not_verified(
    settings: Settings, document: Path, server: ScriptedServer
) -> None:
    # the tests only ask for what is there, and the planned function has another name
    lacking = CORE.replace("def mean(", "def average(")
    server.lines["coder"] = server.lines["coder-mend"] = [file_block("tally/core.py", lacking)]
    server.lines["tester"] = [
        file_block(PATH, TESTS.replace("import mean", "import average as mean"))
    ]
    server.lines["repairer"] = ["I see nothing to mend."]
    record, directory = run(settings, document)
    report = directory.load_checks()[-1]
    assert report.failed == 0
    assert [(one.severity, one.rule) for one in report.blocking] == [
        ("blocking", "interface/missing")
    ]
    assert record.outcome == "checks-failed"


@pytest.mark.promise("REPAIR-1")
def test_a_file_given_whole_is_sent_back_for_a_line_edit(
    settings: Settings, document: Path, server: ScriptedServer
) -> None:
    server.lines["coder"] = [file_block("tally/core.py", WRONG)]
    server.lines["repairer"] = [
        file_block("tally/core.py", '"""Rewritten."""\n'),
        edit_block("tally/core.py", "(len(values) + 1)\n", "len(values)\n"),
        edit_block(
            "tally/core.py",
            "    return total(values) / (len(values) + 1)\n",
            "    return total(values) / len(values)\n",
        ),
    ]
    record, directory = run(settings, document)
    assert record.outcome == "verified"
    assert (directory.repo / "tally/core.py").read_text() == CORE
    assert any("instead of giving it whole" in words for words in server.prompts)
