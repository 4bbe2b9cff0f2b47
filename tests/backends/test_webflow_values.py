"""Fields, values and rich text of Webflow, without any request."""

from __future__ import annotations

import datetime as dt

import httpx
import pytest

from publisher import Article, Webflow
from publisher.backends.webflow.answers import classify, details, refusal
from publisher.backends.webflow.fields import item_slug
from publisher.backends.webflow.items import Item
from publisher.backends.webflow.mapping import field_map
from publisher.backends.webflow.recognising import is_slug_of
from publisher.backends.webflow.richtext import canonical, components, moved, same
from publisher.backends.webflow.schema import Collection, Field
from publisher.backends.webflow.values import is_same, value_for
from publisher.errors import AuthenticationError, ContentError, RefusedError, UnexpectedAnswerError


def refer(field, names):
    return [f"id-of-{name}" for name in names]


def field(kind, **validations):
    return Field("it", kind, "It", validations=validations)


NINE_IN_ATHENS = dt.datetime(2026, 3, 1, 9, tzinfo=dt.timezone(dt.timedelta(hours=2)))
OPTIONS = {"options": [{"name": "News", "id": "1"}, {"name": "Essay", "id": "2"}]}


@pytest.mark.parametrize(
    ("of", "value", "written"),
    [
        (field("PlainText"), "text", "text"),
        (field("PlainText"), ["a", "b"], "a, b"),
        (field("PlainText"), 7, "7"),
        (field("PlainText"), None, ""),
        (field("Number"), "4", 4),
        (field("Number"), 2.5, 2.5),
        (field("Number", format="integer"), 3.0, 3),
        (field("Switch"), True, True),
        (field("DateTime"), NINE_IN_ATHENS, "2026-03-01T07:00:00.000Z"),
        (field("DateTime"), "2026-03-01T07:00:00Z", "2026-03-01T07:00:00.000Z"),
        (field("Option", **OPTIONS), "News", "1"),
        (field("Option", **OPTIONS), "essay", "2"),
        (field("Reference"), ["a", "b"], "id-of-a"),
        (field("Reference"), [], None),
        (field("MultiReference"), ["a", "b"], ["id-of-a", "id-of-b"]),
        (field("MultiReference"), [], []),
        (field("Image"), "https://example.org/a.png", {"url": "https://example.org/a.png"}),
        (field("Color"), "#1a2b3c", "#1a2b3c"),
        (field("Color"), "rebeccapurple", "rebeccapurple"),
        (field("Email"), "ada@example.org", "ada@example.org"),
        (field("Link"), "mailto:ada@example.org", "mailto:ada@example.org"),
        (field("Phone"), 112, "112"),
    ],
)  # fmt: skip
def test_value_is_written_as_its_type_wants_it(of, value, written):
    """Numbers as numbers, options by their ids, items by theirs, moments in UTC."""
    assert value_for(of, value, refer) == written


