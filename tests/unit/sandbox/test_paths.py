import pytest
from hypothesis import given
from hypothesis import strategies as st

from deepcode.sandbox.paths import check_path


@pytest.mark.parametrize(
    ("path", "accepted"),
    [
        ("main.py", "main.py"),
        ("./src//model.py", "src/model.py"),
        (".gitignore", ".gitignore"),
        (".env.example", ".env.example"),
        (".github/dependabot.yml", ".github/dependabot.yml"),
        ("docs/Größe.md", "docs/Größe.md"),
        ("cafe\u0301.md", "caf\u00e9.md"),
        ("console.py", "console.py"),
    ],
)
def test_plain_paths_are_accepted_in_normal_form(path: str, accepted: str) -> None:
    assert check_path(path) == accepted


@pytest.mark.parametrize(
    "path",
    [
        *("", ".", "/", "src/", "/etc/passwd", "~/.bashrc", "~root/x", "../x", "a/../../x"),
        *("C:\\x", "C:/x", "a\\b", "a\0b", "a\nb", "a\x1b[31mb", "a\u202eyp.py", "a\u200bb"),
        *("\ud800", "-rf", "src/-x.py", "a /b", " a", "a.", "a?b", "a*b", "a|b", "\ufeffa"),
        *("con", "AUX.py", "src/nul.txt", "com1", "lpt¹.md"),
        *(".git/hooks/pre-commit", "vendor/.GIT/config", ".gitmodules", ".env", "a/.ENVRC"),
        *(".vscode/tasks.json", ".github/workflows/ci.yml", ".GitHub/Actions/x", "pip.conf"),
        *("deepcode.toml", "src/DeepCode.toml"),
        *("sitecustomize.py", "x" * 201, "/".join("a" * 21), "ä" * 101),
    ],
)
def test_paths_that_lead_elsewhere_or_deceive_are_refused(path: str) -> None:
    with pytest.raises(ValueError, match="is refused: "):
        check_path(path)


def test_a_refusal_shows_the_path_without_its_control_characters() -> None:
    with pytest.raises(ValueError) as caught:
        check_path("a\x1b]0;title\x07\u202e")
    assert str(caught.value).isprintable()


@given(st.text())
def test_any_text_is_refused_or_a_path_below_the_root(path: str) -> None:
    try:
        accepted = check_path(path)
    except ValueError:
        return
    assert check_path(accepted) == accepted
    assert not accepted.startswith(("/", "~", "-"))
    assert ".." not in accepted.split("/")
