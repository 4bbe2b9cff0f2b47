"""Publishing to WordPress as a script does it: one POST per article, its tags looked for and made, and retries.

These are the peers of ``compare.py``, written with care: what has no good answer is tried three times, a tag that the
retry finds made already is taken, one bad article stops no other. What the first two do not have is a way to tell
whether the post stands there when its answer was lost; the third one looks each time.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import frontmatter
import httpx
import tenacity
from markdown_it import MarkdownIt


def no_good_answer(error: BaseException) -> bool:
    """A time-out, a closed connection, or an answer of 500 and above."""
    refused = isinstance(error, httpx.HTTPStatusError) and error.response.status_code >= 500
    return refused or isinstance(error, httpx.TransportError)


TRIES: Any = {
    "retry": tenacity.retry_if_exception(no_good_answer),
    "stop": tenacity.stop_after_attempt(3),
    "wait": tenacity.wait_exponential(multiplier=0.1),
    "reraise": True,
}


class Script:
    """Creates a post for each article of a folder."""

    def __init__(self, url: str, password: str, memory: Path) -> None:
        self.client = httpx.Client(base_url=f"{url}/wp-json/wp/v2/", auth=("admin", password), timeout=30)
        self.memory = memory
        self.tags: dict[str, int] = {}

    def publish(self, folder: Path) -> int:
        """Publish all articles; how many of them failed."""
        failed = 0
        with self.client:
            for file in sorted(folder.glob("*.md")):
                try:
                    self.place(file.stem, frontmatter.load(str(file)))
                except httpx.HTTPError:
                    failed += 1
        return failed

    def place(self, slug: str, article: frontmatter.Post) -> None:
        self.call("POST", "posts", json=self.post(slug, article)).raise_for_status()

    def post(self, slug: str, article: frontmatter.Post) -> dict[str, Any]:
        tags = [self.tag(name) for name in article["tags"]]
        content = MarkdownIt().render(article.content)
        return {"title": article["title"], "slug": slug, "status": "publish", "content": content, "tags": tags}

    def tag(self, name: str) -> int:
        if name not in self.tags:
            found = self.call("GET", "tags", params={"search": name, "per_page": 100}).raise_for_status().json()
            same = [row["id"] for row in found if row["name"] == name]
            self.tags[name] = same[0] if same else self.new_tag(name)
        return self.tags[name]

    def new_tag(self, name: str) -> int:
        answer = self.call("POST", "tags", json={"name": name})
        told = answer.json()
        if told.get("code") == "term_exists":  # the try before this one has made it
            return int(told["data"]["term_id"])
        answer.raise_for_status()
        return int(told["id"])

    @tenacity.retry(**TRIES)
    def call(self, method: str, path: str, **more: Any) -> httpx.Response:
        answer = self.client.request(method, path, **more)
        return answer.raise_for_status() if answer.status_code >= 500 else answer


class ScriptWithMemory(Script):
    """Keeps the ids of its posts in a JSON file, and updates a post whose id it knows."""

    def place(self, slug: str, article: frontmatter.Post) -> None:
        ids = json.loads(self.memory.read_text()) if self.memory.exists() else {}
        path = f"posts/{ids[slug]}" if slug in ids else "posts"
        answer = self.call("POST", path, json=self.post(slug, article)).raise_for_status()
        self.memory.write_text(json.dumps(ids | {slug: answer.json()["id"]}))


class ScriptThatLooks(Script):
    """Asks for the slug before each try, and updates what it finds."""

    @tenacity.retry(**TRIES)
    def place(self, slug: str, article: frontmatter.Post) -> None:
        found = self.client.get("posts", params={"slug": slug}).raise_for_status().json()
        path = f"posts/{found[0]['id']}" if found else "posts"
        self.client.post(path, json=self.post(slug, article)).raise_for_status()
