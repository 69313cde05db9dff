"""What the canaries say about this computer, and that they would notice."""

import asyncio
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from deepcode.errors import SandboxError
from deepcode.sandbox import Command, Detection, detect_level, open_machine
from deepcode.sandbox.bubblewrap import find_programs
from deepcode.sandbox.detection import probe_level
from deepcode.settings import SandboxSettings


@pytest.fixture
def reachable() -> Iterator[Path]:
    """A folder that any user can enter; that of `tmp_path` is for its owner only."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


async def test_a_computer_without_a_sandbox_would_be_noticed() -> None:
    probes = await probe_level("none")
    held = {name for name, is_held, _ in probes if is_held}
    assert {"python", "workspace", "daemon"} <= held
    assert not held & {"read", "write", "tcp", "unix"}
    assert len(probes) == 12


def test_the_level_found_is_the_one_whose_probes_held() -> None:
    found = detect_level()
    assert isinstance(found, Detection)
    assert detect_level() is found
    if found.level == "none":
        assert found.reason
    else:
        optional = {"processes"} if found.level == "reduced" else set()
        assert all(held for name, held, _ in found.probes if name not in optional)


async def test_the_automatic_level_is_the_detected_one(tmp_path: Path) -> None:
    found = await asyncio.to_thread(detect_level)
    try:
        async with open_machine(tmp_path, environment=None, settings=SandboxSettings()) as machine:
            assert machine.level == found.level
            assert (await machine.run(Command(("true",)))).ok
    except SandboxError as error:
        assert found.level == "none"
        assert found.reason in str(error)


async def test_a_missing_bubblewrap_is_said_with_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    find_programs.cache_clear()
    monkeypatch.setenv("PATH", str(tmp_path))
    settings = SandboxSettings(level="strong")
    try:
        with pytest.raises(SandboxError) as caught:
            async with open_machine(tmp_path, environment=None, settings=settings) as machine:
                await machine.run(Command(("touch", "marker")))
    finally:
        find_programs.cache_clear()
    assert "bwrap" in str(caught.value)
    assert "apt install bubblewrap" in caught.value.hint


@pytest.mark.parametrize(
    ("complaint", "word"),
    [
        ("bwrap: loopback: Failed RTM_NEWADDR: Operation not permitted", "AppArmor"),
        ("bwrap: setting up uid map: Permission denied", "AppArmor"),
        ("bwrap: Can't mount proc on /newroot/proc: Operation not permitted", "systempaths"),
        ("bwrap: No permissions to create a new namespace", "seccomp=unconfined"),
        ("bwrap: Failed to make / slave: Operation not permitted", "seccomp=unconfined"),
    ],
)
async def test_a_refused_bubblewrap_is_not_used_and_what_mends_it_is_said(
    reachable: Path, monkeypatch: pytest.MonkeyPatch, complaint: str, word: str
) -> None:
    refusing = reachable / "bwrap"
    refusing.write_text(
        f'#!/bin/sh\ntest "$1" = --version && echo bubblewrap 0.9.0 && exit\n'
        f'echo "{complaint}" >&2; exit 1\n'
    )
    refusing.chmod(0o755)
    find_programs.cache_clear()
    detect_level.cache_clear()
    monkeypatch.setenv("PATH", f"{reachable}:/usr/bin:/bin")
    try:
        found = await asyncio.to_thread(detect_level)
    finally:
        find_programs.cache_clear()
        detect_level.cache_clear()
    assert found.level != "strong"
    assert f"the `strong` sandbox did not start: {complaint}" in found.reason
    assert word in found.hint
