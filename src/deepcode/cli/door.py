"""The door: registers the commands and turns what goes wrong into one sentence and an exit code.

0 done and verified      1 finished without being verified     2 the user's error
3 the provider's error   4 the sandbox's error                 130 interrupted
"""

from __future__ import annotations

import errno
import io
import json
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

import typer

from deepcode import __version__
from deepcode.cli import demo, doctor, index, plan, resume, run, runs, search, show
from deepcode.cli.output import clean, say
from deepcode.errors import DeepCodeError

INTERRUPTED = 130
USER_ERROR = 2

# Commands whose work `deepcode resume` takes up.
_RESUMABLE = ("run", "plan", "resume")
_FULL = (errno.ENOSPC, errno.EDQUOT)

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
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # a letter that the terminal's encoding lacks is shown by its code
            stream.reconfigure(errors="backslashreplace")
    with _terminated_like_interrupted():
        code = _code(words)
    sys.exit(code)


def _code(words: list[str]) -> int:
    as_json = "--json" in words
    try:
        code = app(words, standalone_mode=False)
    except DeepCodeError as error:
        _complain(str(error), error.hint, error.exit_code, as_json=as_json)
        return error.exit_code
    except typer.TyperException as error:
        told = getattr(error, "format_message", error.__str__)
        _complain(told(), "`deepcode --help`", USER_ERROR, as_json=as_json)
        return USER_ERROR
    except OSError as error:
        _complain(*_about_file(error, words), USER_ERROR, as_json=as_json)
        return USER_ERROR
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    if code == INTERRUPTED:
        _end_interrupted(words, as_json=as_json)
    return code if isinstance(code, int) else 0


def _about_file(error: OSError, words: list[str]) -> tuple[str, str]:
    """Sentence and hint for what the file system refused."""
    name = error.filename2 or error.filename
    where = f"`{name}` cannot be used" if name else "a file cannot be used"
    hint = "check the path and its permissions"
    if error.errno in _FULL:
        hint = "free space, then " + (
            "`deepcode resume`" if _is_resumable(words) else "start again"
        )
    return f"{where}: {error.strerror or error}", hint


def _is_resumable(words: list[str]) -> bool:
    return words[:1] != [] and words[0] in _RESUMABLE


def _end_interrupted(words: list[str], *, as_json: bool) -> None:
    hint = "`deepcode resume` goes on" if _is_resumable(words) else ""
    say(f"interrupted; {hint}" if hint else "interrupted")
    if as_json:
        _print_error("interrupted", hint, INTERRUPTED)


def _complain(message: str, hint: str, code: int, *, as_json: bool) -> None:
    say(f"error: {clean(message)}")
    if hint:
        say(f"hint: {clean(hint)}")
    if as_json:
        _print_error(message, hint, code)


def _print_error(message: str, hint: str, code: int) -> None:
    print(json.dumps({"error": message, "hint": hint, "exit_code": code}))


@contextmanager
def _terminated_like_interrupted() -> Iterator[None]:
    """Inside, SIGTERM does what Ctrl-C does."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _interrupt(_number: int, frame: FrameType | None) -> None:
    # an event loop that runs has its own way to be interrupted; where SIGINT is ignored there is
    # no handler to call
    handler = signal.getsignal(signal.SIGINT)
    if callable(handler):
        handler(signal.SIGINT, frame)
    else:
        raise KeyboardInterrupt
