"""The rig of the Memory backend: the truth is in the site's own tables."""

from __future__ import annotations

from collections.abc import Sequence

from publisher.backends.base import Backend
from publisher.backends.memory import Memory, MemorySite
from publisher.rendering.text import words
from publisher.testing import Copy, Rig


class MemoryRig(Rig):
    def __init__(self) -> None:
        super().__init__()
        self.site = MemorySite(lambda: self.clock.now())

    def backend(self) -> Backend:
        return Memory(site=self.site)

    def articles(self) -> Sequence[Copy]:
        return [
            Copy(row["id"], row["slug"], row["title"], words(row["body"]), shown=row["status"] == "published")
            for row in self.site.articles.values()
        ]

    def assets(self) -> Sequence[str]:
        return [row["name"] for row in self.site.assets.values()]

    def terms(self) -> Sequence[str]:
        return [row["name"] for row in self.site.terms.values()]

    def edit(self, remote_id: str, title: str | None) -> None:
        self.site.edit(remote_id, **({} if title is None else {"title": title}))

    def remove(self, remote_id: str) -> None:
        del self.site.articles[remote_id]

    def occupy(self, slug: str) -> str:
        fields = {"mark": "", "slug": slug, "title": "Somebody's", "body": "", "status": "published", "version": "0"}
        self.site.articles["foreign"] = {"id": "foreign", **fields}
        return "foreign"
