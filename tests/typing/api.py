"""Typical calls, checked by mypy and never run: what users write must keep its types."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from publisher import (
    Article,
    Asset,
    AsyncPublisher,
    Memory,
    Outcome,
    Publisher,
    PublisherError,
    Receipt,
    WordPress,
    delete,
    load_articles,
    plan,
    publish,
    publish_many,
    render,
    retry,
    status,
    unpublish,
)

blog = WordPress("https://blog.example.com", username="ana", app_password="…", body="blocks", timeout=10)
article = Article(title="Hello", body="Text", tags=("a",), assets={"a.png": Asset.from_bytes(b"", "a.png")})
receipt: Receipt = publish("post.md", blog, ledger=Path("ledger.db"))
url: str | None = receipt.url
outcomes: list[Outcome] = publish_many(["a.md", Path("b.md"), article], [blog, Memory()], on_conflict="overwrite")
for outcome in outcomes:
    error: PublisherError | None = outcome.error
reasons: list[str] = [planned.reason for planned in plan("posts", blog)]
receipt = publish("post.md", "blog")
outcomes = publish_many("posts", ["blog", blog])
in_detail: list[str] = [str(planned.differences) for planned in plan("posts", "blog", diff=True)]
states: list[str] = [article.state for article in status()]
outcomes = retry(["blog"], on_conflict="skip")
receipt = unpublish("a-key", blog)
receipt = delete(article, blog)
articles: Iterator[Article] = load_articles("posts")
html: str = render(article, "html")

with Publisher([blog], on_event=lambda event: print(event.detail)) as publisher:
    receipt = publisher.publish(article)

with Publisher("blog", refresh=True) as publisher:
    receipt = publisher.adopt("post.md", "17")
    moved: int = publisher.move_target("wordpress:old.example.com")


async def within_an_application() -> Receipt:
    async with AsyncPublisher(blog) as publisher:
        return await publisher.publish(article, blog)
