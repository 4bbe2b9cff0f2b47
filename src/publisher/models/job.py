"""Job, Intent, Publication: what shall happen at a target, what was tried, and what stands there."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Literal, NamedTuple

from pydantic import Field

from publisher.models.article import Article
from publisher.models.base import Noun

#: What a request does at the target: nothing, the same thing however often it arrives, or a new thing every time.
Effect = Literal["read", "replace", "create"]


class Action(StrEnum):
    """What a plan says about one article at one target."""

    CREATE = "create"
    UPDATE = "update"
    UNPUBLISH = "unpublish"
    DELETE = "delete"
    NO_OP = "no-op"
    CONFLICT = "conflict"
    IN_DOUBT = "in doubt"
    BLOCKED = "blocked"


class Subject(NamedTuple):
    """One thing at a target that requests are about: an article by key, an asset by id, a term by its name, a fact."""

    kind: Literal["article", "asset", "term", "fact"]
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name!r}"


class Job(Noun):
    """One action to carry out at one target. Serialisable: another process may carry it out.

    ``revision`` only grows (Unix milliseconds at least); ``created`` is Unix seconds; ``wish`` is the digest of what
    shall stand at the target, ``renderer`` the version of the rendering that will write it. ``article`` is None for an
    unpublish or delete that names only a key. ``force`` deletes for good where a delete moves to the trash.
    """

    id: str
    target: str
    key: str
    slug: str
    revision: int
    action: Action
    wish: str
    renderer: str
    created: float
    article: Article | None = None
    force: bool = False

    @property
    def subject(self) -> Subject:
        return Subject("article", self.key)

    @staticmethod
    def identify(target: str, key: str, revision: int) -> str:
        """The job id that follows from target, key and revision."""
        about = hashlib.sha256(f"{target}\n{key}".encode()).hexdigest()[:16]
        return f"{about}-{revision}"


class Intent(Noun):
    """One attempt as it was journaled before its request left: enough to recognise its effect later.

    ``evidence`` is the backend's own: what it will look for. ``sent_at`` is Unix seconds. ``job`` is None for an
    attempt about an asset or a term.
    """

    subject: Subject
    effect: Effect
    evidence: Mapping[str, Any] = Field(default_factory=dict)
    sent_at: float
    job: Job | None = None


class Publication(Noun):
    """What we last wrote about one article at one target, and what the target said then.

    ``version`` is the target's version token; ``baseline`` holds the fields that we own as the target returned them.
    ``wish`` is empty where the article was adopted and has yet to be written once more.
    """

    key: str
    remote_id: str
    url: str | None = None
    version: str = ""
    slug: str = ""
    status: str = ""
    baseline: Mapping[str, Any] = Field(default_factory=dict)
    wish: str = ""
    renderer: str = ""
    revision: int = 0
