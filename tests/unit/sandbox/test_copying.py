import os
from pathlib import Path

import pytest

from deepcode.errors import SandboxError
from deepcode.sandbox.copying import copy_repository


def test_files_modes_and_inner_links_are_copied_and_the_rest_is_left_out(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    (source / "package").mkdir(parents=True)
    (source / "package" / "run.sh").write_text("#!/bin/sh")
    (source / "package" / "run.sh").chmod(0o4755)
    (source / "read-only").write_text("x")
    (source / "read-only").chmod(0o444)
    (source / "inner").symlink_to("package/run.sh")
    (source / "outer").symlink_to("/etc/hostname")
    (source / "climbing").symlink_to("../secret")
    (source / "broken").symlink_to("nothing")
    (tmp_path / "secret").write_text("secret")
    os.mkfifo(source / "fifo")
    for name in (".git", "package/.git", ".venv", "__pycache__"):
        (source / name).mkdir()
        (source / name / "file").touch()
    copy_repository(source, target)
    copied = sorted(str(path.relative_to(target)) for path in target.rglob("*"))
    assert copied == ["inner", "package", "package/run.sh", "read-only"]
    assert (target / "package" / "run.sh").stat().st_mode & 0o7777 == 0o755
    assert (target / "read-only").stat().st_mode & 0o7777 == 0o644
    assert (target / "inner").read_text() == "#!/bin/sh"


def test_a_repository_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SandboxError, match="is not a folder"):
        copy_repository(tmp_path / "missing", tmp_path / "target")
