"""The blueprint's invariants, checked by code (DESIGN.md section 2)."""

from __future__ import annotations

import ast
import graphlib
import shlex
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from deepcode.artifacts.blueprint import ACCEPTANCE_FOLDER, Blueprint
from deepcode.artifacts.contract import Contract
from deepcode.sandbox import check_path

# Programs that every sandbox has; commands are run as they are, without a shell around them.
ENTRY_PROGRAMS = ("python", "bash", "sh")
# Words that only a shell understands; a program would be given them as arguments.
_SHELL_WORDS = frozenset({"&&", "||", "|", ";", "&", ">", ">>", "<", "2>&1"})


def violations(blueprint: Blueprint, contract: Contract) -> tuple[str, ...]:
    """What does not hold, one sentence each; empty when the blueprint holds.

    The file graph has no cycle and every dependency exists; every unit has an owner or a waiver
    with a reason; every signature parses; every dependency is a valid requirement; every stage
    has a check; there is an entry point, and it can be run without a shell.
    """
    return (
        *_paths(blueprint),
        *_graph(blueprint),
        *_components(blueprint),
        *_units(blueprint, contract),
        *_environment(blueprint),
        *_stages(blueprint),
        *_entries(blueprint),
    )


def _paths(blueprint: Blueprint) -> Iterator[str]:
    if not blueprint.files:
        yield "no file is planned"
    for path, count in Counter(file.path for file in blueprint.files).items():
        if count > 1:
            yield f"file `{path}` is planned {count} times"
        if complaint := _path_complaint(path):
            yield complaint
        if f"{path}/".casefold().startswith(f"{ACCEPTANCE_FOLDER}/"):
            yield f"file `{path}`: tests in {ACCEPTANCE_FOLDER}/ are written by somebody else"
    yield from _clashes([file.path for file in blueprint.files])


def _path_complaint(path: str) -> str:
    """Why no file could be written at a path; empty when one can."""
    try:
        normal = check_path(path)
    except ValueError as error:
        return str(error)
    return "" if normal == path else f"file `{path}` must be written as `{normal}`"


def _clashes(paths: Sequence[str]) -> Iterator[str]:
    """Files that cannot stand beside each other on every system."""
    distinct = sorted(set(paths))
    first: dict[str, str] = {}
    for path in distinct:
        other = first.setdefault(path.casefold(), path)
        if other != path:
            yield f"files `{other}` and `{path}` differ only in case"
    for path in distinct:
        for folder in PurePosixPath(path).parents:
            if folder.as_posix() in distinct:
                yield f"`{folder}` is planned as a file and as the folder of `{path}`"


def _graph(blueprint: Blueprint) -> Iterator[str]:
    planned = {file.path for file in blueprint.files}
    for file in blueprint.files:
        for needed in file.depends_on:
            if needed not in planned:
                yield f"file `{file.path}` depends on `{needed}`, which is not planned"
    try:
        graphlib.TopologicalSorter(
            {file.path: set(file.depends_on) for file in blueprint.files}
        ).prepare()
    except graphlib.CycleError as error:
        yield f"files depend on each other in a cycle: {' -> '.join(error.args[1])}"


def _components(blueprint: Blueprint) -> Iterator[str]:
    planned = {file.path for file in blueprint.files}
    for part in blueprint.components:
        if part.file not in planned:
            yield f"component `{part.name}` is in `{part.file}`, which is not planned"
        if part.file.endswith(".py") and part.signature and not _parses(part.signature):
            yield f"signature of `{part.name}` in `{part.file}` does not parse: {part.signature}"
    for file in blueprint.files:
        if _is_code(file.path) and not blueprint.components_of(file.path):
            yield f"file `{file.path}` has no component"


def _is_code(path: str) -> bool:
    return path.endswith(".py") and PurePosixPath(path).name != "__init__.py"


def _parses(signature: str) -> bool:
    """Whether a header, or several on lines of their own (overloads), or a constant parses."""
    header = signature.strip().rstrip(":")
    forms = (f"{header}:\n    ...", signature, f"{header} = ...", _every_line(signature))
    for form in forms:
        try:
            ast.parse(form)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        return True
    return False


def _every_line(signature: str) -> str:
    lines = [line.strip() for line in signature.strip().splitlines()]
    return "\n".join(
        line if line.startswith("@") else f"{line.rstrip(':')}:\n    ..." for line in lines if line
    )


def _units(blueprint: Blueprint, contract: Contract) -> Iterator[str]:
    known = {unit.id for unit in contract.units}
    owned = set(blueprint.owners())
    waived = {waiver.unit for waiver in blueprint.waivers}
    for waiver in blueprint.waivers:
        if not waiver.reason.strip():
            yield f"the waiver of unit `{waiver.unit}` has no reason"
    for unit_id in sorted((owned | waived) - known):
        yield f"unit `{unit_id}` is named, but the contract does not hold it"
    for unit in contract.units:
        if unit.id not in owned and unit.id not in waived:
            yield f"unit `{unit.id}` has no owner and no waiver"


def _environment(blueprint: Blueprint) -> Iterator[str]:
    environment = blueprint.environment
    for line in environment.dependencies:
        try:
            requirement = Requirement(line)
        except InvalidRequirement as error:
            yield f"dependency `{line}` is not a valid requirement: {str(error).splitlines()[0]}"
            continue
        if requirement.url:
            yield f"dependency `{line}` names a URL; name a package of the index"
    try:
        SpecifierSet(environment.requires_python)
    except InvalidSpecifier:
        yield f"requires_python `{environment.requires_python}` is not a version specifier"


def _stages(blueprint: Blueprint) -> Iterator[str]:
    planned = {file.path for file in blueprint.files}
    staged = {path for stage in blueprint.stages for path in stage.files}
    for stage in blueprint.stages:
        if not stage.check.strip():
            yield f"stage `{stage.name}` has no check"
    for path in sorted(staged - planned):
        yield f"a stage names `{path}`, which is not planned"
    for path in sorted(planned - staged):
        yield f"file `{path}` is in no stage"


def _entries(blueprint: Blueprint) -> Iterator[str]:
    commands: Sequence[str] = blueprint.verification.entry_commands
    if not commands:
        yield "there is no entry command"
    for command in commands:
        try:
            words = shlex.split(command)
        except ValueError as error:
            yield f"entry command `{command}` does not parse: {error}"
            continue
        if not words:
            yield "an entry command is empty"
        elif words[0] not in ENTRY_PROGRAMS:
            yield f"entry command `{command}` must start with {_one_of(ENTRY_PROGRAMS)}"
        elif _SHELL_WORDS & set(words):
            yield f"entry command `{command}` needs a shell; write `sh -c '...'` or two commands"


def _one_of(words: Sequence[str]) -> str:
    *first, last = (f"`{word}`" for word in words)
    return f"{', '.join(first)} or {last}"
