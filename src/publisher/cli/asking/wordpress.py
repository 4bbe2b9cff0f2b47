"""What to ask about a WordPress site."""

from __future__ import annotations

from collections.abc import Mapping

from publisher.cli.asking.questions import Prompt
from publisher.cli.asking.secrets import Secrets

__all__ = ["ask"]


def ask(prompt: Prompt, secrets: Secrets) -> Mapping[str, str]:
    """Its address, the user, and an application password."""
    url = prompt.address("Address of the site, as visitors see it")
    username = prompt.text("username", "User name (the login or the e-mail)")
    called = "application password (wp-admin, Users, Profile, Application Passwords)"
    secrets.ask("app_password", called, url.partition("://")[2], str)
    return {"url": url, "username": username}
