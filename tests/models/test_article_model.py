"""Article, Asset and Job as values: checked, frozen, and the same after a journey as JSON."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import os

import pytest
from PIL import Image

from publisher import Article, Asset
from publisher.errors import ContentError, PublisherError
from publisher.models import Action, ImageLimits, Intent, Job, Publication, Status, Subject, Target
from publisher.models import Image as Cover


def picture(color: str = "red") -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (4, 4), color).save(data, "PNG")
    return data.getvalue()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({}, "title"),
        ({"title": ""}, "title"),
        ({"title": "  \n"}, "title"),
        ({"title": 7}, "title"),
        ({"title": None}, "title"),
        ({"title": "x", "titel": "y"}, "titel"),
        ({"title": "x", "tags": "one, two"}, "tags"),
        ({"title": "x", "tags": [1]}, "tags.0"),
        ({"title": "x", "status": "live"}, "status"),
        ({"title": "x", "date": "tomorrow"}, "date"),
        ({"title": "x", "status": "scheduled"}, "date"),
        ({"title": "x", "image": {"source": "x.png"}}, "image.src"),
        ({"title": "!?"}, "slug"),
        ({"title": "\ud800 half a character", "slug": "x"}, "title"),
    ],
)
def test_what_is_wrong_is_a_content_error(fields, field):
    """It names the field."""
    with pytest.raises(ContentError) as caught:
        Article(**fields)
    assert caught.value.field == field


def test_names_follow_from_the_title():
    """The slug of the title, and the key of the slug, unless they are given."""
    article = Article(title=" Über Größe! ")
    assert (article.title, article.slug, article.key) == ("Über Größe!", "uber-grosse", "uber-grosse")
    given = Article(title="x", slug="s", key="k")
    assert (given.slug, given.key) == ("s", "k")


def test_tags_are_named_once():
    """In order, without blanks around them."""
    assert Article(title="x", tags=[" a", "b", "a ", ""]).tags == ("a", "b")


def test_an_article_is_frozen():
    """A change is a new article."""
    article = Article(title="x")
    with pytest.raises((ContentError, ValueError)):
        article.title = "y"
    assert article.title == "x"


# Digests


def whole(**fields: object) -> Article:
    values: dict[str, object] = {
        "title": "Title",
        "body": "Body",
        "tags": ("t",),
        "date": dt.datetime(2026, 5, 1, tzinfo=dt.UTC),
        "assets": {"x.png": Asset.from_bytes(picture(), "x.png")},
        "extra": {"layout": "wide", "since": dt.date(2026, 1, 1)},
    }
    return Article.model_validate(values | fields)


def test_equal_articles_have_equal_digests():
    """In every process."""
    assert whole().digest == whole().digest
    assert Article.model_validate_json(whole().model_dump_json()).digest == whole().digest


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "Other"},
        {"body": "Other"},
        {"slug": "other"},
        {"key": "other"},
        {"tags": ("t", "u")},
        {"categories": ("c",)},
        {"targets": {"wordpress": {"status": "draft"}}},
        {"seo": {"noindex": True}},
        {"status": Status.DRAFT},
        {"excerpt": "Other"},
        {"date": None},
        {"image": {"src": "https://e.org/i.png"}},
        {"assets": {"x.png": Asset.from_bytes(picture("blue"), "x.png")}},
        {"extra": {}},
    ],
    ids=lambda fields: next(iter(fields)),
)
@pytest.mark.parametrize("how", ["made", "copied"])
def test_whatever_changes_changes_the_digest(fields, how):
    """So that no change is taken for none."""
    changed = whole(**fields) if how == "made" else whole().model_copy(update=dict(whole(**fields)))
    assert changed.digest != whole().digest


@pytest.mark.parametrize(
    "fields", [{"title": "Other"}, {"status": Status.DRAFT}, {"tags": ("new",)}, {"body": "Other"}]
)
def test_a_changed_copy_of_an_article_from_a_file_is_a_change(tmp_path, fields):
    """What a script changes counts, though the file is the same."""
    (tmp_path / "a.md").write_text("# Title\n\nBody")
    article = Article.from_file(tmp_path / "a.md")
    changed = article.model_copy(update=fields)
    assert changed.digest != article.digest
    assert Article.model_validate(dict(article) | fields).digest == changed.digest
    assert Article.model_validate_json(changed.model_dump_json()).digest == changed.digest


@pytest.mark.parametrize("extra", [{"a": object()}, {"a": lambda: None}], ids=["object", "function"])
def test_what_cannot_be_written_down_is_an_error_of_ours(extra):
    """An article that no ledger can hold says so, in the words of the library."""
    with pytest.raises(PublisherError):
        assert Article(title="x", extra=extra).digest


# Assets


def test_an_asset_on_disk_notices_another_file(tmp_path):
    """Also one of the same size and time."""
    file = tmp_path / "x.png"
    (tmp_path / "a.md").write_text("# A\n\n![A](x.png)")
    file.write_bytes(picture("red"))
    stat = file.stat()
    asset = Article.from_file(tmp_path / "a.md").assets["x.png"]
    assert asset.read() == picture("red")
    file.write_bytes(picture("lime")[: stat.st_size].ljust(stat.st_size, b"\0"))
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    with pytest.raises(ContentError, match="changed while") as caught:
        asset.read()
    assert caught.value.path == str(file)
    file.unlink()
    with pytest.raises(ContentError, match="cannot be read any more"):
        asset.read()


def test_an_asset_in_memory_needs_no_file():
    """Its bytes are part of it, and are not printed."""
    asset = Asset.from_bytes(picture(), "photo.png")
    assert asset.read() == picture()
    assert "PNG" not in repr(asset).replace("image/png", "")
    with pytest.raises(ContentError, match="neither bytes nor a file"):
        Asset(id="0", name="x", media_type="image/png", size=0, source="0").read()


def test_the_id_of_an_asset_is_that_of_its_bytes():
    """Wherever they are and whatever they are called."""
    red = Asset.from_bytes(picture(), "a.png")
    assert red.id == Asset.from_bytes(picture(), "b.png").id
    assert red.id != Asset.from_bytes(picture("blue"), "a.png").id
    assert (red.source, len(red.id)) == (hashlib.sha256(picture()).hexdigest(), 64)


def test_an_asset_fitted_to_a_target_is_another_asset():
    """The same file under other limits is uploaded as another file; under the same ones it is the same."""
    asset = Asset.from_bytes(picture(), "a.png")
    small = asset.fitted(ImageLimits(max_width=10))
    assert (small.source, small.limits.max_width) == (asset.source, 10)
    assert small.id not in (asset.id, asset.fitted(ImageLimits(max_width=11)).id)
    assert small.fitted(ImageLimits()) == asset


# What single targets get

BLOG = Target(kind="wordpress", url="https://Blog.example.com/de")
NAMED = Target(kind="wordpress", url="https://blog.example.com", id="blog")


@pytest.mark.parametrize(
    ("targets", "title"),
    [
        ({}, "T"),
        ({"webflow": {"title": "no"}}, "T"),
        ({"wordpress": {"title": "kind"}}, "kind"),
        ({"blog.example.com": {"title": "host"}, "wordpress": {"title": "kind"}}, "host"),
        ({"wordpress:blog.example.com/de": {"title": "identity"}, "blog.example.com": {"title": "host"}}, "identity"),
    ],
)
def test_the_most_special_name_of_a_target_counts(targets, title):
    """Its kind, then its host, then its identity."""
    article = Article(title="T", key="k", targets=targets)
    assert (article.at(BLOG).title, article.at(BLOG).targets, article.at(BLOG).key) == (title, {}, "k")


def test_an_id_is_the_most_special_name():
    """It is what somebody called this very target."""
    article = Article(
        title="T", targets={"blog": {"slug": "mine"}, "blog.example.com": {"slug": "host", "tags": ["t"]}}
    )
    assert (article.at(NAMED).slug, article.at(NAMED).tags) == ("mine", ("t",))


def test_overrides_are_checked_as_fields_are():
    """A wrong one names target and field."""
    article = Article(title="T", targets={"wordpress": {"status": "lost"}})
    with pytest.raises(ContentError) as caught:
        article.at(BLOG)
    assert caught.value.field == "targets.wordpress.status"


def test_an_image_that_only_another_target_gets_is_not_uploaded():
    """But one that the body shows as well is."""
    assets = {src: Asset.from_bytes(picture(), src) for src in ("a.png", "b.png", "c.png", "d.png")}
    overrides = {"wordpress": {"image": "a.png"}, "webflow": {"image": {"src": "b.png"}, "seo": {"image": "c.png"}}}
    article = Article(title="T", body="![](c.png) ![](d.png)", assets=assets, targets=overrides)
    assert set(article.at(BLOG).assets) == {"a.png", "c.png", "d.png"}
    covered = article.model_copy(update={"image": Cover(src="b.png")})
    assert set(covered.at(BLOG).assets) == {"a.png", "c.png", "d.png"}


@pytest.mark.parametrize(
    ("categories", "paths"),
    [
        (["News", " Local "], (("News",), ("Local",))),
        ([["News", "Local"], "News", ["News", "Local"]], (("News", "Local"), ("News",))),
        ([["", "News"], [], ""], (("News",),)),
    ],
)
def test_a_category_is_a_path_of_names(categories, paths):
    """A name alone is a path of one; each path counts once."""
    assert Article(title="T", categories=categories).categories == paths


# Jobs


def job(**fields: object) -> Job:
    values: dict[str, object] = {
        "id": Job.identify("memory:x", "a", 7),
        "target": "memory:x",
        "key": "a",
        "slug": "a",
        "revision": 7,
        "action": Action.CREATE,
        "wish": "w",
        "renderer": "html-1",
        "created": 1.5,
        "article": whole(),
    }
    return Job.model_validate(values | fields)


def test_a_job_travels_as_json():
    """With the bytes of images that are nowhere but in memory, all 256 of them."""
    data = bytes(range(256)) * 3
    source = hashlib.sha256(data).hexdigest()
    asset = Asset(id="0" * 64, name="x.png", media_type="image/png", size=len(data), source=source, data=data)
    sent = job(article=whole(assets={"x.png": asset}))
    came = Job.model_validate_json(sent.model_dump_json())
    assert came.article is not None
    assert came.article.assets["x.png"].read() == data
    assert (came.id, came.subject, came.article.digest) == (sent.id, sent.subject, sent.article.digest)
    assert came.model_dump_json() == sent.model_dump_json()


def test_a_job_without_an_article_travels_too():
    """A delete names only a key."""
    assert Job.model_validate_json(job(article=None).model_dump_json()) == job(article=None)


@pytest.mark.parametrize(
    "other", [("memory:y", "a", 7), ("memory:x", "b", 7), ("memory:x", "a", 8)], ids=["target", "key", "revision"]
)
def test_a_job_s_id_follows_from_target_key_and_revision(other):
    """The same three give the same id, anything else another."""
    assert Job.identify("memory:x", "a", 7) == Job.identify("memory:x", "a", 7)
    assert Job.identify(*other) != Job.identify("memory:x", "a", 7)


def test_intents_and_publications_travel():
    """As everything that the ledger keeps."""
    intent = Intent(subject=Subject("asset", "é"), effect="create", evidence={"a": [1, None]}, sent_at=1.25)
    assert Intent.model_validate_json(intent.model_dump_json()) == intent
    publication = Publication(key="a", remote_id="1", baseline={"tags": ["x"]})
    assert Publication.model_validate_json(publication.model_dump_json()) == publication


def test_a_subject_reads_as_words():
    """In messages."""
    assert str(Subject("term", "Static sites")) == "term 'Static sites'"
