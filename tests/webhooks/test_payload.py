"""What webhooks say of articles: complete, valid by the schema that is shipped, and the same bytes every time."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import io
import json
from importlib.resources import files
from zoneinfo import ZoneInfo

import jsonschema
import pytest
from PIL import Image

from publisher.errors import ContentError
from publisher.models import Action, Article, Asset, Job, Publication, Seo, Status
from publisher.webhooks import payload
from publisher.webhooks.telling import Picture, article_event, upload_event

SHIPPED = files("publisher.webhooks").joinpath("article-event.schema.json").read_text("utf-8")
CREATED = 1767323045.9
BERLIN = ZoneInfo("Europe/Berlin")


def job(article: Article | None = None, action: Action = Action.CREATE, **fields: object) -> Job:
    key = article.key if article else "posts/a"
    about = {"target": "webhook:e.org", "key": key, "slug": article.slug if article else "a", "revision": 1767323045900}
    values = {"id": Job.identify("webhook:e.org", key, 1), "wish": "", "renderer": "", "created": CREATED}
    return Job.model_validate({**about, **values, "action": action, "article": article, **fields})


def asset(name: str = "fox & hound.png", colour: tuple[int, int, int] = (200, 80, 40)) -> Asset:
    data = io.BytesIO()
    Image.new("RGB", (12, 8), colour).save(data, "PNG")
    return Asset.from_bytes(data.getvalue(), name)


FOX = asset()
FULL = Article(
    key="posts/fox",
    title="The fox & the hound",
    slug="fox",
    body="Hello **world**.\n\n![A fox](fox%20%26%20hound.png)\n\n![Away](https://example.org/away.png)\n",
    date=dt.datetime.fromisoformat("2026-01-02T04:04:05"),
    updated=dt.datetime.fromisoformat("2026-02-01T00:00:00+09:00"),
    excerpt="In short.",
    tags=("Foxes", "Hounds"),
    categories=("News", ("Animals", "Dogs")),
    author="Ana",
    image={"src": "fox & hound.png", "alt": "The cover"},
    seo=Seo(title="Fox", canonical="https://example.org/fox", noindex=True),
    language="en",
    type="post",
    meta={"rating": 4.5, "nothing": None, "day": dt.date(2026, 1, 2)},
    assets={"fox & hound.png": FOX},
)
PICTURES = {"fox & hound.png": Picture(FOX.rendition())}


def said(event: payload.Event) -> dict:
    """An event as its receiver reads it, after the schema has judged it."""
    value = json.loads(payload.encode(event))
    jsonschema.validate(value, json.loads(SHIPPED), cls=jsonschema.Draft202012Validator)
    assert payload.encode(payload.events.validate_python(value)) == payload.encode(event)
    return value


def publication(status: str, **fields: object) -> Publication:
    values = {"key": "posts/a", "remote_id": "77", "url": "https://example.org/a", "slug": "a"}
    return Publication.model_validate({**values, "baseline": {"status": status}, **fields})


def test_shipped_schema_is_that_of_the_models():
    """Write it anew after a change: python -c "from publisher.webhooks.payload import write_schema; write_schema()"."""
    assert json.loads(SHIPPED) == payload.schema()
    jsonschema.Draft202012Validator.check_schema(json.loads(SHIPPED))


def test_article_is_told_whole():
    """Every field that an article may have, in JSON Feed's words where it has them, with times in UTC."""
    event = said(article_event(job(FULL), PICTURES, publication("draft"), BERLIN))
    data = event["data"]
    own = data.pop("_publisher")
    digest = hashlib.sha256(PICTURES["fox & hound.png"].made.data).hexdigest()
    assert (event["type"], event["timestamp"]) == ("article.published", "2026-01-02T03:04:05Z")
    assert data == {
        "id": "posts/fox",
        "url": "https://example.org/a",
        "title": "The fox & the hound",
        "content_html": (
            "<p>Hello <strong>world</strong>.</p>\n"
            f'<p><img src="assets/{digest}.png" alt="A fox"></p>\n'
            '<p><img src="https://example.org/away.png" alt="Away"></p>\n'
        ),
        "content_text": "Hello world.",
        "summary": "In short.",
        "image": f"assets/{digest}.png",
        "date_published": "2026-01-02T03:04:05Z",
        "date_modified": "2026-01-31T15:00:00Z",
        "authors": [{"name": "Ana"}],
        "tags": ["Foxes", "Hounds"],
        "language": "en",
    }
    image, away = own.pop("images")
    assert base64.b64decode(image.pop("data")) == PICTURES["fox & hound.png"].made.data
    assert away == {"url": "https://example.org/away.png", "src": "https://example.org/away.png", "alt": "Away"}
    assert image == {
        "url": f"assets/{digest}.png",
        "src": "fox & hound.png",
        "alt": "The cover",
        "name": PICTURES["fox & hound.png"].made.name,
        "mime_type": "image/png",
        "sha256": digest,
        "bytes": len(PICTURES["fox & hound.png"].made.data),
        "width": 12,
        "height": 8,
    }
    json_ld = own.pop("json_ld")
    assert (json_ld["@type"], json_ld["headline"], json_ld["author"]) == (
        "Article",
        FULL.title,
        [{"@type": "Person", "name": "Ana"}],
    )
    assert (json_ld["url"], json_ld["image"], json_ld["wordCount"]) == (FULL.seo.canonical, [image["url"]], 2)
    assert own == {
        "schema": 1,
        "key": "posts/fox",
        "slug": "fox",
        "revision": 1767323045900,
        "status": "published",
        "remote_id": "77",
        "content_markdown": FULL.body,
        "categories": [["News"], ["Animals", "Dogs"]],
        "word_count": 2,
        "seo": {
            "title": "Fox",
            "description": "In short.",
            "canonical_url": "https://example.org/fox",
            "noindex": True,
            "image": image["url"],
        },
        "type": "post",
        "sticky": False,
        "meta": {"rating": 4.5, "nothing": None, "day": "2026-01-02"},
    }


