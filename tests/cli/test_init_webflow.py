"""init shows what a token of Webflow's reaches, and writes what was chosen; a simulated Webflow answers."""

from __future__ import annotations

import keyring
import pytest

from publisher import Publisher
from publisher.config import read_targets
from publisher.testing import WebflowSimulator
from publisher.testing.webflow import Field

pytestmark = pytest.mark.usefixtures("folder")

TOKEN = "webflow-simulator-token-0123456789"


@pytest.fixture
def simulator():
    made = WebflowSimulator()
    made.posts = made.add_blog().posts
    return made


@pytest.fixture
def api(simulator):
    """The address of its API on a port."""
    with simulator.serving() as url:
        yield url


@pytest.fixture
def init(run, api):
    """init for the simulated Webflow, as in a pipe."""

    def run_it(*options, answers=""):
        return run("init", "webflow", "--set", f"base_url={api}", *options, answers=answers)

    return run_it


def written(folder, name="blog"):
    return read_targets(folder / "publisher.toml")[name]


def test_a_site_is_set_up_by_its_token_alone(init, folder, simulator, memory_keyring):
    """Name, keyring, token, collection by its number; the map and the address as they are offered."""
    told = init(answers=f"blog\ny\n{TOKEN}\n4\n\n\n")
    assert told.code == 0, told.err
    assert "Site: Simulated site, the only one" in told.err
    assert "  4  Blog Posts" in told.err
    assert keyring.get_password("publisher", "blog@webflow") == TOKEN
    target = written(folder)
    assert target.arguments["collection_id"] == simulator.posts
    assert target.arguments["site_id"] == simulator.site_id
    assert target.arguments["url"] == "https://www.example.com/post/{slug}"
    assert target.arguments["fields"]["cover"] == "main-image"
    assert TOKEN not in told.out + told.err + (folder / "publisher.toml").read_text()
    assert "good: fields:" in told.out
    assert "(a guess)" not in told.out


def test_the_table_says_which_field_takes_what(init, memory_keyring):
    """With its type, whether it is required, and what no article fills."""
    rows = [line.split() for line in init(answers=f"blog\ny\n{TOKEN}\nblog posts\n\n\n").err.splitlines()]
    assert ["article", "Webflow", "field", "type", "required"] in rows
    assert ["title", "name", "PlainText", "yes"] in rows
    assert ["body", "post-body", "RichText"] in rows
    assert ["(nothing)", "attachment", "File"] in rows


def test_the_map_can_be_corrected_until_it_is_right(init, folder, simulator, memory_keyring):
    """What cannot be is told, and asked again."""
    wrong = "cover=gallery\nimage=thumbnail\nexcerpt=\nnonsense\ntitel=name\ncover=nowhere\n"
    told = init(answers=f"blog\ny\n{TOKEN}\n4\n{wrong}\n\n")
    assert told.code == 0, told.err
    assert "the field gallery (MultiImage) cannot hold 'cover'" in told.err
    assert "'nonsense' is no PART=FIELD" in told.err
    assert "articles have no part 'titel'" in told.err
    fields = written(folder).arguments["fields"]
    assert (fields["cover"], fields["excerpt"]) == ("thumbnail", "")
    assert told.err.count("Webflow field") == 3


def test_the_table_is_shown_again_only_where_it_changed(init, memory_keyring):
    """After a wrong answer the reason is all that is told, and which fields would do."""
    told = init(answers=f"blog\ny\n{TOKEN}\n4\ncover=gallery\nnonsense\ncover=nowhere\nexcerpt=excerpt\n\n\n")
    assert told.code == 0, told.err
    assert told.err.count("Webflow field") == 1
    between = told.err.partition("Change, such as")[2]
    answers = [one.partition("right):")[2].strip() for one in between.split("Change, such as")]
    can = "the collection 'Blog Posts' has main-image (Image), thumbnail (Image)"
    assert answers[:4] == [
        f"the field gallery (MultiImage) cannot hold 'cover', which needs one of Image: {can}",
        "'nonsense' is no PART=FIELD, such as cover=thumbnail",
        f"there is no field 'nowhere' for 'cover': {can}",
        "that is how it is already",
    ]


def test_what_was_set_up_can_be_published_to(init, folder, simulator, memory_keyring):
    """With the address of the page in the receipt."""
    assert init(answers=f"blog\ny\n{TOKEN}\n4\n\n\n").code == 0
    (folder / "hello.md").write_text("# Hello\n\nWords.\n")
    with Publisher() as publisher:
        receipt = publisher.publish("hello.md", "blog")
    assert receipt.url == "https://www.example.com/post/hello"
    assert [item["fieldData"]["slug"] for item in simulator.live(simulator.posts)] == ["hello"]


