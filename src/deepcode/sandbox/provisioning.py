"""Provide the packages a repository asks for, as an environment that is never changed again.

Above: `pipeline/`, `verification/`. Below: the program `uv`, from the package of that name.

Wheels only, so that nothing foreign runs on the host: `uv` unpacks files, and the interpreter that
compiles them to byte code starts without `site`, so that no `.pth` file of theirs is executed. The
environment's own interpreter runs in a machine only. One index, as the user set it; no key of a
model provider is passed on. An environment is found by the hash of what was asked for, is built
in a folder beside its place, and is renamed into it, so that there is never half of one.
"""

from __future__ import annotations

import hashlib
import json
import platform
import re
import secrets
import shutil
import sys
import sysconfig
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from deepcode.errors import SandboxError
from deepcode.sandbox.descriptors import text_fd
from deepcode.sandbox.environment import Environment
from deepcode.sandbox.interpreter import host_python
from deepcode.sandbox.process import Ending, Launch, run_to_end
from deepcode.sandbox.requirements import check_requirements
from deepcode.settings import SandboxSettings, inherited_environment, user_cache

# What the installer must know: where the index is, how to reach it, where it keeps its cache.
_INHERITED = (
    *("HOME", "PATH", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "TMPDIR"),
    *("UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_CACHE_DIR", "UV_FIND_LINKS"),
    *("UV_OFFLINE", "UV_HTTP_RETRIES"),
    *("UV_HTTP_TIMEOUT", "UV_INSECURE_HOST", "UV_NATIVE_TLS", "UV_SYSTEM_CERTS", "UV_CONFIG_FILE"),
    *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"),
    *("http_proxy", "https_proxy", "all_proxy", "no_proxy"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "SSL_CLIENT_CERT"),
)
# pip's names for the same, for users who only set those.
_FROM_PIP = {
    "PIP_INDEX_URL": "UV_DEFAULT_INDEX",
    "PIP_FIND_LINKS": "UV_FIND_LINKS",
    "PIP_CERT": "SSL_CERT_FILE",
}

_COMMON = ("--no-python-downloads", "--no-progress", "--color", "never", "--quiet")
_DESCRIPTION = "environment.json"

# `uv` ends so when the requirements cannot be met, and with 2 when it could not find out.
_UNSATISFIABLE = 1

# Part of the hash; another number makes all environments again.
_FORMAT = 1


@dataclass(frozen=True)
class ProvisionFailure:
    """The requirements cannot be installed; a repair can act on it."""

    requirements: tuple[str, ...]
    """As they were asked for."""
    message: str
    """The reason, from the resolver or the check of the lines; a few lines of text."""


async def provision(
    requirements: Sequence[str], *, settings: SandboxSettings, python: str = ""
) -> Environment | ProvisionFailure:
    """An environment with these packages, from the cache or built now.

    Args:
        requirements: PEP 508 lines, all that is needed (`pytest` included).
        settings: `provision_timeout_s` is the wall time of each of the installer's three steps.
        python: Version of an interpreter on this computer, `3.12`; empty for DeepCode's own.

    Returns:
        The environment; or why the requirements themselves cannot be met.

    Raises:
        SandboxError: The index cannot be reached, the disk is full, time is up, `uv` is missing.
    """
    started = time.monotonic()
    try:
        wanted = check_requirements(requirements)
    except ValueError as error:
        return ProvisionFailure(tuple(requirements), str(error))
    installer = _Installer(settings.provision_timeout_s)
    interpreter = await installer.find(python) if python else host_python()
    if interpreter is None:
        return ProvisionFailure(wanted, f"there is no Python {python!r} on this computer")
    place = _place(wanted, interpreter, python)
    found = _load(place, started)
    if found is None:
        failure = await _build(place, wanted, interpreter, installer)
        if failure:
            return ProvisionFailure(wanted, failure)
        found = _load(place, started, built=True)
    if found is None:
        message = f"the environment `{place}` cannot be read back"
        raise SandboxError(message, hint="Delete that folder and try again.")
    return found


@dataclass(frozen=True)
class _Installer:
    """The program `uv`, looked for when it is needed."""

    timeout_s: float

    async def find(self, version: str) -> str | None:
        """The interpreter of this version; None when there is none."""
        if not re.fullmatch(r"\d+(\.\d+){0,2}", version):
            return None
        ending = await self.run("python", "find", "--no-project", "--system", version, check=False)
        return ending.stdout.strip() or None

    async def run(self, *words: str, text: str = "", check: bool = True) -> Ending:
        """Run one of its commands with `text` as input; a failure that is ours raises."""
        argv = (_uv(), *words, *_COMMON)
        with ExitStack() as files:
            stdin = text_fd(text, files)
            launch = Launch(argv=argv, env=_installer_variables(), stdin=stdin)
            ending = await run_to_end(launch, timeout_s=self.timeout_s)
        if ending.timed_out:
            message = f"installing packages took longer than {self.timeout_s:g} s"
            raise SandboxError(message, hint="Raise `sandbox.provision_timeout_s`.")
        if check and ending.exit_code not in (0, _UNSATISFIABLE):
            raise _installer_error(ending.stderr)
        return ending


