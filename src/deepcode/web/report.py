"""Writes `report.html`: from each sentence of the document to code and to what shows it works.

Above: `pipeline/`'s callers and the command line. Below: the parts of the page, one file each, and
`report.html.j2` with `report.css`. Document, model and programs are hostile: what they say is made
visible and escaped at the one place where the template prints (`finalize` and autoescape), the
page has no script, loads nothing, and links only to its own anchors.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from deepcode.artifacts.check import Execution
from deepcode.store import RunDirectory
from deepcode.web.evidence import Evidence, gather
from deepcode.web.gaps import ending_of, finding_link, gaps, output_of
from deepcode.web.passages import marked_document
from deepcode.web.places import MAX_DOCUMENT_CHARS, Places, anchor
from deepcode.web.sources import sources
from deepcode.web.summary import dollars, duration, summarise
from deepcode.web.timeline import timeline
from deepcode.web.trace import tests_of, trace
from deepcode.web.visible import visible

if TYPE_CHECKING:
    from jinja2 import Environment

NAME = "report.html"

# Scripts, frames, forms, fonts and requests of any kind are off. Styles are inline because the
# report is one file that is mailed and archived; no text of others gets into them.
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'"
)
# Warnings beyond these are in `checks/`.
_MOST_WARNINGS = 200


@dataclass(frozen=True)
class Ran:
    """A command as the page shows it."""

    command: str
    ok: bool
    ending: str
    time: str
    output: str


def write_report(run: RunDirectory) -> Path:
    """Write the trace report of a run in whatever state it is.

    Args:
        run: At least its `run.json` is there; anything else may be missing or damaged.

    Returns:
        Path of `report.html`, one file that needs nothing else.

    Raises:
        ArtifactError: There is no readable `run.json`.
        OSError: The page cannot be written.
    """
    run.save_text(NAME, render(gather(run)))
    return run.root / NAME


def render(evidence: Evidence) -> str:
    """The page as HTML."""
    places = Places(evidence)
    tests = tests_of(evidence, places)
    rows = trace(evidence, tests, places)
    report = evidence.report
    return (
        _environment()
        .get_template(f"{NAME}.j2")
        .render(
            policy=POLICY,
            evidence=evidence,
            places=places,
            summary=summarise(evidence, rows),
            gaps=gaps(evidence, rows, tests, places),
            rows=rows,
            tests=tests,
            sources=sources(evidence, places),
            document=marked_document(evidence, places),
            document_limit=MAX_DOCUMENT_CHARS,
            entries=[_ran(entry) for entry in report.entries] if report else [],
            test_run=_ran(report.test_run) if report and report.test_run else None,
            warnings=_warnings(evidence, places),
            moments=timeline(evidence.events),
        )
    )


def _ran(execution: Execution) -> Ran:
    return Ran(
        command=shlex.join(execution.argv),
        ok=execution.ok,
        ending=ending_of(execution),
        time=duration(execution.duration_s),
        output=output_of(execution),
    )


def _warnings(evidence: Evidence, places: Places) -> list[tuple[str, str, str]]:
    found = evidence.report.findings if evidence.report else ()
    warnings = [each for each in found if each.severity == "warning"][:_MOST_WARNINGS]
    links = ((finding_link(each, places), each) for each in warnings)
    return [(link.text, link.href, f"{each.rule}: {each.message}") for link, each in links]


def _environment() -> Environment:
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    def load(name: str) -> str:
        return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")

    environment = Environment(
        loader=FunctionLoader(load),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_printable,
    )
    environment.filters.update(anchor=anchor, dollars=dollars, duration=duration)
    return environment


def _printable(value: object) -> object:
    """What a template expression prints; markup was made visible when it was made."""
    return visible(value) if type(value) is str else value
