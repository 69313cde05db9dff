"""The one exception tree; each type names the boundary that was crossed.

    DeepCodeError
    ├── UserError          the input, a flag or a setting is wrong        exit code 2
    │   └── DocumentError  a document cannot be read                      exit code 2
    ├── ProviderError      the model's server failed or refused           exit code 3
    ├── BudgetSpentError   the next call could pass a limit of the run    exit code 1
    ├── SandboxError       a machine failed, not the program inside it    exit code 4
    ├── ArtifactError      something stored cannot be read back           exit code 2
    └── PhaseError         a phase could not produce its artifact         exit code 1

A generated program that fails is data (`artifacts.Execution`), never an exception.
"""

from __future__ import annotations

from typing import ClassVar


class DeepCodeError(Exception):
    """Root of the tree: one sentence that says what happened and what to do.

    Attributes:
        exit_code: What the `deepcode` command returns for it.
        hint: One more sentence, shown as a `hint:` line; empty when there is none.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class UserError(DeepCodeError):
    """The input, a flag or a setting is wrong; the user can mend it."""

    exit_code = 2


class DocumentError(UserError):
    """A document is missing, empty, encrypted, too large or not readable."""


class ProviderError(DeepCodeError):
    """The model's server could not be reached, failed, or refused the request.

    Attributes:
        status: HTTP status, or None when no answer came.
        retryable: Whether the same request may succeed later.
    """

    exit_code = 3

    def __init__(
        self, message: str, *, hint: str = "", status: int | None = None, retryable: bool = False
    ) -> None:
        super().__init__(message, hint=hint)
        self.status = status
        self.retryable = retryable


class BudgetSpentError(DeepCodeError):
    """The next model call could pass a limit of the run; what is done is kept."""


class SandboxError(DeepCodeError):
    """A machine could not be started or kept; says nothing about the program inside."""

    exit_code = 4


class ArtifactError(DeepCodeError):
    """A stored artifact is missing, damaged, or was edited into something invalid."""

    exit_code = 2


class PhaseError(DeepCodeError):
    """A phase could not produce its artifact, after the attempts it has."""
