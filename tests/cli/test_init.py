"""init asks, writes publisher.toml, keeps the secret elsewhere, and tries the connection."""

from __future__ import annotations

import os

import keyring
import pytest

import publisher
from publisher.config import read_targets
from publisher.models import Checkup, Finding

pytestmark = pytest.mark.usefixtures("folder")

ANSWERS = "\n".join(["wordpress", "blog", "blog.example.com/", "ana"])
OPTIONS = ["wordpress", "--name", "blog", "--url", "https://blog.example.com", "--username", "ana"]


@pytest.fixture
def seen(monkeypatch):
    """The targets that the doctor was asked about."""
    asked = []
    finding = Finding(verdict="good", subject="login", what="It knows us.")
    monkeypatch.setattr(publisher, "doctor", lambda target: asked.append(target) or Checkup("blog", (finding,)))
    return asked


def test_answers_become_a_target_with_its_secret_in_the_keyring(run, folder, memory_keyring, seen):
    """The secret is in no file and in no output; the connection is tried with it."""
    told = run("init", answers=f"{ANSWERS}\ny\nhunter2\n")
    assert told.code == 0, told.err
    assert (folder / "publisher.toml").read_text() == (
        '[targets.blog]\nkind = "wordpress"\nurl = "https://blog.example.com"\nusername = "ana"\n'
        'app_password = { keyring = "blog@blog.example.com" }\n'
    )
    assert keyring.get_password("publisher", "blog@blog.example.com") == "hunter2"
    assert "hunter2" not in told.out + told.err
    [target] = seen
    assert "hunter2" in target.secrets()
    assert "good: login: It knows us." in told.out


def test_options_are_not_asked_for(run, folder, memory_keyring, seen):
    """With an environment variable for the secret nothing is asked; the message says which to set."""
    told = run("init", *OPTIONS, "--secret", "env", "--json", answers="")
    assert told.code == 0, told.err
    assert told.json == {
        "command": "init",
        "file": str(folder / "publisher.toml"),
        "name": "blog",
        "checkups": [],
        "exit_code": 0,
    }
    assert 'app_password = { env = "PUBLISHER_BLOG_APP_PASSWORD" }' in (folder / "publisher.toml").read_text()
    assert "Set the environment variable PUBLISHER_BLOG_APP_PASSWORD" in told.err
    assert (seen, memory_keyring.kept) == ([], {})


def test_a_variable_that_is_set_already_is_tried(run, folder, seen, monkeypatch):
    """As in a second go."""
    monkeypatch.setenv("PUBLISHER_BLOG_APP_PASSWORD", "hunter2")
    assert run("init", *OPTIONS, "--secret", "env", answers="").code == 0
    assert len(seen) == 1
    (folder / "publisher.toml").unlink()
    told = run("init", *OPTIONS, "--secret", "env", "--json")
    assert (told.json["name"], told.json["checkups"][0]["ok"]) == ("blog", True)
    seen.pop()
    assert run("init", *OPTIONS, "--name", "b", "--url", "https://b.example", "--secret", "env", "--no-test").code == 0
    assert len(seen) == 1


def test_a_secret_for_the_environment_can_be_typed_to_try_it(run, folder, seen, monkeypatch):
    """It is used for that, and kept nowhere; an empty answer leaves it for later."""
    monkeypatch.delenv("PUBLISHER_BLOG_APP_PASSWORD", raising=False)
    told = run("init", *OPTIONS, "--secret", "env", answers="hunter2\n")
    assert told.code == 0, told.err
    [target] = seen
    assert "hunter2" in target.secrets()
    assert "hunter2" not in told.out + told.err + (folder / "publisher.toml").read_text()
    assert "PUBLISHER_BLOG_APP_PASSWORD" not in os.environ
    later = ["--name", "b", "--url", "https://b.example", "--secret", "env"]
    assert "Try it with: publisher doctor --to b" in run("init", *OPTIONS, *later, answers="\n").err
    assert len(seen) == 1


def test_a_second_target_is_added_behind_what_is_there(run, folder):
    """Which stays as it is, comments too."""
    before = '# mine\ncontent_root = "."   # here\n\n[targets.one]\nkind = "memory"'
    (folder / "publisher.toml").write_text(before)
    assert run("init", *OPTIONS, "--secret", "env").code == 0
    text = (folder / "publisher.toml").read_text()
    assert text.startswith(f"{before}\n\n[targets.blog]\n")
    assert list(read_targets(folder / "publisher.toml")) == ["one", "blog"]


