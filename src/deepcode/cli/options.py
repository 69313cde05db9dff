"""Options that several commands share, and the settings they make."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from deepcode.settings import Settings

# `settings.Effort`, written again because reading the settings' room costs more than all of --help
EffortName = Literal["auto", "fast", "standard", "max"]

Documents = Annotated[
    list[Path], typer.Argument(help="Markdown, text or PDF; several files become one document.")
]
Out = Annotated[
    Path | None, typer.Option("--out", help="Run directory to make; default: a new one in runs/.")
]
Model = Annotated[str | None, typer.Option("--model", help="provider:name, anthropic:claude-...")]
BaseUrl = Annotated[
    str | None, typer.Option("--base-url", help="Root of an OpenAI-compatible server.")
]
MaxCost = Annotated[float | None, typer.Option("--max-cost", min=0, help="US dollars, at most.")]
MaxCalls = Annotated[int | None, typer.Option("--max-calls", min=0, help="Model calls, at most.")]
EffortOption = Annotated[
    EffortName | None,
    typer.Option("--effort", help="Machinery to use; auto follows the document."),
]
Timeout = Annotated[
    float | None, typer.Option("--timeout", min=1, help="Seconds to wait for one answer.")
]
Parallel = Annotated[
    int | None, typer.Option("--parallel", min=1, help="Model calls at once, at most.")
]
UnsafeLocal = Annotated[
    bool,
    typer.Option(
        "--unsafe-local",
        help="Run generated code WITHOUT a sandbox, as you, on this machine.",
    ),
]
Review = Annotated[
    bool, typer.Option("--review", help="Stop after the blueprint; `deepcode resume` goes on.")
]
Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]


# Flag -> its place in the tree of settings.
_PLACES = {
    "max_cost": ("budget", "max_cost_usd"),
    "max_calls": ("budget", "max_calls"),
    "timeout": ("provider", "timeout_s"),
    "parallel": ("provider", "parallel"),
}


def settings_from(*, unsafe_local: bool = False, **flags: str | float | None) -> Settings:
    """The settings with what the command line says on top.

    Args:
        unsafe_local: Run without a sandbox; asks for a confirmation.
        flags: `model`, `base_url`, `effort` and the names in `_PLACES`; None where not given.

    Raises:
        UserError: A value is not valid, or --unsafe-local was not confirmed.
    """
    from deepcode.settings import load_settings

    tree: dict[str, object] = {}
    for flag, value in flags.items():
        *folder, name = _PLACES.get(flag, (flag,))
        branch = tree.setdefault(folder[0], {}) if folder else tree
        assert isinstance(branch, dict)
        branch[name] = value
    if unsafe_local:
        _confirm_unsafe()
        tree["sandbox"] = {"level": "none"}
    return load_settings(**tree)


def _confirm_unsafe() -> None:
    from deepcode.errors import UserError

    question = "Code that a model wrote will run as you, with your files and network. Type UNSAFE"
    if typer.prompt(question, err=True) != "UNSAFE":
        message = "--unsafe-local was not confirmed"
        raise UserError(message)
