"""The paths under ``/sites`` that are about sites, and ``/token``."""

from __future__ import annotations

import math

from publisher.testing.webflow.calls import Answer, Call, Operation, Place, flag_of, text_of, texts_of
from publisher.testing.webflow.items import Desk
from publisher.testing.webflow.quirks import Quirks
from publisher.testing.webflow.refusals import Problem, RefusedError, invalid
from publisher.testing.webflow.store import Domain, Site, Store, moment_text

#: What a token without a limit is told, as the API has no word for it.
_NO_LIMIT = 2**31 - 1

#: Seconds between two publishes of one site.
_PAUSE = 60


def _list(place: Place, call: Call) -> Answer:
    sites = [site.shown() for site in place.store.sites.values() if place.token.reaches(site.id)]
    return Answer(200, {"sites": sites})


def _get(place: Place, call: Call) -> Answer:
    return Answer(200, place.site(call).shown())


def _domains(place: Place, call: Call) -> Answer:
    return Answer(200, {"customDomains": [domain.shown() for domain in place.site(call).domains]})


def _publish(place: Place, call: Call) -> Answer:
    site, body = place.site(call), call.json()
    wanted = texts_of(body, "customDomains")
    subdomain = flag_of(body, "publishToWebflowSubdomain") is True
    page = text_of(body, "pageId")
    domains = [domain for domain in site.domains if domain.id in wanted]
    unknown = sorted(set(wanted) - {domain.id for domain in domains})
    if unknown:
        problem = Problem("customDomains", f"Domain not found: {unknown[0]!r}")
        raise RefusedError(400, "invalid_domain", "Invalid Domain", [problem])
    if not domains and not subdomain:
        raise RefusedError(400, "no_domains", "No domains to publish to were given")
    if page is not None:
        # The simulator has no pages.
        raise invalid(Problem("pageId", f"Page not found: {page!r}"))
    now = place.store.clock.now()
    if site.publish_call is not None and now < site.publish_call + _PAUSE:
        raise too_many(site.publish_call + _PAUSE - now)
    site.publish_call = now
    publish_site(place.store, site, place.quirks, domains, subdomain=subdomain)
    shown = [domain.shown() for domain in domains]
    return Answer(202, {"customDomains": shown, "publishToWebflowSubdomain": subdomain, "publishScope": "site"})


def publish_site(store: Store, site: Site, quirks: Quirks, domains: list[Domain], *, subdomain: bool) -> None:
    """Everything that is staged on a site goes live."""
    site.published = store.moment
    for domain in domains:
        domain.published = store.moment
    if subdomain:
        site.published_subdomain = store.moment
    for collection in store.collections.values():
        if collection.site is site:
            Desk(store, collection, quirks).publish_all()


def too_many(wait: float) -> RefusedError:
    """429; the application says in which form it tells the ``wait``."""
    return RefusedError(429, "too_many_requests", "Too many requests", wait=math.ceil(wait))


def _introspect(place: Place, call: Call) -> Answer:
    token = place.token
    if token.kind != "app":
        raise RefusedError(401, "not_authorized", "Request not authorized")
    sites = sorted(place.store.sites if token.sites is None else token.sites)
    authorization = {
        "id": token.id,
        "createdOn": moment_text(token.created),
        "lastUsed": moment_text(int(place.store.clock.now() * 1000)),
        "grantType": "authorization_code",
        "rateLimit": _NO_LIMIT if token.per_minute is None else token.per_minute,
        "scope": ",".join(sorted(token.scopes)),
        "authorizedTo": {"siteIds": sites, "workspaceIds": [], "userIds": []},
    }
    application = {
        "id": token.id,
        "description": "A simulated application",
        "homepage": "https://app.webflow.test",
        "displayName": "Simulated application",
    }
    return Answer(200, {"authorization": authorization, "application": application})


OPERATIONS = (
    Operation("GET", "/token/introspect", None, _introspect),
    Operation("GET", "/sites", "sites:read", _list),
    Operation("GET", "/sites/{site_id}", "sites:read", _get),
    Operation("GET", "/sites/{site_id}/custom_domains", "sites:read", _domains),
    Operation("POST", "/sites/{site_id}/publish", "sites:write", _publish),
)
