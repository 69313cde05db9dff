"""The two analyses (paper 3.1.2), by two agents at the same time or, for a short text, in one."""

from __future__ import annotations

import asyncio
from typing import TypeVar

from pydantic import Field

from deepcode.artifacts.analysis import AlgorithmAnalysis, Analyses, ConceptAnalysis
from deepcode.artifacts.base import Artifact
from deepcode.artifacts.contract import UnitDraft
from deepcode.blueprint.reading import OUTLINE_TOKENS, reading_tools
from deepcode.blueprint.source import Source
from deepcode.documents import counts
from deepcode.models import Asker, Question, json_answer
from deepcode.prompts import fenced, load_prompt, shape_of

A = TypeVar("A", bound=Artifact)


class Distillation(Artifact):
    """What one reading of a short document gives."""

    concept: ConceptAnalysis
    algorithm: AlgorithmAnalysis = Field(
        AlgorithmAnalysis(),
        description="only what does not become a unit of its own below; often empty",
    )
    units: tuple[UnitDraft, ...] = Field(description="the requirement units, in document order")


class AnalysisResult(Artifact):
    """The analyses and, when the document was read whole, the units drafted with them."""

    analyses: Analyses
    drafts: tuple[UnitDraft, ...] | None = None
    """None when the contract is still to be drafted from the text."""


async def analyse(source: Source, asker: Asker) -> AnalysisResult:
    """Analyse a document at the chosen effort.

    Raises:
        PhaseError: An agent gave no usable answer.
    """
    if source.effort.reads_whole:
        return await _distil(source, asker)
    concept, algorithm = await asyncio.gather(
        _read_as("concept", ConceptAnalysis, source, asker),
        _read_as("algorithm", AlgorithmAnalysis, source, asker),
    )
    return AnalysisResult(analyses=Analyses(concept=concept, algorithm=algorithm))


async def _distil(source: Source, asker: Asker) -> AnalysisResult:
    prompt = load_prompt("analysis/distil").render(
        shape=shape_of(Distillation),
        outline=source.index.outline(budget_tokens=OUTLINE_TOKENS),
        document=fenced("document", source.document.text),
    )
    question = Question("analyst", "document", prompt.system, prompt.prompt)
    found = await asker.ask(question, read=json_answer(Distillation))
    return AnalysisResult(
        analyses=Analyses(concept=found.concept, algorithm=found.algorithm), drafts=found.units
    )


async def _read_as(role: str, kind: type[A], source: Source, asker: Asker) -> A:
    held = ", ".join(f"{count} {name}" for name, count in counts(source.document).items() if count)
    prompt = load_prompt(f"analysis/{role}").render(
        shape=shape_of(kind),
        outline=source.index.outline(budget_tokens=OUTLINE_TOKENS),
        kinds=held,
    )
    question = Question(role, "document", prompt.system, prompt.prompt)
    return await asker.ask(question, read=json_answer(kind), tools=reading_tools(source.index))
