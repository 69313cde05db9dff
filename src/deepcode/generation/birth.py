"""A file is checked as it is born: parses, no stub, imports resolve, keeps its promises."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from deepcode.artifacts.blueprint import Blueprint, Component
from deepcode.artifacts.check import Finding
from deepcode.artifacts.interface import Interface, Symbol
from deepcode.artifacts.memory import MemoryEntry
from deepcode.languages import language_of


def birth_findings(
    path: str, text: str, blueprint: Blueprint, memory: Mapping[str, MemoryEntry]
) -> tuple[Finding, ...]:
    """What is wrong with one file that was just written; warnings are left out.

    Args:
        path: Path in the repository.
        text: The file.
        blueprint: What was promised of it.
        memory: All files written so far, this one included.
    """
    language = language_of(path)
    findings = list(language.findings(path, text))
    if any(found.severity == "blocking" for found in findings):
        return tuple(findings)
    interface = language.interface(path, text)
    modules = _modules(blueprint, memory)
    findings += language.unresolved_imports(
        path,
        interface,
        modules=modules,
        distributions=(blueprint.name, *blueprint.environment.dependencies),
    )
    findings += promised(path, interface, blueprint)
    return tuple(found for found in findings if found.severity != "warning")


def promised(path: str, interface: Interface, blueprint: Blueprint) -> Iterator[Finding]:
    """Public components of the blueprint that the file lacks or has with other parameters."""
    symbols = {symbol.name: symbol for symbol in interface.symbols}
    if not path.endswith(".py") or PurePosixPath(path).name == "__init__.py":
        return
    for part in blueprint.components_of(path):
        name = _name(part)
        if not name.replace(".", "").isidentifier() or "._" in f".{name}":
            continue
        if _is_module(part):
            continue
        symbol = symbols.get(name)
        if symbol is None:
            message = f"the blueprint promises `{part.signature or name}`, which is not there"
            yield _finding(path, 0, "interface/missing", message)
        elif difference := _difference(part, symbol):
            yield _finding(path, symbol.line, "interface/differs", difference)


def _name(part: Component) -> str:
    return part.name.strip("`() ")


def _is_module(part: Component) -> bool:
    """A component without a signature may describe its module: `core`, `core.py`, its path."""
    file, name = PurePosixPath(part.file), _name(part)
    whole = name in (part.file, file.name) or name.split(".")[-1] == file.stem
    return whole and not part.signature


def _difference(part: Component, symbol: Symbol) -> str:
    wanted, given = _parameters(part.signature), _parameters(symbol.signature)
    if wanted is None or given is None or wanted == given:
        return ""
    return (
        f"`{symbol.name}` takes ({', '.join(given)}) and the blueprint promises "
        f"({', '.join(wanted)})"
    )


def _parameters(header: str) -> list[str] | None:
    """Names of the parameters of a function's header; None for anything else."""
    try:
        tree = ast.parse(f"{header.strip().rstrip(':')}: ...")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    functions = [
        node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    if not functions:
        return None
    arguments = functions[-1].args
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    starred = [one for one in (arguments.vararg, arguments.kwarg) if one]
    return [one.arg for one in (*named, *starred) if one.arg not in ("self", "cls")]


def _modules(blueprint: Blueprint, memory: Mapping[str, MemoryEntry]) -> dict[str, Interface]:
    """Interfaces of written files and, for files not yet written, the names promised of them."""
    modules = {file.path: _planned_interface(file.path, blueprint) for file in blueprint.files}
    return modules | {path: entry.interface for path, entry in memory.items()}


def _planned_interface(path: str, blueprint: Blueprint) -> Interface:
    parts = blueprint.components_of(path)
    names = [_name(part) for part in parts]
    if PurePosixPath(path).name == "__init__.py" or not parts or any(map(_is_module, parts)):
        # what a package exports, or a file described as a whole offers, is not known by name
        names.append("__getattr__")
    return Interface(
        symbols=tuple(
            Symbol(kind="function", name=name, signature="", line=1, end_line=1) for name in names
        )
    )


def _finding(path: str, line: int, rule: str, message: str) -> Finding:
    return Finding(path=path, line=line, severity="error", rule=rule, message=message)
