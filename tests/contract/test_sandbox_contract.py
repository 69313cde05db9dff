"""What every machine does, against each level this computer can enforce and the scripted twin."""

from __future__ import annotations

import asyncio
import functools
import os
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from deepcode.artifacts.check import Execution, SandboxLevel
from deepcode.errors import SandboxError
from deepcode.sandbox import Command, Machine, ScriptedMachine
from deepcode.sandbox.detection import is_locked, probe_level
from deepcode.sandbox.interpreter import host_python
from deepcode.sandbox.machine import HostMachine
from deepcode.sandbox.opening import open_at_level
from deepcode.settings import SandboxSettings

PYTHON = host_python()
SETTINGS = SandboxSettings(memory_bytes=2 * 1024**3)

# Ignores what can be ignored, leaves a child in a session of its own, and holds a lock meanwhile.
STUBBORN = """
import fcntl, os, signal
for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
    signal.signal(number, signal.SIG_IGN)
held = open("held", "w")
fcntl.flock(held, fcntl.LOCK_EX)
if os.fork() == 0:
    os.setsid()
with open("fifo", "w") as fifo:
    fifo.write("running")
while True:
    signal.pause()
"""


@functools.cache
def why_not(level: SandboxLevel) -> str:
    try:
        with ThreadPoolExecutor(1) as own_thread:
            probes = own_thread.submit(asyncio.run, probe_level(level)).result()
    except SandboxError as error:
        return str(error)
    return "; ".join(detail for _, held, detail in probes if not held)


def skip_unless_held(name: SandboxLevel) -> SandboxLevel:
    if name != "none" and (reason := why_not(name)):
        pytest.skip(f"no `{name}` sandbox here: {reason}")
    return name


@pytest.fixture(params=["strong", "reduced", "none"])
def level(request: pytest.FixtureRequest) -> SandboxLevel:
    return skip_unless_held(request.param)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = tmp_path / "repository"
    (root / "package").mkdir(parents=True)
    (root / "package" / "hello.py").write_text("print('hello')")
    return root


@pytest.fixture
async def machine(level: SandboxLevel, repository: Path) -> AsyncIterator[HostMachine]:
    async with open_at_level(level, repository, environment=None, settings=SETTINGS) as it:
        yield it


@pytest.fixture(params=["strong", "reduced", "none", "twin"])
async def any_machine(request: pytest.FixtureRequest, repository: Path) -> AsyncIterator[Machine]:
    if request.param == "twin":
        yield ScriptedMachine(answer_like_a_shell, files={"out/result.txt": b"42"})
        return
    name = skip_unless_held(request.param)
    async with open_at_level(name, repository, environment=None, settings=SETTINGS) as it:
        yield it


def answer_like_a_shell(command: Command) -> Execution:
    code = int(command.argv[-1].removeprefix("exit ")) if "exit" in command.argv[-1] else 0
    return Execution(
        argv=command.argv, exit_code=code, stdout="", stderr="", duration_s=0, level="strong"
    )


async def test_a_program_that_fails_is_data(any_machine: Machine) -> None:
    command = Command(("sh", "-c", "exit 7"))
    execution = await any_machine.run(command)
    assert (execution.exit_code, execution.ok, execution.limit) == (7, False, "")
    assert execution.argv == command.argv
    assert execution.level == any_machine.level


@pytest.mark.parametrize(
    "command",
    [
        Command(()),
        Command(("a\0b",)),
        Command(("true",), cwd="../outside"),
        Command(("true",), cwd="/etc"),
        Command(("true",), env={"A=B": "c"}),
        Command(("true",), timeout_s=0),
    ],
)
async def test_a_command_that_means_nothing_is_refused(
    any_machine: Machine, command: Command
) -> None:
    with pytest.raises(ValueError):
        await any_machine.run(command)


async def test_a_file_that_a_program_made_can_be_fetched(any_machine: Machine) -> None:
    await any_machine.run(Command(("sh", "-c", "mkdir -p out && printf 42 > out/result.txt")))
    assert await any_machine.fetch("out/result.txt") == b"42"
    assert await any_machine.fetch("./out//result.txt") == b"42"


@pytest.mark.parametrize("path", ["missing", "../out", "/etc/hostname", "", ".", "out"])
async def test_what_is_no_file_of_the_workspace_is_not_fetched(
    any_machine: Machine, path: str
) -> None:
    await any_machine.run(Command(("mkdir", "-p", "out")))
    assert await any_machine.fetch(path) is None


async def test_links_and_specials_are_not_fetched(machine: HostMachine) -> None:
    script = "ln -s /etc/hostname link; ln -s . here; mkfifo fifo; echo x > plain"
    await machine.run(Command(("sh", "-c", script)))
    assert await machine.fetch("plain") == b"x\n"
    for path in ("link", "here/plain", "fifo"):
        assert await machine.fetch(path) is None


