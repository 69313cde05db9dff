"""`scripts/setup.sh` with a `uv` that writes down what it was called with and fails as told."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "setup.sh"

UV = """#!/bin/sh
echo "$1 $2 index=$UV_DEFAULT_INDEX cert=$SSL_CERT_FILE system=$UV_SYSTEM_CERTS" >> calls
[ "$1 $2" = "pip sync" ] && [ -n "$COMPLAINT" ] && [ -z "$UV_SYSTEM_CERTS" ] || exit 0
echo "$COMPLAINT" >&2
exit 2
"""


@pytest.fixture
def setup(tmp_path: Path) -> Path:
    """A folder to set up in, with twins of the tools that are called."""
    tools = tmp_path / "bin"
    tools.mkdir()
    for name, text in (("uv", UV), ("bwrap", "#!/bin/sh\n")):
        (tools / name).write_text(text)
        (tools / name).chmod(0o755)
    return tmp_path


def _run(folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": f"{folder / 'bin'}:/usr/bin:/bin", "PYTHON": sys.executable, **variables}
    return subprocess.run(
        ["sh", str(SCRIPT)],
        cwd=folder, env=environment, capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip


def test_what_pip_was_told_about_a_mirror_is_told_to_uv(setup: Path) -> None:
    done = _run(setup, PIP_INDEX_URL="https://mirror.example/simple", PIP_CERT="/ca.pem")

    assert (done.returncode, done.stderr) == (0, "")
    assert (
        "pip sync index=https://mirror.example/simple cert=/ca.pem" in (setup / "calls").read_text()
    )


def test_what_uv_was_told_itself_goes_first(setup: Path) -> None:
    given = {"UV_DEFAULT_INDEX": "https://own.example", "SSL_CERT_FILE": "/own.pem"}
    _run(setup, PIP_INDEX_URL="https://mirror.example/simple", PIP_CERT="/ca.pem", **given)

    assert "pip sync index=https://own.example cert=/own.pem" in (setup / "calls").read_text()


def test_a_certificate_that_uv_does_not_know_is_looked_for_in_the_system(setup: Path) -> None:
    done = _run(setup, COMPLAINT="error: invalid peer certificate: UnknownIssuer")

    assert done.returncode == 0
    assert "those of the system" in done.stderr
    synced = [line for line in (setup / "calls").read_text().splitlines() if "sync" in line]
    assert [line.split("system=")[1] for line in synced] == ["", "1"]


def test_a_failure_ends_in_one_sentence(setup: Path) -> None:
    done = _run(setup, COMPLAINT="error: dns error")

    first, last = done.stderr.splitlines()
    assert (done.returncode, first) == (1, "error: dns error")
    assert last.startswith("setup: the packages of requirements.lock could not be installed; ")


def test_a_missing_python_is_said(setup: Path) -> None:
    done = _run(setup, PYTHON="")

    assert done.returncode == 1
    assert done.stderr.startswith("setup: Python 3.11 or newer was not found")
