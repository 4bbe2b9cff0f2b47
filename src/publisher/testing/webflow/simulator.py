"""WebflowSimulator: the Data API v2 of Webflow in memory, for tests and for trying things by hand."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

import httpx
from slugify import slugify
from starlette.routing import Router

from publisher.driving.clock import SystemClock
from publisher.testing.webflow import blog
from publisher.testing.webflow.application import SimulatorTransport, make_app
from publisher.testing.webflow.asset_calls import shown
from publisher.testing.webflow.backstage import Backstage, Logged
from publisher.testing.webflow.collection_calls import make_collection
from publisher.testing.webflow.designer import Designer
from publisher.testing.webflow.faults import Faults
from publisher.testing.webflow.quirks import Quirks
from publisher.testing.webflow.serving import served
from publisher.testing.webflow.store import Domain, Field, Locale, Now, Row, Site, Store
from publisher.testing.webflow.tokens import SCOPES, Token

#: What the simulator's token is unless it is given one.
TOKEN = "webflow-simulator-token-0123456789"  # noqa: S105


class WebflowSimulator:
    """A Webflow with one site, which has no collections yet.

        sim = WebflowSimulator()
        posts, authors, categories, tags = sim.add_blog()
        client = httpx.AsyncClient(transport=sim.transport(), base_url=sim.base_url)   # in process, or
        with sim.serving() as url: ...                                                 # on a port of this machine

    It follows the official OpenAPI document of the Data API v2 and the guides on developers.webflow.com. Where these
    are silent, ``quirks`` decides; see :class:`Quirks`. It keeps everything in memory, and is quick with thousands of
    items. All methods may be called while it is serving.

    Args:
        token: The API token, which reaches every site of the simulator. :meth:`add_token` makes more.
        requests_per_minute: The budget of that token; None is no limit.
        clock: Whatever has ``now()`` in Unix seconds, such as :class:`publisher.testing.FakeClock`. Default: the
            machine's clock.
        quirks: How it behaves where nobody knows for certain. Can be replaced at any time: ``sim.quirks = …``.
        scopes: What the token may do. Default: everything.
    """

    #: The base URL in process; :meth:`serving` tells the one on a port.
    base_url = "https://api.webflow.com/v2"

    def __init__(
        self,
        *,
        token: str = TOKEN,
        requests_per_minute: int | None = 60,
        clock: Now | None = None,
        quirks: Quirks | None = None,
        scopes: Iterable[str] = SCOPES,
    ) -> None:
        self.token = token
        self._store = Store(clock or SystemClock())
        self._backstage = Backstage(self._store, quirks or Quirks())
        #: The site that collections belong to unless another one is named.
        self.site_id = self.add_site("Simulated site")
        #: Acts as a person in the Designer.
        self.designer = Designer(self._backstage)
        #: The application, for any ASGI server.
        self.app: Router = make_app(self._backstage)
        self.add_token(token, scopes=scopes, requests_per_minute=requests_per_minute)

    @property
    def quirks(self) -> Quirks:
        """How it behaves where nobody knows for certain."""
        return self._backstage.quirks

    @quirks.setter
    def quirks(self, quirks: Quirks) -> None:
        self._backstage.quirks = quirks

    @property
    def faults(self) -> Faults:
        """Trouble for the requests to come: ``sim.faults.add("commit then 502", path="*/items/bulk")``."""
        return self._backstage.faults

    # Setting it up

    def add_token(
        self,
        token: str,
        *,
        scopes: Iterable[str] = SCOPES,
        kind: Literal["site", "app"] = "site",
        site_ids: Iterable[str] | None = None,
        requests_per_minute: int | None = 60,
    ) -> None:
        """Another token, or the same one with other rights. Only a token of kind ``"app"`` can be introspected."""
        with self._backstage.lock:
            sites = None if site_ids is None else frozenset(site_ids)
            store = self._store
            made = Token(token, store.new_id(), frozenset(scopes), kind, sites, requests_per_minute, store.moment)
            self._backstage.tokens[token] = made

    def revoke_token(self, token: str) -> None:
        """The token is refused from now on."""
        with self._backstage.lock:
            del self._backstage.tokens[token]

    def add_site(
        self,
        display_name: str,
        *,
        locales: Sequence[str] = ("en",),
        domains: Sequence[str] = ("www.example.com",),
        published: bool = True,
    ) -> str:
        """A site; its id. The first locale is the primary one. ``published``: whether it ever was, to all domains."""
        store = self._store
        with self._backstage.lock:
            store.tick(store.clock.now())
            site = Site(
                id=store.new_id(),
                workspace_id=store.new_id(),
                display_name=display_name,
                short_name=slugify(display_name),
                created=store.moment,
                updated=store.moment,
                locales=[Locale(store.new_id(), store.new_id(), tag, tag) for tag in locales],
                domains=[Domain(store.new_id(), url) for url in domains],
            )
            if published:
                site.published = site.published_subdomain = store.moment
                for domain in site.domains:
                    domain.published = store.moment
            store.sites[site.id] = site
            return site.id

    def add_collection(
        self,
        display_name: str,
        *,
        slug: str | None = None,
        singular_name: str | None = None,
        fields: Iterable[Field] = (),
        site_id: str | None = None,
    ) -> str:
        """A collection with ``name``, ``slug`` and the ``fields``; its id."""
        with self._backstage.lock:
            self._store.tick(self._store.clock.now())
            site = self._store.sites[site_id or self.site_id]
            singular = singular_name or display_name.removesuffix("s")
            made = make_collection(self._store, site, display_name, slug or slugify(display_name), singular)
            for field in fields:
                self._store.add_field(made, field)
            return made.id

    def add_blog(self, site_id: str | None = None) -> blog.Blog:
        """The collections of a blog: posts, and the authors, categories and tags that they refer to; their ids.

        The posts' fields are ``name slug post-body excerpt main-image thumbnail gallery date author category tags
        source-id seo-title seo-description kind featured reading-minutes canonical-url video attachment``.
        """
        authors = self.add_collection("Authors", fields=blog.AUTHORS, site_id=site_id)
        categories = self.add_collection(
            "Categories", singular_name="Category", fields=blog.CATEGORIES, site_id=site_id
        )
        tags = self.add_collection("Tags", fields=blog.TAGS, site_id=site_id)
        fields = blog.post_fields(authors, categories, tags)
        posts = self.add_collection("Blog Posts", slug="post", fields=fields, site_id=site_id)
        return blog.Blog(posts, authors, categories, tags)

    # Talking to it

    def transport(self) -> httpx.AsyncBaseTransport:
        """For an ``httpx.AsyncClient`` in this process; serves the API, the uploads and the uploaded files."""
        return SimulatorTransport(self.app)

    @contextlib.contextmanager
    def serving(self, host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
        """Serve on a port, a free one by default; the base URL of the API, which ends in ``/v2``."""
        before = self._store.cdn, self._store.uploads
        with served(self.app, host, port) as origin:
            self._store.cdn = self._store.uploads = origin
            try:
                yield f"{origin}/v2"
            finally:
                self._store.cdn, self._store.uploads = before

    # Looking behind it

    @property
    def requests(self) -> list[Logged]:
        """Every request that arrived, in order."""
        with self._backstage.lock:
            return list(self._backstage.log)

    def items(self, collection_id: str) -> list[Row]:
        """The staged items, in every locale, as the API shows them."""
        with self._backstage.lock:
            self._backstage.arrive()
            return [item.shown() for item in self._store.collections[collection_id].staged.items.values()]

    def live(self, collection_id: str) -> list[Row]:
        """The live items, in every locale, as the API shows them."""
        with self._backstage.lock:
            self._backstage.arrive()
            return [item.shown() for item in self._store.collections[collection_id].live.items.values()]

    def assets(self, site_id: str | None = None) -> list[Row]:
        """The assets as the API lists them; ``size`` is 0 for one that was registered and not uploaded."""
        with self._backstage.lock:
            self._backstage.arrive()
            site = self._store.sites[site_id or self.site_id]
            return [shown(self._store, asset) for asset in self._store.assets.values() if asset.site is site]

    def data(self, asset_id: str) -> bytes | None:
        """The bytes of an asset; None if they were never uploaded."""
        with self._backstage.lock:
            return self._store.assets[asset_id].data

    def options(self, collection_id: str, slug: str) -> dict[str, str]:
        """The ids of an Option field's choices, by name."""
        with self._backstage.lock:
            choices = self._store.collections[collection_id].fields[slug].options
            return {name: choice for choice, name in choices.items()}

    def locales(self, site_id: str | None = None) -> dict[str, str]:
        """The ``cmsLocaleId`` of each locale, by tag; the primary one first."""
        with self._backstage.lock:
            return {locale.tag: locale.cms_id for locale in self._store.sites[site_id or self.site_id].locales}
