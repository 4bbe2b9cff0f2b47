"""Typical calls, checked by mypy and never run: what users write must keep its types."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from publisher import (
    Article,
    Asset,
    AsyncPublisher,
    Checkup,
    Memory,
    Outcome,
    Publisher,
    PublisherError,
    Receipt,
    Webflow,
    Webhook,
    WordPress,
    check,
    delete,
    doctor,
    load_articles,
    plan,
    publish,
    publish_many,
    render,
    retry,
    status,
    unpublish,
)
from publisher.testing.cassettes import cassette
from publisher.webhooks import WebhookEvent, new_secret, sign, verify

blog = WordPress("https://blog.example.com", username="ana", app_password="…", body="blocks", timeout=10)
site = Webflow(token="…", collection_id="0" * 24, fields={"body": "post-body"}, url="https://example.com/{slug}")
hook = Webhook("https://example.com/hooks/articles", secret=["whsec_…", "whsec_…"], scheme="standard")
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
right: bool = check("posts", [blog, Memory()]).ok
lines: list[int | None] = [finding.line for finding in check(["a.md", article]).problems]
receipt = delete(article, blog)
checkup: Checkup = doctor(blog)
remedies: list[str] = [finding.remedy for finding in checkup.problems]
articles: Iterator[Article] = load_articles("posts")
html: str = render(article, "html")

secret: str = new_secret()
event: WebhookEvent = verify(secret, sign(secret, "msg_1", 1767323045, b"{}"), b"{}", tolerance=60, now=1767323045.0)

with Publisher([blog, hook], on_event=lambda event: print(event.detail)) as publisher:
    receipt = publisher.publish(article)
    checkup = publisher.doctor()


with cassette("tests/tapes/post.yaml", [blog], hide=["Ana"], ignore={"date"}) as tape:
    nothing_left: bool = not tape.left

with Publisher("blog", refresh=True) as publisher:
    receipt = publisher.adopt("post.md", "17")
    moved: int = publisher.move_target("wordpress:old.example.com")
    outcomes = publisher.retry(now=True)
    publisher.plan("posts", difs=True)  # type: ignore[call-arg]

Publisher("blog", on_conflct="skip")  # type: ignore[call-arg]


async def within_an_application() -> Receipt:
    async with AsyncPublisher(blog) as publisher:
        return await publisher.publish(article, blog)
