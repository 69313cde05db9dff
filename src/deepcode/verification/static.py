"""The Analysis Agent's measured part (paper 3.3.1): R_static = A_static(P, B), without a model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from deepcode.artifacts.blueprint import Blueprint
from deepcode.artifacts.check import Finding
from deepcode.languages import (
    declared_dependencies,
    diagnose,
    language_of,
    promised,
    unused_distributions,
)
from deepcode.verification.acceptance import FOLDER
from deepcode.verification.subject import Subject

_ORDER = {"blocking": 0, "error": 1, "warning": 2}


async def static_findings(subject: Subject, *, environment: Path | None) -> tuple[Finding, ...]:
    """Structural discrepancies and diagnostics, what blocks execution first.

    Args:
        subject: The repository.
        environment: Where third-party packages are installed; None when they could not be.
    """
    texts = subject.texts()
    judged = {path: text for path, text in texts.items() if not path.startswith(FOLDER)}
    diagnosis = await diagnose(subject.workspace.root, sorted(judged), environment=environment)
    findings = {
        *_missing(subject.blueprint, texts),
        *_text_findings(judged, subject.blueprint),
        *diagnosis.findings,
        *(_unanswered(reason) for reason in diagnosis.missing),
    }
    return tuple(
        sorted(findings, key=lambda one: (_ORDER[one.severity], one.path, one.line, one.rule))
    )


def _missing(blueprint: Blueprint, texts: Mapping[str, str]) -> Iterator[Finding]:
    for file in blueprint.files:
        if file.path not in texts:
            message = "the blueprint plans this file and it is not there"
            yield _structure(file.path, "missing-file", message)


def _text_findings(texts: Mapping[str, str], blueprint: Blueprint) -> Iterator[Finding]:
    interfaces = {path: language_of(path).interface(path, text) for path, text in texts.items()}
    declared = declared_dependencies(texts)
    yield from unused_distributions(interfaces, declared)
    for path, text in texts.items():
        language = language_of(path)
        found = language.findings(path, text)
        yield from found
        if not any(one.severity == "blocking" for one in found):
            # of a file that cannot be read, nothing more can be said
            yield from promised(path, interfaces[path], blueprint.components_of(path))
        yield from language.unresolved_imports(
            path,
            interfaces[path],
            modules=interfaces,
            distributions=(blueprint.name, *declared),
        )


def _structure(path: str, rule: str, message: str) -> Finding:
    return Finding(path=path, severity="blocking", rule=f"structure/{rule}", message=message)


def _unanswered(reason: str) -> Finding:
    return Finding(path="", severity="warning", rule="analysis/no-answer", message=reason)
