"""The schedule: each file once, never before what it needs, and nothing waits for ever."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from deepcode.artifacts.blueprint import Blueprint, FilePlan
from deepcode.generation.schedule import BATCH_FILES, BATCH_LINES, Schedule

MakeBlueprint = Callable[..., Blueprint]


@st.composite
def graphs(draw: st.DrawFn) -> dict[str, tuple[str, ...]]:
    """Files of which each depends on some that come before it, in a shuffled order."""
    names = [f"f{number}.py" for number in range(draw(st.integers(0, 14)))]
    graph = {
        name: tuple(draw(st.lists(st.sampled_from(names[:at]), unique=True)) if at else ())
        for at, name in enumerate(names)
    }
    return {name: graph[name] for name in draw(st.permutations(names))}


def paths(batch: tuple[FilePlan, ...]) -> list[str]:
    return [file.path for file in batch]


def run_to_end(schedule: Schedule, parallel: int, pick: Callable[[int], int]) -> list[list[str]]:
    """Take batches as a phase with `parallel` writers does; they finish in the order picked."""
    under_way: list[tuple[FilePlan, ...]] = []
    taken: list[list[str]] = []
    while not schedule.finished:
        while len(under_way) < parallel and (batch := schedule.next_batch()):
            under_way.append(batch)
            taken.append(paths(batch))
        assert under_way, "nothing is under way and nothing can be taken"
        schedule.finish(under_way.pop(pick(len(under_way) - 1)))
    return taken


@given(graphs(), st.data())
def test_all_files_are_taken_once_and_never_before_what_they_need(
    make_blueprint: MakeBlueprint, graph: dict[str, tuple[str, ...]], data: st.DataObject
) -> None:
    lines = {path: data.draw(st.integers(0, 900)) for path in graph}
    plan = make_blueprint(graph, lines=lines)
    schedule = Schedule(plan, graph, done=())
    finished: set[str] = set()
    under_way: list[tuple[FilePlan, ...]] = []
    order: list[str] = []
    parallel = data.draw(st.integers(1, 5))
    while not schedule.finished:
        while len(under_way) < parallel and (batch := schedule.next_batch()):
            for at, file in enumerate(batch):
                assert set(file.depends_on) <= finished | set(paths(batch[:at]))
            assert len(batch) <= BATCH_FILES
            assert len(batch) == 1 or sum(file.lines for file in batch) <= BATCH_LINES
            order += paths(batch)
            under_way.append(batch)
        assert under_way
        done = under_way.pop(data.draw(st.integers(0, len(under_way) - 1)))
        schedule.finish(done)
        finished.update(paths(done))
    assert sorted(order) == sorted(graph)


def test_independent_files_are_under_way_at_the_same_time(make_blueprint: MakeBlueprint) -> None:
    plan = make_blueprint({"a.py": (), "b.py": (), "c.py": ("a.py",)}, lines=BATCH_LINES)
    schedule = Schedule(plan, ["a.py", "b.py", "c.py"], done=())
    first, second = schedule.next_batch(), schedule.next_batch()
    assert (paths(first), paths(second)) == (["a.py"], ["b.py"])
    assert schedule.next_batch() == ()
    assert not schedule.finished
    schedule.finish(second)
    assert schedule.next_batch() == ()
    schedule.finish(first)
    assert paths(schedule.next_batch()) == ["c.py"]


def test_small_files_share_an_answer_dependencies_first(make_blueprint: MakeBlueprint) -> None:
    plan = make_blueprint({"c.py": ("b.py",), "b.py": ("a.py",), "a.py": ()})
    schedule = Schedule(plan, ["a.py", "b.py", "c.py"], done=())
    assert paths(schedule.next_batch()) == ["a.py", "b.py", "c.py"]


def test_a_file_longer_than_a_batch_is_written_alone(make_blueprint: MakeBlueprint) -> None:
    plan = make_blueprint({"a.py": (), "b.py": ()}, lines={"a.py": BATCH_LINES * 3})
    schedule = Schedule(plan, ["a.py", "b.py"], done=())
    assert [paths(schedule.next_batch()), paths(schedule.next_batch())] == [["a.py"], ["b.py"]]


def test_a_batch_holds_no_more_files_than_one_answer_should(make_blueprint: MakeBlueprint) -> None:
    graph: dict[str, Any] = {f"f{number:02}.py": () for number in range(BATCH_FILES + 3)}
    batches = run_to_end(Schedule(make_blueprint(graph, lines=1), graph, done=()), 2, lambda n: 0)
    assert [len(batch) for batch in batches] == [BATCH_FILES, 3]


def test_files_that_are_done_are_left_out_and_block_nothing(make_blueprint: MakeBlueprint) -> None:
    plan = make_blueprint({"a.py": (), "b.py": ("a.py",)})
    schedule = Schedule(plan, ["a.py", "b.py"], done={"a.py": "its entry"})
    assert paths(schedule.next_batch()) == ["b.py"]


def test_what_is_not_planned_or_not_asked_for_blocks_nothing(make_blueprint: MakeBlueprint) -> None:
    plan = make_blueprint({"a.py": (), "b.py": ("a.py", "gone.py"), "c.py": ("c.py",)})
    schedule = Schedule(plan, ["b.py", "c.py", "unknown.py"], done=())
    assert run_to_end(schedule, 1, lambda n: 0) == [["c.py", "b.py"]]


def test_paths_may_be_any_iterable(make_blueprint: MakeBlueprint) -> None:
    plan = make_blueprint({"a.py": (), "b.py": ()})
    schedule = Schedule(plan, iter(["a.py", "b.py"]), done=iter(()))
    assert paths(schedule.next_batch()) == ["a.py", "b.py"]


def test_a_schedule_of_nothing_is_finished(make_blueprint: MakeBlueprint) -> None:
    assert Schedule(make_blueprint({"a.py": ()}), ["a.py"], done=["a.py"]).finished


def test_what_unblocks_most_goes_first_then_what_matters_most(
    make_blueprint: MakeBlueprint,
) -> None:
    graph = {"a.py": (), "b.py": (), "base.py": (), "x.py": ("base.py",), "y.py": ("base.py",)}
    plan = make_blueprint(graph, lines=BATCH_LINES)
    files = tuple(
        file.model_copy(update={"priority": 2 if file.path == "a.py" else 1}) for file in plan.files
    )
    schedule = Schedule(plan.model_copy(update={"files": files}), graph, done=())
    taken = [paths(schedule.next_batch()) for _ in range(3)]
    assert taken == [["base.py"], ["b.py"], ["a.py"]]
