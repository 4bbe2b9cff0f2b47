"""What the user may do, and what WordPress does to the HTML that this user writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from publisher.backends.wordpress.checking.saying import Unseen, good, listed, mapping, problem, warning
from publisher.models import Finding


class _Right(NamedTuple):
    """A capability of WordPress's: what it allows, what fails without it, and the lowest role that has it."""

    name: str
    allows: str
    without: str
    role: str
    needed: bool = False


#: Source: https://wordpress.org/documentation/article/roles-and-capabilities/
_RIGHTS = (
    _Right("edit_posts", "write", "may not write articles at all", "Author", needed=True),
    _Right(
        "publish_posts",
        "publish",
        "may write drafts but not publish: WordPress refuses every article without 'status: draft'",
        "Author",
        needed=True,
    ),
    _Right(
        "upload_files",
        "upload images",
        "may not upload files: articles with images will fail",
        "Author",
        needed=True,
    ),
    _Right(
        "edit_others_posts",
        "change the articles of others",
        "may not change the articles of others, and an article with another user as 'author' will fail",
        "Editor",
    ),
    _Right(
        "manage_categories",
        "make categories",
        "may use the categories that are there, but an article with a new one will fail",
        "Editor",
    ),
)

_LINK = "wp:action-unfiltered-html"


def rights(me: Mapping[str, Any]) -> list[Finding]:
    """What the user may do."""
    may = mapping(me["capabilities"])
    has = [right for right in _RIGHTS if may.get(right.name)]
    lacks = [right for right in _RIGHTS if not may.get(right.name)]
    if not may.get("edit_posts"):
        has, lacks = [], lacks[:1]  # all else follows from it
    found = [good("rights", f"this user may {listed(right.allows for right in has)}")] if has else []
    for right in lacks:
        remedy = f"Give the user the role {right.role} in wp-admin under Users, or publish as somebody who has it."
        found.append((problem if right.needed else warning)("rights", f"this user {right.without}", remedy))
    return found


def markup(me: Mapping[str, Any], posts: Sequence[Mapping[str, Any]] | Unseen) -> Finding:
    """Whether WordPress keeps the HTML of this user's articles; ``posts`` are some that the user may edit.

    The right as the role has it is not the whole truth: a network of sites, or one line in wp-config.php, takes it from
    administrators. What holds is told beside each post.
    """
    told = bool(mapping(me["capabilities"]).get("unfiltered_html"))
    shown = [] if isinstance(posts, Unseen) else posts
    holds = any(_LINK in mapping(post.get("_links")) for post in shown) if shown else told
    if holds:
        sure = "" if shown else " (so says the role; no article is there yet that would show it)"
        return good("HTML", f"WordPress keeps all HTML of this user's articles, iframes and scripts too{sure}")
    removed = "WordPress removes iframes, scripts, styles and forms from this user's articles"
    if told:
        return warning(
            "HTML",
            f"{removed}, although the role allows them",
            "The site is part of a network (multisite), where only super admins may write them, or its wp-config.php "
            "sets DISALLOW_UNFILTERED_HTML. Do without them, or ask whoever runs the site.",
        )
    return warning(
        "HTML",
        f"{removed}; the receipt says when it did",
        "Do without them, or publish as an editor or administrator. A video's address alone on a line becomes a player "
        "for everybody.",
    )
