"""A test may be wrong: its author decides on an argument, by contract and document alone."""

from __future__ import annotations

from collections.abc import Iterable

from deepcode.artifacts.check import TestResult
from deepcode.languages import apply_edits, change_outside, edit_for, language_of
from deepcode.models import Asker, Challenge, Question, read_file_answer
from deepcode.prompts import PASSAGE_TOKENS, fenced, load_prompt, passages_text, units_text
from deepcode.verification.acceptance import FOLDER, check_test_file
from deepcode.verification.subject import Subject


async def decide_challenges(
    subject: Subject,
    asker: Asker,
    challenges: Iterable[Challenge],
    tests: Iterable[TestResult],
    *,
    iteration: int,
) -> tuple[str, ...]:
    """Put each argument before the tests' author, who never sees the code, and keep its word.

    Returns:
        Ids of the tests that were mended.
    """
    known = {test.id: test for test in tests}
    mended = []
    for challenge in challenges:
        test = known.get(challenge.test_id)
        if test is not None and await _decide(subject, asker, challenge, test, iteration):
            mended.append(test.id)
    return tuple(mended)


async def _decide(
    subject: Subject, asker: Asker, challenge: Challenge, test: TestResult, iteration: int
) -> bool:
    path, _, name = test.id.partition("::")
    if not path.startswith(FOLDER):
        return False
    text = subject.workspace.read(path)
    source = language_of(path).source_of(text, name.replace("::", "."))
    if source is None:
        return False
    units = subject.contract.select(test.units)
    passages = passages_text(subject.document, units, budget_tokens=PASSAGE_TOKENS)
    prompt = load_prompt("verification/challenge").render(
        test=f"{path}\n{fenced('file', source)}",
        units=units_text(units),
        passages=f"Passages of the document:\n{passages}",
        argument=fenced("argument", challenge.argument),
    )
    subject_name = f"challenge {iteration} {test.id}"
    question = Question("tester", subject_name, prompt.system, prompt.prompt)
    changed = await asker.ask(question, read=lambda answer: _read(answer, test.id, text))
    if changed == text:
        return False
    subject.workspace.write(path, changed)
    return True


def _read(answer: str, test_id: str, text: str) -> str:
    """The test file after the decision.

    Raises:
        ValueError: Neither KEEP nor an edit inside this test that leaves a test which asserts.
    """
    path = test_id.partition("::")[0]
    parsed = read_file_answer(answer)
    edits = [
        edit_for(text, hunk.old, hunk.new)
        for edit in parsed.edits
        if edit.path == path
        for hunk in edit.hunks
    ]
    if not edits:
        if answer.lstrip().upper().startswith("KEEP"):
            return text
        message = f"answer with KEEP and the reason, or with an edit of `{path}`"
        raise ValueError(message)
    changed = apply_edits(text, edits)
    if changed != text:
        _check_mended(test_id, text, changed)
    return changed


def _check_mended(test_id: str, text: str, changed: str) -> None:
    """Refuse what does more to a test file than mend one test.

    Raises:
        ValueError: The file is not sound, lost a test, or changed outside of the test.
    """
    path, _, name = test_id.partition("::")
    check_test_file(path, changed)
    language = language_of(path)
    before = {test.id for test in language.collect_tests(path, text)}
    after = {test.id for test in language.collect_tests(path, changed)}
    if before - after:
        message = "the edit removes a test; mend what it demands instead"
        raise ValueError(message)
    line = change_outside(text, changed, name.replace("::", "."))
    if line is not None:
        message = (
            f"the edit changes `{path}` outside of `{name}`, at its new line {line}; change lines "
            "of this test only, imports may be added at the top"
        )
        raise ValueError(message)
