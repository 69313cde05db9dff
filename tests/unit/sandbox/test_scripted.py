import pytest

from deepcode.artifacts.check import Execution
from deepcode.sandbox.machine import Command
from deepcode.sandbox.scripted import ScriptedMachine


def execution(code: int) -> Execution:
    return Execution(argv=("x",), exit_code=code, stdout="", stderr="", duration_s=0, level="none")


async def test_answers_come_in_order_and_commands_are_remembered() -> None:
    async with ScriptedMachine([execution(1), execution(0)], level="reduced") as machine:
        first, second = Command(("a",)), Command(("b",))
        assert [(await machine.run(first)).exit_code, (await machine.run(second)).exit_code] == [
            1,
            0,
        ]
        assert machine.commands == [first, second]
        assert machine.level == "reduced"
        with pytest.raises(AssertionError, match="no answer is scripted"):
            await machine.run(first)
