import pytest

from deepcode.web.colouring import pieces


def test_python_is_coloured_by_kind():
    text = 'def f():  # why\n    return "a#b" + 12\n'
    coloured = [(kind, piece) for kind, piece in pieces("a.py", text) if kind]
    assert coloured == [
        ("k", "def"),
        ("c", "# why"),
        ("k", "return"),
        ("s", '"a#b"'),
        ("n", "12"),
    ]


def test_a_file_of_unknown_kind_is_one_piece():
    assert list(pieces("notes.txt", 'def "x')) == [("", 'def "x')]


@pytest.mark.parametrize("path", ["a.py", "a.ts", "a.toml", "a.sh", "a.md"])
@pytest.mark.parametrize(
    "text",
    ["", '"open', '"""open \\', "'\\\n'x", "/* open", "`${a", "1.2.3e", "#\n//\n", "\\" * 99],
)
def test_the_pieces_joined_are_the_text(path: str, text: str):
    assert "".join(piece for _, piece in pieces(path, text)) == text


def test_a_hostile_text_is_coloured_in_one_pass():
    # a pattern that tries again from each quote would need billions of steps
    text = '"\\' * 100_000 + "\\"
    assert "".join(piece for _, piece in pieces("a.py", text)) == text
