"""A patch mends a blueprint by its entries, so that mending costs lines, not a new blueprint."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

from pydantic import Field

from deepcode.artifacts.base import Artifact
from deepcode.artifacts.blueprint import (
    Blueprint,
    Component,
    EnvironmentPlan,
    FilePlan,
    Stage,
    Waiver,
)

T = TypeVar("T")


class Assignment(Artifact):
    """Gives a unit to a component that exists."""

    unit: str
    file: str
    name: str = Field(description="name of the component in that file")


class BlueprintPatch(Artifact):
    """Changes to a blueprint."""

    files: tuple[FilePlan, ...] = ()
    remove_files: tuple[str, ...] = Field((), description="paths")
    components: tuple[Component, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    entry_commands: tuple[str, ...] = Field((), description="when given, replaces all of them")
    environment: EnvironmentPlan | None = None
    stages: tuple[Stage, ...] = Field((), description="when given, replaces all of them")
    waivers: tuple[Waiver, ...] = ()


def apply_patch(blueprint: Blueprint, patch: BlueprintPatch) -> Blueprint:
    """The blueprint with a patch applied; entries keep their place."""
    gone = set(patch.remove_files)
    files = tuple(
        file
        for file in _replaced(blueprint.files, patch.files, lambda file: file.path)
        if file.path not in gone
    )
    components = tuple(
        part
        for part in _replaced(
            blueprint.components, patch.components, lambda part: (part.file, part.name)
        )
        if part.file not in gone
    )
    verification = blueprint.verification
    if patch.entry_commands:
        verification = verification.model_copy(update={"entry_commands": patch.entry_commands})
    return blueprint.model_copy(
        update={
            "files": files,
            "components": tuple(_assigned(part, patch.assignments) for part in components),
            "verification": verification,
            "environment": patch.environment or blueprint.environment,
            "stages": patch.stages or blueprint.stages,
            "waivers": _replaced(blueprint.waivers, patch.waivers, lambda waiver: waiver.unit),
        }
    )


def _assigned(part: Component, assignments: Iterable[Assignment]) -> Component:
    more = [one.unit for one in assignments if (one.file, one.name) == (part.file, part.name)]
    return part.model_copy(update={"units": tuple(dict.fromkeys((*part.units, *more)))})


def _replaced(old: Iterable[T], new: Iterable[T], key: Callable[[T], Hashable]) -> tuple[T, ...]:
    """New entries in the place of the old ones with their key, the others at the end.

    Old entries that share a key stay as they are until one that replaces them all is given.
    """
    given = {key(entry): entry for entry in new}
    kept: list[T] = []
    placed: set[Hashable] = set()
    for entry in old:
        if key(entry) not in given:
            kept.append(entry)
        elif key(entry) not in placed:
            placed.add(key(entry))
            kept.append(given[key(entry)])
    return (*kept, *(entry for at, entry in given.items() if at not in placed))
