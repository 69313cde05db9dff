"""Phase 2 as a whole, over a scripted model and a folder."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from deepcode.artifacts.blueprint import Blueprint
from deepcode.artifacts.contract import Contract
from deepcode.artifacts.document import Document
from deepcode.artifacts.memory import MemoryEntry
from deepcode.errors import PhaseError
from deepcode.generation import Brief, generate
from deepcode.generation.phase import MAX_MENDS
from deepcode.generation.schedule import BATCH_LINES
from deepcode.memory import MemoryBank
from deepcode.sandbox import Workspace

MakeScript = Callable[..., Any]
MakeBrief = Callable[..., Brief]

STUB = "def do_{0}(x: int) -> int:\n    pass\n"
WHOLE = "def do_{0}(x: int) -> int:\n    return x + 1\n"


def block(path: str, text: str, header: str = "purpose: does it\n") -> str:
    return f"=== FILE {path}\n{header}---\n{text}=== END {path}\n"


def whole(path: str) -> str:
    return block(path, WHOLE.format(path.removesuffix(".py")))


def stub(path: str) -> str:
    return block(path, STUB.format(path.removesuffix(".py")))


def mend(path: str, old: str, new: str) -> str:
    return f"=== EDIT {path}\n<<<<<<< OLD\n{old}\n=======\n{new}\n>>>>>>> NEW\n=== END {path}\n"


@pytest.fixture
def make_brief(
    make_blueprint: Callable[..., Blueprint],
    make_contract: Callable[..., Contract],
    make_document: Callable[..., Document],
) -> MakeBrief:
    def make(graph: dict[str, tuple[str, ...]], **changes: Any) -> Brief:
        document = make_document(("Method", [("paragraph", "add one")]))
        return Brief(make_blueprint(graph, **changes), make_contract(), document)

    return make


async def write(
    brief: Brief, model: Any, workspace: Workspace, *, parallel: int = 1, **bank: Any
) -> MemoryBank:
    memory = MemoryBank(**bank)
    await generate(brief, model.asker, workspace, bank=memory, parallel=parallel)
    return memory


async def test_files_are_written_and_remembered(
    make_brief: MakeBrief, script: MakeScript, workspace: Workspace
) -> None:
    model = script(whole("a.py") + whole("b.py"))
    bank = await write(make_brief({"a.py": (), "b.py": ("a.py",)}), model, workspace)
    assert workspace.read("a.py") == WHOLE.format("a")
    assert workspace.read("b.py") == WHOLE.format("b")
    assert bank.entries["a.py"].purpose == "does it"
    assert [symbol.name for symbol in bank.entries["b.py"].interface.symbols] == ["do_b"]
    assert [asked.subject for asked in model.asked] == ["a.py b.py"]
    written = model.of_kind("file-written")
    assert [(one.path, one.attempt, one.findings) for one in written] == [
        ("a.py", 1, 0),
        ("b.py", 1, 0),
    ]


async def test_a_later_file_is_shown_the_interface_of_what_it_uses(
    make_brief: MakeBrief, script: MakeScript, workspace: Workspace
) -> None:
    model = script(lambda asked: whole(asked.subject))
    brief = make_brief({"a.py": (), "b.py": ("a.py",)}, lines=BATCH_LINES)
    await write(brief, model, workspace, parallel=2)
    assert [asked.subject for asked in model.asked] == ["a.py", "b.py"]
    assert "def do_a(x: int) -> int" not in model.asked[0].prompt.split("Files to write now")[0]
    assert "def do_a(x: int) -> int" in model.asked[1].prompt.split("Files to write now")[0]


async def test_the_system_part_is_the_same_for_all_files_of_a_run(
    make_brief: MakeBrief, script: MakeScript, workspace: Workspace
) -> None:
    model = script(lambda asked: whole(asked.subject))
    graph = {"a.py": (), "b.py": ("a.py",), "c.py": ("b.py",), "d.py": ()}
    await write(make_brief(graph, lines=BATCH_LINES), model, workspace, parallel=2)
    assert len(model.asked) == 4
    assert len({asked.system.encode() for asked in model.asked}) == 1
    assert "add one" in model.asked[0].system


async def test_a_file_missing_in_an_answer_is_asked_for_again(
    make_brief: MakeBrief, script: MakeScript, workspace: Workspace
) -> None:
    model = script(whole("a.py"), whole("a.py") + whole("b.py"))
    await write(make_brief({"a.py": (), "b.py": ()}), model, workspace)
    assert workspace.exists("b.py")
    (rejected,) = model.of_kind("answer-rejected")
    assert "b.py" in rejected.reason
    assert rejected.reason in model.asked[1].prompt


async def test_a_file_without_text_is_asked_for_again(
    make_brief: MakeBrief, script: MakeScript, workspace: Workspace
) -> None:
    model = script(block("a.py", ""), whole("a.py"))
    await write(make_brief({"a.py": ()}), model, workspace)
    assert workspace.read("a.py") == WHOLE.format("a")


async def test_nothing_is_written_of_an_answer_that_is_not_complete(
    make_brief: MakeBrief, script: MakeScript, workspace: Workspace
) -> None:
    model = script(lambda asked: whole("a.py"))
    with pytest.raises(PhaseError):
        await write(make_brief({"a.py": (), "b.py": ()}), model, workspace)
    assert not workspace.exists("a.py")


async def test_a_file_nobody_asked_for_is_not_written(
    make_brief: MakeBrief, script: MakeScript, workspace: Workspace
) -> None:
    model = script(whole("a.py") + whole("other.py") + block("../x.py", "x = 1\n"))
    bank = await write(make_brief({"a.py": ()}), model, workspace)
    assert not workspace.exists("other.py")
    assert "other.py" not in bank.entries


async def test_a_finding_goes_back_and_the_mended_text_is_kept(
    make_brief: MakeBrief, script: MakeScript, workspace: Workspace
) -> None:
    model = script(stub("a.py"), mend("a.py", "    pass", "    return x + 1"))
    bank = await write(make_brief({"a.py": ()}), model, workspace)
    assert workspace.read("a.py") == WHOLE.format("a")
    assert bank.entries["a.py"].lines == 2
    question = model.asked[1]
    assert question.subject == "mend 1 a.py"
    assert "stub/empty-body" in question.prompt
    assert "    pass" in question.prompt
    (event,) = model.of_kind("file-written")
    assert (event.attempt, event.findings) == (2, 0)


async def test_a_file_may_be_mended_by_giving_it_anew(
    make_brief: MakeBrief, script: MakeScript, workspace: Workspace
) -> None:
    model = script(stub("a.py"), whole("a.py"))
    await write(make_brief({"a.py": ()}), model, workspace)
    assert workspace.read("a.py") == WHOLE.format("a")


async def test_a_mend_that_names_no_line_of_the_file_is_asked_again(
    make_brief: MakeBrief, script: MakeScript, workspace: Workspace
) -> None:
    wrong = mend("a.py", "    return 17 + 4", "    return x + 1")
    model = script(stub("a.py"), wrong, mend("a.py", "    pass", "    return x + 1"))
    await write(make_brief({"a.py": ()}), model, workspace)
    assert workspace.read("a.py") == WHOLE.format("a")
    assert len(model.of_kind("answer-rejected")) == 1


async def test_a_file_that_never_passes_is_kept_with_its_findings(
    make_brief: MakeBrief, script: MakeScript, workspace: Workspace
) -> None:
    mends = [
        mend("a.py", before, after)
        for before, after in [("    pass", "    ..."), ("    ...", "    pass")]
    ]
    model = script(stub("a.py"), *mends)
    bank = await write(make_brief({"a.py": ()}), model, workspace)
    assert workspace.read("a.py") == STUB.format("a")
    assert "a.py" in bank.entries
    (event,) = model.of_kind("file-written")
    assert (event.attempt, event.findings) == (1 + MAX_MENDS, 1)
    assert len(model.asked) == 1 + MAX_MENDS


async def test_a_mend_that_changes_nothing_is_not_repeated(
    make_brief: MakeBrief, script: MakeScript, workspace: Workspace
) -> None:
    model = script(stub("a.py"), stub("a.py"))
    await write(make_brief({"a.py": ()}), model, workspace)
    assert len(model.asked) == 2


async def test_entries_are_kept_one_by_one_as_files_are_written(
    make_brief: MakeBrief, script: MakeScript, workspace: Workspace
) -> None:
    kept: list[str] = []
    on_disk: list[bool] = []

    def keep(entry: MemoryEntry) -> None:
        kept.append(entry.path)
        on_disk.append(workspace.exists(entry.path))

    model = script(
        lambda asked: whole(asked.subject) if asked.subject == "a.py" else "no file at all"
    )
    brief = make_brief({"a.py": (), "b.py": ("a.py",)}, lines=BATCH_LINES)
    with pytest.raises(PhaseError):
        await write(brief, model, workspace, keep=keep)
    assert kept[-1] == "a.py"
    assert all(on_disk)


async def test_files_in_the_memory_are_not_written_again(
    make_brief: MakeBrief, script: MakeScript, workspace: Workspace
) -> None:
    brief = make_brief({"a.py": (), "b.py": ("a.py",)})
    first = await write(brief, script(whole("a.py") + whole("b.py")), workspace)
    workspace.write("a.py", "# changed by hand\n")
    workspace.write("pyproject.toml", "# changed by hand\n")
    left = [entry for entry in first.entries.values() if entry.path != "b.py"]
    model = script(whole("b.py"))
    await write(brief, model, workspace, entries=left)
    assert [asked.subject for asked in model.asked] == ["b.py"]
    assert workspace.read("a.py") == "# changed by hand\n"
    assert workspace.read("pyproject.toml") == "# changed by hand\n"


async def test_a_repository_of_made_files_needs_no_model(
    make_brief: MakeBrief, script: MakeScript, workspace: Workspace
) -> None:
    model = script()
    bank = await write(make_brief({"pkg/__init__.py": ()}), model, workspace)
    assert {"pkg/__init__.py", "pyproject.toml", ".gitignore"} <= set(bank.entries)
    assert set(bank.entries) == set(workspace.files())


async def test_no_more_answers_than_allowed_are_under_way(
    make_brief: MakeBrief, script: MakeScript, workspace: Workspace
) -> None:
    under_way, most = 0, 0

    async def answer(asked: Any) -> str:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        for _ in range(5):
            await asyncio.sleep(0)
        under_way -= 1
        return whole(asked.subject)

    names = [f"f{number}.py" for number in range(9)]
    brief = make_brief(dict.fromkeys(names, ()), lines=BATCH_LINES)
    await write(brief, script(answer), workspace, parallel=3)
    assert most == 3
    assert all(workspace.exists(name) for name in names)


async def test_a_file_owns_what_the_blueprint_gives_it_whatever_it_claims(
    make_brief: MakeBrief, script: MakeScript, workspace: Workspace
) -> None:
    brief = make_brief({"a.py": (), "b.py": ()})
    parts = tuple(
        part.model_copy(update={"units": ("EQ-1", "EQ-2")}) for part in brief.blueprint.components
    )
    plan = brief.blueprint.model_copy(update={"components": parts})
    text = WHOLE.format("a")
    answer = block("a.py", text, "units: EQ-2, EQ-9\n") + block("b.py", WHOLE.format("b"))
    owning = Brief(plan, brief.contract, brief.document)
    bank = await write(owning, script(answer), workspace)
    assert bank.entries["a.py"].units == ("EQ-2",)
    assert bank.entries["b.py"].units == ("EQ-1", "EQ-2")
