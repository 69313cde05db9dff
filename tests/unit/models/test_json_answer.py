from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deepcode.artifacts.analysis import AlgorithmAnalysis, EquationNote
from deepcode.artifacts.contract import UnitDraft
from deepcode.models import json_answer, parse_json_object


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1}',
        'Here it is:\n```json\n{"a": 1}\n```\nI hope it helps.',
        "\ufeff{\n  \"a\": 1\n}",
        'For the set {x, y} I propose\n{"a": 1}',
        '{"a": 1}\n\nNote: write {braces} as you like, } too.',
        '<think>maybe { or {}?</think>{"a": 1}',
        '{"a": 1}\n{}',
    ],
)  # fmt: skip
def test_the_object_is_found_in_prose_and_fences(text: str) -> None:
    assert parse_json_object(text) == {"a": 1}


COMMANDS = (
    r"\frac \theta \beta \nabla \rho \alpha \( \) \{ \, \text{if} \textbf{x} \tau \times \to \tanh "
    r"\triangleq \neq \not \notin \nu \right) \rightarrow \rvert \boldsymbol{w} \bmod \binom "
    r"\bar{x} \big| \forall \footnotesize \upsilon \underline{u} \uparrow \nonumber \therefore "
    r"\nearrow \hat{y} \sum_{i} \Delta \mathbb{R}"
)


@pytest.mark.parametrize("command", COMMANDS.split())
def test_a_latex_command_survives_single_and_doubled_backslashes(command: str) -> None:
    wanted = {"latex": f"a {command} b"}
    answer = f'{{"latex": "a {command} b"}}'

    assert parse_json_object(answer) == wanted
    assert parse_json_object(answer.replace("\\", "\\\\")) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "first\nnot second",
        "a\tthen\tb\n\tnext",
        "if x:\n    return\nelse:\n    raise\nmid = 1\nexists = 2\ntext",
        'quoted "word" and a / and \\ alone',
        "windows\r\nline\r\n",
        "ends with a backslash \\",
        "\\\\ row break of a matrix \\\\",
        "é 😀 \u2028 \x00",
    ],
)
def test_text_that_was_escaped_rightly_comes_back_as_it_was(text: str) -> None:
    assert parse_json_object(json.dumps({"a": text})) == {"a": text}
    assert parse_json_object(json.dumps({"a": text}, ensure_ascii=False)) == {"a": text}


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(categories=["Lu", "Nd", "Zs", "Po", "Sm"], exclude_characters="\\")))
def test_any_text_without_backslashes_comes_back_as_it_was(text: str) -> None:
    assert parse_json_object(json.dumps({"a": text}, ensure_ascii=False)) == {"a": text}


def test_line_ends_inside_text_are_accepted() -> None:
    assert parse_json_object('{"a": "one\ntwo\tthree"}') == {"a": "one\ntwo\tthree"}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "the answer holds no JSON object"),
        ("I cannot do that.", "the answer holds no JSON object"),
        ("[1, 2]", "the answer holds no JSON object"),
        ('{"a": 1', "the JSON is not valid: "),
        ('{"a": "cut in the midd', "the JSON is not valid: "),
        ("{'a': 1}", "the JSON is not valid: "),
        ('{"a": 1,}', "the JSON is not valid: "),
        ('{"a": NaN}', "`NaN` is not a JSON number"),
        ('{"a": -Infinity}', "`-Infinity` is not a JSON number"),
        ('{"a": 1}\n\n{"a": 2}', "more than one JSON object"),
        ('[{"a": 1}, {"a": 2}]', "more than one JSON object"),
        ('{"a": "\\ud83d"}', "half of a surrogate pair"),
        ('{"a": ' * 200_000, "nested too deeply"),
        ('{"a": ' + "[" * 200_000, "nested too deeply"),
    ],
)
def test_what_is_wrong_is_said_shortly(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match="JSON") as caught:
        parse_json_object(text)

    assert complaint in str(caught.value)
    assert len(str(caught.value)) < 250


def test_a_cut_answer_is_never_read_as_one_of_its_inner_objects() -> None:
    whole = json.dumps({"equations": [{"latex": "x", "section_id": "s1"}] * 3, "details": []})

    for end in range(2, len(whole)):
        with pytest.raises(ValueError, match="JSON"):
            parse_json_object(whole[:end])


def test_an_invalid_place_is_shown_with_its_surroundings() -> None:
    with pytest.raises(ValueError, match=r"near '.*oops.*'"):
        parse_json_object('{"a": "' + "x" * 1000 + '" oops, "b": 2}')


def test_a_valid_answer_becomes_the_artifact() -> None:
    text = r'{"equations": [{"label": "(3)", "latex": "\frac{1}{2}", "section_id": "s1"}]}'

    assert json_answer(AlgorithmAnalysis)(text) == AlgorithmAnalysis(
        equations=(EquationNote(label="(3)", latex=r"\frac{1}{2}", section_id="s1"),)
    )


def test_complaints_name_the_field_and_what_is_wrong_one_a_line() -> None:
    with pytest.raises(ValueError, match="kind") as caught:
        json_answer(UnitDraft)('{"kind": "EQUATION", "quote": 3, "colour": "red"}')

    lines = str(caught.value).splitlines()
    assert [line.split(":")[0] for line in lines] == ["kind", "statement", "quote", "colour"]
    assert "'EQ', 'ALG'" in lines[0]
    assert lines[1:] == [
        "statement: Field required",
        "quote: Input should be a valid string",
        "colour: Extra inputs are not permitted",
    ]


def test_many_complaints_are_cut_and_counted() -> None:
    text = json.dumps({"equations": [{"latex": 1, "section_id": 2}] * 50})

    with pytest.raises(ValueError, match="latex") as caught:
        json_answer(AlgorithmAnalysis)(text)

    lines = str(caught.value).splitlines()
    assert lines[0] == "equations.0.latex: Input should be a valid string"
    assert len(lines) == 13
    assert lines[-1] == "and 88 more of this kind"
