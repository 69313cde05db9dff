from __future__ import annotations

from pathlib import Path

import pytest

from deepcode.artifacts.analysis import ConceptAnalysis
from deepcode.artifacts.contract import Contract
from deepcode.artifacts.document import Block, BlockId, Document, Section, SectionId, Span
from deepcode.artifacts.interface import Interface
from deepcode.artifacts.memory import MemoryEntry
from deepcode.artifacts.report import CheckReport, RunRecord, Usage, UsageReport
from deepcode.errors import ArtifactError
from deepcode.events import Noted
from deepcode.store import RunDirectory, find_runs, read_events

TEXT = "# Größe 😀\n\nE = mc^2\r\n\nend"


def _document() -> Document:
    start = TEXT.index("E =")
    return Document(
        title="T",
        text=TEXT,
        sections=(Section(id=SectionId("s1"), level=1, span=Span(start=0, end=len(TEXT))),),
        blocks=(
            Block(
                id=BlockId("b1"),
                kind="equation",
                span=Span(start=start, end=start + 8),
                section_id=SectionId("s1"),
            ),
        ),
        files=("a.md",),
        source_hash="h",
    )


def _entry(path: str, purpose: str = "p") -> MemoryEntry:
    return MemoryEntry(path=path, purpose=purpose, interface=Interface(), lines=1, file_hash="h")


def test_a_document_comes_back_with_spans_that_still_cut_the_same_words(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path)
    run.save_document(_document())

    loaded = run.load_document()

    assert loaded == _document()
    assert loaded.slice(loaded.blocks[0].span) == "E = mc^2"
    assert (tmp_path / "document" / "document.md").read_bytes().decode() == TEXT


def test_a_document_that_was_not_read_yet_is_none(tmp_path: Path) -> None:
    assert RunDirectory(tmp_path).load_document() is None


@pytest.mark.parametrize("damage", [None, b"\xff\xfe"])
def test_a_document_without_its_text_is_one_sentence(tmp_path: Path, damage: bytes | None) -> None:
    run = RunDirectory(tmp_path)
    run.save_document(_document())
    text = tmp_path / "document" / "document.md"
    text.unlink()
    if damage is not None:
        text.write_bytes(damage)

    with pytest.raises(ArtifactError, match=r"document\.md` is (missing|damaged)"):
        run.load_document()


def test_a_record_comes_back_as_it_was(tmp_path: Path) -> None:
    record = RunRecord(
        run_id="r",
        outcome="verified",
        files=("a.py",),
        usage=UsageReport(calls=2, by_phase={"contract": Usage(calls=2)}),
        settings={"budget": {"max_calls": None}},
    )
    RunDirectory(tmp_path).save_record(record)

    assert RunDirectory(tmp_path).load_record() == record


def test_a_folder_without_a_run_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match=r"run\.json` is missing; is `.*` a run\?"):
        RunDirectory(tmp_path).load_record()


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b'{"run_id": "r"', b"\xff", b"[]", b'"text"', b"null", b"[" * 200_000],
)
def test_a_damaged_record_is_one_sentence_that_names_it(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "run.json").write_bytes(content)

    with pytest.raises(ArtifactError, match=r"run\.json` is damaged \(.*\); restore it or start"):
        RunDirectory(tmp_path).load_record()


def test_a_record_with_a_wrong_field_names_the_place(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text('{"run_id": "r", "units": {"total": "many"}}')

    with pytest.raises(ArtifactError, match=r"run\.json` is not valid at `units\.total`: "):
        RunDirectory(tmp_path).load_record()


def test_a_record_of_a_later_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    content = '{"schema_version": 2, "run_id": "r"}'
    (tmp_path / "run.json").write_text(content)

    with pytest.raises(ArtifactError, match="schema_version"):
        RunDirectory(tmp_path).load_record()

    assert (tmp_path / "run.json").read_text() == content


ODD_PATHS = [
    "a/b c/ü.py",
    "a/b.py",
    "a%2Fb.py",
    "../x.py",
    ".hidden",
    "a.json",
    "設計/" * 20 + "長い名前.py",
    "設計/" * 20 + "別の名前.py",
]


def test_entries_of_odd_paths_are_kept_apart_inside_the_folder(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path / "run")
    entries = [_entry(path) for path in ODD_PATHS]
    for entry in entries:
        run.save_entry(entry)

    assert run.load_entries() == tuple(sorted(entries, key=lambda entry: entry.path))
    assert len(list((tmp_path / "run" / "memory").iterdir())) == len(entries)
    assert [child.name for child in tmp_path.iterdir()] == ["run"]


@pytest.mark.parametrize("path", ODD_PATHS)
def test_a_rewritten_file_supersedes_its_entry(tmp_path: Path, path: str) -> None:
    run = RunDirectory(tmp_path)
    run.save_entry(_entry(path, "first"))
    run.save_entry(_entry(path, "second"))

    assert run.load_entries() == (_entry(path, "second"),)


def test_measurements_come_back_in_order_of_iteration(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path)
    numbers = [*range(1, 13), 99, 100]
    for number in reversed(numbers):
        run.save_check(CheckReport(iteration=number))

    assert [report.iteration for report in run.load_checks()] == numbers


def test_the_final_measurement_is_apart_from_the_iterations(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path)
    run.save_check(CheckReport(iteration=1))
    run.save_check(CheckReport(iteration=2))
    assert run.load_final_check() is None

    run.save_final_check(CheckReport(iteration=1, lock="numpy==2"))

    assert run.load_final_check() == CheckReport(iteration=1, lock="numpy==2")
    assert [report.iteration for report in run.load_checks()] == [1, 2]


def test_forgetting_the_generation_keeps_the_plan(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path)
    run.save_contract(Contract(document_hash="h", units=()))
    run.save_entry(_entry("a.py"))
    run.save_check(CheckReport(iteration=1))
    run.save_final_check(CheckReport(iteration=1))

    run.forget_generation()

    assert run.load_entries() == ()
    assert run.load_checks() == ()
    assert run.load_final_check() is None
    assert run.load_contract() == Contract(document_hash="h", units=())


def test_a_fresh_run_holds_nothing(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path)

    assert run.load_contract() is None
    assert run.load_blueprint() is None
    assert run.load_analysis("concept", ConceptAnalysis) is None
    assert run.load_entries() == ()
    run.forget_generation()


def test_an_analysis_comes_back_as_it_was(tmp_path: Path) -> None:
    analysis = ConceptAnalysis(kind="paper", summary="s")
    RunDirectory(tmp_path).save_analysis("concept", analysis)

    assert RunDirectory(tmp_path).load_analysis("concept", ConceptAnalysis) == analysis


def test_the_log_carries_the_name_of_the_run(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path / "hedge-2")
    run.root.mkdir()
    run.open_log().append(Noted(message="m"))

    assert [record.run_id for record in read_events(run.events_path)] == ["hedge-2"]


def test_runs_are_found_by_name_and_other_folders_are_not(tmp_path: Path) -> None:
    for name in ("b", "a"):
        RunDirectory(tmp_path / name).save_record(RunRecord(run_id=name))
    (tmp_path / "c").mkdir()
    (tmp_path / "d.txt").write_text("")

    assert [run.id for run in find_runs(tmp_path)] == ["a", "b"]
    assert list(find_runs(tmp_path / "nowhere")) == []
