"""What to ask about a WordPress site."""

from __future__ import annotations

from publisher.cli.asking.questions import Answers, Prompt

__all__ = ["ask"]


def ask(prompt: Prompt) -> Answers:
    """Its address, the user, and an application password."""
    url = prompt.address("Address of the site, as visitors see it")
    username = prompt.text("username", "User name (the login or the e-mail)")
    return Answers(
        {"url": url, "username": username},
        {"app_password": "application password (wp-admin, Users, Profile, Application Passwords)"},
    )
