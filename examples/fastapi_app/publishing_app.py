"""An application that publishes for its customers, each to a site of their own, over HTTP.

    CUSTOMERS=customers.json LEDGER=ledger.db uvicorn --factory publishing_app:from_environment

One AsyncPublisher with one ledger is open for as long as the application runs. What goes wrong is answered as a problem
(RFC 9457), with the status that tells the caller whether to try again.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import Base64Bytes, BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from publisher import Article, Asset, AsyncPublisher, PublisherError, Receipt, WordPress
from publisher.backends.base import Backend
from publisher.errors import (
    AuthenticationError,
    ConflictError,
    ContentError,
    InDoubtError,
    LeaseLostError,
    RefusedError,
    UnexpectedAnswerError,
    UnreachableError,
)
from publisher.models import Action, Image, Status

#: What is said to the caller. The first class that fits counts; what is not here is our own fault.
STATUSES: Mapping[type[PublisherError], tuple[int, str]] = {
    ContentError: (422, "The article cannot be published as it is"),
    ConflictError: (409, "The site holds something that would be lost"),
    InDoubtError: (503, "It is not known yet whether this took effect"),
    LeaseLostError: (503, "Somebody else is publishing this article"),
    UnreachableError: (503, "The site cannot be reached"),
    AuthenticationError: (502, "The site does not accept our credentials"),
    RefusedError: (502, "The site refused it"),
    UnexpectedAnswerError: (502, "The site gave an answer that makes no sense"),
}
RETRY_AFTER = "60"


class ArticleIn(BaseModel):
    """What a customer sends. ``images`` are base64, by the names under which ``body`` (Markdown) refers to them."""

    title: str
    body: str
    tags: tuple[str, ...] = ()
    status: Status = Status.PUBLISHED
    date: dt.datetime | None = None
    cover: str | None = None
    images: dict[str, Base64Bytes] = {}

    def article(self, key: str) -> Article:
        """Raises :class:`ContentError`."""
        return Article(
            key=key,
            slug=key,  # a new title shall not move the page
            raw_html="sanitize",  # customers are not trusted with scripts
            title=self.title,
            body=self.body,
            tags=self.tags,
            status=self.status,
            date=self.date,
            image=Image(src=self.cover) if self.cover else None,
            assets={name: Asset.from_bytes(data, name) for name, data in self.images.items()},
        )


def publisher_of(request: Request) -> AsyncPublisher:
    """The publisher of the application."""
    publisher: AsyncPublisher = request.app.state.publisher
    return publisher


def site_of(request: Request, customer: str) -> Backend:
    """The customer's site."""
    sites: Mapping[str, Backend] = request.app.state.sites
    if customer not in sites:
        raise HTTPException(404, f"there is no customer {customer!r}")
    return sites[customer]


Open = Annotated[AsyncPublisher, Depends(publisher_of)]
Site = Annotated[Backend, Depends(site_of)]
router = APIRouter(prefix="/customers/{customer}/articles/{key}")
INTERNAL = {"baseline"}  # of a receipt: what the next run compares with


@router.put("", response_model_exclude=INTERNAL)
async def publish(key: str, article: ArticleIn, publisher: Open, site: Site, response: Response) -> Receipt:
    """Make the site match the article; the same article again changes nothing and costs no request."""
    wanted = await run_in_threadpool(article.article, key)  # images are looked into, which takes time
    receipt = await publisher.publish(wanted, site)
    if receipt.action is Action.CREATE:
        response.status_code = 201
    return receipt


@router.post("/unpublish", response_model_exclude=INTERNAL)
async def unpublish(key: str, publisher: Open, site: Site) -> Receipt:
    """Take the article off the site, and keep it there as a draft."""
    return await publisher.unpublish(key, site)


@router.delete("", response_model_exclude=INTERNAL)
async def delete(key: str, publisher: Open, site: Site) -> Receipt:
    """Move the article to the site's trash."""
    return await publisher.delete(key, site)


def create_app(sites: Mapping[str, Backend], ledger: Path) -> FastAPI:
    """The application for these customers' sites."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        # The sites are the publisher's own, so their connections stay open between requests. A caller waits for twenty
        # seconds at most; what is not settled then is in doubt, and the next call for the article finds out.
        async with AsyncPublisher(sites.values(), ledger=ledger, deadline=20) as publisher:
            app.state.publisher, app.state.sites = publisher, sites
            yield

    app = FastAPI(title="Publishing for customers", lifespan=lifespan)
    app.include_router(router)
    app.add_exception_handler(PublisherError, _publisher_problem)
    app.add_exception_handler(HTTPException, _http_problem)
    app.add_exception_handler(RequestValidationError, _validation_problem)
    return app


def from_environment() -> FastAPI:
    """The application as $CUSTOMERS says, a JSON file like customers.example.json, with the ledger at $LEDGER."""
    customers = json.loads(Path(os.environ["CUSTOMERS"]).read_text(encoding="utf-8"))
    sites = {
        name: WordPress(one["url"], username=one["username"], app_password=os.environ[one["app_password_env"]])
        for name, one in customers.items()
    }
    return create_app(sites, Path(os.environ["LEDGER"]))


def _publisher_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, PublisherError)
    fits = (answer for kind, answer in STATUSES.items() if isinstance(error, kind))
    status, title = next(fits, (500, "The application is not set up rightly"))
    where = {name: value for name in ("field", "line", "code") if (value := getattr(error, name)) is not None}
    return _problem(status, title, str(error), error=type(error).__name__, **where)


def _http_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return _problem(error.status_code, "There is no such thing", str(error.detail))


def _validation_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    faults = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()]
    return _problem(422, "The request is not as it should be", "; ".join(faults))


def _problem(status: int, title: str, detail: str, **more: Any) -> Response:
    headers = {"Retry-After": RETRY_AFTER} if status == 503 else None
    content = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    return JSONResponse(content, status, headers, media_type="application/problem+json")
