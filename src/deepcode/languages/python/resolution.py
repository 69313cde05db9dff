"""Whether each import of a Python file leads somewhere.

Places where Python would look are tried in turn: the repository's root and `src/`, and the folders
around the file that are no packages themselves (a script's own folder, the folder of tests). What
is not there must be the standard library's or come from a declared distribution.
"""

from __future__ import annotations

import difflib
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import PurePosixPath

from deepcode.artifacts.check import Finding, Severity
from deepcode.artifacts.interface import Import, Interface
from deepcode.languages.python.distributions import (
    accompanies,
    is_imported,
    providers,
    provides,
    requirement_name,
)

_SOURCE_ROOTS = ("", "src")


@dataclass(frozen=True)
class _Tree:
    """The Python files of a repository, by relative path."""

    modules: Mapping[str, Interface]

    @cached_property
    def folders(self) -> frozenset[str]:
        """Folders that hold a Python file, at any depth."""
        return _folders(frozenset(self.modules))

    def is_package(self, folder: str) -> bool:
        """Whether a folder has an `__init__.py`."""
        return f"{folder}/__init__.py" in self.modules

    def find(self, folder: str, parts: Sequence[str]) -> str | None:
        """The file or plain folder of the module `parts` below `folder`; None when absent."""
        place = "/".join([*([folder] if folder else []), *parts])
        if not parts and not place:
            return None
        for path in (
            f"{place}/__init__.py",
            f"{place}.py",
            f"{place}/__init__.pyi",
            f"{place}.pyi",
        ):
            if path in self.modules:
                return path
        return place if place in self.folders else None

    def roots(self, path: str) -> list[str]:
        """Folders in which an absolute import of a file is looked up."""
        around = [_folder(str(parent)) for parent in PurePosixPath(path).parents]
        own = [folder for folder in around if folder and not self.is_package(folder)]
        return list(dict.fromkeys([*_SOURCE_ROOTS, *own]))


@dataclass(frozen=True)
class _Check:
    path: str
    tree: _Tree
    distributions: tuple[str, ...]

    def finding(
        self, line: int, rule: str, message: str, severity: Severity = "blocking"
    ) -> Finding:
        return Finding(
            path=self.path, line=line, severity=severity, rule=f"imports/{rule}", message=message
        )


def unresolved_imports(
    path: str,
    interface: Interface,
    *,
    modules: Mapping[str, Interface],
    distributions: Sequence[str],
) -> list[Finding]:
    """Find imports that cannot work: unknown modules, unknown names, undeclared dependencies.

    Args:
        path: The importing file, relative, POSIX.
        interface: Its interface; guarded imports are left alone.
        modules: Relative path → interface of every Python file of the repository, planned ones
            included.
        distributions: Requirement lines, as `declared_dependencies` gives them.

    Returns:
        `imports/unknown-module`, `imports/unknown-name` and `imports/undeclared-dependency`, in
        order of lines. A dependency that another declared one is known to bring is a warning.
    """
    declared = tuple(filter(None, map(requirement_name, distributions)))
    check = _Check(path, _Tree({**modules, path: interface}), declared)
    found: list[Finding] = []
    for each in interface.imports:
        if each.guarded:
            continue
        if each.module.startswith("."):
            found += _relative(each, check)
        else:
            found += _absolute(each, check)
    return found


def unused_distributions(
    interfaces: Mapping[str, Interface], distributions: Sequence[str], *, path: str = ""
) -> list[Finding]:
    """Find declared dependencies that nothing imports: `imports/unused-dependency`, a warning.

    Args:
        interfaces: Relative path → interface of every Python file.
        distributions: Requirement lines.
        path: The file that declares them, for the findings.
    """
    imported = {
        each.module
        for interface in interfaces.values()
        for each in interface.imports
        if not each.module.startswith(".")
    }
    names = dict.fromkeys(filter(None, map(requirement_name, distributions)))
    return [
        Finding(
            path=path,
            severity="warning",
            rule="imports/unused-dependency",
            message=f"no file imports anything from the declared dependency `{name}`",
        )
        for name in names
        if is_imported(name) and not any(provides([name], module) for module in imported)
    ]


# Every file of a repository is checked against the same set of paths.
@lru_cache(maxsize=4)
def _folders(paths: frozenset[str]) -> frozenset[str]:
    found: set[str] = set()
    for path in paths:
        folder = path.rpartition("/")[0]
        while folder and folder not in found:
            found.add(folder)
            folder = folder.rpartition("/")[0]
    return frozenset(found)


