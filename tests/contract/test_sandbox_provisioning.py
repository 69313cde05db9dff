"""Environments from an index made here, in a folder; no network is used."""

import asyncio
import base64
import hashlib
import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from deepcode.errors import SandboxError
from deepcode.sandbox import Command, Environment, ProvisionFailure, detect_level, provision
from deepcode.sandbox.opening import open_at_level
from deepcode.settings import SandboxSettings

SETTINGS = SandboxSettings()


@pytest.fixture(autouse=True)
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "wheels"
    folder.mkdir()
    for name in ("UV_FIND_LINKS", "UV_INDEX_URL", "PIP_INDEX_URL", "PIP_FIND_LINKS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("UV_DEFAULT_INDEX", folder.as_uri())
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return folder


def make_wheel(folder: Path, name: str, version: str, files: dict[str, str]) -> None:
    info = f"{name}-{version}.dist-info"
    files = files | {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = ""
    (folder / name).mkdir()
    file = f"{name}-{version}-py3-none-any.whl"
    (folder / name / "index.html").write_text(f'<a href="{file}">{file}</a>')
    with zipfile.ZipFile(folder / name / file, "w") as wheel:
        for path, text in files.items():
            wheel.writestr(path, text)
            digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest())
            record += f"{path},sha256={digest.decode().rstrip('=')},{len(text.encode())}\n"
        wheel.writestr(f"{info}/RECORD", record + f"{info}/RECORD,,\n")


async def test_a_second_request_is_served_from_the_cache(wheels: Path) -> None:
    make_wheel(wheels, "alpha", "1.0", {"alpha.py": "VALUE = 1\n"})
    first = await provision(["alpha", "# comment"], settings=SETTINGS)
    second = await provision(["Alpha"], settings=SETTINGS)
    assert isinstance(first, Environment)
    assert isinstance(second, Environment)
    assert (first.cached, second.cached) == (False, True)
    assert first.path == second.path
    assert first.lock.startswith("alpha==1.0")
    assert "--hash=sha256:" in first.lock
    folders = list(first.path.parent.parent.iterdir())
    assert folders == [first.path.parent]


async def test_builders_at_the_same_time_end_with_one_environment(wheels: Path) -> None:
    make_wheel(wheels, "alpha", "1.0", {"alpha.py": "VALUE = 1\n"})
    made = await asyncio.gather(*(provision(["alpha"], settings=SETTINGS) for _ in range(3)))
    paths = {it.path for it in made if isinstance(it, Environment)}
    assert len(made) == 3
    assert len(paths) == 1
    assert len(list(paths.pop().parent.parent.iterdir())) == 1


async def test_code_of_a_wheel_runs_in_the_machine_and_not_on_the_host(
    wheels: Path, tmp_path: Path
) -> None:
    marker = tmp_path / "marker"
    hostile = f"import pathlib; pathlib.Path({str(marker)!r}).touch()\n"
    files = {"alpha.py": "VALUE = 41\n", "alpha.pth": hostile, "sitecustomize.py": hostile}
    make_wheel(wheels, "alpha", "1.0", files)
    environment = await provision(["alpha"], settings=SETTINGS)
    assert isinstance(environment, Environment)
    assert not marker.exists()
    level = (await asyncio.to_thread(detect_level)).level
    if level == "none":
        pytest.skip("no sandbox holds here, so the wheel is not run")
    work = tmp_path / "work"
    work.mkdir()
    command = Command((environment.python, "-c", "import alpha, sys; print(alpha.VALUE + 1)"))
    async with open_at_level(level, work, environment=environment, settings=SETTINGS) as machine:
        execution = await machine.run(command)
        assert execution.stdout == "42\n"
        spoil = Command(("touch", str(environment.path / "new")))
        assert not (await machine.run(spoil)).ok
    assert not marker.exists()
    assert not (environment.path / "new").exists()


async def test_requirements_that_cannot_be_met_are_data(wheels: Path) -> None:
    make_wheel(wheels, "alpha", "1.0", {})
    for lines, word in (
        (["beta"], "beta"),
        (["alpha==2"], "alpha==2"),
        (["alpha<1", "alpha"], "alpha<1"),
        (["-r other.txt"], "-r other.txt"),
    ):
        failure = await provision(lines, settings=SETTINGS)
        assert isinstance(failure, ProvisionFailure)
        assert word in failure.message


async def test_a_source_distribution_is_not_built(wheels: Path, tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    setup = f"open({str(marker)!r}, 'w')".encode()
    (wheels / "gamma").mkdir()
    (wheels / "gamma" / "index.html").write_text('<a href="gamma-1.0.tar.gz">gamma-1.0.tar.gz</a>')
    with tarfile.open(wheels / "gamma" / "gamma-1.0.tar.gz", "w:gz") as archive:
        entry = tarfile.TarInfo("gamma-1.0/setup.py")
        entry.size = len(setup)
        archive.addfile(entry, io.BytesIO(setup))
    failure = await provision(["gamma"], settings=SETTINGS)
    assert isinstance(failure, ProvisionFailure)
    assert not marker.exists()


async def test_an_index_that_cannot_be_reached_is_not_the_requirements_fault(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    monkeypatch.setenv("UV_DEFAULT_INDEX", "http://name:password@127.0.0.1:9/simple")
    with pytest.raises(SandboxError) as caught:
        await provision(["alpha"], settings=SETTINGS)
    assert "password" not in str(caught.value)
    assert "network" in caught.value.hint


async def test_a_python_that_is_not_here_is_data() -> None:
    for version in ("2.4", "3; rm -rf"):
        failure = await provision([], settings=SETTINGS, python=version)
        assert isinstance(failure, ProvisionFailure)
