"""A file is checked as it is born: parses, no stub, imports resolve, keeps its promises."""

from __future__ import annotations

from collections.abc import Mapping

from deepcode.artifacts.blueprint import Blueprint
from deepcode.artifacts.check import Finding
from deepcode.artifacts.interface import Interface
from deepcode.artifacts.memory import MemoryEntry
from deepcode.languages import language_of, promised, promised_interface


def birth_findings(
    path: str, text: str, blueprint: Blueprint, memory: Mapping[str, MemoryEntry]
) -> tuple[Finding, ...]:
    """What is wrong with one file that was just written; warnings are left out.

    Args:
        path: Path in the repository.
        text: The file.
        blueprint: What was promised of it.
        memory: All files written so far, this one included.
    """
    language = language_of(path)
    findings = list(language.findings(path, text))
    if any(found.severity == "blocking" for found in findings):
        return tuple(findings)
    interface = language.interface(path, text)
    modules = _modules(blueprint, memory)
    findings += language.unresolved_imports(
        path,
        interface,
        modules=modules,
        distributions=(blueprint.name, *blueprint.environment.dependencies),
    )
    findings += promised(path, interface, blueprint.components_of(path))
    return tuple(found for found in findings if found.severity != "warning")


def _modules(blueprint: Blueprint, memory: Mapping[str, MemoryEntry]) -> dict[str, Interface]:
    """Interfaces of written files and, for files not yet written, the names promised of them."""
    modules = {
        file.path: promised_interface(file.path, blueprint.components_of(file.path))
        for file in blueprint.files
    }
    return modules | {path: entry.interface for path, entry in memory.items()}
