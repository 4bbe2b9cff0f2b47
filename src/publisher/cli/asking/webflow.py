"""What to ask about a collection of a Webflow site: the token first, then what it reaches."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import NamedTuple

from pydantic import SecretStr
from rich import box
from rich.table import Table

from publisher.backends.webflow import Webflow
from publisher.backends.webflow.exploring import (
    ReachedSite,
    reached_collection,
    reached_collections,
    reached_sites,
)
from publisher.backends.webflow.mapping import FieldMap, field_map, part_of
from publisher.backends.webflow.schema import Collection
from publisher.backends.webflow.site import Site
from publisher.cli.asking.learning import learned
from publisher.cli.asking.questions import Prompt
from publisher.cli.asking.secrets import Secrets
from publisher.cli.saying import printable
from publisher.errors import ConfigurationError

__all__ = ["ask"]

_API = "https://api.webflow.com/v2"

#: Stands for a collection while none is chosen.
_NONE_YET = "0" * 24


class _Api(NamedTuple):
    """Webflow as a token sees it. ``backend`` says how to talk to it."""

    backend: Webflow
    site: Site


def ask(prompt: Prompt, secrets: Secrets) -> Mapping[str, str | Mapping[str, str]]:
    """A token, the site, the collection, which field takes what, and the addresses of its pages."""
    api_url, collection_id = prompt.given("base_url"), prompt.given("collection_id")
    prompt.given("site_id")
    called = "site token (site settings, Apps & integrations, API access)"
    settings: dict[str, str | Mapping[str, str]] = {} if api_url is None else {"base_url": api_url}
    look = partial(_reached, api_url or _API, looks=secrets.tries or collection_id is None)
    reached = secrets.ask("token", called, "webflow", look, now=collection_id is None)
    if reached is None:
        return settings | _unseen(prompt)
    api, sites = reached
    ids = [(site.id, site.name) for site in sites]
    site_id = prompt.choice("site_id", "Site", ids)
    offered = learned(api.backend, reached_collections(api.site, site_id))
    if not offered:
        raise ConfigurationError(
            "the site has no collections",
            field="collection_id",
            hint="Make one in the Designer under CMS, such as Blog Posts, with a RichText field for the body.",
        )
    chosen = prompt.choice("collection_id", "Collection for the articles", [(one.id, one.name) for one in offered])
    collection, slug = learned(api.backend, reached_collection(api.site, chosen))
    fields = _fields(prompt, collection)
    url = _address(prompt, next(site for site in sites if site.id == site_id), slug)
    settings |= {"site_id": site_id, "collection_id": chosen}
    return settings | ({"url": url} if url else {}) | {"fields": fields}


def _reached(api_url: str, token: str, *, looks: bool) -> tuple[_Api, list[ReachedSite]] | None:
    """The sites of a token; None where nothing is to be sent. Raises what is wrong with it."""
    backend = Webflow(token=token, collection_id=_NONE_YET, base_url=api_url)
    if not looks:
        return None
    api = _Api(backend, Site(backend.target.url, SecretStr(token)))
    sites = list(learned(backend, reached_sites(api.site)))
    if not sites:
        raise ConfigurationError("the token reaches no site", field="token", hint="Make it in the settings of a site.")
    return api, sites


def _unseen(prompt: Prompt) -> dict[str, str | Mapping[str, str]]:
    """The settings as they were given, where there is no token yet to look with."""
    told: dict[str, str | Mapping[str, str]] = {
        name: value for name in ("site_id", "collection_id", "url") if (value := (prompt.given(name) or "").strip())
    }
    fields = prompt.given_below("fields")
    return told | ({"fields": fields} if fields else {})


def _fields(prompt: Prompt, collection: Collection) -> dict[str, str]:
    """Which field takes what: the guess, as it was corrected. An empty text is for a part without a field."""
    given: dict[str, str] = prompt.given_below("fields")
    asked = not given
    fields = field_map(collection, given)
    if asked:
        prompt.show(_table(fields))
    while asked:
        answer = prompt.line("Change, such as cover=thumbnail, or excerpt= for no field (Enter: this is right)")
        if not answer.strip():
            break
        try:
            part, slug = _assignment(answer)
            changed = {name: value for name, value in given.items() if name != part} | {part: slug}
            mapped = field_map(collection, changed)
        except ConfigurationError as error:
            # Without the hint, which is for those who write the map down. The table still stands above.
            prompt.say(error.what)
            continue
        if (mapped.fields, mapped.left_out) == (fields.fields, fields.left_out):
            prompt.say("that is how it is already")
        else:
            prompt.show(_table(mapped))
        fields, given = mapped, changed
    chosen = {part: field.slug for part, field in fields.fields.items() if part not in ("title", "slug")}
    return chosen | dict.fromkeys(sorted(fields.left_out), "")


def _assignment(answer: str) -> tuple[str, str]:
    part, sign, slug = (one.strip() for one in answer.partition("="))
    if not sign:
        raise ConfigurationError(f"{answer!r} is no PART=FIELD, such as cover=thumbnail", field="fields")
    return part_of(part), slug


def _table(fields: FieldMap) -> Table:
    """The map as it is, and below it the fields that no article fills."""
    caption = "key: a mark by which our items are known again" if fields.key else None
    table = Table(box=box.SIMPLE_HEAD, caption=caption, caption_justify="left")
    for heading in ("article", "Webflow field", "type", "required"):
        table.add_column(heading)

    def row(part: str, slug: str, type: str, *, required: bool) -> None:
        table.add_row(*(printable(one) for one in (part, slug, type, "yes" if required else "")))

    for part, field in fields.fields.items():
        row(part, field.slug, field.type, required=field.required or part in ("title", "slug"))
    for part in sorted(fields.left_out):
        row(part, "(none)", "", required=False)
    taken = {field.slug for field in fields.fields.values()}
    for field in fields.collection.fields:
        if field.slug not in taken:
            row("(nothing)", field.slug, field.type, required=field.required)
    return table


def _address(prompt: Prompt, site: ReachedSite, slug: str) -> str:
    guess = f"{site.origin}/{slug}/{{slug}}" if site.origin and slug else None

    def usable(answer: str) -> str:
        said = answer.strip()
        if said in ("", "-"):
            return ""
        if "{slug}" not in said or "://" not in said:
            raise ConfigurationError(
                f"{said!r} is no address with {{slug}} in it",
                field="url",
                hint="Write it such as https://example.com/blog/{slug}; or - where readers see no such pages.",
            )
        return said

    return prompt.text(
        "url", "Address of an article's page, with {slug} for its slug (- for none)", guess or "-", usable
    )
