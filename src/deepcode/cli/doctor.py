"""`deepcode doctor`: what works here - sandbox level by canary, models, tools."""

from __future__ import annotations

import json
import shutil
import sys
from typing import TYPE_CHECKING, Any

from deepcode.cli.options import Json
from deepcode.cli.output import clean
from deepcode.errors import DeepCodeError

if TYPE_CHECKING:
    from deepcode.settings import Settings

TOOLS = ("git", "uv", "node", "pandoc", "chromium")


def doctor(as_json: Json = False) -> int:
    """Say what works on this machine; exit code 4 where no sandbox holds."""
    from deepcode.settings import PROVIDER_KEYS, load_settings

    settings = load_settings()
    found = {
        "python": sys.version.split()[0],
        "sandbox": _sandbox(),
        "model": _model(settings),
        "keys": {name: bool(settings.key_for(name)) for name in PROVIDER_KEYS},
        "tools": {name: _tool(name) for name in TOOLS},
    }
    if as_json:
        print(json.dumps(found))
    else:
        _print(found)
    return 0 if found["sandbox"]["level"] != "none" else 4  # type: ignore[index]


def _sandbox() -> dict[str, Any]:
    from deepcode.sandbox import detect_level

    detected = detect_level()
    return {
        "level": detected.level,
        "reason": detected.reason,
        "hint": detected.hint,
        "probes": [
            {"name": name, "held": held, "detail": detail} for name, held, detail in detected.probes
        ],
    }


def _model(settings: Settings) -> dict[str, str]:
    from deepcode.models import choose_model

    try:
        choice = choose_model(settings)
    except DeepCodeError as error:
        return {"name": "", "base_url": "", "problem": str(error), "hint": error.hint}
    return {"name": choice.label, "base_url": choice.base_url, "problem": "", "hint": ""}


def _tool(name: str) -> str:
    if name == "uv":
        from uv import find_uv_bin

        return find_uv_bin()
    return shutil.which(name) or ""


def _print(found: dict[str, Any]) -> None:
    sandbox, model = found["sandbox"], found["model"]
    lines = [f"python     {found['python']}", f"sandbox    {sandbox['level']}: {sandbox['reason']}"]
    lines += [f"           hint: {sandbox['hint']}"] if sandbox["hint"] else []
    lines += [
        f"           {'held' if probe['held'] else 'FAILED':<7}{probe['name']} {probe['detail']}"
        for probe in sandbox["probes"]
    ]
    lines.append(f"model      {model['name'] or model['problem']} {model['base_url']}".rstrip())
    lines += [f"           hint: {model['hint']}"] if model["hint"] else []
    keys = ", ".join(name for name, there in found["keys"].items() if there)
    lines.append(f"keys       {keys or 'none'}")
    lines += [f"{name:<10} {path or 'not found'}" for name, path in found["tools"].items()]
    print(clean("\n".join(lines)))
