"""A step is done when its artifact is there and stands for what is on disk now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from deepcode.artifacts.analysis import AlgorithmAnalysis, Analyses, ConceptAnalysis
from deepcode.artifacts.base import text_hash
from deepcode.artifacts.blueprint import Blueprint
from deepcode.artifacts.contract import Contract
from deepcode.artifacts.document import Document
from deepcode.artifacts.memory import WrittenFile
from deepcode.artifacts.report import CheckReport
from deepcode.blueprint import AnalysisResult
from deepcode.errors import ArtifactError
from deepcode.memory import remember
from deepcode.pipeline.open_run import OpenRun
from deepcode.pipeline.run import steps_of
from deepcode.pipeline.steps import STEPS
from deepcode.sandbox import Workspace
from deepcode.verification import Subject

PHASES = [step.phase for step in STEPS]


def done(run: OpenRun) -> list[str]:
    """Phases that are done, up to the first that is not."""
    names: list[str] = []
    for step in STEPS:
        if not step.done(run):
            break
        names.append(step.phase)
    return names


@pytest.fixture
def planned(
    run: OpenRun,
    make_document: Callable[..., Document],
    make_contract: Callable[..., Contract],
    make_blueprint: Callable[..., Blueprint],
) -> OpenRun:
    """A run whose first phase is done."""
    analyses = Analyses(
        concept=ConceptAnalysis(kind="library", summary="s"), algorithm=AlgorithmAnalysis()
    )
    run.directory.save_document(make_document(("Method", [("paragraph", "add one")])))
    run.directory.save_analysis("drafts", AnalysisResult(analyses=analyses))
    run.directory.save_contract(make_contract())
    run.directory.save_blueprint(make_blueprint({"a.py": (), "b.py": ("a.py",)}))
    return run


@pytest.fixture
def written(planned: OpenRun) -> OpenRun:
    """A run whose files are all written."""
    for path in ("a.py", "b.py"):
        planned.directory.save_entry(remember(WrittenFile(path=path, text="x = 1\n")))
        Workspace(planned.directory.repo).write(path, "x = 1\n")
    planned.update(built_from=built_from(planned))
    return planned


def built_from(run: OpenRun) -> str:
    contract, blueprint = run.directory.load_contract(), run.directory.load_blueprint()
    assert contract is not None
    assert blueprint is not None
    return text_hash(contract.content_hash + blueprint.content_hash)


def edit_blueprint(run: OpenRun, **changes: Any) -> None:
    blueprint = run.directory.load_blueprint()
    assert blueprint is not None
    run.directory.save_blueprint(blueprint.model_copy(update=changes))


def test_of_a_new_run_nothing_is_done(run: OpenRun) -> None:
    assert done(run) == []


def test_each_artifact_makes_its_step_done(planned: OpenRun) -> None:
    assert done(planned) == ["document", "analysis", "contract", "blueprint"]


def test_generation_is_done_when_all_planned_files_are_written(written: OpenRun) -> None:
    assert done(written) == PHASES[:5]


def test_generation_is_not_done_while_a_planned_file_has_no_entry(planned: OpenRun) -> None:
    planned.directory.save_entry(remember(WrittenFile(path="a.py", text="x = 1\n")))
    planned.update(built_from=built_from(planned))
    assert "generation" not in done(planned)


def test_an_edited_blueprint_undoes_generation(written: OpenRun) -> None:
    edit_blueprint(written, summary="something else")
    assert done(written) == PHASES[:4]


def test_an_edited_contract_undoes_generation(
    written: OpenRun, make_contract: Callable[..., Contract]
) -> None:
    written.directory.save_contract(make_contract("EQ-1"))
    assert done(written) == PHASES[:4]


def test_a_blueprint_that_was_only_stored_again_undoes_nothing(written: OpenRun) -> None:
    edit_blueprint(written)
    assert done(written) == PHASES[:5]


def test_a_sound_measurement_in_a_sandbox_ends_verification(
    written: OpenRun, sound: Callable[..., CheckReport]
) -> None:
    written.directory.save_final_check(sound(tree_hash=tree_hash(written)))
    assert done(written) == PHASES


def test_a_file_that_was_edited_since_is_measured_again(
    written: OpenRun, sound: Callable[..., CheckReport]
) -> None:
    written.directory.save_final_check(sound(tree_hash=tree_hash(written)))
    (written.directory.repo / "a.py").write_text("x = 2\n")
    assert done(written) == PHASES[:5]


def tree_hash(run: OpenRun) -> str:
    document, contract = run.directory.load_document(), run.directory.load_contract()
    blueprint = run.directory.load_blueprint()
    assert document is not None
    assert contract is not None
    assert blueprint is not None
    return Subject(
        workspace=Workspace(run.directory.repo),
        blueprint=blueprint,
        contract=contract,
        document=document,
        settings=run.settings,
    ).tree_hash()


@pytest.mark.parametrize(
    "changes", [{"sandbox": "none"}, {"sandbox": None}, {"tests": ()}, {"provision_error": "x"}]
)
def test_verification_goes_on_while_it_is_not_sound_or_nothing_was_isolated(
    written: OpenRun, sound: Callable[..., CheckReport], changes: dict[str, Any]
) -> None:
    written.directory.save_final_check(sound(**changes))
    assert done(written) == PHASES[:5]


def test_a_measurement_that_is_not_final_ends_nothing(
    written: OpenRun, sound: Callable[..., CheckReport]
) -> None:
    written.directory.save_check(sound())
    assert "verification" not in done(written)


async def test_an_edited_blueprint_that_does_not_hold_is_told_before_money_is_spent(
    written: OpenRun,
) -> None:
    edit_blueprint(written, stages=())
    generation = STEPS[PHASES.index("generation")]
    with pytest.raises(ArtifactError, match=r"blueprint.yaml does not hold: .* \(1 more\)"):
        await generation.perform(written)
    assert Workspace(written.directory.repo).files() == ["a.py", "b.py"]


def test_a_run_that_only_plans_stops_after_the_blueprint(run: OpenRun) -> None:
    assert [step.phase for step in steps_of(run)] == PHASES
    run.request = replace(run.request, plan_only=True)
    assert [step.phase for step in steps_of(run)] == PHASES[:4]


async def test_reading_the_document_is_a_step_that_needs_no_model(run: OpenRun) -> None:
    summary = await STEPS[0].perform(run)
    assert STEPS[0].done(run)
    assert run.record.document is not None
    assert run.record.document.files == ("sample.md",)
    assert "1 sections" in summary
