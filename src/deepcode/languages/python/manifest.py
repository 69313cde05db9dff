"""The manifest of a Python repository: written by code, and read back without running any."""

from __future__ import annotations

import ast
import configparser
import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from deepcode.languages.python.distributions import normalised
from deepcode.languages.python.syntax import last_name, parse

# Folders beside the packages that belong to the repository and not to what is installed.
_NOT_PACKAGES = re.compile(
    "tests?|testing|docs?|examples?|scripts|benchmarks|data|configs?|notebooks|results|outputs"
    "|runs|assets|experiments|migrations|tools|build|dist"
)
# An empty file would look like one that was never written.
NO_REQUIREMENTS = "# nothing beyond the standard library\n"

_NOT_MODULES = re.compile("setup|conftest|noxfile|tasks|fabfile|test_.*")

_REQUIREMENT_FILES = re.compile(r"(?:^|/)requirements(?:[-_.]\w+)*\.txt$")


def python_manifest(
    name: str,
    *,
    requires_python: str,
    dependencies: Sequence[str],
    scripts: Mapping[str, str],
    paths: Sequence[str],
) -> dict[str, str]:
    """Write the manifest files of a repository.

    Args:
        name: The project's name in any spelling; normalised for the manifest.
        requires_python: Version specifier: `>=3.11`.
        dependencies: Requirement lines.
        scripts: Command → `package.module:function`.
        paths: The repository's files; packages are found among them, below `src/` if it has any.

    Returns:
        `requirements.txt` and `pyproject.toml`, path → text. Packages are listed one by one, so
        that other folders never confuse the build.
    """
    requirements = "".join(f"{line}\n" for line in dependencies) or NO_REQUIREMENTS
    lines = [
        "[build-system]",
        'requires = ["setuptools>=68"]',
        'build-backend = "setuptools.build_meta"',
        "",
        "[project]",
        f"name = {_text(_project_name(name))}",
        'version = "0.1.0"',
        f"requires-python = {_text(requires_python)}",
        f"dependencies = {_list(dependencies)}",
    ]
    if scripts:
        lines += ["", "[project.scripts]"]
        lines += [f"{_text(command)} = {_text(target)}" for command, target in scripts.items()]
    root, packages, modules = _layout(paths)
    lines += ["", "[tool.setuptools]", f"packages = {_list(packages)}"]
    lines += [f"py-modules = {_list(modules)}"]
    if root:
        lines += [f'package-dir = {{ "" = {_text(root)} }}']
    return {"requirements.txt": requirements, "pyproject.toml": "\n".join(lines) + "\n"}


def declared_dependencies(files: Mapping[str, str]) -> list[str]:
    """Requirement lines that the manifest files of a repository declare, each once.

    Args:
        files: Relative path → text; `requirements*.txt`, `pyproject.toml` (project, optional and
            group dependencies, poetry), `setup.cfg` and `setup.py` (literals only) are read,
            anything else is passed over. Nothing is executed.

    Returns:
        Lines without comments, in order of appearance; a file that does not parse gives none.
    """
    found: list[str] = []
    for path, text in files.items():
        name = PurePosixPath(path).name
        if _REQUIREMENT_FILES.search(path):
            found += _from_requirements(text)
        elif name == "pyproject.toml":
            found += _from_pyproject(text)
        elif name == "setup.cfg":
            found += _from_setup_cfg(text)
        elif name == "setup.py":
            found += _from_setup_py(text)
    return list(dict.fromkeys(found))


def _project_name(name: str) -> str:
    return normalised(re.sub(r"[^A-Za-z0-9]+", "-", name)).strip("-") or "project"


def _text(value: str) -> str:
    # JSON's strings are TOML's basic strings, except that TOML also wants DEL escaped and has no
    # surrogate pairs
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _list(values: Sequence[str]) -> str:
    if not values:
        return "[]"
    return "[\n" + "".join(f"  {_text(value)},\n" for value in values) + "]"


def _layout(paths: Sequence[str]) -> tuple[str, list[str], list[str]]:
    """Source root, dotted packages, and top-level modules."""
    sources = [PurePosixPath(path) for path in paths if path.endswith(".py")]
    root = "src" if any(path.parts[0] == "src" and len(path.parts) > 1 for path in sources) else ""
    inner = [
        PurePosixPath(*path.parts[1:]) if root else path
        for path in sources
        if not root or path.parts[0] == root
    ]
    packages = {
        ".".join(folder.parts)
        for path in inner
        for folder in path.parents
        if folder.parts
        and all(part.isidentifier() for part in folder.parts)
        and (root or not _NOT_PACKAGES.fullmatch(folder.parts[0]))
    }
    modules = {
        path.stem
        for path in inner
        if len(path.parts) == 1
        and path.stem.isidentifier()
        and not _NOT_MODULES.fullmatch(path.stem)
    }
    return root, sorted(packages), sorted(modules)


def _from_requirements(text: str) -> list[str]:
    joined = re.sub(r"\\\r?\n", " ", text)
    lines = (re.sub(r"(?:^|\s)#(?!egg=).*", "", line).strip() for line in joined.splitlines())
    # options (`-r`, `--index-url`, `--hash`) are no requirements
    return [re.sub(r"\s--\S.*", "", line) for line in lines if line and not line.startswith("-")]


def _from_pyproject(text: str) -> list[str]:
    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return []
    project = _table(document, "project")
    found = _strings(project.get("dependencies"))
    for group in _table(project, "optional-dependencies").values():
        found += _strings(group)
    for group in _table(document, "dependency-groups").values():
        found += _strings(group)
    poetry = _table(_table(document, "tool"), "poetry")
    tables = [poetry.get("dependencies"), poetry.get("dev-dependencies")]
    tables += [_table(group, "dependencies") for group in _table(poetry, "group").values()]
    for table in tables:
        if isinstance(table, dict):
            found += [name for name in table if name != "python"]
    return found


def _table(value: Any, name: str) -> dict[str, Any]:
    inner = value.get(name) if isinstance(value, dict) else None
    return inner if isinstance(inner, dict) else {}


def _strings(value: Any) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def _from_setup_cfg(text: str) -> list[str]:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(text)
    except configparser.Error:
        return []
    values = [parser.get("options", "install_requires", fallback="")]
    if parser.has_section("options.extras_require"):
        values += [value for _, value in parser.items("options.extras_require")]
    return [line for value in values for line in _from_requirements(value)]


def _from_setup_py(text: str) -> list[str]:
    try:
        tree = parse(text)
    except SyntaxError:
        return []
    literals = {
        target.id: node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    found: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and last_name(node.func) == "setup":
            for keyword in node.keywords:
                if keyword.arg in ("install_requires", "extras_require", "tests_require"):
                    found += _literal_strings(keyword.value, literals)
    return found


def _literal_strings(node: ast.expr, literals: Mapping[str, ast.expr]) -> list[str]:
    """Strings in a literal list, or in the values of a literal dict of lists."""
    if isinstance(node, ast.Name):
        node = literals.get(node.id, node)
    if isinstance(node, ast.Dict):
        return [text for value in node.values for text in _literal_strings(value, {})]
    if isinstance(node, ast.List | ast.Tuple):
        return [
            each.value
            for each in node.elts
            if isinstance(each, ast.Constant) and isinstance(each.value, str)
        ]
    return []
