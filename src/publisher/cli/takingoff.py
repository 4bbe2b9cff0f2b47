"""What unpublish and delete share: one article, at each target that is meant."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import typer

from publisher.cli.asked import Asked
from publisher.cli.outcomes import say_outcomes
from publisher.errors import ConfigurationError, ContentError, PublisherError
from publisher.models import Action, Outcome, Receipt

if TYPE_CHECKING:
    from publisher import AsyncPublisher

__all__ = ["take_off"]


def take_off(
    asked: Asked, action: Action, article: str, one: Callable[[AsyncPublisher, str], Awaitable[Receipt]]
) -> typer.Exit:
    """Do it at one target after the other; a target that refuses stops no other."""

    async def at_all(publisher: AsyncPublisher) -> list[Outcome]:
        outcomes = []
        for name in asked.targets:
            try:
                outcomes.append(_done(await one(publisher, name)))
            except (ConfigurationError, ContentError):
                raise  # it is the same for every target
            except PublisherError as error:
                outcomes.append(Outcome(error.article or article, error.target or name, action, error=error))
        return outcomes

    return say_outcomes(asked.voice, str(action), asked.call(at_all))


def _done(receipt: Receipt) -> Outcome:
    return Outcome(receipt.key, receipt.target, receipt.action, receipt=receipt)
