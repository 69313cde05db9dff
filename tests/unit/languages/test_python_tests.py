import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from deepcode.artifacts.check import TestResult
from deepcode.languages import (
    asserts_nothing,
    came_to_end,
    language_of,
    read_results,
    runner_arguments,
    runner_source,
)

NONCE = "6f1d"


def test_tests_are_collected_with_their_units() -> None:
    source = dedent("""
        @pytest.mark.units("EQ-1", "HP-2")
        @pytest.mark.parametrize("x", [1, 2])
        def test_a(x): assert x
        def helper(): pass
        @pytest.mark.units("ALG-1")
        class TestB:
            @pytest.mark.units("EQ-3")
            async def test_c(self): assert 1
            def setup(self): pass
        class TestWithInit:
            def __init__(self): pass
            def test_never(self): assert 1
        class Old(unittest.TestCase):
            def test_d(self): self.assertTrue(1)
        """)

    found = language_of("a.py").collect_tests("tests/test_x.py", source)

    assert [(each.id, each.units) for each in found] == [
        ("tests/test_x.py::test_a", ("EQ-1", "HP-2")),
        ("tests/test_x.py::TestB::test_c", ("ALG-1", "EQ-3")),
        ("tests/test_x.py::Old::test_d", ()),
    ]
    assert language_of("a.py").collect_tests("tests/helpers.py", source) == []


def test_tests_that_check_nothing_are_found() -> None:
    source = dedent("""
        def near(a): assert a < 1
        def through(a): near(a)
        def test_runs(): compute()
        def test_asserts(): assert compute() == 1
        def test_raises():
            with pytest.raises(ValueError): compute()
        def test_by_helper(): through(compute())
        def test_numpy(): np.testing.assert_allclose(compute(), 1)
        """)

    found = asserts_nothing("tests/test_x.py", source)

    assert [(each.line, each.rule) for each in found] == [(4, "tests/asserts-nothing")]


def run(root: Path, files: dict[str, str], **options: float) -> tuple[str, list[TestResult]]:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(dedent(text))
    tests = [path for path in files if Path(path).name.startswith("test_")]
    results = root / "results.jsonl"
    arguments = runner_arguments(
        root=str(root),
        results=str(results),
        nonce=NONCE,
        paths=tests,
        test_timeout_s=options.get("test_timeout_s", 0),
    )
    subprocess.run(
        [sys.executable, "-I", "-c", runner_source(), *arguments],
        capture_output=True,
        check=False,
        timeout=60,
    )
    text = results.read_text() if results.exists() else ""
    expected = [
        test
        for path in tests
        for test in language_of(path).collect_tests(path, dedent(files[path]))
    ]
    return text, read_results(text, NONCE, expected)


def test_the_runner_reports_every_outcome_and_reads_no_configuration(tmp_path: Path) -> None:
    text, results = run(
        tmp_path,
        {
            "conftest.py": "raise RuntimeError('must not be read')\n",
            "pytest.ini": "[pytest]\naddopts = --no-such-option\n",
            "src/pkg/core.py": "def one(): return 1\n",
            "tests/helper.py": "TWO = 2\n",
            "tests/test_a.py": """
                import pytest
                from helper import TWO
                from pkg.core import one
                @pytest.mark.units("EQ-1")
                def test_good(): assert one() == 1
                def test_bad(): print("100 passed"); assert one() == TWO
                @pytest.mark.parametrize("x", [1, 2, 3])
                def test_each(x): assert x != 2
                def test_skipped(): pytest.skip("no data")
                @pytest.mark.xfail
                def test_xfail(): assert 0
                @pytest.fixture
                def broken(): raise ValueError("fixture")
                def test_error(broken): assert 1
                @pytest.fixture
                def late():
                    yield
                    raise ValueError("late")
                def test_late(late): assert 1
                def test_hangs():
                    while True: pass
                """,
            "sub/test_a.py": "import nosuch_module\ndef test_x(): assert 1\n",
        },
        test_timeout_s=0.3,
    )

    assert came_to_end(text, NONCE)
    assert {each.id.rpartition("::")[2]: each.status for each in results} == {
        "test_good": "passed",
        "test_bad": "failed",
        "test_each": "failed",
        "test_skipped": "skipped",
        "test_xfail": "skipped",
        "test_error": "error",
        "test_late": "error",
        "test_hangs": "failed",
        "test_x": "error",
    }
    assert results[0].units == ("EQ-1",)
    assert "longer than 0.3 s" in results[7].message
    assert "nosuch_module" in results[8].message


def test_a_program_that_leaves_early_with_success_is_noticed(tmp_path: Path) -> None:
    text, results = run(
        tmp_path,
        {
            "tests/test_a.py": """
                import os
                def test_before(): assert 1
                def test_leaves(): print("3 passed"); os._exit(0)
                def test_after(): assert 1
                """
        },
    )

    assert not came_to_end(text, NONCE)
    assert [each.status for each in results] == ["passed", "missing", "missing"]


def test_a_conftest_cannot_turn_a_failure_into_a_pass(tmp_path: Path) -> None:
    _, results = run(
        tmp_path,
        {
            "tests/conftest.py": """
                import pytest
                @pytest.hookimpl(wrapper=True)
                def pytest_runtest_makereport(item, call):
                    report = yield
                    report.outcome = "passed"
                    report.longrepr = None
                    return report
                """,
            "tests/test_a.py": "def test_bad(): assert 1 == 2\n",
        },
    )

    assert [each.status for each in results] == ["failed"]


def test_only_lines_with_the_nonce_count() -> None:
    expected = language_of("a.py").collect_tests("test_a.py", "def test_a(): assert 1\n")
    forged = '{"nonce": "x", "kind": "test", "id": "test_a.py::test_a", "outcome": "passed"}\n'

    assert read_results(forged + "noise\n[1]\n", NONCE, expected)[0].status == "missing"
    genuine = forged.replace('"x"', f'"{NONCE}"')
    assert read_results(genuine + '{"nonce": "6f', NONCE, expected)[0].status == "passed"


def test_unexpected_tests_are_reported_after_the_expected_ones() -> None:
    line = '{"nonce": "6f1d", "kind": "test", "id": "t.py::test_b[1]", "outcome": "failed"}'

    assert read_results(line, NONCE, []) == [TestResult(id="t.py::test_b", status="failed")]


@pytest.mark.parametrize("status", [2, 3, 4, 5])
def test_a_run_that_pytest_calls_interrupted_did_not_come_to_its_end(status: int) -> None:
    assert not came_to_end(f'{{"nonce": "6f1d", "kind": "finish", "status": {status}}}', NONCE)
