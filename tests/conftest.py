"""For all tests: no network but this machine's own, no real model, no key of the person who runs.

A test marked `live` is left alone. Sandboxed child processes are not reached from here; their
network is what `sandbox/` closes.
"""

from __future__ import annotations

import ipaddress
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

_PROVIDER_VARIABLES = ("ANTHROPIC_", "OPENAI_", "OPENROUTER_", "GOOGLE_", "GEMINI_")


@pytest.fixture(autouse=True)
def _closed_network(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.node.get_closest_marker("live"):
        return
    for method in ("connect", "connect_ex"):
        guarded = _guarded(getattr(socket.socket, method))
        monkeypatch.setattr(socket.socket, method, guarded)
    resolve = socket.getaddrinfo

    def resolve_local(host: Any, *rest: Any, **options: Any) -> Any:
        _refuse_remote(host)
        return resolve(host, *rest, **options)

    monkeypatch.setattr(socket, "getaddrinfo", resolve_local)


@pytest.fixture(autouse=True)
def _no_real_model(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    # not imported here: it takes a second, and a test that never loads it cannot ask a model
    models = sys.modules.get("pydantic_ai.models")
    if models is not None and not request.node.get_closest_marker("live"):
        monkeypatch.setattr(models, "ALLOW_MODEL_REQUESTS", False)


@pytest.fixture(autouse=True)
def _no_keys(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.node.get_closest_marker("live"):
        return
    # the one place beside settings.py that must see every variable, to take it away
    for name in list(os.environ):  # noqa: TID251
        if name.startswith(("DEEPCODE_", *_PROVIDER_VARIABLES)):
            monkeypatch.delenv(name)
    # a proxy would answer for servers of this machine
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "127.0.0.1,localhost,::1")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home that is also the working folder, so that no settings file is found."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _guarded(connect: Callable[..., Any]) -> Callable[..., Any]:
    def connect_local(self: socket.socket, address: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            _refuse_remote(address[0])
        return connect(self, address)

    return connect_local


def _refuse_remote(host: Any) -> None:
    name = host.decode() if isinstance(host, bytes) else host
    if name in (None, "", "localhost"):
        return
    try:
        local = ipaddress.ip_address(name).is_loopback
    except ValueError:
        local = False
    if not local:
        # no ordinary exception: the code under test may take that for a server that is down
        pytest.fail(f"a test reaches for `{name}`; only the loopback address is open")
