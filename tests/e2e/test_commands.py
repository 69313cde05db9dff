"""The commands around a run, as a person and as a program use them."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from scripted_server import ScriptedServer

from deepcode.cli import main


def call(*words: str) -> int:
    with pytest.raises(SystemExit) as stopped:
        main(words)
    assert isinstance(stopped.value.code, int)
    return stopped.value.code


@pytest.fixture
def finished(
    document: Path, server: ScriptedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A verified run of the scripted document, in the working folder's `runs/`."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DEEPCODE_API_KEY", "secret-key-canary")
    assert call("run", str(document), "--model", "m", "--base-url", server.url) == 0
    return tmp_path / "runs" / "tally"


@pytest.mark.promise("CLI-1")
def test_a_run_prints_one_object_on_stdout_and_the_same_stands_in_run_json(
    document: Path,
    server: ScriptedServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    words = ("run", str(document), "--out", "mine", "--model", "m", "--base-url", server.url)
    assert call(*words, "--json") == 0
    told = capsys.readouterr()
    printed = json.loads(told.out)
    assert printed == json.loads((tmp_path / "mine" / "run.json").read_text())
    assert {"outcome", "document", "model", "files", "units", "checks", "usage"} <= set(printed)
    assert "verification ..." in told.err


@pytest.mark.promise("KEY-1")
def test_the_key_is_in_no_file_and_no_prompt(finished: Path, server: ScriptedServer) -> None:
    canary = b"secret-key-canary"
    files = [path for path in finished.rglob("*") if path.is_file()]
    assert len(files) > 20
    assert [path for path in files if canary in path.read_bytes()] == []
    assert not any(canary.decode() in words for words in server.prompts)


@pytest.mark.promise("CLI-1")
def test_runs_and_show_tell_what_there_is(
    finished: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert call("runs") == 0
    assert "tally" in (listed := capsys.readouterr().out)
    assert "verified" in listed
    assert call("runs", "--json") == 0
    assert json.loads(capsys.readouterr().out)["runs"][0]["outcome"] == "verified"
    assert call("show", "tally") == 0
    shown = capsys.readouterr().out
    assert "wrote tally/core.py" in shown
    assert "generation" in shown
    assert call("show", str(finished), "--json") == 0
    assert json.loads(capsys.readouterr().out)["run_id"] == "tally"


@pytest.mark.promise("TRACE-1")
def test_the_report_page_links_requirement_code_and_test(finished: Path) -> None:
    page = (finished / "report.html").read_text(encoding="utf-8")
    assert "verified" in page
    assert "An empty list raises" in page
    assert "tally/core.py" in page
    assert "test_nothing_has_no_total" in page
    assert "<script" not in page


@pytest.mark.promise("CLI-3")
def test_index_and_search_need_no_model(document: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("index", str(document)) == 0
    assert "Interface" in capsys.readouterr().out
    assert call("index", str(document), "--json") == 0
    indexed = json.loads(capsys.readouterr().out)
    assert indexed["title"] == "Tally"
    assert [section["heading"] for section in indexed["sections"]][-1] == "Interface"
    assert call("search", str(document), "empty list", "--json") == 0
    (first, *_) = json.loads(capsys.readouterr().out)["passages"]
    assert "raises `ValueError`" in first["text"]
    assert document.read_text()[first["start"] : first["end"]] == first["text"]
    assert call("search", str(document), "zebra") == 0
    assert "nothing found" in capsys.readouterr().out


@pytest.mark.promise("CLI-3")
def test_doctor_says_what_holds_here(capsys: pytest.CaptureFixture[str]) -> None:
    call("doctor", "--json")
    found = json.loads(capsys.readouterr().out)
    assert found["sandbox"]["level"] in ("strong", "reduced", "none")
    assert found["sandbox"]["probes"]
    assert found["keys"] == {
        "anthropic": False, "openai": False, "openrouter": False, "google": False,
    }  # fmt: skip
    assert found["tools"]["uv"]


@pytest.mark.promise("CLI-2")
def test_text_that_steers_a_terminal_is_shown_and_not_obeyed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "evil.md"
    path.write_text("# Title \x1b]0;owned\x07 \u202e\n\nSome text that \x1b[2J clears.\n")
    assert call("index", str(path)) == 0
    assert call("search", str(path), "clears") == 0
    told = capsys.readouterr()
    assert "\x1b" not in told.out + told.err
    assert "\u202e" not in told.out


@pytest.mark.promise("CLI-3")
def test_help_and_version_work_without_anything(capsys: pytest.CaptureFixture[str]) -> None:
    assert call("--version") == 0
    assert call("--help") == 0
    told = capsys.readouterr().out
    assert "0.1.0" in told
    assert all(name in told for name in ("run", "plan", "resume", "demo", "doctor"))
    assert call() == 2


@pytest.mark.promise("CLI-2")
def test_a_letter_that_the_terminal_lacks_is_shown_by_its_code(
    document: Path, tmp_path: Path
) -> None:
    path = tmp_path / "arrow.md"
    path.write_text("# Title\n\nFrom here \N{RIGHTWARDS ARROW} there.\n", encoding="utf-8")
    words = [sys.executable, "-m", "deepcode", "search", str(path), "there"]
    told = subprocess.run(
        ["env", "PYTHONIOENCODING=latin-1", *words], capture_output=True, timeout=60, check=True
    )
    assert b"From here \\u2192 there." in told.stdout
    assert told.stderr == b""


@pytest.mark.parametrize(
    ("word", "hint"), [("run", "`deepcode resume` goes on"), ("demo", ""), ("index", "")]
)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.promise("STOP-1")
def test_an_interrupted_command_ends_with_one_object_and_a_hint_where_it_can_go_on(
    word: str,
    hint: str,
    number: signal.Signals,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def interrupted(words: list[str], **_options: object) -> int:
        signal.raise_signal(number)
        return 0

    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr("deepcode.cli.door.app", interrupted)
    assert call(word, "--json") == 130
    told = capsys.readouterr()
    assert json.loads(told.out) == {"error": "interrupted", "hint": hint, "exit_code": 130}
    assert told.err == (f"interrupted; {hint}\n" if hint else "interrupted\n")
    assert signal.getsignal(signal.SIGTERM) is before


@pytest.mark.promise("STOP-1")
def test_a_terminated_run_keeps_what_is_done(
    document: Path, tmp_path: Path, server: ScriptedServer
) -> None:
    out = tmp_path / "out"
    running: list[subprocess.Popen[str]] = []

    def terminate(asked: str) -> None:
        if asked == "coder" and server.asked["coder"] == 1:
            running[0].terminate()

    server.before_answer = terminate
    words = ("run", str(document), "--out", str(out), "--model", "m", "--base-url", server.url)
    with subprocess.Popen(
        [sys.executable, "-m", "deepcode", *words, "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        running.append(process)
        printed, told = process.communicate(timeout=90)
    assert process.returncode == 130
    assert "Traceback" not in told
    assert json.loads(printed)["hint"] == "`deepcode resume` goes on"
    assert json.loads((out / "run.json").read_text())["outcome"] == "cancelled"
