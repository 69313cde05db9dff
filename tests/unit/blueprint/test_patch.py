"""A patch changes what it names and leaves everything else in its place."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from deepcode.artifacts.blueprint import Blueprint, Component, FilePlan, Stage, Waiver
from deepcode.blueprint.patch import Assignment, BlueprintPatch, apply_patch


@pytest.fixture
def plan(make_blueprint: Callable[..., Blueprint]) -> Blueprint:
    return make_blueprint({"a.py": (), "b.py": ("a.py",), "c.py": ("b.py",)})


def paths(plan: Blueprint) -> list[str]:
    return [file.path for file in plan.files]


def part(file: str, name: str, *units: str, behaviour: str = "new") -> Component:
    return Component(file=file, name=name, behaviour=behaviour, units=units)


def test_an_empty_patch_changes_nothing(plan: Blueprint) -> None:
    assert apply_patch(plan, BlueprintPatch()) == plan


def test_a_replaced_entry_keeps_its_place(plan: Blueprint) -> None:
    patch = BlueprintPatch(
        files=(FilePlan(path="b.py", purpose="better"),), components=(part("b.py", "do_b", "EQ-1"),)
    )
    patched = apply_patch(plan, patch)
    assert paths(patched) == ["a.py", "b.py", "c.py"]
    assert patched.files[1].purpose == "better"
    assert [one.name for one in patched.components] == ["do_a", "do_b", "do_c"]
    assert patched.components[1].units == ("EQ-1",)


def test_new_entries_come_last_in_their_own_order(plan: Blueprint) -> None:
    files = (FilePlan(path="z.py", purpose="z"), FilePlan(path="d.py", purpose="d"))
    patched = apply_patch(plan, BlueprintPatch(files=files))
    assert paths(patched) == ["a.py", "b.py", "c.py", "z.py", "d.py"]


def test_a_removed_file_takes_its_components_along(plan: Blueprint) -> None:
    patched = apply_patch(plan, BlueprintPatch(remove_files=("c.py",)))
    assert paths(patched) == ["a.py", "b.py"]
    assert patched.components_of("c.py") == ()


def test_assignments_add_units_once_and_only_where_they_belong(plan: Blueprint) -> None:
    wanted = (
        Assignment(unit="EQ-1", file="a.py", name="do_a"),
        Assignment(unit="EQ-1", file="a.py", name="do_a"),
        Assignment(unit="EQ-2", file="a.py", name="do_b"),
        Assignment(unit="EQ-3", file="gone.py", name="do_a"),
    )
    patched = apply_patch(plan, BlueprintPatch(assignments=wanted))
    assert patched.owners() == {"EQ-1": ("a.py",)}


def test_an_assignment_reaches_a_component_of_the_same_patch(plan: Blueprint) -> None:
    patch = BlueprintPatch(
        components=(part("a.py", "extra"),),
        assignments=(Assignment(unit="EQ-1", file="a.py", name="extra"),),
    )
    assert apply_patch(plan, patch).owners() == {"EQ-1": ("a.py",)}


def test_components_of_one_name_are_all_kept_until_one_replaces_them(plan: Blueprint) -> None:
    overloads = (part("a.py", "f", "EQ-1"), part("a.py", "g"), part("a.py", "f", "EQ-2"))
    doubled = plan.model_copy(update={"components": overloads})
    assert apply_patch(doubled, BlueprintPatch()).components == overloads
    replaced = apply_patch(doubled, BlueprintPatch(components=(part("a.py", "f", "EQ-3"),)))
    assert [(one.name, one.units) for one in replaced.components] == [("f", ("EQ-3",)), ("g", ())]


def test_commands_and_stages_are_replaced_whole_and_only_when_given(plan: Blueprint) -> None:
    stage = Stage(name="new", files=("a.py",), check="ok")
    patched = apply_patch(plan, BlueprintPatch(entry_commands=("sh run.sh",), stages=(stage,)))
    assert patched.verification.entry_commands == ("sh run.sh",)
    assert patched.stages == (stage,)
    assert patched.environment == plan.environment


def test_waivers_are_added_and_replaced_by_unit(plan: Blueprint) -> None:
    before = plan.model_copy(update={"waivers": (Waiver(unit="EQ-1", reason=""),)})
    given = (Waiver(unit="EQ-1", reason="why"), Waiver(unit="EQ-2", reason="too"))
    assert apply_patch(before, BlueprintPatch(waivers=given)).waivers == given
