"""A repository under verification, and reports about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from deepcode.artifacts.blueprint import Blueprint
from deepcode.artifacts.check import Execution
from deepcode.artifacts.contract import Contract
from deepcode.artifacts.document import Document
from deepcode.sandbox import Workspace
from deepcode.settings import Settings
from deepcode.verification import Subject


@pytest.fixture
def make_subject(
    workspace: Workspace,
    make_blueprint: Callable[..., Blueprint],
    make_contract: Callable[..., Contract],
    make_document: Callable[..., Document],
) -> Callable[..., Subject]:
    """`make_subject({"core.py": text}, owners={"core.py": ("EQ-1",)}, units=("EQ-1",))`."""

    def make(
        texts: Mapping[str, str],
        *,
        owners: Mapping[str, tuple[str, ...]] | None = None,
        units: tuple[Any, ...] = (),
        document: Document | None = None,
        **changes: Any,
    ) -> Subject:
        for path, text in texts.items():
            workspace.write(path, text)
        planned = {path: () for path in texts if not path.startswith("tests/acceptance/")}
        plan = make_blueprint(planned, **changes)
        parts = tuple(
            part.model_copy(update={"units": (owners or {}).get(part.file, ())})
            for part in plan.components
        )
        return Subject(
            workspace=workspace,
            blueprint=plan.model_copy(update={"components": parts}),
            contract=make_contract(*units),
            document=document or make_document(("Method", [("paragraph", "a is b")])),
            settings=Settings(),
        )

    return make


@pytest.fixture(scope="session")
def ran() -> Callable[..., Execution]:
    """`ran("python", "-m", "pkg", exit_code=1, stderr="why")`."""

    def make(*argv: str, **more: Any) -> Execution:
        known = {"exit_code": 0, "stdout": "", "stderr": "", "duration_s": 0.1, "level": "strong"}
        return Execution(argv=argv or ("python", "-m", "sample"), **(known | more))

    return make
