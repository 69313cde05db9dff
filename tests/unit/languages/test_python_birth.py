from textwrap import dedent

import pytest

from deepcode.languages import language_of


def rules(source: str, path: str = "pkg/a.py") -> list[tuple[int, str]]:
    found = language_of(path).findings(path, dedent(source))
    return [(finding.line, finding.rule) for finding in found]


def test_a_sound_file_has_no_findings() -> None:
    assert rules("def f(x: int) -> int:\n    return x + 1\n") == []


def test_an_empty_file_is_wrong_except_for_a_package_marker() -> None:
    assert rules(" \n") == [(0, "structure/empty-file")]
    assert rules("", "pkg/__init__.py") == []


def test_broken_syntax_is_told_with_its_line() -> None:
    assert rules("x = 1\ny = = 2\nz = 3\n") == [(2, "syntax/python")]
    assert ("syntax/python") in [rule for _, rule in rules("x = '\0'")]


def test_a_file_that_stops_in_the_middle_looks_cut_off() -> None:
    found = rules("def f():\n    return g(\n        1,\n")

    assert ("artefact/cut-off") in [rule for _, rule in found]


def test_markdown_around_the_code_is_named() -> None:
    assert ("artefact/fence") in [rule for _, rule in rules("```python\nx = 1\n```\n")]


@pytest.mark.parametrize(
    "body",
    ["pass", "...", '"""Say."""', "raise NotImplementedError", "raise NotImplementedError()"],
)
def test_a_function_without_a_body_is_a_stub(body: str) -> None:
    assert [rule for _, rule in rules(f"def compute(x):\n    {body}\n")] in (
        ["stub/empty-body"],
        ["stub/not-implemented"],
    )


@pytest.mark.parametrize(
    "source",
    [
        "class P(Protocol):\n    def f(self) -> int: ...\n",
        "class P(ABC):\n    @abstractmethod\n    def f(self): ...\n",
        "class P:\n    def f(self): raise NotImplementedError\nclass Q(P):\n    x = 1\n",
        "class TooLong(ValueError):\n    pass\n",
        "class A:\n    def __init__(self): pass\n",
        "class NullLogger:\n    def log(self, text): pass\n",
        "def noop(*args): pass\n",
        "class A:\n    def on_end(self):\n        '''Hook: called after the run.'''\n",
        "if TYPE_CHECKING:\n    def f(x) -> bool: ...\nelse:\n    def f(x): return True\n",
        "def f():\n    pass  # intentionally empty\n",
        "def f(x):\n    raise NotImplementedError('complex numbers are not supported')\n",
        "@app.command()\ndef main(): pass\n",
        "class A:\n    @overload\n    def f(self, x: int): ...\n    def f(self, x): return x\n",
    ],
)
def test_bodies_that_may_be_empty_are_left_alone(source: str) -> None:
    assert rules(source) == []


@pytest.mark.parametrize(
    "comment",
    [
        "TODO: finish",
        "FIXME",
        "In a real implementation this would call the server",
        "placeholder for the actual model",
        "not implemented yet",
        "Your code here",
        "For now, just return a dummy value",
    ],
)
def test_announced_gaps_are_found_in_comments_and_docstrings(comment: str) -> None:
    assert [rule.split("/")[0] for _, rule in rules(f"x = 1  # {comment}\n")] == ["unfinished"]
    assert [
        line for line, _ in rules(f'def f():\n    """Do.\n\n    {comment}\n    """\n    x()\n')
    ] == [4]


def test_the_same_words_in_data_are_no_announcement() -> None:
    assert rules('print("TODO list", {"placeholder": "not implemented yet"})\n') == []


@pytest.mark.parametrize(
    "comment",
    [
        "[rest of code]",
        "... existing code ...",
        "... rest of the implementation",
        "remaining code unchanged",
        "rest of the class remains unchanged",
        "(truncated)",
    ],
)
def test_left_out_code_is_found(comment: str) -> None:
    assert rules(f"x = 1\n# {comment}\n") == [(2, "artefact/elision")]


def test_a_generated_marker_is_not_a_word_of_chat() -> None:
    assert rules("x = 1\n# <|im_" + "end|>\n") == [(2, "artefact/chat")]