def test_the_folder_of_the_articles_can_be_said(run, folder):
    """It has to be there, and is said once."""
    assert run("init", *OPTIONS, "--secret", "env", "--content-root", "posts").code == 2
    assert not (folder / "publisher.toml").exists()
    (folder / "posts").mkdir()
    assert run("init", *OPTIONS, "--secret", "env", "--content-root", "posts").code == 0
    assert (folder / "publisher.toml").read_text().startswith('content_root = "posts"\n\n[targets.blog]\n')
    again = ["--name", "b", "--url", "https://b.example", "--secret", "env", "--content-root", "posts"]
    assert "content_root is set already" in run("init", *OPTIONS, *again).err


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["gopher"], "init does not know how to ask about 'gopher'"),
        (["--url", "https://ana:pw@blog.example.com"], "holds a user name or password"),
        (["--url", "https://blog.example.com/wp-admin"], "the address of the dashboard"),
        (["--name", "one"], "there is a target 'one' already"),
        (["--name", "https://x"], "no name for a target"),
        (["--url", "https://taken.example.com"], "the same place as 'two'"),
    ],
)
def test_what_cannot_be_right_leaves_the_file_as_it_was(run, folder, more, said):
    """And nothing beside it."""
    two = 'kind = "wordpress"\nurl = "https://taken.example.com"\ntoken = { env = "T" }\n'
    before = f'[targets.one]\nkind = "memory"\n[targets.two]\n{two}'
    (folder / "publisher.toml").write_text(before)
    told = run("init", *(more if more[0] == "gopher" else [*OPTIONS, *more]), "--secret", "env")
    assert told.code == 2
    assert said in told.err
    assert [file.name for file in folder.iterdir()] == ["publisher.toml"]
    assert (folder / "publisher.toml").read_text() == before


def test_an_answer_that_cannot_be_right_is_asked_for_again(run, folder):
    """Instead of beginning anew."""
    answers = "gopher\nwordpress\nblog\nhttps://\nblog.example.com\nana\n"
    told = run("init", "--secret", "env", answers=answers)
    assert told.code == 0, told.err
    assert 'url = "https://blog.example.com"' in (folder / "publisher.toml").read_text()


def test_a_broken_project_file_is_told_before_anything_is_asked(run, folder):
    """With its line."""
    (folder / "publisher.toml").write_text("\n= x\n")
    told = run("init")
    assert told.code == 2
    assert told.err.startswith(f"init: {folder}/publisher.toml:2: the project file is not TOML")


def test_names_and_addresses_are_written_so_that_they_are_read_again(run, folder):
    """Whatever stands in them."""
    name = 'my "blog" ü'
    assert run("init", *OPTIONS, "--name", name, "--username", 'a"\\na', "--secret", "env").code == 0
    target = read_targets(folder / "publisher.toml")[name]
    assert target.arguments["username"] == 'a"\\na'


def test_a_keyring_that_refuses_says_how_to_go_on(run, folder, memory_keyring, monkeypatch):
    """The target is there; its secret is not."""
    from keyring.errors import PasswordSetError

    def refuse(*_):
        raise PasswordSetError

    monkeypatch.setattr(memory_keyring, "set_password", refuse)
    told = run("init", *OPTIONS, "--secret", "keyring", answers="hunter2\n")
    assert told.code == 2
    assert "keyring set publisher blog@blog.example.com" in told.err
    assert "blog" in read_targets(folder / "publisher.toml")


@pytest.mark.parametrize(
    ("given", "code", "said"),
    [
        (["collection_id=580e63fc8c9a982ac9b8b745", "site_id=", "url="], 0, "PUBLISHER_X_TOKEN"),
        (["collection_id=580e63fc8c9a982ac9b8b745", "site_id=", "url=", "token=hunter2"], 2, "token is a secret"),
        (
            ["collection_id=580e63fc8c9a982ac9b8b745", "site_id=", "url=", "coll=1"],
            2,
            "nothing is to be known about 'coll'",
        ),
        (["collection_id"], 2, "--set takes a name and a value"),
    ],
)
def test_any_answer_but_a_secret_can_be_an_option(run, folder, given, code, said):
    """So that a script can make a project."""
    options = [part for one in given for part in ("--set", one)]
    told = run("init", "webflow", "--name", "x", "--secret", "env", *options)
    assert told.code == code
    assert said in told.err
    assert "hunter2" not in told.out + told.err
    assert (folder / "publisher.toml").exists() == (code == 0)


@pytest.mark.parametrize("answer", ["not a url at all", "ftp://blog.example.com", "https://a b"])
def test_what_is_no_address_of_a_site_is_asked_for_again(run, folder, seen, answer):
    """Before anybody waits for it."""
    told = run("init", "--secret", "env", answers=f"wordpress\nblog\n{answer}\nblog.example.com\nana\n\n")
    assert told.code == 0, told.err
    assert told.err.count("Address of the site") == 2
    assert 'url = "https://blog.example.com"' in (folder / "publisher.toml").read_text()


def test_what_is_wrong_with_the_new_target_is_told_of_the_file_that_stays(run, folder, seen):
    """The trial that it was read in is gone by then."""
    assert run("init", *OPTIONS, "--secret", "env", "--no-test").code == 0
    told = run("init", *OPTIONS, "--secret", "env", "--no-test", "--name", "other")
    assert told.code == 2
    assert "publisher.toml, targets.other: it is the same place as 'blog'" in told.err
    assert ".new" not in told.err


def test_a_content_root_that_is_not_there_is_told_before_anything_is_asked(run, folder):
    """And nothing is written."""
    told = run("init", *OPTIONS, "--content-root", "posts", answers="")
    assert (told.code, "there is no folder posts" in told.err) == (2, True)
    assert "keyring" not in told.err
    assert not (folder / "publisher.toml").exists()
