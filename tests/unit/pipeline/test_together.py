"""Two pieces of work at the same time: what is under way is received before a failure is told."""

from __future__ import annotations

import asyncio

import pytest

from deepcode.pipeline.together import together


async def test_both_are_under_way_at_the_same_time() -> None:
    met = asyncio.Event()

    async def waits() -> None:
        await met.wait()

    async def tells() -> None:
        met.set()

    await asyncio.wait_for(together(waits(), tells()), timeout=5)


async def test_a_failure_lets_the_other_come_to_its_end_first() -> None:
    done: list[str] = []

    async def fails() -> None:
        message = "the first"
        raise ValueError(message)

    async def works() -> None:
        await asyncio.sleep(0)
        done.append("answer")

    with pytest.raises(ValueError, match="the first"):
        await together(fails(), works())
    assert done == ["answer"]


async def test_an_interruption_reaches_both() -> None:
    stopped: list[str] = []
    begun = asyncio.Event()

    async def waits(name: str) -> None:
        try:
            begun.set()
            await asyncio.Event().wait()
        finally:
            stopped.append(name)

    task = asyncio.create_task(together(waits("a"), waits("b")))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert sorted(stopped) == ["a", "b"]
