from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from deepcode.events import Noted, PhaseStarted
from deepcode.store import EventLog, read_events, read_lines


def _messages(path: Path) -> list[str]:
    return [record.event.message for record in read_events(path) if record.event.kind == "noted"]


def test_events_come_back_in_order_with_their_envelope(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    log = EventLog(path, "run-1")

    written = [log.append(PhaseStarted(phase="contract")), log.append(Noted(message="ü\n\u2028"))]

    assert list(read_events(path)) == written
    assert [(record.run_id, record.seq) for record in written] == [("run-1", 1), ("run-1", 2)]
    assert all(record.at.utcoffset() == timedelta(0) for record in written)
    assert len(path.read_bytes().splitlines()) == 2


def test_a_reopened_log_counts_on(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    EventLog(path, "run").append(Noted(message="one"))
    EventLog(path, "run").append(Noted(message="two"))

    assert EventLog(path, "run").append(Noted(message="three")).seq == 3
    assert _messages(path) == ["one", "two", "three"]


def test_half_a_line_of_a_killed_process_neither_hides_nor_joins_the_next(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    log = EventLog(path, "run")
    log.append(Noted(message="whole"))
    log.append(Noted(message="torn ü"))
    content = path.read_bytes()

    # cut at each byte of the second line, also inside the two bytes of the letter
    for end in range(content.index(b"\n") + 2, len(content) - 1):
        path.write_bytes(content[:end])
        after = EventLog(path, "run").append(Noted(message="after"))

        assert after.seq == 2
        assert _messages(path) == ["whole", "after"]


def test_a_last_line_that_only_lacks_its_end_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    EventLog(path, "run").append(Noted(message="whole"))
    path.write_bytes(path.read_bytes().rstrip(b"\n"))

    assert EventLog(path, "run").append(Noted(message="after")).seq == 2
    assert _messages(path) == ["whole", "after"]


def test_kinds_of_a_later_version_are_left_out_but_their_numbers_are_not_used_again(
    tmp_path: Path,
) -> None:
    path = tmp_path / "events.jsonl"
    EventLog(path, "run").append(Noted(message="known"))
    later = {"run_id": "run", "seq": 2, "at": datetime.now(UTC).isoformat(), "kind": "dreamt"}
    with path.open("a") as file:
        file.write(json.dumps(later) + "\n")

    assert EventLog(path, "run").append(Noted(message="next")).seq == 3
    assert _messages(path) == ["known", "next"]


def test_foreign_lines_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(
        b'\n[1]\n"text"\n{"a": 1}\n\xff\xfe\nnull\n{"seq": "x"}\n' + b"[" * 200_000 + b"\n"
    )

    assert list(read_lines(path)) == [{"a": 1}, {"seq": "x"}]
    assert list(read_events(path)) == []
    assert EventLog(path, "run").append(Noted(message="first")).seq == 1


def test_a_log_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    assert list(read_events(tmp_path / "events.jsonl")) == []


def test_an_event_that_cannot_be_written_leaves_no_gap(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    log = EventLog(path, "run")

    with pytest.raises(ValueError, match="surrogates"):
        log.append(Noted(message="\ud800"))

    assert log.append(Noted(message="next")).seq == 1
    assert _messages(path) == ["next"]


def test_threads_append_whole_lines_with_numbers_without_gaps(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    log = EventLog(path, "run")
    messages = [f"{number} " + "x" * 5000 for number in range(200)]

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda message: log.append(Noted(message=message)), messages))

    assert [record.seq for record in read_events(path)] == list(range(1, 201))
    assert sorted(_messages(path)) == sorted(messages)
