"""The Code Planning Agent (paper 3.1.3): blueprint, invariants, mending by patches."""

from __future__ import annotations

from collections.abc import Sequence

from deepcode.artifacts.analysis import Analyses
from deepcode.artifacts.blueprint import Blueprint
from deepcode.artifacts.contract import Contract
from deepcode.artifacts.document import Document
from deepcode.artifacts.tokens import estimate_tokens
from deepcode.blueprint.effort import EffortChoice
from deepcode.blueprint.invariants import violations
from deepcode.blueprint.patch import BlueprintPatch, apply_patch
from deepcode.blueprint.reading import reading_tools
from deepcode.blueprint.source import Source
from deepcode.errors import PhaseError
from deepcode.events import GapsFound
from deepcode.models import Asker, Question, json_answer
from deepcode.prompts import fenced, load_prompt, shape_of, units_text

# Rounds of mending; a plan that does not hold after them will not hold after more.
MAX_MENDS = 3
# Pseudocode and tables that the planner is shown verbatim beside the units.
VERBATIM_TOKENS = 6_000
# What no invariant speaks of; the rest is shown, because a patch may replace it as a whole.
_NOT_MENDED = {"verification": {"experiments", "success_criteria"}}


async def plan(
    source: Source, asker: Asker, *, analyses: Analyses, contract: Contract
) -> Blueprint:
    """Write a blueprint whose invariants hold.

    Raises:
        PhaseError: They still do not hold after `MAX_MENDS` rounds; names the first violation.
    """
    document, effort = source.document, source.effort
    prompt = load_prompt("blueprint/plan").render(
        shape=shape_of(Blueprint),
        analysis=_analysis_text(analyses, effort),
        units=units_text(contract.units),
        document=fenced("document", document.text if effort.reads_whole else _verbatim(document)),
    )
    question = Question("planner", "blueprint", prompt.system, prompt.prompt)
    tools = () if effort.reads_whole else reading_tools(source.index)
    blueprint = await asker.ask(question, read=json_answer(Blueprint), tools=tools)
    for number in range(1, MAX_MENDS + 1):
        broken = violations(blueprint, contract)
        if not broken:
            return blueprint
        asker.announce(GapsFound(artifact="blueprint", gaps=broken))
        blueprint = await _mend(blueprint, contract, broken, asker, number)
    broken = violations(blueprint, contract)
    if broken:
        message = f"the blueprint does not hold after {MAX_MENDS} rounds of mending: {broken[0]}"
        raise PhaseError(message, hint="try a stronger model, or `deepcode resume`")
    return blueprint


async def _mend(
    blueprint: Blueprint, contract: Contract, broken: Sequence[str], asker: Asker, number: int
) -> Blueprint:
    named = [unit for unit in contract.units if any(f"`{unit.id}`" in line for line in broken)]
    prompt = load_prompt("blueprint/mend").render(
        shape=shape_of(BlueprintPatch),
        blueprint=blueprint.model_dump_json(exclude_defaults=True, exclude=_NOT_MENDED),
        units=units_text(named),
        violations="\n".join(f"- {line}" for line in broken),
    )
    question = Question("planner", f"mend {number}", prompt.system, prompt.prompt)
    patch = await asker.ask(question, read=json_answer(BlueprintPatch))
    return apply_patch(blueprint, patch)


def _analysis_text(analyses: Analyses, effort: EffortChoice) -> str:
    """The analyses as JSON; the map of sections is for reading, not for planning."""
    kept = analyses.concept.model_dump_json(exclude={"structure"}, exclude_defaults=True)
    if effort.reads_whole:
        return f"Conceptual analysis:\n{kept}"
    details = analyses.algorithm.model_dump_json(
        exclude={"equations", "hyperparameters"}, exclude_defaults=True
    )
    return f"Conceptual analysis:\n{kept}\n\nAlgorithmic analysis:\n{details}"


def _verbatim(document: Document) -> str:
    """Algorithm boxes and tables, within a token budget."""
    pieces: list[str] = []
    left = VERBATIM_TOKENS
    for block in document.blocks:
        if block.kind in ("algorithm", "table"):
            text = document.slice(block.span)
            left -= estimate_tokens(text)
            if left < 0:
                break
            pieces.append(text)
    return "\n\n".join(pieces)
