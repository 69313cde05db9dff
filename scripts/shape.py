"""Prints the shape of the code: lengths of files and functions, against STYLE's ceilings."""

from __future__ import annotations

import ast
import statistics
from pathlib import Path

LONG_FILE = 400
LONG_FUNCTION = 60


def main() -> None:
    """Measure `src/` and print the figures and what is above a ceiling."""
    files = {path: path.read_text(encoding="utf-8") for path in sorted(Path("src").rglob("*.py"))}
    lengths = {path: text.count("\n") for path, text in files.items()}
    functions = {
        f"{path}:{node.lineno} {node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for path, text in files.items()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    print(f"files      {len(files)}, lines {_spread(list(lengths.values()))}")
    print(f"functions  {len(functions)}, lines {_spread(list(functions.values()))}")
    for name, length in lengths.items():
        if length > LONG_FILE:
            print(f"long file      {length:>4}  {name}")
    for label, length in functions.items():
        if length > LONG_FUNCTION:
            print(f"long function  {length:>4}  {label}")


def _spread(values: list[int]) -> str:
    ordered = sorted(values)
    p95 = ordered[int(0.95 * (len(ordered) - 1))]
    return f"median {statistics.median(ordered):g}, p95 {p95}, most {ordered[-1]}"


if __name__ == "__main__":
    main()
