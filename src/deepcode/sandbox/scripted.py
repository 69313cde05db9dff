"""`ScriptedMachine`: the twin of a machine, for tests of other rooms. It starts nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import TracebackType
from typing import Self

from deepcode.artifacts.check import Execution, SandboxLevel
from deepcode.sandbox.beneath import plain_parts
from deepcode.sandbox.machine import INSIDE, MAX_FETCH_BYTES, Command, check_command

Answer = Callable[[Command], Execution]


class ScriptedMachine:
    """Answers commands from a list or a function, and remembers them.

    Attributes:
        commands: What was asked to run, in order.
    """

    def __init__(
        self,
        answers: Iterable[Execution] | Answer,
        *,
        files: Mapping[str, bytes] | None = None,
        level: SandboxLevel = "strong",
    ) -> None:
        """Lay out the script.

        Args:
            answers: One a command, in order; or what makes one.
            files: What `fetch` finds, by plain relative path.
            level: What it claims to be.
        """
        self._answer = answers if callable(answers) else _in_order(answers)
        self._files = dict(files or {})
        self._level: SandboxLevel = level
        self.commands: list[Command] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        return None

    @property
    def level(self) -> SandboxLevel:
        """What it claims to be."""
        return self._level

    @property
    def inside(self) -> str:
        """Where it claims that the workspace stands."""
        return INSIDE

    async def run(self, command: Command) -> Execution:
        """The next answer.

        Raises:
            ValueError: `command` is one that no machine accepts.
            AssertionError: The list of answers is spent.
        """
        check_command(command)
        self.commands.append(command)
        return self._answer(command)

    async def fetch(self, relative_path: str) -> bytes | None:
        """The scripted file, by the rules of the real one."""
        try:
            data = self._files.get("/".join(plain_parts(relative_path)))
        except ValueError:
            return None
        return data if data is not None and len(data) <= MAX_FETCH_BYTES else None


def _in_order(answers: Iterable[Execution]) -> Answer:
    left = iter(answers)

    def answer(command: Command) -> Execution:
        for execution in left:
            return execution
        message = f"no answer is scripted for {command.argv!r}"
        raise AssertionError(message)

    return answer
