"""Publishes a folder of Markdown articles to the blog collection of a Webflow site.

    WEBFLOW_TOKEN=… WEBFLOW_COLLECTION=… python examples/webflow/publish_blog.py examples/articles
    python examples/webflow/publish_blog.py examples/articles --simulated

Run it again and nothing is sent. Articles with a date in the future are stored and stay unseen until a run after that
date shows them, so let it run every hour, by cron or CI. ``--simulated`` talks to a Webflow in memory (needs the extra
``testing``), to see what it does without an account.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from publisher import Publisher, Webflow

#: Which field of the collection takes what. What is not said here is guessed by name and type.
FIELDS = {
    "body": "post-body",
    "cover": "main-image",
    "excerpt": "excerpt",
    "key": "source-id",  # a hidden plain text field: by it articles are known again should the ledger be lost
    "meta.kind": "kind",  # an Option: write meta: {kind: Tutorial} in an article
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--simulated", action="store_true", help="publish to a Webflow in memory")
    chosen = parser.parse_args()
    with simulated() if chosen.simulated else given() as blog, Publisher(blog) as publisher:
        print(publisher.plan(chosen.folder))
        outcomes = publisher.publish_many(chosen.folder)
    for outcome in outcomes:
        print(outcome.receipt or f"failed {outcome.key}: {outcome.error}")
    return 0 if all(outcome.ok for outcome in outcomes) else 1


@contextmanager
def given() -> Iterator[Webflow]:
    """The site that the environment names."""
    yield Webflow(
        token=os.environ["WEBFLOW_TOKEN"],
        collection_id=os.environ["WEBFLOW_COLLECTION"],
        fields=FIELDS,
        url=os.environ.get("WEBFLOW_URL", "https://www.example.com/blog/{slug}"),
        base_url=os.environ.get("WEBFLOW_API", "https://api.webflow.com/v2"),
    )


@contextmanager
def simulated() -> Iterator[Webflow]:
    """A site in memory with such a collection, gone when the program ends."""
    from publisher.testing import WebflowSimulator

    simulator = WebflowSimulator()
    yield Webflow(
        token=simulator.token,
        collection_id=simulator.add_blog().posts,
        fields=FIELDS,
        url="https://www.example.com/blog/{slug}",
        transport=simulator.transport(),
    )


if __name__ == "__main__":
    sys.exit(main())
