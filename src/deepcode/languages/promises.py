"""What a blueprint promises of a file's interface, and whether the file keeps it.

Above it, phase 2 asks when a file is born and phase 3 whenever it measures; below it are only the
artifacts. What an interface cannot tell (an inherited method, a made attribute) is believed.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from deepcode.artifacts.blueprint import Component
from deepcode.artifacts.check import Finding
from deepcode.artifacts.interface import Interface, Symbol

# A module or class with one of these answers to names that stand nowhere.
_ANY_NAME = ("__getattr__", "__getattribute__")


def promised(path: str, interface: Interface, components: Sequence[Component]) -> Iterator[Finding]:
    """Public components that a file lacks or has with other parameters.

    Args:
        path: Path in the repository; only Python modules are held to names.
        interface: What the file offers.
        components: What the blueprint promises of this file.

    Returns:
        `interface/missing` (blocking) and `interface/differs` (error).
    """
    if not path.endswith(".py") or PurePosixPath(path).name == "__init__.py":
        return
    symbols = {symbol.name: symbol for symbol in interface.symbols}
    for part in components:
        name = _name(part)
        if not name.replace(".", "").isidentifier() or "._" in f".{name}" or _is_module(part):
            continue
        symbol = symbols.get(name)
        if symbol is None and not _may_be_there(part, symbols, interface):
            message = f"the blueprint promises `{part.signature or name}`, which is not there"
            yield Finding(path=path, severity="blocking", rule="interface/missing", message=message)
        elif symbol is not None and (difference := _difference(part, symbol)):
            yield Finding(
                path=path,
                line=symbol.line,
                severity="error",
                rule="interface/differs",
                message=difference,
            )


def promised_interface(path: str, components: Sequence[Component]) -> Interface:
    """The names promised of a file that is not written yet, as far as they are known."""
    names = [_name(part) for part in components]
    if (
        PurePosixPath(path).name == "__init__.py"
        or not components
        or any(map(_is_module, components))
    ):
        # what a package exports, or a file described as a whole offers, is not known by name
        names.append("__getattr__")
    return Interface(
        symbols=tuple(
            Symbol(kind="function", name=name, signature="", line=1, end_line=1) for name in names
        )
    )


def _name(part: Component) -> str:
    """The name inside the file: `total` of `total()`, and of `pkg.core.total` in `pkg/core.py`."""
    name = part.name.strip("`() ")
    modules = PurePosixPath(part.file).with_suffix("").parts
    prefixes = (".".join(modules[at:]) + "." for at in range(len(modules)))
    return next((name.removeprefix(one) for one in prefixes if name.startswith(one)), name)


def _is_module(part: Component) -> bool:
    """A component without a signature may describe its module: `core`, `core.py`, its path."""
    file, name = PurePosixPath(part.file), part.name.strip("`() ")
    whole = name in (part.file, file.name) or name.split(".")[-1] == file.stem
    return whole and not part.signature


def _may_be_there(part: Component, symbols: Mapping[str, Symbol], interface: Interface) -> bool:
    """Whether a name that is no symbol can still be used: imported, inherited, or an attribute."""
    owner, _, member = _name(part).rpartition(".")
    holder = symbols.get(owner)
    if holder is None:
        taken = {name for one in interface.imports for name in one.names}
        return not taken.isdisjoint(("*", owner or member)) or (
            not owner and any(name in symbols for name in _ANY_NAME)
        )
    inherits = re.search(r"^class [^\n]*\(", holder.signature, re.MULTILINE)
    if holder.kind != "class" or holder.signature.startswith(("from ", "import ")) or inherits:
        return True
    if any(f"{owner}.{name}" in symbols for name in _ANY_NAME):
        return True
    # fields and attributes stand in the class's signature, set by `__init__` or in the body
    return bool(re.search(rf"\b{re.escape(member)}\b", holder.signature))


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