async def _build(
    place: Path, wanted: tuple[str, ...], interpreter: str, installer: _Installer
) -> str:
    """Build an environment at `place`; what the resolver said when it cannot be, else empty."""
    building = place.with_name(f".{place.name}.{secrets.token_hex(4)}")
    building.mkdir(parents=True)
    try:
        complaint = await _fill(building, wanted, interpreter, installer)
        if complaint:
            return complaint
        if not place.exists() or _load(place, 0.0) is None:
            _move(building, place)
        return ""
    except OSError as error:
        message = f"cannot make the environment `{place}`: {error.strerror}"
        raise SandboxError(message, hint="Free some space.") from error
    finally:
        shutil.rmtree(building, ignore_errors=True)


async def _fill(
    building: Path, wanted: tuple[str, ...], interpreter: str, installer: _Installer
) -> str:
    wheels = ("--only-binary", ":all:", "--python", interpreter)
    resolving = ("pip", "compile", "-", "--generate-hashes", "--no-header", "--no-annotate")
    resolved = await installer.run(*resolving, *wheels, text="\n".join(wanted) or "\n")
    if resolved.exit_code != 0:
        return _without_secrets(resolved.stderr)
    lock = building / "requirements.lock"
    lock.write_text(resolved.stdout, encoding="utf-8")
    venv = building / "venv"
    await installer.run("venv", "--no-project", "--relocatable", "--python", interpreter, str(venv))
    # Copies, not links into the installer's cache: nothing here is shared with the user.
    syncing = ("pip", "sync", "--require-hashes", "--link-mode", "copy", "--only-binary", ":all:")
    allow = "--allow-empty-requirements"
    synced = await installer.run(*syncing, allow, "--python", str(venv), str(lock))
    if synced.exit_code != 0:
        return _without_secrets(synced.stderr)
    await _compile(venv, installer.timeout_s)
    description = {"lock": resolved.stdout, "base_prefix": str(_base_prefix(venv))}
    (building / _DESCRIPTION).write_text(json.dumps(description), encoding="utf-8")
    return ""


async def _compile(venv: Path, timeout_s: float) -> None:
    """Write byte code, which programs cannot do in a read-only environment; failure costs speed."""
    words = ("-I", "-S", "-m", "compileall", "-q", "-j", "0", str(venv / "lib"))
    await run_to_end(Launch(argv=(host_python(), *words)), timeout_s=timeout_s)


def _place(wanted: tuple[str, ...], interpreter: str, python: str) -> Path:
    version = python or platform.python_version()
    parts = [_FORMAT, wanted, interpreter, version, sysconfig.get_platform()]
    digest = hashlib.sha256(json.dumps(parts).encode()).hexdigest()
    return user_cache() / "environments" / digest[:32]


def _load(place: Path, started: float, *, built: bool = False) -> Environment | None:
    """The environment at `place`; None when there is none, or its interpreter is gone."""
    python = place / "venv" / "bin" / "python"
    try:
        description = json.loads((place / _DESCRIPTION).read_text(encoding="utf-8"))
        lock, base = str(description["lock"]), Path(description["base_prefix"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if not python.exists():
        return None
    return Environment(
        path=place / "venv",
        python=str(python),
        base_prefix=base,
        lock=lock,
        seconds=time.monotonic() - started,
        cached=not built,
    )


def _move(building: Path, place: Path) -> None:
    if place.exists():
        # Left over without its description or interpreter; set aside, so that the name is free.
        aside = place.with_name(f".{place.name}.{secrets.token_hex(4)}.old")
        place.rename(aside)
        shutil.rmtree(aside, ignore_errors=True)
    try:
        building.rename(place)
    except OSError:
        # Somebody else built the same meanwhile; theirs is as good.
        if _load(place, 0.0) is None:
            raise


def _base_prefix(venv: Path) -> Path:
    for line in (venv / "pyvenv.cfg").read_text(encoding="utf-8").splitlines():
        name, _, value = line.partition("=")
        if name.strip() == "home":
            return Path(value.strip()).parent
    return Path(sys.base_prefix)


def _uv() -> str:
    try:
        from uv import find_uv_bin

        return str(find_uv_bin())
    except (ImportError, FileNotFoundError) as error:
        message = "the program `uv` is not installed beside DeepCode"
        raise SandboxError(message, hint="Install DeepCode again, or `pip install uv`.") from error


def _installer_variables() -> dict[str, str]:
    variables = inherited_environment(*_INHERITED)
    for theirs, ours in _FROM_PIP.items():
        for value in inherited_environment(theirs).values():
            variables.setdefault(ours, value)
    return variables


def _installer_error(words: str) -> SandboxError:
    lines = [line.strip() for line in _without_secrets(words).splitlines() if line.strip()]
    message = "the package installer failed: " + "; ".join(lines[:4] or ["it said nothing"])
    if any(sign in words for sign in ("Failed to fetch", "error sending request", "dns error")):
        hint = "Check the network, and UV_DEFAULT_INDEX, HTTPS_PROXY and SSL_CERT_FILE."
        return SandboxError(message, hint=hint)
    return SandboxError(message)


def _without_secrets(words: str) -> str:
    return re.sub(r"(?<=://)[^/@\s]+@", "***@", words).strip()
