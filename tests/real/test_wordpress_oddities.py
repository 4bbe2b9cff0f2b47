"""What people write, what they do in wp-admin, and what roles and plugins do: the truth is read from the database."""

from __future__ import annotations

import base64
import datetime as dt
import html
import io
import logging
import time
import traceback

import httpx
import pytest
from PIL import Image

from publisher import Article, Publisher, PublisherError
from publisher.driving.clock import SystemClock
from publisher.errors import AuthenticationError, ConfigurationError, ConflictError, ContentError, RefusedError
from publisher.testing import make_faulty
from publisher.testing.faults import Fault

pytestmark = pytest.mark.real

NOW = dt.datetime.now(dt.UTC)
SOON, PAST = NOW + dt.timedelta(days=3), dt.datetime(2024, 7, 1, 12, tzinfo=dt.UTC)
NAMES = ("R&D", "a < b", 'say "hi"', "it's", "C", "C++", "C#", "日本", "2024")
ON_POST = "if ($_SERVER['REQUEST_METHOD'] == 'POST' && strpos($_SERVER['REQUEST_URI'], '{}'))"
HTML = "{{ http_response_code({0}); header('Content-Type: text/html'); echo '<h1>{0} from a box</h1>'; exit; }}"
NO_PERMALINKS = """add_filter('pre_option_permalink_structure', '__return_empty_string');
add_filter('pre_option_rewrite_rules', '__return_empty_string');"""
NO_BATCH = "add_filter('rest_endpoints', function ($e) { unset($e['/batch/v1']); return $e; });"


def an_article(body="Its words.", **fields) -> Article:
    return Article(**{"title": "A title", "key": "a-key", "body": body} | fields)


@pytest.mark.parametrize("form", ["blocks", "html"])
@pytest.mark.parametrize("slug", ["2024", "feed", "привет-мир", "x" * 210, "Hello-There"])
def test_odd_slug_makes_one_post_whatever_is_lost(desk, slug, form):
    """WordPress renames such slugs: the receipt says so, and a lost answer, an edit or a new ledger doubles nothing."""
    backend = desk.blog(body=form)
    make_faulty(backend, SystemClock()).faults.append(Fault("answer lost"))
    first = desk.publish(an_article("One.", slug=slug), backend)
    # The same slug in percent is no change; one with a number, cut or lowered is.
    assert ("slug" in {change.field for change in first.changes}) is (slug != "привет-мир")
    desk.publish(an_article("Two.", slug=slug), desk.blog(body=form))
    desk.lose_the_ledger()
    desk.publish(an_article("Two.", slug=slug), desk.blog(body=form))
    assert [str(post[0]) for post in desk.posts()] == [first.remote_id]


@pytest.mark.parametrize("slug", ["привет-мир", "Hello-There", "a.b", "x" * 210, "of-another-author"])
def test_slug_that_somebody_else_has_is_a_conflict(desk, slug):
    """Never hello-2, also where WordPress spells the slug another way, or the user may not edit the other post."""
    desk.rig.occupy(slug)
    with pytest.raises(ConflictError):
        desk.publish(an_article(slug=slug), desk.blog("author" if "author" in slug else "admin"))


@pytest.mark.parametrize("title", ["🎉", "AT&T <b>bold</b> \"q\" 'x' 😀 \\ back", "a < b &lt; 日本"])
def test_title_arrives_as_it_is_written(desk, title):
    """Nothing in a title is escaped, dropped or doubled, and the next run finds nothing to do."""
    desk.publish(an_article(title=title, slug="s"))
    assert desk.posts()[0][2] == title
    assert desk.publish(an_article(title=title, slug="s")).action == "no-op"


