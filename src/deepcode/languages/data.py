"""Data formats: a file that does not parse is of no use to anyone."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from typing import Any

from deepcode.artifacts.check import Finding
from deepcode.languages import wording
from deepcode.languages.language import Language

# With aliases written out. Nine levels of nine references, the classic bomb, come to 10^9;
# honest files stay under ten thousand.
_MAX_YAML_NODES = 1_000_000

_Parser = Callable[[str], None]


class _BrokenError(ValueError):
    """Text that does not parse, with the line where its parser gave up."""

    def __init__(self, message: str, lineno: int) -> None:
        super().__init__(message)
        self.lineno = lineno


def _parse_json(source: str) -> None:
    json.loads(source.removeprefix("\ufeff"))


def _parse_toml(source: str) -> None:
    tomllib.loads(source.removeprefix("\ufeff"))


def _parse_yaml(source: str) -> None:
    import yaml

    try:
        if _yaml_nodes(yaml.parse(source, Loader=yaml.SafeLoader)) > _MAX_YAML_NODES:
            message = f"its aliases expand to more than {_MAX_YAML_NODES} nodes"
            raise _BrokenError(message, 0)
        for _ in yaml.safe_load_all(source):
            pass
    except yaml.YAMLError as error:
        # Tags of an application (`!Ref`) are for that application to judge.
        if "could not determine a constructor" not in str(error):
            mark = getattr(error, "problem_mark", None)
            raise _BrokenError(str(error), mark.line + 1 if mark else 0) from error


def _yaml_nodes(events: Any) -> int:
    """Count the nodes of a stream of parser events as if every alias were written out."""
    import yaml

    sizes: dict[str | None, int] = {}
    open_nodes: list[tuple[str | None, int]] = [("", 0)]
    for event in events:
        if isinstance(event, yaml.CollectionStartEvent):
            open_nodes.append((event.anchor or "", 1))
            continue
        if isinstance(event, yaml.CollectionEndEvent):
            anchor, size = open_nodes.pop()
        elif isinstance(event, yaml.AliasEvent):
            anchor, size = "", sizes.get(event.anchor, 1)
        elif isinstance(event, yaml.ScalarEvent):
            anchor, size = event.anchor or "", 1
        else:
            continue
        sizes[anchor] = size
        parent, total = open_nodes[-1]
        open_nodes[-1] = (parent, total + size)
    return open_nodes[0][1]


def _line_of(error: Exception) -> int:
    """Line from 1 as the parser's exception tells it, 0 when it does not."""
    line = getattr(error, "lineno", None)
    if isinstance(line, int):
        return line
    # tomllib before 3.14 tells the place in its message only
    _, _, place = str(error).partition("(at line ")
    number = place.split(",")[0]
    return int(number) if number.isdigit() else 0


def _checked(name: str, parse: _Parser) -> Callable[[str, str], list[Finding]]:
    def findings(path: str, source: str) -> list[Finding]:
        if found := wording.empty(path, source):
            return found
        lines = wording.numbered(source)
        try:
            parse(source)
        except (ValueError, RecursionError) as error:
            problem = " ".join(str(error).split())[:200] or type(error).__name__
            broken = Finding(
                path=path,
                line=_line_of(error),
                severity="blocking",
                rule=f"syntax/{name}",
                message=f"it does not parse as {name.upper()}: {problem}",
            )
            return [broken, *wording.fences(path, lines), *wording.elisions(path, lines)]
        return wording.elisions(path, lines) + wording.unfinished(path, lines)

    return findings


JSON = Language(name="json", suffixes=(".json",), findings=_checked("json", _parse_json))
YAML = Language(name="yaml", suffixes=(".yaml", ".yml"), findings=_checked("yaml", _parse_yaml))
TOML = Language(name="toml", suffixes=(".toml",), findings=_checked("toml", _parse_toml))
