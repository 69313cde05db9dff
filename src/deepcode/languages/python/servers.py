"""The language servers for Python: `ty` for types and imports, `ruff` for lint.

Both come with DeepCode and are found beside its own interpreter, never in a repository. All of
their configuration is given here; configuration files are switched off.
"""

from __future__ import annotations

import re
import shutil
import sys
import sysconfig
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from deepcode.artifacts.check import Finding, Severity
from deepcode.languages.language import Server, Workspace
from deepcode.languages.python.interface import interface

if TYPE_CHECKING:
    from lsprotocol.types import Diagnostic

# Correctness only: what cannot run, what surely goes wrong, what is surely unused.
_RUFF_RULES = (
    *("E9", "F", "PLE"),
    # from bugbear only what is a fault whatever the author's taste
    *("B002", "B006", "B012", "B015", "B016", "B018", "B020", "B021"),
    *("B022", "B023", "B025", "B029", "B030", "B031", "B032", "B035"),
)
_RUFF_IGNORED = ["F403", "F405", "F541"]

_RUFF_BLOCKING = re.compile(
    r"invalid-syntax|E9\d\d|F821|F822|F823|F404|F407|F70\d|F622|PLE0(?:100|115|117|118)|PLE1142"
)
# Untidy, yet the code does what it says.
_RUFF_ADVICE = re.compile(r"F401|F811|F841|F842|F504|F522|F523|B015|B018|PLE2502|PLE251\d")

# The import rule has been renamed between releases of ty; both names are understood.
_TY_IMPORT = ("unresolved-import", "import-not-found")
_TY_BLOCKING = ("invalid-syntax", "unresolved-reference", *_TY_IMPORT)

# What fails when the line runs, as against types that are merely written too narrowly: only the
# former keeps a repository from being verified.
_TY_FAULTS = re.compile(
    r"(?:missing|unknown)-argument|too-many-positional-arguments|parameter-already-assigned"
    r"|positional-only-parameter-as-kwarg|call-non-callable|no-matching-overload"
    r"|unresolved-(?:attribute|global)|not-iterable|not?n?-subscriptable|index-out-of-bounds"
    r"|unsupported-(?:operator|bool-conversion)|invalid-(?:context-manager|raise|await|key)"
    r"|abstract-class-instantiation|conflicting-metaclass|duplicate-base|inconsistent-mro"
    r"|instance-layout-conflict|zero-stepsize-in-slice|invalid-overload"
)

# Names of LSP's severities 1 and 2; 3 (information) and 4 (hint) do not matter here.
_SEVERITIES: dict[int, Severity] = {1: "error", 2: "warning"}

_SILENCER = re.compile(r"(#[^\n]*?)\b(noqa|ty:[ \t]*ignore|type:[ \t]*ignore)\b", re.IGNORECASE)

# The two servers' rules for one fault.
_MEANINGS = {
    "ruff/F821": "undefined name",
    "ty/unresolved-reference": "undefined name",
    "ruff/invalid-syntax": "syntax",
    "ty/invalid-syntax": "syntax",
    "ruff/F706": "syntax",
    "ruff/F704": "syntax",
}


def python_servers(workspace: Workspace) -> tuple[Server, ...]:
    """`ty` and `ruff`, configured for one workspace; writes below its scratch folder."""
    return _ty(workspace), _ruff(workspace)


def disarmed(source: str) -> str:
    """The text with `noqa`, `ty: ignore` and `type: ignore` misspelt, nothing moved."""
    return _SILENCER.sub(lambda match: match[1] + "x" + match[2][1:], source)


def program(name: str) -> str:
    """Absolute path of a program that was installed with DeepCode; its bare name if not found."""
    folders = [str(Path(sys.executable).parent), sysconfig.get_path("scripts")]
    for folder in folders:
        if found := shutil.which(name, path=folder):
            return str(Path(found).absolute())
    return f"/nonexistent/{name}"


def _ruff(workspace: Workspace) -> Server:
    version = f"py{sys.version_info.major}{sys.version_info.minor}"
    settings = {
        "configurationPreference": "editorOnly",
        "configuration": {
            "target-version": version,
            "exclude": [],
            "lint": {"select": _RUFF_RULES, "ignore": _RUFF_IGNORED, "preview": False},
        },
        "organizeImports": False,
        "fixAll": False,
    }
    return Server(
        name="ruff",
        argv=(program("ruff"), "server", "--untrusted-workspace"),
        options={"settings": settings},
        language_id="python",
        judge=partial(_judge_ruff, _Lines(workspace)),
        meanings=_MEANINGS,
    )


