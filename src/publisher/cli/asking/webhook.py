"""What to ask about an endpoint of one's own that takes signed webhooks."""

from __future__ import annotations

from publisher.cli.asking.questions import Answers, Prompt

__all__ = ["ask"]


def ask(prompt: Prompt) -> Answers:
    """Its address, and the secret that it signs with."""
    return Answers(
        {"url": prompt.address("Address of the endpoint")},
        {"secret": "secret of the endpoint, which begins with whsec_"},
    )
