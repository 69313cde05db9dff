"""Files that need no model: package markers, manifests, ignore rules."""

from __future__ import annotations

from pathlib import PurePosixPath

from deepcode.artifacts.blueprint import Blueprint, FilePlan
from deepcode.artifacts.memory import WrittenFile
from deepcode.languages import python_manifest

IGNORE_RULES = """\
__pycache__/
*.pyc
*.egg-info/
.pytest_cache/
.venv/
build/
dist/
"""


def made_by_code(blueprint: Blueprint) -> tuple[WrittenFile, ...]:
    """Package markers and manifests of a blueprint.

    What the blueprint specifies with components (an `__init__.py` with exports, a manifest that
    the document describes) is left to the writer.
    """
    files = [
        WrittenFile(path=file.path, text=_marker(file), purpose=file.purpose)
        for file in blueprint.files
        if _is_marker(file, blueprint)
    ]
    specified = {part.file for part in blueprint.components}
    packaged = {file.path for file in blueprint.files} & {"setup.py", "setup.cfg"}
    manifests = python_manifest(
        blueprint.name,
        requires_python=blueprint.environment.requires_python,
        dependencies=blueprint.environment.dependencies,
        scripts=_scripts(blueprint),
        paths=[file.path for file in blueprint.files],
    )
    manifests[".gitignore"] = IGNORE_RULES
    for path, text in manifests.items():
        # two build descriptions of one project contradict each other sooner or later
        if path in specified or (path == "pyproject.toml" and packaged):
            continue
        files.append(WrittenFile(path=path, text=text, purpose="made by a program"))
    return tuple(files)


def _scripts(blueprint: Blueprint) -> dict[str, str]:
    pairs = (line.partition("=") for line in blueprint.environment.scripts)
    return {name.strip(): target.strip() for name, equals, target in pairs if equals}


def _is_marker(file: FilePlan, blueprint: Blueprint) -> bool:
    return PurePosixPath(file.path).name == "__init__.py" and not blueprint.components_of(file.path)


def _marker(file: FilePlan) -> str:
    # neither sign can end or escape the docstring
    purpose = " ".join(file.purpose.replace('"', "'").replace("\\", "/").split())
    return f'"""{purpose}"""\n' if purpose else ""