@pytest.mark.parametrize(
    ("of", "value", "said"),
    [
        (field("PlainText", maxLength=3), "long", "4 characters, and the field 'it' holds 3"),
        (field("PlainText", minLength=3), "ab", "at least 3 characters"),
        (field("PlainText", singleLine=True), "a\nb", "a single line"),
        (field("PlainText"), {"a": 1}, "takes text"),
        (Field("name", "PlainText", "Name"), "n" * 257, "257 characters"),
        (field("Number"), "four", "takes a number"),
        (field("Number"), True, "takes a number"),
        (field("Number"), "nan", "takes a number"),
        (field("Number", minValue=1, maxValue=5), 9, "at least 1 and at most 5"),
        (field("Switch"), "yes", "true or false"),
        (field("DateTime"), "tomorrow", "a date such as"),
        (field("DateTime"), 5, "a date such as"),
        (field("Option", **OPTIONS), "Poem", "Its options are 'News', 'Essay'"),
        (field("MultiReference"), [1], "a name, or a list of names"),
        (field("Image"), "a.png", "the address of an image"),
        (field("Email"), "ada", "an e-mail address"),
        (field("Color"), "#12", "a colour"),
        (field("Link"), "example.org", "begins with https://"),
        (field("MultiImage"), ["a"], "cannot be written from an article"),
        (field("User"), "a", "cannot be written from an article"),
    ],
)
def test_value_that_does_not_fit_is_refused(of, value, said):
    """With what the field takes."""
    with pytest.raises(ContentError) as caught:
        value_for(of, value, refer)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("kind", "ours", "theirs", "is_it"),
    [
        ("Link", "https://example.org/a/", "https://example.org/a", True),
        ("Email", "Ada@Example.org", "ada@example.org", True),
        ("DateTime", "2026-03-01T07:00:00.000Z", "2026-03-01T08:00:00+01:00", True),
        ("Image", {"fileId": "1", "url": "a", "alt": "x"}, {"fileId": "1", "url": "b", "alt": "x"}, True),
        ("Image", {"fileId": "1", "url": "a", "alt": "x"}, {"fileId": "2", "url": "a", "alt": "x"}, False),
        ("Image", {"url": "a", "alt": ""}, {"fileId": "9", "url": "b", "alt": None}, True),
        ("MultiReference", ["a", "b"], ["b", "a"], True),
        ("Switch", False, None, True),
        ("PlainText", "a\r\nb ", "a\nb", True),
        ("PlainText", "a", "b", False),
        ("Number", 4, 4.0, True),
        ("RichText", "", None, True),
    ],
)
def test_value_that_webflow_rewrote_is_the_same(kind, ours, theirs, is_it):
    """And another one is not."""
    assert is_same(field(kind), ours, theirs) is is_it


EMBED = "<div data-rt-embed-type='true'><table><tr><td>1</td></tr></table></div>"


@pytest.mark.parametrize(
    ("ours", "theirs", "is_it"),
    [
        ("<p>a <em>b</em></p>", '<p id="">a <em>b</em></p>\n', True),
        ("<ul><li>a</li></ul>", "<ul>\n<li>a</li>\n</ul>", True),
        (f"<p>a</p>{EMBED}", "<p>a</p>", True),
        (f"<p>a</p>{EMBED}", f"<p>a</p>{EMBED.replace('1', '2')}", False),
        ("<p>a</p>", f"<p>a</p>{EMBED}", False),
        ("<p>a</p>", "<p>b</p>", False),
        ("<p>a <em>b</em> c</p>", "<p>a <em>b c</em></p>", False),
        ('<p><a href="/x">a</a></p>', '<p><a href="/y">a</a></p>', False),
        ("<h2>a</h2>", "<h3>a</h3>", False),
        ("<p>a</p>", '<p>a</p><wf-component component-id="1"></wf-component>', True),
    ],
)
def test_rich_text_is_compared_as_readers_see_it(ours, theirs, is_it):
    """Attributes, white space, and embeds that are not told when it is read, make no difference; words and links do."""
    assert same(ours, theirs) is is_it


def test_words_that_look_like_markup_are_words():
    """Escaped text is compared as text."""
    assert canonical("<p>&lt;b&gt;</p>") != canonical("<p><b></b></p>")


def test_components_are_seen_by_their_ids():
    """However their attributes are ordered."""
    text = (
        '<p>a</p><wf-component name="x" component-id="c1"></wf-component><WF-COMPONENT component-id=c2></WF-COMPONENT>'
    )
    assert components(text) == ["c1", "c2"]
    assert components("<p>wf-component</p>") == []


def test_component_without_an_id_is_seen_all_the_same():
    """Whatever Webflow calls it: it cannot be made anew."""
    assert components('<p>a</p><wf-component name="x"><p>b</p></wf-component>') == [
        '<wf-component name="x"><p>b</p></wf-component>'
    ]


