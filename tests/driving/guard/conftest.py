"""Servers of this machine that answer as they like, over TLS too."""

from __future__ import annotations

import contextlib
import re
import socket
import socketserver
import ssl
from collections.abc import Callable, Iterator
from threading import Thread

import pytest
import trustme
from guard_rig import NAME, Server


def whole_request(stream: socket.socket) -> bytes:
    """Read to its end: a connection that is closed before that is reset, and its answer may be lost."""
    read = b""
    while part := stream.recv(65536):
        read += part
        head, blank, body = read.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: (\d+)", head)
        if blank and len(body) >= (int(length[1]) if length else 0):
            break
    return read


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def serve(authority: trustme.CA) -> Iterator[Callable[..., Server]]:
    """Start a server that gives ``answer(write)`` to each request: ``write(bytes)`` until the client has gone."""
    running: list[socketserver.ThreadingTCPServer] = []

    def start(answer: Callable[[Callable[[bytes], None]], None], *, tls: bool = False, name: str = NAME) -> Server:
        requests: list[bytes] = []
        sni: list[str] = []
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if tls:
            authority.issue_cert(name).configure_cert(context)
        context.sni_callback = lambda socket, asked, context: sni.append(asked)

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                with contextlib.suppress(OSError):  # the client goes when it has had enough
                    stream = context.wrap_socket(self.request, server_side=True) if tls else self.request
                    requests.append(whole_request(stream))
                    answer(stream.sendall)
                    stream.close()

        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        running.append(server)
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        authority.configure_trust(trusting)
        scheme = "https" if tls else "http"
        return Server(f"{scheme}://{NAME}:{server.server_address[1]}/hook", sni, requests, trusting)

    yield start
    for server in running:
        server.shutdown()
        server.server_close()
