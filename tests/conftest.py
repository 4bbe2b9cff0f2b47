"""What all tests share. A test that needs a WordPress gets a real one, started here: one site for each worker."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable, Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, settings

# The disk is what the ledger waits for, and no test pulls the plug.
if os.access("/dev/shm", os.W_OK) and shutil.disk_usage("/dev/shm").free > 4 * 2**30:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", "/dev/shm")

# How fast a machine makes examples and runs them says nothing about the code: Hypothesis knows it of CI alone.
settings.register_profile("any speed", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any speed")

# A shell that starts the tests in the background has them ignore Ctrl-C, and so would every process that they start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def start_wordpress() -> Callable[[], Any]:
    """Start a real WordPress. Where none can be had the test is skipped; in CI that is a failure.

    See examples/wordpress/local_wordpress.py.
    """
    import local_wordpress

    def start() -> local_wordpress.LocalWordPress:
        try:
            return local_wordpress.LocalWordPress.start()
        except local_wordpress.Unavailable as reason:
            if os.environ.get("CI"):
                raise
            pytest.skip(f"no WordPress can be had here: {reason}")

    return start


@pytest.fixture(scope="session")
def wordpress_server(start_wordpress: Callable[[], Any]) -> Iterator[Any]:
    """The one that this worker keeps for the session."""
    with start_wordpress() as site:
        yield site


@pytest.fixture
def wordpress(wordpress_server: Any) -> Any:
    """The WordPress of this worker, with a clean database."""
    wordpress_server.reset()
    return wordpress_server


@pytest.fixture(scope="session")
def spec_examples() -> Sequence[Any]:
    """The examples of the CommonMark and GFM specifications. See tests/blocks/spec_examples.py."""
    import spec_examples
    from node_packages import needed

    with needed("the examples of the Markdown specifications"):
        return spec_examples.spec_examples()


@pytest.fixture(scope="session")
def browser() -> str:
    """The program of a browser that can be driven."""
    from node_packages import Unavailable, needed

    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    with needed("a browser"):
        for name in names:
            program = shutil.which(name)
            if program:
                return program
        raise Unavailable(f"none of {', '.join(names)} is on this machine: `make browser` installs one on Debian")


@pytest.fixture(autouse=True)
def nothing_of_the_user_is_touched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The ledger of a test that names none lies in the test's own folder."""
    monkeypatch.setenv("PUBLISHER_LEDGER", str(tmp_path / "default" / "ledger.db"))


@pytest.fixture
def serve() -> Iterator[Callable[..., str]]:
    """Start an HTTP server on this machine that answers with ``answer(request handler)``; its address.

    The handler has what was ``asked`` as httpx would have sent it. A response that is returned is sent; who wants to
    answer in another way does it himself and returns None.
    """
    servers: list[ThreadingHTTPServer] = []

    def start(answer: Callable[[Any], httpx.Response | None], context: Any = None) -> str:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                url = f"http://{self.headers['host']}{self.path}"
                self.asked = httpx.Request(self.command, url, headers=dict(self.headers), content=body)
                given = answer(self)
                if given is None:
                    return
                self.send_response(given.status_code)
                for name, value in ({"content-length": str(len(given.content))} | dict(given.headers)).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(given.content)

            do_HEAD = do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815 - the names are those of http.server

            def log_message(self, *values: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        if context is not None:
            server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        server.handle_error = lambda *values: None  # type: ignore[method-assign]
        servers.append(server)
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        return f"{'http' if context is None else 'https'}://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def memory_sites(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The sites in memory that targets of these names are on, however often a publisher.toml makes such a target."""
    from publisher.backends.memory import Memory, MemorySite

    made: dict[str, MemorySite] = {}
    plain = Memory.__init__

    def on_its_site(
        self: Memory, name: str = "memory", *, site: MemorySite | None = None, settle: float = 60.0
    ) -> None:
        plain(self, name, site=site or made.setdefault(name, MemorySite()), settle=settle)

    monkeypatch.setattr(Memory, "__init__", on_its_site)
    return made
