"""Target: the identity of one configured place."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from pydantic import field_validator

from publisher.errors import ConfigurationError
from publisher.models.base import Noun

#: What a host is written with: names in any script, and addresses of IPv4 and IPv6.
_HOST = re.compile(r"[\w.:-]+")


class Target(Noun):
    """One configured place. Never holds a secret, so it may be shown, logged and stored.

    The identity is ``id`` where one is given, else kind, URL without its scheme, and collection: the same site
    reached over http and https is one target. ``name`` is what its publisher.toml calls it, and no part of that.
    """

    kind: str
    url: str
    collection: str = ""
    id: str = ""
    name: str = ""

    @field_validator("url")
    @classmethod
    def _url_is_a_place(cls, url: str) -> str:
        try:
            parts = urlsplit(url.strip())
            usable = bool(parts.scheme and _HOST.fullmatch(parts.hostname or "")) and parts.port != 0
        except ValueError:  # a port that is no number, a bracket that is not closed
            usable = False
        if not usable:
            raise ConfigurationError(
                f"{_without_credentials(url)!r} is not the address of a site",
                field="url",
                hint="Give it with its scheme, for example https://blog.example.com.",
            )
        if parts.username or parts.password:
            raise ConfigurationError(
                f"the address of {parts.hostname} holds a user name or password",
                field="url",
                hint="Give credentials as arguments of their own; addresses end up in logs.",
            )
        return url.strip().rstrip("/")

    @property
    def identity(self) -> str:
        """The stable name under which the ledger keeps everything about this place."""
        if self.id:
            return self.id
        parts = urlsplit(self.url)
        host = (parts.hostname or "").lower()
        default = {"http": 80, "https": 443}.get(parts.scheme.lower())
        port = "" if parts.port in (None, default) else f":{parts.port}"
        query = f"?{parts.query}" if parts.query else ""
        collection = f"#{self.collection}" if self.collection else ""
        return f"{self.kind}:{host}{port}{parts.path.rstrip('/')}{query}{collection}"

    @property
    def names(self) -> tuple[str, ...]:
        """What an article may call this target, from the most general to the most special: kind, host, identity,
        id, and its name in publisher.toml."""
        host = (urlsplit(self.url).hostname or "").lower()
        return tuple(dict.fromkeys(name for name in (self.kind, host, self.identity, self.id, self.name) if name))

    def __str__(self) -> str:
        return self.identity


def web_address(url: str) -> str:
    """``url``, unless it has a scheme and that is another than http and https. Raises :class:`ConfigurationError`."""
    scheme = urlsplit(url.strip()).scheme if "://" in url else ""
    if scheme.lower() not in ("", "http", "https"):
        raise ConfigurationError(
            f"the address begins with {scheme}://, and a site is reached by https",
            field="url",
            hint="Give it as a browser shows it, for example https://blog.example.com.",
        )
    return url


def _without_credentials(url: str) -> str:
    return url.rsplit("@", 1)[-1]
