"""Other people's libraries for webhooks, in Python and in Node, behind one face."""

from __future__ import annotations

import base64
import datetime as dt
import json
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

import pytest
import standardwebhooks
import svix
from node_packages import installed, needed, node

HERE = Path(__file__).parent


class Library(Protocol):
    """Somebody else's verifier and signer."""

    def accepts(self, secret: str, headers: Mapping[str, str], body: bytes) -> bool: ...

    def signs(self, secret: str, id: str, seconds: int, body: bytes) -> str: ...


class InPython:
    """``standardwebhooks`` or ``svix`` from PyPI: they have one interface."""

    def __init__(self, package: Any) -> None:
        self._package = package

    def accepts(self, secret: str, headers: Mapping[str, str], body: bytes) -> bool:
        try:
            self._package.Webhook(secret).verify(body, dict(headers))
        except self._package.WebhookVerificationError:
            return False
        return True

    def signs(self, secret: str, id: str, seconds: int, body: bytes) -> str:
        moment = dt.datetime.fromtimestamp(seconds, dt.UTC)
        return self._package.Webhook(secret).sign(id, moment, body.decode())


class InNode:
    """A library from npm; see verifier.mjs."""

    def __init__(self, ask: Callable[[dict[str, Any]], dict[str, Any]], library: str) -> None:
        self._ask = ask
        self._library = library

    def accepts(self, secret: str, headers: Mapping[str, str], body: bytes) -> bool:
        said = self._said("verify", secret, body, headers=dict(headers))
        # Anything but its own refusal is a fault of the test.
        assert said["ok"] or "error" not in said or said["error"].startswith("WebhookVerificationError"), said
        return bool(said["ok"])

    def signs(self, secret: str, id: str, seconds: int, body: bytes) -> str:
        return str(self._said("sign", secret, body, id=id, seconds=seconds)["signature"])

    def _said(self, deed: str, secret: str, body: bytes, **more: Any) -> dict[str, Any]:
        told = {"library": self._library, "deed": deed, "secret": secret, "body": base64.b64encode(body).decode()}
        return self._ask({**told, **more})


@pytest.fixture(scope="session")
def ask_node() -> Iterator[Callable[[dict[str, Any]], dict[str, Any]]]:
    """A node process that answers line by line."""
    with needed("the webhook libraries of npm"):
        command = [node(), str(HERE / "verifier.mjs"), str(installed("../webhooks"))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8") as process:

        def ask(request: dict[str, Any]) -> dict[str, Any]:
            process.stdin.write(json.dumps(request) + "\n")
            process.stdin.flush()
            return json.loads(process.stdout.readline())

        yield ask
        process.stdin.close()


@pytest.fixture
def library(request: pytest.FixtureRequest) -> Library:
    """The library that a test is parametrised with, as ``"python svix"`` or ``"node svix"``."""
    place, name = request.param.split()
    if place == "python":
        return InPython({"standardwebhooks": standardwebhooks, "svix": svix}[name])
    return InNode(request.getfixturevalue("ask_node"), name)
