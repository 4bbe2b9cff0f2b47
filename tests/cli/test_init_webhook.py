"""init makes the secret of a webhook, shows it once, and writes the target."""

from __future__ import annotations

import re

import keyring
import pytest

from publisher.config import read_targets

#: What opens the way to an endpoint of one's own machine, where the doctor has nothing to look up.
HERE = ["--name", "site", "--url", "http://127.0.0.1:8000/hooks/articles", "--set", "development=yes"]


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PUBLISHER_SITE_SECRET", raising=False)
    return tmp_path


def test_a_new_secret_is_shown_once_and_kept_in_the_keyring(run, folder, memory_keyring):
    """The file refers to it, and the doctor has looked."""
    told = run("init", "webhook", *HERE, answers="\ny\n\n")
    assert told.code == 0, told.err
    [secret] = re.findall(r"whsec_\S+", told.err)
    assert keyring.get_password("publisher", "site@127.0.0.1:8000/hooks/articles") == secret
    assert (folder / "publisher.toml").read_text() == (
        '[targets.site]\nkind = "webhook"\nurl = "http://127.0.0.1:8000/hooks/articles"\nallow_http = true\n'
        'allow_private = true\nsecret = { keyring = "site@127.0.0.1:8000/hooks/articles" }\n'
    )
    assert "good: address: 127.0.0.1 leads to 127.0.0.1" in told.out
    assert secret not in told.out


def test_the_secret_of_the_receiver_is_taken_as_it_is(run, folder, memory_keyring):
    """And what is none for the scheme is asked for again."""
    told = run("init", "webhook", *HERE, "--set", "scheme=github", answers="y\nshort\nlong enough a secret\n")
    assert told.code == 0, told.err
    assert "the secret has fewer than 8 characters" in told.err
    assert list(memory_keyring.kept.values()) == ["long enough a secret"]
    assert 'scheme = "github"' in (folder / "publisher.toml").read_text()


def test_a_script_gets_a_new_secret_too(run, folder):
    """On stderr, beside the variable that shall hold it; stdout stays JSON."""
    told = run("init", "webhook", *HERE, "--secret", "env", "--json")
    assert told.code == 0, told.err
    assert "whsec_" in told.err
    assert "Set the environment variable PUBLISHER_SITE_SECRET to it" in told.err
    assert told.json["checkups"][0]["ok"]
    assert 'secret = { env = "PUBLISHER_SITE_SECRET" }' in (folder / "publisher.toml").read_text()


def test_the_scheme_none_has_no_secret(run, folder):
    """So that nobody is asked for one."""
    assert run("init", "webhook", *HERE, "--set", "scheme=none").code == 0
    assert "secret" not in read_targets(folder / "publisher.toml")["site"].arguments


@pytest.mark.parametrize(
    ("answers", "code", "said"),
    [
        ("http://example.com/hook\nn\n", 2, "events are sent over https only"),
        ("http://exa mple.com\n", 2, "the address has no usable host"),
        ("https://ana:pw@example.com/hook\n", 2, "the address holds a user name"),
        ("http://localhost/hook\ny\nrot13\n", 0, "there is no scheme 'rot13'"),
        ("", 2, "Give --url"),
    ],
)
def test_what_cannot_be_is_told(run, answers, code, said):
    """In the words of what is wrong; where the answers end, the defaults count."""
    told = run("init", "webhook", "--name", "site", "--secret", "env", answers=answers)
    assert told.code == code, told.err
    assert said in told.err