def _folder(text: str) -> str:
    return "" if text == "." else text


def _relative(each: Import, check: _Check) -> list[Finding]:
    name = each.module.lstrip(".")
    level = len(each.module) - len(name)
    parents = [_folder(str(parent)) for parent in PurePosixPath(check.path).parents]
    base = parents[level - 1] if level <= len(parents) else ""
    if base in _SOURCE_ROOTS:
        message = f"`{each.module}` leads out of every package; use an absolute import"
        return [check.finding(each.line, "unknown-module", message)]
    parts = name.split(".") if name else []
    target = check.tree.find(base, parts)
    if target is None:
        if not parts:
            return []
        return [_unknown_module(each, [base], parts, check)]
    # `find` gives the folder itself for `.`; its names are its `__init__`'s and its modules
    return _names(each, target, "/".join([base, *parts]), check)


def _absolute(each: Import, check: _Check) -> list[Finding]:
    parts = each.module.split(".")
    roots = check.tree.roots(check.path)
    for root in roots:
        target = check.tree.find(root, parts)
        if target is not None:
            return _names(each, target, "/".join(filter(None, [root, *parts])), check)
    if parts[0] in sys.stdlib_module_names or _is_available(each, check):
        return []
    homes = [root for root in roots if check.tree.find(root, parts[:1]) is not None]
    if homes:
        return [_unknown_module(each, homes, parts, check)]
    return [_undeclared(each, check)]


def _is_available(each: Import, check: _Check) -> bool:
    head = each.module.split(".")[0]
    name = PurePosixPath(check.path).name
    if head in ("pytest", "_pytest"):
        # our runner brings it
        return name.startswith("test") or name.endswith("_test.py") or name == "conftest.py"
    if head == "setuptools" and name == "setup.py":
        return True
    if provides(check.distributions, each.module):
        return True
    # `from google.cloud import storage` names the distribution only together with the name
    return any(provides(check.distributions, f"{each.module}.{taken}") for taken in each.names)


def _undeclared(each: Import, check: _Check) -> Finding:
    module = each.module
    bringer = accompanies(check.distributions, module)
    if bringer:
        message = f"`{module}` comes only by way of `{bringer}`; declare `{providers(module)[0]}`"
        return check.finding(each.line, "undeclared-dependency", message, "warning")
    message = (
        f"`{module}` is no module of this repository or the standard library, and no declared "
        f"dependency provides it; declare `{providers(module)[0]}` or do without"
    )
    return check.finding(each.line, "undeclared-dependency", message)


def _unknown_module(
    each: Import, roots: Sequence[str], parts: Sequence[str], check: _Check
) -> Finding:
    known = [
        _dotted(path, root)
        for root in roots
        for path in check.tree.modules
        if path.startswith(f"{root}/" if root else "")
    ]
    hint = _closest(".".join(parts), known)
    return check.finding(
        each.line, "unknown-module", f"the repository has no module `{each.module}`{hint}"
    )


def _dotted(path: str, root: str) -> str:
    inner = path[len(root) + 1 :] if root else path
    return inner.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _names(each: Import, target: str, place: str, check: _Check) -> list[Finding]:
    """Check the names taken from the module at `target`, whose submodules lie in `place`."""
    interface = check.tree.modules.get(target, Interface())
    offered = _offered(interface)
    if offered is None:
        return []
    found = []
    for name in each.names:
        # private names are not part of an interface, so nothing can be said about them
        if name == "*" or name.startswith("_") or name in offered:
            continue
        if check.tree.find(place.strip("/"), [name]) is None:
            hint = _closest(name, sorted(offered))
            message = f"`{target}` has no name `{name}`{hint}"
            found.append(check.finding(each.line, "unknown-name", message))
    return found


def _offered(interface: Interface) -> set[str] | None:
    """Names that can be imported from a module; None when that cannot be known."""
    offered = {symbol.name for symbol in interface.symbols}
    if "__getattr__" in offered:
        return None
    for each in interface.imports:
        if "*" in each.names:
            return None
        offered.update(each.names or [each.module.split(".")[0]])
    return offered


def _closest(name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, known, n=2, cutoff=0.6)
    return f"; closest: {', '.join(f'`{each}`' for each in near)}" if near else ""


def _outside_modules(path: str, interface: Interface, tree: _Tree) -> list[str]:
    found = []
    for each in interface.imports:
        head = each.module.split(".")[0]
        if each.guarded or not head or head in sys.stdlib_module_names:
            continue
        if all(tree.find(root, [head]) is None for root in tree.roots(path)):
            found.append(each.module)
    return found