def test_what_was_moved_is_counted():
    """One piece of each kind, and how many."""
    footnotes = "<div data-rt-embed-type='true'><section class=\"footnotes\"><ol><li>a</li></ol></section></div>"
    player = "<div data-rt-embed-type='true'><iframe src=\"https://example.org\"></iframe></div>"
    other = "<div data-rt-embed-type='true'><details>x</details></div>"
    text = EMBED + EMBED + footnotes + player + other
    assert [one.said for one in moved(text)] == [
        "2 tables",
        "1 list of footnotes",
        "1 player",
        "1 piece of HTML",
    ]
    assert moved("<p>a</p>") == []


@pytest.mark.parametrize(
    ("found", "is_it"), [("hello", True), ("hello-e9f6b", True), ("hello-world-again", False), ("other", False)]
)
def test_slug_with_a_few_characters_behind_it_may_be_ours(found, is_it):
    """As Webflow adds them where a slug is taken."""
    assert is_slug_of(found, "hello") is is_it


@pytest.mark.parametrize(("slug", "there"), [("a-b_c", "a-b_c"), ("A.B", "a-b"), ("straße", "strasse")])
def test_slug_is_spelled_as_webflow_takes_it(slug, there):
    """Lower case letters, digits, dashes and underscores."""
    assert item_slug(slug) == there


# Which field takes what


def collection(*fields):
    named = [Field("name", "PlainText", "Name", required=True), Field("slug", "PlainText", "Slug", required=True)]
    return Collection("c" * 24, "Posts", (*named, *fields))


@pytest.mark.parametrize(
    ("fields", "part", "slug"),
    [
        ([Field("intro", "RichText", ""), Field("post-body", "RichText", "")], "body", "post-body"),
        ([Field("intro", "RichText", ""), Field("more", "RichText", "")], "body", "intro"),
        ([Field("og-image", "Image", ""), Field("photo", "Image", "")], "cover", "photo"),
        ([Field("updated-on", "DateTime", ""), Field("when", "DateTime", "")], "date", "when"),
        ([Field("category", "Option", "")], "category", "category"),
        ([Field("author", "PlainText", "")], "author", "author"),
        ([Field("post-summary", "PlainText", "")], "excerpt", "post-summary"),
        ([Field("source-key", "PlainText", "")], "key", "source-key"),
        ([Field("locked", "RichText", "", editable=False)], "body", None),
        ([Field("note", "PlainText", "")], "excerpt", None),
    ],
)
def test_field_is_guessed_by_its_type_and_name(fields, part, slug):
    """The first one of a type is taken only where it is not named for something else."""
    found = field_map(collection(*fields), {}).fields.get(part)
    assert (found.slug if found else None) == slug


def test_given_fields_count_before_guesses():
    """And a part that is given as None gets no field."""
    fields = collection(Field("a", "RichText", ""), Field("b", "RichText", ""), Field("excerpt", "PlainText", ""))
    found = field_map(fields, {"body": "b", "excerpt": None})
    assert found.fields["body"].slug == "b"
    assert "excerpt" not in found.fields
    assert (found.guessed & {"body", "excerpt"}, found.left_out) == (frozenset(), {"excerpt"})


def test_collection_survives_the_ledger():
    """What the fact holds is what was read."""
    there = collection(Field("kind", "Option", "Kind", validations=OPTIONS), Field("odd", "Odd", "Odd"))
    assert Collection.read(there.fact()) == there
    with pytest.raises(UnexpectedAnswerError):
        Collection.read({"displayName": "x"})


def test_item_that_is_none_is_an_unexpected_answer():
    """Named by what is missing."""
    with pytest.raises(UnexpectedAnswerError, match="fieldData"):
        Item.read({"id": "1"})


# What is known of an article beforehand


