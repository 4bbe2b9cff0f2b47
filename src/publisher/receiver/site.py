"""A small site: the articles of a store as pages, and the endpoint that fills it."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import jinja2
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.templating import Jinja2Templates

from publisher.errors import StoreError
from publisher.receiver.addresses import HOOK, article_path, asset_path, category_path, tag_path
from publisher.receiver.cleaning import cleaned, own_address
from publisher.receiver.endpoint import LARGEST, Receiver, Scheme
from publisher.receiver.security import SecurityHeaders
from publisher.receiver.shelf import Listed, Shelf
from publisher.receiver.store import SiteStore
from publisher.webhooks.signing import GITHUB_HEADER

__all__ = ["make_site"]

#: One that leads, and twelve in two columns.
_PER_PAGE = 13
_IN_FEED = 30
_STYLE = Path(__file__).with_name("style.css")


def make_site(
    into: str | Path,
    secrets: str | Sequence[str],
    *,
    title: str = "Articles",
    scheme: Scheme = "standard",
    signature_header: str = GITHUB_HEADER,
    url: str = "",
    tolerance: float = 300,
    largest: int = LARGEST,
    now: Callable[[], float] = time.time,
) -> Starlette:
    """The site as an ASGI application: pages at ``/``, and a :class:`Receiver` at ``/hooks/articles``.

    ``into`` is the folder that everything is stored in, made if it is not there; ``url`` the address of the site as
    readers know it, by default that of each request; ``now`` tells Unix seconds. For the rest see :class:`Receiver`.

    Raises :class:`publisher.errors.ConfigurationError` for secrets that are none, and
    :class:`publisher.errors.StoreError` if nothing can be stored.
    """
    store = SiteStore(into)
    receiver = Receiver(
        store,
        secrets=secrets,
        scheme=scheme,
        signature_header=signature_header,
        site=url,
        tolerance=tolerance,
        largest=largest,
        now=now,
    )
    pages = _Pages(store, title, url.rstrip("/"), now)
    handlers: Mapping[Any, Callable[[Request, Any], Response | Awaitable[Response]]] = {
        HTTPException: pages.missing,
        StoreError: pages.busy,
    }
    return Starlette(
        routes=[
            Route("/", pages.front),
            Route("/articles/{slug:path}", pages.article),
            Route("/tags/{name:path}", pages.tag),
            Route("/categories/{path:path}", pages.category),
            Route("/assets/{name}", pages.asset),
            Route("/deliveries", pages.deliveries),
            Route("/feed.json", pages.feed),
            Route("/style.css", pages.style),
            # Without a slash at its end, too, which Mount alone would answer with a redirect.
            Route(HOOK, receiver),
            Mount(HOOK, receiver),
        ],
        middleware=[Middleware(SecurityHeaders)],
        exception_handlers=handlers,
    )


class _Pages:
    def __init__(self, store: SiteStore, title: str, url: str, now: Callable[[], float]) -> None:
        self._store = store
        self._shelf = Shelf(store)
        self._title = title
        self._url = url
        self._now = now
        environment = jinja2.Environment(
            loader=jinja2.PackageLoader("publisher.receiver"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.globals |= {
            "article_path": article_path,
            "tag_path": tag_path,
            "category_path": category_path,
        }
        self._templates = Jinja2Templates(env=environment)

    def front(self, request: Request) -> Response:
        """The newest articles, some to a page."""
        page = request.query_params.get("page", "1")
        number = int(page) if page.isascii() and page.isdecimal() and len(page) < 7 else 0
        found = self._shelf.newest(self._now(), (number - 1) * _PER_PAGE, _PER_PAGE + 1) if number else []
        if not found and number != 1:
            raise HTTPException(404)
        listed = found[:_PER_PAGE]
        more = number + 1 if len(found) > _PER_PAGE else None
        context = {"listed": listed, "covers": self._covers(request, listed), "number": number, "more": more}
        return self._page(request, "front.html", context)

    def article(self, request: Request) -> Response:
        """One article, whole."""
        found = self._shelf.article(request.path_params["slug"], self._now())
        if found is None:
            raise HTTPException(404)
        item = found.item
        images = self._images(request, f"{item.content_html} {item.image} {item.publisher.seo.image}")
        html = cleaned(item.content_html, images)
        cover = _shown(item.image, images)
        context = {
            "article": found,
            "html": html,
            # A cover that is also the first thing in the text is not shown twice.
            "cover": cover if cover and cover not in html else None,
            "preview": _absolute(request, self._base(request), _shown(item.publisher.seo.image, images) or cover),
            "canonical": item.publisher.seo.canonical_url or f"{self._base(request)}/{found.path}",
        }
        return self._page(request, "article.html", context)

    def tag(self, request: Request) -> Response:
        """The articles with a tag."""
        name = request.path_params["name"]
        return self._labelled(request, [name], self._shelf.labelled("tag", name, self._now()))

    def category(self, request: Request) -> Response:
        """The articles in a category and below it."""
        name = request.path_params["path"].rstrip("/")
        return self._labelled(request, name.split("/"), self._shelf.labelled("category", name, self._now()))

    def asset(self, request: Request) -> Response:
        """An image. It never changes: its name says what it holds."""
        name = request.path_params["name"]
        picture = next(iter(self._shelf.pictures(asset_path(name)).values()), None)
        path = self._store.files.folder / name
        if picture is None or picture.file_name != name or not path.is_file():
            raise HTTPException(404)
        return FileResponse(
            path, media_type=picture.media_type, headers={"Cache-Control": "public, max-age=31536000, immutable"}
        )

    def deliveries(self, request: Request) -> Response:
        """What came in. It says nothing of what articles hold."""
        return self._page(request, "deliveries.html", {"deliveries": self._shelf.deliveries()})

    def style(self, request: Request) -> Response:
        return FileResponse(_STYLE, media_type="text/css", headers={"Cache-Control": "public, max-age=300"})

    def feed(self, request: Request) -> Response:
        """JSON Feed 1.1."""
        base = self._base(request)
        items = [self._feed_item(request, one) for one in self._shelf.newest(self._now(), limit=_IN_FEED)]
        feed = {
            "version": "https://jsonfeed.org/version/1.1",
            "title": self._title,
            "home_page_url": f"{base}/",
            "feed_url": f"{base}/feed.json",
            "items": items,
        }
        return JSONResponse(feed, media_type="application/feed+json")

    def missing(self, request: Request, error: HTTPException) -> Response:
        """A page for what is not here; also for methods that are none."""
        return self._page(request, "missing.html", {"status": error.status_code}, error.status_code, error.headers)

    def busy(self, request: Request, error: StoreError) -> Response:
        """The store cannot be read now."""
        text = "The store of this site cannot be read now. Please try again in a moment.\n"
        return Response(text, 503, {"Retry-After": "5"}, "text/plain")

    def _labelled(self, request: Request, names: Sequence[str], listed: Sequence[Listed]) -> Response:
        if not listed:
            raise HTTPException(404)
        context = {"names": names, "listed": listed, "covers": self._covers(request, listed)}
        return self._page(request, "label.html", context)

    def _page(
        self,
        request: Request,
        name: str,
        context: Mapping[str, Any],
        status: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        common = {"root": _root(request), "site": self._title, "pages": self._shelf.pages(self._now())}
        return self._templates.TemplateResponse(
            request, name, {**common, **context}, status_code=status, headers=headers
        )

    def _feed_item(self, request: Request, one: Listed) -> dict[str, Any]:
        item, base = one.item, self._base(request)
        images = {
            digest: f"{base}/{asset_path(picture.file_name)}"
            for digest, picture in self._shelf.pictures(f"{item.content_html} {item.image}").items()
        }
        said = {
            "id": item.id,
            "url": f"{base}/{one.path}",
            "title": item.title,
            "content_html": cleaned(item.content_html, images),
            "summary": item.summary,
            "image": _shown(item.image, images),
            "date_published": one.date.isoformat(),
            "date_modified": item.date_modified.isoformat() if item.date_modified else None,
            "authors": [{"name": author.name} for author in item.authors or ()] or None,
            "tags": item.tags,
            "language": item.language,
        }
        return {name: value for name, value in said.items() if value is not None}

    def _covers(self, request: Request, listed: Sequence[Listed]) -> dict[int, str]:
        """The addresses of covers, by the numbers of articles."""
        images = self._images(request, " ".join(one.item.image or "" for one in listed))
        covers = {one.number: _shown(one.item.image, images) for one in listed}
        return {number: cover for number, cover in covers.items() if cover}

    def _images(self, request: Request, texts: str) -> dict[str, str]:
        pictures = self._shelf.pictures(texts).items()
        return {digest: f"{_root(request)}/{asset_path(picture.file_name)}" for digest, picture in pictures}

    def _base(self, request: Request) -> str:
        return self._url or str(request.base_url).rstrip("/")


def _root(request: Request) -> str:
    """What stands before every path where the site is mounted somewhere below the root of a host."""
    return str(request.scope.get("root_path", "")).rstrip("/")


def _shown(url: str | None, images: Mapping[str, str]) -> str | None:
    """The address of an image: our own, or one on the web."""
    own = own_address(url or "", images)
    return own or (url if url and url.startswith(("https://", "http://")) else None)


def _absolute(request: Request, base: str, path: str | None) -> str | None:
    return path if path is None or not path.startswith("/") else base + path.removeprefix(_root(request))
