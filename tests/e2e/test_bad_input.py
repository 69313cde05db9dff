"""Bad input: one sentence each, the right exit code, nothing half-made left behind."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest
from scripted_server import ScriptedServer

from deepcode.cli import main


def exit_code(*words: str) -> int:
    with pytest.raises(SystemExit) as stopped:
        main(words)
    assert isinstance(stopped.value.code, int)
    return stopped.value.code


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def errors_of(capsys: pytest.CaptureFixture[str]) -> list[str]:
    lines = capsys.readouterr().err.splitlines()
    return [line for line in lines if line.startswith("error: ")]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("missing.md", None),
        ("empty.md", b""),
        ("blank.md", b" \n\n\t\n"),
        ("picture.pdf", b"GIF89a" + bytes(200)),
        ("cut.pdf", b"%PDF-1.7\n" + bytes(200)),
        ("noise.md", bytes(range(256)) * 4),
        ("table.xlsx", b"PK\x03\x04" + bytes(100)),
    ],
)
@pytest.mark.promise("INPUT-1")
def test_a_document_that_cannot_be_read_is_one_sentence(
    name: str,
    content: bytes | None,
    here: Path,
    server: ScriptedServer,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if content is not None:
        (here / name).write_bytes(content)
    assert exit_code("run", name, "--model", "scripted", "--base-url", server.url) == 2
    (error,) = errors_of(capsys)
    assert name in error
    assert not (here / "runs").exists()
    assert not server.asked


@pytest.mark.promise("INPUT-1")
def test_a_folder_and_a_pipe_are_refused_without_waiting(
    here: Path, server: ScriptedServer, capsys: pytest.CaptureFixture[str]
) -> None:
    os.mkfifo(here / "pipe.md")
    for name in (".", "pipe.md"):
        assert exit_code("run", name, "--model", "scripted", "--base-url", server.url) == 2
        assert len(errors_of(capsys)) == 1


@pytest.mark.parametrize(
    ("flags", "code", "word"),
    [
        ((), 2, "no model"),
        (("--model", "nobody:large"), 2, "unknown provider `nobody`"),
        (("--model", "large"), 2, "no provider is named"),
        (("--model", "anthropic:large"), 2, "no API key for `anthropic`"),
        (("--base-url", "ftp://models", "--model", "m"), 2, "not an http(s) address"),
        (("--base-url", "http://127.0.0.1:9/v1"), 3, "cannot be reached"),
        (("--max-cost", "0", "--base-url", "http://127.0.0.1:9/v1"), 2, "budget of zero"),
        (("--max-calls", "0", "--base-url", "http://127.0.0.1:9/v1"), 2, "budget of zero"),
        (("--max-cost", "many"), 2, "--max-cost"),
        (("--effort", "huge"), 2, "--effort"),
    ],
)
@pytest.mark.promise("INPUT-1")
def test_a_flag_that_cannot_work_is_one_sentence(
    flags: tuple[str, ...],
    code: int,
    word: str,
    here: Path,
    document: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    # no local model server of the machine that runs this test may answer
    monkeypatch.setattr("deepcode.models.choose.LOCAL_SERVERS", ())
    assert exit_code("run", str(document), *flags) == code
    (error,) = errors_of(capsys)
    assert word in error
    assert not (here / "runs").exists()


@pytest.mark.promise("INPUT-1")
def test_an_out_folder_that_exists_is_left_alone(
    here: Path, document: Path, server: ScriptedServer, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "there").mkdir()
    (here / "there" / "mine.txt").write_text("mine")
    words = ("run", str(document), "--out", "there", "--model", "m", "--base-url", server.url)
    assert exit_code(*words) == 2
    assert "exists already" in errors_of(capsys)[0]
    assert (here / "there" / "mine.txt").read_text() == "mine"


@pytest.mark.promise("CLI-1")
def test_an_error_is_an_object_for_programs(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code("show", "nothing", "--json") == 2
    answer = json.loads(capsys.readouterr().out)
    assert answer["exit_code"] == 2
    assert "nothing" in answer["error"]


@pytest.mark.promise("KEY-1")
def test_a_refused_key_is_said_without_showing_it(
    here: Path,
    document: Path,
    server: ScriptedServer,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DEEPCODE_API_KEY", "secret-key-canary")
    server.refuse(401)
    words = ("run", str(document), "--model", "scripted", "--base-url", server.url)
    assert exit_code(*words) == 3
    told = capsys.readouterr()
    assert "refused the key" in told.err
    assert "canary" not in told.err + told.out
    assert not (here / "runs").exists()


@pytest.mark.parametrize("out", ["a-file/x", "link", "/proc/x"])
@pytest.mark.promise("INPUT-1")
def test_a_place_that_cannot_be_written_is_one_sentence(
    out: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "a-file").write_text("mine")
    (here / "link").symlink_to(here / "nowhere" / "there")
    assert exit_code("demo", "--out", out, "--json") == 2
    told = capsys.readouterr()
    answer = json.loads(told.out)
    assert f"`{out}` cannot be used" in answer["error"]
    assert answer["exit_code"] == 2
    assert "Traceback" not in told.err


@pytest.mark.promise("INPUT-1")
def test_a_folder_for_runs_that_is_none_is_named(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "runs").write_text("mine")
    assert exit_code("demo") == 2
    assert "runs" in errors_of(capsys)[0]
    assert (here / "runs").read_text() == "mine"


@pytest.mark.parametrize(("word", "then"), [("run", "`deepcode resume`"), ("demo", "start again")])
@pytest.mark.promise("INPUT-1")
def test_a_full_disk_is_said_with_what_to_do(
    word: str, then: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(words: list[str], **_options: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "runs/x/run.json")

    monkeypatch.setattr("deepcode.cli.door.app", full)
    assert exit_code(word, "--json") == 2
    answer = json.loads(capsys.readouterr().out)
    assert answer["error"] == "`runs/x/run.json` cannot be used: No space left on device"
    assert answer["hint"] == f"free space, then {then}"


@pytest.mark.promise("KEY-1")
def test_a_folder_s_own_settings_cannot_send_the_key_elsewhere(
    here: Path,
    document: Path,
    server: ScriptedServer,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "secret-key-canary")
    (here / "deepcode.toml").write_text(f'base_url = "{server.url}"\n')
    assert exit_code("run", str(document), "--model", "openai:m") == 2
    (error,) = errors_of(capsys)
    assert "`./deepcode.toml` may not name it" in error
    assert not server.asked
