"""The site in a real browser: readable on a telephone and on a desk, and nothing in an article runs."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import uvicorn
from node_packages import installed, needed, node

from publisher import Article, Webhook, load_articles, publish_many
from publisher.receiver import HOOK, make_site
from publisher.testing.rig import picture
from publisher.webhooks import new_secret

pytestmark = pytest.mark.real

HERE = Path(__file__).parent
ARTICLES = HERE.parents[1] / "examples" / "articles"

WIDE = f"| {' | '.join(f'A heading {number}' for number in range(12))} |\n|{'---|' * 12}\n| {'content |' * 12}"
WORD = "Donaudampfschiffahrtsgesellschaftskapitänspatent"
HARD = f"""
Words that do not end: {WORD * 4}, https://example.org/{"a/b" * 60}

{WIDE}

```python
{"very_long_line_of_code()  # " * 12}
```

![A picture](a.png "With a caption")

> A quotation[^1]

- [x] a task

[^1]: A footnote.
"""
# Raw HTML that is trusted on its way: what makes it harmless is the receiver alone.
BAD = """
<script>window.ran = true</script>

<p onclick="window.ran = true"><img src="http://127.0.0.1:9/missing.png" onerror="window.ran = true"></p>

<a href="javascript:window.ran = true">a</a> <a href="JaVaScRiPt&colon;alert(1)">b</a>

<svg onload="window.ran = true"><animate onbegin="window.ran = true" /></svg>

<iframe srcdoc="<script>parent.ran = true</script>"></iframe> <iframe src="javascript:parent.ran = true"></iframe>


<form action="/x"><button autofocus onfocus="window.ran = true">c</button></form>
"""


@dataclass(frozen=True)
class Seen:
    """What a reader would notice. The fields are those of looking.mjs."""

    overflow: int
    images: int
    broken: list[str]
    small: list[str]
    ran: bool
    refused: list[str]


@contextmanager
def serving(site: Any) -> Iterator[str]:
    """An ASGI application on a real port; its address."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(site, log_level="warning", lifespan="off"))
        thread = Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture
def look(browser):
    """Opens pages; what is seen of each. With PUBLISHER_PICTURES set their pictures go there."""
    pictures = os.environ.get("PUBLISHER_PICTURES")

    def looked(pages: list[dict[str, Any]]) -> list[Seen]:
        with needed("a look at the site in a browser"):
            command = [node(), str(HERE / "looking.mjs"), str(installed("browser")), browser]
        asked = [
            page | ({"picture": str(Path(pictures) / f"site-{number}.png")} if pictures else {})
            for number, page in enumerate(pages)
        ]
        done = subprocess.run(command, input=json.dumps({"pages": asked}), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return [Seen(**json.loads(line)) for line in done.stdout.splitlines()]

    return looked


@pytest.fixture
def site(tmp_path):
    """A site with the articles of the demo, one that is hard to show and one that is bad; its address."""
    secret = new_secret()
    shutil.copytree(ARTICLES, tmp_path / "articles")
    articles = [
        *load_articles(tmp_path / "articles"),
        Article(title=f"The {WORD}", slug="hard", body=HARD, assets={"a.png": picture(1)}),
        Article(title="Bad", key="bad", body=BAD),
    ]  # fmt: skip
    with serving(make_site(tmp_path / "site", secret, title="The Reading Room")) as url:
        hook = Webhook(url + HOOK, secret=secret, allow_http=True, allow_private=True)
        for outcome in publish_many(articles, hook, ledger=tmp_path / "ledger.db"):
            outcome.unwrap()
        yield url


def test_every_page_is_readable_on_a_telephone_and_on_a_desk(site, look):
    """Nothing is wider than the screen, all images are there, no text is tiny, and no style is refused."""
    paths = ["/", "/articles/hard", "/deliveries"]
    pages = [{"url": site + path, "width": width} for path in paths for width in (390, 1280)]
    seen = look(pages)
    assert len(seen) == len(pages)
    for page, one in zip(pages, seen, strict=True):
        assert (page, one.overflow, one.broken, one.small, one.refused) == (page, 0, [], [], [])
    assert [one.images >= 1 for one in seen] == [True] * 4 + [False] * 2


def test_nothing_in_an_article_runs(site, look):
    """No script, no handler, no address that is one; all of it travelled to the receiver as the author wrote it."""
    [seen] = look([{"url": f"{site}/articles/bad", "width": 1280}])
    assert seen.ran is False
    assert seen.overflow == 0


def test_the_browser_of_these_tests_does_run_what_a_careless_site_shows(look):
    """So that the test above can fail: the same article, as a site shows it that trusts its author."""
    page = f"<!doctype html><title>Careless</title><div class='prose'>{BAD}</div>"

    async def careless(scope, receive, send):
        start = {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]}
        await send(start)
        await send({"type": "http.response.body", "body": page.encode()})

    with serving(careless) as url:
        [seen] = look([{"url": url, "width": 390}])
    assert seen.ran is True
