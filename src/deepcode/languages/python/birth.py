"""What is wrong with a Python file by its text alone, the moment it is written."""

from __future__ import annotations

import ast
from pathlib import PurePosixPath

from deepcode.artifacts.check import Finding
from deepcode.languages import wording
from deepcode.languages.python.stubs import stubs
from deepcode.languages.python.syntax import comments, parse


def findings(path: str, source: str) -> list[Finding]:
    """Check one Python file: it parses, is not empty, is finished, and is code only.

    Args:
        path: Relative path; an empty `__init__.py` is fine.
        source: The file's text.

    Returns:
        Findings in order of lines; empty for a sound file.
    """
    if PurePosixPath(path).name in ("__init__.py", "__init__.pyi", "conftest.py"):
        if not source.strip("\ufeff \t\r\n\f\v"):
            return []
    elif found := wording.empty(path, source):
        return found
    try:
        tree = parse(source)
    except SyntaxError as error:
        return _broken(path, source, error)
    spoken = comments(source) if "#" in source else []
    found = wording.elisions(path, spoken) + wording.unfinished(path, spoken + _docstrings(tree))
    if not path.endswith(".pyi"):
        found += stubs(path, tree, spoken)
    return sorted(found, key=lambda finding: finding.line)


def _broken(path: str, source: str, error: SyntaxError) -> list[Finding]:
    lines = wording.numbered(source)
    last = max((number for number, text in lines if text.strip()), default=1)
    line = min(error.lineno or 0, len(lines))
    told = error.msg or "it does not parse"
    found = [
        Finding(path=path, line=line, severity="blocking", rule="syntax/python", message=f"{told}")
    ]
    if line >= last or "was never closed" in told or "unterminated triple" in told:
        message = f"the text may have been cut off: it ends in line {last} with open syntax"
        found.append(
            Finding(
                path=path, line=last, severity="blocking", rule="artefact/cut-off", message=message
            )
        )
    return found + wording.fences(path, lines) + wording.elisions(path, lines)


def _docstrings(tree: ast.Module) -> list[tuple[int, str]]:
    """The lines of all docstrings with their numbers."""
    found: list[tuple[int, str]] = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        text = ast.get_docstring(node, clean=False)
        if text is not None:
            start = node.body[0].lineno
            found += [(start + row, line) for row, line in enumerate(text.split("\n"))]
    return found