def test_review_names_what_webflow_makes_otherwise():
    """Without a collection and without a request, each with its field."""
    article = Article(
        title="T" * 257,
        slug="Größe",
        body="[up](#top)\n\n|A|\n|-|\n|1|\n",
        categories=(("News", "Local"),),
        status="private",
    )
    backend = Webflow(token="secret", collection_id="0" * 24)
    found = {(one.verdict, one.field) for one in backend.review(article)}
    assert found == {
        ("problem", "title"),
        ("warning", "slug"),
        ("warning", "categories"),
        ("warning", "status"),
        ("warning", "body"),
    }
    assert backend.review(Article(title="Plain", body="Words.")) == []
    later = Article(title="Later", status="scheduled", date="2061-07-28T18:00:00Z")
    assert ["cannot schedule" in one.what for one in backend.review(later)] == [True]


BODY = """\
Words,
more words and <iframe src="https://example.org"></iframe>,
[up](#Top).

![A loaf](https://example.org/loaf.png)

- one
- two, see [down](#Top)

| a |
|---|
| 1 |

- ```
  code
  ```

<details>
x</details>

Said.[^1]

```
more code
```

[^1]: Here.
"""


@pytest.mark.parametrize("raw_html", ["trust", "sanitize"])
def test_review_gives_the_line_where_something_stands_first(raw_html):
    """Counted in the file. Of a link or a player amid text it is its own, of a block the first."""
    article = Article(title="T", body=BODY, first_line=5, raw_html=raw_html)
    found = {
        one.what.rpartition(": ")[2]: one.line for one in Webflow(token="t", collection_id="0" * 24).review(article)
    }
    assert found == {
        "1 table": 14,
        "2 code blocks": 18,
        "1 piece of HTML": 22,
        "1 list of footnotes": 31,
        "there is 2 links to headings, which keep no ids in rich text": 7,
    } | ({"there is 1 <iframe> amid text, which the Designer drops": 6} if raw_html == "trust" else {})


# What it says


def said(status, value, method="GET", items=()):
    request = httpx.Request(method, "https://api.webflow.com/v2/x", json={"items": list(items)})
    return httpx.Response(status, json=value, request=request)


@pytest.mark.parametrize(
    "entries",
    [
        ["slug: taken"],
        [{"param": "slug", "description": "taken"}],
        [{"field": "slug", "message": "taken"}],
    ],
)
def test_details_are_read_in_every_form(entries):
    """Strings, parameters or fields; and a code may be missing."""
    error = refusal(said(400, {"message": "Validation Error", "details": entries}))
    assert "taken" in str(error)
    assert (error.code, len(details(said(400, {"details": entries})))) == (None, 1)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, AuthenticationError),
        (403, RefusedError),
        (404, RefusedError),
        (409, RefusedError),
        (500, UnexpectedAnswerError),
    ],
)
def test_refusal_is_an_error_with_what_to_do(status, kind):
    """Whatever the code is, also one that nobody knows yet."""
    error = refusal(said(status, {"message": "No", "code": "brand_new", "details": []}))
    assert (type(error), error.status, error.code) == (kind, status, "brand_new")
    assert error.hint


@pytest.mark.parametrize(
    ("answer", "effect", "verdict"),
    [
        (said(400, {}, "POST", [1, 2]), "create", "settled"),
        (said(400, {}, "POST", [1]), "create", "permanent"),
        (said(409, {}, "POST", [1, 2]), "create", "settled"),
        (httpx.Response(200, html="<p>hi", request=httpx.Request("POST", "https://x.test")), "create", "ambiguous"),
        (httpx.Response(200, html="<p>hi", request=httpx.Request("GET", "https://x.test")), "read", "ambiguous"),
        (said(202, {}, "POST", [1]), "create", None),
    ],
)
def test_answer_to_a_bulk_create_may_leave_something_behind(answer, effect, verdict):
    """So what was refused of several items stays open until somebody has looked."""
    assert classify(answer, effect) == verdict
