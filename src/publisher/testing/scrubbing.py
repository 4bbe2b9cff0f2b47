"""What may be written on a tape: everything that could be a secret is taken out of it first.

Headers are kept only where they are known to be harmless. In addresses and bodies the target's own secrets are replaced
in every spelling, and beside them what looks like one, or like somebody's e-mail address.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import quote

import httpx

from publisher.errors import ConfigurationError

__all__ = ["HIDDEN", "Scrubber"]

#: What stands in the place of a secret, and of an e-mail address.
HIDDEN = "hidden"
SOMEBODY = "somebody@example.com"

#: The headers that are kept, in lower case; all others are left out.
HEADERS = frozenset(
    {
        *(
            "accept",
            "allow",
            "content-disposition",
            "content-type",
            "date",
            "etag",
            "last-modified",
            "link",
            "location",
        ),
        *("retry-after", "x-http-method-override", "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"),
        *("x-wp-total", "x-wp-totalpages"),
    }
)

#: A shorter one cannot be told from the text around it.
SHORTEST = 6

# Whatever has such a word in its name. All is bounded: looking for an end that is not there must be quick.
_NAMES = (
    r"[\w.-]{0,60}(?:passw(?:or)?d|secret|token|nonce|authori[sz]ation|api[_-]?key|cookie|session|signature|credential"
    r"|policy)[\w.-]{0,60}"
)
_NAME = re.compile(_NAMES, re.IGNORECASE)
# In the query of an address, in HTML and scripts: name=value, "name": "value".
_IN_ADDRESS = re.compile(rf"(?P<name>[?&;]{_NAMES}=)[^&\"'\s#<>\\]+", re.IGNORECASE)
_IN_SCRIPT = re.compile(rf"(?P<name>\b{_NAMES}(?P<q>\\?[\"']?)\s*[:=]\s*)(?P<v>\\?[\"'])[^\"'\\]+", re.IGNORECASE)
# An address with a picture's extension is the name of a file: image@2x.png.
_EMAIL = re.compile(
    r"[\w.+-]{1,64}(?:@|%40|\\u0040|&#0?64;)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+"
    r"(?!(?:png|jpe?g|gif|webp|avif|svg)\b)[a-z]{2,}",
    re.IGNORECASE,
)
# The digest of an e-mail address, by which it can be guessed.
_GRAVATAR = re.compile(r"(gravatar\.com(?:\\?/)avatar(?:\\?/))[0-9a-f]{32,64}", re.IGNORECASE)


class Scrubber:
    """Takes secrets out of what is about to be written down.

    ``secrets`` are replaced wherever they stand; ``rename`` maps the beginning of an address to the one that is written
    in its place. Raises :class:`ConfigurationError` for a secret that is too short to be found.
    """

    def __init__(self, secrets: Iterable[str] = (), rename: Mapping[str, str] | None = None) -> None:
        hidden = {form for secret in secrets if secret.strip() for form in _forms(secret)}
        # The longest first: one may be part of another.
        self._secrets = sorted(hidden, key=len, reverse=True)
        self._renamed = [pair for old, new in (rename or {}).items() for pair in _renamings(old, new)]

    def text(self, said: str) -> str:
        """A text as it may be written down."""
        for secret in self._secrets:
            said = said.replace(secret, HIDDEN)
        for old, new in self._renamed:
            said = said.replace(old, new)
        said = _GRAVATAR.sub(lambda found: found[1] + "0" * 32, said)
        said = _EMAIL.sub(SOMEBODY, said)
        said = _IN_ADDRESS.sub(lambda found: found["name"] + HIDDEN, said)
        return _IN_SCRIPT.sub(lambda found: found["name"] + found["v"] + HIDDEN, said)

    def headers(self, headers: httpx.Headers) -> dict[str, list[str]]:
        """Those headers that are kept."""
        return {
            name: [self.text(value) for value in headers.get_list(name)] for name in headers if name.lower() in HEADERS
        }

    def body(self, content: bytes, content_type: str, shorten: Callable[[Any], Any] = lambda value: value) -> bytes:
        """A body. Files are not kept, only what they were: they need not be the same with another encoder.

        ``shorten`` answers what is kept of JSON.
        """
        try:
            said = content.decode()
        except UnicodeDecodeError:
            return f"({content_type.partition(';')[0] or 'a file'})".encode()
        try:
            value = json.loads(said)
        except ValueError:
            return self.text(said).encode()
        return json.dumps(self._value(shorten(value)), indent=1).encode()

    def _value(self, value: Any, name: str = "") -> Any:
        match value:
            case dict():
                return {self.text(key): self._value(one, key) for key, one in value.items()}
            case list():
                return [self._value(one, name) for one in value]
            case str() if value and _NAME.fullmatch(name):
                return HIDDEN
            case str() if value and name.lower().endswith("email"):
                return SOMEBODY
            case str():
                return self.text(value)
        return value

    def still_in(self, written: str) -> bool:
        """Whether a secret stands in a text all the same."""
        return any(secret in written for secret in self._secrets)


def _forms(secret: str) -> set[str]:
    """How a secret may be spelled: in an address, a form, JSON, HTML, a header or Base64."""
    if len(secret.strip()) < SHORTEST:
        raise ConfigurationError(
            f"a secret of {len(secret.strip())} characters cannot be told from other text",
            hint=f"Record with credentials of at least {SHORTEST} characters.",
        )
    plain = {secret, secret.strip(), secret.replace(" ", "")}
    spelled = {
        form
        for one in plain
        for form in (
            one,
            quote(one),
            quote(one, safe=""),
            str(httpx.QueryParams({"": one}))[1:],
            json.dumps(one)[1:-1],
            json.dumps(one).replace("/", "\\/")[1:-1],
            json.dumps(one, ensure_ascii=False)[1:-1],
            repr(one)[1:-1],
        )
    }
    return spelled | {base64.b64encode(one.encode()).decode() for one in plain}


def _renamings(old: str, new: str) -> list[tuple[str, str]]:
    """An address in its spellings, and then what is left of its host alone."""
    old, new = old.rstrip("/"), new.rstrip("/")
    pairs = [(old, new), (old.replace("/", "\\/"), new.replace("/", "\\/")), (quote(old, safe=""), quote(new, safe=""))]
    hosts = httpx.URL(old).netloc.decode(), httpx.URL(new).netloc.decode()
    return [*pairs, hosts]
