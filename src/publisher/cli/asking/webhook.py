"""What to ask about an endpoint of one's own that takes signed webhooks."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from publisher.backends.webhook.settings import Place, Seal
from publisher.cli.asking.questions import Prompt, with_scheme
from publisher.cli.asking.secrets import Secrets
from publisher.errors import ConfigurationError
from publisher.webhooks import new_secret
from publisher.webhooks.signing import GITHUB_HEADER

__all__ = ["ask"]


def ask(prompt: Prompt, secrets: Secrets) -> Mapping[str, str | bool]:
    """Its address, how deliveries are made genuine, and the secret for that: a new one unless it has one."""
    url = prompt.text("url", "Address that takes the events", usable=_address)
    settings: dict[str, str | bool] = {"url": url}
    if url.startswith("http://"):
        question = "It has no https. Is it on this machine or in your own network, to develop with?"
        if not prompt.yes("development", question):
            raise ConfigurationError(
                "events are sent over https only",
                field="url",
                hint="Give the address with https; to develop with http, answer y or give --set development=yes.",
            )
        settings |= {"allow_http": True, "allow_private": True}
    scheme = prompt.text("scheme", "How events are signed: standard, github, bearer or none", "standard", _scheme)
    if scheme != "standard":
        settings["scheme"] = scheme
    if scheme != "none":
        called = "secret that the receiver has (Enter for a new one)"
        place = url.partition("://")[2].partition("?")[0]
        secrets.ask("secret", called, place, partial(_checked, scheme), new=new_secret)
    return settings


def _address(answer: str) -> str:
    """An address; https where no scheme is given. Raises :class:`ConfigurationError` for what is none."""
    url = with_scheme(answer)
    Place.of(url, open_to_all=False, allow_http=True)
    return url


def _scheme(answer: str) -> str:
    said = answer.strip()
    if said not in ("standard", "github", "bearer", "none"):
        raise ConfigurationError(
            f"there is no scheme {said!r}", field="scheme", hint="Answer standard, github, bearer or none."
        )
    return said


def _checked(scheme: str, secret: str) -> None:
    """Raises :class:`ConfigurationError` for what cannot be a secret of the scheme."""
    Seal.made(scheme, secret, GITHUB_HEADER)
