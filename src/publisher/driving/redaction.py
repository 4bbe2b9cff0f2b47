"""Keeps secrets out of messages and logs.

While a target is being driven its secrets stand in a context variable; :func:`redact` takes them out of a text, and a
filter on the loggers of httpx and httpcore, which print URLs and headers, does the same for every record.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from urllib.parse import quote

import httpx

_secrets: ContextVar[tuple[str, ...]] = ContextVar("publisher_secrets", default=())

#: httpcore logs through one logger per part; a filter on their parent would not see their records.
_LOGGERS = (
    "httpx",
    "httpcore.connection",
    "httpcore.http11",
    "httpcore.http2",
    "httpcore.proxy",
    "httpcore.socks",
    "httpcore.request",
)

REDACTED = "[secret]"

#: What has fewer characters keeps nothing safe and stands in every other word: without it no text could be read, and
#: where it had stood would tell what it is. The credentials made of it, as in an Authorization header, are longer.
SHORTEST = 4


def redact(text: str) -> str:
    """``text`` without the secrets of the target that is being driven, those of fewer than four characters left out."""
    secrets = _secrets.get()
    if not any(secret in text for secret in secrets):
        return text
    # All at once, and past what was put in before: a secret may be a part of that very word.
    words = sorted((REDACTED, *secrets), key=len, reverse=True)
    return re.sub("|".join(map(re.escape, words)), REDACTED, text)


@contextmanager
def keeping_secret(secrets: Sequence[str]) -> Iterator[None]:
    """Inside, :func:`redact` and the logs of httpx and httpcore leave ``secrets`` out."""
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        if _filter not in logger.filters:
            logger.addFilter(_filter)
    # The longest first: a secret may be part of another, as a password is of its Basic credentials.
    forms = {form for secret in secrets for form in _forms(secret) if len(form.strip()) >= SHORTEST}
    known = sorted({*_secrets.get(), *forms}, key=len, reverse=True)
    token = _secrets.set(tuple(known))
    try:
        yield
    finally:
        _secrets.reset(token)


def _forms(secret: str) -> list[str]:
    """How a secret may be spelled in an address, a header or a repr."""
    in_address = str(httpx.QueryParams({"": secret}))[1:]
    return [secret, in_address, quote(secret), quote(secret, safe=""), repr(secret)[1:-1], secret.strip()]


class _Redacting(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        redacted = redact(message)
        if redacted != message:
            record.msg, record.args = redacted, ()
        return True


_filter = _Redacting()
