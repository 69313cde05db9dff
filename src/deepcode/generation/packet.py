"""X_t: what a writer of files is shown (paper eq. 4), ordered from stable to changing.

The first part is the same for all files of a run, so that a provider's prompt cache serves it.
The specification itself is never compressed: a target's units come with verbatim quotes and
with the passages that the quotes stand in.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from deepcode.artifacts.blueprint import Blueprint, Component, FilePlan
from deepcode.artifacts.contract import Contract
from deepcode.artifacts.document import Document
from deepcode.artifacts.interface import Symbol
from deepcode.artifacts.tokens import CHARS_PER_TOKEN
from deepcode.memory import MemoryBank, Recalled
from deepcode.prompts import PASSAGE_TOKENS, fenced, passages_text, shown_whole, units_text

MEMORY_TOKENS = 6_000
# What the memory reckons with for one condensed entry: 80 tokens.
CONDENSED_CHARS = 80 * CHARS_PER_TOKEN


@dataclass(frozen=True)
class Brief:
    """What all writers of one run work from."""

    blueprint: Blueprint
    contract: Contract
    document: Document

    @property
    def whole(self) -> bool:
        """Whether the document is short enough to be shown whole."""
        return shown_whole(self.document)


def overview(brief: Brief) -> str:
    """The stable part: project, files, environment, and the document when it is short."""
    plan = brief.blueprint
    files = "\n".join(f"- {file.path}: {file.purpose}" for file in plan.files)
    environment = plan.environment
    parts = [
        f"Project `{plan.name}` ({plan.kind}): {plan.summary}",
        f"Files of the repository:\n{files}",
        f"Python {environment.requires_python}; dependencies: "
        f"{', '.join(environment.dependencies) or 'none'}; {environment.notes}".rstrip("; "),
        "Commands that must work:\n"
        + "\n".join(f"- {command}" for command in plan.verification.entry_commands),
    ]
    if brief.whole:
        parts.append(f"The document, whole:\n{fenced('document', brief.document.text)}")
    return "\n\n".join(parts)


def assignment(brief: Brief, batch: Sequence[FilePlan], bank: MemoryBank) -> str:
    """The changing part: what is written already, the targets, their units and passages."""
    plan = brief.blueprint
    paths = [file.path for file in batch]
    recalled = bank.select(paths, plan, budget_tokens=MEMORY_TOKENS)
    unit_ids = [unit for path in paths for unit in plan.units_of(path)]
    units = brief.contract.select(unit_ids)
    parts = [
        f"Files that are written already:\n{memory_text(recalled)}",
        "Files to write now:\n\n" + "\n\n".join(_target(plan, file) for file in batch),
        f"Their requirement units:\n{units_text(units)}",
    ]
    if not brief.whole:
        passages = passages_text(brief.document, units, budget_tokens=PASSAGE_TOKENS)
        parts.append(f"Passages of the document:\n{passages}")
    return "\n\n".join(parts)


def memory_text(recalled: Iterable[Recalled]) -> str:
    """Memory entries for a prompt."""
    return "\n".join(_entry(one) for one in recalled) or "(none)"


def _target(plan: Blueprint, file: FilePlan) -> str:
    needs = ", ".join(file.depends_on) or "nothing of this repository"
    lines = [f"{file.path} - {file.purpose}", f"  uses: {needs}"]
    lines += [_component(part) for part in plan.components_of(file.path)]
    return "\n".join(lines)


def _component(part: Component) -> str:
    units = f" [{', '.join(part.units)}]" if part.units else ""
    return f"  * {part.signature or part.name}{units}\n    {part.behaviour}"


def _entry(recalled: Recalled) -> str:
    entry = recalled.entry
    head = f"{entry.path}: {entry.purpose}"
    if recalled.detail == "full":
        return "\n".join([head, *(_symbol(symbol) for symbol in entry.interface.symbols)])
    names = ", ".join(symbol.name for symbol in entry.interface.symbols if "." not in symbol.name)
    text = f"{head} (defines {names})" if names else head
    return text if len(text) <= CONDENSED_CHARS else f"{text[: CONDENSED_CHARS - 4]} ..."


def _symbol(symbol: Symbol) -> str:
    indent = "    " if symbol.kind == "method" else "  "
    note = f"  # {symbol.summary}" if symbol.summary else ""
    return f"{indent}{symbol.signature}{note}"