def _ty(workspace: Workspace) -> Server:
    configuration = workspace.scratch / "ty.toml"
    configuration.write_text("", encoding="utf-8")
    environment = workspace.environment or _empty_environment(workspace.scratch)
    roots = [workspace.root, *(f for f in [workspace.root / "src"] if f.is_dir())]
    options = {
        # naming a file switches the search for others off
        "configurationFile": str(configuration),
        "configuration": {
            "environment": {"python": str(environment), "root": [str(root) for root in roots]},
        },
        "diagnosticMode": "openFilesOnly",
    }
    return Server(
        name="ty",
        argv=(program("ty"), "server"),
        options=options,
        language_id="python",
        judge=partial(_judge_ty, _Lines(workspace), workspace),
        meanings=_MEANINGS,
    )


def _empty_environment(scratch: Path) -> Path:
    """A virtual environment without packages, so that the host's own are not taken for granted."""
    root = scratch / "environment"
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    (root / "lib" / version / "site-packages").mkdir(parents=True, exist_ok=True)
    home = Path(sys.base_prefix) / "bin"
    number = ".".join(map(str, sys.version_info[:3]))
    (root / "pyvenv.cfg").write_text(f"home = {home}\nversion = {number}\n", encoding="utf-8")
    return root


class _Lines:
    """Lines of a workspace's sources with a say in how a finding is taken."""

    def __init__(self, workspace: Workspace) -> None:
        self._sources = workspace.sources
        self._silenced: dict[str, set[int]] = {}
        self._guarded: dict[str, set[int]] = {}

    def is_silenced(self, path: str, line: int) -> bool:
        """Whether the author put a silencing comment on the line."""
        if path not in self._silenced:
            lines = self._sources[path].split("\n")
            self._silenced[path] = {
                number for number, text in enumerate(lines, 1) if _SILENCER.search(text)
            }
        return line in self._silenced[path]

    def is_guarded(self, path: str, line: int) -> bool:
        """Whether an import on the line handles its own failure."""
        if path not in self._guarded:
            imports = interface(path, self._sources[path]).imports
            self._guarded[path] = {each.line for each in imports if each.guarded}
        return line in self._guarded[path]


def _judge_ruff(lines: _Lines, path: str, diagnostic: Diagnostic) -> Finding | None:
    code = str(diagnostic.code or "invalid-syntax")
    severity: Severity = "error"
    if _RUFF_BLOCKING.match(code):
        severity = "blocking"
    elif _RUFF_ADVICE.match(code):
        severity = "warning"
    if code == "F401" and path.endswith("__init__.py"):
        # that is how a package names what it offers
        return None
    return _finding(lines, path, diagnostic, f"ruff/{code}", severity)


def _judge_ty(
    lines: _Lines, workspace: Workspace, path: str, diagnostic: Diagnostic
) -> Finding | None:
    severity = _SEVERITIES.get(int(diagnostic.severity or 1))
    code = str(diagnostic.code or "")
    if severity is None or not code:
        return None
    if code in _TY_IMPORT and (
        lines.is_guarded(path, diagnostic.range.start.line + 1)
        or (workspace.environment is None and not _is_own(workspace, diagnostic.message))
    ):
        return None
    if code in _TY_BLOCKING:
        severity = "blocking"
    elif severity == "error" and not _TY_FAULTS.fullmatch(code):
        severity = "warning"
    return _finding(lines, path, diagnostic, f"ty/{code}", severity)


def _is_own(workspace: Workspace, message: str) -> bool:
    """Whether an import message is about a module of the repository, to judge by its first name."""
    match = re.search(r"`\.*([^`.]*)[^`]*`", message)
    head = match[1] if match else ""
    roots = (workspace.root, workspace.root / "src")
    return not head or any(
        (root / head).is_dir() or (root / f"{head}.py").is_file() for root in roots
    )


def _finding(
    lines: _Lines, path: str, diagnostic: Diagnostic, rule: str, severity: Severity
) -> Finding:
    line = diagnostic.range.start.line + 1
    if severity == "error" and lines.is_silenced(path, line):
        severity = "warning"
    # what follows the first paragraph repeats the code or explains the tool
    message = diagnostic.message.strip().partition("\n")[0]
    return Finding(path=path, line=line, severity=severity, rule=rule, message=message)
