"""Whether a Python repository can be built and so installed: a command for the sandbox."""

from __future__ import annotations

from collections.abc import Mapping

# Calls the build backend as PEP 517 says a front end does, without pip, network or isolation.
_BUILD = """\
import importlib, os, sys, tomllib
from pathlib import Path
project = Path("pyproject.toml")
system = tomllib.loads(project.read_text()).get("build-system", {}) if project.is_file() else {}
name = system.get("build-backend", "setuptools.build_meta:__legacy__")
sys.path[:0] = system.get("backend-path", [])
module, _, inner = name.partition(":")
backend = importlib.import_module(module)
for part in filter(None, inner.split(".")):
    backend = getattr(backend, part)
target = Path(os.environ.get("TMPDIR", "/tmp")) / "wheel"
target.mkdir(exist_ok=True)
print("built", backend.build_wheel(str(target)))
"""


def build_command(files: Mapping[str, str]) -> tuple[str, ...] | None:
    """The command that builds a wheel in a temporary folder; None where nothing can be built.

    Args:
        files: Relative path -> text of the repository's files.

    Source: PEP 517 (build backend interface).
    """
    if not {"pyproject.toml", "setup.py"} & set(files):
        return None
    return ("python", "-c", _BUILD)


def build_requirements(files: Mapping[str, str]) -> list[str]:
    """What the build backend of a repository asks for; setuptools where it says nothing."""
    import tomllib

    try:
        project = tomllib.loads(files.get("pyproject.toml", ""))
    except tomllib.TOMLDecodeError:
        project = {}
    system = project.get("build-system", {})
    asked = system.get("requires", []) if isinstance(system, dict) else []
    lines = asked if isinstance(asked, list) else []
    return [line for line in lines if isinstance(line, str)] or ["setuptools"]
