import pytest

from deepcode.languages import language_of


def rules(path: str, source: str) -> list[tuple[int, str]]:
    return [(each.line, each.rule) for each in language_of(path).findings(path, source)]


@pytest.mark.parametrize(
    ("path", "good", "bad", "line"),
    [
        ("a.json", '{"a": 1}', '{"a": 1,\n}', 2),
        ("a.toml", "a = 1", "a = 1\nb = \n", 2),
        ("a.yaml", "a: 1\n---\nb: 2", "a: 1\n  b: 2", 2),
    ],
)
def test_data_files_must_parse(path: str, good: str, bad: str, line: int) -> None:
    assert rules(path, good) == []
    assert rules(path, bad) == [(line, f"syntax/{language_of(path).name}")]


def test_a_yaml_bomb_is_refused_before_it_grows() -> None:
    levels = ["a0: &a0 [x,x,x,x,x,x,x,x,x]"]
    levels += [f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]

    assert rules("a.yml", "\n".join(levels)) == [(0, "syntax/yaml")]


def test_deep_nesting_is_a_finding_and_no_crash() -> None:
    assert rules("a.json", "[" * 100_000)[0][1] == "syntax/json"


def test_tags_of_an_application_are_its_own_business() -> None:
    assert rules("a.yaml", "a: !Ref name\n") == []


def test_a_fence_around_data_is_named() -> None:
    assert [rule for _, rule in rules("a.json", '```json\n{"a": 1}\n```')] == [
        "syntax/json",
        "artefact/fence",
        "artefact/fence",
    ]


def test_unknown_files_follow_the_rules_of_any_text() -> None:
    assert language_of("src/main.zig").name == "text"
    assert rules("src/main.zig", "") == [(0, "structure/empty-file")]
    assert rules("src/main.zig", "a\n// TODO b\n") == [(2, "unfinished/todo")]
    assert rules("pkg/py.typed", "") == []


def test_prose_may_speak_of_open_work_and_show_code() -> None:
    assert rules("README.md", "A TODO app.\n```sh\nmake\n```\n") == []


def test_a_shell_script_names_its_shell_and_ends_lines_with_lf() -> None:
    assert rules("run.sh", "#!/usr/bin/env bash\nset -e\n") == []
    assert rules("run.sh", "set -e\r\n") == [(1, "shell/shebang"), (1, "shell/crlf")]