def test_image_that_was_uploaded_is_named_by_its_address():
    """Then no bytes go along, and nothing has to be put in its place."""
    picture = Picture(FOX.rendition(), "https://cdn.example.org/f.png?a=1&b=2")
    data = said(article_event(job(FULL), {"fox & hound.png": picture}, None, dt.UTC))["data"]
    [image, _] = data["_publisher"]["images"]
    assert (image["url"], "data" in image, image["bytes"]) == (picture.url, False, len(picture.made.data))
    assert data["image"] == picture.url
    assert 'src="https://cdn.example.org/f.png?a=1&amp;b=2"' in data["content_html"]


def test_bytes_of_an_image_go_along_once():
    """However often it is shown, and under whatever sources."""
    twice = Article(title="T", body="![](a.png) ![](./a.png)", assets={"a.png": FOX, "./a.png": FOX})
    made = Picture(FOX.rendition())
    images = said(article_event(job(twice), {"a.png": made, "./a.png": made}, None, dt.UTC))["data"]["_publisher"]
    assert [(image["src"], "data" in image) for image in images["images"]] == [("a.png", True), ("./a.png", False)]
    assert len({image["url"] for image in images["images"]}) == 1


@pytest.mark.parametrize(
    ("status", "before", "type"),
    [
        (Status.PUBLISHED, None, "article.published"),
        (Status.PUBLISHED, "draft", "article.published"),
        (Status.PUBLISHED, "published", "article.updated"),
        (Status.DRAFT, None, "article.unpublished"),
        (Status.DRAFT, "published", "article.unpublished"),
        (Status.PRIVATE, None, "article.unpublished"),
        (Status.SCHEDULED, None, "article.unpublished"),
    ],
)
def test_published_and_updated_mean_that_readers_may_see_it(status, before, type):
    """A receiver that looks at the type alone shows nothing too early."""
    article = FULL.model_copy(update={"status": status})
    event = said(article_event(job(article), PICTURES, publication(before) if before else None, BERLIN))
    assert (event["type"], event["data"]["_publisher"]["status"]) == (type, status.value)
    assert "Hello" in event["data"]["content_html"]


@pytest.mark.parametrize(
    ("date", "type", "status"),
    [
        ("2026-01-02T03:04:05Z", "article.published", "published"),
        ("2026-01-02T03:04:07Z", "article.unpublished", "scheduled"),
        ("2026-01-02T04:04:07", "article.unpublished", "scheduled"),  # in Berlin
    ],
)
def test_an_article_of_the_future_is_scheduled_although_nobody_called_it_so(date, type, status):
    """As at the other targets. The same event is made whenever it is sent."""
    article = FULL.model_copy(update={"date": dt.datetime.fromisoformat(date)})
    event = said(article_event(job(article), PICTURES, None, BERLIN))
    assert (event["type"], event["data"]["_publisher"]["status"]) == (type, status)


