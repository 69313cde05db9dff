import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from deepcode.artifacts.blueprint import (
    Blueprint,
    Component,
    EnvironmentPlan,
    FilePlan,
    VerificationProtocol,
    Waiver,
)
from deepcode.artifacts.check import Execution, Finding, TestResult
from deepcode.artifacts.contract import Contract, Unit
from deepcode.artifacts.document import Block, Document, Section, Span
from deepcode.artifacts.memory import MemoryEntry
from deepcode.artifacts.report import (
    CheckCounts,
    CheckReport,
    DocumentFacts,
    RunRecord,
    Usage,
    UsageReport,
)
from deepcode.errors import ArtifactError
from deepcode.events import EditsApplied, EffortChosen, GapsFound, Noted, PromptDrifted
from deepcode.languages import language_of
from deepcode.store import RunDirectory
from deepcode.web import write_report

TEXT = "# Sums\n\n## 1 Rules\n\nThe sum of nothing is zero. Sums are exact. Overflow is an error.\n"
CODE = '"""Sums."""\n\nimport math\n\n\ndef total(values):\n    return math.fsum(values)\n'
TEST_CODE = """\
import pytest


@pytest.mark.units("RULE-1")
def test_zero():
    assert True
"""
TEST_PATH = "tests/acceptance/test_sums.py"


