"""What can be said of a webhook without sending it anything."""

from __future__ import annotations

from collections.abc import Sequence

from publisher.backends.base import Guard, Known
from publisher.backends.steps import Flow, Lost, resolve
from publisher.backends.webhook.settings import Place, Seal
from publisher.models import Finding
from publisher.webhooks.signing import keys_of

#: Characters below which a secret that is any text may be guessed.
_SHORT = 16


def findings(place: Place, seal: Seal, guard: Guard | None, known: Known, gone: str) -> Flow[Sequence[Finding]]:
    """Its address, the scheme, the secrets, and whether the receiver asked for an end.

    Without a ``guard`` events go through a transport of the user's own, of which nothing is known.
    """
    if guard is None:
        what = "events go through a transport of your own: where they end up is not known here"
        found = [Finding(verdict="unknown", subject="address", what=what)]
    else:
        found = [*(yield from _addresses(place)), _transport(guard)]
    found += [_scheme(seal), *_secrets(seal)]
    if gone in known.facts:
        found.append(
            Finding(
                verdict="problem",
                subject="subscription",
                what="the receiver answered 410: it wants no more events, and gets none",
                remedy="Ask those who run it. If that was a mistake: publisher resume, or pass resume=True once.",
            )
        )
    return found


def _addresses(place: Place) -> Flow[list[Finding]]:
    port = place.url.port or (443 if place.url.scheme == "https" else 80)
    told = yield from resolve(place.url.host, port)
    if isinstance(told, Lost):
        return [
            Finding(verdict="problem", subject="address", what=told.why, remedy="Check the address and the network.")
        ]
    bad = [f"{one.ip}, which is {one.refused}" for one in told if one.refused]
    if bad:
        what = f"{place.url.host} leads to {'; '.join(bad)}: nothing is sent there"
        remedy = "Give the receiver a public address; on this machine, pass allow_private=True while developing."
        return [Finding(verdict="problem", subject="address", what=what, remedy=remedy)]
    what = f"{place.url.host} leads to {', '.join(one.ip for one in told)}"
    return [Finding(verdict="good", subject="address", what=what)]


def _transport(guard: Guard) -> Finding:
    loose = [name for name, on in (("allow_http", guard.allow_http), ("allow_private", guard.allow_private)) if on]
    if loose:
        what = f"{' and '.join(loose)} set: for development, and not for servers"
        return Finding(verdict="warning", subject="transport", what=what, remedy="Take it out before this goes live.")
    return Finding(verdict="good", subject="transport", what="https only, public addresses only, no redirects")


def _scheme(seal: Seal) -> Finding:
    if seal.scheme == "none":
        return Finding(
            verdict="warning",
            subject="scheme",
            what="nothing is signed: whoever learns the address can publish there",
            remedy="Use scheme='standard' if the receiver can check signatures.",
        )
    if seal.scheme == "standard":
        return Finding(verdict="good", subject="scheme", what="signed as Standard Webhooks v1: id, time and body")
    also = ", beside the headers of Standard Webhooks" if seal.standard else ""
    if seal.scheme == "github":
        what = f"signed as GitHub does it in {seal.header}{also}: that signature never grows old"
    else:
        what = "a token in the header Authorization: the body itself is not signed"
    return Finding(
        verdict="warning",
        subject="scheme",
        what=what,
        remedy="Use scheme='standard' if the receiver can; what is recorded can be sent again otherwise.",
    )


def _secrets(seal: Seal) -> list[Finding]:
    if seal.scheme == "standard":
        sizes = [len(key) for key in keys_of(seal.secrets)]
        what = f"{' and '.join(f'{size} bytes' for size in sizes)}"
        if len(sizes) > 1:
            remedy = "Take the old one out when every receiver has the new one."
            what = f"{len(sizes)} secrets are in use ({what})"
            return [Finding(verdict="warning", subject="secret", what=what, remedy=remedy)]
        return [Finding(verdict="good", subject="secret", what=what)]
    if seal.secrets and len(seal.secrets[0]) < _SHORT:
        what = f"the secret has {len(seal.secrets[0])} characters only"
        return [
            Finding(verdict="warning", subject="secret", what=what, remedy="Take 32 random ones: see new_secret().")
        ]
    return [Finding(verdict="good", subject="secret", what="long enough")] if seal.secrets else []
