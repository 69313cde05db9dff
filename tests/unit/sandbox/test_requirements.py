import pytest

from deepcode.sandbox.requirements import check_requirements


def test_names_and_versions_are_put_in_one_form() -> None:
    lines = ["# for tests", "", "PyTest", "numpy >=2 , <3  # arrays", "Foo_Bar[x]==1", "pytest"]
    assert check_requirements(lines) == ("foo-bar[x]==1", "numpy<3,>=2", "pytest")


def test_a_marker_is_kept() -> None:
    assert check_requirements(["six; python_version<'3'"]) == ('six; python_version < "3"',)


@pytest.mark.parametrize(
    "line",
    [
        *("-r other.txt", "-e .", "--index-url https://evil.test/simple", "--pre"),
        *("https://evil.test/x.whl", "git+ssh://evil.test/x", "file:///etc/passwd", "./local"),
        *("six @ https://evil.test/six.whl", "../x", "a b", "six --hash=sha256:00", "six\n-r x"),
    ],
)
def test_a_line_that_names_a_place_or_an_option_is_refused(line: str) -> None:
    with pytest.raises(ValueError):
        check_requirements([line])


def test_too_many_lines_are_refused() -> None:
    with pytest.raises(ValueError, match="201"):
        check_requirements(f"package{number}" for number in range(201))
