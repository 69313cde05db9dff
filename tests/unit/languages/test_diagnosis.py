import os
import sys
from pathlib import Path

import pytest

from deepcode.artifacts.check import Finding
from deepcode.languages import diagnose
from deepcode.languages.language import Server, Workspace
from deepcode.languages.server import visit


def write(root: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)


def short(findings: tuple[Finding, ...]) -> list[tuple[str, int, str, str]]:
    return [(each.path, each.line, each.severity, each.rule) for each in findings]


async def test_real_servers_report_what_keeps_code_from_running(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "pkg/__init__.py": "",
            "pkg/a.py": (
                "from pkg.b import ONE, nothing\n"
                "import unheard_of\n"
                "def f(x: int, y=[]) -> int:\n"
                "    return x + ONE + lost + nothing + unheard_of.z\n"
                "f('text')\n"
            ),
            "pkg/b.py": "ONE = 1\n",
            "pkg/c.py": "def broken(:\n    pass\n",
        },
    )

    diagnosis = await diagnose(tmp_path, ["pkg/a.py", "pkg/b.py", "pkg/c.py"])

    assert diagnosis.missing == ()
    found = short(diagnosis.findings)
    assert ("pkg/a.py", 3, "error", "ruff/B006") in found
    assert ("pkg/a.py", 5, "warning", "ty/invalid-argument-type") in found
    blocking = {(path, line) for path, line, severity, _ in found if severity == "blocking"}
    # without an environment nothing is known about imports from outside
    assert {("pkg/a.py", 1), ("pkg/a.py", 4), ("pkg/c.py", 1)} <= blocking
    assert ("pkg/a.py", 2) not in blocking
    # both servers know the undefined name; it is told once
    assert len([each for each in found if each[:3] == ("pkg/a.py", 4, "blocking")]) == 1


async def test_a_repository_can_neither_steer_nor_silence_the_servers(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "pyproject.toml": "[tool.ruff.lint]\nselect = []\n[tool.ty.rules]\nall = 'ignore'\n",
            "ruff.toml": "[lint]\nselect = []\n",
            "ty.toml": "[environment]\npython = '/nonexistent'\n",
            "a.py": "x = lost  # noqa\ny = lost  # ty: ignore\nz: int = ''  # type: ignore\n",
        },
    )

    diagnosis = await diagnose(tmp_path, ["a.py"])

    assert diagnosis.missing == ()
    assert [(line, severity) for _, line, severity, _ in short(diagnosis.findings)] == [
        (1, "blocking"),
        (2, "blocking"),
        (3, "warning"),
    ]


async def test_an_environment_says_which_imports_resolve(tmp_path: Path) -> None:
    write(
        tmp_path / "repo", {"a.py": "import widgets\nimport unheard_of\nwidgets.x\nunheard_of.y\n"}
    )
    site = f"lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages"
    write(tmp_path / "env", {f"{site}/widgets.py": "x = 1\n", "pyvenv.cfg": "home = /usr/bin\n"})

    diagnosis = await diagnose(tmp_path / "repo", ["a.py"], environment=tmp_path / "env")

    blocking = [each for each in short(diagnosis.findings) if each[2] == "blocking"]
    assert [line for _, line, _, _ in blocking] == [2]


async def test_links_and_pipes_are_not_read(tmp_path: Path) -> None:
    write(tmp_path, {"secret/key.py": "x = lost\n", "repo/ok.py": "x = 1\n"})
    (tmp_path / "repo/link.py").symlink_to(tmp_path / "secret/key.py")
    os.mkfifo(tmp_path / "repo/pipe.py")

    diagnosis = await diagnose(tmp_path / "repo", ["ok.py", "link.py", "pipe.py", "notes.md"])

    assert diagnosis.findings == ()
    assert diagnosis.missing == (
        "`link.py`: no readable source file",
        "`pipe.py`: no readable source file",
    )


def scripted(tmp_path: Path, script: str) -> tuple[Server, Workspace]:
    """A server that is a small Python program, and a workspace with one file."""
    for folder in ("copies", "scratch"):
        (tmp_path / folder).mkdir()
    (tmp_path / "copies/a.py").write_text("x = 1\n")
    workspace = Workspace(tmp_path / "copies", tmp_path / "scratch", {"a.py": "x = 1\n"})
    server = Server(
        "twin",
        (sys.executable, "-I", "-c", _TALK + script),
        {},
        "python",
        lambda path, diagnostic: None,
    )
    return server, workspace


_TALK = """
import json, sys
def receive():
    length = 0
    while (line := sys.stdin.buffer.readline()).strip():
        length = int(line.split(b":")[1])
    return json.loads(sys.stdin.buffer.read(length))
def send(**message):
    body = json.dumps({"jsonrpc": "2.0", **message}).encode()
    sys.stdout.buffer.write(b"Content-Length: %d\\r\\n\\r\\n" % len(body) + body)
    sys.stdout.buffer.flush()
"""

_PLACE = '{"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 1}}'


async def test_a_server_that_pushes_is_understood(tmp_path: Path) -> None:
    server, workspace = scripted(
        tmp_path,
        f"""
send(id=receive()["id"], result={{"capabilities": {{}}}})
receive()
send(id=7, method="workspace/configuration", params={{"items": [{{}}]}})
uri = receive()
uri = (uri if "params" in uri else receive())["params"]["textDocument"]["uri"]
send(method="textDocument/publishDiagnostics", params={{
    "uri": uri, "diagnostics": [{{"range": {_PLACE}, "message": "pushed"}}]}})
while True:
    message = receive()
    if message.get("method") == "shutdown":
        send(id=message["id"], result=None)
    if message.get("method") == "exit":
        break
""",
    )

    diagnostics = await visit(server, workspace, ["a.py"])

    assert [each.message for each in diagnostics["a.py"]] == ["pushed"]


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("sys.exit('no licence')", "no licence"),
        ("send(id=receive()['id'], error={'code': 1, 'message': 'too old'})", "too old"),
        (
            "receive(); print('Content-Length: 99999999999\\r\\n\\r\\n', flush=True); receive()",
            "broke the protocol",
        ),
        (
            "receive(); print('Content-Length: 3\\r\\n\\r\\n{{{', flush=True); receive()",
            "broke the protocol",
        ),
    ],
)
async def test_a_server_that_fails_says_why(tmp_path: Path, script: str, reason: str) -> None:
    server, workspace = scripted(tmp_path, script)

    with pytest.raises(ConnectionError, match=reason):
        await visit(server, workspace, ["a.py"])


async def test_a_server_that_is_not_there_is_a_connection_error(tmp_path: Path) -> None:
    server, workspace = scripted(tmp_path, "")
    absent = Server("absent", ("/nonexistent/server",), {}, "python", server.judge)

    with pytest.raises(ConnectionError, match="cannot start"):
        await visit(absent, workspace, ["a.py"])


async def test_a_late_server_is_named_and_hides_nothing(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": "x = lost\n"})

    diagnosis = await diagnose(tmp_path, ["a.py"], timeout_s=0.000_001)

    assert diagnosis.findings == ()
    assert sorted(each.partition(" ")[0] for each in diagnosis.missing) == ["`ruff`", "`ty`"]
