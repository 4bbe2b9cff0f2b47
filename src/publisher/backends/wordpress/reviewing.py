"""What WordPress will make of an article, as far as that is known without asking it."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from publisher.backends.wordpress.kinds import BUILT_IN, Kind
from publisher.backends.wordpress.posts import unsendable
from publisher.backends.wordpress.slugs import findable
from publisher.models import Article, Finding

__all__ = ["review"]

#: Bytes of a slug as it stands in an address, where each byte of a letter outside of ASCII takes three. What is longer
#: is cut: https://developer.wordpress.org/reference/functions/sanitize_title_with_dashes/
LONGEST_SLUG = 200

_KEPT_OUT = {
    "tags": ("a {type} has no tags", "Leave them out; the receipt would say the same."),
    "categories": ("a {type} has no categories", "Leave them out; the receipt would say the same."),
    "featured_media": (
        "the cover {value} is not a file, and only files become featured images",
        "Save it beside the article.",
    ),
}


def review(article: Article) -> Iterator[Finding]:
    """Warnings, each with its field. Of a post type that plugins made, all that can be sent is taken to be welcome."""
    of = BUILT_IN.get(article.type) or Kind(article.type, "", taxonomies=("category", "post_tag"))
    kept_out = unsendable(article, of)
    if "slug" in kept_out:
        yield _warning(
            "slug", f"the slug {article.slug!r} is stored as {findable(article.slug)!r}", "Write it like that."
        )
    size = len(quote(findable(article.slug)))
    if size > LONGEST_SLUG:
        what = f"the slug takes {size} bytes in an address, and what is longer than {LONGEST_SLUG} is cut off"
        yield _warning("slug", what, "Make it shorter.")
    for field, name in (("tags", "tags"), ("categories", "categories"), ("image", "featured_media")):
        if name in kept_out:
            what, remedy = _KEPT_OUT[name]
            yield _warning(field, what.format(type=of.name, value=repr(kept_out[name])), remedy)
    for group, noun in (("seo", "fields for search engines"), ("meta", "custom fields")):
        names = [name.partition(".")[2] for name in kept_out if name.startswith(f"{group}.")]
        if names:
            yield _warning(group, f"{noun} are not sent to WordPress: {', '.join(names)}", "Write them in wp-admin.")
    if article.language:
        what = f"WordPress has no place for the language {article.language!r} of a post"
        yield _warning("language", what, "Set it in wp-admin, where a plugin for languages has one.")


def _warning(field: str, what: str, remedy: str) -> Finding:
    subject = "changed slug" if field == "slug" else "not sent"
    return Finding(verdict="warning", subject=subject, what=what, remedy=remedy, field=field)