@pytest.mark.parametrize("size", [0, 1_000_000])
def test_body_of_any_size_arrives_whole(desk, size):
    """An empty body and one of a megabyte."""
    receipt = desk.publish(an_article("word " * (size // 5)))
    [(length,)] = desk.sql("SELECT length(post_content) FROM wp_posts WHERE ID = ?", receipt.remote_id)
    assert (length > size - 5, receipt.changes) == (True, ())


@pytest.mark.parametrize(
    ("code", "form"),
    [
        ("<?php echo '<b>' . $x; // --> &amp;", "```\n{}\n```"),
        ("<?php echo '<b>' . $x; // --> &amp;", "Inline `{}` here."),
        ("<!-- wp:x -->", "```\n{}\n```"),
        ("<!-- wp:x -->", "Inline `{}` here."),
        ("[caption]", "```\n{}\n```"),
    ],
)
def test_code_is_shown_as_it_is_written(desk, code, form):
    """Code with PHP, HTML and shortcodes is what a reader sees; WordPress runs none of it."""
    receipt = desk.publish(an_article(form.format(code)))
    page = html.unescape(httpx.get(receipt.url).text.replace("“", '"'))
    assert f"{code}</code>" in page


def test_images_are_uploaded_once_however_often_they_are_used(desk):
    """Large (over upload_max_filesize), inline, as cover, in two articles: one item each; a removed cover goes."""
    Image.effect_noise((4000, 3000), 90).convert("RGB").save(desk.folder / "big.jpg", quality=98)
    desk.draw("a.png")
    desk.draw("b.png", color="blue")
    desk.write("one.md", "---\ntitle: One\nimage: a.png\n---\n![x](big.jpg)\n\n![a](a.png) and ![a](a.png)\n")
    two = "---\ntitle: Two\nimage: b.png\n---\n![a](a.png)\n"
    for text in (two, two.replace("image: b.png\n", "")):
        desk.write("two.md", text)
        one = desk.publish_many(desk.folder, desk.blog())[0].unwrap()
    desk.lose_the_ledger()
    desk.publish_many(desk.folder, desk.blog())
    covers = desk.sql("SELECT post_id FROM wp_postmeta WHERE meta_key = '_thumbnail_id'")
    assert (covers, len(desk.rig.assets()), len(desk.posts())) == ([(int(one.remote_id),)], 3, 2)
    # It comes in the size above which WordPress would scale it.
    assert desk.sql("SELECT post_content LIKE '%/big.jpg%' FROM wp_posts WHERE ID = ?", one.remote_id) == [(1,)]
    [(details,)] = desk.sql(
        "SELECT meta_value FROM wp_postmeta WHERE meta_value LIKE '%/big.jpg%' AND meta_key LIKE '%metadata'"
    )
    assert 's:5:"width";i:2560;s:6:"height";i:1920;' in details


def test_alt_text_of_a_cover_reaches_the_site(desk):
    """The theme shows the cover with the alternative text of the media library, so that is where it has to be."""
    desk.draw("a.png")
    desk.publish(desk.write("p.md", "---\ntitle: P\nimage: {src: a.png, alt: A loaf}\n---\nText.\n"))
    assert desk.sql("SELECT meta_value FROM wp_postmeta WHERE meta_key = '_wp_attachment_image_alt'") == [("A loaf",)]


def test_image_that_changes_on_the_way_stops_its_article(desk):
    """The file is another one, then gone, when it is its turn: the message names it, and nothing is on the site."""
    desk.draw("a.png", (31, 23))
    article = Article.from_file(desk.write("p.md", "---\ntitle: P\n---\n![n](a.png)\n"))
    for change in (lambda: desk.draw("a.png", (31, 23), "blue"), (desk.folder / "a.png").unlink):
        change()
        with pytest.raises(ContentError, match=r"a\.png.*[Rr]un again"):
            desk.publish(article)
    assert (desk.posts(), desk.rig.assets()) == ([], [])


def test_tags_arrive_under_the_names_they_are_written_with(desk):
    """Signs, scripts, thirty at once; a lost ledger doubles none, and an edit takes them away."""
    names = NAMES + tuple(f"t{number}" for number in range(30))
    receipt = desk.publish(an_article(tags=names))
    assert (desk.terms(receipt), receipt.changes) == (set(names), ())
    desk.lose_the_ledger()
    desk.publish(an_article(tags=names))
    assert len(desk.rig.terms()) == len(names)
    assert desk.terms(desk.publish(an_article())) == set()


CATEGORIES = """SELECT t.name, coalesce(p.name, '') FROM wp_term_taxonomy x JOIN wp_terms t USING (term_id)
    LEFT JOIN wp_terms p ON p.term_id = x.parent WHERE x.taxonomy = 'category' AND t.slug != 'uncategorized'
    ORDER BY 1, 2"""


def test_nested_categories_stand_below_their_parents(desk):
    """One name below two parents is two categories; a lost ledger finds them all; the post is in the innermost."""
    article = an_article(categories=(("News", "Local"), ("Sports", "Local"), "Local", ("News", "Local", "A & B")))
    receipt = desk.publish(article)
    tree = [
        ("A &amp; B", "Local"),
        ("Local", ""),
        ("Local", "News"),
        ("Local", "Sports"),
        ("News", ""),
        ("Sports", ""),
    ]
    assert desk.sql(CATEGORIES) == tree
    assert (desk.terms(receipt, "category"), receipt.changes) == ({"Local", "A & B"}, ())
    desk.lose_the_ledger()
    desk.publish(article)
    assert desk.sql(CATEGORIES) == tree


def test_tags_that_differ_in_case_are_one_and_no_change(desk):
    """WordPress knows one tag for Python and python: nothing was dropped, so nothing is told."""
    desk.by_hand("tags", name="PYTHON")
    receipt = desk.publish(an_article(tags=("Python", "python")))
    assert (desk.terms(receipt), receipt.changes) == ({"PYTHON"}, ())


def test_sixty_articles_cost_few_requests_and_then_none(desk):
    """Several batches side by side; a second run asks nothing, and one without the ledger doubles nothing."""
    for number in range(60):
        tags = ", ".join(f"tag {other}" for other in range(number, number + 4))
        image = f"![i](i{number % 4}.png)"
        desk.draw(f"i{number % 4}.png", color=(number % 4, 0, 0))
        desk.write(f"a{number:02}.md", f"---\ntitle: No {number}\ntags: [{tags}]\ncategories: [K]\n---\n{image}\n")
    backend = desk.blog()
    faulty = make_faulty(backend, SystemClock())
    for requests in (20, 0, 20):
        if requests:
            desk.lose_the_ledger()
        faulty.requests.clear()
        assert [str(outcome.error) for outcome in desk.publish_many(desk.folder, backend) if outcome.error] == []
        assert len(faulty.requests) <= requests
        assert (len(desk.posts()), len(desk.rig.terms()), len(desk.rig.assets())) == (60, 64, 4)


@pytest.mark.parametrize(
    ("steps", "status", "date_gmt"),
    [
        ([("draft", None), ("published", None), ("draft", None), ("published", None)], "publish", None),
        ([("private", None)], "private", None),
        ([("scheduled", SOON), ("published", None)], "publish", None),
        ([("published", PAST), ("published", None)], "publish", PAST),
        ([("published", PAST.replace(tzinfo=None))], "publish", PAST - dt.timedelta(hours=2)),
    ],
)
def test_status_and_date_become_what_is_written(desk, steps, status, date_gmt):
    """Each step is an edit of one article; a date without a zone is the site's (Europe/Berlin). None is now."""
    for number, (wanted, date) in enumerate(steps):
        desk.publish(an_article(f"Step {number}.", status=wanted, date=date))
    [post] = desk.posts()
    stored = dt.datetime.fromisoformat(post[5]).replace(tzinfo=dt.UTC)
    assert (post[3], abs(stored - (date_gmt or dt.datetime.now(dt.UTC))) < dt.timedelta(minutes=10)) == (status, True)


def test_draft_leaves_its_date_to_the_day_on_which_it_is_published(desk):
    """As drafts made in wp-admin do; else one that is published by hand next month stands under the old day."""
    desk.publish(an_article(status="draft"))
    assert desk.posts()[0][5] == "0000-00-00 00:00:00"


def test_scheduled_post_that_wordpress_has_published_can_be_edited(desk):
    """WP-Cron turned future into publish, as it was asked to: nobody edited anything."""
    receipt = desk.publish(an_article("One.", status="scheduled", date=SOON))
    desk.sql("UPDATE wp_posts SET post_status = 'publish' WHERE ID = ?", receipt.remote_id)
    desk.publish(an_article("Two.", status="scheduled", date=SOON))


@pytest.mark.parametrize(
    ("user", "fields", "says"),
    [
        ("editor", {"categories": ("K",)}, None),
        ("author", {"tags": ("new",), "categories": ("Kitchen",)}, None),
        ("author", {"categories": ("kitchen",)}, None),
        ("author", {"categories": ("Nope",)}, "no category 'Nope'"),
        ("contributor", {}, "not allowed to publish"),
        ("contributor", {"status": "draft"}, None),
    ],
)
def test_role_does_what_it_may_and_says_what_it_may_not(desk, user, fields, says):
    """Authors use categories that exist, however they are spelt; contributors write drafts only."""
    desk.by_hand("categories", name="Kitchen")
    if says is None:
        assert desk.publish(an_article(**fields), desk.blog(user)).changes == ()
    else:
        with pytest.raises(RefusedError, match=says):
            desk.publish(an_article(**fields), desk.blog(user))


def test_author_is_told_what_was_stripped_and_only_that(desk):
    """An iframe that goes is a change; ' />' for '/>' and &#091; for &#91; are not."""
    body = "Hi\n\n<iframe src='https://example.com'></iframe>"
    assert [change.field for change in desk.publish(an_article(body), desk.blog("author")).changes] == ["content"]
    assert desk.publish(an_article("```\n[x]\n```", key="b", slug="b"), desk.blog("author")).changes == ()


def test_post_of_another_user_is_not_taken_for_deleted(desk):
    """An author cannot see the admin's post in a list: it is there all the same, and overwriting makes no second."""
    desk.publish(an_article("One."))
    with pytest.raises(PublisherError) as caught:
        desk.publish(an_article("Two."), desk.blog("author"), on_conflict="overwrite")
    assert "deleted" not in str(caught.value)
    assert len(desk.posts()) == 1


def test_other_user_of_one_ledger_recognises_his_own_post(desk):
    """What was learned about the admin does not hold for the editor who publishes next."""
    desk.publish(an_article(), desk.blog(body="html"))
    backend = desk.blog("editor", body="html")
    make_faulty(backend, SystemClock()).faults.append(Fault("answer lost"))
    desk.publish(an_article(key="b", slug="b", title="B"), backend)
    assert len(desk.posts()) == 2


def test_what_cannot_be_meant_is_refused_at_once(desk):
    """A forgotten environment variable as password; a scheduled article without a date, which would be public."""
    with pytest.raises(ConfigurationError):
        desk.blog(app_password="")
    with pytest.raises(ContentError, match="date"):
        an_article(status="scheduled")


def test_file_without_a_possible_slug_is_named(desk):
    """An emoji as title and as file name gives no slug: the message says in which file."""
    with pytest.raises(ContentError, match=r"🎉\.md"):
        desk.publish(desk.write("🎉.md", "---\ntitle: 🎉\n---\nWords.\n"))


def test_password_works_with_and_without_blanks_and_nothing_else_does(desk):
    """Blanks do not matter; a wrong one, an unknown user and the login password are refused."""
    secret = desk.site.users["admin"]
    for user, password in (("admin", "wrong"), ("nobody", secret), ("admin", "admin-pass")):
        with pytest.raises(AuthenticationError, match="application password"):
            desk.publish(an_article(), desk.blog(user, app_password=password))
    for user, password in (("admin", secret.replace(" ", "")), ("admin@example.test", f" {secret}\n")):
        desk.publish(an_article(password), desk.blog(user, app_password=password))


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("http://no-such-host.invalid", "no-such-host.invalid.*Check the address"),
        ("https://{host}", "https"),
        ("http://localhost:{port}", "127.0.0.1"),
        ("{url}/wp-admin", "^(?!.*wp-login)"),
        ("{url}/hello-world", "Give the address"),
        ("{url}/nothing-here", "Give the address"),
    ],
)
def test_wrong_address_is_refused_with_a_way_out(desk, hasty, address, says):
    """Another address than the site's: told which one to give, and never the login page."""
    host, port = desk.site.url.removeprefix("http://"), desk.site.url.rpartition(":")[2]
    url = address.format(url=desk.site.url, host=host, port=port)
    with pytest.raises(PublisherError, match=says):
        desk.publish(an_article(), desk.blog(url=url), clock=hasty)


@pytest.mark.parametrize(
    "code",
    {
        "trailing noise": "register_shutdown_function(function () { echo '<!-- 42 queries -->'; });",
        "a notice": "if (strpos($_SERVER['REQUEST_URI'], 'wp-json')) echo '<b>Notice</b>: [0] in {x} on line 1';",
        "closed": "add_filter('rest_authentication_errors', function ($e) { return $e ?: (is_user_logged_in() ? $e : "
        "new WP_Error('rest_not_logged_in', 'Closed', array('status' => 401))); }, 999);",
        "no batches": NO_BATCH,
        "later no batches": NO_BATCH,
        "later no permalinks": NO_PERMALINKS,
        "no link": "remove_action('template_redirect', 'rest_output_link_header', 11);",
        "no HEAD": "if ($_SERVER['REQUEST_METHOD'] == 'HEAD') { http_response_code(405); exit; }",
        "no permalinks": NO_PERMALINKS,
        "500 after insert": "add_action('rest_after_insert_post', function () { if (get_option('x')) return; "
        f"update_option('x', 1); {HTML.format(500)} }});",
    }.items(),
    ids=lambda item: item[0],
)
def test_site_with_such_a_plugin_is_published_to(desk, code):
    """What plugins do to a site that still works for its visitors; later: after something was learned about it."""
    if code[0].startswith("later"):
        desk.publish(an_article())
    desk.site.install_plugin("odd", code[1])
    articles = [an_article(key=f"k{n}", slug=f"k{n}", title=f"T{n}", tags=("x",)) for n in range(2)]
    outcomes = desk.publish_many(articles, desk.blog())
    assert [str(outcome.error) for outcome in outcomes if outcome.error] == []
    assert (len(desk.posts()) - code[0].startswith("later"), desk.rig.terms()) == (2, ["x"])


@pytest.mark.parametrize(("status", "where"), [(403, "posts"), (500, "posts"), (413, "media")])
def test_box_in_front_that_refuses_writes_is_named(desk, status, where):
    """A firewall or a web server answers with a page of its own: the message says which status, and about what."""
    desk.site.install_plugin("box", ON_POST.format(where) + HTML.format(status))
    desk.draw("a.png")
    file = desk.write("p.md", "---\ntitle: P\n---\nText.\n" + "![n](a.png)\n" * (where == "media"))
    with pytest.raises(PublisherError, match=str(status)) as caught:
        desk.publish(file, desk.blog(settle=0.1))
    assert ("a.png" in str(caught.value)) == (where == "media")
    assert desk.posts() == []


def test_site_in_maintenance_is_left_alone(desk):
    """503 with Retry-After: no waiting beyond the deadline, and the next run goes on."""
    flag = desk.site.directory / "site" / ".maintenance"
    flag.write_text(f"<?php $upgrading = {int(time.time())};")
    try:
        with pytest.raises(PublisherError, match="503"):
            desk.publish(an_article())
    finally:
        flag.unlink()
    assert desk.publish(an_article()).action == "create"


@pytest.mark.parametrize(
    "edit", [{"title": "Other"}, {"tags": []}, {"status": "draft"}, {"slug": "moved"}, {"excerpt": "e"}], ids=str
)
def test_edit_in_wp_admin_is_a_conflict_that_names_the_field(desk, edit):
    """One field is enough, and the edit is still there afterwards."""
    receipt = desk.publish(an_article("One.", tags=("a",)))
    desk.by_hand(f"posts/{receipt.remote_id}", **edit)
    before = desk.posts()
    with pytest.raises(ConflictError, match=next(iter(edit))):
        desk.publish(an_article("Two.", tags=("a",)))
    assert desk.posts() == before


@pytest.mark.parametrize("query", ["", "&force=true"], ids=["trashed", "trash emptied"])
def test_deleted_post_is_told_made_anew_on_request_and_can_be_deleted_here(desk, query):
    """Both ways out that the message names work."""
    for way_out in ("overwrite", "delete"):
        receipt = desk.publish(an_article(way_out))
        desk.by_hand(f"posts/{receipt.remote_id}?_method=DELETE{query}")
        with pytest.raises(ConflictError, match="deleted it there"):
            desk.publish(an_article("Two."))
        if way_out == "overwrite":
            desk.publish(an_article("Two."), on_conflict="overwrite")
            assert len(desk.posts()) == 1
        else:
            with Publisher(ledger=desk.ledger) as publisher:
                publisher.delete("a-key", desk.blog())


@pytest.mark.parametrize("blanks", [True, False])
@pytest.mark.parametrize("noise", ["", "'" + "x" * 185 + " '."], ids=["short", "cut off"])
def test_secret_that_a_site_echoes_is_seen_nowhere(desk, caplog, blanks, noise):
    """Not in an error, its trace, an event, a log, the ledger; also not a part of it where a message is cut off."""
    secret = desk.site.users["admin"] if blanks else desk.site.users["admin"].replace(" ", "")
    echo = f"{noise}$_SERVER['PHP_AUTH_PW'].' '.$_SERVER['HTTP_AUTHORIZATION']"
    desk.site.install_plugin("echo", "add_filter('rest_pre_insert_post', function () { return new WP_Error('leak', "
                             f"{echo}, array('status' => 403)); }});")  # fmt: skip
    stream, events, backend = io.StringIO(), [], desk.blog(app_password=secret)
    logging.getLogger().addHandler(handler := logging.StreamHandler(stream))
    with caplog.at_level(logging.DEBUG):
        try:
            desk.publish(an_article(), backend, on_event=events.append)
        except PublisherError as error:
            said = f"{error!r} {error} {vars(error)} {traceback.format_exc()} {backend!r} {vars(backend)}"
    logging.getLogger().removeHandler(handler)
    ledger = b"".join(file.read_bytes() for file in desk.ledger.parent.glob("ledger.db*")).decode("latin1")
    for text in (said, repr(events), stream.getvalue(), ledger):
        assert secret[:9] not in text
        assert base64.b64encode(f"admin:{secret}".encode()).decode()[:20] not in text
