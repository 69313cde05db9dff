import os
import socket
from pathlib import Path

import pytest

from deepcode.documents.intake import MAX_BYTES, take
from deepcode.errors import DocumentError


def refusal(path: Path) -> str:
    with pytest.raises(DocumentError) as caught:
        take(path)
    return str(caught.value)


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "paper.pdf"
    assert refusal(path) == f"`{path}` does not exist; check the path"


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    assert "is empty" in refusal(written(tmp_path / "a.md", b""))
    assert "is empty" in refusal(written(tmp_path / "b.md", b" \n\n\t "))


def test_a_directory_is_refused(tmp_path: Path) -> None:
    assert "is a directory" in refusal(tmp_path)


def test_a_fifo_is_refused_without_waiting_for_a_writer(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.md")
    assert "is not a regular file" in refusal(tmp_path / "pipe.md")


def test_a_device_is_refused() -> None:
    assert "is not a regular file" in refusal(Path("/dev/zero"))


def test_a_socket_is_refused(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "s.md"))
        assert "is not a regular file" in refusal(tmp_path / "s.md")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_read_permission_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "a.md", b"text")
    path.chmod(0)
    assert "may not be read" in refusal(path)


def test_a_link_that_leads_nowhere_and_a_loop_are_refused(tmp_path: Path) -> None:
    (tmp_path / "lost.md").symlink_to(tmp_path / "nothing")
    (tmp_path / "loop.md").symlink_to(tmp_path / "loop.md")
    assert "does not exist" in refusal(tmp_path / "lost.md")
    assert "cannot be opened" in refusal(tmp_path / "loop.md")


def test_a_file_larger_than_the_limit_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "large.md"
    with path.open("wb") as file:
        file.write(b"x")
        file.truncate(MAX_BYTES + 1)
    assert "is larger than 50 MB" in refusal(path)


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"GIF89a....", "a GIF image"),
        (b"PK\x03\x04....", "a ZIP archive or office file"),
        (b"<!DOCTYPE html><html>", "an HTML page"),
        (b"\x1f\x8b....", "a gzip archive"),
    ],
)
def test_bytes_of_another_format_named_pdf_are_called_what_they_are(
    tmp_path: Path, data: bytes, what: str
) -> None:
    assert f"is {what}; DeepCode reads" in refusal(written(tmp_path / "a.pdf", data))


def test_text_named_pdf_is_refused(tmp_path: Path) -> None:
    assert "is not a PDF" in refusal(written(tmp_path / "a.pdf", b"just text"))


def test_a_pdf_is_known_by_its_bytes_whatever_its_ending(tmp_path: Path) -> None:
    assert take(written(tmp_path / "a.txt", b"%PDF-1.4 ...")).format == "pdf"


def test_an_unknown_ending_names_the_formats_that_work(tmp_path: Path) -> None:
    message = refusal(written(tmp_path / "a.odt", b"text"))
    assert message.endswith("DeepCode reads Markdown (.md), plain text (.txt) and PDF (.pdf)")


def test_a_name_with_control_characters_is_shown_escaped(tmp_path: Path) -> None:
    assert "a\\x1b[31m\\n.md" in refusal(tmp_path / "a\x1b[31m\n.md")


def test_a_path_with_a_nul_is_refused() -> None:
    assert "cannot be opened" in refusal(Path("a\0.md"))


def test_a_path_that_is_not_utf8_is_shown_escaped(tmp_path: Path) -> None:
    message = refusal(tmp_path / os.fsdecode(b"a\xff.md"))
    assert message.encode("ascii")
