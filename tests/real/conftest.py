"""What the tests on the real WordPress share: an author's desk, and hands in wp-admin."""

from __future__ import annotations

import html
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import anyio.lowlevel
import httpx
import pytest
from PIL import Image
from wordpress_rig import WordPressRig

from publisher import Article, Publisher, WordPress
from publisher.driving.clock import SystemClock
from publisher.testing import FaultyTransport, make_faulty

POSTS = """SELECT ID, post_name, post_title, post_status, post_date, post_date_gmt, post_excerpt FROM wp_posts
    WHERE post_type = 'post' AND post_status NOT IN ('auto-draft', 'trash') AND ID <> 1 ORDER BY ID"""
TERMS_OF = """SELECT name FROM wp_term_relationships JOIN wp_term_taxonomy USING (term_taxonomy_id)
    JOIN wp_terms USING (term_id) WHERE taxonomy = '{}' AND object_id = {} ORDER BY name"""
ROW = """SELECT ID AS id, post_type AS type, post_name AS slug, post_title AS title, post_content AS content,
    post_excerpt AS excerpt, post_status AS status, post_date AS date, post_date_gmt AS date_gmt, post_parent AS parent,
    post_author AS author FROM wp_posts WHERE ID = ?"""


class Hasty(SystemClock):
    """The machine's clock, but pauses between tries take no time: it is ahead by all of them."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def now(self) -> float:
        return super().now() + self.ahead

    async def sleep(self, seconds: float) -> None:
        self.ahead += seconds
        await anyio.lowlevel.checkpoint()


class Desk:
    """One author's desk: a site, a folder with a ledger in it, and a way to publish."""

    def __init__(self, site, folder: Path) -> None:
        self.site, self.folder, self.rig = site, folder, WordPressRig(site)
        self.ledger = folder / "ledger" / "ledger.db"

    def blog(self, user="admin", url="", **settings):
        settings = {"settle": 1, "timeout": 20, "app_password": self.site.users.get(user, "none")} | settings
        return WordPress(url or self.site.url, username=user, **settings)

    def counted(self, user="admin", **settings) -> tuple[WordPress, FaultyTransport]:
        """A blog, and the requests that it gets."""
        backend = self.blog(user, **settings)
        return backend, make_faulty(backend, SystemClock())

    def article(self, body="Its words.", **fields) -> Article:
        return Article(**{"title": "A title", "key": "a-key", "body": body} | fields)

    def articles(self, number: int, **fields) -> list[Article]:
        names = [f"number-{one:03}" for one in range(number)]
        return [self.article(f"Words of {name}.", key=name, title=name.title(), slug=name, **fields) for name in names]

    def publish(self, article, backend=None, **settings):
        with Publisher(ledger=self.ledger, **{"deadline": 30} | settings) as publisher:
            return publisher.publish(article, backend or self.blog())

    def publish_many(self, articles, backend=None, deadline=60, **settings):
        with Publisher(ledger=self.ledger, deadline=deadline, **settings) as publisher:
            return publisher.publish_many(articles, backend or self.blog())

    def unpublish(self, article, backend=None, **settings):
        with Publisher(ledger=self.ledger, **{"deadline": 30} | settings) as publisher:
            return publisher.unpublish(article, backend or self.blog())

    def delete(self, article, backend=None, *, force=False, **settings):
        with Publisher(ledger=self.ledger, **{"deadline": 30} | settings) as publisher:
            return publisher.delete(article, backend or self.blog(), force=force)

    def lose_the_ledger(self):
        for file in self.ledger.parent.glob("ledger.db*"):
            file.unlink()

    def write(self, name, text):
        (self.folder / name).write_text(text)
        return self.folder / name

    def draw(self, name, size=(30, 20), color="red"):
        Image.new("RGB", size, color).save(self.folder / name)

    def sql(self, query, *values):
        with closing(sqlite3.connect(self.site.database, timeout=10)) as database, database:
            return database.execute(query, values).fetchall()

    def posts(self):
        return self.sql(POSTS)

    def row(self, receipt) -> dict[str, Any] | None:
        """What the database holds of a post, whatever its type and status; None for nothing."""
        with closing(sqlite3.connect(self.site.database, timeout=10)) as database:
            database.row_factory = sqlite3.Row
            found = database.execute(ROW, [receipt.remote_id]).fetchone()
        return None if found is None else dict(found)

    def meta(self, receipt, name: str) -> str | None:
        """The value of a post's meta key."""
        found = self.sql(
            "SELECT meta_value FROM wp_postmeta WHERE post_id = ? AND meta_key = ?", receipt.remote_id, name
        )
        return found[0][0] if found else None

    def terms(self, receipt, kind="post_tag"):
        return {html.unescape(name) for (name,) in self.sql(TERMS_OF.format(kind, receipt.remote_id))}

    def by_hand(self, route, **fields):
        return self.rig._post(route, fields)

    def as_user(self, user: str, route: str, **fields) -> Any:
        """A POST by a user of the site, as wp-admin's own screens send it."""
        auth = (user, self.site.users[user])
        answer = httpx.post(f"{self.site.url}/wp-json/wp/v2/{route}", json=fields, auth=auth)
        answer.raise_for_status()
        return answer.json()

    def ask(self, address: str) -> Any:
        """The JSON that an address of the site answers a visitor."""
        return httpx.get(f"{self.site.url}{address}").json()

    def new_user(self, login: str, role: str = "author", name: str = "") -> int:
        """The id of a new user; ``name`` is the display name."""
        fields = {"username": login, "email": f"{login}@example.test", "password": "long enough", "roles": [role]}
        return self.as_user("admin", "users", **fields, name=name or login)["id"]


@pytest.fixture
def hasty():
    """A clock for a site that has to be tried again and again."""
    return Hasty()


@pytest.fixture
def desk(wordpress, tmp_path):
    """A clean site and a clean folder."""
    (tmp_path / "ledger").mkdir()
    return Desk(wordpress, tmp_path)