def test_a_wrong_token_is_asked_for_again(init, folder, memory_keyring):
    """And what was typed first is kept nowhere."""
    told = init(answers=f"blog\ny\nwrong\nnot one\n{TOKEN}\n4\n\n\n")
    assert told.code == 0, told.err
    assert "Webflow does not accept the token" in told.err
    assert "the token holds characters that no token of Webflow's has" in told.err
    assert keyring.get_password("publisher", "blog@webflow") == TOKEN


def test_a_wrong_token_of_the_environment_is_an_error(init, folder, monkeypatch):
    """Nothing is written, and the token is not shown."""
    monkeypatch.setenv("PUBLISHER_BLOG_TOKEN", "wrong-token-of-somebody")
    told = init("--name", "blog", "--secret", "env")
    assert told.code == 1
    assert "init: Webflow does not accept the token" in told.err
    assert "wrong-token-of-somebody" not in told.err
    assert not (folder / "publisher.toml").exists()


@pytest.mark.parametrize(
    ("scopes", "said"),
    [
        (["cms:read"], "sites:read"),
        (["sites:read"], "cms:read"),
    ],
)
def test_a_token_that_may_too_little_says_what_it_needs(init, simulator, monkeypatch, scopes, said):
    """With all the scopes that a new one should have."""
    simulator.add_token("narrow-token", scopes=scopes)
    monkeypatch.setenv("PUBLISHER_BLOG_TOKEN", "narrow-token")
    told = init("--name", "blog", "--secret", "env")
    assert told.code == 1
    assert f"missing the following scopes - {said}" in told.err
    assert "assets:write" in told.err


def test_of_several_sites_one_is_chosen(init, folder, simulator, memory_keyring):
    """By its name, here."""
    other = simulator.add_site("Another site", domains=())
    collection = simulator.add_collection("Notes", fields=[Field("Text", "RichText")], site_id=other)
    told = init(answers=f"blog\ny\n{TOKEN}\nno such site\nanother site\n\n\n")
    assert told.code == 0, told.err
    assert "'no such site' is none of them: Simulated site, Another site" in told.err
    assert written(folder).arguments["collection_id"] == collection
    assert written(folder).arguments["url"] == "https://another-site.webflow.io/notes/{slug}"


def test_a_site_without_collections_says_what_to_make(init, simulator, monkeypatch, folder):
    """Before anything is written."""
    simulator.add_token("other-token", site_ids=[simulator.add_site("Empty")])
    monkeypatch.setenv("PUBLISHER_BLOG_TOKEN", "other-token")
    told = init("--name", "blog", "--secret", "env")
    assert told.code == 2
    assert "the site has no collections" in told.err
    assert not (folder / "publisher.toml").exists()


def test_a_script_says_everything_with_options(init, folder, simulator, monkeypatch):
    """And what it does not say is as it is offered."""
    monkeypatch.setenv("PUBLISHER_BLOG_TOKEN", TOKEN)
    given = ["--set", f"collection_id={simulator.posts}", "--set", "fields.cover=thumbnail", "--url", "-"]
    told = init("--name", "blog", "--secret", "env", "--json", *given)
    assert told.code == 0, told.err
    assert told.json["checkups"][0]["ok"]
    arguments = written(folder).arguments
    assert arguments["fields"]["cover"] == "thumbnail"
    assert arguments["fields"]["body"] == "post-body"
    assert "url" not in arguments


def test_without_a_test_nothing_is_asked_of_webflow(init, simulator, folder, monkeypatch):
    """Where the collection is told. What it is given is written as it is."""
    monkeypatch.setenv("PUBLISHER_BLOG_TOKEN", TOKEN)
    given = ["--set", f"collection_id={simulator.posts}", "--set", "fields.cover=thumbnail", "--set", "fields.excerpt="]
    told = init("--name", "blog", "--secret", "env", "--no-test", *given)
    assert told.code == 0, told.err
    assert simulator.requests == []
    assert written(folder).arguments["fields"] == {"cover": "thumbnail", "excerpt": ""}


def test_a_script_without_a_token_that_leaves_something_open_is_told_so(init, folder):
    """The token is needed to see the collections, unless one is named."""
    told = init("--name", "blog", "--secret", "env")
    assert told.code == 2
    assert "nobody answers" in told.err
    assert not (folder / "publisher.toml").exists()


def test_a_token_for_an_environment_variable_is_used_once(init, folder, simulator, monkeypatch):
    """To look with, and for the doctor. It is in no file afterwards."""
    monkeypatch.delenv("PUBLISHER_BLOG_TOKEN", raising=False)
    told = init("--name", "blog", "--secret", "env", answers=f"{TOKEN}\n4\n\n\n")
    assert told.code == 0, told.err
    assert "good: fields:" in told.out
    text = (folder / "publisher.toml").read_text()
    assert 'token = { env = "PUBLISHER_BLOG_TOKEN" }' in text
    assert TOKEN not in text
