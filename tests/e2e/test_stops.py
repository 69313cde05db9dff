"""Runs that are interrupted or killed go on where they were, without paying twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from scripted_server import ScriptedServer

TIMEOUT_S = 90


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "deepcode", *words]


def start_run(document: Path, out: Path, server: ScriptedServer) -> subprocess.Popen[str]:
    words = ("run", str(document), "--out", str(out), "--model", "m", "--base-url", server.url)
    return subprocess.Popen(
        command(*words), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def resume_run(out: Path) -> dict[str, object]:
    # no model is named: a run goes on with its own
    words = ("resume", str(out), "--json")
    done = subprocess.run(
        command(*words), capture_output=True, text=True, timeout=TIMEOUT_S, check=True
    )
    record: dict[str, object] = json.loads(done.stdout)
    return record


@pytest.mark.parametrize(
    ("agent", "in_flight"),
    [
        ("analyst", {"analyst"}),
        ("planner", {"planner"}),
        # code and acceptance tests are written at the same time
        ("coder", {"coder", "tester"}),
        ("tester", {"coder", "tester"}),
    ],
)
@pytest.mark.promise("STOP-1")
def test_a_killed_run_is_resumed_and_pays_again_only_for_calls_in_flight(
    agent: str, in_flight: set[str], document: Path, tmp_path: Path, server: ScriptedServer
) -> None:
    out = tmp_path / "out"
    running = []

    def kill_once(asked: str) -> None:
        if asked == agent and server.asked[agent] == 1:
            os.kill(running[0].pid, signal.SIGKILL)

    server.before_answer = kill_once
    with start_run(document, out, server) as process:
        running.append(process)
        process.communicate(timeout=TIMEOUT_S)
    assert process.returncode == -signal.SIGKILL
    assert resume_run(out)["outcome"] == "verified"
    repeated = {name for name, count in server.asked.items() if count > 1}
    assert agent in repeated <= in_flight
    assert max(server.asked.values()) == 2


@pytest.mark.promise("STOP-1")
def test_ctrl_c_keeps_what_is_done_and_says_how_to_go_on(
    document: Path, tmp_path: Path, server: ScriptedServer
) -> None:
    out = tmp_path / "out"
    running = []

    def interrupt_once(asked: str) -> None:
        if asked == "coder" and server.asked["coder"] == 1:
            running[0].send_signal(signal.SIGINT)

    server.before_answer = interrupt_once
    with start_run(document, out, server) as process:
        running.append(process)
        _, told = process.communicate(timeout=TIMEOUT_S)
    assert process.returncode == 130
    assert "Traceback" not in told
    assert "deepcode resume" in told
    assert json.loads((out / "run.json").read_text())["outcome"] == "cancelled"
    assert resume_run(out)["outcome"] == "verified"
