"""A whole run needs a model and a document."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from scripted_server import DOCUMENT, ScriptedServer

from deepcode.settings import Settings, load_settings


@pytest.fixture
def server(httpserver: HTTPServer) -> Iterator[ScriptedServer]:
    """A model server whose answers make a verified repository."""
    from pydantic_ai.models import override_allow_model_requests

    with override_allow_model_requests(True):
        yield ScriptedServer(httpserver)


@pytest.fixture
def document(tmp_path: Path) -> Path:
    """A small specification."""
    path = tmp_path / "tally.md"
    path.write_text(DOCUMENT, encoding="utf-8")
    return path


@pytest.fixture
def settings(server: ScriptedServer, tmp_path: Path) -> Settings:
    """Settings for the scripted server, runs below the test's folder."""
    return load_settings(model="scripted", base_url=server.url, home=tmp_path / "runs")
