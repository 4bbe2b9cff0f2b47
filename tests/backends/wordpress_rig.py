"""The rig of the WordPress backend: the truth is in the database, not in the API."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from typing import Any

import httpx

from publisher.backends.base import Backend
from publisher.backends.wordpress import WordPress
from publisher.rendering.text import words
from publisher.testing import Copy, FakeClock, Rig

ARTICLES = """SELECT ID, post_name, post_title, post_content, post_status FROM wp_posts
    WHERE post_type = 'post' AND post_status NOT IN ('trash', 'auto-draft') AND ID <> 1 ORDER BY ID"""
ASSETS = "SELECT post_title FROM wp_posts WHERE post_type = 'attachment' ORDER BY ID"
TERMS = """SELECT name FROM wp_terms JOIN wp_term_taxonomy USING (term_id)
    WHERE taxonomy IN ('post_tag', 'category') AND term_id <> 1 ORDER BY term_id"""


class WordPressRig(Rig):
    def __init__(self, site: Any, user: str = "admin", **settings: Any) -> None:
        self.site = site
        self.user = user
        self.settings = {"settle": 60.0} | settings
        # A day behind: a run that waits moves this clock, and a post must never be dated in the server's future.
        self.clock = FakeClock(time.time() - 86_400)

    def backend(self) -> Backend:
        password = self.site.users[self.user]
        return WordPress(self.site.url, username=self.user, app_password=password, **self.settings)

    def articles(self) -> Sequence[Copy]:
        return [
            Copy(str(row[0]), row[1], row[2], words(row[3]), shown=row[4] == "publish") for row in self._rows(ARTICLES)
        ]

    def assets(self) -> Sequence[str]:
        return [row[0] for row in self._rows(ASSETS)]

    def terms(self) -> Sequence[str]:
        return [row[0] for row in self._rows(TERMS)]

    def edit(self, remote_id: str, title: str | None) -> None:
        self._post(f"posts/{remote_id}", {} if title is None else {"title": title})

    def remove(self, remote_id: str) -> None:
        self._post(f"posts/{remote_id}?_method=DELETE", {})

    def occupy(self, slug: str) -> str:
        fields = {"slug": slug, "title": "Somebody's", "content": "Not ours.", "status": "publish"}
        return str(self._post("posts", fields)["id"])

    def _post(self, route: str, fields: dict[str, Any]) -> Any:
        auth = ("editor", self.site.users["editor"])
        answer = httpx.post(f"{self.site.url}/wp-json/wp/v2/{route}", json=fields, auth=auth)
        answer.raise_for_status()
        return answer.json()

    def _rows(self, query: str) -> list[Any]:
        with closing(sqlite3.connect(f"file:{self.site.database}?mode=ro", uri=True, timeout=10)) as database:
            return database.execute(query).fetchall()
