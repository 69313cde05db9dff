"""The steps of a run: what each one needs, makes, and how one sees that it is done.

A step reads its inputs from the run directory and stores its artifact there, so that a run goes
on after any stop, with the artifacts as people left them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from deepcode.artifacts.analysis import AlgorithmAnalysis, Analyses, ConceptAnalysis
from deepcode.artifacts.base import text_hash
from deepcode.artifacts.blueprint import Blueprint
from deepcode.artifacts.contract import Contract
from deepcode.artifacts.document import Document
from deepcode.artifacts.report import DocumentFacts
from deepcode.blueprint import (
    AnalysisResult,
    Source,
    analyse,
    choose_effort,
    plan,
    violations,
    write_contract,
)
from deepcode.documents import Index, counts, read_documents
from deepcode.errors import ArtifactError
from deepcode.events import EffortChosen, Phase
from deepcode.generation import Brief, generate
from deepcode.memory import MemoryBank
from deepcode.pipeline.open_run import OpenRun
from deepcode.pipeline.together import together
from deepcode.sandbox import Workspace
from deepcode.store import commit_all
from deepcode.verification import Subject, ensure_acceptance_tests, verify

T = TypeVar("T")


@dataclass(frozen=True)
class Step:
    """One step of a run."""

    phase: Phase
    done: Callable[[OpenRun], bool]
    """Whether its artifact is there and stands for what is there now."""
    perform: Callable[[OpenRun], Awaitable[str]]
    """Make and store the artifact; gives a few words on what came out."""


async def read_document(run: OpenRun) -> str:
    """Step 0: the files become one document."""
    paths = [Path(path) for path in run.record.inputs]
    document = read_documents(paths, assets=run.directory.assets)
    run.directory.save_document(document)
    facts = DocumentFacts(title=document.title, hash=document.source_hash, files=document.files)
    run.update(document=facts)
    held = [f"{count} {name}" for name, count in counts(document).items() if count]
    return ", ".join([f"{len(document.sections)} sections", *held])


async def analyse_document(run: OpenRun) -> str:
    """Phase 1, first: two analyses (3.1.2)."""
    with _source(run) as source:
        effort = source.effort
        run.announce(EffortChosen(effort=effort.effort, reason=effort.reason))
        run.update(effort=effort.effort)
        result = await analyse(source, run.asker("analysis"))
    run.directory.save_analysis("concept", result.analyses.concept)
    run.directory.save_analysis("algorithm", result.analyses.algorithm)
    run.directory.save_analysis("drafts", result)
    concept = result.analyses.concept
    return f"{concept.kind}, {len(concept.components)} components"


async def contract_requirements(run: OpenRun) -> str:
    """Phase 1, second: the contract of requirement units."""
    analysed = run.directory.load_analysis("drafts", AnalysisResult)
    assert analysed is not None
    with _source(run) as source:
        contract = await write_contract(source, run.asker("contract"), analysed)
    run.directory.save_contract(contract)
    assumed = sum(unit.status != "stated" for unit in contract.units)
    return f"{len(contract.units)} requirement units, {assumed} of them assumed"


async def plan_repository(run: OpenRun) -> str:
    """Phase 1, third: the blueprint (3.1.3)."""
    with _source(run) as source:
        blueprint = await plan(
            source,
            run.asker("blueprint"),
            analyses=_analyses(run),
            contract=_contract(run),
        )
    run.directory.save_blueprint(blueprint)
    return f"{len(blueprint.files)} files, {len(blueprint.components)} components"


async def write_repository(run: OpenRun) -> str:
    """Phase 2: file after file (3.2); meanwhile the acceptance tests, whose author sees no code."""
    subject = _subject(run)
    _check_edited(subject.blueprint, subject.contract)
    built_from = _build_hash(run)
    if run.record.built_from != built_from:
        _clear_repository(run)
        run.update(built_from=built_from)
    bank = MemoryBank(run.directory.load_entries(), keep=run.directory.save_entry)
    await together(
        generate(
            Brief(subject.blueprint, subject.contract, subject.document),
            run.asker("generation"),
            subject.workspace,
            bank=bank,
            parallel=run.settings.provider.parallel,
        ),
        ensure_acceptance_tests(subject, run.asker("verification")),
    )
    lines = sum(entry.lines for entry in bank.entries.values())
    return f"{len(bank.entries)} files, {lines} lines"


async def verify_repository(run: OpenRun) -> str:
    """Phase 3: analysis, execution, repair (3.3)."""
    report = await verify(_subject(run), run.asker("verification"), keep=run.directory.save_check)
    run.directory.save_final_check(report)
    return f"{report.passed} checks passed, {report.failed} failed"


STEPS = (
    Step("document", lambda run: run.directory.load_document() is not None, read_document),
    Step("analysis", lambda run: _drafted(run), analyse_document),
    Step("contract", lambda run: run.directory.load_contract() is not None, contract_requirements),
    Step("blueprint", lambda run: run.directory.load_blueprint() is not None, plan_repository),
    Step("generation", lambda run: _written(run), write_repository),
    Step("verification", lambda run: _verified(run), verify_repository),
)


def _drafted(run: OpenRun) -> bool:
    return run.directory.load_analysis("drafts", AnalysisResult) is not None


def _written(run: OpenRun) -> bool:
    """Whether every planned file was written from contract and blueprint as they are now."""
    if run.record.built_from != _build_hash(run):
        return False
    written = {entry.path for entry in run.directory.load_entries()}
    return {file.path for file in _blueprint(run).files} <= written


def _verified(run: OpenRun) -> bool:
    """Whether the kept state is sound, as measured in a sandbox, and still what is on disk."""
    report = run.directory.load_final_check()
    if report is None or not report.sound or report.sandbox in (None, "none"):
        return False
    return report.tree_hash == _subject(run).tree_hash()


@contextmanager
def _source(run: OpenRun) -> Iterator[Source]:
    document = _document(run)
    # a resumed run goes on with the effort that it began with
    effort = choose_effort(document, run.record.effort or run.settings.effort)
    with closing(Index.build(document)) as index:
        yield Source(document, index, effort)


def _document(run: OpenRun) -> Document:
    return _there(run.directory.load_document(), "document")


def _contract(run: OpenRun) -> Contract:
    return _there(run.directory.load_contract(), "contract")


def _blueprint(run: OpenRun) -> Blueprint:
    return _there(run.directory.load_blueprint(), "blueprint")


def _analyses(run: OpenRun) -> Analyses:
    concept = run.directory.load_analysis("concept", ConceptAnalysis)
    algorithm = run.directory.load_analysis("algorithm", AlgorithmAnalysis)
    return Analyses(
        concept=_there(concept, "concept analysis"),
        algorithm=_there(algorithm, "algorithm analysis"),
    )


def _build_hash(run: OpenRun) -> str:
    return text_hash(_contract(run).content_hash + _blueprint(run).content_hash)


def _check_edited(blueprint: Blueprint, contract: Contract) -> None:
    """People may have edited the blueprint; what does not hold is said before money is spent."""
    broken = violations(blueprint, contract)
    if broken:
        message = f"blueprint.yaml does not hold: {broken[0]}"
        more = f" ({len(broken) - 1} more)" if len(broken) > 1 else ""
        raise ArtifactError(message + more, hint="mend it, then `deepcode resume`")


def _subject(run: OpenRun) -> Subject:
    run.directory.repo.mkdir(exist_ok=True)
    return Subject(
        workspace=Workspace(run.directory.repo),
        blueprint=_blueprint(run),
        contract=_contract(run),
        document=_document(run),
        settings=run.settings,
    )


def _clear_repository(run: OpenRun) -> None:
    """Contract or blueprint changed: everything is written anew, what was there is committed."""
    run.directory.forget_generation()
    if not run.record.built_from:
        return
    if not commit_all(run.directory.repo, "Before it was written anew from a changed blueprint"):
        # without a commit the files are moved aside, so that nothing of the user's is lost
        run.directory.set_repository_aside()
        return
    workspace = Workspace(run.directory.repo)
    for path in workspace.files():
        workspace.remove(path)


def _there(artifact: T | None, name: str) -> T:
    assert artifact is not None, f"the {name} is made by an earlier step"
    return artifact
