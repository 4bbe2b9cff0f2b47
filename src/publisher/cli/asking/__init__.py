"""What ``publisher init`` asks, a module for each kind of target.

A module has ``ask(prompt) -> Answers``. To teach init another kind, write one and name it in :data:`KINDS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module

from publisher.cli.asking.questions import Answers, Prompt

__all__ = ["KINDS", "Answers", "Prompt", "questions_for"]

#: The kinds that init can ask about, in the order in which it offers them, and the modules with their questions.
KINDS: Mapping[str, str] = {
    "wordpress": "publisher.cli.asking.wordpress",
    "webflow": "publisher.cli.asking.webflow",
    "webhook": "publisher.cli.asking.webhook",
}


def questions_for(kind: str) -> Callable[[Prompt], Answers]:
    """The questions of a kind of :data:`KINDS`."""
    ask: Callable[[Prompt], Answers] = import_module(KINDS[kind]).ask
    return ask
