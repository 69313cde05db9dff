"""The door: registers the commands and turns what goes wrong into one sentence and an exit code.

0 done and verified      1 finished without being verified     2 the user's error
3 the provider's error   4 the sandbox's error                 130 interrupted
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

import typer

from deepcode import __version__
from deepcode.cli import demo, doctor, index, plan, resume, run, runs, search, show
from deepcode.cli.output import clean, say
from deepcode.errors import DeepCodeError

INTERRUPTED = 130
USER_ERROR = 2

app = typer.Typer(
    name="deepcode",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    # plain help: Rich's markup costs a third of a second at every start
    rich_markup_mode=None,
    help="Turns a paper, a design or a requirements text into a repository that runs.",
)
app.command("run")(run.run)
app.command("plan")(plan.plan)
app.command("resume")(resume.resume)
app.command("demo")(demo.demo)
app.command("index")(index.index)
app.command("search")(search.search)
app.command("runs")(runs.runs)
app.command("show")(show.show)
app.command("doctor")(doctor.doctor)


@app.callback(invoke_without_command=True)
def _top(version: bool = typer.Option(False, "--version", help="Print the version.")) -> None:
    if version:
        print(__version__)
        raise typer.Exit


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    sys.exit(_code(words))


def _code(words: list[str]) -> int:
    try:
        code = app(words, standalone_mode=False)
    except DeepCodeError as error:
        _complain(str(error), error.hint, error.exit_code, as_json="--json" in words)
        return error.exit_code
    except typer.TyperException as error:
        told = getattr(error, "format_message", error.__str__)
        _complain(told(), "`deepcode --help`", USER_ERROR, as_json="--json" in words)
        return USER_ERROR
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    if code == INTERRUPTED:
        say("interrupted; `deepcode resume` goes on")
    return code if isinstance(code, int) else 0


def _complain(message: str, hint: str, code: int, *, as_json: bool) -> None:
    say(f"error: {clean(message)}")
    if hint:
        say(f"hint: {clean(hint)}")
    if as_json:
        print(json.dumps({"error": message, "hint": hint, "exit_code": code}))
