"""How our own posts are recognised: what an attempt leaves in the ledger, and whether a post is its effect."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, unquote

from slugify import slugify

from publisher.backends.base import mark
from publisher.backends.comparing import Fields
from publisher.backends.steps import Evidence
from publisher.backends.wordpress.posts import Post, stored
from publisher.backends.wordpress.site import Facts
from publisher.models import Intent, Job
from publisher.rendering import words

__all__ = ["arrived", "essence", "evidence", "is_ours", "is_slug_of", "recognised"]


def evidence(job: Job, fields: Fields, facts: Facts) -> Evidence:
    """What a post is recognised by later: its mark, or else its words, title, date and author."""
    return {
        "mark": mark(job.key),
        "slug": job.slug,
        "type": job.article.type if job.article else "",
        "date_gmt": fields.get("date_gmt"),
        "author": fields.get("author") or facts["user"],
        "fields": essence(fields),
    }


def essence(fields: Fields) -> dict[str, Any]:
    """What is left of fields when WordPress, or a role without unfiltered_html, has rewritten them."""
    kept = dict(fields)
    if "content" in kept:
        kept["content"] = hashlib.sha256(words(kept["content"]).encode()).hexdigest()
    for name in ("title", "excerpt"):
        if name in kept:
            kept[name] = words(kept[name])
    return kept


def is_ours(post: Post, proof: Evidence, claimed: frozenset[str]) -> bool:
    """Whether a post is provably the one that the evidence speaks of, and no other article's."""
    if str(post.id) in claimed:
        return False
    marks = re.findall(r'"publisher":"([0-9a-f]+)"', post.content.raw)
    if marks:
        return bool(marks[0] == proof["mark"])
    found, wished = essence(stored(post)), proof["fields"]
    same = all(found[name] == wished.get(name) for name in ("title", "content"))
    same_date = proof["date_gmt"] is None or proof["date_gmt"] == post.date_gmt
    return same and same_date and post.author == proof["author"] and is_slug_of(post.slug, proof["slug"])


def is_slug_of(found: str, wanted: str, *, numbered: bool = True) -> bool:
    """Whether WordPress may have made ``found`` of ``wanted``, with a number behind it if that was taken.

    It lowers case, drops accents, writes other scripts in percent and cuts at 200 bytes; compared is what all of that
    leaves.
    """
    plain, wish = _bare(found), _bare(wanted)
    if numbered:
        plain = re.sub(rf"^({re.escape(wish)})-\d+$", r"\1", plain)
    return plain == wish or (len(quote(unquote(wanted))) > 190 and wish.startswith(re.sub(r"-\d+$", "", plain)))


def _bare(slug: str) -> str:
    return slugify(unquote(slug)) or unquote(slug)


def arrived(post: Post, intents: Sequence[Intent]) -> Fields:
    """The fields that the attempts were to give a post that was found, and that it has by now.

    WordPress stores a post first, and its terms and its image afterwards: what is still to come is nobody's edit.
    """
    found, wishes = essence(stored(post)), [intent.evidence["fields"] for intent in intents]
    return {
        name: value
        for name, value in stored(post).items()
        if all(name in wish and found[name] == wish[name] for wish in wishes)
    }


def recognised(found: Sequence[Post], intents: Sequence[Intent], claimed: frozenset[str]) -> Post | None:
    """The post that is the effect of one of these attempts; None for none."""
    proofs = [intent.evidence for intent in intents]
    return next((post for post in found if any(is_ours(post, proof, claimed) for proof in proofs)), None)
