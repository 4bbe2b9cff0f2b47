"""What ``publisher init`` asks, a module for each kind of target.

A module has ``ask(prompt, secrets)``, which returns the settings as they go into publisher.toml: texts, yes or no, and
tables of texts. To teach init another kind, write one and name it in :data:`KINDS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module

from publisher.cli.asking.questions import Prompt
from publisher.cli.asking.secrets import Secrets, Store

__all__ = ["KINDS", "Prompt", "Secrets", "Setting", "Store", "questions_for"]

Setting = str | bool | Mapping[str, str]

#: The kinds that init can ask about, in the order in which it offers them, and the modules with their questions.
KINDS: Mapping[str, str] = {
    "wordpress": "publisher.cli.asking.wordpress",
    "webflow": "publisher.cli.asking.webflow",
    "webhook": "publisher.cli.asking.webhook",
}


def questions_for(kind: str) -> Callable[[Prompt, Secrets], Mapping[str, Setting]]:
    """The questions of a kind of :data:`KINDS`."""
    ask: Callable[[Prompt, Secrets], Mapping[str, Setting]] = import_module(KINDS[kind]).ask
    return ask