@pytest.mark.parametrize("article", [None, FULL])
def test_delete_and_unpublish_name_the_article_only(article):
    """By its key, its slug, its remote id and its address; whether the article itself is at hand or not."""
    key = article.key if article else "posts/a"
    names = {"schema": 1, "key": key, "slug": "a", "revision": 1767323045900, "remote_id": "77"}
    deleted = said(article_event(job(article, Action.DELETE), {}, publication("published"), BERLIN))
    assert deleted["data"] == {"id": key, "url": "https://example.org/a", "_publisher": names}
    hidden = said(article_event(job(article, Action.UNPUBLISH), {}, publication("published"), BERLIN))
    assert hidden["data"]["_publisher"] == {**names, "status": "draft"}
    assert [deleted["type"], hidden["type"]] == ["article.deleted", "article.unpublished"]


def test_key_is_not_told_as_the_receivers_own_id():
    """It stands in for one that the receiver never told."""
    event = said(article_event(job(action=Action.DELETE), {}, publication("published", remote_id="posts/a"), BERLIN))
    assert "remote_id" not in event["data"]["_publisher"]


def test_smallest_article_is_valid():
    """A title and nothing else."""
    data = said(article_event(job(Article(title="T")), {}, None, dt.UTC))["data"]
    assert (data["content_html"], data["content_text"], "summary" in data) == ("", "", False)


def test_uploads_and_pings_are_valid():
    """The other two events."""
    made = FOX.rendition()
    event = said(upload_event(FOX.id, made, CREATED))
    assert base64.b64decode(event["data"]["data"]) == made.data
    assert event["data"]["id"] == FOX.id
    assert said(payload.Ping(timestamp=dt.datetime.fromtimestamp(0, dt.UTC)))["data"] == {"sender": "publisher"}


def test_same_job_is_the_same_bytes():
    """Whatever a repeated delivery is signed with, its body is the one that was sent before."""
    assert payload.encode(article_event(job(FULL), PICTURES, None, BERLIN)) == payload.encode(
        article_event(Job.model_validate_json(job(FULL).model_dump_json()), PICTURES, None, BERLIN)
    )


def test_text_goes_out_as_it_was_written():
    """No escapes, no normalisation, no blanks between the fields."""
    title = 'Cafe\u0301 é 🦊 \u2028 \x7f \\ "'
    body = payload.encode(article_event(job(Article(key="a", title=title)), {}, None, dt.UTC))
    assert f'"title":{json.dumps(title, ensure_ascii=False)}'.encode() in body
    assert json.loads(body)["data"]["title"] == title


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_number_that_json_does_not_have_is_refused(number):
    """With an error about the article, not with a null at the receiver."""
    article = Article(title="T", meta={"a": {"b": [number]}})
    with pytest.raises(ContentError, match="cannot be said in JSON"):
        payload.encode(article_event(job(article), {}, None, dt.UTC))


def test_half_a_character_is_refused():
    """It has no bytes in UTF-8."""
    broken = payload.Ping(
        timestamp=dt.datetime.fromtimestamp(0, dt.UTC), data=payload.PingData.model_construct(sender="\ud800")
    )
    with pytest.raises(ContentError):
        payload.encode(broken)


def test_date_before_the_first_year_is_refused():
    """In Berlin the year 1 begins before UTC knows one."""
    article = Article(title="T", date=dt.datetime.fromisoformat("0001-01-01T00:00:00"))
    with pytest.raises(ContentError, match="date"):
        article_event(job(article), {}, None, BERLIN)


def test_schema_refuses_what_is_no_event():
    """Another type, a missing field, a wrong one: the schema can say no."""
    good = said(article_event(job(FULL), PICTURES, None, BERLIN))
    validator = jsonschema.Draft202012Validator(json.loads(SHIPPED))
    bad = [
        {**good, "type": "article.sold"},
        {**good, "data": {name: value for name, value in good["data"].items() if name != "content_html"}},
        {**good, "data": {**good["data"], "title": 5}},
        {**good, "data": {**good["data"], "_publisher": {**good["data"]["_publisher"], "images": [{"alt": "x"}]}}},
    ]
    assert [validator.is_valid(event) for event in [good, *bad]] == [True, False, False, False, False]
