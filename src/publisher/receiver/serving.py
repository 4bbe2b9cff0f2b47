"""The site on a port of this machine."""

from __future__ import annotations

import errno
import logging
import socket
from collections.abc import Sequence
from pathlib import Path

import uvicorn

from publisher.errors import ConfigurationError
from publisher.receiver.addresses import HOOK
from publisher.receiver.endpoint import LARGEST, Scheme
from publisher.receiver.site import make_site

__all__ = ["serve"]

_LOG = logging.getLogger(__name__)


def serve(
    into: str | Path,
    secrets: str | Sequence[str],
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    title: str = "Articles",
    scheme: Scheme = "standard",
    url: str = "",
    largest: int = LARGEST,
) -> None:
    """Take signed articles into a folder, and show them as a small site, until somebody says stop.

    Deliveries go to ``http://host:port/hooks/articles``. For the rest see :func:`publisher.receiver.make_site`. It does
    not speak TLS: for readers elsewhere put a web server before it that does, and tell its address with ``url``. Where
    it listens is logged (``INFO``).

    Raises :class:`ConfigurationError` for secrets that are none and for a port that cannot be had, and
    :class:`publisher.errors.StoreError` if nothing can be stored.
    """
    site = make_site(into, secrets, title=title, scheme=scheme, url=url, largest=largest)
    listening = _listening(host, port)
    shown = f"[{host}]" if ":" in host else host
    _LOG.info("http://%s:%s/ shows what is sent to http://%s:%s%s", shown, port, shown, port, HOOK)
    with listening:
        config = uvicorn.Config(site, log_level="warning", server_header=False, timeout_graceful_shutdown=5)
        uvicorn.Server(config).run(sockets=[listening])


def _listening(host: str, port: int) -> socket.socket:
    """A socket that listens: if there can be none, that is said before anything is served."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, kind)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind(address)
        except OSError:
            listening.close()
            raise
    except (OSError, OverflowError) as error:
        taken = isinstance(error, OSError) and error.errno == errno.EADDRINUSE
        raise ConfigurationError(
            f"nothing can listen at {host}:{port}: {error}",
            field="port",
            hint="Something does already: choose another port." if taken else "Check the host and the port.",
        ) from None
    return listening
