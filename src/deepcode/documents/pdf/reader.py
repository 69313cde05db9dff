"""PDF to a draft, read in a child process that may fail, hang or grow without harm.

Below: `child.py`, which runs in the child and turns the layout into lines (`flow.py`). Here is
only the boundary: limits, time, and a sentence for every way it can end.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from typing import IO, NoReturn

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from deepcode.documents.canonical import clean, invisible_warning
from deepcode.documents.draft import Draft
from deepcode.documents.intake import Intake, shown
from deepcode.errors import DocumentError

# A 100-page paper takes 4 s; whatever needs a minute was made to.
TIMEOUT_S = 60
# Every PDF ends with this mark; without it the file was cut off on its way.
_END_MARK = b"%%EOF"
_END_WITHIN = 64 * 1024

_SENTENCES: dict[str, str] = {
    "encrypted": "`{name}` is encrypted; give an unlocked copy",
    "no-text": "`{name}` has no text layer; run text recognition (OCR) on it first",
    "too-long": "`{name}` holds too much text for one document; split it",
    "damaged": "`{name}` is not a readable PDF, it may be damaged or cut off; give an intact copy",
    "time": "`{name}` took longer than {timeout} s to read; give a simpler copy of it",
    "memory": "`{name}` needs more memory than a PDF is given; give a simpler copy of it",
}


def read_pdf(intake: Intake) -> Draft:
    """Read a PDF's text layer; pictures of text are not recognised.

    Raises:
        DocumentError: It is encrypted, cut off, damaged, without text, or beyond the limits.
    """
    name = shown(intake.path)
    if _END_MARK not in intake.data[-_END_WITHIN:]:
        _refuse("damaged", name)
    answer = _ask_child(intake.data, name)
    if answer.refusal:
        _refuse(answer.refusal, name)
    cleaned = [clean(line) for line in answer.lines]
    return Draft(
        # one page for each line: what a line end hides in a line may not make two of it
        lines=tuple(line.text.replace("\n", " ") for line in cleaned),
        stem=intake.path.stem,
        pages=tuple(answer.pages),
        warnings=(
            *(f"`{name}`: {warning}" for warning in answer.warnings),
            *invisible_warning(name, sum(line.invisible for line in cleaned)),
        ),
    )


class _Answer(BaseModel):
    """What the child may say; it has read foreign bytes, so nothing is taken on trust."""

    model_config = ConfigDict(extra="forbid", strict=True)

    refusal: str = ""
    lines: list[str] = []
    pages: list[int] = []
    warnings: list[str] = []

    @model_validator(mode="after")
    def _a_page_for_each_line(self) -> _Answer:
        if len(self.lines) != len(self.pages):
            message = "lines and pages differ in number"
            raise ValueError(message)
        return self


def _ask_child(data: bytes, name: str) -> _Answer:
    # -I: neither the current folder nor the environment decides what the child imports, and an
    # empty environment keeps keys away from a parser of foreign files
    argv = [sys.executable, "-I", "-m", "deepcode.documents.pdf.child"]
    with tempfile.TemporaryFile() as out:
        child = subprocess.Popen(
            argv,
            stdin=subprocess.PIPE,
            stdout=out,
            stderr=subprocess.DEVNULL,
            env={},
            start_new_session=True,
        )
        try:
            child.communicate(data, timeout=TIMEOUT_S)
        except subprocess.TimeoutExpired as error:
            _refuse("time", name, error)
        finally:
            _end(child)
        return _answer(out, child.returncode, name)


def _end(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is None:
        os.killpg(child.pid, signal.SIGKILL)
        child.communicate()


def _answer(out: IO[bytes], status: int, name: str) -> _Answer:
    out.seek(0)
    if status in (-signal.SIGXCPU, -signal.SIGKILL):
        _refuse("time", name)
    if status == -signal.SIGABRT:
        _refuse("memory", name)
    try:
        return _Answer.model_validate_json(out.read())
    except ValidationError as error:
        _refuse("damaged", name, error)


def _refuse(code: str, name: str, cause: Exception | None = None) -> NoReturn:
    sentence = _SENTENCES.get(code, _SENTENCES["damaged"])
    raise DocumentError(sentence.format(name=name, timeout=TIMEOUT_S)) from cause
