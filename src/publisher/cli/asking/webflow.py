"""What to ask about a collection of a Webflow site."""

from __future__ import annotations

from publisher.cli.asking.questions import Answers, Prompt

__all__ = ["ask"]


def ask(prompt: Prompt) -> Answers:
    """The ids of the collection and its site, the addresses of its pages, and a token."""
    collection_id = prompt.text("collection_id", "Id of the collection (its settings in the CMS show it)")
    optional = {
        "site_id": prompt.text("site_id", "Id of the site (needed for images; empty for none)", ""),
        "url": prompt.text("url", "Address of a page, such as https://example.com/blog/{slug} (empty for none)", ""),
    }
    return Answers(
        {"collection_id": collection_id} | {name: value for name, value in optional.items() if value},
        {"token": "site token (site settings, Apps & integrations, API access)"},
    )
