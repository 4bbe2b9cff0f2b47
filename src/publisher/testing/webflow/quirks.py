"""What nobody outside Webflow knows for certain: each open question is a switch of the simulator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Quirks:
    """How the simulator behaves where Webflow's documentation is silent or reports disagree.

    The defaults are the behaviour reported most often. A client is safe when it gets along with every value.

    - ``bad_entry``: one bad entry in a request for many. The request is refused as a whole, or the good entries are
      done before it is answered with the same refusal.
    - ``many_published``: more than 100 ids in one publish of items.
    - ``duplicate_slug``: a create under a slug that is taken is answered 400, or 202 under a slug with a suffix.
    - ``own_slug``: a PATCH that carries the item's own unchanged slug is accepted, or refused as a duplicate.
    - ``slug_of_deleted``: whether the slug of a deleted item can be taken again.
    - ``delete_published``: a published item that is deleted leaves the live site at once, or with the next publish
      of the site.
    - ``live_patch``: ``PATCH …/live`` changes the staged copy as well, or only the live one.
    - ``same_hash``: registering bytes a second time makes a new asset, or answers the existing one under its old name.
    - ``hosted_after``: seconds between the upload and the moment when ``hostedUrl`` stops answering 403.
    - ``image_by_url``: an Image or File field that holds a ``url`` and no ``fileId``.
    - ``unknown_field``: a key of ``fieldData`` that the collection does not have.
    - ``unpublished_reference``: putting an item live that refers to an item which is not live: it goes live, or it is
      refused.
    - ``details``: the form of the entries of ``details`` in an error.
    - ``code``: whether an error has a ``code``.
    - ``create_answer``: what the 202 to a create of several items looks like.
    - ``normalises``: whether values are rewritten: URLs lose a trailing slash, e-mail addresses their capitals,
      dates become UTC.
    - ``rich_text``: rich text is read as it was written, or without tables, the content of ``<pre>``, and whitespace
      between blocks.
    - ``publish_touches_updated``: whether publishing an item changes its ``lastUpdated``.
    - ``needs_published_site``, ``needs_published_schema``, ``needs_domains_in_sync``: putting items live is answered
      409 while the site was never published, while the collection's fields changed since, while the site's domains
      were published at different times.
    - ``listed_after``: seconds until a new item is in lists and found by its slug; by its id it is read at once.
    - ``rate_headers``: whether answers have ``X-RateLimit-Limit`` and ``X-RateLimit-Remaining``.
    - ``retry_after``: the form of ``Retry-After`` on a 429.
    """

    bad_entry: Literal["all refused", "good ones done"] = "all refused"
    many_published: Literal["refused", "accepted"] = "refused"
    duplicate_slug: Literal["refused", "suffixed"] = "refused"
    own_slug: Literal["accepted", "refused"] = "accepted"
    slug_of_deleted: Literal["free", "taken until site publish", "taken"] = "free"
    delete_published: Literal["gone at once", "live until site publish"] = "gone at once"
    live_patch: Literal["staged too", "live only"] = "staged too"
    same_hash: Literal["new asset", "existing asset"] = "new asset"
    hosted_after: float = 0.0
    image_by_url: Literal["imported", "refused", "dropped"] = "imported"
    unknown_field: Literal["refused", "ignored"] = "refused"
    unpublished_reference: Literal["kept", "refused"] = "kept"
    details: Literal["param", "field", "strings"] = "param"
    code: bool = True
    create_answer: Literal["with ids", "without ids", "other order"] = "with ids"
    normalises: bool = True
    rich_text: Literal["echoed", "lossy"] = "echoed"
    publish_touches_updated: bool = True
    needs_published_site: bool = False
    needs_published_schema: bool = False
    needs_domains_in_sync: bool = False
    listed_after: float = 0.0
    rate_headers: bool = True
    retry_after: Literal["seconds", "date", "absent"] = "seconds"