class Page(HTMLParser):
    """The elements, text, anchors and addresses of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html, self.tags, self.words = html, set[str](), ""
        self.ids, self.addresses, self.names = list[str](), list[str](), set[str]()
        self.feed(html)
        self.text = " ".join(self.words.split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.words += " "
        for name, value in attrs:
            self.names.add(name)
            if name == "id":
                self.ids.append(value or "")
            if name in ("href", "src", "action", "srcset", "data", "poster"):
                self.addresses.append(value or "")

    def handle_endtag(self, tag: str) -> None:
        self.words += " "

    def handle_data(self, data: str) -> None:
        self.words += data


def page_of(run: RunDirectory) -> Page:
    page = Page(write_report(run).read_text(encoding="utf-8"))
    assert_closed(page)
    return page


def assert_closed(page: Page) -> None:
    """What holds for every page, whatever is in it."""
    assert "script" not in page.tags
    assert page.tags.isdisjoint(
        {"iframe", "object", "embed", "form", "img", "svg", "base", "audio"}
    )
    assert not [name for name in page.names if name.startswith("on") or name == "style"]
    links = [address for address in page.addresses if address != "data:,"]
    assert all(re.fullmatch(r"#[a-z0-9-]+(-L\d+)?", link) for link in links), links
    assert {link[1:] for link in links} <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))
    assert "@import" not in page.html
    assert "url(" not in page.html


def unit(unit_id: str, quote: str, text: str = TEXT) -> Unit:
    start = text.index(quote)
    return Unit(
        id=unit_id,
        kind="RULE",
        statement=f"{unit_id} must hold",
        quote=quote,
        section_id="s2",
        span=Span(start=start, end=start + len(quote)),
    )


def document(text: str = TEXT, title: str = "Sums") -> Document:
    whole = Span(start=0, end=len(text))
    rules = Span(start=text.index("## 1"), end=len(text))
    return Document(
        title=title,
        text=text,
        sections=(
            Section(id="s1", level=1, heading=title, span=whole),
            Section(id="s2", level=2, number="1", heading="Rules", span=rules, parent_id="s1"),
        ),
        blocks=(
            Block(
                id="b1",
                kind="paragraph",
                span=Span(start=text.index("The sum"), end=len(text) - 1),
                section_id="s2",
                page=7,
            ),
        ),
        files=("sums.pdf",),
        source_hash="d0",
    )


def blueprint(**changes: object) -> Blueprint:
    plan = Blueprint(
        name="sums",
        kind="library",
        summary="Sums.",
        files=(
            FilePlan(path="sums.py", purpose="Adds numbers."),
            FilePlan(path="late.py", purpose="Comes later."),
        ),
        components=(
            Component(file="sums.py", name="total", behaviour="adds", units=("RULE-1", "RULE-2")),
        ),
        verification=VerificationProtocol(entry_commands=("python -c 'import sums'",)),
        environment=EnvironmentPlan(),
        stages=(),
        waivers=(Waiver(unit="RULE-4", reason="it is about hardware"),),
    )
    return plan.model_copy(update=changes)


def contract() -> Contract:
    assumed = Unit(
        id="RULE-4",
        kind="RULE",
        statement="rounding mode",
        status="assumed",
        reason="the document is silent",
    )
    return Contract(
        document_hash="d0",
        units=(
            unit("RULE-1", "The sum of nothing is zero."),
            unit("RULE-2", "Sums are exact."),
            unit("RULE-3", "Overflow is an error."),
            assumed,
        ),
    )


def executed(*argv: str, code: int = 0, stderr: str = "") -> Execution:
    return Execution(
        argv=argv, exit_code=code, stdout="", stderr=stderr, duration_s=1.5, level="strong"
    )


def measurement(*tests: TestResult, **changes: object) -> CheckReport:
    report = CheckReport(
        iteration=2,
        entries=(executed("python", "-c", "import sums"),),
        tests=tests,
        lock="numpy==2.1.3",
        sandbox="strong",
    )
    return report.model_copy(update=changes)


def a_test(name: str, status: str, *units: str, message: str = "") -> TestResult:
    test_id = f"{TEST_PATH}::{name}"
    return TestResult.model_validate(
        {"id": test_id, "status": status, "units": units, "message": message}
    )


def planned(tmp_path: Path, **changes: object) -> RunDirectory:
    """A run that stopped after the blueprint."""
    run = RunDirectory(tmp_path / "run")
    run.save_document(document())
    run.save_contract(contract())
    run.save_blueprint(blueprint())
    record = RunRecord(run_id="run", outcome="incomplete", model="maker:model", seconds=200.4)
    run.save_record(record.model_copy(update=changes))
    return run


def write(run: RunDirectory, path: str, text: str) -> None:
    (run.repo / path).parent.mkdir(parents=True, exist_ok=True)
    (run.repo / path).write_text(text, encoding="utf-8")


def written(tmp_path: Path, **changes: object) -> RunDirectory:
    """A run whose repository is written, apart from `late.py`."""
    run = planned(tmp_path, **changes)
    write(run, "sums.py", CODE)
    write(run, TEST_PATH, TEST_CODE)
    run.save_entry(
        MemoryEntry(
            path="sums.py",
            purpose="Adds exactly.",
            interface=language_of("sums.py").interface("sums.py", CODE),
            units=("RULE-1",),
            lines=7,
            file_hash="another",
        )
    )
    return run


def row(page: Page, unit_id: str) -> str:
    """The text of one row of the trace table."""
    cell = f'<span class="id">{unit_id}</span>'
    (found,) = [part for part in page.html.split("<tr ") if cell in part]
    return " ".join(Page(f"<tr {found.split('</tr>')[0]}").text.split())


def test_a_run_with_nothing_but_its_record_has_a_page(tmp_path: Path):
    run = RunDirectory(tmp_path / "run")
    run.save_record(RunRecord(run_id="run"))
    page = page_of(run)
    assert "No outcome is stored: the run is still going on, or it was killed." in page.text
    assert "Nothing was run: there is no measurement." in page.text
    assert "units" not in page.ids


def test_a_folder_that_is_no_run_is_refused(tmp_path: Path):
    with pytest.raises(ArtifactError, match=r"is missing; is .* a run"):
        write_report(RunDirectory(tmp_path))


def test_a_run_with_only_a_document_shows_its_text(tmp_path: Path):
    run = RunDirectory(tmp_path / "run")
    run.save_document(document())
    facts = DocumentFacts(title="Sums", hash="d0", files=("sums.pdf",))
    message = "the provider refused the key"
    run.save_record(RunRecord(run_id="run", outcome="failed", message=message, document=facts))
    page = page_of(run)
    assert "Overflow is an error." in page.text
    assert "failed The run stopped at an error" in page.text
    assert message in page.text


def test_a_planned_run_says_once_that_nothing_is_written_and_nothing_was_run(tmp_path: Path):
    page = page_of(planned(tmp_path))
    assert "None of the 2 planned files is written." in page.text
    assert "No test was run, so none of the 4 units is shown." in page.text
    assert "not written" in row(page, "RULE-1")
    assert "0 of 4" in page.text


def test_the_head_tells_outcome_model_time_and_cost(tmp_path: Path):
    usage = UsageReport(
        calls=12,
        input_tokens=34567,
        cached_tokens=12000,
        output_tokens=890,
        cost_usd=0.1234,
        by_phase={"contract": Usage(calls=12, cost_usd=0.1234)},
        replayed_calls=12,
    )
    page = page_of(planned(tmp_path, usage=usage, recorded=True))
    assert "The model's words were recorded and replayed" in page.text
    for words in ("3 min 20 s", "34,567", "12,000 cached", "890", "$0.123", "12 replayed"):
        assert words in page.text
    live = page_of(planned(tmp_path, usage=usage))
    assert "The model's words are live, from maker:model." in live.text


def test_a_row_leads_from_the_quote_to_the_line_of_code_and_to_the_test(tmp_path: Path):
    run = written(tmp_path)
    run.save_final_check(measurement(a_test("test_zero", "passed", "RULE-1")))
    page = page_of(run)
    shown = row(page, "RULE-1")
    assert "RULE-1 shown RULE-1 must hold The sum of nothing is zero." in shown
    assert "1 Rules, p. 7" in shown
    assert "sums.py total · 6-7" in shown
    assert "passed test_zero" in shown
    code_line = re.search(r'href="#(f\d+-L6)" class="path">total', page.html)
    assert code_line
    assert f'<code id="{code_line[1]}"><i class=k>def</i> total' in page.html
    assert re.search(r'href="#f\d+-L5" class="path">test_zero', page.html)
    assert (
        '<a class="ref" id="q1" href="#u1">RULE-1</a><mark>The sum of nothing is zero.</mark>'
        in (page.html)
    )


def test_every_unit_has_the_status_that_the_evidence_gives_it(tmp_path: Path):
    run = written(tmp_path)
    failing = a_test("test_exact", "failed", "RULE-2", "RULE-3", message="E assert 0.1 == 0.2")
    run.save_final_check(measurement(a_test("test_zero", "passed", "RULE-1"), failing))
    page = page_of(run)
    assert row(page, "RULE-1").startswith("RULE-1 shown")
    assert row(page, "RULE-2").startswith("RULE-2 failing")
    assert row(page, "RULE-3").startswith("RULE-3 no owner")
    assert row(page, "RULE-4").startswith("RULE-4 waived assumed")
    assert "2 of 4 by a file" in page.text
    assert "1 of 4 by a passing test" in page.text


def test_gaps_hold_everything_that_speaks_against_the_result(tmp_path: Path):
    run = written(tmp_path)
    entry = executed("python", "-c", "import late", code=1, stderr="ModuleNotFoundError: late")
    finding = Finding(
        path="sums.py", line=7, severity="error", rule="ty/no-such", message="No such name."
    )
    failed = a_test("test_exact", "failed", "RULE-2", message="E assert 0.1 == 0.2")
    hollow = a_test("test_hollow", "passed", "RULE-1")
    run.save_final_check(
        measurement(
            failed,
            hollow,
            entries=(entry,),
            findings=(finding,),
            empty_tree_passed=(hollow.id,),
        )
    )
    gaps = page_of(run).text.partition("From sentence to code to test")[0]
    for words in (
        "python -c 'import late' exit status 1 ModuleNotFoundError: late",
        "::test_exact failed · RULE-2 E assert 0.1 == 0.2",
        "sums.py:7 ty/no-such: No such name.",
        "late.py Comes later.",
        "RULE-3 RULE-3 must hold",
        "Units that no passing test shows 1 RULE-1",
        "::test_hollow",
        "RULE-4 it is about hardware",
        "assumed: rounding mode — the document is silent",
    ):
        assert words in gaps


def test_a_run_without_gaps_says_so(tmp_path: Path):
    run = written(tmp_path, outcome="verified", checks=CheckCounts(passed=2, failed=0))
    run.save_contract(Contract(document_hash="d0", units=contract().units[:1]))
    run.save_blueprint(blueprint(files=blueprint().files[:1], waivers=(), components=(
        Component(file="sums.py", name="total", behaviour="adds", units=("RULE-1",)),
    )))  # fmt: skip
    run.save_final_check(measurement(a_test("test_zero", "passed", "RULE-1")))
    assert "Gaps 0 None found" in page_of(run).text


def test_an_outcome_that_the_evidence_does_not_bear_is_the_first_gap(tmp_path: Path):
    run = written(tmp_path, outcome="verified", checks=CheckCounts(passed=9))
    run.save_final_check(measurement(a_test("test_zero", "failed", "RULE-1")))
    text = page_of(run).text
    assert "run.json says `verified`, and no stored measurement does." in text
    assert "run.json counts 9 passed and 0 failed; the stored measurement has 1 and 1." in text


def test_a_killed_run_shows_its_newest_measurement_as_such(tmp_path: Path):
    run = written(tmp_path, outcome=None)
    run.save_check(measurement(a_test("test_zero", "failed"), iteration=1))
    run.save_check(measurement(a_test("test_zero", "passed")))
    text = page_of(run).text
    assert "verification did not come to its end; shown is measurement 2, the newest." in text
    assert "Measurements Number Passed Failed Findings Warnings 1 1 1 0 0 2 2 0 0 0" in text


def test_tests_that_never_ran_are_listed_as_not_run(tmp_path: Path):
    page = page_of(written(tmp_path))
    assert "not run test_zero" in row(page, "RULE-1")
    assert "RULE-1 not shown" in row(page, "RULE-1")


def test_an_environment_that_could_not_be_made_is_a_gap(tmp_path: Path):
    run = written(tmp_path, outcome="checks-failed")
    why = "no version of `nosuch`"
    run.save_final_check(CheckReport(iteration=1, provision_error=why))
    page = page_of(run)
    assert f"The environment could not be made 1 provisioning {why}" in page.text
    assert "Sandbox: nothing ran." in page.text


def test_damaged_parts_of_a_run_are_named_and_the_rest_is_shown(tmp_path: Path):
    run = planned(tmp_path)
    (run.root / "blueprint.yaml").write_text("files: [", encoding="utf-8")
    (run.root / "document" / "document.md").unlink()
    text = page_of(run).text
    assert "blueprint.yaml` is not YAML" in text
    assert "document.md" in text
    assert "RULE-1 must hold" in text


def test_files_show_purpose_units_imports_and_what_became_of_them(tmp_path: Path):
    text = page_of(written(tmp_path)).text
    assert "sums.py changed since it was written Adds exactly. 7 RULE-1 RULE-2 math" in text
    assert "late.py planned, not written Comes later." in text


def test_links_binary_files_and_long_files_are_named_but_not_printed(tmp_path: Path):
    run = written(tmp_path)
    secret = tmp_path / "secret.txt"
    secret.write_text("outside of the run", encoding="utf-8")
    (run.repo / "link.txt").symlink_to(secret)
    write(run, "image.bin", "\0\1")
    write(run, "long.txt", "long line\n" * 20_000)
    page = page_of(run)
    assert "outside of the run" not in page.html
    assert "image.bin not shown: it is not text" in page.text
    assert "long.txt not shown: it is too long for this page" in page.text


def test_quotes_that_overlap_and_quotes_without_a_place_are_both_handled(tmp_path: Path):
    run = planned(tmp_path)
    beyond = unit("RULE-3", "Sums").model_copy(update={"span": Span(start=9000, end=9010)})
    units = (unit("RULE-1", "nothing is zero. Sums"), unit("RULE-2", "Sums are exact."), beyond)
    run.save_contract(Contract(document_hash="d0", units=units))
    page = page_of(run)
    assert "RULE-1 nothing is zero. RULE-2 Sums are exact. Overflow" in page.text
    assert "RULE-3 It claims to be stated, but no words of the document are given" in page.text


def test_events_tell_decisions_gaps_and_repairs(tmp_path: Path):
    run = planned(tmp_path)
    log = run.open_log()
    log.append(EffortChosen(effort="fast", reason="4,000 tokens fit"))
    log.append(GapsFound(artifact="contract", gaps=("section 2 has no unit",)))
    log.append(EditsApplied(iteration=1, paths=("sums.py",), kept=False, reason="failing 1 -> 2"))
    log.append(PromptDrifted(role="coder", subject="sums.py", attempt=1))
    log.append(Noted(message="the index is slow"))
    text = page_of(run).text
    for words in (
        "effort: fast 4,000 tokens fit",
        "contract: 1 gap to mend section 2 has no unit",
        "repair 1 rolled back failing 1 -> 2 in sums.py",
        "drift: coder, sums.py",
        "note the index is slow",
    ):
        assert words in text


HOSTILE = (
    "</title></style></pre><script>alert(1)</script><img src=x onerror=alert(1)>"
    '"\'><a href="javascript:alert(1)">x</a>{{ 7*7 }}{% raw %}\x1b[31m\u202egpj.exe\x00'
)
SHOWN = "</title></style></pre><script>alert(1)</script>"


def test_hostile_words_are_shown_and_never_obeyed_wherever_they_stand(tmp_path: Path):
    run = RunDirectory(tmp_path / "run")
    text = f"# {HOSTILE}\n\n## 1 {HOSTILE}\n\nThe sum {HOSTILE}\n"
    run.save_document(document(text, title=HOSTILE))
    named = unit("RULE-1", f"The sum {HOSTILE}", text)
    changes = {"id": f"R{SHOWN}", "statement": HOSTILE, "status": "assumed", "reason": HOSTILE}
    hostile_unit = named.model_copy(update=changes)
    path = "src/<script>alert(1)<\\x>.py"
    write(run, path, f"# {HOSTILE[:-1]}\ndef total(): return '''{SHOWN}'''\n")
    (run.root / "contract.yaml").write_text("", encoding="utf-8")
    yaml_safe = hostile_unit.model_copy(update={"quote": ""})
    run.save_contract(Contract(document_hash=HOSTILE, units=(yaml_safe,)))
    part = Component(file=path, name="total", behaviour="x", units=(hostile_unit.id,))
    run.save_blueprint(
        blueprint(
            components=(part,),
            files=(FilePlan(path=path, purpose=HOSTILE),),
            waivers=(Waiver(unit=hostile_unit.id, reason=HOSTILE),),
        )
    )
    failed = TestResult(id=f"t.py::{HOSTILE}", status="failed", message=HOSTILE, units=(HOSTILE,))
    entry = executed("python", HOSTILE, code=1, stderr=HOSTILE)
    finding = Finding(path=HOSTILE, severity="blocking", rule=HOSTILE, message=HOSTILE)
    run.save_final_check(
        measurement(failed, entries=(entry,), findings=(finding,), lock=HOSTILE, test_run=entry)
    )
    run.open_log().append(Noted(message=HOSTILE))
    facts = DocumentFacts(title=HOSTILE, hash=HOSTILE, files=(HOSTILE,))
    usage = UsageReport(by_phase={HOSTILE: Usage()})
    run.save_record(
        RunRecord(run_id="run", document=facts, model=HOSTILE, message=HOSTILE, usage=usage)
    )
    page = page_of(run)
    assert page.text.count(SHOWN) > 20
    assert "<script" not in page.html
    assert "{{ 7*7 }}" in page.text
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", page.html)
    assert "␛[31m⟨U+202E⟩gpj.exe␀" in page.text


def test_the_policy_forbids_everything_but_inline_styles(tmp_path: Path):
    html = page_of(planned(tmp_path)).html
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)
    assert policy
    assert policy[1].replace("&#39;", "'") == (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    assert html.index("Content-Security-Policy") < html.index("<style>")
    assert not re.search(r"https?:|//[a-z]", html)
