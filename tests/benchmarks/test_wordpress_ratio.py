"""Publishing to a real WordPress beside two scripts that do the same work by hand: 'make bench' prints the ratios."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from bakers_words import WORDS

from publisher import Article, WordPress, publish_many, render
from publisher.content import markdown

pytestmark = pytest.mark.real

ARTICLES, TAGS, AT_ONCE = 200, 30, 8

#: Rounds in which the contenders take turns, each at an empty site. What is asserted is the median of their ratios.
#: Other programs on the machine lower them: the serial script needs one core, everybody else all that PHP can get.
ROUNDS = 3


def article(number: int) -> Article:
    """About 3 KB of text with some markup, and three of thirty tags."""
    dice = random.Random(number)
    blocks = []
    for _ in range(8):
        words = dice.choices(WORDS, k=60)
        words[dice.randrange(60)] = "[the page](https://example.com/page)"
        words[dice.randrange(60)] = "*really*"
        blocks.append(" ".join(words))
    blocks.insert(4, "## Later\n\n- one\n- two\n\n```python\nbread = flour + water\n```")
    return Article(
        title=f"Article {number}",
        slug=f"article-{number}",
        body="\n\n".join(blocks),
        tags=[f"Tag {tag}" for tag in dice.sample(range(TAGS), k=3)],
    )


def ours(site: Any, articles: list[Article], ledger: Path) -> None:
    """publish_many, with a ledger on disk."""
    blog = WordPress(site.url, username="admin", app_password=site.users["admin"])
    for outcome in publish_many(articles, blog, ledger=ledger):
        outcome.unwrap()


def serially(site: Any, articles: list[Article], ledger: Path) -> None:
    """A careful script with one httpx.Client: finds or makes each tag once, then creates one post after the other."""
    with httpx.Client(**_settings(site)) as client:
        known: dict[str, int] = {}
        for one in articles:
            for tag in one.tags:
                if tag not in known:
                    found = _checked(client.get("tags", params=_search(tag)))
                    known[tag] = _id_in(found, tag) or _checked(client.post("tags", json={"name": tag}))["id"]
            _checked(client.post("posts", params={"_fields": "id,link"}, json=_post(one, known)))


def side_by_side(site: Any, articles: list[Article], ledger: Path) -> None:
    """The same script with an httpx.AsyncClient and eight requests at a time: first the tags, then the posts."""
    anyio.run(_side_by_side, site, articles)


async def _side_by_side(site: Any, articles: list[Article]) -> None:
    known: dict[str, int] = {}
    slots = anyio.CapacityLimiter(AT_ONCE)
    async with httpx.AsyncClient(**_settings(site)) as client:

        async def place(tag: str) -> None:
            async with slots:
                found = _checked(await client.get("tags", params=_search(tag)))
                known[tag] = _id_in(found, tag) or _checked(await client.post("tags", json={"name": tag}))["id"]

        async def create(one: Article) -> None:
            async with slots:
                _checked(await client.post("posts", params={"_fields": "id,link"}, json=_post(one, known)))

        async with anyio.create_task_group() as group:
            for tag in dict.fromkeys(tag for one in articles for tag in one.tags):
                group.start_soon(place, tag)
        async with anyio.create_task_group() as group:
            for one in articles:
                group.start_soon(create, one)


CONTENDERS: tuple[Callable[[Any, list[Article], Path], None], ...] = (ours, serially, side_by_side)


def test_folder_is_published_faster_than_by_hand(wordpress_server: Any, tmp_path: Path) -> None:
    """200 text articles with tags: at least 2.5 times as fast as one by one, and not slower than eight at once."""
    articles = [article(number) for number in range(ARTICLES)]
    # What is imported at the first use, and what PHP has to compile, is nobody's time.
    for contender in CONTENDERS:
        wordpress_server.reset()
        contender(wordpress_server, articles[:2], tmp_path / "warm.db")
    ratios: dict[str, list[float]] = {"serially": [], "side_by_side": []}
    for number in range(ROUNDS):
        seconds: dict[str, float] = {}
        # Each contender is the first one now and then, so that no one always follows the same other.
        for contender in CONTENDERS[number % 3 :] + CONTENDERS[: number % 3]:
            wordpress_server.reset()
            markdown.parse.forget()
            began = time.monotonic()
            contender(wordpress_server, articles, tmp_path / f"{number}.db")
            seconds[contender.__name__] = time.monotonic() - began
            assert _standing(wordpress_server) == (ARTICLES, TAGS)
        for peer, found in ratios.items():
            found.append(seconds[peer] / seconds["ours"])
        print(f"\nround {number + 1}: {', '.join(f'{name} {took:.1f} s' for name, took in seconds.items())}", end="")
    serial, parallel = (statistics.median(found) for found in ratios.values())
    for peer, found in ratios.items():
        print(f"\n{peer} / publish_many: {', '.join(f'{ratio:.2f}' for ratio in found)}", end="")
    print(f"\n200 new articles: {serial:.2f} times as fast as one by one, {parallel:.2f} times as eight at once")
    assert serial >= 2.5
    assert parallel >= 1.0


def _settings(site: Any) -> dict[str, Any]:
    return {
        "base_url": f"{site.url}/wp-json/wp/v2/",
        "auth": ("admin", site.users["admin"]),
        "headers": {"Accept": "application/json"},
        "timeout": 60,
    }


def _search(tag: str) -> dict[str, str]:
    return {"search": tag, "per_page": "100", "_fields": "id,name"}


def _id_in(found: list[dict[str, Any]], tag: str) -> int | None:
    return next((row["id"] for row in found if row["name"] == tag), None)


def _post(one: Article, known: dict[str, int]) -> dict[str, Any]:
    return {
        "title": one.title,
        "slug": one.slug,
        "status": "publish",
        "content": render(one, "blocks"),
        "tags": [known[tag] for tag in one.tags],
    }


def _checked(answer: httpx.Response) -> Any:
    answer.raise_for_status()
    return answer.json()


def _standing(site: Any) -> tuple[int, int]:
    """How many posts and tags the site has, by its own count, besides the post that every WordPress begins with."""
    auth = ("admin", site.users["admin"])
    counts = [
        int(httpx.get(f"{site.url}/wp-json/wp/v2/{route}?_fields=id", auth=auth).headers["x-wp-total"])
        for route in ("posts", "tags")
    ]
    return counts[0] - 1, counts[1]
