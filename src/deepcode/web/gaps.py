"""What speaks against the result, gravest first: the part of the report that is read first."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from deepcode.artifacts.check import Execution, Finding
from deepcode.web.evidence import Evidence
from deepcode.web.places import Link, Places
from deepcode.web.trace import Row, RowStatus, TestPlace, lost_quotes

Tone = Literal["bad", "warn", "note"]

# The end of an output says what went wrong; the whole of it is in `checks/`.
TAIL_CHARS = 2_000
# More findings than this are one finding.
_MOST_ITEMS = 60


@dataclass(frozen=True)
class Item:
    """One gap."""

    link: Link
    text: str = ""
    output: str = ""
    """Printed by a program."""


@dataclass(frozen=True)
class Group:
    """Gaps of one kind."""

    tone: Tone
    title: str
    items: tuple[Item, ...]
    left_out: int = 0

    @property
    def count(self) -> int:
        """How many there are, printed or not."""
        return len(self.items) + self.left_out


def gaps(
    evidence: Evidence, rows: tuple[Row, ...], tests: tuple[TestPlace, ...], places: Places
) -> tuple[Group, ...]:
    """Everything that speaks against the result; kinds of which there is nothing are left out."""
    groups = (
        _group("bad", "What is stored does not fit together", _contradictions(evidence)),
        _group("bad", "The environment could not be made", _provisioning(evidence)),
        _group("bad", "Entry commands that fail", _entries(evidence)),
        _group("bad", "Tests that fail", _failing(tests)),
        _group("bad", "Errors and blocking findings", _findings(evidence, places)),
        _group("bad", "Planned files that are not written", _unwritten(evidence, places)),
        _group("bad", "Units without an owner", _units(rows, places, "no owner")),
        _group("bad", "Units whose code is not written", _uncoded(evidence, rows, places)),
        _group("warn", "Units that no passing test shows", _unshown(evidence, rows, places)),
        _group("warn", "Tests that pass without any code and show nothing", _hollow(tests)),
        _group("note", "Units waived", _waived(evidence, places)),
        _group("note", "Assumed, or missing in the document", _assumed(evidence, places)),
        _group("note", "About the document and the sandbox", _remarks(evidence)),
    )
    return tuple(group for group in groups if group.items)


def tail(text: str) -> str:
    """The end of an output."""
    text = text.strip("\n")
    return text if len(text) <= TAIL_CHARS else f"…{text[-TAIL_CHARS:]}"


def output_of(execution: Execution) -> str:
    """The end of what a command printed, errors last."""
    parts = (tail(execution.stdout), tail(execution.stderr))
    return "\n".join(part for part in parts if part.strip())


def ending_of(execution: Execution) -> str:
    """How a command ended, in a few words."""
    over = f", ended by its {execution.limit} limit" if execution.limit else ""
    return f"exit status {execution.exit_code}{over}"


def _group(tone: Tone, title: str, items: Iterable[Item]) -> Group:
    every = tuple(items)
    return Group(tone, title, every[:_MOST_ITEMS], max(0, len(every) - _MOST_ITEMS))


def _contradictions(evidence: Evidence) -> Iterable[Item]:
    record, report = evidence.record, evidence.report
    for problem in evidence.problems:
        yield Item(Link("unreadable"), problem)
    if record.outcome == "verified" and not (evidence.settled and report and report.sound):
        yield Item(Link("outcome"), "run.json says `verified`, and no stored measurement does.")
    counts = (report.passed, report.failed) if report else (0, 0)
    if record.outcome and counts != (record.checks.passed, record.checks.failed):
        kept = f"{record.checks.passed} passed and {record.checks.failed} failed"
        yield Item(
            Link("checks"),
            f"run.json counts {kept}; the stored measurement has {counts[0]} and {counts[1]}.",
        )
    contract, document = evidence.contract, evidence.document
    if contract and document and contract.document_hash != document.source_hash:
        yield Item(Link("contract.yaml"), "It was made for another text of the document.")
    yield from _loose_ends(evidence)


def _loose_ends(evidence: Evidence) -> Iterable[Item]:
    for unit in lost_quotes(evidence):
        why = "It claims to be stated, but no words of the document are given for it."
        yield Item(Link(unit.id), why)
    if evidence.blueprint and evidence.contract:
        known = {unit.id for unit in evidence.units}
        for unit_id, paths in evidence.blueprint.owners().items():
            if unit_id not in known:
                yield Item(Link(unit_id), f"{', '.join(paths)} owns it; the contract has no such.")


def _provisioning(evidence: Evidence) -> Iterable[Item]:
    if evidence.report and evidence.report.provision_error:
        yield Item(Link("provisioning"), output=tail(evidence.report.provision_error))


def _entries(evidence: Evidence) -> Iterable[Item]:
    for entry in evidence.report.entries if evidence.report else ():
        if not entry.ok:
            yield Item(Link(shlex.join(entry.argv)), ending_of(entry), output_of(entry))


def _failing(tests: tuple[TestPlace, ...]) -> Iterable[Item]:
    for test in tests:
        if test.status in ("failed", "error", "missing"):
            shows = f" · {', '.join(test.units)}" if test.units else ""
            yield Item(test.link, f"{test.status}{shows}", tail(test.message))


def _findings(evidence: Evidence, places: Places) -> Iterable[Item]:
    for found in evidence.report.blocking if evidence.report else ():
        yield Item(finding_link(found, places), f"{found.rule}: {found.message}")


def finding_link(found: Finding, places: Places) -> Link:
    """Where a finding points."""
    if not found.path:
        return Link("repository")
    words = f"{found.path}:{found.line}" if found.line else found.path
    return Link(words, places.line(found.path, found.line))


def _unwritten(evidence: Evidence, places: Places) -> Iterable[Item]:
    files = evidence.blueprint.files if evidence.blueprint else ()
    missing = [file for file in files if file.path not in evidence.paths]
    if files and not evidence.paths:
        yield Item(Link("repository"), f"None of the {len(files)} planned files is written.")
        return
    for file in missing:
        yield Item(Link(file.path, places.file(file.path)), file.purpose)


def _units(rows: tuple[Row, ...], places: Places, status: RowStatus) -> Iterable[Item]:
    for row in rows:
        if row.status == status:
            yield Item(Link(row.unit.id, places.unit(row.unit.id)), row.unit.statement)


def _uncoded(evidence: Evidence, rows: tuple[Row, ...], places: Places) -> Iterable[Item]:
    """Nothing where no file at all is written: that is said once."""
    return _units(rows, places, "not written") if evidence.paths else ()


def _unshown(evidence: Evidence, rows: tuple[Row, ...], places: Places) -> Iterable[Item]:
    """The single units where tests ran, else one sentence for all of them."""
    if rows and not (evidence.report and evidence.report.tests):
        yield Item(Link("no tests"), f"No test was run, so none of the {len(rows)} units is shown.")
        return
    yield from _units(rows, places, "not shown")


def _hollow(tests: tuple[TestPlace, ...]) -> Iterable[Item]:
    return (Item(test.link) for test in tests if test.status == "shows nothing")


def _waived(evidence: Evidence, places: Places) -> Iterable[Item]:
    for waiver in evidence.blueprint.waivers if evidence.blueprint else ():
        yield Item(Link(waiver.unit, places.unit(waiver.unit)), waiver.reason)


def _assumed(evidence: Evidence, places: Places) -> Iterable[Item]:
    for unit in evidence.units:
        if unit.status != "stated":
            reason = unit.reason or "No reason is given."
            words = f"{unit.status}: {unit.statement} — {reason}"
            yield Item(Link(unit.id, places.unit(unit.id)), words)


def _remarks(evidence: Evidence) -> Iterable[Item]:
    for warning in evidence.document.warnings if evidence.document else ():
        yield Item(Link("document"), warning)
    if evidence.report and evidence.report.sandbox in ("none", "reduced"):
        level = evidence.report.sandbox
        weak = "nothing kept the code from changing its own evidence"
        words = (
            weak
            if level == "none"
            else "the network was closed, but names of files outside could be seen"
        )
        yield Item(Link(f"sandbox: {level}"), f"{words}.")
    if evidence.report and not evidence.settled:
        number = evidence.report.iteration
        words = f"verification did not come to its end; shown is measurement {number}, the newest"
        yield Item(Link("measurement"), f"{words}.")
