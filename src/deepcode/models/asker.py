"""`Asker`: how a phase asks a model. Tools, reading of the answer, asking again; nothing else.

Budget, retry, recording and replay are wrappers below it that a phase never sees.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from deepcode.errors import PhaseError
from deepcode.events import Announce, AnswerRejected, Phase
from deepcode.models.call import Call, calling

if TYPE_CHECKING:
    from pydantic_ai.models import Model

T = TypeVar("T")

Tool = Callable[..., str]
"""A plain function; its name, parameters and docstring are what the model sees."""

# Times that an answer of the wrong form is sent back before the step gives up.
MAX_REASKS = 2
# Most requests of one agent with tools, so that a loop of tool calls ends.
MAX_TOOL_ROUNDS = 16


@dataclass(frozen=True)
class Question:
    """One prompt on behalf of one agent."""

    role: str
    """The agent: `concept`, `planner`, `coder`, ..."""
    subject: str
    """What is asked about; with the role it names the question in the run."""
    system: str
    """Stable instructions, the same for all questions of the role."""
    prompt: str
    """What differs from question to question."""


class Asker:
    """Asks one model on behalf of one phase.

    Args:
        model: The model, already wrapped.
        phase: Which phase's usage the calls count for.
        announce: Told of rejected answers, and handed on to the phase.
    """

    def __init__(self, model: Model, phase: Phase, announce: Announce) -> None:
        self._model = model
        self._phase = phase
        self.announce = announce

    async def ask(
        self,
        question: Question,
        *,
        read: Callable[[str], T],
        tools: Sequence[Tool] = (),
    ) -> T:
        """Ask, let the model use the tools, and read its answer.

        Args:
            question: What is asked.
            read: Makes the result of the answer's text; its ValueError goes back to the model.
            tools: Functions that the model may call before it answers.

        Raises:
            PhaseError: No readable answer after `MAX_REASKS` further tries.
            BudgetSpentError: A limit of the run would be passed.
            ProviderError: The provider failed.
        """
        from pydantic_ai import Agent, ModelRetry, TextOutput
        from pydantic_ai import exceptions as failed
        from pydantic_ai.usage import UsageLimits

        from deepcode.models.recording import RecordedModel

        def output(answer: str) -> T:
            try:
                return read(answer)
            except ValueError as error:
                reason = str(error)
                self.announce(
                    AnswerRejected(role=question.role, subject=question.subject, reason=reason)
                )
                raise ModelRetry(reason) from error

        agent: Agent[object, T] = Agent(
            self._model,
            output_type=TextOutput(output),
            instructions=question.system,
            tools=list(tools),
            retries={"output": MAX_REASKS, "tools": MAX_REASKS},
        )
        call = Call(self._phase, question.role, question.subject)
        limits = UsageLimits(request_limit=MAX_TOOL_ROUNDS + MAX_REASKS)
        with calling(call):
            try:
                result = await agent.run(question.prompt, usage_limits=limits)
            except (failed.UnexpectedModelBehavior, failed.UsageLimitExceeded) as error:
                if isinstance(self._model, RecordedModel):
                    self._model.forget(call)
                message = (
                    f"the model gave `{question.role}` no usable answer for `{question.subject}`: "
                    f"{' '.join(str(error).split())[:300]}"
                )
                raise PhaseError(message, hint="try a stronger model") from error
        return result.output