async def test_a_program_runs_in_its_folder_and_sees_only_given_variables(
    machine: HostMachine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEEPCODE_API_KEY", "canary")
    source = "import os; print(sorted(os.environ), os.getcwd()); import hello"
    execution = await machine.run(
        Command((PYTHON, "-c", source), cwd="package", env={"SEED": "1"}, stdin="ignored")
    )
    lines = execution.stdout.splitlines()
    names = {name.strip("[],'") for name in lines[0].split()[:-1]}
    assert names - {"LC_CTYPE", "PWD"} == {"HOME", "LANG", "PATH", "SEED", "TMPDIR", "USER"}
    assert lines[0].endswith(" /ws/package")
    assert lines[1] == "hello"


async def test_the_input_of_a_program_is_what_was_given_or_ended(machine: HostMachine) -> None:
    assert (await machine.run(Command(("cat",), stdin="grüße"))).stdout == "grüße"
    assert (await machine.run(Command(("cat",)))).stdout == ""


async def test_a_program_that_is_not_there_ends_with_127(machine: HostMachine) -> None:
    execution = await machine.run(Command(("no-such-program",)))
    assert execution.exit_code == 127
    assert "no-such-program" in execution.stderr


async def test_a_program_killed_by_a_signal_ends_with_128_and_its_number(
    machine: HostMachine,
) -> None:
    assert (await machine.run(Command(("sh", "-c", "kill -SEGV $$")))).exit_code == 139


async def test_the_repository_of_the_host_stays_as_it_was(
    machine: HostMachine, repository: Path
) -> None:
    await machine.run(Command(("sh", "-c", "rm -rf package; echo new > file; ln -s / root")))
    assert [str(path.relative_to(repository)) for path in sorted(repository.rglob("*"))] == [
        "package",
        "package/hello.py",
    ]
    assert await machine.fetch("file") == b"new\n"


async def test_the_time_limit_ends_the_whole_tree(machine: HostMachine) -> None:
    os.mkfifo(machine.room.workspace / "fifo")
    (machine.room.workspace / "fifo").chmod(0o666)
    running = asyncio.create_task(
        asyncio.to_thread((machine.room.workspace / "fifo").read_text),
    )
    execution = await machine.run(Command((PYTHON, "-c", STUBBORN), timeout_s=1.5))
    assert "running" in await running
    assert (execution.limit, execution.exit_code, execution.ok) == ("time", 137, False)
    assert execution.duration_s < 1.5 + 2
    assert not is_locked(machine.room.workspace / "held")


async def test_a_cancelled_run_leaves_no_process_behind(machine: HostMachine) -> None:
    fifo = machine.room.workspace / "fifo"
    os.mkfifo(fifo)
    fifo.chmod(0o666)
    task = asyncio.create_task(machine.run(Command((PYTHON, "-c", STUBBORN), timeout_s=60)))
    async with asyncio.timeout(20):
        assert "running" in await asyncio.to_thread(fifo.read_text)
    assert is_locked(machine.room.workspace / "held")
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not is_locked(machine.room.workspace / "held")


async def test_a_child_that_keeps_the_output_open_does_not_hold_the_run_up(
    machine: HostMachine,
) -> None:
    source = "import os, signal\nif os.fork() == 0:\n    os.setsid(); signal.pause()\nprint('done')"
    execution = await machine.run(Command((PYTHON, "-c", source), timeout_s=20))
    assert (execution.exit_code, execution.stdout, execution.limit) == (0, "done\n", "")


async def test_long_output_keeps_its_head_and_its_tail(machine: HostMachine) -> None:
    source = "import sys; print('HEAD'); sys.stdout.write('x' * 30_000_000); print('TAIL')"
    execution = await machine.run(Command((PYTHON, "-c", source)))
    assert execution.truncated
    assert execution.stdout.startswith("HEAD\n")
    assert execution.stdout.endswith("TAIL\n")
    assert "bytes left out" in execution.stdout
    assert len(execution.stdout) < 140_000


async def test_damaged_output_is_replaced_and_control_characters_stay(
    machine: HostMachine,
) -> None:
    execution = await machine.run(Command(("printf", r"a\377b\033[0m")))
    assert execution.stdout == "a\ufffdb\x1b[0m"


async def test_memory_beyond_the_limit_is_refused_to_the_program(machine: HostMachine) -> None:
    execution = await machine.run(Command((PYTHON, "-c", "bytearray(3 * 1024**3)")))
    assert execution.exit_code == 1
    assert "MemoryError" in execution.stderr


async def test_nothing_is_left_of_a_closed_machine(level: SandboxLevel, repository: Path) -> None:
    source = """
import os
os.makedirs("closed/inner")
os.chmod("closed", 0)
for _ in range(2000):
    os.mkdir("deep")
    os.chdir("deep")
"""
    async with open_at_level(level, repository, environment=None, settings=SETTINGS) as machine:
        folder = machine.room.folder
        assert (await machine.run(Command((PYTHON, "-c", source)))).exit_code == 0
    assert not folder.exists()


async def test_a_machine_that_does_not_start_is_not_a_program_that_failed(
    level: SandboxLevel, repository: Path, tmp_path: Path
) -> None:
    async with open_at_level(level, repository, environment=None, settings=SETTINGS) as machine:
        (machine.room.workspace / "package" / "hello.py").unlink()
        (machine.room.workspace / "package").rmdir()
        machine.room.workspace.rmdir()
        with pytest.raises(SandboxError, match="did not start"):
            await machine.run(Command(("touch", str(tmp_path / "marker"))))
    assert not (tmp_path / "marker").exists()
