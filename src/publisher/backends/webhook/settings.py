"""How deliveries to one receiver are addressed, signed and secured: checked when the target is made."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, cast

import httpx
from pydantic import SecretStr

from publisher.errors import ConfigurationError
from publisher.webhooks import sign, sign_github
from publisher.webhooks.signing import GITHUB_HEADER, keys_of

Scheme = Literal["standard", "github", "bearer", "none"]
Secret = str | SecretStr

#: What others must not set: they say what is sent, how far it goes, or that it is genuine.
_OURS = re.compile(
    r"(webhook|svix|proxy)-.*|host|connection|keep-alive|te|trailer|trailers|transfer-encoding|upgrade|expect"
    r"|content-(type|length|encoding)|accept-encoding|date",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[\t\x20-\x7e]*")

#: A name, or an address of either kind. httpx lets more through, percent-encoded.
HOST = re.compile(r"[\w.:-]+")

#: Shorter ones are no secrets, and would be taken out of messages that have nothing to do with them.
_SHORTEST_SECRET = 8


@dataclass(frozen=True, slots=True)
class Seal:
    """What makes a delivery genuine. ``header`` is that of the scheme ``github``."""

    scheme: Scheme
    secrets: tuple[str, ...] = field(repr=False)
    header: str = GITHUB_HEADER

    @classmethod
    def made(cls, scheme: str, secret: Secret | Sequence[Secret] | None, header: str) -> Seal:
        """Raises :class:`ConfigurationError` for what does not go together, and never shows a secret."""
        given = () if secret is None else (secret,) if isinstance(secret, str | SecretStr) else tuple(secret)
        secrets = tuple(one.get_secret_value() if isinstance(one, SecretStr) else one for one in given)
        if scheme not in ("standard", "github", "bearer", "none"):
            raise ConfigurationError(
                f"there is no scheme {scheme!r}", field="scheme", hint="Use 'standard', 'github', 'bearer' or 'none'."
            )
        if scheme == "none" and secrets:
            raise ConfigurationError(
                "the scheme 'none' has no secret", field="secret", hint="Leave it out, or take the scheme 'standard'."
            )
        if scheme == "standard":
            keys_of(secrets)
        elif scheme != "none" and (len(secrets) != 1 or not secrets[0].strip()):
            raise ConfigurationError(
                f"the scheme {scheme!r} needs one secret, and has {len(secrets)}",
                field="secret",
                hint="Only 'standard' has room for a second one while it is being changed.",
            )
        if scheme in ("github", "bearer") and len(secrets[0]) < _SHORTEST_SECRET:
            raise ConfigurationError(
                f"the secret has fewer than {_SHORTEST_SECRET} characters",
                field="secret",
                hint="It could be guessed: take a longer one.",
            )
        if scheme == "bearer" and not re.fullmatch(r"[\x21-\x7e]+", secrets[0]):
            raise ConfigurationError(
                "the token holds what a header cannot carry", field="secret", hint="Check it for blanks at its ends."
            )
        _check_header(header)
        return cls(cast("Scheme", scheme), secrets, header)

    def headers(self, id: str, now: float, body: bytes) -> dict[str, str]:
        """What is sent along with ``body``; ``now`` is Unix seconds.

        The headers of Standard Webhooks are there whenever there is a secret of theirs; a scheme only adds to them.
        """
        made = sign(self.secrets, id, int(now), body) if self.standard else {"webhook-id": id}
        if self.scheme == "github":
            made |= sign_github(self.secrets[0], id, body, header=self.header)
        if self.scheme == "bearer":
            made["Authorization"] = f"Bearer {self.secrets[0]}"
        return made

    @property
    def standard(self) -> bool:
        """Whether the headers of Standard Webhooks can be made."""
        if self.scheme == "github":
            try:
                keys_of(self.secrets)
            except ConfigurationError:
                return False
        return self.scheme in ("standard", "github")


@dataclass(frozen=True, slots=True)
class Place:
    """Where deliveries go. ``shown`` is what may be seen of it: without its query and, where the address is all that
    keeps strangers out, without its path; ``collection`` then tells places on one host apart."""

    url: httpx.URL = field(repr=False)
    shown: str
    collection: str
    secrets: tuple[str, ...] = field(repr=False)

    @classmethod
    def of(cls, address: str, *, open_to_all: bool, allow_http: bool) -> Place:
        """Raises :class:`ConfigurationError` for what is no address to send to."""
        try:
            url = httpx.URL(address.strip())
        except (httpx.InvalidURL, TypeError):
            raise ConfigurationError(
                "the address is none", field="url", hint="Give it whole: https://example.com/hooks/articles."
            ) from None
        if url.scheme != "https" and not (url.scheme == "http" and allow_http):
            raise ConfigurationError(
                f"the address begins with {url.scheme or 'nothing'!r}, and events are sent over https only",
                field="url",
                hint="Use https; while developing on this machine, pass allow_http=True and allow_private=True.",
            )
        if url.userinfo:
            raise ConfigurationError(
                "the address holds a user name", field="url", hint="Give a token with scheme='bearer', or headers=."
            )
        if not HOST.fullmatch(url.host):
            raise ConfigurationError(
                f"the address has no usable host, but {url.host!r}", field="url", hint="Check it for typing mistakes."
            )
        url = url.copy_with(fragment=None)
        asked = url.query.decode("ascii")
        hidden = f"{url.path}?{asked}" if open_to_all else asked
        shown = str(url.copy_with(raw_path=b"/" if open_to_all else url.raw_path.partition(b"?")[0]))
        path = url.raw_path.decode("ascii")
        secrets = [path, url.path, asked] if open_to_all else [asked]
        return cls(
            url=url,
            shown=shown,
            collection=hashlib.sha256(hidden.encode()).hexdigest()[:12] if hidden.strip("/?") else "",
            secrets=tuple(one for one in secrets if len(one) >= _SHORTEST_SECRET),
        )


def checked(headers: Mapping[str, str], seal: Seal) -> dict[str, str]:
    """Headers of the user's. Raises :class:`ConfigurationError` for those that are ours."""
    taken = (
        {seal.header.lower()} if seal.scheme == "github" else {"authorization"} if seal.scheme == "bearer" else set()
    )
    for name, value in headers.items():
        _check_header(name)
        if _OURS.fullmatch(name) or name.lower() in taken:
            raise ConfigurationError(
                f"the header {name} is set by publisher itself", field="headers", hint="Leave it out."
            )
        if not isinstance(value, str) or not _VALUE.fullmatch(value):
            raise ConfigurationError(
                f"the value of the header {name} is not plain ASCII", field="headers", hint="Encode it first."
            )
    return dict(headers)


def _check_header(name: str) -> None:
    if not isinstance(name, str) or not _TOKEN.fullmatch(name):
        raise ConfigurationError(
            f"{name!r} cannot be the name of a header", field="headers", hint="Use letters and '-'."
        )
